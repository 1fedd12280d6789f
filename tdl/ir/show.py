"""The textual forms of Model and Plan: stable, one fact a line, read by golden tests and by people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from tdl.ir import model, plan
from tdl.ir.expr import show_expr

_INDENT = "  "


def show_model(definition: model.Definition) -> str:
    """The Model as text."""
    return "\n".join(_model_lines(definition)) + "\n"


def show_plan(shown: plan.Plan) -> str:
    """The Plan as text."""
    lines = [f"plan {shown.definition}"]
    lines += [f"bound {label} = {value}" for label, value in shown.bound]
    for table in shown.tables:
        lines.append("")
        lines.extend(table_lines(table))
    return "\n".join(lines) + "\n"


def show_type(type_: model.Type) -> str:
    """A type in the notation of documents."""
    match type_:
        case model.Integer(octets=octets, signed=signed):
            return f"{'INT' if signed else 'UINT'}{8 * octets}"
        case model.Float(octets=octets):
            return f"FLOAT{8 * octets}"
        case model.NonInteger(which=which):
            return f"NI_FMAT{which}"
        case model.Moment(kind=kind):
            return kind
        case model.Octets(form=form, length=length):
            name = {"text": "STRING", "binary": "BINARY", "bcd": "BCD", "set": "SET"}[form]
            return f"{name}({show_expr(length)})"
        case model.NumericText(form=form, octets=octets):
            return f"{'FLOAT_CHAR' if form == 'char' else 'FIXED_BCD'}{octets}"
        case model.Opaque(limit=limit):
            return "OPAQUE" if limit is None else f"OPAQUE({show_expr(limit)})"
        case model.Nil():
            return "NIL"
        case model.Array(count=count, of=of):
            return f"ARRAY[{show_expr(count)}] OF {show_type(of)}"
        case model.RecordType(name=name) | model.BitFieldType(name=name):
            return name
        case _:
            assert_never(type_)


def _model_lines(definition: model.Definition) -> Iterator[str]:
    yield f"definition {definition.name} edition {definition.edition or '-'}{_properties(definition.properties)}"
    for enumeration in definition.enumerations:
        yield f"enumeration {enumeration.name}{_properties(enumeration.properties)}"
        for e in enumeration.enumerators:
            codes = str(e.low) if e.low == e.high else f"{e.low}..{e.high}"
            yield f"{_INDENT}{codes} {e.name}{_properties(e.properties)}"
    for bit_field in definition.bit_fields:
        yield f"bits {bit_field.name} of {bit_field.octets}{_properties(bit_field.properties)}"
        yield from _members(bit_field.members, _INDENT)
    for record in definition.records:
        yield f"record {record.name}{_properties(record.properties)}"
        yield from _members(record.members, _INDENT)
    for table in definition.tables:
        yield f"table {table.id} {table.name} = {show_type(table.type)}{_properties(table.properties)}"
    for procedure in definition.procedures:
        parts = "".join(
            f" {role} {show_type(type_)}"
            for role, type_ in (("parameter", procedure.parameter), ("response", procedure.response))
            if type_ is not None
        )
        number = f"{'MP' if procedure.id.group else 'SP'}{procedure.id.number}"
        yield f"procedure {number} {procedure.name}{parts}{_properties(procedure.properties)}"


def _members(members: tuple[model.Member, ...], indent: str) -> Iterator[str]:
    for member in members:
        match member:
            case model.Element():
                yield f"{indent}{member.index} {member.name} : {show_type(member.type)}{_properties(member.properties)}"
            case model.SubElement():
                bits = f"{member.kind}({member.low}..{member.high})"
                yield f"{indent}{member.index} {member.name} : {bits}{_properties(member.properties)}"
            case model.If():
                yield f"{indent}if {show_expr(member.condition)}"
                yield from _members(member.then, indent + _INDENT)
                if member.otherwise:
                    yield f"{indent}else"
                    yield from _members(member.otherwise, indent + _INDENT)
            case model.Switch():
                yield f"{indent}switch {show_expr(member.selector)}"
                for arm in member.arms:
                    yield f"{indent}case {_labels(arm.labels)}"
                    yield from _members(arm.members, indent + _INDENT)
                if member.default is not None:
                    yield f"{indent}default"
                    yield from _members(member.default, indent + _INDENT)
            case _:
                assert_never(member)


def _properties(properties: model.Properties) -> str:
    return "".join(f" {name}={value!r}" for name, value in properties)


def _labels(labels: tuple[tuple[int, int], ...]) -> str:
    return ", ".join(str(a) if a == b else f"{a}..{b}" for a, b in labels)


def table_lines(table: plan.TablePlan) -> Iterator[str]:
    """The lines of one table's Plan."""
    low, high = table.size
    size = f"{low}" if low == high else f"{low}..{high}"
    unit = "octet" if low == high == 1 else "octets"
    yield f"table {table.key} {table.name} {size} {unit}"
    for need in table.needs:
        yield f"{_INDENT}need {show_expr(need.reference)}"
    yield from _ops((table.root,), _INDENT)


