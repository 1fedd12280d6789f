"""The entries of the logs by name, with the arguments that their codes have."""

from __future__ import annotations

from datetime import datetime, time

import pytest

import tdl
from tdl.codec.values import Record
from tdl.image import Image
from tdl.project.reading import read_image
from tests.unit.readings.logs import HISTORY, MANUFACTURER, entry, log, reading
from tests.unit.readings.meters import EXAMPLE
from tests.work import counted


def test_events_by_name_oldest_first() -> None:
    found = tdl.events(reading(log(HISTORY, 4, 1, 65537, 2)))
    assert [(event.code, event.name, event.label, event.manufacturer) for event in found] == [
        (2, "POWER_UP", "power up", False),
        (9, "PROCEDURE_INVOKED", "procedure invoked", False),
        (5, "COVER_OPENED", "cover opened", True),
        (99, "", "", False),
    ]
    assert [event.time for event in found] == [datetime(2024, 1, day, 12, 30, 5) for day in (1, 2, 3, 4)]
    assert [event.sequence for event in found] == [65534, 65535, 65536, 65537]
    assert [event.unread for event in found] == [False, False, True, True]
    assert [event.user for event in found] == [1001, 1002, 1003, 1004]
    assert [event.element for event in found] == ["ENTRIES[2]", "ENTRIES[3]", "ENTRIES[0]", "ENTRIES[1]"]
    assert {event.notes for event in found} == {()}
    assert {event.number for event in found} == {None}


def test_arguments_are_the_records_that_the_codes_name() -> None:
    _, procedure, cover, unknown = tdl.events(reading(log(HISTORY, 4, 1, 65537, 0)))
    assert procedure.argument == Record(
        {"PROCEDURE": Record({"TBL_PROC_NBR": 10, "STD_VS_MFG_FLAG": True, "SELECTOR": 2})}
    )
    assert procedure.octets == bytes.fromhex("0A280000")
    assert cover.argument == Record({"WHICH": 7, "SINCE": time(10, 20, 30)})
    assert (unknown.argument, unknown.octets) == (None, bytes(4))


def test_octets_behind_an_argument_are_told() -> None:
    history = [entry(1, 1, 9, "0A 28 00 01"), *HISTORY[1:]]
    (found,) = tdl.events(reading(log(history, 1, 0, 1, 0)))
    assert found.argument is not None
    assert found.notes == ("behind INVOKED_RCD: 00 01",)
    assert found.octets == bytes.fromhex("0A280001")


def test_an_argument_that_is_too_short() -> None:
    made = reading(log(HISTORY, 4, 1, 65537, 0))
    made.values["ST74"].ENTRIES[0].HISTORY_ARGUMENT = b"\x07\x0a"
    cover = tdl.events(made)[2]
    assert (cover.argument, cover.octets) == (None, b"\x07\x0a")
    assert cover.notes == ("COVER_RCD SINCE at octet 1: 1 left, 3 octets expected",)


def test_the_event_log_has_event_numbers_and_may_have_plain_codes() -> None:
    (found,) = tdl.events(reading(event=log([entry(1, 7, MANUFACTURER | 5, "01 00 00 00", 300)], 1, 0, 7, 1)))
    assert (found.table, found.number, found.sequence, found.unread) == ("ST76", 300, 7, True)
    assert (found.code, found.manufacturer, found.name) == (5, True, "COVER_OPENED")
    assert found.element == "EVENT_ENTRIES[0]"


def test_both_logs_the_history_first() -> None:
    event = log([entry(1, 7, 2, "00 00 00 00", 300)], 1, 0, 7, 0)
    assert [found.table for found in tdl.events(reading(log(HISTORY, 1, 0, 1, 0), event))] == ["ST74", "ST76"]


def test_an_entry_that_counts_otherwise_than_the_header_is_told() -> None:
    found = tdl.events(reading(log(HISTORY, 4, 1, 9, 0)))
    assert found[0].sequence == 65534
    assert found[0].notes == ("sequence number 65534 in the entry, 6 by the list's header",)


