"""What time it is for a meter: seconds of a source of time, and the local time that its tables show.

The source is given, and nothing sleeps: a meter is advanced, or looks at its source when it is asked something.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeAlias

from tdl.systems.meter.elements import find, holder_of, number, put, shortened
from tdl.systems.meter.summer import Summer
from tdl.systems.meter.tables import Tables

Source: TypeAlias = Callable[[], float]
"""Seconds since 1970, universal time; `time.time` is one."""

EPOCH = datetime(1970, 1, 1)
LATEST = int((datetime(2089, 12, 31) - EPOCH).total_seconds())
"""Times in tables have years of two digits, to 2089."""

CLOCKS = ("ST52", "ST55")

QUALIFIER = "TIME_DATE_QUAL"

_OFFSET = "ST53"


class Clock:
    """The clock of a meter whose tables may hold a time zone, summer time and how the clock is to be understood."""

    def __init__(self, tables: Tables, source: Source = time.time) -> None:
        self._tables, self._source = tables, source
        self.summer = Summer(tables)

    def seconds(self) -> int:
        """Whole seconds of the source, with what the meter was advanced; never less than before."""
        state = self._tables.state
        return min(max(int(self._source()) + state.ahead, state.metered), LATEST)

    # --- the meter's own time ----------------------------------------------------------------------------------

    def local(self, seconds: int | None = None) -> datetime:
        """The meter's own time at such a second; if none is given, at the one up to which it has metered."""
        standard = self.standard(seconds)
        return _moment(_seconds(standard + self.summer.ahead(standard)))

    def standard(self, seconds: int | None = None) -> datetime:
        """The same without summer time."""
        return _moment(self._universal(seconds) + 60 * self.zone())

    def at(self, local: datetime) -> int:
        """The second at which this is the meter's own time."""
        return _seconds(self.summer.standard(local)) - 60 * self.zone() - self._tables.state.adjusted

    def is_summer(self) -> bool:
        return bool(self.summer.ahead(self.standard()))

    def until_switch(self) -> int | None:
        """Seconds until summer time begins or ends, if it ever does."""
        now = self.standard()
        switch = self.summer.next(now)
        return None if switch is None else int((switch - now).total_seconds())

    def zone(self) -> int:
        """Minutes of standard time ahead of universal time."""
        return number(self._tables.record(_OFFSET), "TIME_ZONE_OFFSET")

    # --- tables of the time ------------------------------------------------------------------------------------

    def shown(self, key: str) -> datetime:
        """What such a table shows now: universal time if it says that it does, else the meter's own."""
        return _moment(self._universal()) if self._is_universal(key) else self.local()

    def set(self, moment: datetime, key: str) -> None:
        """Make this what such a table shows now."""
        state = self._tables.state
        if self._is_universal(key):
            state.adjusted = _seconds(moment) - state.metered
        else:
            state.adjusted += self.at(moment) - state.metered

    def show(self, key: str) -> None:
        """Put the time into such a table."""
        record = self._tables.change(key)
        now, universal = self.shown(key), self._is_universal(key)
        calendar = holder_of(record, "CLOCK_CALENDAR")
        if calendar is not None and calendar["CLOCK_CALENDAR"] is not None:  # None is a meter without a clock
            calendar["CLOCK_CALENDAR"] = shortened("LTIME_DATE", now)
        holder = holder_of(find(record, QUALIFIER), "DAY_OF_WEEK")
        if holder is not None:
            put(holder, "DAY_OF_WEEK", now.isoweekday() % 7)
            put(holder, "TM_ZN_APPLIED_FLAG", _OFFSET in self._tables and not universal)
            if self.summer.is_followed():
                put(holder, "DST_FLAG", self.is_summer())
                put(holder, "DST_APPLIED_FLAG", self.is_summer() and not universal)
                put(holder, "DST_SUPPORTED_FLAG", True)

    def _is_universal(self, key: str) -> bool:
        return bool(find(find(self._tables.record(key), QUALIFIER), "GMT_FLAG"))

    def _universal(self, seconds: int | None = None) -> int:
        state = self._tables.state
        return (state.metered if seconds is None else seconds) + state.adjusted


def _moment(seconds: int) -> datetime:
    return EPOCH + timedelta(seconds=min(max(seconds, 0), LATEST))


def _seconds(moment: datetime) -> int:
    return int((moment - EPOCH).total_seconds())
