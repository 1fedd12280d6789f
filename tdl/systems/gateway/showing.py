"""Tables and elements as callers see them: octets, the document for JSON and CBOR, and their tags."""

from __future__ import annotations

from dataclasses import dataclass

from tdl.codec.errors import path_text
from tdl.codec.json_values import to_json
from tdl.ir.layout import Path
from tdl.systems.gateway.forms import Form, tag
from tdl.systems.gateway.meters import Meter
from tdl.systems.gateway.names import TableName
from tdl.systems.gateway.snapshots import Order, Parts, Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What somebody looks at: a table, an element, or several elements of one table.

    Attributes:
        paths: of the elements; none for the whole table.
        single: whether an element is shown by itself, as it is at an address of its own.
    """

    table: TableName
    paths: tuple[Path, ...] = ()
    single: bool = False

    def __str__(self) -> str:
        return " ".join((self.table.key, ", ".join(map(path_text, self.paths)))).rstrip()

    def of(self, meter: Meter, snapshot: Snapshot) -> Shown:
        """It, out of a whole table.

        Raises:
            Problem: the table does not decode, or does not have an element.
        """
        return self.of_parts(meter, snapshot.parts(self.paths)) if self.paths else table_shown(meter, snapshot)

    def of_parts(self, meter: Meter, parts: Parts) -> Shown:
        """It, out of elements that were read by themselves."""
        values = {part.text: to_json(part.value) for part in parts.each}
        octets = b"".join(part.octets for part in parts.each)
        about = _about(meter, parts.table, octets, parts.order, parts.read_at)
        if self.single:
            ((text, value),) = values.items()
            told: dict[str, object] = {"element": text, "value": value}
        else:
            told = {"reads": parts.reads, "elements": values}
        # Fields of one octet are elements of their own: values are part of what a tag is about.
        place = ",".join(f"{text}={value!r}" for text, value in values.items())
        return Shown(
            octets=octets,
            document=about | told,
            layout=meter.definition.hash,
            place=f"{meter.name}/{parts.table.key}/{place}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A table or elements of one, to be sent.

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


def _about(meter: Meter, table: TableName, octets: bytes, order: Order | None, read_at: str) -> dict[str, object]:
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
