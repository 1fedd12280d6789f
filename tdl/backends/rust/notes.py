"""What a definition says of its elements for people: labels and units, for the documentation of fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from tdl.ir import model

Notes = Mapping[tuple[str, str], str]
"""By a record's type and an element's name."""


def notes_of(definition: model.Definition) -> Notes:
    """The notes of all elements that have one."""
    found: dict[tuple[str, str], str] = {}
    holders: tuple[model.Record | model.BitField, ...] = (*definition.records, *definition.bit_fields)
    for holder in holders:
        for each in _elements(holder.members):
            properties = dict(each.properties)
            parts = [properties.get("Label", ""), f"in {properties['Unit']}" if properties.get("Unit") else ""]
            note = ", ".join(text for part in parts if (text := line(str(part))))
            if note:
                found.setdefault((holder.name, each.name), note)
    return found


def line(text: str) -> str:
    """A text on one line, without characters that cannot be seen: what comes from a document may have any."""
    shown = text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)
    return " ".join(shown.split())


def _elements(members: Iterable[model.Member]) -> Iterator[model.Element | model.SubElement]:
    for member in members:
        match member:
            case model.If():
                yield from _elements((*member.then, *member.otherwise))
            case model.Switch():
                yield from _elements((*(m for arm in member.arms for m in arm.members), *(member.default or ())))
            case _:
                yield member
