"""Pending tables: what is written now and counts later, by a procedure or when its time comes.

Before the content of a pending copy stands a record that says when (its event). Table 4 lists the copies.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from tdl.codec.decoder import Moved
from tdl.codec.errors import DecodeError, EncodeError
from tdl.codec.values import Record
from tdl.ir import plan
from tdl.ir.schedule import PENDING_CONTENT, PENDING_EVENT
from tdl.ir.traverse import walk
from tdl.systems.meter.clock import Clock
from tdl.systems.meter.elements import find, members, number, put, stamp
from tdl.systems.meter.logs import Event, Logs
from tdl.systems.meter.relaying import relaid
from tdl.systems.meter.resets import Resets
from tdl.systems.meter.tables import Refusal, Tables, wire_number

STATUS = "ST4"

_AT, _AFTER = 0, 1
"""The codes of events that are a time, and a delay."""

_MFG_BIT, _PENDING_BIT = 11, 12


class Pending:
    """The pending copies of a meter whose definition says what stands before them."""

    def __init__(self, tables: Tables, clock: Clock, logs: Logs, resets: Resets) -> None:
        self._tables, self._clock, self._logs, self._resets = tables, clock, logs, resets

    def allowed(self, key: str) -> bool:
        """Whether Table 4 says that a table may have a pending copy."""
        sets = {"ST": "STD_PENDING_SUPPORTED", "MT": "MFG_PENDING_SUPPORTED"}
        held = members(self._tables.record(STATUS), sets.get(key[:2], ""))
        return wire_number(key) & 0x7FF in held and self._tables.plan(f"{key}P") is not None

    def copies(self) -> list[str]:
        """The keys of the tables that have one."""
        return sorted(key.removesuffix("P") for key in self._tables if key.endswith("P"))

    def write(self, key: str, octets: bytes) -> None:
        """Take a table's pending copy, its event first.

        Raises:
            Refusal: it makes no sense, or there are as many as there may be.
        """
        tables, copy = self._tables, f"{key}P"
        most = number(tables.record("ST0"), "NBR_PENDING")
        if copy not in tables and len(self.copies()) >= most:
            raise Refusal(f"{most} pending tables are there already")
        self._split(copy, octets)
        tables.write(copy, octets)
        event = self._event(key)
        tables.state.due.pop(key, None)
        if number(event, "EVENT_CODE", 2) == _AFTER:
            delay = timedelta(
                weeks=number(event, "WEEKS"),
                days=number(event, "DAYS"),
                hours=number(event, "HOURS"),
                minutes=number(event, "MINUTES"),
                seconds=number(event, "SECONDS"),
            )
            tables.state.due[key] = tables.state.metered + int(delay.total_seconds())
        self._list()

    def event_octets(self, key: str) -> int:
        """How many octets stand before the content of a pending copy that is there.

        Raises:
            Refusal: it makes no sense any more.
        """
        return self._split(f"{key}P", self._tables.octets(f"{key}P"))

    # --- when --------------------------------------------------------------------------------------------------

    def due(self) -> dict[str, int]:
        """The seconds at which copies become active by themselves."""
        found: dict[str, int] = {}
        for key in self.copies():
            event = self._event(key)
            at = find(event, "EVENT_TIME")
            if key in self._tables.state.due:
                found[key] = self._tables.state.due[key]
            elif number(event, "EVENT_CODE", 2) == _AT and isinstance(at, datetime):
                found[key] = self._clock.at(at)
        return found

    def with_event(self, event: Record) -> list[str]:
        """The tables whose copies have this event."""
        return [key for key in self.copies() if self._event(key) == event]

    # --- what becomes of them ----------------------------------------------------------------------------------

    def activate(self, keys: Iterable[str], user: int = 0) -> None:
        """Put copies into the place of their tables, all of them or none.

        Raises:
            Refusal: they make no sense with the other tables.
        """
        tables, wanted = self._tables, list(keys)
        contents: dict[str, bytes] = {}
        for key in wanted:
            octets = tables.octets(f"{key}P")
            contents[key] = octets[self.event_octets(key) :]
        events = [self._event(key) for key in wanted]
        if any(find(event, "SELF_READ_FLAG") for event in events):
            self._resets.self_read(user)
        if any(find(event, "DEMAND_RESET_FLAG") for event in events):
            self._resets.demand_reset(user)
        after, environment = relaid(tables, contents)
        tables.replace(after, environment)
        tables.state.origins, tables.state.demands, tables.state.intervals = {}, {}, {}
        self._drop(wanted)
        record = tables.change(STATUS)
        if record is not None and "LAST_ACTIVATION_DATE_TIME" in record:
            name, table = "LAST_ACTIVATION_DATE_TIME", tables.definition.table(STATUS)
            record[name] = stamp(table, name, record[name], self._clock.local())
        for key in wanted:
            self._logs.log(Event.PENDING_ACTIVATED, user, table=key)

    def clear(self, keys: Iterable[str], user: int = 0) -> None:
        """Forget copies."""
        wanted = list(keys)
        self._drop(wanted)
        for key in wanted:
            self._logs.log(Event.PENDING_CLEARED, user, table=key)

    def _drop(self, keys: list[str]) -> None:
        for key in keys:
            self._tables.write(f"{key}P", None)
            self._tables.state.due.pop(key, None)
        self._list()

    # --- octets ------------------------------------------------------------------------------------------------

    def _split(self, copy: str, octets: bytes) -> int:
        """Where the content of a copy begins; all of it has to make sense, with other copies as they are."""
        found: list[int] = []

        def note(moved: Moved) -> None:
            if moved.path[:1] == (PENDING_EVENT,):
                found.append(moved.offset + moved.octets)

        environment = self._tables.environment.copy()
        for key in self.copies():
            table = self._tables.plan(key)
            if table is not None and environment.holds(table.id) and f"{key}P" != copy:
                held = find(self._tables.record(f"{key}P"), PENDING_CONTENT)
                if isinstance(held, Record):
                    environment.fill(table.id, held)
        try:
            self._tables.definition.decode(copy, octets, environment, note)
        except DecodeError as error:
            raise Refusal(str(error)) from error
        return max(found, default=0)

    def _event(self, key: str) -> Record:
        """The event of a copy; a copy that makes no sense any more has one that never comes."""
        table = self._tables.plan(f"{key}P")
        held = None if table is None else find(self._tables.record(f"{key}P"), PENDING_EVENT)
        return held if isinstance(held, Record) else Record()

    def _list(self) -> None:
        """Write what is pending into Table 4."""
        tables, copies = self._tables, self.copies()
        layout = tables.listing(STATUS)
        if layout is None:
            return
        octets = layout.without_entries(tables.octets(STATUS))
        header = layout.head(octets)
        put(header, "NBR_PENDING_ACTIVATION", len(copies))
        octets = layout.with_head(octets, header)
        for position, key in enumerate(copies[: layout.count]):
            entry = layout.at(octets, position)
            _identify(entry, layout.entry, wire_number(key))
            if "EVENT" in entry:
                entry["EVENT"] = self._event(key)
            try:
                octets = layout.with_entry(octets, position, entry)
            except EncodeError:
                return  # a fragment has made something else of the entries
        tables.write(STATUS, octets)


def _identify(entry: Record, layout: plan.TablePlan, table: int) -> None:
    """Put a table's identifier into an entry, by the bits of its parts: editions name them differently."""
    for op in walk(layout.root):
        if isinstance(op, plan.Field) and len(op.path) > 1 and op.path[-2] == "PENDING_TABLE":
            holder = entry["PENDING_TABLE"]
            value = table >> op.low & (1 << op.width) - 1 if op.low <= _MFG_BIT else int(op.low == _PENDING_BIT)
            holder[op.name] = bool(value) if op.kind == "bool" else value
