"""On which days a code of a recurring date falls; all of 2024, by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tdl.codec.values import RecurringDate
from tdl.systems.meter.dates import falls_on

SUN, MON, WED, FRI, SAT = 0, 1, 3, 5, 6
YEAR = [date(2024, 1, 1) + timedelta(days=day) for day in range(366)]
ANCHOR = date(2023, 12, 30)


def code(month: int, day: int, offset: int = 0, weekday: int = 0) -> int:
    return month | offset << 4 | weekday << 8 | day << 11


def days(of: int, anchor: date | None = ANCHOR) -> list[str]:
    return [f"{day:%m-%d}" for day in YEAR if falls_on(RecurringDate(of), day, anchor)]


@pytest.mark.parametrize(
    ("what", "found"),
    [
        (code(5, 3), ["05-03"]),
        (code(2, 29), ["02-29"]),
        (code(4, 31), []),
        (code(4, 0), []),
        (code(13, 30), [f"{m:02}-30" for m in (1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)]),
        # 1 to 6: days of the week around a day
        (code(5, 3, 1, SUN), ["04-28"]),
        (code(5, 3, 1, FRI), ["04-26"]),
        (code(1, 3, 1, SUN), ["12-29"]),
        (code(3, 10, 2, SUN), ["03-10"]),
        (code(3, 1, 3, SUN), ["03-10"]),
        (code(11, 1, 2, SUN), ["11-03"]),
        (code(5, 1, 4, WED), ["05-15"]),
        (code(5, 2, 5, WED), ["05-29"]),
        (code(1, 31, 5, MON), ["02-26"]),
        (code(3, 1, 6, SUN), ["03-31"]),
        (code(10, 1, 6, SUN), ["10-27"]),
        (code(10, 28, 6, SUN), []),
        (code(5, 3, 2, 7), []),
        # 7 and 15: the day after
        (code(5, 31, 7), ["05-31", "06-01"]),
        (code(5, 31, 15), ["06-01"]),
        # 8 to 14, from Saturday 4 May, Sunday 5 May and Friday 3 May
        *[(code(5, 3, offset), ["05-03"]) for offset in range(8, 15)],
        *[(code(5, 4, 8 + i), [f"05-0{day}"]) for i, day in enumerate("4463633")],
        *[(code(5, 5, 8 + i), [f"05-0{day}"]) for i, day in enumerate("6355636")],
        # every week, every so many days, and less than a day
        (14 | FRI << 8 | 7 << 4, [f"{YEAR[4] + timedelta(weeks=week):%m-%d}" for week in range(52)]),
        (15 | 60 << 4 | 3 << 10, ["01-02", "03-02", "05-01", "06-30", "08-29", "10-28", "12-27"]),
        (15, []),
        (0 | 30 << 4, []),
    ],
)
def test_days(what: int, found: list[str]) -> None:
    assert days(what) == found


def test_without_an_anchor_nothing_is_counted_from_it() -> None:
    assert days(15 | 60 << 4, None) == []
    assert not falls_on(RecurringDate(15 | 60 << 4), ANCHOR - timedelta(days=60), ANCHOR)


def test_a_date_of_its_own_and_what_is_none() -> None:
    assert falls_on(date(2024, 5, 3), date(2024, 5, 3))
    assert not falls_on(b"\xff\xff", date(2024, 5, 3))
