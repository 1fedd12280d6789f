"""The lowering: a checked document to the Model.

Stage: lower. Input: `ast.Document` without errors. Output: `model.Definition`. Names are resolved here for good; a
reference that the checks let pass always resolves.
"""

from __future__ import annotations

from typing import Any, assert_never

from tdl.check.builtins import BUILTINS, CONTAINERS
from tdl.check.interval import value_range
from tdl.check.scope import Scope
from tdl.ir import model
from tdl.ir.expr import INT64_MAX, INT64_MIN, Binary, Const, Contains, Expr, External, Index, Local, Range, Unary
from tdl.ir.formats import GENERAL_CONFIGURATION as GENERAL_CONFIGURATION
from tdl.syntax import ast
from tdl.syntax.canonical import content_hash
from tdl.syntax.shapes import ElementFound, TableFound


def lower(document: ast.Document, hash: str | None = None) -> model.Definition:
    """The Model of a document.

    Args:
        hash: that of the definition which the document is a part of, if it is one.
    """
    return _Lowering(document).definition(content_hash(document) if hash is None else hash)


def table_id(number: ast.Number) -> model.TableId:
    """A table's identifier; manufacturer tables may be numbered from 0 or from 2048."""
    bits = {"": 0, "MFG": model.MFG, "USER": model.USER}[number.group]
    return model.TableId(number.value | bits)


class _Lowering:
    def __init__(self, document: ast.Document) -> None:
        self.document = document
        self.shapes = Scope(document)

    def definition(self, hash: str) -> model.Definition:
        header = self.document.header
        records, bit_fields, enumerations, tables, procedures = [], [], [], [], []
        for declaration in self.document.declarations:
            match declaration:
                case ast.Record():
                    records.append(self.record(declaration))
                case ast.BitField():
                    bit_fields.append(self.bit_field(declaration))
                case ast.Enumeration():
                    enumerations.append(self.enumeration(declaration))
                case ast.Table():
                    tables.append(self.table(declaration))
                case ast.Procedure():
                    procedures.append(self.procedure(declaration))
                case ast.Alias():
                    pass  # aliases are what they stand for
                case _:
                    assert_never(declaration)
        properties = _properties(header.properties)
        pending = dict(properties).get("PendingHeader")
        return model.Definition(
            name=header.name,
            edition=header.edition,
            version=header.version,
            tables=tuple(sorted(tables, key=lambda t: t.id)),
            procedures=tuple(sorted(procedures, key=lambda p: p.id)),
            records=tuple(sorted(records, key=lambda r: r.name)),
            bit_fields=tuple(sorted(bit_fields, key=lambda b: b.name)),
            enumerations=tuple(sorted(enumerations, key=lambda e: e.name)),
            properties=properties,
            pending_header=self.type(ast.Named(name=str(pending)), None) if pending else None,
            hash=hash,
        )

    # --- declarations ------------------------------------------------------------------------------------------

    def record(self, declaration: ast.Record) -> model.Record:
        members = _Members(self, declaration).lower(declaration.items)
        return model.Record(members=members, **_declared(declaration))

    def bit_field(self, declaration: ast.BitField) -> model.BitField:
        members = _Members(self, declaration).lower(declaration.items)
        return model.BitField(octets=CONTAINERS[declaration.container], members=members, **_declared(declaration))

    def enumeration(self, declaration: ast.Enumeration) -> model.Enumeration:
        enumerators = []
        for member in declaration.items:
            assert isinstance(member, ast.Member)
            assert isinstance(member.specification, ast.CodeRange)
            properties = _properties(member.properties)
            enumerators.append(
                model.Enumerator(
                    name=member.name,
                    low=member.specification.low,
                    high=member.specification.high,
                    label=str(dict(properties).get("Label", "")),
                    properties=properties,
                )
            )
        return model.Enumeration(enumerators=tuple(enumerators), **_declared(declaration))

    def table(self, declaration: ast.Table) -> model.Table:
        return model.Table(
            id=table_id(declaration.number), type=self.type(declaration.specification, None), **_declared(declaration)
        )

    def procedure(self, declaration: ast.Procedure) -> model.Procedure:
        parameter, response = declaration.parameter, declaration.response
        return model.Procedure(
            id=table_id(declaration.number),
            parameter=None if parameter is None else self.type(parameter, None),
            response=None if response is None else self.type(response, None),
            **_declared(declaration),
        )

    # --- types -------------------------------------------------------------------------------------------------

    def type(self, specification: ast.Specification, inside: ast.TypeDeclaration | None) -> model.Type:
        specification = self.shapes.unaliased(specification)
        match specification:
            case ast.Array(count=count, of=of):
                return self.array(self.expression(count, inside), self.type(of, inside), of)
            case ast.Sized(name=name, size=size):
                return self.sized(name, self.expression(size, inside))
            case ast.Named(name=name):
                declared = self.shapes.types.get(name)
                if isinstance(declared, ast.Record):
                    return model.RecordType(name=name)
                if isinstance(declared, ast.BitField):
                    return model.BitFieldType(name=name)
                return self.builtin(name)
            case _:
                raise AssertionError(specification)

    def array(self, count: Expr, of: model.Type, said: ast.Specification) -> model.Type:
        """Arrays of characters and of BCD octets are the older spelling of STRING and BCD."""
        said = self.shapes.unaliased(said)
        if isinstance(said, ast.Named) and said.name in ("CHAR", "BCD"):
            assert isinstance(of, model.Octets)
            return model.Octets(form=of.form, length=count)
        return model.Array(count=count, of=of)

    def sized(self, name: str, size: Expr) -> model.Type:
        if name == "OPAQUE":
            return model.Opaque(limit=size)
        return model.Octets(form=BUILTINS[name].kind, length=size)

    def builtin(self, name: str) -> model.Type:
        builtin = BUILTINS[name]
        match builtin.kind:
            case "uint" | "int":
                return model.Integer(octets=builtin.octets, signed=builtin.kind == "int")
            case "float":
                return model.Float(octets=builtin.octets)
            case "ni":
                return model.NonInteger(which=builtin.octets)
            case "moment":
                return model.Moment(kind=name)
            case "text" | "bcd":
                return model.Octets(form=builtin.kind, length=Const(value=1))
            case "char":
                return model.NumericText(form="char", octets=builtin.octets)
            case "digits":
                return model.NumericText(form="bcd", octets=builtin.octets)
            case "opaque":
                return model.Opaque()
            case "nil":
                return model.Nil()
            case kind:
                raise AssertionError(kind)

    # --- expressions -------------------------------------------------------------------------------------------

    def expression(self, expression: ast.Expression, inside: ast.TypeDeclaration | None) -> Expr:
        match expression:
            case ast.Integer(value=value):
                return Const(value=value)
            case ast.LastIndex():
                return Index()
            case ast.Unary(operator=operator, operand=operand):
                return Unary(operator=operator, operand=self.expression(operand, inside))
            case ast.Binary(operator=operator, left=left, right=right):
                return Binary(
                    operator=operator, left=self.expression(left, inside), right=self.expression(right, inside)
                )
            case ast.Reference():
                return self.reference(expression, inside)
            case _:
                assert_never(expression)

    def reference(self, reference: ast.Reference, inside: ast.TypeDeclaration | None) -> Expr:
        found = self.shapes.find(reference, inside)
        if isinstance(found, TableFound):
            return Const(value=found.table.number.value & 0x7FF)
        assert isinstance(found, ElementFound), reference
        path: list[str] = []
        indices: list[Expr] = []
        specification: ast.Specification | None = None
        rest: list[Expr] = []
        for step in found.steps:
            path.append(step.member.name)
            rest = [self.expression(e, inside) for e in step.subscripts]
            specification = self.shapes.unaliased(step.member.specification)
            while isinstance(specification, ast.Array) and rest:
                path.append("[]")
                indices.append(rest.pop(0))
                specification = self.shapes.unaliased(specification.of)
        assert specification is not None
        target: External | Local
        if found.table is None:
            target = Local(up=0, path=tuple(path), indices=tuple(indices), range=_range(specification))
        else:
            target = External(
                table=table_id(found.table.number).value,
                table_name=found.table.name,
                path=tuple(path),
                indices=tuple(indices),
                range=_range(specification),
            )
        return Contains(set=target, member=rest[0]) if rest else target


