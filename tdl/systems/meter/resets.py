"""Registers put aside: demand resets (Table 25), self-reads (Table 26), seasons (Table 24), and data cleared."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from tdl.codec.values import Record
from tdl.readings.tables import listed
from tdl.systems.meter import rings
from tdl.systems.meter.blank import blank
from tdl.systems.meter.clock import Clock
from tdl.systems.meter.elements import cloned, find, holder_of, modulus, number, put, stamp
from tdl.systems.meter.logs import Event, Logs
from tdl.systems.meter.registers import REGISTERS, Registers, added, zero_like
from tdl.systems.meter.tables import Tables

SEASON, DEMAND_RESET, SELF_READS = "ST24", "ST25", "ST26"

EVENT_LOG, HISTORY_LOG = 1, 7

LISTS = {EVENT_LOG: "ST76", 2: SELF_READS, 3: "ST64", 4: "ST65", 5: "ST66", 6: "ST67", HISTORY_LOG: "ST74"}
"""The lists of procedures 4 and 5 by their codes."""

EVERY_LIST = 255

_DATA = (REGISTERS, SEASON, DEMAND_RESET, SELF_READS, "ST28", "ST64", "ST65", "ST66", "ST67", "ST74", "ST76")

_Action: TypeAlias = Callable[[Record, rings.Names], bool]


class Resets:
    """What happens to registers all at once."""

    def __init__(self, tables: Tables, clock: Clock, logs: Logs, registers: Registers) -> None:
        self._tables, self._clock, self._logs, self._registers = tables, clock, logs, registers

    def demand_reset(self, user: int = 0, *, with_self_read: bool = True) -> bool:
        """Keep the registers in Table 25 and begin demands again; False if the meter has no registers."""
        if REGISTERS not in self._tables:
            return False
        if with_self_read and self._linked() in (1, 3):
            self.self_read(user, with_reset=False)
        self._keep(DEMAND_RESET)
        record = self._tables.change(REGISTERS)
        zeros = blank(self._tables.definition, REGISTERS, self._tables.environment)
        if record is None or zeros is None:
            return False
        empty = self._tables.definition.decode(REGISTERS, zeros, self._tables.environment)
        if "NBR_DEMAND_RESETS" in record:
            most = modulus(self._tables.definition.table(REGISTERS), "NBR_DEMAND_RESETS") or 1
            record["NBR_DEMAND_RESETS"] = (number(record, "NBR_DEMAND_RESETS") + 1) % most
        for block, cleared in zip(_blocks(record), _blocks(empty), strict=True):
            _begin_demands(block, cleared, self._registers.digits(1))
        self._logs.log(Event.DEMAND_RESET, user)
        return True

    def self_read(self, user: int = 0, *, with_reset: bool = True) -> bool:
        """Add the registers to Table 26; False if it has no room or is not there."""
        tables, registers = self._tables, self._tables.record(REGISTERS)
        layout = tables.listing(SELF_READS)
        if layout is None or registers is None:
            return False
        octets = tables.octets(SELF_READS)
        header = layout.head(octets)
        place = rings.append(header, rings.ENTRIES, layout.count, layout.header)
        octets = layout.with_head(octets, header)
        if place is not None:
            position, sequence = place
            entry = layout.at(octets, position)
            most = modulus(layout.entry, "SELF_READ_SEQ_NBR") or 1
            put(entry, "SELF_READ_SEQ_NBR", sequence % most)
            self._fill(entry, registers, SELF_READS)
            octets = layout.with_entry(octets, position, entry)
        tables.write(SELF_READS, octets)
        if place is None:
            return False
        self._logs.log(Event.SELF_READ, user)
        if with_reset and self._linked() in (2, 3):
            self.demand_reset(user, with_self_read=False)
        return True

    def season_change(self, season: int, user: int = 0) -> bool:
        """Keep the registers in Table 24 and show the new season in Table 55; False if the meter has no seasons."""
        if "SEASON" not in (holder_of(self._tables.record("ST55"), "SEASON") or ()):
            return False
        self._keep(SEASON)
        holder = holder_of(self._tables.change("ST55"), "SEASON")
        if holder is not None:
            holder["SEASON"] = season
        self._logs.log(Event.SEASON_CHANGED, user)
        return True

    def clear_data(self) -> None:
        """Empty every table of what was metered or logged; lists go on with their sequence numbers."""
        tables = self._tables
        for code in LISTS:
            self.reset_list(code)
        for key in _DATA:
            layout = tables.listing(key)
            if key in tables and key in LISTS.values() and layout is not None:
                tables.write(key, layout.without_entries(tables.octets(key)))
            elif key in tables:
                zeros = blank(tables.definition, key, tables.environment)
                if zeros is not None:
                    tables.write(key, zeros)
        state = tables.state
        state.origins, state.demands, state.intervals = {}, {}, {}

    # --- lists -------------------------------------------------------------------------------------------------

    def reset_list(self, code: int) -> bool:
        """Make a list empty; False if the meter does not have it."""
        return self._with_header(code, _reset)

    def read_list(self, code: int, entries: int) -> bool:
        """Take entries of a list as read; False if there are not so many unread ones."""
        return self._with_header(code, lambda header, names: rings.read(header, names, entries))

    def _with_header(self, code: int, action: _Action) -> bool:
        tables, key = self._tables, LISTS.get(code, "")
        if key not in tables:
            return False
        if 3 <= code <= 6:
            record = tables.record("ST63")
            if find(record, f"LP_STATUS_SET{code - 2}") is None:
                return False
            header = find(tables.change("ST63"), f"LP_STATUS_SET{code - 2}")
            return isinstance(header, Record) and action(header, rings.BLOCKS)
        layout = tables.listing(key)
        if layout is None:
            return False
        octets = tables.octets(key)
        header = layout.head(octets)
        done = action(header, rings.ENTRIES)
        tables.write(key, layout.with_head(octets, header))
        return done

    # --- registers ---------------------------------------------------------------------------------------------

    def _linked(self) -> int:
        return number(self._tables.record("ST21"), "SELF_READ_DEMAND_RESET")

    def _keep(self, key: str) -> None:
        registers = self._tables.record(REGISTERS)
        record = self._tables.change(key)
        if record is not None and registers is not None:
            self._fill(record, registers, key)

    def _fill(self, record: Record, registers: Record, key: str) -> None:
        """Put the registers, and when they were, into a record of both."""
        for name, value in list(record.items()):
            if isinstance(value, Record) and "TOT_DATA_BLOCK" in value:
                record[name] = cloned(registers)
        information = record.get("REGISTER_INFO")
        if isinstance(information, Record):
            before = information.get("END_DATE_TIME")
            table = self._tables.definition.table(key)
            put(information, "END_DATE_TIME", stamp(table, "END_DATE_TIME", before, self._clock.local()))
            put(information, "SEASON", number(self._tables.record("ST55"), "SEASON"))


def _reset(header: Record, names: rings.Names) -> bool:
    rings.reset(header, names)
    return True


def _blocks(record: Record) -> list[Record]:
    blocks = [record.get("TOT_DATA_BLOCK"), *listed(record, "TIER_DATA_BLOCK")]
    return [block for block in blocks if isinstance(block, Record)]


def _begin_demands(block: Record, empty: Record, digits: int) -> None:
    """Demands and what coincides with them begin again; cumulative demands keep what they were."""
    for demand, cleared in zip(listed(block, "DEMANDS"), listed(empty, "DEMANDS"), strict=False):
        if isinstance(demand, Record) and isinstance(cleared, Record):
            values = listed(demand, "DEMAND")
            if "CUM_DEMAND" in demand and values:
                demand["CUM_DEMAND"] = added(demand["CUM_DEMAND"], values[0], digits)
            put(demand, "EVENT_TIME", cleared.get("EVENT_TIME"))
            put(demand, "DEMAND", [zero_like(value) for value in values])
            if "CUM_DEMAND" in demand:
                put(demand, "CONT_CUM_DEMAND", demand["CUM_DEMAND"])
    for coincident in listed(block, "COINCIDENTS"):
        if isinstance(coincident, Record):
            values = listed(coincident, "COINCIDENT_VALUES")
            put(coincident, "COINCIDENT_VALUES", [zero_like(value) for value in values])
