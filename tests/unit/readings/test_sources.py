"""From the index of a source to what it measures, and from a raw value to the engineering one."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tdl.codec.values import Raw, Record
from tdl.readings.sources import Source, Sources, Value, engineering
from tdl.readings.tables import Tables
from tdl.readings.units import Units
from tests.unit.readings.meters import APPLY, CONSTANTS, DEMAND, UNIT, holding, link, standard, unit
from tests.work import counted

UNITS = Units(standard().model)
CODES = [33, 8, 12, 20, 21, 22, 0, 1]
"""ID codes with names of their own, one for each entry of Table 12 in these tests."""


def units(count: int) -> Record:
    return Record({"UOM_ENTRY": [Record(unit(CODES[i], 1)) for i in range(count)]})


def links(*each: dict[str, Any]) -> Record:
    return Record({"SOURCES_LINK": [Record(flags) for flags in each]})


def sources(**tables: Record) -> Sources:
    return Sources(Tables(holding(**tables)), UNITS)


def measured(found: Source) -> str:
    return "" if found.measure is None else found.measure.quantity


def named(code: int) -> str:
    return UNITS.measure(Record(unit(code, 1))).quantity


@given(owns=st.lists(st.booleans(), min_size=1, max_size=len(CODES)))
def test_entries_stand_in_the_order_of_the_sources_that_own_one(owns: list[bool]) -> None:
    known = sources(ST12=units(sum(owns)), ST16=links(*(link(UNIT) if own else link() for own in owns)))
    next_entry = 0
    for index, own in enumerate(owns):
        found = known.find(index)
        if own:
            assert measured(found) == named(CODES[next_entry])
            assert found.notes == ()
            next_entry += 1
        else:
            assert found.measure is None
            assert found.notes == (f"no unit: Table 16 gives source {index} none",)


def test_one_unit_a_source_whatever_the_flags_say() -> None:
    known = sources(ST12=units(4), ST16=links(link(UNIT), link(), link(UNIT), link(UNIT)))
    assert [measured(known.find(index)) for index in range(4)] == [named(code) for code in CODES[:4]]
    odd = "unit taken by the source's index: Table 16 flags 3 sources, Table 12 has 4 units"
    assert known.find(3).notes == (odd,)


def test_counts_that_fit_in_no_way_are_told() -> None:
    known = sources(ST12=units(3), ST16=links(link(UNIT), link(), link(), link(UNIT)))
    assert measured(known.find(3)) == named(CODES[1])
    assert known.find(3).notes == ("Table 16 flags 2 sources, Table 12 has 3 units",)
    known = sources(ST12=units(1), ST16=links(link(UNIT), link(UNIT), link()))
    assert known.find(1).measure is None
    assert "Table 16 flags 2 sources, Table 12 has 1 units" in known.find(1).notes


def test_what_is_not_there() -> None:
    assert sources().find(2).notes == ("no unit: Table 12 is not in the image",)
    assert sources(ST12=units(2)).find(0).notes == ("no unit: Table 16 is not in the image",)
    assert sources(ST12=units(2), ST16=links(link(UNIT), link(UNIT))).find(255).notes == (
        "no unit: Table 16 has no source 255, it has 2",
    )
    by_index = sources(ST11=Record({"NBR_SOURCES": 2}), ST12=units(2)).find(1)
    assert measured(by_index) == named(CODES[1])
    assert by_index.notes == ("unit taken by the source's index: Table 16 is not in the image",)
    assert sources().find(None) == Source(index=None)


def test_demand_intervals_in_both_forms() -> None:
    both = links(link(), link(DEMAND), link(DEMAND))
    whole = Record({"INTERVAL_VALUE": [Record({"INT_LENGTH": 30}), Record({"INT_LENGTH": 15})]})
    assert [sources(ST13=whole, ST16=both).find(i).interval for i in range(3)] == [None, 30, 15]
    sliding = Record({"INTERVAL_VALUE": [Record({"SUB_INT": 5, "INT_MULTIPLIER": 3})]})
    assert [sources(ST13=sliding, ST16=both).find(i).interval for i in range(3)] == [None, 15, None]


def constants(**others: Any) -> Record:
    return Record({"MULTIPLIER": Decimal("1.5"), "OFFSET": 0, **others})


def applied(raw: object, entry: Record | None, *flags: str, pulses: bool = False) -> Value:
    """The value of source 0, an energy in kilowatt hours."""
    tables = {"ST12": Record({"UOM_ENTRY": [Record(unit(0, 0, 2))]}), "ST16": links(link(UNIT, *flags, pulses=pulses))}
    if entry is not None:
        tables["ST15"] = Record({"SELECTION": [entry]})
    return engineering(sources(**tables).find(0), raw)


def test_a_raw_value_is_scaled() -> None:
    assert applied(12, None) == Value(value=12000, unit="Wh", notes=())
    assert applied(12, constants(), CONSTANTS) == Value(value=12000, unit="Wh", notes=())


def test_constants_are_applied_where_they_still_are_to_be() -> None:
    made = applied(12, constants(), CONSTANTS, APPLY)
    assert (made.value, made.unit) == (Decimal(18000), "Wh")
    assert made.notes == ("constants of Table 15 applied: x 1.5",)
    made = applied(12, constants(OFFSET=-2), CONSTANTS, APPLY)
    assert (made.value, made.unit) == (Decimal(16000), "Wh")
    assert "whether OFFSET is added after MULTIPLIER is not certain" in made.notes


@pytest.mark.parametrize(("device_has", "value"), [(False, 12 * 3 * 40 * 60 * 1000), (True, 12 * 3 * 1000)])
def test_ratios_are_applied_unless_the_device_has_done_it(device_has: bool, value: int) -> None:
    entry = Record(
        {
            "MULTIPLIER": 3,
            "OFFSET": 0,
            "SET1_APPL": Record({"SET_APPLIED_FLAG": device_has}),
            "RATIO_F1": 40,
            "RATIO_P1": 60,
        }
    )
    made = applied(12, entry, CONSTANTS, APPLY)
    assert (made.value, made.unit) == (value, "Wh")
    said = any("taken as applied by the device, which is not certain" in note for note in made.notes)
    assert said == device_has


@pytest.mark.parametrize(
    "entry", [None, constants(MULTIPLIER=Raw(b"\xff")), constants(RATIO_F1=Raw(b"\xff"), RATIO_P1=1)]
)
def test_constants_that_are_not_known_leave_the_raw_value_without_a_unit(entry: Record | None) -> None:
    made = applied(12, entry, CONSTANTS, APPLY)
    assert (made.value, made.unit) == (12, "")
    assert made.notes == ("the raw value: the constants of Table 15 to apply are not known",)


def test_pulses_stay_pulses_until_constants_or_a_ratio_make_them_more() -> None:
    assert applied(12, None, pulses=True) == Value(value=12, unit="pulses", notes=())
    assert applied(12, constants(), CONSTANTS, APPLY, pulses=True).unit == "Wh"
    source = sources(ST12=units(1), ST16=links(link(UNIT, pulses=True))).find(0)
    assert engineering(source, 12, (5, 2)) == Value(value=30, unit="Hz", notes=())


def test_ratios_of_load_profile_channels() -> None:
    source = sources(ST12=units(1), ST16=links(link(UNIT))).find(0)
    assert engineering(source, 7, (3, 2)) == Value(value=Decimal("10.5"), unit="Hz", notes=())
    third = engineering(source, 1, (1, 3))
    assert third.value == Decimal("0." + "3" * 28)
    assert third.notes == ("rounded: it has no end in decimals",)
    assert engineering(source, 7, (3, 0)) == Value(
        value=7, unit="", notes=("the raw value: the divisor of its channel is 0",)
    )


def test_octets_that_are_no_number_have_no_value() -> None:
    made = applied(Raw(b"\xff\xff"), None)
    assert (made.value, made.unit, made.notes) == (None, "Wh", ("the raw value is no number",))


def test_without_a_unit_there_is_the_raw_value() -> None:
    made = engineering(Source(index=3, notes=("no unit: who knows",)), 12)
    assert (made.value, made.unit, made.notes) == (12, "", ("no unit: who knows",))
    assert engineering(Source(index=3), 12, (5, 2)) == Value(value=12, unit="", notes=())
    assert engineering(Source(index=3, pulses=True), 12) == Value(value=12, unit="pulses", notes=())


def test_without_a_scale_there_is_the_raw_value() -> None:
    made = engineering(Source(index=0, measure=UNITS.measure(Record(unit(0, multiplier=9)))), 12, (5, 2))
    assert (made.value, made.unit, made.notes) == (12, "", ("MULTIPLIER 9 has no known scale",))


def test_a_source_is_worked_out_once() -> None:
    known = sources(ST12=units(1), ST16=links(*[link(UNIT)] * 255))
    known.find(254)
    with counted() as work:
        for _ in range(1000):
            known.find(254)
    assert work.calls < 2100


EXPONENTS = {0: 0, 1: 2, 2: 3, 3: 6, 4: 9, 5: -2, 6: -3, 7: -6}


@given(
    raw=st.integers(-(1 << 63), (1 << 63) - 1) | st.decimals(-(10**9), 10**9, places=4),
    code=st.integers(0, 255),
    base=st.integers(0, 7),
    multiplier=st.integers(0, 7),
    quadrants=st.sets(st.sampled_from("1234")),
)
def test_the_law_of_scale(raw: Any, code: int, base: int, multiplier: int, quadrants: set[str]) -> None:
    entry = Record({"UOM_ENTRY": [Record(unit(code, base, multiplier, "".join(sorted(quadrants))))]})
    made = engineering(sources(ST12=entry, ST16=links(link(UNIT))).find(0), raw)
    assert made.value is not None
    assert Fraction(made.value) == Fraction(raw) * Fraction(10) ** EXPONENTS[multiplier]
