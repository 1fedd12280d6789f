"""Registers, demands and load profile as they are metered."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tdl.readings.collecting import rows
from tdl.systems.meter.load import LoadError, Random, Script, Steady
from tdl.systems.meter.meter import Meter
from tests.unit.meter.meters import START, WATTS, Peer, StandingClock, described, image, meter
from tests.unit.meter.test_procedures import reset, set_time

NOON = datetime(2024, 5, 1, 12, 0)


def script(*changes: tuple[int, int]) -> Script:
    """Watts from a second after noon on, for both sources."""
    return Script.read("seconds,0,1\n" + "".join(f"{s},{w},{w}\n" for s, w in changes), began=START)


def total(of: Meter) -> Any:
    return Peer(of).values("ST23")["TOT_DATA_BLOCK"]


def test_energy_is_power_over_time() -> None:
    held = meter(load=script((0, 1000), (1800, 3000)))
    held.advance(3600)
    assert total(held)["SUMMATIONS"] == [2000]
    held.advance(1)
    assert total(held)["SUMMATIONS"] == [2000]
    held.advance(1)
    assert total(held)["SUMMATIONS"] == [2001], "no part of a watt-hour is lost"


def test_the_largest_demand_is_kept_with_its_time() -> None:
    held = meter(load=script((0, 1000), (1800, 5000), (3600, 2000)))
    held.advance(2 * 3600)
    demand = total(held)["DEMANDS"][0]
    assert (demand["DEMAND"], demand["EVENT_TIME"]) == ([5000], [datetime(2024, 5, 1, 13, 0)])


def test_the_smallest_demand_where_it_is_selected() -> None:
    tables = described()
    tables["ST22"]["MIN_OR_MAX_FLAGS"] = []
    held = meter(image(tables), load=script((0, 1000), (1800, 500), (3600, 2000)))
    held.advance(2 * 3600)
    assert total(held)["DEMANDS"][0]["DEMAND"] == [500]


def test_several_occurrences_and_what_coincides() -> None:
    tables = described()
    tables["ST22"] |= {"COINCIDENT_SELECT": [0], "COIN_DEMAND_ASSOC": [0]}
    changes = {"ACT_REGS_TBL": {"NBR_COIN_VALUES": 1, "NBR_OCCUR": 2, "CONT_CUM_DEMAND_FLAG": 1}}
    load = Script.read("seconds,0,1\n0,10,1000\n1800,20,5000\n3600,30,2000\n", began=START)
    held = meter(image(tables, changes), load=load)
    held.advance(3 * 1800)
    block = total(held)
    assert block["DEMANDS"][0]["DEMAND"] == [5000, 2000]
    assert block["DEMANDS"][0]["EVENT_TIME"] == [NOON + timedelta(hours=1), NOON + timedelta(minutes=90)]
    assert block["COINCIDENTS"][0]["COINCIDENT_VALUES"] == [20, 30]
    assert block["DEMANDS"][0]["CONT_CUM_DEMAND"] == 5000


def test_a_demand_reset_keeps_and_begins_again() -> None:
    held = meter()
    held.advance(3600)
    peer = Peer(held)
    assert peer.run("SP9", reset("DEMAND_RESET"))[0] == 0
    kept, now = peer.values("ST25"), peer.values("ST23")
    assert kept["REGISTER_INFO"]["END_DATE_TIME"] == datetime(2024, 5, 1, 13, 0)
    assert kept["PREV_DEMAND_RESET_DATA"]["TOT_DATA_BLOCK"]["DEMANDS"][0]["DEMAND"] == [4000]
    assert now["NBR_DEMAND_RESETS"] == 1
    demand = now["TOT_DATA_BLOCK"]["DEMANDS"][0]
    assert (demand["DEMAND"], demand["CUM_DEMAND"], any(demand["EVENT_TIME"][0])) == ([0], 4000, False)
    assert now["TOT_DATA_BLOCK"]["SUMMATIONS"] == [4000]
    held.advance(3600)
    peer.run("SP9", reset("DEMAND_RESET"))
    assert peer.values("ST23")["TOT_DATA_BLOCK"]["DEMANDS"][0]["CUM_DEMAND"] == 8000


def test_self_reads_go_round() -> None:
    held = meter()
    peer = Peer(held)
    for _ in range(4):
        held.advance(3600)
        peer.run("SP9", reset("SELF_READ"))
    table = peer.values("ST26")
    sums = [e["SELF_READ_REGISTER_DATA"]["TOT_DATA_BLOCK"]["SUMMATIONS"] for e in table["SELF_READS_ENTRIES"]]
    assert sums == [[16000], [8000], [12000]]
    assert (table["LAST_ENTRY_ELEMENT"], table["LAST_ENTRY_SEQ_NBR"], table["NBR_VALID_ENTRIES"]) == (0, 4, 3)
    assert table["LIST_STATUS"]["OVERFLOW_FLAG"] is True


@pytest.mark.parametrize(
    ("link", "asked", "resets", "reads"),
    [(0, "DEMAND_RESET", 1, 0), (1, "DEMAND_RESET", 1, 1), (2, "SELF_READ", 1, 1), (3, "SELF_READ", 1, 1)],
)
def test_resets_and_self_reads_may_bring_each_other(link: int, asked: str, resets: int, reads: int) -> None:
    peer = Peer(meter(image(changes={"ACT_REGS_TBL": {"SELF_READ_DEMAND_RESET": link}})))
    assert peer.run("SP9", reset(asked))[0] == 0
    assert peer.values("ST23")["NBR_DEMAND_RESETS"] == resets
    assert peer.values("ST26")["NBR_VALID_ENTRIES"] == reads


def test_the_tier_that_is_active_counts() -> None:
    status = {"CURR_TIER": 1, "TIER_DRIVE": 0, "SPECIAL_SCHD_ACTIVE": 12, "SEASON": 0}
    state = {"CLOCK_CALENDAR": bytes(6), "TIME_DATE_QUAL": b"\0", "STATUS": status}
    quality = {"DAY_OF_WEEK": 0, "DST_FLAG": False, "GMT_FLAG": False, "TM_ZN_APPLIED_FLAG": False}
    state["TIME_DATE_QUAL"] = {**quality, "DST_APPLIED_FLAG": False}
    held = meter(image({"ST55": state}, {"ACT_REGS_TBL": {"NBR_TIERS": 2}}))
    held.advance(3600)
    blocks = Peer(held).values("ST23")["TIER_DATA_BLOCK"]
    assert [block["SUMMATIONS"] for block in blocks] == [[0], [4000]]
    assert [block["DEMANDS"][0]["DEMAND"] for block in blocks] == [[0], [4000]]


def test_intervals_fill_blocks_that_go_round() -> None:
    """Three blocks of eight quarters of an hour."""
    changes = [(900 * i, 100 * i) for i in range(1, 40)]
    held = meter(load=script(*changes))
    held.advance(900 * 27)
    peer = Peer(held)
    status = peer.values("ST63")["LP_STATUS_SET1"]
    assert (status["NBR_VALID_BLOCKS"], status["LAST_BLOCK_ELEMENT"], status["LAST_BLOCK_SEQ_NBR"]) == (3, 0, 4)
    assert status["NBR_VALID_INT"] == 3
    blocks = peer.values("ST64")["LP_DATA_SET1"]
    values = [[i["INT_DATA"][0]["ITEM"] for i in block["LP_INT"]] for block in blocks]
    assert values[1] == [25 * i for i in range(8, 16)]
    assert values[2] == [25 * i for i in range(16, 24)]
    assert values[0] == [600, 625, 650, 0, 0, 0, 0, 0]
    assert sorted(blocks[0]["SIMPLE_INT_STATUS"]) == [0, 1, 2]
    assert [block["BLK_END_TIME"] for block in blocks] == [NOON + timedelta(minutes=15 * i) for i in (27, 16, 24)]


def test_the_profile_is_what_the_reader_of_real_meters_finds() -> None:
    changes = {"ACT_LP_TBL": {"BLK_END_READ_FLAG": 1, "BLK_END_PULSE_FLAG": 1}}
    held = meter(image(changes=changes), load=script(*[(900 * i, 100 * i) for i in range(40)]))
    held.advance(900 * 11)
    peer = Peer(held)
    found = [row for row in rows(peer.reading("ST63", "ST64", "ST12", "ST16", "ST61", "ST62")) if row.table == "ST64"]
    intervals = [(row.time, row.value, row.unit) for row in found if row.kind == "interval"]
    assert intervals == [(NOON + timedelta(minutes=15 * (i + 1)), Decimal(25 * i), "Wh") for i in range(11)]
    ends = [row.value for row in found if row.kind in ("end reading", "end pulses")]
    assert ends == [700, 700, 1375, 1375]


def test_an_interval_says_that_the_clock_was_set_in_it() -> None:
    """Forwards from 12:20 to 12:25, and backwards from 12:40 to 12:35."""
    changes = {"ACT_LP_TBL": {"EXTENDED_INT_STATUS_FLAG": 1}}
    peer = Peer(meter(image(changes=changes)))
    for minutes, to in ((20, 25), (15, 35), (40, None)):
        peer.meter.advance(60 * minutes)
        if to is not None:
            assert peer.run("SP10", set_time(NOON.replace(minute=to), "SET_TIME"))[0] == 0
    intervals = peer.values("ST64")["LP_DATA_SET1"][0]["LP_INT"][:5]
    statuses = [each["EXTENDED_INT_STATUS"][0] for each in intervals]
    found = [
        [each["INT_DATA"][0]["ITEM"], status["CHANNEL_STATUS_ODD"], status["CHANNEL_STATUS_EVEN"]]
        for each, status in zip(intervals, statuses, strict=True)
    ]
    partial, long = 2, 3
    assert found == [
        [1000, 0, 0],
        [666, partial, 4],
        [1333, long, 8],
        [1000, 0, 0],
        [1000, 0, 0],
    ]


def test_newest_first() -> None:
    flags = {"ORDER": 1, "OVERFLOW_FLAG": False, "LIST_TYPE": 1, "BLOCK_INHIBIT_OVERFLOW_FLAG": False}
    flags |= {"INTERVAL_ORDER": 1, "ACTIVE_MODE_FLAG": True, "TEST_MODE": 0}
    counts = ("NBR_VALID_BLOCKS", "LAST_BLOCK_ELEMENT", "LAST_BLOCK_SEQ_NBR", "NBR_UNREAD_BLOCKS", "NBR_VALID_INT")
    status = {"LP_STATUS_SET1": {"LP_SET_STATUS_FLAGS": flags, **dict.fromkeys(counts, 0)}}
    held = meter(image({"ST63": status}), load=script(*[(900 * i, 100 * i) for i in range(40)]))
    held.advance(900 * 11)
    peer = Peer(held)
    found = rows(peer.reading("ST63", "ST64", "ST12", "ST16", "ST61", "ST62"))
    intervals = [(row.time, row.value) for row in found if row.kind == "interval"]
    assert intervals == [(NOON + timedelta(minutes=15 * (i + 1)), Decimal(25 * i)) for i in range(11)]


def test_a_channel_has_a_scale_of_its_own() -> None:
    tables = described()
    tables["ST62"] |= {"SCALARS_SET1": [10], "DIVISOR_SET1": [2]}
    held = meter(image(tables, {"ACT_LP_TBL": {"SCALAR_DIVISOR_FLAG_SET1": 1}}))
    held.advance(900)
    block = Peer(held).values("ST64")["LP_DATA_SET1"][0]
    assert block["LP_INT"][0]["INT_DATA"][0]["ITEM"] == 200, "1000 Wh in steps of 5"


def test_statuses_of_intervals() -> None:
    """An interval that is too large is an overflow; one that was begun late is a partial one."""
    clock = StandingClock(START + 300)
    held = meter(load=Steady(values={0: 4_000_000}), clock=clock)
    held.advance(600 + 900)
    first, second, *_ = Peer(held).values("ST64")["LP_DATA_SET1"][0]["LP_INT"]
    assert second["INT_DATA"][0]["ITEM"] == 0xFFFF
    assert second["EXTENDED_INT_STATUS"][0]["CHANNEL_STATUS_ODD"] == 1
    slow = meter(clock=StandingClock(START + 300))
    slow.advance(600)
    first = Peer(slow).values("ST64")["LP_DATA_SET1"][0]["LP_INT"][0]
    assert first["INT_DATA"][0]["ITEM"] == 4000 * 600 // 3600
    assert first["EXTENDED_INT_STATUS"][0]["CHANNEL_STATUS_ODD"] == 2


def test_intervals_end_by_the_meters_own_time() -> None:
    held = meter()
    peer = Peer(held)
    peer.run("SP10", set_time(datetime(2024, 5, 1, 12, 10), "SET_TIME", "SET_DATE"))
    held.advance(300)
    block = peer.values("ST64")["LP_DATA_SET1"][0]
    assert (block["BLK_END_TIME"], block["LP_INT"][0]["INT_DATA"][0]["ITEM"]) == (datetime(2024, 5, 1, 12, 15), 333)


def test_registers_begin_again_at_their_end() -> None:
    zeros = {"NBR_DEMAND_RESETS": 0, "TIER_DATA_BLOCK": []}
    demand = {"EVENT_TIME": [bytes(5)], "CUM_DEMAND": 0, "DEMAND": [0]}
    block = {"SUMMATIONS": [999_999_000], "DEMANDS": [demand], "COINCIDENTS": []}
    held = meter(
        image({"ST23": {**zeros, "TOT_DATA_BLOCK": block}}, {"ACT_REGS_TBL": {"NBR_TIERS": 0}}),
    )
    held.advance(3600)
    assert total(held)["SUMMATIONS"] == [3000]


def test_a_scale_of_thousands() -> None:
    tables = described()
    tables["ST12"]["UOM_ENTRY"][0]["MULTIPLIER"] = 2
    tables["ST12"]["UOM_ENTRY"][1]["MULTIPLIER"] = 6
    held = meter(image(tables))
    held.advance(3600)
    assert total(held)["SUMMATIONS"] == [4]
    assert total(held)["DEMANDS"][0]["DEMAND"] == [4_000_000]


def test_present_values_are_those_of_the_moment() -> None:
    held = meter(load=script((0, 100), (10, 700)))
    assert Peer(held).values("ST28")["PRESENT_DEMAND"][0]["DEMAND_VALUE"] == 100
    held.advance(10)
    assert Peer(held).values("ST28")["PRESENT_DEMAND"][0]["DEMAND_VALUE"] == 700


def test_time_goes_on_by_itself_and_in_any_steps() -> None:
    clock = StandingClock()
    load = Random(seed=5)
    slow, fast = meter(load=load, clock=clock), meter(load=load)
    peer = Peer(slow)
    for step in (1, 59, 1000, 7, 13_000, 86_400):
        clock.now += step
        peer.read(23)
        fast.advance(step)
    for table in (23, 63, 64, 52, 28):
        assert Peer(fast).read(table) == peer.read(table)
    clock.now -= 5000
    assert Peer(fast).read(52) == peer.read(52), "time does not go backwards"


def test_time_is_not_advanced_backwards() -> None:
    with pytest.raises(ValueError, match="-1"):
        meter().advance(-1)


def test_a_long_time_without_anybody_costs_no_more_than_two_years() -> None:
    clock, tables = StandingClock(), described()
    tables["ST13"]["INTERVAL_VALUE"] = [{"INT_LENGTH": 1440}]
    held = meter(image(tables, {"ACT_LP_TBL": {"MAX_INT_TIME_SET1": 240}}), clock=clock)
    clock.now += 20 * 366 * 86_400
    assert total(held)["SUMMATIONS"][0] <= 800 * 24 * 4000
    assert Peer(held).values("ST52")["CLOCK_CALENDAR"].year == 2044


def test_loads_are_the_same_in_any_parts() -> None:
    for load in (Random(seed=3), script((10, 5), (20, 9)), WATTS):
        for cut in (START, START + 7, START + 15, START + 5000):
            whole = load.sum(0, START, START + 9000)
            assert load.sum(0, START, cut) + load.sum(0, cut, START + 9000) == whole
    values = {Random(seed=seed).sum(source, START, START + 900) for seed in range(3) for source in range(3)}
    assert len(values) == 9
    assert all(0 <= value <= 900 * 5000 for value in values)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "line 1: a header of `seconds`"),
        ("time,0\n", "line 1: a header of `seconds`"),
        ("seconds,x\n", "line 1: `x` is no whole number"),
        ("seconds,0\n1,2,3\n", "line 2: 3 values, 2 expected"),
        ("seconds,0\n5,1\n5,2\n", "line 3: second 5, one after 5 expected"),
        ("seconds,0\n\n1,much\n", "line 3: `much` is no whole number"),
    ],
)
def test_scripts_that_are_none(text: str, problem: str) -> None:
    with pytest.raises(LoadError) as caught:
        Script.read(text)
    assert problem in str(caught.value)
