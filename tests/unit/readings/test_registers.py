"""The registers of Tables 23 to 26 and 28, worked out by hand for the example meter."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

import tdl
from tdl.codec.values import Members, Raw, Record
from tdl.image import Image
from tdl.project.reading import read_image
from tdl.readings.row import Row
from tests.unit.readings.meters import EXAMPLE, example_values, holding, link, read, standard, unit

JANUARY_9, JANUARY_18 = datetime(2024, 1, 9, 12, 15), datetime(2024, 1, 18, 17, 45)


def test_the_example_meter() -> None:
    meter = tdl.open(EXAMPLE / "image", "std:2012", fragments=[str(EXAMPLE / "acme-ax200.tdl")])
    found = [
        (row.tier, row.quantity, row.value, row.unit, row.direction, row.kind, row.time, row.source)
        for row in tdl.rows(meter)
    ]
    energy, power, reactive = "active energy", "active power", "reactive power"

    def block(tier: int | None, delivered: int, received: int, total: int, most: str, then: str, at: datetime) -> Any:
        return [
            (tier, energy, delivered, "Wh", "delivered", "summation", None, 0),
            (tier, energy, received, "Wh", "received", "summation", None, 1),
            (tier, power, total, "W", "delivered", "cumulative demand", None, 2),
            (tier, power, Decimal(most), "W", "delivered", "maximum demand", at, 2),
            (tier, reactive, Decimal(then), "var", "delivered", "coincident", at, 3),
        ]

    assert found == [
        (None, "demand resets", 7, "", "", "count", None, None),
        *block(None, 1234567, 8910, 29000, "4237.5", "812.5", JANUARY_18),
        *block(1, 700000, 8910, 17000, "2500", "-125", JANUARY_9),
        *block(2, 534567, 0, 29000, "4237.5", "812.5", JANUARY_18),
    ]
    assert all(row.notes == () and row.table == "ST23" for row in tdl.rows(meter))


@pytest.mark.parametrize(("edition", "version"), [("std:1997", 1), ("std:2008", 2)])
def test_the_editions_agree(edition: str, version: int) -> None:
    octets = dict(read(example_values()).octets)
    octets["ST0"] = octets["ST0"][:11] + bytes([version]) + octets["ST0"][12:]
    assert tdl.rows(read(octets, tdl.load(edition))) == tdl.rows(read(example_values()))


def test_raw_values_and_places_stand_beside() -> None:
    row = tdl.rows(read(example_values()))[-1]
    assert row.raw == Decimal("0.8125")
    assert row.element == "TIER_DATA_BLOCK[1].COINCIDENTS[0].COINCIDENT_VALUES[0]"
    assert row.occurrence == 1
    assert str(row) == "812.5 var delivered, tier 2"


def test_demand_intervals_come_from_table_13() -> None:
    values = example_values()
    values["ST13"] = {"INTERVAL_VALUE": [{"INT_LENGTH": 30}, {"INT_LENGTH": 15}]}
    intervals = {row.source: row.interval for row in tdl.rows(read(values)) if row.kind.endswith("demand")}
    assert intervals == {2: 30}


def test_without_the_selection_there_are_raw_values_with_a_note() -> None:
    values = example_values()
    del values["ST22"]
    row = tdl.rows(read(values))[1]
    assert (row.quantity, row.value, row.unit, row.source) == ("summation 1", 1234567, "", None)
    assert row.notes == ("no source: Table 22 is not in the image",)
    demand = next(row for row in tdl.rows(read(values)) if row.kind == "demand")
    assert demand.quantity == "demand 1"


def test_without_units_there_are_raw_values_with_a_note() -> None:
    values = example_values()
    del values["ST12"]
    row = tdl.rows(read(values))[1]
    assert (row.quantity, row.value, row.unit, row.source) == ("source 0", 1234567, "", 0)
    assert row.notes == ("no unit: Table 12 is not in the image",)


def test_a_table_that_fails_is_not_taken_for_missing() -> None:
    values = example_values()
    values["ST12"] = b"\0\0\0"
    reading = read_image(standard(), Image(tables=values))
    assert tdl.rows(reading)[1].notes == ("no unit: Table 12 cannot be decoded",)
    assert tdl.rows(reading, read(example_values()))[1].notes == ("no unit: Table 12 cannot be decoded",)


def test_what_values_mean_may_come_from_another_image() -> None:
    values = example_values()
    configuration = read(values)
    data = read({"ST0": values["ST0"], "ST21": values["ST21"], "ST23": values["ST23"]})
    assert [row.unit for row in tdl.rows(data)[:3]] == ["", "", ""]
    assert tdl.rows(data, configuration) == tdl.rows(configuration)


def test_minima_and_selections_without_an_index() -> None:
    values = example_values()
    values["ST22"].MIN_OR_MAX_FLAGS = Members(b"\0")
    kinds = {row.kind for row in tdl.rows(read(values))}
    assert "minimum demand" in kinds
    assert "maximum demand" not in kinds
    bare = holding(ST22=Record({"SUMMATION_SELECT": [Record()]}), ST23=values["ST23"])
    assert tdl.rows(bare)[1].notes == ("no source: its selection has no index",)
    plain = holding(ST22=Record({"SUMMATION_SELECT": [1, 0]}), ST23=values["ST23"])
    assert [row.source for row in tdl.rows(plain)[1:3]] == [1, 0]


def with_self_reads(entries: int, **header: Any) -> tuple[Row, ...]:
    """Table 26 of the example meter, whose entry n has n as its first summation."""
    values = example_values()
    data = values["ST23"]
    reads = []
    for n in range(entries):
        entry = read(example_values()).values["ST23"]
        entry.TOT_DATA_BLOCK.SUMMATIONS = [n, 0]
        about = {"END_DATE_TIME": datetime(2024, 1, 1 + n)}
        reads.append({"SELF_READ_SEQ_NBR": 100 + n, "REGISTER_INFO": about, "SELF_READ_REGISTER_DATA": entry})
    flags = {"ORDER": 0, "OVERFLOW_FLAG": False, "LIST_TYPE": 1, "INHIBIT_OVERFLOW_FLAG": False}
    values["ST26"] = {
        "LIST_STATUS": flags,
        "NBR_VALID_ENTRIES": entries,
        "LAST_ENTRY_ELEMENT": entries - 1,
        "LAST_ENTRY_SEQ_NBR": 100 + entries - 1,
        "NBR_UNREAD_ENTRIES": 0,
        **header,
        "SELF_READS_ENTRIES": reads,
    }
    values["ST23"] = data
    return tuple(row for row in tdl.rows(read(values)) if row.table == "ST26")


def test_self_reads_with_their_time_and_number() -> None:
    found = with_self_reads(2, LAST_ENTRY_ELEMENT=0)
    summations = [row for row in found if row.kind == "summation" and row.source == 0 and row.tier is None]
    assert [(row.value, row.sequence, row.recorded) for row in summations] == [
        (1, 101, datetime(2024, 1, 2)),
        (0, 100, datetime(2024, 1, 1)),
    ]
    assert [row.time for row in summations] == [row.recorded for row in summations]
    element = "SELF_READS_ENTRIES[1].SELF_READ_REGISTER_DATA.TOT_DATA_BLOCK.SUMMATIONS[0]"
    assert summations[0].element == element
    demand = next(row for row in found if row.kind == "maximum demand")
    assert (demand.time, demand.recorded) == (JANUARY_18, datetime(2024, 1, 2))


def test_only_the_valid_self_reads() -> None:
    found = with_self_reads(2, NBR_VALID_ENTRIES=1, LAST_ENTRY_ELEMENT=1)
    assert {row.sequence for row in found} == {101}
    lying = with_self_reads(2, NBR_VALID_ENTRIES=200, LAST_ENTRY_ELEMENT=200)
    assert len(lying) == 32
    assert "the list says it has 200 entries, its table has 2" in lying[0].notes


def test_previous_season_and_demand_reset() -> None:
    values = example_values()
    flags = values["ST21"].REG_FUNC1_FLAGS
    flags.SEASON_INFO_FIELD_FLAG = True
    about = {"END_DATE_TIME": Raw(b"\xff" * 5), "SEASON": 3}
    values["ST24"] = {"REGISTER_INFO": about, "PREV_SEASON_REG_DATA": values["ST23"]}
    about = {"END_DATE_TIME": Raw(bytes(5)), "SEASON": 2}
    values["ST25"] = {"REGISTER_INFO": about, "PREV_DEMAND_RESET_DATA": values["ST23"]}
    found = tdl.rows(read(values))
    assert [len([row for row in found if row.table == key]) for key in ("ST23", "ST24", "ST25")] == [16, 16, 16]
    season, reset = (next(row for row in found if row.table == key) for key in ("ST24", "ST25"))
    assert (season.season, season.recorded) == (3, None)
    assert season.notes == ("the time is no time: raw FF FF FF FF FF",)
    assert (reset.season, reset.recorded, reset.notes) == (2, None, ())  # one that was never set


def test_present_values() -> None:
    values = example_values()
    values["ST27"] = {
        "PRESENT_DEMAND_SELECT": [{"SOURCE_INDEX": 2}],
        "PRESENT_VALUE_SELECT": [{"SOURCE_INDEX": 4}, {"SOURCE_INDEX": 9}],
    }
    values["ST28"] = {
        "PRESENT_DEMAND": [{"TIME_REMAINING": "00:05:00", "DEMAND_VALUE": Decimal("1.25")}],
        "PRESENT_VALUE": [5998, 7],
    }
    values["ST11"].NBR_UOM_ENTRIES = values["ST11"].NBR_SOURCES = 5
    values["ST12"].UOM_ENTRY.append(unit(33, 1, 5))
    values["ST16"].SOURCES_LINK.append(link("UOM_ENTRY_FLAG"))
    demand, frequency, unknown = (row for row in tdl.rows(read(values)) if row.table == "ST28")
    assert (str(demand), demand.kind) == ("1250.0 W delivered", "present demand")
    assert (str(frequency), frequency.quantity, frequency.kind) == ("59.98 Hz", "frequency", "present value")
    assert frequency.raw == 5998
    assert (str(unknown), unknown.quantity) == ("7", "source 9")
    assert unknown.notes == ("no unit: Table 16 has no source 9, it has 5",)


def test_octets_that_are_no_number() -> None:
    data = Record({"TOT_DATA_BLOCK": Record({"SUMMATIONS": [Raw(b"\xff\xff"), Record(), "x"]})})
    found = tdl.rows(holding(ST23=data))
    assert [row.value for row in found] == [None, None, None]
    assert all("the raw value is no number" in row.notes for row in found)
