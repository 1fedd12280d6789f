"""Records inside octets."""

from __future__ import annotations

from tdl.codec.environment import Environment
from tdl.codec.values import Record
from tdl.project.definition import load
from tdl.readings.payload import decode_payload, environment_for, record_plan
from tdl.sources import Resolver
from tests.unit.readings.meters import example_values, read, standard


def test_a_record_on_its_own() -> None:
    layout = record_plan(standard().model, "RESET_LIST_POINTERS_RCD")
    assert layout is not None
    assert layout.key == "RESET_LIST_POINTERS_RCD"
    assert decode_payload(layout, b"\x07", Environment()).record == Record({"LIST": 7})


def test_what_is_no_record_has_no_plan() -> None:
    assert record_plan(standard().model, "NOTHING_RCD") is None
    assert record_plan(standard().model, "TABLE_IDB_BFLD") is None


def test_a_record_that_is_too_large_has_no_plan() -> None:
    levels = "".join(
        f"TYPE L{n}_RCD = PACKED RECORD\n" + "".join(f"    M{i} : L{n + 1}_RCD;\n" for i in range(10)) + "END;\n"
        for n in range(6)
    )
    text = f"DOCUMENT LARGE;\n{levels}TYPE L6_RCD = PACKED RECORD\n    X : UINT8;\nEND;\nTABLE 0 T = L6_RCD;\n"
    assert record_plan(load("large.tdl", (), Resolver({"large.tdl": text})).model, "L0_RCD") is None


def test_what_a_layout_needs_comes_from_the_tables() -> None:
    reading = read({"ST0": example_values()["ST0"]})
    layout = reading.definition.table("SP5.parameter")
    environment = environment_for(reading, layout)
    assert decode_payload(layout, b"\x07\x01\x02", environment).record == Record({"LIST": 7, "ENTRIES_READ": 0x0201})
    assert not reading.environment.holds(0)
