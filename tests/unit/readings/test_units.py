"""What an entry of Table 12 says, in words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tdl.codec.values import Record
from tdl.readings.units import Measure, Units
from tests.unit.readings.meters import fragment, standard, unit

UNITS = Units(standard().model)


def measure(*arguments: Any, **others: Any) -> Measure:
    return UNITS.measure(Record(unit(*arguments, **others)))


@pytest.mark.parametrize(
    ("code", "base", "quantity", "expected"),
    [
        (0, 0, "active energy", "Wh"),
        (0, 5, "active energy", "Wh"),
        (0, 1, "active power", "W"),
        (0, 4, "active power", "W"),
        (1, 0, "reactive energy", "varh"),
        (1, 3, "reactive power", "var"),
        (2, 0, "apparent energy, from rms", "VAh"),
        (8, 1, "voltage, rms", "V"),
        (33, 1, "frequency", "Hz"),
        (25, 1, "power factor, from phasor power", ""),
        (38, 7, "power outage, count of events", ""),
    ],
)
def test_quantities_and_units(code: int, base: int, quantity: str, expected: str) -> None:
    found = measure(code, base)
    assert (found.quantity, found.unit, found.exponent, found.notes) == (quantity, expected, 0, ())


@pytest.mark.parametrize(("code", "exponent"), [(0, 0), (1, 2), (2, 3), (3, 6), (4, 9), (5, -2), (6, -3), (7, -6)])
def test_scales(code: int, exponent: int) -> None:
    assert measure(multiplier=code).exponent == exponent


@pytest.mark.parametrize(
    ("code", "quadrants", "net", "direction"),
    [
        (0, "14", False, "delivered"),
        (0, "23", False, "received"),
        (0, "1234", False, "delivered plus received"),
        (0, "1234", True, "net"),
        (0, "", True, "net"),
        (0, "1", False, "delivered lagging"),
        (0, "12", False, "Q1+Q2"),
        (0, "14", True, "net delivered"),
        (1, "12", False, "delivered"),
        (1, "34", False, "received"),
        (1, "14", False, "Q1+Q4"),
        (1, "13", False, "lagging"),
        (1, "24", False, "leading"),
        (1, "2", False, "received leading"),
        (1, "3", False, "received lagging"),
        (1, "4", False, "delivered leading"),
        (8, "", False, ""),
        (8, "1234", False, ""),
    ],
)
def test_directions(code: int, quadrants: str, net: bool, direction: str) -> None:
    assert measure(code, quadrants=quadrants, NET_FLOW_ACCOUNTABILITY=net).direction == direction


@pytest.mark.parametrize(("code", "phase"), list(enumerate(["", "A-B", "B-C", "C-A", "N-G", "A-N", "B-N", "C-N"])))
def test_phases(code: int, phase: str) -> None:
    assert measure(SEGMENTATION=code).phase == phase


def test_what_is_not_known_is_told_and_not_guessed() -> None:
    unknown = measure(6)
    assert (unknown.quantity, unknown.unit) == ("quantity 6", "")
    assert unknown.notes == ("ID_CODE 6 has no known meaning",)
    reserved = measure(250)
    assert (reserved.quantity, reserved.unit) == ("quantity 250", "")
    low = measure(53, 1)
    assert (low.quantity, low.unit) == ("time on battery", "min")
    assert low.notes == ("what ID_CODE 53 means rests on general knowledge",)
    assert measure(33, 0).notes == ("the unit of a dial reading of frequency is not certain",)
    assert measure(NFS=True).notes == ("not as the standard defines it (NFS is set)",)
    assert measure(HARMONIC=True).notes == ("a harmonic (HARMONIC is set)",)
    assert "ID_RESOURCE 3" in measure(ID_RESOURCE=3).notes[0]


def test_a_fragment_that_names_a_code_gives_it_a_unit() -> None:
    added = fragment(
        "MODIFY TYPE UOM_ID_CODE_ENUM\n    REPLACE RESERVED_204 : 205..255 WAS 204..255;\n"
        '    ADD ACME_FLUX : 204 WITH Label = "flux", Unit = "Wb" AFTER METRE;\nEND;\n'
    )
    found = Units(added.model).measure(Record(unit(204, 1)))
    assert (found.quantity, found.unit, found.notes) == ("flux", "Wb", ())


def test_a_document_without_the_codes_still_has_an_answer() -> None:
    found = Units(replace(standard().model, enumerations=())).measure(Record(unit(0)))
    assert (found.quantity, found.unit, found.exponent) == ("quantity 0", "", None)
    assert "MULTIPLIER 0 has no known scale" in found.notes


@given(entry=st.dictionaries(st.sampled_from(list(unit())), st.integers(0, 255) | st.none() | st.booleans()))
def test_any_entry_has_an_answer(entry: dict[str, Any]) -> None:
    found = UNITS.measure(Record(entry))
    assert found.quantity
