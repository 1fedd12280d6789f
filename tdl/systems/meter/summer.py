"""Summer time: when Table 54 switches it on and off, at the hours and by the minutes of Table 53.

It is a function of time and tables alone, so that it is right at once when a meter is new, its clock is set or its
calendar changes. Times here are standard time, in which no hour is missing and none is there twice.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from tdl.systems.meter.dates import actions, falls_on
from tdl.systems.meter.elements import find, number
from tdl.systems.meter.tables import Tables

_ACTUAL, _OFFSET, _CALENDAR = "ST51", "ST53", "ST54"

_ON, _OFF = 1, 2
"""What CALENDAR_CTRL says of summer time."""

_NONE = timedelta()


class Summer:
    """The summer time of a meter that has Tables 51, 53 and 54 and switches by itself."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._seen: tuple[bytes | None, ...] | None = None
        self._dates: list[tuple[object, bool]] = []
        self._switches: dict[int, list[tuple[datetime, bool]]] = {}
        self._amount = _NONE

    def is_followed(self) -> bool:
        """Whether there is summer time at all."""
        self._look()
        return bool(self._dates)

    def ahead(self, standard: datetime) -> timedelta:
        """How much local time is ahead of standard time."""
        return self._amount if self.is_followed() and self._is_on(standard) else _NONE

    def standard(self, local: datetime) -> datetime:
        """The standard time of a local time: of one that is there twice the first, of one that is not there itself."""
        self._look()
        earlier = local - self._amount
        return earlier if earlier + self.ahead(earlier) == local else local

    def next(self, standard: datetime) -> datetime | None:
        """When it is switched next, if ever."""
        if not self.is_followed():
            return None
        years = (standard.year, standard.year + 1)
        return next((at for year in years for at, _ in self._of(year) if at > standard), None)

    def _is_on(self, standard: datetime) -> bool:
        for year in (standard.year, standard.year - 1):
            switches = self._of(year)
            before = bisect_right(switches, standard, key=lambda switch: switch[0])
            if before:
                return switches[before - 1][1]
        return False

    def _of(self, year: int) -> list[tuple[datetime, bool]]:
        """The switches of a year, each with whether it is to summer time."""
        if year not in self._switches:
            self._switches[year] = sorted(self._made(year))
        return self._switches[year]

    def _made(self, year: int) -> Iterator[tuple[datetime, bool]]:
        offset = self._tables.record(_OFFSET)
        anchor = find(self._tables.record(_CALENDAR), "ANCHOR_DATE")
        begins = _time(find(offset, "DST_TIME_EFF")) or time()
        ends = _time(find(offset, "STD_TIME_EFF")) or begins
        first = date(year, 1, 1)
        for day in (first + timedelta(days=each) for each in range((date(year + 1, 1, 1) - first).days)):
            for when, on in self._dates:
                if falls_on(when, day, anchor):
                    yield datetime.combine(day, begins) if on else datetime.combine(day, ends) - self._amount, on

    def _look(self) -> None:
        """Start anew when the tables that say it have changed."""
        tables = self._tables
        seen = tuple(tables.octets(key) if key in tables else None for key in (_ACTUAL, _OFFSET, _CALENDAR))
        if seen == self._seen:
            return
        self._seen, self._switches, self._dates = seen, {}, []
        self._amount = timedelta(minutes=number(tables.record(_OFFSET), "DST_TIME_AMT"))
        if self._amount and find(tables.record(_ACTUAL), "CAP_DST_AUTO_FLAG"):
            switches = [(when, number(action, "CALENDAR_CTRL")) for when, action in actions(tables.record(_CALENDAR))]
            self._dates = [(when, code == _ON) for when, code in switches if code in (_ON, _OFF)]


def _time(value: object) -> time | None:
    return value if isinstance(value, time) else None
