"""Load profile intervals: values, times, statuses, and what is valid."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

import tdl
from tdl.codec.values import Members, Record
from tdl.readings.row import Row
from tests.unit.readings.meters import example_values, holding, read
from tests.work import counted

END = datetime(2024, 1, 18, 0, 0)

LP_FLAGS = {
    "LP_SET1_INHIBIT_OVF_FLAG": False, "LP_SET2_INHIBIT_OVF_FLAG": False, "LP_SET3_INHIBIT_OVF_FLAG": False,
    "LP_SET4_INHIBIT_OVF_FLAG": False, "BLK_END_READ_FLAG": True, "BLK_END_PULSE_FLAG": False,
    "SCALAR_DIVISOR_FLAG_SET1": True, "SCALAR_DIVISOR_FLAG_SET2": False, "SCALAR_DIVISOR_FLAG_SET3": False,
    "SCALAR_DIVISOR_FLAG_SET4": False, "EXTENDED_INT_STATUS_FLAG": True, "SIMPLE_INT_STATUS_FLAG": False,
    "BLK_END_RD_INDICATOR_FLAG": False,
}  # fmt: skip
LP_FMATS = {
    f"INV_{name}_FLAG": False
    for name in ("UINT8", "UINT16", "UINT32", "INT8", "INT16", "INT32", "NI_FMAT1", "NI_FMAT2")
}
STATUS_FLAGS = {
    "ORDER": 0, "OVERFLOW_FLAG": False, "LIST_TYPE": 1, "BLOCK_INHIBIT_OVERFLOW_FLAG": False, "INTERVAL_ORDER": 0,
    "ACTIVE_MODE_FLAG": True, "TEST_MODE": 0,
}  # fmt: skip


def selection(source: int, end: int = 0xFF) -> dict[str, Any]:
    return {
        "CHNL_FLAG": {"END_RDG_FLAG": end != 0xFF},
        "LP_SOURCE_SELECT": {"SOURCE_INDEX": source},
        "END_BLK_RDG_SOURCE_SELECT": {"SOURCE_INDEX": end},
    }


def interval(*data: int, first: int = 0, second: int = 0, **common: bool) -> dict[str, Any]:
    """An interval of three channels: octet 0 has the status of channel 1, octet 1 those of channels 2 and 3."""
    flags = dict.fromkeys(
        ("COMMON_DST_FLAG", "COMMON_POWER_FAIL_FLAG", "COMMON_CLOCK_SET_FWD_FLAG", "COMMON_CLOCK_SET_BKWD_FLAG"), False
    )
    statuses = [
        {"CHANNEL_STATUS_1": first, **flags, **common},
        {"CHANNEL_STATUS_ODD": second & 15, "CHANNEL_STATUS_EVEN": second >> 4},
    ]
    return {"EXTENDED_INT_STATUS": statuses, "INT_DATA": [{"ITEM": value} for value in data]}


def profile(blocks: list[dict[str, Any]] | None = None, **changed: Any) -> dict[str, Any]:
    """The example meter with two blocks of two intervals of three channels; channel 2 has no end reading."""
    values = example_values()
    values["ST61"] = {
        "LP_MEMORY_LEN": 1000, "LP_FLAGS": LP_FLAGS, "LP_FMATS": LP_FMATS, "NBR_BLKS_SET1": 2, "NBR_BLK_INTS_SET1": 2,
        "NBR_CHNS_SET1": 3, "MAX_INT_TIME_SET1": 15,
    }  # fmt: skip
    values["ST62"] = {
        "LP_SEL_SET1": [selection(0, 0), selection(1), selection(3, 3)],
        "INT_FMT_CDE1": 2,
        "SCALARS_SET1": [1, 3, 1],
        "DIVISOR_SET1": [1, 2, 1],
    }
    values["ST63"] = {
        "LP_STATUS_SET1": {
            "LP_SET_STATUS_FLAGS": STATUS_FLAGS, "NBR_VALID_BLOCKS": 2, "LAST_BLOCK_ELEMENT": 1,
            "LAST_BLOCK_SEQ_NBR": 70000, "NBR_UNREAD_BLOCKS": 1, "NBR_VALID_INT": 1,
        }
    }  # fmt: skip
    values["ST64"] = {"LP_DATA_SET1": blocks or [block(END, 10), block(END + timedelta(minutes=15), 20)]}
    values.update(changed)
    return values


def block(end: datetime, start: int) -> dict[str, Any]:
    readings = [{"BLOCK_END_READ": start * 100 + channel} for channel in range(3)]
    intervals = [interval(start, start + 1, start + 2), interval(start + 5, start + 6, start + 7)]
    return {"BLK_END_TIME": end, "END_READINGS": readings, "LP_INT": intervals}


def found(values: dict[str, Any], kind: str = "interval") -> list[Row]:
    return [row for row in tdl.rows(read(values)) if row.table == "ST64" and row.kind == kind]


def times(rows: list[Row]) -> list[str]:
    """The times of channel 1, oldest interval first."""
    return ["-" if row.time is None else f"{row.time:%d %H:%M}" for row in rows if row.source == 0]


def test_intervals_are_engineering_values_with_their_times() -> None:
    rows = found(profile())
    assert [(str(row), row.quantity) for row in rows[:3]] == [
        ("10 Wh delivered", "active energy"),
        ("16.5 Wh received", "active energy"),
        ("12000 var delivered", "reactive power"),
    ]
    assert times(rows) == ["17 23:45", "18 00:00", "18 00:15"]
    assert [row.sequence for row in rows[::3]] == [69999, 69999, 70000]
    assert {row.interval for row in rows} == {15}
    assert rows[-1].element == "LP_DATA_SET1[1].LP_INT[0].INT_DATA[2].ITEM"
    assert rows[1].raw == 11
    assert {row.notes for row in rows} == {()}


def test_end_readings() -> None:
    rows = found(profile(), "end reading")
    assert [(row.source, row.value, row.unit) for row in rows] == [
        (0, 1000, "Wh"),
        (3, 1002000, "var"),
        (0, 2000, "Wh"),
        (3, 2002000, "var"),
    ]
    assert rows[0].time == END
    assert rows[0].element == "LP_DATA_SET1[0].END_READINGS[0].BLOCK_END_READ"


def test_end_readings_of_a_block_only_and_pulses() -> None:
    values = profile()
    values["ST61"]["LP_FLAGS"] = {**LP_FLAGS, "BLK_END_RD_INDICATOR_FLAG": True, "BLK_END_PULSE_FLAG": True}
    for each in values["ST64"]["LP_DATA_SET1"]:
        for reading in each["END_READINGS"]:
            reading["BLOCK_END_PULSE"] = 77
    assert found(values, "end reading")[0].notes == ("counts over its block only",)
    pulses = found(values, "end pulses")
    assert len(pulses) == 6
    assert str(pulses[0]).startswith("77 pulses")


def status(values: dict[str, Any], **changed: Any) -> dict[str, Any]:
    values["ST63"]["LP_STATUS_SET1"] = {**values["ST63"]["LP_STATUS_SET1"], **changed}
    return values


def test_blocks_and_intervals_in_the_other_order() -> None:
    flags = {**STATUS_FLAGS, "ORDER": 1, "INTERVAL_ORDER": 1}
    values = status(profile(), LP_SET_STATUS_FLAGS=flags, LAST_BLOCK_ELEMENT=0, NBR_VALID_INT=2)
    rows = [row for row in found(values) if row.source == 0]
    assert [row.element.removesuffix(".INT_DATA[0].ITEM") for row in rows] == [
        "LP_DATA_SET1[1].LP_INT[1]",
        "LP_DATA_SET1[1].LP_INT[0]",
        "LP_DATA_SET1[0].LP_INT[1]",
        "LP_DATA_SET1[0].LP_INT[0]",
    ]
    assert times(rows) == ["18 00:00", "18 00:15", "17 23:45", "18 00:00"]
    assert [row.sequence for row in rows] == [69999, 69999, 70000, 70000]


def test_only_valid_blocks_and_intervals() -> None:
    rows = found(status(profile(), NBR_VALID_BLOCKS=1, NBR_VALID_INT=0))
    assert rows == []
    rows = found(status(profile(), NBR_VALID_BLOCKS=1, LAST_BLOCK_ELEMENT=0, NBR_VALID_INT=2))
    assert {row.element.split(".")[0] for row in rows} == {"LP_DATA_SET1[0]"}
    assert times(rows) == ["17 23:45", "18 00:00"]


def test_without_table_63_everything_counts_and_a_note_says_so() -> None:
    values = profile()
    del values["ST63"]
    rows = found(values)
    assert len(rows) == 12
    assert rows[0].notes == ("all blocks taken as valid and oldest first: Table 63 is not in the image",)


def test_a_table_63_without_the_set() -> None:
    held = {key: read(profile()).values[key] for key in ("ST12", "ST16", "ST61", "ST62", "ST64")}
    row = tdl.rows(holding(**held, ST63=Record()))[0]
    assert row.notes == ("all blocks taken as valid and oldest first: Table 63 has no set 1",)


def simple(values: dict[str, Any]) -> dict[str, Any]:
    values["ST61"]["LP_FLAGS"] = {**LP_FLAGS, "SIMPLE_INT_STATUS_FLAG": True}
    for each in values["ST64"]["LP_DATA_SET1"]:
        each["SIMPLE_INT_STATUS"] = Members(b"\x01")
    return values


def test_intervals_that_were_not_recorded() -> None:
    rows = [row for row in found(simple(profile())) if row.source == 0]
    assert [row.status for row in rows] == [(), ("not recorded",), ()]
    values = simple(profile())
    del values["ST63"]
    rows = [row for row in found(values) if row.source == 0]
    assert [row.raw for row in rows] == [10, 20]
    assert times(rows) == ["18 00:00", "18 00:15"]


def test_what_was_not_recorded_in_between_took_its_time() -> None:
    intervals = [Record({"INT_DATA": [n]}) for n in range(4)]
    block = Record({"BLK_END_TIME": END, "SIMPLE_INT_STATUS": Members(b"\x0b"), "LP_INT": intervals})
    limits = Record({"MAX_INT_TIME_SET1": 15})
    rows = tdl.rows(holding(ST61=limits, ST64=Record({"LP_DATA_SET1": [block]})))
    assert [(row.raw, f"{row.time:%H:%M}") for row in rows] == [(0, "23:15"), (1, "23:30"), (3, "00:00")]


def test_statuses_of_channels_and_of_all() -> None:
    first = interval(1, 2, 3, first=2, second=0x47, COMMON_DST_FLAG=True)
    second = interval(1, 2, 3, second=0x90, COMMON_POWER_FAIL_FLAG=True, COMMON_CLOCK_SET_BKWD_FLAG=True)
    blocks = [{**block(END, 1), "LP_INT": [first, second]}, block(END, 2)]
    rows = found(profile(blocks))
    assert [row.status for row in rows[:6]] == [
        ("partial interval", "daylight saving time"),
        ("skipped, data is 0", "daylight saving time"),
        ("recording stopped", "daylight saving time"),
        ("power failure", "clock set backward"),
        ("status 9", "power failure", "clock set backward"),
        ("power failure", "clock set backward"),
    ]
    assert rows[6].status == ()


def test_statuses_of_the_edition_of_1997_are_the_same_octets() -> None:
    common = {"COMMON_DST_FLAG": True, "COMMON_CLOCK_SET_FWD_FLAG": True}
    blocks = [{**block(END, 1), "LP_INT": [interval(1, 2, 3, first=2, second=0x43, **common)] * 2}, block(END, 2)]
    octets = dict(read(profile(blocks)).octets)
    octets["ST0"] = octets["ST0"][:11] + b"\x01" + octets["ST0"][12:]
    rows = tdl.rows(read(octets, tdl.load("std:1997")))
    found_ = [row for row in rows if row.kind == "interval"]
    shared = ("daylight saving time", "clock set forward")
    assert [row.status for row in found_[:3]] == [
        ("partial interval", *shared),
        ("skipped, data is 0", *shared),
        ("long interval", *shared),
    ]
    assert [str(row) for row in found_] == [str(row) for row in found(profile(blocks))]


def test_a_channel_may_have_no_end_reading_although_it_is_flagged() -> None:
    values = profile()
    values["ST62"]["LP_SEL_SET1"][1]["CHNL_FLAG"] = {"END_RDG_FLAG": True}
    assert [row.source for row in found(values, "end reading")] == [0, 3, 0, 3]


@pytest.mark.parametrize(
    ("code", "low"),
    [(1, 200), (2, 60000), (4, 1 << 31), (8, -7), (16, -300), (32, -70000), (64, -5), (128, Decimal("1.5"))],
)
def test_every_format_of_intervals(code: int, low: Any) -> None:
    values = profile()
    values["ST62"]["INT_FMT_CDE1"] = code
    for each in values["ST64"]["LP_DATA_SET1"]:
        each["LP_INT"] = [interval(low, low, low), interval(low, low, low)]
    assert found(values)[0].value == low


def test_a_format_that_is_none_gives_no_values() -> None:
    values = profile()
    values["ST62"]["INT_FMT_CDE1"] = 3
    for each in values["ST64"]["LP_DATA_SET1"]:
        for one in each["LP_INT"]:
            one["INT_DATA"] = [{}, {}, {}]
    rows = found(values)
    assert {row.value for row in rows} == {None}
    assert "the raw value is no number" in rows[0].notes


def test_without_the_selection_there_are_raw_values() -> None:
    values = read(profile()).values
    held = {key: values[key] for key in ("ST12", "ST16", "ST61", "ST63", "ST64")}
    row = tdl.rows(holding(**held))[0]
    assert (row.quantity, row.value, row.unit) == ("channel 1", 10, "")
    assert row.notes == ("no source: Table 62 is not in the image",)
    assert row.time == END - timedelta(minutes=15)


def test_without_an_interval_length_or_a_clock_there_is_no_time() -> None:
    values = profile()
    values["ST61"] = {**values["ST61"], "MAX_INT_TIME_SET1": 0}
    assert times(found(values)) == ["-", "-", "-"]
    values = profile()
    values["ST0"].FORMAT_CONTROL_2.TM_FORMAT = 0
    del values["ST23"]
    for each in values["ST64"]["LP_DATA_SET1"]:
        each["BLK_END_TIME"] = None
    assert times(found(values)) == ["-", "-", "-"]


def test_the_interval_length_may_come_from_outside() -> None:
    values = read(profile())
    held = {key: values.values[key] for key in ("ST12", "ST16", "ST62", "ST63", "ST64")}
    reading = holding(**held)
    reading.environment.set(61, ["MAX_INT_TIME_SET1"], 30)
    assert times([row for row in tdl.rows(reading) if row.kind == "interval"]) == ["17 23:30", "18 00:00", "18 00:15"]
    reading.environment.set(61, ["MAX_INT_TIME_SET1"], 10**18)
    assert times([row for row in tdl.rows(reading) if row.kind == "interval"]) == ["-", "18 00:00", "18 00:15"]


@pytest.mark.parametrize("number", [2, 3, 4])
def test_the_other_sets(number: int) -> None:
    values = read(profile()).values
    moved = {}
    for key in ("ST61", "ST62", "ST63", "ST64"):
        names = [name[:-1] + str(number) if name[-1] == "1" else name for name in values[key]]
        held = [value for _, value in values[key].items()]
        moved[key] = Record(dict(zip(names, held, strict=True)))
    key = f"ST{63 + number}"
    tables = {"ST61": moved["ST61"], "ST62": moved["ST62"], "ST63": moved["ST63"], key: moved["ST64"]}
    found_ = tdl.rows(holding(ST12=values["ST12"], ST16=values["ST16"], **tables))
    expected = tdl.rows(read(profile()))
    of_set = [row for row in expected if row.table == "ST64"]
    assert [(row.value, row.unit, row.time, row.status) for row in found_] == [
        (row.value, row.unit, row.time, row.status) for row in of_set
    ]
    assert {row.table for row in found_} == {key}


def test_headers_that_lie_are_told_and_cost_nothing() -> None:
    lies = {"NBR_VALID_BLOCKS": 65535, "LAST_BLOCK_ELEMENT": 1, "NBR_VALID_INT": 65535}
    reading = read(status(profile(), **lies))
    with counted() as work:
        rows = [row for row in tdl.rows(reading) if row.kind == "interval"]
    assert len(rows) == 12
    assert "the list says it has 65535 entries, its table has 2" in rows[0].notes
    assert "Table 63 says 65535 intervals are valid, a block has 2" in rows[-1].notes
    assert work.calls < 40_000


def test_blocks_without_channels_cost_nothing() -> None:
    blocks = [Record({"BLK_END_TIME": END, "END_READINGS": [], "LP_INT": [Record()] * 5000})] * 50
    reading = holding(ST64=Record({"LP_DATA_SET1": blocks}))
    with counted() as work:
        assert tdl.rows(reading) == ()
    assert work.calls < 10_000
