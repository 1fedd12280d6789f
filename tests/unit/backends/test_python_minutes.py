"""Dates to the minute as generated Python writes them: those that come again are kept with their octets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import import_module
from random import Random
from typing import Any

import pytest

from tdl.backends.python.runtime import calendar
from tdl.codec.moments import write_moment

MINUTES = [(1, calendar.MINUTES_OF_DIGITS), (2, calendar.MINUTES)]


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    for _, minutes in MINUTES:
        minutes.clear()


@pytest.mark.parametrize(("variant", "minutes"), MINUTES, ids=["digits", "numbers"])
def test_the_octets_are_those_of_the_codec(variant: int, minutes: Any) -> None:
    """When they are asked for the first time and when they are known."""
    random, first = Random(1), datetime(1990, 1, 1)
    for _ in range(300):
        moment = first + timedelta(minutes=random.randrange(100 * 365 * 24 * 60))
        expected = write_moment("STIME_DATE", variant, moment, False)
        assert minutes[moment] == minutes[moment.replace()] == minutes[moment.replace(fold=1)] == expected
    assert len(minutes) > 290


@pytest.mark.parametrize(("variant", "minutes"), MINUTES, ids=["digits", "numbers"])
@pytest.mark.parametrize(
    "change", [{"second": 1}, {"microsecond": 1}, {"year": 1989}, {"year": 2090}, {"year": 1}, {"tzinfo": UTC}], ids=str
)
def test_what_is_left_to_the_codec(variant: int, minutes: Any, change: Any) -> None:
    """Again and again, also where something like it is known."""
    moment = datetime(2024, 2, 29, 23, 59)
    assert minutes[moment]
    for _ in range(2):
        with pytest.raises((ValueError, TypeError, IndexError)):
            minutes[moment.replace(day=28).replace(**change)]
    assert list(minutes) == [moment]


def test_not_all_dates_of_all_time_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    module = import_module("tdl.backends.python.runtime.calendar")
    monkeypatch.setattr(module, "_KEPT", 10)
    monkeypatch.setattr(module, "_PATIENCE", 30)
    minutes, first = calendar.MINUTES, datetime(2024, 1, 1)
    dates = [first + timedelta(minutes=minute) for minute in range(205)]
    sizes = []
    for moment in dates:
        assert minutes[moment] == write_moment("STIME_DATE", 2, moment, False)
        sizes.append(len(minutes))
    assert max(sizes) == 10
    assert list(minutes) == dates[-5:]  # those of before have made room
