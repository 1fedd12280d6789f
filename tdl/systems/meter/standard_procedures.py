"""What the standard's procedures do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from tdl.codec.errors import DecodeError
from tdl.codec.values import Members, Record
from tdl.readings.tables import listed
from tdl.systems.meter.access import Access, Who
from tdl.systems.meter.clock import CLOCKS, QUALIFIER, Clock
from tdl.systems.meter.elements import cloned, find, holder_of, number, selected, set_flag, shortened
from tdl.systems.meter.logs import Event, Logs
from tdl.systems.meter.metering import Metering
from tdl.systems.meter.pending import Pending
from tdl.systems.meter.procedures import Outcome, Procedure, Result
from tdl.systems.meter.resets import EVENT_LOG, EVERY_LIST, HISTORY_LOG, LISTS
from tdl.systems.meter.tables import Tables

_MODES = (
    ("METERING_FLAG", Event.METERING_STARTED, Event.METERING_STOPPED),
    ("TEST_MODE_FLAG", Event.TEST_STARTED, Event.TEST_STOPPED),
    ("METER_SHOP_MODE_FLAG", Event.SHOP_STARTED, Event.SHOP_STOPPED),
)

_RESET = {EVENT_LOG: Event.EVENTS_CLEARED, HISTORY_LOG: Event.HISTORY_CLEARED}
_UPDATED = {EVENT_LOG: Event.EVENTS_UPDATED, HISTORY_LOG: Event.HISTORY_UPDATED}
"""What is logged of the two logs; of other lists it is the same for all."""

CALLS = "ST97"

_NO_DIAL_TONE = 8
"""What it says of a call that found no line."""

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
        metering: Metering,
        pending: Pending,
        access: Access,
        restart: Callable[[], None],
    ) -> None:
        self._tables, self._clock, self._logs = tables, clock, logs
        self._metering, self._resets, self._pending = metering, metering.resets, pending
        self._access, self._restart = access, restart

    def by_number(self) -> Mapping[int, Procedure]:
        return {
            0: self.cold_start,
            1: self.warm_start,
            2: self.save_configuration,
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
            16: self.start_load_profile,
            17: self.stop_load_profile,
            18: self.log_in,
            19: self.log_out,
            20: self.initiate_call,
            21: self.direct_load_control,
            27: self.clear_call_status,
            32: self.set_precision_date_time,
        }

    # --- the meter as a whole ----------------------------------------------------------------------------------

    def cold_start(self, parameters: Record, who: Who) -> Outcome:
        """As if the meter were new but for its configuration: no data, nothing pending, no session."""
        self._resets.clear_data()
        self._pending.clear(self._pending.copies(), who.user)
        state = self._tables.state
        state.failures = state.locked = 0
        state.stopped = None
        return self.warm_start(parameters, who)

    def warm_start(self, parameters: Record, who: Who) -> Outcome:
        self._logs.log(Event.POWER_DOWN)
        self._logs.log(Event.POWER_UP)
        self._restart()
        return Outcome()

    def save_configuration(self, parameters: Record, who: Who) -> Outcome:
        """Nothing is left to do: what is acknowledged is saved."""
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
        self._logs.log(_RESET.get(code, Event.LISTS_RESET), who.user)
        return Outcome()

    def update_last_read_entry(self, parameters: Record, who: Who) -> Outcome:
        code = number(parameters, "LIST", -1)
        if not self._resets.read_list(code, number(parameters, "ENTRIES_READ")):
            return _INVALID
        self._logs.log(_UPDATED.get(code, Event.LISTS_UPDATED), who.user)
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
        return self._set_clock(parameters, who, "LTIME_DATE")

    def set_precision_date_time(self, parameters: Record, who: Who) -> Outcome:
        """As `set_date_time`; the clock has no parts of a second, and the response says so."""
        return self._set_clock(parameters, who, "HTIME_DATE")

    def _set_clock(self, parameters: Record, who: Who, kind: str) -> Outcome:
        asked, table = find(parameters, "DATE_TIME"), next((key for key in CLOCKS if key in self._tables), None)
        if table is None or find(self._tables.record(table), "CLOCK_CALENDAR") is None:
            return _CONFLICT
        if not isinstance(asked, datetime):
            return _INVALID
        self._clock.show(table)
        before, local = self._clock.shown(table), self._clock.local()
        qualifier = find(self._tables.record(table), QUALIFIER)
        kept = cloned(qualifier) if isinstance(qualifier, Record) else Record()
        if find(parameters, "SET_TIME_DATE_QUAL"):
            self._qualify(find(parameters, QUALIFIER))
        present = self._clock.shown(table)  # which it may now be understood to be in another zone
        time = asked.time() if find(parameters, "SET_TIME") else present.time()
        date = asked.date() if find(parameters, "SET_DATE") else present.date()
        self._clock.set(datetime.combine(date, time).replace(microsecond=0), table)
        self._logs.log(Event.TIME_CHANGED_FROM, who.user, at=local)
        self._logs.log(Event.TIME_CHANGED_TO, who.user, at=self._clock.local())
        if self._clock.local() != local:
            self._metering.clock_set(forward=self._clock.local() > local)
        self._clock.show(table)
        values = {
            "DATE_TIME_BEFORE": shortened(kind, before),
            "TIME_DATE_QUAL_BEFORE": kept,
            "DATE_TIME_AFTER": shortened(kind, self._clock.shown(table)),
            "TIME_DATE_QUAL_AFTER": find(self._tables.record(table), QUALIFIER),
        }
        return Outcome(values=values)

    def _qualify(self, qualifier: object) -> None:
        """Take over how the clock is to be understood, where a table says it."""
        for key in CLOCKS:
            holder = holder_of(self._tables.record(key), QUALIFIER)
            if holder is not None and isinstance(qualifier, Record):
                holder = holder_of(self._tables.change(key), QUALIFIER)
                if holder is not None:
                    holder[QUALIFIER] = cloned(qualifier)

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

    # --- who asks ----------------------------------------------------------------------------------------------

    def log_in(self, parameters: Record, who: Who) -> Outcome:
        """As the service of that name with its password, for whoever may run a procedure before it is shown."""
        if self._access.locked():
            return Outcome(result=Result.NOT_NOW)
        password = parameters.get("PASSWORD")
        asking = replace(who, user=number(parameters, "USER_ID"))
        admitted = self._access.admitted(password if isinstance(password, bytes) else b"", asking)
        if admitted is None:
            self._access.failed(asking.user)
            return Outcome(result=Result.NOT_AUTHORISED, who=who.unknown())
        self._tables.state.failures = 0
        return Outcome(who=admitted)

    def log_out(self, parameters: Record, who: Who) -> Outcome:
        """The session goes on, with nobody's rights."""
        return Outcome(who=Who())

    # --- telephone ---------------------------------------------------------------------------------------------

    def initiate_call(self, parameters: Record, who: Who) -> Outcome:
        """A call that finds no line, as Table 97 then says."""
        statuses, which = listed(self._tables.change(CALLS), "CALL_STATUS"), number(parameters, "PHONE_NUMBER")
        if not statuses:
            return _CONFLICT
        if which >= len(statuses):
            return _INVALID
        statuses[which] = _NO_DIAL_TONE
        return Outcome()

    def clear_call_status(self, parameters: Record, who: Who) -> Outcome:
        """Of every number, as nobody knows how a request says which."""
        statuses = listed(self._tables.change(CALLS), "CALL_STATUS")
        statuses[:] = [0] * len(statuses)
        return Outcome() if statuses else _CONFLICT

    # --- load --------------------------------------------------------------------------------------------------

    def start_load_profile(self, parameters: Record, who: Who) -> Outcome:
        return Outcome() if self._metering.start_profile() else _CONFLICT

    def stop_load_profile(self, parameters: Record, who: Who) -> Outcome:
        return Outcome() if self._metering.stop_profile() else _CONFLICT

    def direct_load_control(self, parameters: Record, who: Who) -> Outcome:
        """Remember what was asked for: what control points are is not in any table that is known."""
        level = selected(parameters.get("LEVEL"))
        if level is None:
            return _INVALID
        rest = b"".join(bytes(value) for _, value in parameters.items() if isinstance(value, bytes))
        self._tables.state.control = level, rest.hex()
        self._logs.log(Event.CONTROL_POINT_COMMANDED, who.user)
        return Outcome(values={"RESPONSE": b""})
