# SPDX-License-Identifier: 0BSD
"""Tables for dates and times: what an octet means as a part of one, and which octet a part is written as.

A year of 0 is none: a `datetime` refuses it, and the explaining codec then keeps the octets.
"""

from __future__ import annotations

from tdl.backends.python.runtime.fields import Struct
from tdl.backends.python.runtime.seldom import read_moment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, time, timedelta
    from typing import Any, TypeAlias

    Days: TypeAlias = list[list[tuple[Any, ...]]]
    Times: TypeAlias = list[tuple[Any, ...]]
else:
    try:  # `datetime` has them from there, and takes five times as long to import
        from _datetime import datetime, time, timedelta
    except ImportError:
        from datetime import datetime, time, timedelta

__all__ = [
    "DAYS",
    "DAYS_OF_DIGITS",
    "DECIMAL",
    "DIGITS",
    "DIGITS_OF_OCTETS",
    "EPOCH",
    "HUNDREDTHS",
    "HUNDREDTHS_OF_DIGITS",
    "MINUTES",
    "MINUTES_OF_DIGITS",
    "SECONDS",
    "SECONDS_OF_DIGITS",
    "SHORT_YEARS",
    "SHORT_YEARS_OF_DIGITS",
    "TIMES",
    "TIMES_OF_DIGITS",
    "TO_SECONDS",
    "YEARS",
    "YEARS_OF_DIGITS",
    "datetime",
    "moment",
    "pickled",
    "time",
    "timedelta",
]

EPOCH = datetime(1970, 1, 1)

DIGITS = tuple(int(str(number), 16) for number in range(100))
"""The octet of two decimal digits, by their number."""

_NUMBERS = {octet: number for number, octet in enumerate(DIGITS)}

DECIMAL = tuple(_NUMBERS.get(octet, 255) for octet in range(256))
"""The number of an octet's two decimal digits; 255, which is no part of a moment, if they are not decimal."""

YEARS = tuple((2000 if short < 90 else 1900) + short if short < 100 else 0 for short in range(256))
"""The year that two digits mean."""

YEARS_OF_DIGITS = tuple(YEARS[number] for number in DECIMAL)

SHORT_YEARS = (None,) * 1990 + tuple(year % 100 for year in range(1990, 2090))
"""The two digits of a year; None, which no octet is written of, where they would mean another one."""

SHORT_YEARS_OF_DIGITS = tuple(None if short is None else DIGITS[short] for short in SHORT_YEARS)

DIGITS_OF_OCTETS = bytes(DIGITS[octet] if octet < 100 else 0 for octet in range(256))
"""The octets of two decimal digits, by those of numbers below 100."""

# A datetime is pickled as ten octets: the year's two, month, day, hour, minute, second, and three of microseconds. To
# take these apart is faster than to ask for each attribute, which calls a function.
pickled: Any = datetime.__reduce__

_TO_MINUTES = Struct(">H4sI")
"""Year, month to minute, and what a minute leaves."""

TO_SECONDS = Struct(">H5s3s")
"""Year, month to second, and what a second leaves."""

_KEPT, _PATIENCE = 8192, 65_536
"""How many dates and times are kept with their octets, and how many others make them be forgotten."""


class _Minutes(dict["datetime", bytes]):
    """The octets of dates and times to the minute. What meters note are ends of intervals, which come again and again.

    Where they do not, nothing is kept most of the time, which would cost as much again.

    Args:
        years: the octet of each year.
        numbers: the octets of the other parts, by their number.
    """

    __slots__ = ("_numbers", "_others", "_years")

    def __init__(self, years: Sequence[int | None], numbers: bytes) -> None:
        self._years = tuple(None if year is None else bytes((year,)) for year in years)
        self._numbers, self._others = numbers, 0

    def __missing__(self, moment: Any) -> bytes:
        _, (state,) = pickled(moment)  # two with a time zone: refused
        year, parts, finer = _TO_MINUTES.unpack(state)
        if finer:
            raise ValueError(moment)
        octets: bytes = self._years[year] + parts.translate(self._numbers)  # which is refused where there is no year
        if len(self) < _KEPT:
            self[moment] = octets
        else:
            self._others += 1
            if self._others == _PATIENCE:
                self.clear()
                self._others = 0
        return octets


MINUTES: Any = _Minutes(SHORT_YEARS, bytes(range(256)))

MINUTES_OF_DIGITS: Any = _Minutes(SHORT_YEARS_OF_DIGITS, DIGITS_OF_OCTETS)

# --- dates and times by their octets ----------------------------------------------------------------------------------

# A day and a time of day are looked up and added, which takes half of what the call of datetime does. What was not
# asked for before is not there: then `moment` is called, which puts a month's days, or an hour's minutes, in place.

DAYS: Days = [[()] * 13 for _ in range(100)]
"""By the octets of year, month and day: the day's midnight."""

DAYS_OF_DIGITS: Days = [[()] * 0x13 for _ in range(0x9A)]

TIMES: Times = [()] * 24
"""By the octets of hour and minute: how long after midnight that is."""

TIMES_OF_DIGITS: Times = [()] * 0x24

SECONDS = tuple(timedelta(0, second) for second in range(60))

HUNDREDTHS = tuple(timedelta(0, 0, 10_000 * hundredth) for hundredth in range(100))


def moment(kind: str, variant: int, *octets: int) -> Any:
    """A date and time of octets, which is looked up in future; what they are if they make none.

    Args:
        variant: whether an octet is two decimal digits (1) or a number (2).
    """
    numbers = [DECIMAL[octet] for octet in octets] if variant == 1 else octets
    try:
        year = YEARS[numbers[0]]
        made = datetime(year, *numbers[1:6], *(10_000 * hundredths for hundredths in numbers[6:]))
    except ValueError:
        return _NO_MOMENTS[kind, variant, bytes(octets)]
    days, times = (DAYS_OF_DIGITS, TIMES_OF_DIGITS) if variant == 1 else (DAYS, TIMES)
    months, (_, month, _, hour, *_) = days[octets[0]], octets
    if not months[month]:
        months[month] = _by_octet([_day(year, numbers[1], day) for day in range(32)], variant)
    if not times[hour]:
        times[hour] = _by_octet([timedelta(0, 0, 0, 0, minute, numbers[3]) for minute in range(60)], variant)
    return made


class _NoMoments(dict["tuple[str, int, bytes]", "Any"]):
    """What the codec makes of octets that are no moment: seldom different ones, and most often zeros."""

    __slots__ = ()

    def __missing__(self, octets: tuple[str, int, bytes]) -> Any:
        if len(self) >= _ODD:
            self.clear()
        made = self[octets] = read_moment(*octets, False)
        return made


_ODD = 256
"""How many of these are kept."""

_NO_MOMENTS = _NoMoments()


def _day(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day)
    except ValueError:
        return None


def _by_octet(values: Sequence[Any], variant: int) -> tuple[Any, ...]:
    """Values by their number, or by its two decimal digits."""
    if variant == 2:
        return tuple(values)
    placed = [None] * (DIGITS[len(values) - 1] + 1)
    for number, value in enumerate(values):
        placed[DIGITS[number]] = value
    return tuple(placed)


SECONDS_OF_DIGITS = _by_octet(SECONDS, 1)

HUNDREDTHS_OF_DIGITS = _by_octet(HUNDREDTHS, 1)
