"""Metering: what the load says becomes registers and intervals, from where the meter stopped to a later second."""

from __future__ import annotations

from tdl.systems.meter.calendar import Calendar
from tdl.systems.meter.clock import EPOCH, Clock
from tdl.systems.meter.intervals import BACKWARD, FORWARD, SUMMER, Intervals
from tdl.systems.meter.load import Load
from tdl.systems.meter.logs import Event, Logs
from tdl.systems.meter.registers import PRESENT, REGISTERS, Registers
from tdl.systems.meter.resets import Resets
from tdl.systems.meter.sources import Scales
from tdl.systems.meter.tables import Tables

LONGEST = 800 * 86_400
"""The most seconds that are metered at once; of a longer time without anybody asking only the last part is."""

_BEGAN, _COMMON = "began", "common"
"""Beside the totals that a period began with: when it did, and what holds of it for all channels."""


class Metering:
    """What a meter measures by itself."""

    def __init__(self, tables: Tables, clock: Clock, load: Load, logs: Logs) -> None:
        self._tables, self._clock, self._load, self._logs = tables, clock, load, logs
        scales = Scales(tables)
        self.registers = Registers(tables, scales)
        self.intervals = Intervals(tables, scales, self.registers)
        self.resets = Resets(tables, clock, logs, self.registers)
        self.calendar = Calendar(tables, logs, self.resets)

    def catch_up(self, until: int) -> None:
        """Meter up to a second; nothing of it is saved yet."""
        state = self._tables.state
        if until <= state.metered:
            return
        state.metered = max(state.metered, until - LONGEST)
        self.registers.begin()
        sources = sorted(self.registers.sources() | self.intervals.sources())
        demands = {str(minutes): minutes for minutes in self.registers.minutes()} if self._has_registers() else {}
        sets = dict(self.intervals.sets()) if state.stopped is None else {}
        for periods, names in ((state.demands, demands), (state.intervals, map(str, sets))):
            for name in names:
                periods.setdefault(name, {_BEGAN: state.metered})
        followed = self.calendar.is_followed()
        while state.metered < until:
            before, was_summer, switch = self._clock.local(), self._clock.is_summer(), self._clock.until_switch()
            ends = [self._end(minutes) for minutes in (*demands.values(), *sets.values())]
            if switch is not None:
                ends.append(state.metered + switch)
            if followed:
                ends.append(state.metered + self.calendar.until_next(before))
            self._add(sources, min([until, *ends]))
            now, is_summer = self._clock.local(), self._clock.is_summer()
            if is_summer != was_summer:
                self._logs.log(Event.SUMMER_BEGAN if is_summer else Event.SUMMER_ENDED)
            shown = int((now - EPOCH).total_seconds())
            for name, minutes in demands.items():
                sums, seconds = self._since(state.demands, name, sources, shown % (60 * minutes) == 0)
                if seconds:
                    self.registers.demand(minutes, sums, seconds, now)
            for which, minutes in sets.items():
                common = SUMMER * was_summer | state.intervals[str(which)].get(_COMMON, 0)
                sums, seconds = self._since(state.intervals, str(which), sources, shown % (60 * minutes) == 0)
                if seconds:
                    self.intervals.end(which, sums, seconds, 60 * minutes, now, common)
            if followed:
                self.registers.count()  # what the calendar puts aside is up to this moment
                self.calendar.follow(before, now)
        self.registers.count()

    def clock_set(self, forward: bool) -> None:
        """Note in the intervals in hand that the clock was set."""
        for began in self._tables.state.intervals.values():
            began[_COMMON] = began.get(_COMMON, 0) | (FORWARD if forward else BACKWARD)

    def stop_profile(self) -> bool:
        """Record no more intervals; False if the meter has no load profile."""
        state, sets = self._tables.state, dict(self.intervals.sets())
        for which in sets:
            self.intervals.activate(which, False)
        if state.stopped is None:
            state.stopped, state.intervals = state.metered, {}
        return bool(sets)

    def start_profile(self) -> bool:
        """Record intervals again; what is missing of a block that is open was skipped. False as for `stop_profile`."""
        state, sets = self._tables.state, dict(self.intervals.sets())
        for which, minutes in sets.items():
            if state.stopped is not None:
                self.intervals.skip(which, minutes, self._clock.local(state.stopped), self._clock.local())
            self.intervals.activate(which, True)
        state.stopped = None
        return bool(sets)

    def show_present(self) -> None:
        """Bring Table 28 up to this moment."""
        if PRESENT in self._tables:
            now = self._tables.state.metered
            self.registers.present({s: self._load.sum(s, now, now + 1) for s in self.registers.sources()})

    def _has_registers(self) -> bool:
        return REGISTERS in self._tables

    def _end(self, minutes: int) -> int:
        """The next second at which an interval of so many minutes ends, by the meter's own time."""
        period, now = 60 * minutes, self._tables.state.metered
        shown = int((self._clock.local(now) - EPOCH).total_seconds())
        return now + period - shown % period

    def _add(self, sources: list[int], end: int) -> None:
        state = self._tables.state
        tier, _ = self.registers.tiers()
        for source in sources:
            # A source that is selected while an interval goes on begins to count in it now.
            for periods in (state.demands, state.intervals):
                for began in periods.values():
                    began.setdefault(str(source), state.totals.get(str(source), 0))
            more = self._load.sum(source, state.metered, end)
            for name in (str(source), f"{source}/{tier}"):
                state.totals[name] = state.totals.get(name, 0) + more
        state.metered = end

    def _since(
        self, periods: dict[str, dict[str, int]], name: str, sources: list[int], ends: bool
    ) -> tuple[dict[int, int], int]:
        """If a period ends now, its sums and its seconds; the next one begins."""
        state = self._tables.state
        if not ends:
            return {}, 0
        began = periods[name]
        sums = {source: state.totals[str(source)] - began[str(source)] for source in sources}
        seconds = state.metered - began[_BEGAN]
        periods[name] = {_BEGAN: state.metered} | {str(source): state.totals[str(source)] for source in sources}
        return sums, seconds
