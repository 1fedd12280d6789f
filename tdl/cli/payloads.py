"""What Tables 7 and 8 carry, in lines of text: the record of the procedure that they name."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tdl.cli.tables import value_lines
from tdl.codec.decoder import Moved
from tdl.codec.errors import DecodeError

if TYPE_CHECKING:
    from tdl.project.describing import Describer
    from tdl.project.reading import Reading
    from tdl.readings.procedures import Message

_REQUEST, _RESPONSE = "ST7", "ST8"


def payload_lines(reading: Reading, key: str, describer: Describer, columns: int) -> Iterator[str]:
    """The procedure of a request or response with its record; nothing for other tables."""
    if key not in (_REQUEST, _RESPONSE):
        return
    from tdl.readings.procedures import procedures  # slow to import, and few images hold a procedure

    for message in procedures(reading):
        if message.table == key:
            what = "parameters" if key == _REQUEST else "response"
            none = ": none" if message.record is None and not message.octets and not message.notes else ""
            yield f"  {what} of {message.key} {message.name}".rstrip() + none
            yield from (f"  {line}" for line in _record_lines(reading, message, describer, columns - 2))
            yield from (f"    note: {note}" for note in message.notes)


def _record_lines(reading: Reading, message: Message, describer: Describer, columns: int) -> Iterator[str]:
    if message.record is None:
        if message.octets and not message.notes:
            yield f"  {message.octets.hex(' ').upper()}"
        return
    from tdl.readings.payload import environment_for

    role = "parameter" if message.table == _REQUEST else "response"
    layout = reading.definition.table(f"{message.key}.{role}")
    leaves: list[Moved] = []
    with contextlib.suppress(DecodeError):  # octets behind the record are in the notes
        reading.definition.decode(layout.key, message.octets, environment_for(reading, layout), leaves.append)
    yield from value_lines(leaves, message.record, describer, columns)
