"""The EDL schema back end: puts a schema together."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

from tdl.backends.api import GeneratedFile, Options, check_options, file_name
from tdl.backends.edl_xsd.content import branches, content
from tdl.backends.edl_xsd.leaves import Leaf, Value, attributes_of, leaf_of
from tdl.backends.edl_xsd.nodes import Node, node
from tdl.deferred import dataclass
from tdl.ir import model, plan
from tdl.ir.expr import Const

NAMESPACE = "urn:tdl:edl:1"
"""That of `tdl.image.edl`; a schema for another would refuse every file."""

MAX_OCCURS = 1000
"""Larger counts are left open: validators unroll them."""


@dataclass(frozen=True, slots=True)
class EdlSchemaBackend:
    """Generates one XML Schema, for EDL files of one definition."""

    name: str = "edl-xsd"
    description: str = "an XML Schema for EDL, the tables' values as XML"

    @property
    def options(self) -> Mapping[str, str]:
        return {}

    def generate(self, definition: model.Definition, plan: plan.Plan, options: Options) -> tuple[GeneratedFile, ...]:
        check_options(self, options)
        name = file_name(definition, options)
        text = "".join(f"{line}\n" for line in _Schema(definition, plan).lines())
        return (GeneratedFile(path=f"{name}-EDL.xsd", content=text.encode("utf-8")),)


BACKEND = EdlSchemaBackend()


class _Schema:
    """The declarations of a schema, each made when it is first used."""

    def __init__(self, definition: model.Definition, of: plan.Plan) -> None:
        self.definition, self.plan = definition, of
        self.records: dict[tuple[str, Node], str] = {}
        self.taken: dict[str, Node] = {}
        self.values: dict[str, Node] = {}
        self.leaves: dict[Leaf, str] = {}

    def lines(self) -> list[str]:
        root = self.root()
        head = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="{NAMESPACE}"'
        return [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f"<!-- Made by tdl from {self.definition.name} {self.plan.hash}. -->",
            "<!-- This file belongs to whoever made it with tdl. -->",
            f'{head} targetNamespace="{NAMESPACE}" elementFormDefault="qualified">',
            *root.lines("  "),
            *(line for name in sorted(self.taken) for line in self.taken[name].lines("  ")),
            *(line for leaf, name in self.leaves.items() for line in self.leaf_type(leaf, name).lines("  ")),
            *(line for name in sorted(self.values) for line in self.simple(name, self.values[name]).lines("  ")),
            *(line for each in self.definition.enumerations for line in self.codes(each).lines("  ")),
            "</xs:schema>",
        ]

    # --- tables ------------------------------------------------------------------------------------------------------

    def root(self) -> Node:
        tables = sorted(self.plan.tables, key=lambda table: (table.id, table.key))
        anything = node(
            "any", namespace="##targetNamespace", processContents="skip", minOccurs=0, maxOccurs="unbounded"
        )
        profile = node("complexType", node("sequence", anything))
        content = node(
            "sequence",
            *(self.table(table) for table in tables),
            node("element", profile, name="profile", minOccurs=0),
        )
        return node(
            "element",
            node(
                "complexType",
                content,
                node("attribute", name="definition", type="xs:string"),
                node("attribute", name="hash", type="xs:string", fixed=self.plan.hash),
            ),
            name="edl",
        )

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
        """The name of a record's type; records of one name that look different are numbered."""
        if isinstance(op, plan.Group):
            made = node("complexType", content(op.ops, self.declare))
        else:
            spare = node("attribute", name="spare", type="xs:unsignedLong")
            made = node("complexType", content(op.fields, self.declare), spare)
        key = op.type_name, made
        if key not in self.records:
            name, number = op.type_name, 2
            while name in self.taken:
                name, number = f"{op.type_name}.{number}", number + 1
            self.records[key] = name
            self.taken[name] = Node(made.tag, (("name", name),), made.below)
        return self.records[key]

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
        if leaf not in self.leaves:
            self.leaves[leaf] = f"leaf.{len(self.leaves) + 1}"
        for value in leaf.values:
            if value.definition is not None:
                self.values[value.name] = value.definition
        return self.leaves[leaf]

    def leaf_type(self, leaf: Leaf, name: str) -> Node:
        if len(leaf.values) == 1 and not attributes_of(leaf):
            return node("complexType", self.extended(leaf.values[0].name, leaf), name=name)
        return node("complexType", self.extended(self.either(leaf.values), leaf), name=name)

    def extended(self, base: str, leaf: Leaf) -> Node:
        return node("simpleContent", node("extension", *attributes_of(leaf), base=base))

    def either(self, values: tuple[Value, ...]) -> str:
        if len(values) == 1:
            return values[0].name
        members = " ".join(value.name for value in values)
        name = f"value.{'-or-'.join(value.name.removeprefix('xs:').removeprefix('value.') for value in values)}"
        self.values[name] = node("union", memberTypes=members)
        return name

    def simple(self, name: str, definition: Node) -> Node:
        return node("simpleType", definition, name=name)

    def codes(self, enumeration: model.Enumeration) -> Node:
        names = dict.fromkeys(each.name for each in enumeration.enumerators)
        choices = node("restriction", *(node("enumeration", value=name) for name in names), base="xs:string")
        return self.simple(f"codes.{enumeration.name}", choices)
