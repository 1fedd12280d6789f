"""The parts of a schema, one for each table, and how they become one: what several tables use is declared once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import NamedTuple, TypeAlias

from tdl.backends.edl_xsd.content import branches, content
from tdl.backends.edl_xsd.leaves import Leaf, Value, attributes_of, leaf_of
from tdl.backends.edl_xsd.nodes import Node, node
from tdl.backends.holes import filled, hole, pattern
from tdl.ir import model, plan
from tdl.ir.expr import Const

MAX_OCCURS = 1000
"""Larger counts are left open: validators unroll them."""

_IN_SCHEMA, _IN_RECORD, _IN_ROOT = "  ", "    ", "        "
"""How deep declarations, what stands in a record, and the elements of tables are."""

LeafKey: TypeAlias = tuple[tuple[str, ...], tuple[str, ...], bool, str]
"""What tells a leaf from all others."""

LeafText: TypeAlias = tuple[str, dict[str, str]]
"""The pattern of a leaf's type, and the simple types that it takes, by name."""


class Piece(NamedTuple):
    """What a table adds; it is kept as a plain tuple. Records and leaves are in the order they are first used.

    Attributes:
        id: the table's number.
        element: the pattern of the table's own element.
        records: their types' names, and the patterns of what is in them.
    """

    id: int
    element: str
    records: list[tuple[str, str]]
    leaves: list[LeafKey]


class Linked(NamedTuple):
    """All tables together: their elements, and the text of each record's type by the name it has got."""

    elements: str
    records: dict[str, str]
    leaves: dict[LeafKey, str]


def linked(pieces: Iterable[Piece]) -> Linked:
    """Tables in order: leaves are numbered, and so are records of one name that look different."""
    elements: list[str] = []
    named: dict[tuple[str, str], str] = {}
    records: dict[str, str] = {}
    leaves: dict[LeafKey, str] = {}
    for each in pieces:
        values = {
            f"l{number}": leaves.setdefault(key, f"leaf.{len(leaves) + 1}") for number, key in enumerate(each.leaves)
        }
        for number, (type_name, inside) in enumerate(each.records):
            made = filled(inside, values)
            name = named.get((type_name, made))
            if name is None:
                name = named[type_name, made] = _free(type_name, records)
                records[name] = f'{_IN_SCHEMA}<xs:complexType name="{name}">\n{made}{_IN_SCHEMA}</xs:complexType>\n'
            values[f"r{number}"] = name
        elements.append(filled(each.element, values))
    return Linked("".join(elements), records, leaves)


def _free(type_name: str, records: Mapping[str, str]) -> str:
    name, number = type_name, 2
    while name in records:
        name, number = f"{type_name}.{number}", number + 1
    return name


class Leaves:
    """The leaves that tables use, each looked at once."""

    def __init__(self) -> None:
        self.texts: dict[LeafKey, LeafText] = {}

    def key(self, leaf: Leaf) -> LeafKey:
        """What a table's part names a leaf by."""
        key = leaf.kinds, tuple([value.name for value in leaf.values]), leaf.raw, leaf.enumeration or ""
        if key not in self.texts:
            self.texts[key] = _leaf_text(leaf)
        return key


