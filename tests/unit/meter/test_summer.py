"""Summer time in the clock, by Tables 51, 53 and 54."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

import pytest

from tdl.readings.collecting import rows
from tdl.systems.wire.requests import Write
from tests.unit.meter.meters import Peer, StandingClock, image, meter
from tests.unit.meter.test_calendar import action, calendar
from tests.unit.meter.test_dates import code
from tests.unit.meter.test_procedures import logged, qualifier, set_time

ON, OFF = 1, 2
EASTERN = {"DST_TIME_EFF": time(2, 0), "DST_TIME_AMT": 60, "TIME_ZONE_OFFSET": -300}
AMERICAN = {code(3, 1, 3): action(ON), code(11, 1, 2): action(OFF)}
"""From the second Sunday of March to the first of November."""

ACTUAL = {"ACT_TIME_TOU_TBL": {"CAP_DST_AUTO_FLAG": 1}}


def seconds(moment: datetime) -> int:
    return int((moment - datetime(1970, 1, 1)).total_seconds())


def held(
    began: datetime,
    *,
    once: Mapping[date, Any] | None = None,
    again: Mapping[int, Any] | None = None,
    offset: Mapping[str, Any] = EASTERN,
    changes: Mapping[str, Mapping[str, Any]] = ACTUAL,
    tables: Mapping[str, Any] | None = None,
    general: Mapping[str, Any] | None = None,
    edition: str = "1997",
) -> Peer:
    """A meter that is switched on at a moment of universal time."""
    dates = calendar(dict(once or {}), dict(AMERICAN if again is None else again))
    content = {"ST53": offset, "ST54": dates, **(tables or {})}
    made = image(content, changes, general=dict(general or {}), edition=edition)
    return Peer(meter(made, edition=edition, clock=StandingClock(seconds(began))))


def shown(peer: Peer) -> datetime:
    now: datetime = peer.values("ST52")["CLOCK_CALENDAR"]
    assert peer.values("ST55")["CLOCK_CALENDAR"] == now
    return now


def flags(peer: Peer) -> list[bool]:
    held = peer.values("ST52")["TIME_DATE_QUAL"]
    return [held["DST_FLAG"], held["DST_APPLIED_FLAG"], held["TM_ZN_APPLIED_FLAG"]]


@pytest.mark.parametrize("code", [1, 2, 3])
def test_in_spring_an_hour_is_missing(code: int) -> None:
    peer = held(datetime(2024, 3, 10, 6, 59, 59), general={"TM_FORMAT": code}, tables={"ST4": None})
    assert (shown(peer), flags(peer)) == (datetime(2024, 3, 10, 1, 59, 59), [False, False, True])
    peer.meter.advance(1)
    assert (shown(peer), flags(peer)) == (datetime(2024, 3, 10, 3, 0), [True, True, True])
    assert logged(peer)[-1] == 22


@pytest.mark.parametrize("code", [1, 2, 3])
def test_in_autumn_an_hour_is_there_twice(code: int) -> None:
    peer = held(datetime(2024, 11, 3, 5, 0), general={"TM_FORMAT": code}, tables={"ST4": None})
    assert (shown(peer), flags(peer)) == (datetime(2024, 11, 3, 1, 0), [True, True, True])
    peer.meter.advance(3599)
    assert shown(peer) == datetime(2024, 11, 3, 1, 59, 59)
    peer.meter.advance(1)
    assert (shown(peer), flags(peer)) == (datetime(2024, 11, 3, 1, 0), [False, False, True])
    assert logged(peer)[-1] == 23
    peer.meter.advance(86_400)
    assert shown(peer) == datetime(2024, 11, 4, 1, 0)


@pytest.mark.parametrize(("month", "hour"), [(1, 7), (2, 7), (7, 8), (10, 8), (12, 7)])
def test_a_meter_that_is_new_is_right_at_once(month: int, hour: int) -> None:
    assert shown(held(datetime(2025, month, 15, 12, 0))) == datetime(2025, month, 15, hour, 0)


def test_dates_of_their_own_and_another_amount_to_the_east() -> None:
    """On in October, off in April: what was switched last year still holds in January."""
    offset = {"DST_TIME_EFF": time(2, 0), "DST_TIME_AMT": 30, "TIME_ZONE_OFFSET": 630}
    once = {date(2024, 10, 6): action(ON), date(2025, 4, 6): action(OFF)}
    assert shown(held(datetime(2025, 1, 1), once=once, again={}, offset=offset)) == datetime(2025, 1, 1, 11, 0)
    peer = held(datetime(2025, 4, 5, 14, 59, 59), once=once, again={}, offset=offset)
    assert shown(peer) == datetime(2025, 4, 6, 1, 59, 59)
    peer.meter.advance(1)
    assert shown(peer) == datetime(2025, 4, 6, 1, 30)


def test_the_hour_of_the_way_back_may_be_another_one() -> None:
    """As Table 53 has it since 2008: here 1:00 and 2:00 of Western Europe."""
    offset = {"DST_TIME_EFF": time(1, 0), "DST_TIME_AMT": 60, "TIME_ZONE_OFFSET": 0, "STD_TIME_EFF": time(2, 0)}
    again = {code(3, 1, 6): action(ON), code(10, 1, 6): action(OFF)}
    modern = {"STD_VERSION_NO": 2}
    peer = held(datetime(2024, 10, 27, 0, 59, 59), again=again, offset=offset, general=modern, edition="2012")
    assert shown(peer) == datetime(2024, 10, 27, 1, 59, 59)
    peer.meter.advance(1)
    assert shown(peer) == datetime(2024, 10, 27, 1, 0)
    assert peer.values("ST52")["TIME_DATE_QUAL"]["DST_SUPPORTED_FLAG"] is True


@pytest.mark.parametrize(
    "without",
    [
        {"changes": {"ACT_TIME_TOU_TBL": {"CAP_DST_AUTO_FLAG": 0}}},
        {"again": {}},
        {"offset": {**EASTERN, "DST_TIME_AMT": 0}},
    ],
    ids=["not by itself", "no dates", "no amount"],
)
def test_what_is_missing_leaves_standard_time(without: dict[str, Any]) -> None:
    peer = held(datetime(2024, 7, 1, 12, 0), **without)
    assert (shown(peer), flags(peer)) == (datetime(2024, 7, 1, 7, 0), [False, False, True])


def test_it_is_there_as_soon_as_the_calendar_is_written() -> None:
    peer = held(datetime(2024, 7, 1, 12, 0), again={}, general={"STD_TBLS_WRITE": [54]})
    assert shown(peer).hour == 7
    assert peer.write("ST54", calendar({}, dict(AMERICAN))) == "OK"
    assert shown(peer).hour == 8


def test_the_clock_is_set_in_summer_and_goes_back_in_winter() -> None:
    peer = held(datetime(2024, 1, 1, 12, 0))
    for moment in (datetime(2024, 7, 4, 9, 30), datetime(2024, 11, 2, 23, 30)):
        peer.run("SP10", set_time(moment, "SET_TIME", "SET_DATE"))
        assert (shown(peer), flags(peer)[0]) == (moment, True)
    peer.meter.advance(4 * 3600)
    assert (shown(peer), flags(peer)[0]) == (datetime(2024, 11, 3, 2, 30), False)


def test_a_clock_may_be_universal() -> None:
    """Its qualifier says so; what is set is understood in the same way, and Table 55 is as it was."""
    universal = {"CLOCK_CALENDAR": bytes(6), "TIME_DATE_QUAL": qualifier(GMT_FLAG=True)}
    peer = held(datetime(2024, 7, 1, 12, 0), tables={"ST52": universal})
    assert peer.values("ST52")["CLOCK_CALENDAR"] == datetime(2024, 7, 1, 12, 0)
    assert peer.values("ST55")["CLOCK_CALENDAR"] == datetime(2024, 7, 1, 8, 0)
    assert flags(peer) == [True, False, False]
    _, response = peer.run("SP10", set_time(datetime(2024, 7, 1, 13, 0), "SET_TIME", "SET_DATE"))
    assert response is not None
    assert response["DATE_TIME_AFTER"] == datetime(2024, 7, 1, 13, 0)
    assert peer.values("ST55")["CLOCK_CALENDAR"] == datetime(2024, 7, 1, 9, 0)


def test_a_pending_table_waits_for_its_local_time_across_the_switch() -> None:
    peer = held(datetime(2024, 11, 2, 16, 0))
    definition, environment = peer.meter.tables.definition, peer.meter.tables.environment
    selector = {"EVENT_CODE": 0, "SELF_READ_FLAG": False, "DEMAND_RESET_FLAG": False}
    event = {"EVENT_SELECTOR": selector, "EVENT_TIME": datetime(2024, 11, 3, 12, 0)}
    octets = definition.encode("ST5P", {"ACTIVATION": event, "TABLE": {"IDENTIFICATION": "N" * 20}}, environment)
    peer.done(Write(table=0x1005, octets=octets))
    peer.meter.advance(25 * 3600 - 1)
    assert peer.read(5) != b"N" * 20
    peer.meter.advance(1)
    assert (peer.read(5), shown(peer)) == (b"N" * 20, datetime(2024, 11, 3, 12, 0))


def test_intervals_go_on_through_the_switch() -> None:
    """Every quarter of an hour is there once; those of summer say so."""
    changes = {**ACTUAL, "ACT_LP_TBL": {"EXTENDED_INT_STATUS_FLAG": 1, "NBR_BLK_INTS_SET1": 10}}
    peer = held(datetime(2024, 11, 3, 5, 0), changes=changes)
    peer.meter.advance(2 * 3600)
    reading = peer.reading("ST63", "ST64", "ST12", "ST16", "ST61", "ST62")
    block = reading["ST64"]["LP_DATA_SET1"][0]
    assert [each["INT_DATA"][0]["ITEM"] for each in block["LP_INT"]] == [1000] * 8 + [0] * 2
    common = [each["EXTENDED_INT_STATUS"][0]["CHANNEL_STATUS_EVEN"] for each in block["LP_INT"]]
    assert common == [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
    ends = [row.time for row in rows(reading) if row.table == "ST64" and row.kind == "interval"]
    assert ends[-1] == datetime(2024, 11, 3, 2, 0)


def test_a_long_interval_is_cut_where_the_hour_is_missing() -> None:
    """It ends at four o'clock, after three hours, with nothing else to stop for on the way."""
    changes = {**ACTUAL, "ACT_LP_TBL": {"MAX_INT_TIME_SET1": 240}}
    tables = {"ST13": {"INTERVAL_VALUE": [{"INT_LENGTH": 240}]}}
    peer = held(datetime(2024, 3, 10, 5, 0), changes=changes, tables=tables)
    peer.meter.advance(5 * 3600)
    block = peer.values("ST64")["LP_DATA_SET1"][0]
    assert (block["BLK_END_TIME"], block["LP_INT"][0]["INT_DATA"][0]["ITEM"]) == (datetime(2024, 3, 10, 4, 0), 12_000)