def test_only_valid_entries_in_either_order() -> None:
    found = tdl.events(reading(log(HISTORY, 2, 1, 1, 0, order=1)))
    assert [event.element for event in found] == ["ENTRIES[2]", "ENTRIES[1]"]
    assert tdl.events(reading(log(HISTORY, 0, 0, 0, 0))) == ()
    assert tdl.events(reading()) == ()


def test_a_header_that_lies_is_told_and_costs_nothing() -> None:
    made = reading(log(HISTORY, 65535, 65535, 1, 65535))
    with counted() as work:
        found = tdl.events(made)
    assert len(found) == 4
    assert "the list says it has 65535 entries, its table has 4" in found[0].notes
    assert work.calls < 6000


def test_a_time_that_is_none() -> None:
    broken = [entry(1, 1, 2, "00 00 00 00"), *HISTORY[1:]]
    broken[0] = bytes([24, 13, 1, 0, 0, 0]) + broken[0][6:]
    (found,) = tdl.events(reading(log(broken, 1, 0, 1, 0)))
    assert (found.time, found.notes) == (None, ("the time is no time: raw 18 0D 01 00 00 00",))


def test_entries_of_any_shape_have_an_answer() -> None:
    made = reading(log(HISTORY, 4, 1, 65537, 0))
    made.values["ST74"] = Record({"ENTRIES": [Record(), 5, Record({"HISTORY_CODE": "x"})]})
    assert [event.code for event in tdl.events(made)] == [None, None]


@pytest.mark.parametrize(("definition", "version"), [("std:1997", 1), ("std:2008", 2), ("std:2012", 2)])
def test_the_history_log_of_the_standard(definition: str, version: int) -> None:
    general = bytearray((EXAMPLE / "image" / "ST0.bin").read_bytes())
    general[11] = version
    limits = bytes.fromhex("07 07 02 04 00 0200 0000") + bytes(3 if version > 1 else 0)
    header = bytes.fromhex("00 0200 0100 05000100 0100")
    invoked = bytes.fromhex("18 01 09 0C 1E 05  2C01 0400 0500 0900  46280000")
    written = bytes.fromhex("18 01 09 0C 1E 06  2D01 0500 0500 0A00  05180000")
    image = Image(tables={"ST0": bytes(general), "ST71": limits, "ST74": header + invoked + written})
    reading = read_image(tdl.load(definition), image)
    assert reading.failures == {}
    first, second = tdl.events(reading)
    assert (first.name, first.number, first.sequence, first.user) == ("PROCEDURE_INVOKED", 300, 0x10004, 5)
    assert first.argument is not None
    procedure = dict(first.argument.PROCEDURE.items())
    assert procedure == {"TBL_PROC_NBR": 70, "STD_VS_MFG_FLAG": True, "SELECTOR": 2}
    assert (second.name, second.unread, second.notes) == ("TABLE_WRITTEN", True, ())
    assert second.argument is not None
    assert (second.argument.TABLE.TBL_PROC_NBR, second.argument.TABLE.PENDING_FLAG) == (5, True)


def test_the_event_log_of_the_standard() -> None:
    general = (EXAMPLE / "image" / "ST0.bin").read_bytes()
    limits = bytes.fromhex("00 07 02 00 01 0000 0100 00 0000")
    log_ = bytes.fromhex("00 0100 0000 07000000 0000") + bytes.fromhex("18 01 09 0C 1E 05 0700 0000 1400 00")
    reading = read_image(tdl.load("std:2012"), Image(tables={"ST0": general, "ST71": limits, "ST76": log_}))
    assert reading.failures == {}
    (found,) = tdl.events(reading)
    assert (found.table, found.name, found.label, found.sequence) == ("ST76", "DEMAND_RESET", "demand reset", 7)