class Pieces:
    """Makes the part of one table."""

    def __init__(self, table: plan.TablePlan, leaves: Leaves) -> None:
        self.known = leaves
        self.records: dict[tuple[str, Node], int] = {}
        self.leaves: dict[LeafKey, int] = {}
        element = pattern(self.table(table).text(_IN_ROOT))
        inside = [(name, "".join([each.text(_IN_RECORD) for each in made.below])) for name, made in self.records]
        self.made = Piece(table.id, element, [(name, pattern(text)) for name, text in inside], [*self.leaves])

    def table(self, table: plan.TablePlan) -> Node:
        named = node("attribute", name="name", type="xs:string", fixed=table.name)
        if not isinstance(table.root, plan.Group | plan.Bits):
            return node("element", name=table.key, minOccurs=0)
        extended = node("extension", named, base=self.record(table.root))
        return node("element", node("complexType", node("complexContent", extended)), name=table.key, minOccurs=0)

    # --- elements ----------------------------------------------------------------------------------------------------

    def declare(self, name: str, ops: tuple[plan.AnyOp, ...], optional: bool) -> Node:
        """An element that is one of some ops."""
        return self.typed(name, ops, minOccurs=0 if optional else None)

    def typed(self, name: str, ops: tuple[plan.AnyOp, ...], **occurs: str | int | None) -> Node:
        leaves = [self.leaf(op) for op in ops]
        known = [leaf for leaf in leaves if leaf is not None]
        if len(known) == len(ops):
            return node("element", name=name, type=self.leaf_name(reduce(Leaf.either, known)), **occurs)
        found = {self.holder(name, op, occurs) for op in ops}
        # an element has one type in all branches: if they do not agree, anything can stand there
        return found.pop() if len(found) == 1 else node("element", name=name, type="xs:anyType", **occurs)

    def holder(self, name: str, op: plan.AnyOp, occurs: Mapping[str, str | int | None]) -> Node:
        """An element that holds others."""
        match op:
            case plan.Group() | plan.Bits():
                return node("element", name=name, type=self.record(op), **occurs)
            case plan.Repeat():
                return node("element", self.array(op), name=name, **occurs)
            case _:
                return node("element", name=name, type="xs:anyType", **occurs)

    def array(self, op: plan.Repeat) -> Node:
        low, high = 0, "unbounded"
        if isinstance(op.count, Const) and op.count.value <= MAX_OCCURS:
            low = max(0, op.count.value)
            high = str(low)
        item = self.typed("item", (op.body,), minOccurs=low, maxOccurs=high)
        kind = node("attribute", name="type", type="xs:token", fixed="list", use="required")
        return node("complexType", node("sequence", item), kind)

    def record(self, op: plan.Group | plan.Bits) -> str:
        """The name of a record's type."""
        if isinstance(op, plan.Group):
            made = node("complexType", content(op.ops, self.declare))
        else:
            spare = node("attribute", name="spare", type="xs:unsignedLong")
            made = node("complexType", content(op.fields, self.declare), spare)
        return hole(f"r{self.records.setdefault((op.type_name, made), len(self.records))}")

    # --- leaves ------------------------------------------------------------------------------------------------------

    def leaf(self, op: plan.AnyOp) -> Leaf | None:
        """What a leaf can be; None for what holds elements."""
        match op:
            case plan.Take() | plan.Bytes() | plan.Builtin() | plan.Opaque() | plan.Field():
                return leaf_of(op)
            case plan.Choose(atomic=atomic) if atomic:
                found = [self.leaf(below) for branch in branches(op) for below in branch]
                known = [leaf for leaf in found if leaf is not None]
                return reduce(Leaf.either, known) if known and len(known) == len(found) else None
            case _:
                return None

    def leaf_name(self, leaf: Leaf) -> str:
        return hole(f"l{self.leaves.setdefault(self.known.key(leaf), len(self.leaves))}")


def _leaf_text(leaf: Leaf) -> LeafText:
    values = {value.name: value.definition for value in leaf.values if value.definition is not None}
    base = leaf.values[0].name
    if len(leaf.values) > 1:
        base = f"value.{'-or-'.join(_short(value) for value in leaf.values)}"
        values[base] = node("union", memberTypes=" ".join(value.name for value in leaf.values))
    inside = node("simpleContent", node("extension", *attributes_of(leaf), base=base))
    text = node("complexType", inside, name=hole("name")).text(_IN_SCHEMA)
    return pattern(text), {name: _simple(name, definition) for name, definition in values.items()}


def _short(value: Value) -> str:
    return value.name.removeprefix("xs:").removeprefix("value.")


def _simple(name: str, definition: Node) -> str:
    return node("simpleType", definition, name=name).text(_IN_SCHEMA)


def codes_text(enumeration: model.Enumeration) -> str:
    """The type of the names that an enumeration has."""
    names = dict.fromkeys(each.name for each in enumeration.enumerators)
    choices = node("restriction", *(node("enumeration", value=name) for name in names), base="xs:string")
    return _simple(f"codes.{enumeration.name}", choices)
