"""The dates of a calendar: the days on which its actions fall, moved as the codes of recurring dates say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from tdl.codec.values import Record, RecurringDate
from tdl.readings.tables import listed
from tdl.systems.meter.elements import find

_ANY_MONTH, _WEEKLY, _EVERY_SO_MANY_DAYS = 13, 14, 15

_BEFORE, _FIRST, _LAST, _AND_NEXT, _NEXT = 1, 2, 6, 7, 15
"""Codes of OFFSET that go to a day of the week, and to the day after."""

_SATURDAY, _SUNDAY = 6, 0

_MOVED = {
    8: {_SUNDAY: 1},
    9: {_SUNDAY: -2},
    10: {_SATURDAY: 2},
    11: {_SATURDAY: -1},
    12: {_SATURDAY: 2, _SUNDAY: 1},
    13: {_SATURDAY: -1, _SUNDAY: -2},
    14: {_SUNDAY: 1, _SATURDAY: -1},
}
"""By how many days the other codes move a day at a weekend."""


def actions(calendar: Record | None) -> Iterator[tuple[object, Record]]:
    """A calendar's dates, each with what is to be done then."""
    for name in ("NON_RECURR_DATES", "RECURR_DATES"):
        for entry in listed(calendar, name):
            action = find(entry, "CALENDAR_ACTION")
            if isinstance(action, Record):
                yield find(entry, name.removesuffix("S")), action


def falls_on(when: object, day: date, anchor: object = None) -> bool:
    """Whether a date, or one that comes again, falls on a day.

    Args:
        anchor: the date from which those are counted that come again every so many days; without one, none of them
            ever does. Nor do those that come again within a day.
    """
    if not isinstance(when, RecurringDate):
        return when == day
    if when.month == _WEEKLY:
        return when.weekday == _weekday(day)
    if when.month == _EVERY_SO_MANY_DAYS:
        if not isinstance(anchor, date) or not when.period:
            return False
        since = (day - anchor).days - (when.delta or 0)
        return since >= 0 and since % when.period == 0
    return any(day in _moved(base, when.offset or 0, when.weekday or 0) for base in _bases(when, day))


def _bases(when: RecurringDate, day: date) -> Iterator[date]:
    """The days that a code names in the months around a day: from there they are moved by no more than a month."""
    first = day.replace(day=1)
    for month in ((first - timedelta(days=1)).replace(day=1), first, (first + timedelta(days=31)).replace(day=1)):
        if when.month in (month.month, _ANY_MONTH) and when.day:
            base = month + timedelta(days=when.day - 1)
            if base.month == month.month:
                yield base


def _moved(base: date, offset: int, weekday: int) -> tuple[date, ...]:
    if offset == _NEXT:
        return (base + timedelta(days=1),)
    if offset == _AND_NEXT:
        return base, base + timedelta(days=1)
    if offset in _MOVED:
        return (base + timedelta(days=_MOVED[offset].get(_weekday(base), 0)),)
    if not offset:
        return (base,)
    if weekday > _SATURDAY:
        return ()
    first = base + timedelta(days=(weekday - _weekday(base)) % 7)
    if offset == _BEFORE:
        return (first - timedelta(days=7),)
    if offset == _LAST:
        weeks = [first + timedelta(weeks=week) for week in range(5)]
        return tuple(each for each in weeks if each.month == base.month)[-1:]
    return (first + timedelta(weeks=offset - _FIRST),)


def _weekday(day: date) -> int:
    return day.isoweekday() % 7
