"""The parts of the plug-in, one for each table, and how they become one: what all tables share gets its numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeAlias

from tdl.backends.holes import filled, hole, pattern
from tdl.backends.wireshark.fields import Field, Fields, value_strings
from tdl.backends.wireshark.lua import Value, literal
from tdl.backends.wireshark.plans import Expressions, PlanText
from tdl.backends.wireshark.units import Place
from tdl.ir import model, plan

Codes: TypeAlias = tuple[str, str]
"""An enumeration as Lua's text: its codes, and the names of values."""


class Piece(NamedTuple):
    """What a table adds; it is kept as a plain tuple.

    Attributes:
        key, id, name: the table's, as Lua's text; a record of a procedure has no identifier.
        ops, last: the pattern of its ops, and how many they are.
        fields, filters: the pattern of its fields, and how many they are.
        expressions: their patterns, and what else tells them apart.
        codes: the enumerations that name values of its fields.
        limiting: the tables that its layout depends on.
    """

    key: str
    id: str
    name: str
    ops: str
    last: int
    fields: str
    filters: int
    expressions: list[tuple[str, str]]
    codes: list[str]
    limiting: list[int]


class Table(NamedTuple):
    """A table as the template sees it; all is Lua's text."""

    key: str
    id: str
    name: str
    ops: str
    last: int


class Linked(NamedTuple):
    """All tables together: them, their fields and the expressions that they use, as Lua's text."""

    tables: list[Table]
    fields: str
    expressions: list[str]


def on_the_wire(table: plan.TablePlan) -> bool:
    """Whether a Plan is that of a table; the records of procedures have identifiers of their own."""
    return "." not in table.key


def piece_of(table: plan.TablePlan, prefix: str, units: Mapping[Place, str], known: Iterable[str]) -> Piece:
    """What a table adds; ``known`` are the enumerations of the definition."""
    fields, expressions = Fields(table, prefix), Expressions()
    lines = PlanText(table, fields, expressions, units).lines
    used = {field.enumeration for field in fields.made if field.enumeration}
    return Piece(
        key=literal(table.key),
        id=str(table.id) if on_the_wire(table) else "nil",
        name=literal(table.name),
        ops=pattern("".join(f"  o[{number}] = {line}\n" for number, line in enumerate(lines, 1))),
        last=len(lines),
        fields=pattern("".join(_field(number, field) for number, field in enumerate(fields.made, 1))),
        filters=len(fields.made),
        expressions=expressions.made,
        codes=sorted(used & {*known}),
        limiting=sorted({need.reference.table for need in table.needs}),
    )


def _field(number: int, field: Field) -> str:
    names = f", names = names[{literal(field.enumeration)}]" if field.enumeration else ""
    said = f"filter = {literal(field.filter)}, name = {literal(field.name)}, type = {literal(field.type)}{names}"
    return f"fields[{hole(f'f{number}')}] = {{{said}}}\n"


def linked(pieces: Iterable[Piece]) -> Linked:
    """Tables in order; fields are numbered throughout, an expression has one number wherever it is used."""
    tables: list[Table] = []
    fields: list[str] = []
    numbers: dict[tuple[str, str], int] = {}
    before = 0
    for each in pieces:
        values = {f"f{number}": before + number for number in range(1, each.filters + 1)}
        before += each.filters
        for number, (text, kind) in enumerate(each.expressions, 1):
            values[f"x{number}"] = numbers.setdefault((filled(text, values), kind), len(numbers) + 1)
        tables.append(Table(each.key, each.id, each.name, filled(each.ops, values), each.last))
        fields.append(filled(each.fields, values))
    return Linked(tables, "".join(fields), [text for text, _ in numbers])


def codes_of(enumeration: model.Enumeration) -> Codes:
    """An enumeration as the dissector has it."""
    codes: list[Value] = [[code.low, code.high, code.name] for code in enumeration.enumerators]
    return literal(codes), numbered({value: literal(name) for value, name in value_strings(enumeration).items()})


def numbered(values: Mapping[int, str]) -> str:
    """A Lua table by number."""
    return "{" + ", ".join(f"[{number}] = {text}" for number, text in values.items()) + "}"
