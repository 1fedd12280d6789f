"""The parts of a schema, one for each table, and how they become one: what several tables use is defined once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from tdl.backends.holes import filled, hole, pattern
from tdl.backends.jsonschema.leaves import Schema, either, extent_schema, leaf_schema
from tdl.backends.jsonschema.records import branches, record_schema
from tdl.backends.jsonschema.text import Reference, json_text
from tdl.backends.jsonschema.words import element_words, type_words
from tdl.backends.shapes.making import always_covered
from tdl.backends.words import Words
from tdl.ir import plan
from tdl.ir.expr import Range
from tdl.ir.interval import interval

OCTETS, PROFILE = "octets", "profile"
"""What every schema defines."""

_INSIDE = "\n    "
"""How lines begin in what a schema says of properties and definitions."""

_ANYWHERE: Range = (0, plan.MAX_OCTETS)


class Piece(NamedTuple):
    """What a table adds; it is kept as a plain tuple.

    Attributes:
        id, content: the table's number, and what it can be in an image.
        values: the pattern of what its values can be.
        shared: what that refers to, in the order it is first referred to: the names wanted, and the patterns.
        codes: the enumerations that it refers to.
    """

    id: int
    content: str
    values: str
    shared: list[tuple[str, str]]
    codes: list[str]


def linked(pieces: Mapping[str, Piece]) -> dict[str, str]:
    """The definitions of all tables, in order, by name; those of one name that look different are numbered."""
    kept = {*pieces, OCTETS, PROFILE}
    named: dict[tuple[str, str], str] = {}
    found: dict[str, str] = {}
    for key, each in pieces.items():
        values: dict[str, str] = {}
        for number, (wanted, said) in enumerate(each.shared):
            made = filled(said, values)
            name = named.get((wanted, made))
            if name is None:
                name = named[wanted, made] = _free(f"{wanted}_" if wanted in kept else wanted, found)
                found[name] = made
            values[str(number)] = name
        found[key] = filled(each.values, values)
    return found


def _free(wanted: str, taken: Collection[str]) -> str:
    found, number = wanted, 2
    while found in taken:
        found, number = f"{wanted}.{number}", number + 1
    return found


def codes_name(enumeration: str) -> str:
    """What an enumeration's definition is called."""
    return f"codes.{enumeration}"


class Pieces:
    """Makes the part of one table; ``enumerations`` are those of the definition."""

    def __init__(self, table: plan.TablePlan, words: Words, enumerations: Collection[str]) -> None:
        self.words, self.enumerations = words, enumerations
        self.shared: dict[tuple[str, str], int] = {}
        self.texts: list[tuple[str, str]] = []
        self.codes: set[str] = set()
        self.known: dict[tuple[int, str, Range], Schema] = {}
        octets, values = {"$ref": f"#/$defs/{OCTETS}"}, {"$ref": f"#/$defs/{table.key}"}
        content = {"title": table.name, "if": {"type": "string"}, "then": octets, "else": values}
        said = type_words(table.name, words.table(table.key)) | self.value(table.root, "", _ANYWHERE)
        self.made = Piece(
            table.id, json_text(content, _INSIDE), pattern(json_text(said, _INSIDE)), self.texts, sorted(self.codes)
        )

    def declared(self, op: plan.AnyOp, holder: str, index: Range) -> Schema:
        """A member of a record, with what is said of it; one in branches of branches is asked for many times."""
        key = id(op), holder, index
        if key not in self.known:
            self.known[key] = element_words(self.words.member(holder, op.index)) | self.value(op, holder, index)
        return self.known[key]

    def value(self, op: plan.AnyOp, holder: str, index: Range) -> Schema:
        """What an op that is one element makes."""
        match op:
            case plan.Group():
                return self.refer(op.type_name, self.group(op, index))
            case plan.Bits():
                return self.refer(op.type_name, self.bits(op, index))
            case plan.Repeat():
                most = max(interval(op.count, index)[1] - 1, 0)
                items = self.value(op.body, holder, (0, min(most, plan.MAX_OCTETS)))
                return {"type": "array", "items": items} | extent_schema(op.count, index, "minItems", "maxItems")
            case plan.Choose() | plan.When():
                return self.selection(op, holder, index)
            case plan.Fill():
                return {}
            case plan.Take(enumeration=str(codes)) | plan.Field(enumeration=str(codes)) if codes in self.enumerations:
                self.codes.add(codes)
                return {"$ref": f"#/$defs/{codes_name(codes)}"} | leaf_schema(op, index)
            case _:
                return leaf_schema(op, index)

    def selection(self, op: plan.Choose | plan.When, holder: str, index: Range) -> Schema:
        """An element whose format is selected: what any of the formats allows."""
        found = either([self.value(below, holder, index) for branch in branches(op) for below in branch] or [{}])
        if isinstance(op, plan.Choose) and op.atomic and "anyOf" in found:
            return self.refer(op.atomic, found)
        return found

    def group(self, op: plan.Group, index: Range) -> Schema:
        said = type_words(op.type_name, self.words.type(op.type_name))
        return said | record_schema(op.ops, lambda below: self.declared(below, op.type_name, index))

    def bits(self, op: plan.Bits, index: Range) -> Schema:
        """A bit field; bits that no field holds stand in ``$spare``."""
        made = record_schema(op.fields, lambda below: self.declared(below, op.type_name, index))
        spare = (1 << 8 * op.octets) - 1 & ~always_covered(op.fields)
        if spare:
            made["properties"]["$spare"] = {"type": "integer", "minimum": 0, "maximum": spare}
        return type_words(op.type_name, self.words.type(op.type_name)) | made

    def refer(self, name: str, made: Schema) -> Schema:
        """A reference to a definition, by its number in this table."""
        key = name, json_text(made, _INSIDE)
        if key not in self.shared:
            self.shared[key] = len(self.shared)
            self.texts.append((name, pattern(key[1])))
        return {"$ref": Reference(f"#/$defs/{hole(str(self.shared[key]))}")}


def compact(text: str) -> str:
    """What `json.dumps` makes of the value that a text of `json_text` shows."""
    lines: Iterable[str] = map(str.lstrip, text.split("\n"))
    return "\n".join(lines).replace(",\n", ", ").replace("\n", "")
