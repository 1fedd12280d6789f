"""The history log (Tables 73 and 74) and the event log (Tables 75 and 76)."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum

from tdl.codec.errors import EncodeError
from tdl.codec.values import Members, Record
from tdl.systems.meter import rings
from tdl.systems.meter.clock import Clock
from tdl.systems.meter.elements import find, modulus, stamp
from tdl.systems.meter.tables import Tables, wire_number


class Event(IntEnum):
    """The standard's events that a simulated meter has."""

    POWER_DOWN = 1
    POWER_UP = 2
    TIME_CHANGED_FROM = 3
    TIME_CHANGED_TO = 4
    PROCEDURE_INVOKED = 9
    TABLE_WRITTEN = 10
    LISTS_RESET = 14
    LISTS_UPDATED = 15
    HISTORY_CLEARED = 16
    HISTORY_UPDATED = 17
    EVENTS_CLEARED = 18
    EVENTS_UPDATED = 19
    DEMAND_RESET = 20
    SELF_READ = 21
    SUMMER_BEGAN = 22
    SUMMER_ENDED = 23
    SEASON_CHANGED = 24
    SPECIAL_SCHEDULE = 26
    TIER_SWITCHED = 27
    PENDING_ACTIVATED = 28
    PENDING_CLEARED = 29
    METERING_STARTED = 30
    METERING_STOPPED = 31
    TEST_STARTED = 32
    TEST_STOPPED = 33
    SHOP_STARTED = 34
    SHOP_STOPPED = 35
    SELF_CHECK_ERROR = 38
    TAMPER_ATTEMPT = 47
    CONTROL_POINT_COMMANDED = 49


LOGS = (("ST73", "ST74", "HISTORY"), ("ST75", "ST76", "EVENT"))
"""What is logged, where, and how the elements of entries begin."""


class Logs:
    """Both logs, as far as the meter has them.

    A log without a table that says what goes into it takes everything.
    """

    def __init__(self, tables: Tables, clock: Clock) -> None:
        self._tables, self._clock = tables, clock

    def log(
        self,
        event: Event,
        user: int = 0,
        *,
        table: str | None = None,
        procedure: int | None = None,
        at: datetime | None = None,
    ) -> None:
        """Write an event into the logs that want it.

        Args:
            user: who caused it.
            table, procedure: what it is about; the procedure's number has bit 11 for one of the manufacturer.
            at: the meter's time of it, if not now.
        """
        about = None if table is None else wire_number(table)
        for control, log, prefix in LOGS:
            if log in self._tables and self._wanted(control, event, about, procedure):
                argument = procedure if about is None else about
                self._write(log, prefix, event, user, argument, at or self._clock.local())

    def _wanted(self, control: str, event: Event, table: int | None, procedure: int | None) -> bool:
        flags = self._tables.record(control)
        if flags is None:
            return True
        if event not in _members(flags, "STD_EVENTS_MONITORED_FLAGS"):
            return False
        for number, kind in ((table, "TBLS"), (procedure, "PROC")):
            if number is not None:
                owner = "MFG" if number & 0x800 else "STD"
                return number & 0x7FF in _members(flags, f"{owner}_{kind}_MONITORED_FLAGS")
        return True

    def _write(self, log: str, prefix: str, event: Event, user: int, argument: int | None, at: datetime) -> None:
        tables = self._tables
        layout = tables.listing(log)
        if layout is None:
            return
        octets = tables.octets(log)
        header = layout.head(octets)
        place = rings.append(header, rings.ENTRIES, layout.count, layout.header)
        octets = layout.with_head(octets, header)
        if place is not None:
            position, sequence = place
            entry = layout.at(octets, position)
            values = {
                f"{prefix}_TIME": stamp(layout.entry, f"{prefix}_TIME", entry.get(f"{prefix}_TIME"), at),
                f"{prefix}_SEQ_NBR": sequence % (modulus(layout.entry, f"{prefix}_SEQ_NBR") or 1),
                "EVENT_NUMBER": sequence % (modulus(layout.entry, "EVENT_NUMBER") or 1),
                "USER_ID": user,
                f"{prefix}_CODE": _code(entry.get(f"{prefix}_CODE"), event),
                f"{prefix}_ARGUMENT": self._argument(entry.get(f"{prefix}_ARGUMENT"), argument),
            }
            for name, value in values.items():
                if name in entry:
                    entry[name] = value
            try:
                octets = layout.with_entry(octets, position, entry)
            except EncodeError:
                return  # a fragment has made something else of the entries
        tables.write(log, octets)

    def _argument(self, before: object, number: int | None) -> bytes:
        """The identifier of a table or procedure, in the meter's order of octets."""
        size = len(before) if isinstance(before, bytes) else 0
        if number is None or size < 2:
            return bytes(size)
        big = find(self._tables.record("ST0"), "DATA_ORDER") == 1
        return number.to_bytes(2, "big" if big else "little") + bytes(size - 2)


def _members(flags: Record, name: str) -> Members | frozenset[int]:
    found = find(flags, name)
    return found if isinstance(found, Members) else frozenset()


def _code(before: object, event: Event) -> object:
    """A standard event's code, which some documents have as one number."""
    if not isinstance(before, Record):
        return int(event)
    code = Record(dict.fromkeys(before, False), before.spare)
    for name in before:
        code[name] = int(event) if name == "TBL_PROC_NBR" else type(before[name])(0)
    return code
