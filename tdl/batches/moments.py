"""Dates and times as numbers, a whole array of them at once.

A moment becomes what Arrow counts: seconds or milliseconds since 1970 or midnight, or days. Octets that are no moment
become `NEVER`, which no moment is. What the octets mean is `tdl.codec.moments`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TypeAlias

from tdl.batches.arrow import np
from tdl.batches.layout import Moment
from tdl.codec.moments import _COUNTS as COUNTS
from tdl.codec.moments import PARTS

NEVER = -(2**31)
"""What stands for no moment; before everything that octets can mean."""

DAY = 86_400
LAST = 253_402_300_799
"""The last second that Python's dates have, of year 9999, since 1970."""

_BAD = -(2**50)

View: TypeAlias = Callable[[str, int], np.ndarray]


def seconds_of(kind: str) -> int:
    """How many units of its Arrow type a kind has in a second."""
    return 1000 if PARTS[kind].endswith("c") else 1


def read_moments(read: Moment, view: View, out: np.ndarray) -> None:
    """Fill a flat array.

    Args:
        view: an item of each moment, by its type and how many octets behind the moment's first one it begins.
    """
    if read.kind == "DATE":
        found = _looked_up(_days(), view(">u2" if read.big else "<u2", 0))
    elif read.variant in (1, 2):
        found = _parts(PARTS[read.kind], view, bcd=read.variant == 1)
    else:
        found = _counts(read, view)
    np.copyto(out.reshape(found.shape), np.maximum(found, NEVER), casting="unsafe")


def _looked_up(table: np.ndarray, at: np.ndarray) -> np.ndarray:
    return np.take(table, at.astype(np.intp))  # six times as fast as with indices of another type


# --- DATE --------------------------------------------------------------------------------------------------------


@cache
def _days() -> np.ndarray:
    """The day of every 16 bits."""
    bits = np.arange(1 << 16)
    year, month, day = bits & 127, bits >> 7 & 15, bits >> 11
    first, length = months(year, month)
    good = (first > _BAD) & (day >= 1) & (day <= length)
    return np.where(good, first + day - 1, NEVER).astype(np.int32)


def months(year: np.ndarray, month: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first days of months in years of two digits, and how many days they have; `_BAD` and 0 for none."""
    good = (year <= 99) & (month >= 1) & (month <= 12)
    whole = np.where(year < 90, year + 2000, year + 1900)
    at = (whole - 1970) * 12 + np.where(good, month, 1) - 1
    months = at.astype("datetime64[M]")
    first = months.astype("datetime64[D]").astype(np.int64)
    length = (months + 1).astype("datetime64[D]").astype(np.int64) - first
    return np.where(good, first, _BAD), np.where(good, length, 0)


# --- TM_FORMAT 1 and 2 -------------------------------------------------------------------------------------------


def _parts(parts: str, view: View, *, bcd: bool) -> np.ndarray:
    """Two octets at a time are looked up, the first of them low: year and month, day and hour; then one by one."""
    rest = parts.removeprefix("YMD")
    units = {"h": 3600, "m": 60, "s": 1, "c": 0}
    scale = 1000 if "c" in parts else 1
    at = len(parts) - len(rest)
    total = None
    if at:
        total = _looked_up(_year_months(bcd), view("<u2", 0))
        if scale > 1:
            total *= scale
        total += _looked_up(_day_hours(bcd, scale), view("<u2", 2))
        rest, at = rest[1:], 4
    for part in rest:
        unit = 10 if part == "c" else units[part] * scale
        found = _looked_up(_counted(bcd, {"h": 24, "c": 100}.get(part, 60), unit), view("u1", at))
        total = found if total is None else np.add(total, found, out=total)
        at += 1
    assert total is not None
    if parts[0] == "Y":
        day = view("u1", 2)
        late = day > (0x28 if bcd else 28)
        if late.any():
            lengths = _looked_up(_lengths(bcd), view("<u2", 0)[late])
            days = _looked_up(_digits(bcd), day[late])
            total[late] = np.where(days <= lengths, total[late], _BAD)
    return total


@cache
def _digits(bcd: bool) -> np.ndarray:
    """The number in every octet, 255 for none."""
    octet = np.arange(256)
    if not bcd:
        return octet
    high, low = octet >> 4, octet & 15
    return np.where((high <= 9) & (low <= 9), 10 * high + low, 255)


@cache
def _year_months(bcd: bool) -> np.ndarray:
    """The seconds from 1970 to every month."""
    pair = np.arange(1 << 16)
    first, _ = months(_digits(bcd)[pair & 255], _digits(bcd)[pair >> 8])
    return np.where(first > _BAD, first * DAY, _BAD)


@cache
def _lengths(bcd: bool) -> np.ndarray:
    """The days of every month."""
    pair = np.arange(1 << 16)
    return months(_digits(bcd)[pair & 255], _digits(bcd)[pair >> 8])[1]


@cache
def _day_hours(bcd: bool, scale: int) -> np.ndarray:
    """The time from the first of a month to every day and hour."""
    pair = np.arange(1 << 16)
    day, hour = _digits(bcd)[pair & 255], _digits(bcd)[pair >> 8]
    good = (day >= 1) & (day <= 31) & (hour <= 23)
    return np.where(good, ((day - 1) * DAY + hour * 3600) * scale, _BAD)


@cache
def _counted(bcd: bool, limit: int, unit: int) -> np.ndarray:
    digits = _digits(bcd)
    return np.where(digits < limit, digits * unit, _BAD).astype(np.int64)


# --- TM_FORMAT 3 and 4 -------------------------------------------------------------------------------------------


def _counts(read: Moment, view: View) -> np.ndarray:
    scale = seconds_of(read.kind)
    order = ">" if read.big else "<"
    (size, unit), *more = COUNTS[read.kind, read.variant]  # units are in microseconds
    total = view(f"{order}u{size}", 0).astype(np.int64) * (unit * scale // 1_000_000)
    good = total >= 0
    start, before = size, unit
    for size, unit in more:
        part = view(f"{order}u{size}", start).astype(np.int64)
        good &= part < before // unit
        total += part * (unit * scale // 1_000_000)
        start, before = start + size, unit
    limit = (LAST + 1 if "Y" in PARTS[read.kind] else DAY) * scale
    return np.where(good & (total < limit), total, _BAD)
