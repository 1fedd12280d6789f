"""Every fact says how well it is attested and by whom: itself, by its type, or by the table it belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tdl.ir.model import (
    Array,
    BitField,
    BitFieldType,
    Definition,
    Element,
    If,
    Member,
    Properties,
    Record,
    RecordType,
    SubElement,
    Switch,
    Type,
)

LEVELS = ("low", "med", "high")


def elements(members: Iterable[Member]) -> Iterator[Element | SubElement]:
    for member in members:
        match member:
            case Element() | SubElement():
                yield member
            case If(then=then, otherwise=otherwise):
                yield from elements((*then, *otherwise))
            case Switch(arms=arms, default=default):
                yield from elements(m for arm in arms for m in arm.members)
                yield from elements(default or ())


class Evidence:
    """What is said of a fact, by the chain of things it stands in, the innermost first."""

    def __init__(self, model: Definition) -> None:
        records: dict[str, Record | BitField] = {record.name: record for record in model.records}
        self.holders = records | {field.name: field for field in model.bit_fields}

    def of(
        self, type: Type, chain: tuple[Properties, ...]
    ) -> Iterator[tuple[Record | BitField, Element | SubElement, tuple[Properties, ...]]]:
        """The members below a type, each with its chain."""
        while isinstance(type, Array):
            type = type.of
        if not isinstance(type, RecordType | BitFieldType):
            return
        holder = self.holders[type.name]
        for element in elements(holder.members):
            inner = (element.properties, holder.properties, *chain)
            yield holder, element, inner
            if isinstance(element, Element):
                yield from self.of(element.type, inner)


def in_force(name: str, chain: Iterable[Properties]) -> object:
    return next((dict(each)[name] for each in chain if name in dict(each)), None)


def test_every_member_of_every_table_has_a_confidence_and_a_source(model: Definition) -> None:
    evidence = Evidence(model)
    seen = 0
    roots = [(t.name, t.type, t.properties) for t in model.tables]
    for procedure in model.procedures:
        for part in (procedure.parameter, procedure.response):
            roots += [] if part is None else [(procedure.name, part, procedure.properties)]
    for name, type, properties in roots:
        for holder, element, chain in evidence.of(type, (properties,)):
            seen += 1
            assert in_force("Confidence", chain) in LEVELS, f"{name}: {holder.name}.{element.name}"
            assert in_force("Source", chain), f"{name}: {holder.name}.{element.name}"
    assert seen > 500


def test_what_is_opaque_is_not_believed(model: Definition) -> None:
    """Octets without a layout are either the maker's or a procedure's by intent, or of low confidence."""
    intended = {"PARM", "RESP_DATA"}
    for record in model.records:
        for element in elements(record.members):
            opaque = isinstance(element, Element) and type(element.type).__name__ == "Opaque"
            if opaque and element.name not in intended:
                levels = [in_force("Confidence", (element.properties, record.properties))]
                levels += [
                    dict(p.properties).get("Confidence")
                    for p in model.procedures
                    if RecordType(name=record.name) in (p.parameter, p.response)
                ]
                assert "low" in levels, f"{record.name}.{element.name}"


def test_a_table_that_rests_on_memory_alone_is_not_high(model: Definition) -> None:
    for table in model.tables:
        properties = dict(table.properties)
        if properties["Source"] == "K":
            assert properties["Confidence"] != "high", table.name
