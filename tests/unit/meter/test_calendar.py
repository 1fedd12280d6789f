"""Tiers, seasons and actions by the calendar of Table 54."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from tdl.codec.values import RecurringDate
from tests.unit.meter.meters import Peer, image, meter
from tests.unit.meter.test_procedures import logged, reset, set_time

NEVER = {"NON_RECURR_DATE": bytes(2)}
DAY = 86_400


def action(control: int = 0, *flags: str) -> dict[str, Any]:
    return {"CALENDAR_CTRL": control} | {flag: flag in flags for flag in ("DEMAND_RESET_FLAG", "SELF_READ_FLAG")}


def switch(schedule: int, hour: int, tier: int) -> dict[str, Any]:
    return {"TIER_SWITCH": {"NEW_TIER": tier, "SWITCH_MIN": 0, "SWITCH_HOUR": hour}, "DAY_SCH_NUM": schedule}


def calendar(once: dict[date, Any], again: dict[int, Any] | None = None) -> dict[str, Any]:
    """Tier 1 from 14:00 to 22:00 on weekdays, 0 otherwise; in season 1 tier 1 on every day; a special day is tier 1."""
    unused = {"NON_RECURR_DATE": b"\xff\xff", "CALENDAR_ACTION": action()}
    dates = [{"NON_RECURR_DATE": day, "CALENDAR_ACTION": what} for day, what in once.items()]
    recurring = [{"RECURR_DATE": RecurringDate(code), "CALENDAR_ACTION": what} for code, what in (again or {}).items()]
    none = {"RECURR_DATE": RecurringDate(15), "CALENDAR_ACTION": action()}
    switches = [switch(0, 0, 0), switch(0, 14, 1), switch(0, 22, 0), switch(1, 0, 0), switch(2, 0, 1)]
    empty = {**switch(255, 31, 7)}
    week = ("SATURDAY_SCHEDULE", "SUNDAY_SCHEDULE", "WEEKDAY_SCHEDULE")
    first = {**dict(zip(week, (1, 1, 0), strict=True)), "SPECIAL_SCHEDULE": [2]}
    second = {**dict.fromkeys(week, 2), "SPECIAL_SCHEDULE": [1]}
    return {
        "NON_RECURR_DATES": dates + [unused] * (20 - len(dates)),
        "RECURR_DATES": recurring + [none] * (12 - len(recurring)),
        "TIER_SWITCHES": switches + [empty] * (12 - len(switches)),
        "DAILY_SCHEDULE_ID_MATRIX": [first, second],
    }


def held(once: dict[date, Any] | None = None, again: dict[int, Any] | None = None) -> Peer:
    """At noon on Wednesday, 1 May 2024."""
    changes = {"ACT_REGS_TBL": {"NBR_TIERS": 2, "NBR_SELF_READS": 3}}
    return Peer(meter(image({"ST54": calendar(once or {}, again)}, changes)))


def tiers(peer: Peer) -> list[int]:
    return [block["SUMMATIONS"][0] for block in peer.values("ST23")["TIER_DATA_BLOCK"]]


def test_tiers_follow_the_hours() -> None:
    peer = held()
    peer.meter.advance(2 * 3600 + 1800)
    assert tiers(peer) == [8000, 2000]
    assert peer.values("ST55")["STATUS"]["CURR_TIER"] == 1
    demands = [block["DEMANDS"][0]["DEMAND"] for block in peer.values("ST23")["TIER_DATA_BLOCK"]]
    assert demands == [[4000], [4000]]
    peer.meter.advance(DAY - 2 * 3600 - 1800)
    assert tiers(peer) == [16 * 4000, 8 * 4000]
    assert logged(peer).count(27) == 2


def test_weekends_and_special_days() -> None:
    peer = held({date(2024, 5, 6): action(19)})
    peer.meter.advance(DAY // 2 + 2 * DAY)
    assert tiers(peer) == [(2 + 2 + 2 * 16) * 4000, 3 * 8 * 4000]
    peer.meter.advance(2 * DAY)
    assert tiers(peer)[1] == 3 * 8 * 4000, "Saturday and Sunday"
    peer.meter.advance(DAY)
    assert tiers(peer)[1] == (3 * 8 + 24) * 4000, "a special Monday"
    peer.meter.advance(DAY)
    assert tiers(peer)[1] == (4 * 8 + 24) * 4000


def test_before_the_first_switch_of_a_day_the_last_one_of_the_day_before_counts() -> None:
    table = calendar({})
    table["TIER_SWITCHES"][:3] = [switch(0, 6, 0), switch(0, 22, 1), switch(255, 31, 7)]
    peer = Peer(meter(image({"ST54": table}, {"ACT_REGS_TBL": {"NBR_TIERS": 2}})))
    assert peer.run("SP10", set_time(datetime(2024, 5, 2, 3, 0), "SET_TIME", "SET_DATE"))[0] == 0
    peer.meter.advance(3600)
    assert peer.values("ST55")["STATUS"]["CURR_TIER"] == 1
    peer.meter.advance(2 * 3600)
    assert peer.values("ST55")["STATUS"]["CURR_TIER"] == 0


def test_a_season_begins_at_midnight() -> None:
    peer = held({date(2024, 5, 2): action(4)})
    peer.meter.advance(DAY // 2 - 1)
    assert peer.values("ST55")["STATUS"]["SEASON"] == 0
    before = tiers(peer)
    peer.meter.advance(1)
    assert (peer.values("ST55")["STATUS"]["SEASON"], peer.values("ST55")["STATUS"]["CURR_TIER"]) == (1, 1)
    peer.meter.advance(DAY)
    assert tiers(peer)[0] - before[0] <= 2, "the last second of the day before"
    assert 24 in logged(peer)


def test_what_changes_in_the_middle_of_a_day_counts_from_then_on() -> None:
    """The season by a procedure, and the calendar itself."""
    peer = held()
    assert peer.run("SP9", reset("SEASON_CHANGE", season=1))[0] == 0
    peer.meter.advance(900)
    assert peer.values("ST55")["STATUS"]["CURR_TIER"] == 1
    assert peer.run("SP9", reset("SEASON_CHANGE", season=0))[0] == 0
    peer.meter.advance(900)
    assert peer.values("ST55")["STATUS"]["CURR_TIER"] == 0
    earlier = calendar({})
    earlier["TIER_SWITCHES"][1] = switch(0, 11, 1)
    peer.meter.tables.write("ST54", peer.encode("ST54", earlier))
    peer.meter.advance(900)
    assert peer.values("ST55")["STATUS"]["CURR_TIER"] == 1


@pytest.mark.parametrize(
    ("code", "days"),
    [(5 | 3 << 11, [3]), (13 | 4 << 11, [4]), (14 | 5 << 8, [3, 10]), (5 | 1 << 4 | 3 << 11, []), (15 | 1 << 4, [])],
    ids=["3 May", "day 4 of every month", "every Friday", "an offset", "every so many days"],
)
def test_days_that_come_again(code: int, days: list[int]) -> None:
    peer = held(again={code: action(0, "SELF_READ_FLAG", "DEMAND_RESET_FLAG")})
    peer.meter.advance(11 * DAY)
    assert peer.values("ST23")["NBR_DEMAND_RESETS"] == len(days)
    read = peer.values("ST26")["SELF_READS_ENTRIES"][: len(days)]
    assert [entry["REGISTER_INFO"]["END_DATE_TIME"] for entry in read] == [datetime(2024, 5, day) for day in days]
    sums = [entry["SELF_READ_REGISTER_DATA"]["TOT_DATA_BLOCK"]["SUMMATIONS"] for entry in read]
    assert sums == [[(24 * (day - 1) - 12) * 4000] for day in days]


def test_something_else_may_drive_the_tiers() -> None:
    peer = held()
    record: Any = peer.meter.tables.change("ST55")
    record["STATUS"]["TIER_DRIVE"] = 1
    peer.meter.advance(DAY)
    assert tiers(peer) == [24 * 4000, 0]
    assert peer.meter.features()["tiers by a calendar"] is False
