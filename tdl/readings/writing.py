"""Rows and events as JSON and CSV: stable keys, one row a line, numbers digit for digit."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from math import isfinite
from typing import TypeAlias

from tdl.codec.json_values import to_json
from tdl.codec.values import Record
from tdl.readings.events import Event
from tdl.readings.procedures import Message
from tdl.readings.row import Row, number_text
from tdl.readings.sources import Source

Cells: TypeAlias = Mapping[str, object]

ROW_KEYS = (
    "quantity", "value", "unit", "phase", "direction", "tier", "time", "kind", "occurrence", "season", "recorded",
    "sequence", "interval", "status", "source", "table", "element", "raw", "notes",
)  # fmt: skip

SOURCE_KEYS = (
    "source", "quantity", "unit", "exponent", "phase", "direction", "time_base", "interval", "pulses", "unapplied",
    "notes",
)  # fmt: skip

EVENT_KEYS = (
    "time", "sequence", "number", "user", "code", "manufacturer", "name", "label", "argument", "octets", "unread",
    "table", "element", "notes",
)  # fmt: skip


def row_cells(row: Row) -> Cells:
    return {key: getattr(row, key) for key in ROW_KEYS}


def event_cells(event: Event) -> Cells:
    return {key: getattr(event, key) for key in EVENT_KEYS}


def source_cells(source: Source) -> Cells:
    measure = source.measure
    return {
        "source": source.index,
        "quantity": None if measure is None else measure.quantity,
        "unit": None if measure is None else measure.unit,
        "exponent": None if measure is None else measure.exponent,
        "phase": None if measure is None else measure.phase,
        "direction": None if measure is None else measure.direction,
        "time_base": None if measure is None else measure.time_base,
        "interval": source.interval,
        "pulses": source.pulses,
        "unapplied": source.unapplied,
        "notes": (*source.notes, *(() if measure is None else measure.notes)),
    }


def message_cells(message: Message) -> Cells:
    keys = (
        "table",
        "key",
        "name",
        "selector",
        "selector_name",
        "sequence",
        "result",
        "result_name",
        "record",
        "octets",
    )
    return {key: getattr(message, key) for key in (*keys, "notes")}


def json_list(rows: Iterable[Cells]) -> str:
    """A list of objects, one a line. What a row does not have is null; numbers have all their digits."""
    lines = [f"  {_object(row)}" for row in rows]
    return "[\n" + ",\n".join(lines) + "\n]\n" if lines else "[]\n"


def _object(row: Cells) -> str:
    return "{" + ", ".join(f"{json.dumps(key)}: {_json(value)}" for key, value in row.items()) + "}"


def _json(value: object) -> str:
    match value:
        case bool() | None:
            return json.dumps(value)
        case "":
            return "null"
        case float() if isfinite(value):
            return float.__repr__(value)
        case Decimal() if value.is_finite():
            return number_text(Decimal(value))
        case int():
            return int.__repr__(value)
        case datetime():
            return json.dumps(value.isoformat())
        case bytes():
            return json.dumps(value.hex().upper())
        case tuple():
            return json.dumps(list(value))
        case _:
            return json.dumps(to_json(value))


def csv_text(keys: Iterable[str], rows: Iterable[Cells]) -> str:
    """A header line and one line a row, as RFC 4180 has them; several notes are parted by semicolons."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    header = list(keys)
    writer.writerow(header)
    for row in rows:
        writer.writerow([_cell(row[key]) for key in header])
    return stream.getvalue()


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float() | Decimal():
            return number_text(value)
        case datetime():
            return value.isoformat()
        case bytes():
            return value.hex().upper()
        case tuple():
            return "; ".join(map(str, value))
        case Record():
            return json.dumps(to_json(value))
        case _:
            return str(value)