def test_a_day_that_begins_in_a_missing_hour_begins() -> None:
    """At midnight it is one o'clock: what the calendar has for that day is done all the same."""
    again = {code(3, 1, 3): action(ON, "SELF_READ_FLAG"), code(11, 1, 2): action(OFF)}
    peer = held(datetime(2024, 3, 10, 4, 0), again=again, offset={**EASTERN, "DST_TIME_EFF": time(0, 0)})
    peer.meter.advance(2 * 3600)
    (read,) = peer.values("ST26")["SELF_READS_ENTRIES"][: peer.values("ST26")["NBR_VALID_ENTRIES"]]
    assert read["REGISTER_INFO"]["END_DATE_TIME"] == datetime(2024, 3, 10, 1, 0)


def test_tables_of_noise_end_nothing() -> None:
    """Whatever anybody writes into them, the meter goes on."""
    chance = random.Random(5)
    peer = held(datetime(2024, 3, 9, 5, 0), general={"STD_TBLS_WRITE": [53, 54]})
    sizes = {53: len(peer.read(53)), 54: len(peer.read(54))}
    taken = 0
    for _ in range(25):
        for table, size in sizes.items():
            octets = bytes(chance.choice((0, 1, 2, 3, 0x21, 0x41, 255, chance.randrange(256))) for _ in range(size))
            taken += peer.code(Write(table=table, octets=octets)) == "OK"
        peer.meter.advance(43_200)
        assert len(peer.read(52)) == 7
    assert taken > 25
    assert peer.values("ST23")["TOT_DATA_BLOCK"]["SUMMATIONS"] == [25 * 12 * 4000]


def test_time_ends_in_summer_too() -> None:
    """Years in tables have two digits, to 2089."""
    again = {code(12, 1): action(ON)}
    peer = held(datetime(2089, 12, 30, 12, 0), again=again, offset={**EASTERN, "TIME_ZONE_OFFSET": 840})
    peer.meter.advance(86_400)
    assert shown(peer) == datetime(2089, 12, 31)


def test_what_is_registered_does_not_depend_on_it() -> None:
    summer, standard = held(datetime(2024, 3, 9, 5, 0)), held(datetime(2024, 3, 9, 5, 0), again={})
    for peer in (summer, standard):
        peer.meter.advance(3 * 86_400)
    sums = [peer.values("ST23")["TOT_DATA_BLOCK"]["SUMMATIONS"] for peer in (summer, standard)]
    assert sums == [[3 * 24 * 4000]] * 2
