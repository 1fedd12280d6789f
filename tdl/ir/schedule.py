"""The scheduling: Model to Plan.

Stage: schedule. Input: `model.Definition`. Output: `plan.Plan`. Types are expanded where they are used, references to
a table's own elements become local ones, and every type that depends on Table 0 becomes a selection over ops of
fixed size.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import assert_never

from tdl.deferred import dataclass
from tdl.ir import model, plan
from tdl.ir.expr import Const, Expr, External, Local
from tdl.ir.formats import FIXED_MOMENTS, MOMENT_OCTETS, NI_FORMATS, SELECTOR_RANGES, TM_FORMATS
from tdl.ir.lower import GENERAL_CONFIGURATION
from tdl.ir.size import Sizes
from tdl.ir.traverse import map_expr, needs_of
from tdl.sources import Span

MAX_OPS = 50_000
"""How many ops one table may expand to; the largest standard table has a few hundred."""

MAX_LEVELS = 100
"""How deep records, arrays and conditionals of one table may nest together, so that codecs can walk them."""

PENDING_EVENT, PENDING_CONTENT = "ACTIVATION", "TABLE"
"""What the two parts of a pending copy are called."""


class PlanTooLarge(Exception):
    """A table's types multiply beyond `MAX_OPS` or `MAX_LEVELS`."""

    def __init__(self, table: str, found: str, span: Span) -> None:
        super().__init__(f"{table} expands to {found}")
        self.table, self.found, self.span = table, found, span


def schedule(definition: model.Definition, names: Collection[str] | None = None) -> plan.Plan:
    """The unbound Plan of every table and procedure record.

    Args:
        names: only of tables and procedures of these names.

    Raises:
        PlanTooLarge: a table is too large or too deep.
    """
    declared = _Declared(definition)
    tables = [_table_plan(declared, each) for each in definition.tables if names is None or each.name in names]
    for procedure in definition.procedures:
        if names is None or procedure.name in names:
            tables.extend(_procedure_plans(declared, procedure))
    return plan.Plan(definition=definition.name, hash=definition.hash, tables=tuple(tables))


def table_plan(definition: model.Definition, table: model.Table) -> plan.TablePlan:
    """The Plan of one table."""
    return _table_plan(_Declared(definition), table)


def pending_plan(definition: model.Definition, table: model.Table) -> plan.TablePlan:
    """The Plan of a table's pending copy: its activation record, then the table's own content.

    Raises:
        ValueError: the definition does not say what stands before pending tables (property ``PendingHeader``).
    """
    if definition.pending_header is None:
        raise ValueError("the definition has no property `PendingHeader`")
    identity = model.TableId(table.id.value | model.PENDING)
    scheduling = _Scheduling(_Declared(definition), table.id.value, table.name, table.span)
    root = scheduling.pending(definition.pending_header, table.type, table.name)
    return scheduling.finish(str(identity), identity.value, f"{table.name}_PENDING", root)


def _table_plan(declared: _Declared, table: model.Table) -> plan.TablePlan:
    scheduling = _Scheduling(declared, table.id.value, table.name, table.span)
    return scheduling.finish(str(table.id), table.id.value, table.name, scheduling.table(table.type))