def _ops(ops: tuple[plan.AnyOp, ...], indent: str) -> Iterator[str]:
    for op in ops:
        at = f"@{op.at} " if op.at is not None else ""
        name = f" {op.name}" if op.name else ""
        match op:
            case plan.Take():
                form = "" if op.form is None else f" form {show_expr(op.form)}"
                decimals = f" decimals {op.decimals}" if op.decimals else ""
                codes = f" codes {op.enumeration}" if op.enumeration else ""
                order = f" order {show_expr(op.order)}"
                yield f"{indent}{at}take {op.kind}{8 * op.octets}{name}{order}{form}{decimals}{codes}"
            case plan.Bytes():
                charset = "" if op.charset is None else f" charset {show_expr(op.charset)}"
                yield f"{indent}{at}bytes {op.form} {show_expr(op.length)}{name}{charset}"
            case plan.Builtin():
                yield f"{indent}{at}builtin {op.kind} {op.variant} {op.octets}{name} order {show_expr(op.order)}"
            case plan.Opaque():
                yield f"{indent}{at}opaque {show_expr(op.limit)}{name}"
            case plan.Group():
                yield f"{indent}{at}group {op.type_name}{name}"
                yield from _ops(op.ops, indent + _INDENT)
            case plan.Bits():
                yield f"{indent}{at}bits {op.type_name} {op.octets}{name} order {show_expr(op.order)}"
                yield from _ops(op.fields, indent + _INDENT)
            case plan.Field():
                form = "" if op.form is None else f" form {show_expr(op.form)}"
                codes = f" codes {op.enumeration}" if op.enumeration else ""
                yield f"{indent}field {op.kind} {op.low}+{op.width}{name}{form}{codes}"
            case plan.Fill():
                yield f"{indent}fill {op.low}+{op.width}"
            case plan.When():
                yield f"{indent}{at}when {show_expr(op.condition)}"
                yield from _ops(op.then, indent + _INDENT)
                if op.otherwise:
                    yield f"{indent}else"
                    yield from _ops(op.otherwise, indent + _INDENT)
            case plan.Choose():
                atomic = f" as {op.atomic}" if op.atomic else ""
                yield f"{indent}{at}choose {show_expr(op.selector)}{atomic}"
                for arm in op.arms:
                    yield f"{indent}{_INDENT}case {_labels(arm.labels)}"
                    yield from _ops(arm.ops, indent + 2 * _INDENT)
                if op.otherwise is None:
                    yield f"{indent}{_INDENT}otherwise refuse, {op.refusal} expected"
                else:
                    yield f"{indent}{_INDENT}otherwise{'' if op.otherwise else ' nothing'}"
                    yield from _ops(op.otherwise, indent + 2 * _INDENT)
            case plan.Repeat():
                empty = " counted" if op.empty_body else ""
                yield f"{indent}{at}repeat {show_expr(op.count)}{name}{empty}"
                yield from _ops((op.body,), indent + _INDENT)
            case _:
                assert_never(op)
