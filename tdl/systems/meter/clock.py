"""What time it is for a meter: seconds of a source of time, and the local time that its tables show.

The source is given, and nothing sleeps: a meter is advanced, or looks at its source when it is asked something.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeAlias

from tdl.systems.meter.elements import find, holder_of, number, put, shortened
from tdl.systems.meter.tables import Tables

Source: TypeAlias = Callable[[], float]
"""Seconds since 1970, universal time; `time.time` is one."""

EPOCH = datetime(1970, 1, 1)
LATEST = int((datetime(2089, 12, 31) - EPOCH).total_seconds())
"""Times in tables have years of two digits, to 2089."""

CLOCKS = ("ST52", "ST55")

_QUALIFIER = "TIME_DATE_QUAL"


class Clock:
    """The clock of a meter whose tables may hold a time zone and how the clock is to be understood."""

    def __init__(self, tables: Tables, source: Source = time.time) -> None:
        self._tables, self._source = tables, source

    def seconds(self) -> int:
        """Whole seconds of the source, with what the meter was advanced; never less than before."""
        state = self._tables.state
        return min(max(int(self._source()) + state.ahead, state.metered), LATEST)

    def local(self, seconds: int | None = None) -> datetime:
        """The meter's own time at such a second; if none is given, at the one up to which it has metered."""
        at = self._tables.state.metered if seconds is None else seconds
        shown = at + self._tables.state.adjusted + 60 * self.zone()
        return EPOCH + timedelta(seconds=min(max(shown, 0), LATEST))

    def zone(self) -> int:
        """Minutes of local time ahead of universal time."""
        return number(self._tables.record("ST53"), "TIME_ZONE_OFFSET")

    def set(self, local: datetime) -> None:
        """Make this the meter's own time now."""
        shown = int((local - EPOCH).total_seconds())
        state = self._tables.state
        state.adjusted = shown - 60 * self.zone() - state.metered

    def show(self, key: str) -> None:
        """Put the time into a table of it."""
        record = self._tables.change(key)
        now = self.local()
        calendar = holder_of(record, "CLOCK_CALENDAR")
        if calendar is not None and calendar["CLOCK_CALENDAR"] is not None:  # None is a meter without a clock
            calendar["CLOCK_CALENDAR"] = shortened("LTIME_DATE", now)
        qualifier = find(record, _QUALIFIER)
        holder = holder_of(qualifier, "DAY_OF_WEEK")
        if holder is not None:
            put(holder, "DAY_OF_WEEK", now.isoweekday() % 7)
            put(holder, "TM_ZN_APPLIED_FLAG", self._tables.record("ST53") is not None)
