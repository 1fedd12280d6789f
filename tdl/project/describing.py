"""Decoded values in words: codes with their names, quantities with their units."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING

from tdl.codec.decoder import Moved
from tdl.codec.values import Exact, Members, Raw, RecurringDate

if TYPE_CHECKING:
    from tdl.project.definition import Definition


class Describer:
    """What a definition tells of its tables' values."""

    def __init__(self, definition: Definition) -> None:
        self.words = definition.words

    def text(self, moved: Moved) -> str:
        """A value for people: ``2 (ELECTRIC)``, ``15 minutes``, ``1630 (163.0 V)``."""
        text = value_text(moved.value)
        name = getattr(moved.op, "enumeration", None)
        if name is not None and isinstance(moved.value, int):
            found = self.words.code(name, moved.value)
            if found is not None:
                return f"{text} ({found})"
        element = next((step for step in reversed(moved.path) if isinstance(step, str)), "")
        unit, scale = self.words.units.get((element, moved.op.span), ("", None))
        if not unit or moved.value is None:
            return text
        if scale is None or not isinstance(moved.value, int | Decimal):
            return f"{text} {unit}"
        return f"{text} ({Decimal(moved.value) * scale:f} {unit})"


def value_text(value: object) -> str:
    """A value without its meaning; text without the spaces behind it, octets in hexadecimal."""
    match value:
        case None:
            return "-"
        case bool():
            return "true" if value else "false"
        case Raw():
            return f"raw {value.hex(' ').upper()}"
        case Exact():
            return f"{value} (raw {value.raw.hex(' ').upper()})"
        case RecurringDate():
            return str(value)
        case str():
            return _printable(value.rstrip(" "))
        case bytes():
            return value.hex(" ").upper() or '""'
        case Members():
            return "{" + ", ".join(_runs(value)) + "}"
        case datetime():
            return value.isoformat(" ")
        case _:
            return str(value)


def _printable(text: str) -> str:
    """Text with whatever a terminal would obey or cannot show as an escape."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
    return shown if text and not text.startswith(" ") else f'"{shown}"'


def _runs(members: Members) -> Iterator[str]:
    """``0..8, 11`` for the members of a set."""
    for _, run in groupby(enumerate(members), key=lambda pair: pair[1] - pair[0]):
        numbers = [member for _, member in run]
        if len(numbers) > 2:
            yield f"{numbers[0]}..{numbers[-1]}"
        else:
            yield from map(str, numbers)