def _procedure_plans(declared: _Declared, procedure: model.Procedure) -> Iterator[plan.TablePlan]:
    prefix = "MP" if procedure.id.group else "SP"
    for role, type_ in (("parameter", procedure.parameter), ("response", procedure.response)):
        if type_ is not None:
            # a procedure's records are no table: nothing in them refers to itself
            scheduling = _Scheduling(declared, -1, procedure.name, procedure.span)
            root = scheduling.table(type_)
            key = f"{prefix}{procedure.id.number}.{role}"
            yield scheduling.finish(key, procedure.id.value, f"{procedure.name}_{role.upper()}", root)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an op is being made: its name, path, member index, offset if that is constant, and its text.

    ``depth`` is how many records are around it.
    """

    name: str
    path: tuple[str, ...]
    index: int
    offset: int | None
    depth: int
    span: Span


class _Declared:
    """What all tables share: the types by name, and where Table 0 holds its selectors."""

    def __init__(self, definition: model.Definition) -> None:
        self.records = {r.name: r for r in definition.records}
        self.bit_fields = {b.name: b for b in definition.bit_fields}
        configuration = next((t.name for t in definition.tables if t.id.value == 0), GENERAL_CONFIGURATION)
        paths = _selector_paths(definition)
        self.selectors = {
            name: External(table=0, table_name=configuration, path=paths.get(name, (name,)), range=held)
            for name, held in SELECTOR_RANGES.items()
        }


class _Scheduling:
    """The expansion of one table."""

    def __init__(self, declared: _Declared, own: int, own_name: str, span: Span) -> None:
        self.declared = declared
        self.sizes = Sizes()
        self.own, self.own_name, self.span = own, own_name, span
        self.own_depth = 0
        """How many records are around the table's own root: 1 in a pending copy."""
        self.made = self.level = 0

    def table(self, type_: model.Type) -> plan.PlanOp:
        return self.op(type_, _Place("", (), -1, 0, 0, self.span), None)

    def finish(self, key: str, identity: int, name: str, root: plan.PlanOp) -> plan.TablePlan:
        size = self.sizes.of(root)
        return plan.TablePlan(
            key=key, id=identity, name=name, root=root, needs=needs_of(root), size=size, span=self.span
        )

    def pending(self, header: model.Type, content: model.Type, name: str) -> plan.PlanOp:
        first = self.op(header, _Place(PENDING_EVENT, (PENDING_EVENT,), 0, 0, 1, self.span), None)
        self.own_depth = 1
        behind = self.behind(0, first)
        table = self.op(content, _Place(PENDING_CONTENT, (PENDING_CONTENT,), 1, behind, 1, self.span), None)
        return plan.Group(type_name=f"{name}_PENDING_RCD", ops=(first, table), at=0, span=self.span)

    def behind(self, offset: int | None, op: plan.AnyOp) -> int | None:
        """The offset behind an op; None if it is not the same in every image."""
        low, high = self.sizes.of(op)
        return offset + low if offset is not None and low == high else None

    # --- types -------------------------------------------------------------------------------------------------

    def op(self, type_: model.Type, at: _Place, enumeration: str | None) -> plan.PlanOp:
        self.level += 1
        made = self.expanded(type_, at, enumeration)
        self.level -= 1
        return made

    def count(self) -> None:
        self.made += 1
        if self.made > MAX_OPS:
            raise PlanTooLarge(self.own_name, f"more than {MAX_OPS} elements", self.span)
        if self.level > MAX_LEVELS:
            raise PlanTooLarge(self.own_name, f"more than {MAX_LEVELS} levels", self.span)

    def expanded(self, type_: model.Type, at: _Place, enumeration: str | None) -> plan.PlanOp:
        self.count()
        name, path, index, offset, span = at.name, at.path, at.index, at.offset, at.span
        match type_:
            case model.Integer(octets=octets, signed=signed):
                return plan.Take(
                    name=name,
                    path=path,
                    index=index,
                    at=offset,
                    span=span,
                    octets=octets,
                    kind="int" if signed else "uint",
                    order=self.order(octets, at),
                    form=self.selector("INT_FORMAT", at) if signed else None,
                    enumeration=enumeration,
                )
            case model.Float(octets=octets):
                order = self.order(octets, at)
                return plan.Take(
                    name=name, path=path, index=index, at=offset, span=span, octets=octets, kind="float", order=order
                )
            case model.NonInteger(which=which):
                return self.non_integer(which, at)
            case model.Moment(kind=kind):
                return self.moment(kind, at)
            case model.Octets(form=form, length=length):
                return plan.Bytes(
                    name=name,
                    path=path,
                    index=index,
                    at=offset,
                    span=span,
                    form=form,
                    length=self.expression(length, at),
                    charset=self.selector("CHAR_FORMAT", at) if form == "text" else None,
                )
            case model.NumericText(form=form, octets=octets):
                kind = "FLOAT_CHAR" if form == "char" else "FIXED_BCD"
                return self.builtin(kind, 0, octets, at)
            case model.Opaque(limit=limit):
                bound = Const(value=plan.MAX_OCTETS) if limit is None else self.expression(limit, at)
                return plan.Opaque(name=name, path=path, index=index, at=offset, span=span, limit=bound)
            case model.Nil():
                return self.builtin("NIL", 0, 0, at)
            case model.Array(count=count, of=of):
                inner = _Place("", (*path, "[]"), -1, 0, at.depth, span)
                body = self.op(of, inner, enumeration)
                return plan.Repeat(
                    name=name,
                    path=path,
                    index=index,
                    at=offset,
                    span=span,
                    count=self.expression(count, at),
                    body=body,
                    empty_body=self.sizes.of(body)[0] == 0,
                )
            case model.RecordType(name=type_name):
                inside = _Place(name, path, index, offset, at.depth + 1, span)
                ops = self.members(self.declared.records[type_name].members, inside)
                return plan.Group(
                    name=name, path=path, index=index, at=offset, span=span, type_name=type_name, ops=_plan_ops(ops)
                )
            case model.BitFieldType(name=type_name):
                declared = self.declared.bit_fields[type_name]
                inside = _Place(name, path, index, None, at.depth + 1, span)
                return plan.Bits(
                    name=name,
                    path=path,
                    index=index,
                    at=offset,
                    span=span,
                    type_name=type_name,
                    octets=declared.octets,
                    order=self.order(declared.octets, at),
                    fields=_bit_ops(self.members(declared.members, inside)),
                )
            case _:
                assert_never(type_)

    def members(self, members: tuple[model.Member, ...], at: _Place) -> tuple[plan.AnyOp, ...]:
        """The ops of members, each behind the one before it."""
        ops: list[plan.AnyOp] = []
        for member in members:
            op = self.member(member, at)
            ops.append(op)
            behind = self.behind(at.offset, op)
            if behind != at.offset:
                at = _Place(at.name, at.path, at.index, behind, at.depth, at.span)
        return tuple(ops)

    def member(self, member: model.Member, at: _Place) -> plan.AnyOp:
        self.level += 1
        self.count()
        made = self.expanded_member(member, at)
        self.level -= 1
        return made

    def expanded_member(self, member: model.Member, at: _Place) -> plan.AnyOp:
        match member:
            case model.Element():
                path = (*at.path, member.name)
                inner = _Place(member.name, path, member.index, at.offset, at.depth, member.span)
                return self.op(member.type, inner, member.enumeration)
            case model.SubElement():
                return self.field(member, at)
            case model.If():
                return plan.When(
                    path=at.path,
                    at=at.offset,
                    span=member.span,
                    condition=self.expression(member.condition, at),
                    then=self.members(member.then, at),
                    otherwise=self.members(member.otherwise, at),
                )
            case model.Switch():
                return plan.Choose(
                    path=at.path,
                    at=at.offset,
                    span=member.span,
                    selector=self.expression(member.selector, at),
                    arms=tuple(plan.Arm(labels=arm.labels, ops=self.members(arm.members, at)) for arm in member.arms),
                    otherwise=self.members(member.default or (), at),
                )
            case _:
                assert_never(member)

    def field(self, member: model.SubElement, at: _Place) -> plan.AnyOp:
        path, width = (*at.path, member.name), member.high - member.low + 1
        if member.kind == "FILL":
            return plan.Fill(path=path, index=member.index, span=member.span, low=member.low, width=width)
        return plan.Field(
            name=member.name,
            path=path,
            index=member.index,
            span=member.span,
            low=member.low,
            width=width,
            kind=member.kind.lower(),
            form=self.selector("INT_FORMAT", at) if member.kind == "INT" else None,
            enumeration=member.enumeration,
        )

    # --- types that Table 0 selects ------------------------------------------------------------------------------

    def non_integer(self, which: int, at: _Place) -> plan.PlanOp:
        arms = []
        for code, (kind, octets, decimals) in enumerate(NI_FORMATS):
            op: plan.PlanOp
            if kind in ("float", "int"):
                op = plan.Take(
                    name=at.name,
                    path=at.path,
                    index=at.index,
                    at=at.offset,
                    span=at.span,
                    octets=octets,
                    kind=kind,
                    order=self.order(octets, at),
                    form=self.selector("INT_FORMAT", at) if kind == "int" else None,
                    decimals=decimals,
                )
            else:
                op = self.builtin(kind, 0, octets, at)
            arms.append(plan.Arm(labels=((code, code),), ops=(op,)))
        return plan.Choose(
            path=at.path,
            index=at.index,
            at=at.offset,
            span=at.span,
            selector=self.selector(f"NI_FORMAT{which}", at),
            arms=tuple(arms),
            refusal=f"a format code of 0 to {len(NI_FORMATS) - 1}",
            atomic=f"NI_FMAT{which}",
        )

    def moment(self, kind: str, at: _Place) -> plan.PlanOp:
        sizes = MOMENT_OCTETS[kind]
        if kind in FIXED_MOMENTS:
            return self.builtin(kind, 0, sizes[0], at)
        arms = tuple(
            plan.Arm(labels=((variant, variant),), ops=(self.builtin(kind, variant, sizes[variant], at),))
            for variant in range(TM_FORMATS)
        )
        return plan.Choose(
            path=at.path,
            index=at.index,
            at=at.offset,
            span=at.span,
            selector=self.selector("TM_FORMAT", at),
            arms=arms,
            refusal=f"a time format of 0 to {TM_FORMATS - 1}",
            atomic=kind,
        )

    def builtin(self, kind: str, variant: int, octets: int, at: _Place) -> plan.PlanOp:
        # digits and characters come in one order whatever Table 0 says
        ordered = octets > 1 and kind not in ("FLOAT_CHAR", "FIXED_BCD") and variant not in (1, 2)
        order = self.order(octets, at) if ordered else plan.LEAST_FIRST
        return plan.Builtin(
            name=at.name,
            path=at.path,
            index=at.index,
            at=at.offset,
            span=at.span,
            kind=kind,
            variant=variant,
            octets=octets,
            order=order,
        )

    def order(self, octets: int, at: _Place) -> Expr:
        return plan.LEAST_FIRST if octets <= 1 else self.selector("DATA_ORDER", at)

    def selector(self, name: str, at: _Place) -> Expr:
        """The reference to one of Table 0's selectors."""
        reference = self.declared.selectors[name]
        return reference if self.own != 0 else self.expression(reference, at)

    # --- references --------------------------------------------------------------------------------------------

    def expression(self, expression: Expr, at: _Place) -> Expr:
        def own(reference: External | Local) -> External | Local:
            if isinstance(reference, External) and reference.table == self.own:
                return Local(
                    up=at.depth - 1 - self.own_depth,
                    path=reference.path,
                    indices=reference.indices,
                    range=reference.range,
                )
            return reference

        return map_expr(expression, own)


