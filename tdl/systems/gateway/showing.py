"""Tables and elements as callers see them: octets, the document for JSON and CBOR, and their tags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tdl.codec.errors import path_text
from tdl.codec.json_values import to_json
from tdl.ir.layout import Path
from tdl.systems.gateway.forms import Form, tag
from tdl.systems.gateway.meters import Meter, Part, Snapshot
from tdl.systems.gateway.names import TableName, element
from tdl.systems.gateway.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A table or an element to be sent.

    Attributes:
        document: for JSON and CBOR; None where there are octets alone.
        place: what tags are about besides the octets.
    """

    octets: bytes
    document: dict[str, object] | None
    layout: str
    place: str

    def tag(self, form: Form) -> str:
        return tag(form, self.layout, self.octets, self.place)

    def has(self, tags: tuple[str, ...]) -> bool:
        """Whether one of some tags is this in any form."""
        return any(self.tag(form) in tags for form in Form)


def table_shown(meter: Meter, of: Snapshot) -> Shown:
    """A table that the definition has.

    Raises:
        Problem: it does not decode.
    """
    values = to_json(of.values())
    about = _about(meter, of.table, of.octets, of.order, of.read_at)
    return bare(meter, of.table, of.octets, {**about, "values": values})


def bare(meter: Meter, table: TableName, octets: bytes, document: dict[str, object] | None = None) -> Shown:
    """A table's octets, decoded or not."""
    return Shown(octets=octets, document=document, layout=meter.definition.hash, place=f"{meter.name}/{table.key}")


def element_shown(meter: Meter, table: TableName, path: Path, part: Part) -> Shown:
    """An element."""
    text = path_text(path)
    about = _about(meter, table, part.octets, part.order, part.read_at)
    return Shown(
        octets=part.octets,
        document={**about, "element": text, "value": to_json(part.value)},
        layout=meter.definition.hash,
        # Fields of one octet are elements of their own: the value is part of what a tag is about.
        place=f"{meter.name}/{table.key}/{text}={to_json(part.value)!r}",
    )


def element_of(meter: Meter, of: Snapshot, path: Path) -> Shown:
    """An element of a table.

    Raises:
        Problem: the table does not decode, or does not have it.
    """
    try:
        value = element(of.values(), path)
    except LookupError:
        raise Problem(404, f"{of.table.key} has no element `{path_text(path)}`") from None
    place = of.locate(path)
    octets = b"" if place.bits else of.octets[place.offset : place.offset + place.octets]
    return element_shown(meter, of.table, path, Part(value=value, octets=octets, order=of.order, read_at=of.read_at))


def _about(
    meter: Meter, table: TableName, octets: bytes, order: Literal["little", "big"] | None, read_at: str
) -> dict[str, object]:
    plan = meter.plan(table)
    return {
        "meter": meter.name,
        "table": table.key,
        "name": "" if plan is None else plan.name,
        "definition": meter.definition.name,
        "layout": meter.definition.hash,
        "byte_order": order,
        "read_at": read_at,
        "octets": len(octets),
    }
