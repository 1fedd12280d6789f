"""What the standard's procedures do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from tdl.codec.errors import DecodeError
from tdl.codec.values import Members, Record
from tdl.systems.meter.access import Who
from tdl.systems.meter.clock import CLOCKS, Clock
from tdl.systems.meter.elements import cloned, find, holder_of, number, selected, set_flag, shortened
from tdl.systems.meter.logs import Event, Logs
from tdl.systems.meter.pending import Pending
from tdl.systems.meter.procedures import Outcome, Procedure, Result
from tdl.systems.meter.resets import EVERY_LIST, LISTS, Resets
from tdl.systems.meter.tables import Tables

_MODES = (
    ("METERING_FLAG", Event.METERING_STARTED, Event.METERING_STOPPED),
    ("TEST_MODE_FLAG", Event.TEST_STARTED, Event.TEST_STOPPED),
    ("METER_SHOP_MODE_FLAG", Event.SHOP_STARTED, Event.SHOP_STOPPED),
)

_LARGE = 1 << 12
"""Of a larger table, diagnostics look only at its length where that is always the same."""

_CONFLICT, _INVALID = Outcome(result=Result.SETUP_CONFLICT), Outcome(result=Result.INVALID_PARAMETER)


class StandardProcedures:
    """The procedures by number.

    Args:
        restart: called when the meter is started anew, which ends all sessions.
    """

    def __init__(
        self,
        tables: Tables,
        clock: Clock,
        logs: Logs,
        resets: Resets,
        pending: Pending,
        restart: Callable[[], None],
    ) -> None:
        self._tables, self._clock, self._logs = tables, clock, logs
        self._resets, self._pending, self._restart = resets, pending, restart

    def by_number(self) -> Mapping[int, Procedure]:
        return {
            0: self.cold_start,
            1: self.warm_start,
            3: self.clear_data,
            4: self.reset_list_pointers,
            5: self.update_last_read_entry,
            6: self.change_mode,
            7: self.clear_standard_flags,
            8: self.clear_manufacturer_flags,
            9: self.remote_reset,
            10: self.set_date_time,
            11: self.execute_diagnostics,
            12: self.activate_all,
            13: self.activate_specific,
            14: self.clear_all,
            15: self.clear_specific,
            21: self.direct_load_control,
        }

    # --- the meter as a whole ----------------------------------------------------------------------------------

    def cold_start(self, parameters: Record, who: Who) -> Outcome:
        """As if the meter were new but for its configuration: no data, nothing pending, no session."""
        self._resets.clear_data()
        self._pending.clear(self._pending.copies(), who.user)
        state = self._tables.state
        state.failures = state.locked = 0
        return self.warm_start(parameters, who)

    def warm_start(self, parameters: Record, who: Who) -> Outcome:
        self._logs.log(Event.POWER_DOWN)
        self._logs.log(Event.POWER_UP)
        self._restart()
        return Outcome()

    def clear_data(self, parameters: Record, who: Who) -> Outcome:
        self._resets.clear_data()
        return Outcome()

    def execute_diagnostics(self, parameters: Record, who: Who) -> Outcome:
        """Look at the store and at every table; Table 3 has what is found."""
        tables, sound = self._tables, True
        for key in tables:
            octets, bound = tables.octets(key), tables.bound(key)
            if len(octets) > _LARGE and bound is not None and bound.size == (len(octets), len(octets)):
                continue
            try:
                tables.definition.decode(key, octets, tables.environment)
            except (DecodeError, LookupError):
                sound = False
        kept = tables.store is None or tables.store.sound()
        status = tables.change("ST3")
        if status is not None:
            set_flag(status, "SELF_CHK_ERROR_FLAG", not sound)
            set_flag(status, "NONVOL_MEM_FAILURE_FLAG", not kept)
        if not (sound and kept):
            self._logs.log(Event.SELF_CHECK_ERROR, who.user)
        return Outcome()

    # --- lists -------------------------------------------------------------------------------------------------

    def reset_list_pointers(self, parameters: Record, who: Who) -> Outcome:
        code = number(parameters, "LIST", -1)
        if code == EVERY_LIST:
            for each in LISTS:
                self._resets.reset_list(each)
        elif not self._resets.reset_list(code):
            return _INVALID
        self._logs.log(Event.LISTS_RESET, who.user)
        return Outcome()

    def update_last_read_entry(self, parameters: Record, who: Who) -> Outcome:
        if not self._resets.read_list(number(parameters, "LIST", -1), number(parameters, "ENTRIES_READ")):
            return _INVALID
        self._logs.log(Event.LISTS_UPDATED, who.user)
        return Outcome()

    # --- status ------------------------------------------------------------------------------------------------

    def change_mode(self, parameters: Record, who: Who) -> Outcome:
        mode, status = parameters.get("ED_MODE"), self._tables.change("ST3")
        held = None if status is None else status.get("ED_MODE")
        if status is None or type(held) is not type(mode):
            return _CONFLICT
        status["ED_MODE"] = cloned(mode) if isinstance(mode, Record) else mode
        for flag, started, stopped in _MODES:
            was, is_ = bool(find(held, flag)), bool(find(mode, flag))
            if was != is_:
                self._logs.log(started if is_ else stopped, who.user)
        return Outcome()

    def clear_standard_flags(self, parameters: Record, who: Who) -> Outcome:
        status = self._tables.change("ST3")
        if status is None:
            return _CONFLICT
        for name in ("ED_STD_STATUS1", "ED_STD_STATUS2"):
            flags = status.get(name)
            if isinstance(flags, Record):
                for flag, value in list(flags.items()):
                    flags[flag] = type(value)(0)
        return Outcome()

    def clear_manufacturer_flags(self, parameters: Record, who: Who) -> Outcome:
        status = self._tables.change("ST3")
        flags = None if status is None else status.get("ED_MFG_STATUS")
        if status is None or not isinstance(flags, Members):
            return _CONFLICT
        status["ED_MFG_STATUS"] = Members(bytes(len(flags.octets)))
        return Outcome()

    # --- registers and time ------------------------------------------------------------------------------------

    def remote_reset(self, parameters: Record, who: Who) -> Outcome:
        action = parameters.get("ACTION_FLAG")
        done = cloned(action) if isinstance(action, Record) else Record()
        wanted = 0
        for flag, act in (
            ("SELF_READ", self._resets.self_read),
            ("DEMAND_RESET", self._resets.demand_reset),
            ("SEASON_CHANGE", lambda user: self._resets.season_change(number(action, "NEW_SEASON"), user)),
        ):
            if find(action, flag):
                wanted += 1
                done[flag] = bool(act(who.user))
                wanted -= done[flag]
        return Outcome(result=Result.SETUP_CONFLICT if wanted else Result.DONE, values={"SUCCESS_FLAG": done})

    def set_date_time(self, parameters: Record, who: Who) -> Outcome:
        asked, table = find(parameters, "DATE_TIME"), next((key for key in CLOCKS if key in self._tables), None)
        if table is None or find(self._tables.record(table), "CLOCK_CALENDAR") is None:
            return _CONFLICT
        if not isinstance(asked, datetime):
            return _INVALID
        self._clock.show(table)
        before, qualifier = self._clock.local(), find(self._tables.record(table), "TIME_DATE_QUAL")
        kept = cloned(qualifier) if isinstance(qualifier, Record) else Record()
        if find(parameters, "SET_TIME_DATE_QUAL"):
            self._qualify(find(parameters, "TIME_DATE_QUAL"))
        time = asked.time() if find(parameters, "SET_TIME") else before.time()
        date = asked.date() if find(parameters, "SET_DATE") else before.date()
        self._clock.set(datetime.combine(date, time).replace(microsecond=0))
        after = self._clock.local()
        self._logs.log(Event.TIME_CHANGED_FROM, who.user, at=before)
        self._logs.log(Event.TIME_CHANGED_TO, who.user, at=after)
        self._clock.show(table)
        values = {
            "DATE_TIME_BEFORE": shortened("LTIME_DATE", before),
            "TIME_DATE_QUAL_BEFORE": kept,
            "DATE_TIME_AFTER": shortened("LTIME_DATE", after),
            "TIME_DATE_QUAL_AFTER": find(self._tables.record(table), "TIME_DATE_QUAL"),
        }
        return Outcome(values=values)

    def _qualify(self, qualifier: object) -> None:
        """Take over how the clock is to be understood, where a table says it."""
        for key in CLOCKS:
            holder = holder_of(self._tables.record(key), "TIME_DATE_QUAL")
            if holder is not None and isinstance(qualifier, Record):
                holder = holder_of(self._tables.change(key), "TIME_DATE_QUAL")
                if holder is not None:
                    holder["TIME_DATE_QUAL"] = cloned(qualifier)

    # --- pending tables ----------------------------------------------------------------------------------------

    def activate_all(self, parameters: Record, who: Who) -> Outcome:
        self._pending.activate(self._pending.copies(), who.user)
        return Outcome()

    def activate_specific(self, parameters: Record, who: Who) -> Outcome:
        found = self._pending.with_event(parameters)
        if not found:
            return _INVALID
        self._pending.activate(found, who.user)
        return Outcome()

    def clear_all(self, parameters: Record, who: Who) -> Outcome:
        self._pending.clear(self._pending.copies(), who.user)
        return Outcome()

    def clear_specific(self, parameters: Record, who: Who) -> Outcome:
        found = self._pending.with_event(parameters)
        if not found:
            return _INVALID
        self._pending.clear(found, who.user)
        return Outcome()

    # --- load --------------------------------------------------------------------------------------------------

    def direct_load_control(self, parameters: Record, who: Who) -> Outcome:
        """Remember what was asked for: what control points are is not in any table that is known."""
        level = selected(parameters.get("LEVEL"))
        if level is None:
            return _INVALID
        rest = b"".join(bytes(value) for _, value in parameters.items() if isinstance(value, bytes))
        self._tables.state.control = level, rest.hex()
        self._logs.log(Event.CONTROL_POINT_COMMANDED, who.user)
        return Outcome(values={"RESPONSE": b""})