def _selector_paths(definition: model.Definition) -> dict[str, tuple[str, ...]]:
    """Where Table 0 holds each selector: looked for by name, wherever its records nest it."""
    records = {r.name: r.members for r in definition.records}
    bit_fields = {b.name: b.members for b in definition.bit_fields}
    found: dict[str, tuple[str, ...]] = {}

    def look(members: tuple[model.Member, ...], path: tuple[str, ...]) -> None:
        for member in members:
            match member:
                case model.Element(type=model.RecordType(name=name)):
                    look(records[name], (*path, member.name))
                case model.Element(type=model.BitFieldType(name=name)):
                    look(bit_fields[name], (*path, member.name))
                case model.Element() | model.SubElement():
                    if member.name in SELECTOR_RANGES:
                        found.setdefault(member.name, (*path, member.name))
                case model.If():
                    look(member.then + member.otherwise, path)
                case model.Switch():
                    look(tuple(m for arm in member.arms for m in arm.members) + (member.default or ()), path)

    for table in definition.tables:
        if table.id.value == 0:
            match table.type:
                case model.RecordType(name=name):
                    look(records[name], ())
                case model.BitFieldType(name=name):
                    look(bit_fields[name], ())
    return found


def _plan_ops(ops: tuple[plan.AnyOp, ...]) -> tuple[plan.PlanOp, ...]:
    return ops  # type: ignore[return-value]  # a record's members are never fields


def _bit_ops(ops: tuple[plan.AnyOp, ...]) -> tuple[plan.BitOp, ...]:
    return ops  # type: ignore[return-value]  # a bit field's members are never records