class _Members:
    """Lowers the members of one declaration, numbering them in order of declaration.

    Policy of partial access (open until Annex D is read): every declared member counts, those of branches not taken
    and fillers included, so that an index never moves with the configuration.
    """

    def __init__(self, lowering: _Lowering, holder: ast.Record | ast.BitField) -> None:
        self.lowering, self.holder, self.next_index = lowering, holder, 0

    def lower(self, items: tuple[ast.Item, ...]) -> tuple[model.Member, ...]:
        return tuple(self.member(item) for item in items)

    def member(self, item: ast.Item) -> model.Member:
        match item:
            case ast.Member():
                return self.element(item)
            case ast.If():
                condition = self.lowering.expression(item.condition, self.holder)
                then = self.lower(item.then)
                return model.If(condition=condition, then=then, otherwise=self.lower(item.otherwise), span=item.span)
            case ast.Switch():
                selector = self.lowering.expression(item.selector, self.holder)
                arms = tuple(model.Arm(labels=arm.labels, members=self.lower(arm.items)) for arm in item.arms)
                default = None if item.default is None else self.lower(item.default)
                return model.Switch(selector=selector, arms=arms, default=default, span=item.span)
            case _:
                assert_never(item)

    def element(self, member: ast.Member) -> model.Member:
        index, self.next_index = self.next_index, self.next_index + 1
        properties = _properties(member.properties)
        enumeration = dict(properties).get("Enum")
        specification = member.specification
        if isinstance(specification, ast.BitRange):
            return model.SubElement(
                name=member.name,
                kind=specification.kind,
                low=specification.low,
                high=specification.high,
                index=index,
                enumeration=None if enumeration is None else str(enumeration),
                properties=properties,
                span=member.span,
                origins=member.origins,
            )
        return model.Element(
            name=member.name,
            type=self.lowering.type(specification, self.holder),
            index=index,
            enumeration=None if enumeration is None else str(enumeration),
            properties=properties,
            span=member.span,
            origins=member.origins,
        )


def _range(specification: ast.Specification) -> Range:
    """What an element can hold, as far as expressions can use it."""
    low, high = value_range(specification) or (0, INT64_MAX)
    return max(low, INT64_MIN), min(high, INT64_MAX)


def _properties(properties: ast.Properties) -> model.Properties:
    plain = {p.name: p.value.name if isinstance(p.value, ast.Word) else p.value for p in properties}
    return tuple(sorted(plain.items()))


def _declared(declaration: ast.Declaration) -> dict[str, Any]:
    return {
        "name": declaration.name,
        "properties": _properties(declaration.properties),
        "span": declaration.span,
        "origins": declaration.origins,
    }
