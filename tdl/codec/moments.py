# SPDX-License-Identifier: 0BSD
"""Dates and times: which octets they have under each TM_FORMAT of Table 0, and what they mean.

TM_FORMAT 0 is a device without a clock: no octets. 1 has two BCD digits an octet and 2 a binary number an octet, one
for each part. 3 and 4 count from 1970-01-01 00:00 UTC, or from midnight for a time of day. DATE and RDATE are 16 bits
whatever TM_FORMAT is.

How sure the layouts are: LTIME_DATE and STIME_DATE, and TIME under 1 and 2, agree in all public sources and with real
meters, and so does DATE in all but one. TIME under 3 and 4 is four octets in all, but they disagree on its unit. The
rest, marked below, is our own policy until it is confirmed.

A moment is a datetime, date or time without a zone: in UTC under 3 and 4, else in the device's own. A two-digit year
from 90 up is in the twentieth century. Octets that are no moment, such as the zeros of one never set, stay `Raw`.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from tdl.codec.errors import LeafError, shown
from tdl.codec.octets import read_uint, write_uint
from tdl.codec.values import Raw, RecurringDate, kept
from tdl.ir.formats import MOMENT_OCTETS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    Moment: TypeAlias = datetime | date | time

_HUNDREDTH, _SECOND, _MINUTE = 10_000, 1_000_000, 60_000_000  # in microseconds
_UNIT_NAMES = {_HUNDREDTH: "hundredth of a second", _SECOND: "second", _MINUTE: "minute"}

PARTS = {
    "LTIME_DATE": "YMDhms",
    "STIME_DATE": "YMDhm",
    "HTIME_DATE": "YMDhmsc",  # ours: LTIME_DATE and hundredths
    "TIME_DATE": "YMDhms",  # ours: as LTIME_DATE
    "TIME": "hms",
    "STIME": "hm",  # ours
    "HTIME": "hmsc",  # ours: TIME and hundredths
}
"""Under 1 and 2: year, month, day, hour, minute, second and hundredth (``c``), one octet each."""

_COUNTS = {
    ("LTIME_DATE", 3): ((4, _MINUTE), (1, _SECOND)),
    ("LTIME_DATE", 4): ((4, _SECOND),),
    ("STIME_DATE", 3): ((4, _MINUTE),),
    ("STIME_DATE", 4): ((4, _SECOND),),
    ("HTIME_DATE", 3): ((4, _MINUTE), (2, _HUNDREDTH)),  # ours
    ("HTIME_DATE", 4): ((4, _SECOND), (1, _HUNDREDTH)),  # ours
    ("TIME_DATE", 3): ((4, _MINUTE), (1, _SECOND)),  # ours: as LTIME_DATE
    ("TIME_DATE", 4): ((4, _SECOND),),  # ours: as LTIME_DATE
    ("TIME", 3): ((4, _SECOND),),  # ours: one source has minutes
    ("TIME", 4): ((4, _SECOND),),  # ours
    ("STIME", 3): ((2, _MINUTE),),  # ours
    ("STIME", 4): ((4, _SECOND),),  # ours
    ("HTIME", 3): ((4, _HUNDREDTH),),  # ours
    ("HTIME", 4): ((4, _HUNDREDTH),),  # ours
}
"""Under 3 and 4: the octets and unit of a count, then of what is left of that unit."""

_FIRST_YEAR = 1990
_EPOCH = datetime(1970, 1, 1)
_MIDNIGHT = datetime(1, 1, 1)


def read_moment(kind: str, variant: int, raw: bytes, big: bool) -> Any:
    """A date or time; ``variant`` is the TM_FORMAT, and None is a leaf of no octets.

    Which of `Moment`, `RecurringDate` and `Raw` it is depends on the kind, so callers know better than this signature.
    """
    if not raw:
        return None
    if kind == "RDATE":
        return RecurringDate(read_uint(raw, big))
    try:
        if kind == "DATE":
            bits = read_uint(raw, big)
            return date(_year(bits & 127), bits >> 7 & 15, bits >> 11)
        if variant in (1, 2):
            return _read_parts(PARTS[kind], raw, bcd=variant == 1)
        return _read_counts(kind, variant, raw, big)
    except (ValueError, OverflowError):
        return Raw(raw)


def write_moment(kind: str, variant: int, value: object, big: bool) -> bytes:
    """The octets of a date or time, or of its ISO 8601 text.

    Raises:
        LeafError: no moment of this kind, one with a time zone, out of range or finer than the octets can say.
    """
    octets = MOMENT_OCTETS[kind][variant]
    raw = kept(value, octets)
    if raw is not None:
        return raw
    if not octets:
        if value is None:
            return b""
        raise LeafError("type", "nothing (TM_FORMAT is 0)", shown(value))
    if kind == "RDATE":
        return write_uint(value, octets, big)
    if kind == "DATE":
        day = _date(value)
        return write_uint(_short_year(day) | day.month << 7 | day.day << 11, octets, big)
    moment = _date_and_time(value) if "Y" in PARTS[kind] else _time_of_day(value)
    if moment.tzinfo is not None:
        raise LeafError("type", "a moment without a time zone", shown(value))
    if variant in (1, 2):
        return _write_parts(PARTS[kind], moment, bcd=variant == 1)
    return _write_counts(kind, variant, moment, big)


def _date(value: object) -> date:
    moment = _from_text(value, date) if isinstance(value, str) else value
    if isinstance(moment, date) and not isinstance(moment, datetime):
        return moment
    raise LeafError("type", "a date", shown(value))


def _date_and_time(value: object) -> datetime:
    moment = _from_text(value, datetime) if isinstance(value, str) else value
    if isinstance(moment, datetime):
        return moment
    raise LeafError("type", "a date and time", shown(value))


def _time_of_day(value: object) -> time:
    moment = _from_text(value, time) if isinstance(value, str) else value
    if isinstance(moment, time):
        return moment
    raise LeafError("type", "a time of day", shown(value))


def _from_text(text: str, of: type[date] | type[time]) -> Moment | None:
    try:
        return of.fromisoformat(text)
    except ValueError:
        return None


def _year(short: int) -> int:
    """The year from 1990 to 2089 that two digits mean."""
    if short > 99:
        raise ValueError(short)
    return _FIRST_YEAR + (short - _FIRST_YEAR) % 100


def _short_year(day: date) -> int:
    if not _FIRST_YEAR <= day.year < _FIRST_YEAR + 100:
        raise LeafError("range", f"a year from {_FIRST_YEAR} to {_FIRST_YEAR + 99}", shown(day))
    return day.year % 100


# --- TM_FORMAT 1 and 2 -------------------------------------------------------------------------------------------


def _read_parts(parts: str, raw: bytes, bcd: bool) -> datetime | time:
    # Two digits that are not decimal are no number: `int` refuses them.
    numbers = {part: int(f"{octet:x}") if bcd else octet for part, octet in zip(parts, raw, strict=True)}
    clock = time(numbers["h"], numbers["m"], numbers.get("s", 0), numbers.get("c", 0) * _HUNDREDTH)
    if "Y" not in numbers:
        return clock
    return datetime.combine(date(_year(numbers["Y"]), numbers["M"], numbers["D"]), clock)


def _write_parts(parts: str, moment: datetime | time, bcd: bool) -> bytes:
    finest = {"m": _MINUTE, "s": _SECOND, "c": _HUNDREDTH}[parts[-1]]
    if (moment.second * _SECOND + moment.microsecond) % finest:
        raise _too_fine(finest, moment)
    numbers = [moment.hour, moment.minute, moment.second, moment.microsecond // _HUNDREDTH]
    if isinstance(moment, datetime):
        numbers = [_short_year(moment), moment.month, moment.day, *numbers]
    return bytes(int(str(number), 16) if bcd else number for number in numbers[: len(parts)])


# --- TM_FORMAT 3 and 4 -------------------------------------------------------------------------------------------


def _read_counts(kind: str, variant: int, raw: bytes, big: bool) -> datetime | time:
    total, unit_before, start = 0, 0, 0
    for octets, unit in _COUNTS[kind, variant]:
        part = read_uint(raw[start : start + octets], big) * unit
        if unit_before and part >= unit_before:
            raise ValueError(part)
        total, unit_before, start = total + part, unit, start + octets
    if "Y" in PARTS[kind]:
        return _EPOCH + timedelta(microseconds=total)
    if total >= 24 * 60 * _MINUTE:
        raise ValueError(total)
    return (_MIDNIGHT + timedelta(microseconds=total)).time()


def _write_counts(kind: str, variant: int, moment: datetime | time, big: bool) -> bytes:
    if isinstance(moment, datetime):
        since = moment - _EPOCH
    else:
        since = datetime.combine(_MIDNIGHT, moment) - _MIDNIGHT
    left, written, finest = since // timedelta(microseconds=1), b"", 0
    for octets, finest in _COUNTS[kind, variant]:
        count, left = divmod(left, finest)
        if not 0 <= count < 1 << 8 * octets:
            raise LeafError("range", "a moment that its octets can count to from 1970", shown(moment))
        written += write_uint(count, octets, big)
    if left:
        raise _too_fine(finest, moment)
    return written


def _too_fine(finest: int, moment: datetime | time) -> LeafError:
    return LeafError("range", f"a whole {_UNIT_NAMES[finest]}", shown(moment))
