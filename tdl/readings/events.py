"""The entries of the history log (Table 74) and the event log (Table 76), by name.

Codes of standard events are named by the enumeration STD_EVENT_ENUM, those of manufacturer events by MFG_EVENT_ENUM,
which a fragment adds. A code's property ``Argument`` names the record that its entry's argument begins with.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tdl.codec.errors import path_text
from tdl.codec.values import Record
from tdl.ir import model, plan
from tdl.project.reading import Reading
from tdl.readings.codes import find_code, numbered
from tdl.readings.lists import Entry, Status, valid_entries
from tdl.readings.payload import decode_payload, environment_for, record_plan
from tdl.readings.tables import integer, listed, moment

STANDARD_EVENTS, MANUFACTURER_EVENTS = "STD_EVENT_ENUM", "MFG_EVENT_ENUM"
ARGUMENT = "Argument"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One entry of a log.

    Attributes:
        time: in the device's own time; None if the log has no times.
        sequence: as the log's header counts it, else the entry's own 16 bits.
        number: the event number, where entries have one.
        user: who caused it.
        code: the event's number.
        manufacturer: whether the code is the manufacturer's.
        name, label: of the code; empty if nobody named it.
        argument: the argument's record; None if the code has none or the octets do not fit.
        octets: the argument as it is.
        unread: whether the log counts it among its unread entries.
        table, element: where the entry is.
        notes: what is uncertain or missing.
    """

    time: datetime | None
    sequence: int | None
    number: int | None
    user: int | None
    code: int | None
    manufacturer: bool
    name: str
    label: str
    argument: Record | None
    octets: bytes
    unread: bool
    table: str
    element: str
    notes: tuple[str, ...] = ()


def events(reading: Reading) -> tuple[Event, ...]:
    """The valid entries of a meter's logs, the history log first, the oldest entry of each first."""
    named = _Events(reading)
    return (*named.log("ST74", "HISTORY"), *named.log("ST76", "EVENT"))


class _Events:
    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.plans: dict[str, plan.TablePlan | None] = {}

    def log(self, table: str, prefix: str) -> Iterator[Event]:
        """The entries of one log, whose elements begin with a prefix."""
        record = self.reading.values.get(table)
        if record is None:
            return
        name = next((name for name, value in record.items() if isinstance(value, list)), "")
        flags = next((value for _, value in record.items() if isinstance(value, Record)), Record())
        values = listed(record, name)
        status = Status(
            descending=flags.get("ORDER") == 1,
            valid=integer(record, "NBR_VALID_ENTRIES"),
            last=integer(record, "LAST_ENTRY_ELEMENT"),
            sequence=integer(record, "LAST_ENTRY_SEQ_NBR"),
            unread=integer(record, "NBR_UNREAD_ENTRIES"),
        )
        entries, notes = valid_entries(status, len(values))
        for entry in entries:
            value = values[entry.position]
            if isinstance(value, Record):
                element = path_text((name, entry.position))
                yield self.event(value, entry, prefix, table, element, notes)

    def event(
        self, value: Record, entry: Entry, prefix: str, table: str, element: str, notes: tuple[str, ...]
    ) -> Event:
        time, odd = moment(value.get(f"{prefix}_TIME"))
        sequence, disagreement = _sequence(entry.sequence, integer(value, f"{prefix}_SEQ_NBR"))
        code, manufacturer = numbered(value.get(f"{prefix}_CODE"))
        octets = value.get(f"{prefix}_ARGUMENT")
        octets = bytes(octets) if isinstance(octets, bytes) else b""
        found = self.find(code, manufacturer)
        argument, problem = self.argument(found, octets)
        return Event(
            time=time,
            sequence=sequence,
            number=integer(value, "EVENT_NUMBER"),
            user=integer(value, "USER_ID"),
            code=code,
            manufacturer=manufacturer,
            name="" if found is None else found.name,
            label="" if found is None else found.label,
            argument=argument,
            octets=octets,
            unread=entry.unread,
            table=table,
            element=element,
            notes=(*notes, *odd, *disagreement, *problem),
        )

    def find(self, code: int | None, manufacturer: bool) -> model.Enumerator | None:
        enumeration = MANUFACTURER_EVENTS if manufacturer else STANDARD_EVENTS
        return find_code(self.reading.definition.model, enumeration, code)

    def argument(self, event: model.Enumerator | None, octets: bytes) -> tuple[Record | None, tuple[str, ...]]:
        """The record of an event's argument, and why there is none although the event has one."""
        name = None if event is None else dict(event.properties).get(ARGUMENT)
        if name is None:
            return None, ()
        layout = self.layout(str(name))
        if layout is None:
            return None, (f"the argument's record `{name}` has no layout",)
        payload = decode_payload(layout, octets, environment_for(self.reading, layout))
        return payload.record, payload.notes

    def layout(self, name: str) -> plan.TablePlan | None:
        if name not in self.plans:
            self.plans[name] = record_plan(self.reading.definition.model, name)
        return self.plans[name]


def _sequence(counted: int | None, own: int | None) -> tuple[int | None, tuple[str, ...]]:
    """An entry's sequence number: of 32 bits by the header, of which the entry itself has the lower 16."""
    if counted is None or own is None:
        return own if counted is None else counted, ()
    if counted & 0xFFFF != own & 0xFFFF:
        return own, (f"sequence number {own} in the entry, {counted & 0xFFFF} by the list's header",)
    return counted, ()
