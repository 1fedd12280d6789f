"""Reads and writes of tables: whole, by offset, by index."""

from __future__ import annotations

from typing import Any

import pytest

from tdl.systems.wire.answers import TableData
from tdl.systems.wire.requests import Read, ReadDefault, ReadIndex, ReadOffset, Write, WriteIndex, WriteOffset
from tests.unit.meter.meters import Peer, groups, image, meter, profile
from tests.work import counted

IDENT = b"ABCDEFGHIJKLMNOPQRST"


def test_a_table_is_read_and_written_whole() -> None:
    peer = Peer(meter())
    assert peer.write("ST5", IDENT) == "OK"
    assert peer.read(5) == IDENT
    assert peer.meter.tables.octets("ST5") == IDENT


def test_by_offset() -> None:
    peer = Peer(meter(image({"ST5": IDENT})))
    assert peer.ask(ReadOffset(table=5, offset=2, count=3)) == TableData(octets=b"CDE")
    assert peer.ask(ReadOffset(table=5, offset=20, count=0)) == TableData(octets=b"")
    assert peer.code(ReadOffset(table=5, offset=18, count=3)) == "IAR"
    assert peer.code(ReadOffset(table=5, offset=21, count=0)) == "IAR"
    assert peer.code(WriteOffset(table=5, offset=2, octets=b"xy")) == "OK"
    assert peer.code(WriteOffset(table=5, offset=19, octets=b"xy")) == "IAR"
    assert peer.read(5) == b"ABxyEFGHIJKLMNOPQRST"


@pytest.mark.parametrize(
    ("indices", "count", "place"),
    [
        ((1, 0, 0), 1, slice(1, 5)),
        ((1,), 1, slice(1, 18)),
        ((0,), 2, slice(0, 18)),
        ((2, 0, 1), 1, slice(22, 35)),
        ((1, 1, 0, 3), 1, slice(14, 18)),
    ],
    ids=str,
)
def test_elements_are_read_by_index(indices: tuple[int, ...], count: int, place: slice) -> None:
    """Table 23 is a count of one octet, then blocks: sums of 4, demands of 5 + 4 + 4."""
    held = meter()
    held.advance(3600)
    peer = Peer(held)
    found = peer.ask(ReadIndex(table=23, indices=indices, count=count))
    assert found == TableData(octets=peer.read(23)[place])


def test_indices_are_those_of_the_compiled_layout() -> None:
    peer = Peer(meter())
    located = peer.reading("ST74").located("ST74")
    for path in [("ENTRIES", 2, "HISTORY_CODE"), ("NBR_VALID_ENTRIES",), ("ENTRIES", 1), ("HIST_FLAGS", "ORDER")]:
        place = located.locate(path)
        found = peer.ask(ReadIndex(table=74, indices=located.indices_of(path), count=1))
        assert found == TableData(octets=peer.read(74)[place.offset : place.offset + place.octets])


@pytest.mark.parametrize(
    ("indices", "count"),
    [((3,), 1), ((0,), 9), ((0,), 0), ((0, 0), 1), ((1, 0, 7), 1), ((0xFFFF,) * 9, 0xFFFF)],
    ids=str,
)
def test_elements_that_are_not_there(indices: tuple[int, ...], count: int) -> None:
    assert Peer(meter()).code(ReadIndex(table=23, indices=indices, count=count)) == "IAR"


def test_elements_are_written_by_index() -> None:
    peer = Peer(meter())
    before = peer.read(6)
    assert peer.code(WriteIndex(table=6, indices=(1,), octets=b"D" * 20)) == "OK"
    assert peer.read(6) == before[:20] + b"D" * 20 + before[40:]
    assert peer.code(WriteIndex(table=6, indices=(0,), octets=b"E" * 40)) == "OK"
    assert peer.read(6) == b"E" * 40 + before[40:]
    assert peer.code(WriteIndex(table=6, indices=(0,), octets=b"E" * 39)) == "IAR"
    assert peer.code(WriteIndex(table=6, indices=(99,), octets=b"E")) == "IAR"
    assert peer.read(6) == b"E" * 40 + before[40:]


@pytest.mark.parametrize(
    ("method", "offset", "index"), [(0, "SNS", "SNS"), (1, "OK", "SNS"), (2, "SNS", "OK"), (3, "OK", "OK")]
)
def test_table_0_says_which_partial_access_there_is(method: int, offset: str, index: str) -> None:
    peer = Peer(meter(image(general={"DATA_ACCESS_METHOD": method})))
    assert peer.code(ReadOffset(table=5, offset=0, count=1)) == offset
    assert peer.code(WriteOffset(table=5, offset=0, octets=b"A")) == offset
    assert peer.code(ReadIndex(table=6, indices=(0,), count=1)) == index
    assert peer.code(WriteIndex(table=6, indices=(0,), octets=b"A" * 20)) == index


@pytest.mark.parametrize("table", [9, 19, 65, 2047, 2048, 2050, 0x2005, 0x1005, 0x1809, 0xFFFF])
def test_a_table_that_is_not_there_is_not_possible(table: int) -> None:
    peer = Peer(meter())
    assert peer.code(Read(table=table)) == "ONP"
    assert peer.code(ReadOffset(table=table, offset=0, count=1)) == "ONP"
    assert peer.code(ReadIndex(table=table, indices=(0,), count=1)) == "ONP"


def test_a_table_that_table_0_does_not_use_is_not_there() -> None:
    used: Any = profile().values["GEN_CONFIG_TBL"]
    without = {"STD_TBLS_USED": [table for table in used["STD_TBLS_USED"] if table != 5]}
    peer = Peer(meter(image({"ST5": IDENT}, general=without)))
    assert peer.code(Read(table=5)) == "ONP"
    assert peer.code(Write(table=5, octets=IDENT)) == "ONP"


def test_what_is_not_in_the_list_of_writable_tables_is_read_only() -> None:
    peer = Peer(meter())
    for key in ("ST0", "ST1", "ST23", "ST52", "ST8", "ST64"):
        octets = peer.read(int(key[2:]))
        assert peer.write(key, octets) == "IAR"
        assert peer.code(WriteOffset(table=int(key[2:]), offset=0, octets=octets[:1])) == "IAR"


def test_what_does_not_decode_is_not_written() -> None:
    peer = Peer(meter())
    before = peer.read(13)
    for octets in (b"", before + b"\0", before[:-1]):
        assert peer.write("ST13", octets) == "IAR"
    assert peer.read(13) == before


def test_a_write_does_not_change_a_layout() -> None:
    """The format of intervals makes Table 64 longer or shorter: that needs a pending copy."""
    peer = Peer(meter())
    before = peer.read(62)
    values = peer.values("ST62")
    values["INT_FMT_CDE1"] = 4
    assert peer.write("ST62", values) == "IAR"
    assert peer.read(62) == before
    values["INT_FMT_CDE1"] = 2
    values["LP_SEL_SET1"][0]["LP_SOURCE_SELECT"] = 1
    assert peer.write("ST62", values) == "OK"
    assert peer.values("ST62") == values


def test_a_table_too_large_for_one_answer_is_read_in_parts() -> None:
    larger = {"ACT_LP_TBL": {"NBR_BLKS_SET1": 300, "NBR_BLK_INTS_SET1": 96}}
    peer = Peer(meter(image(changes=larger)))
    assert peer.code(Read(table=64)) == "ONP"
    assert peer.code(ReadOffset(table=64, offset=70_000, count=500)) == "OK"
    whole = peer.meter.tables.octets("ST64")
    size = len(whole) // 300
    with counted() as work:
        found = peer.ask(ReadIndex(table=64, indices=(0, 250), count=20))
    assert found == TableData(octets=whole[250 * size : 270 * size])
    assert work.calls < 10_000, "only what is asked for is looked at: to decode all of it takes a million"


def test_there_is_no_default_table_and_no_request_to_read() -> None:
    peer = Peer(meter())
    assert peer.code(ReadDefault()) == "SNS"
    assert peer.code(Read(table=7)) == "IAR"
    assert peer.code(WriteOffset(table=7, offset=0, octets=b"\0")) == "IAR"


def test_keys_and_passwords_are_masked() -> None:
    entry = {"PASSWORD": b"SECRET".ljust(20), "ACCESS_PERMISSIONS": groups(0)}
    peer = Peer(meter(image({"ST42": {"SECURITY_ENTRIES": [entry] * 3}})), password=b"SECRET")
    octets = peer.meter.tables.octets("ST42")
    assert b"SECRET" in octets
    assert peer.read(42) == bytes(len(octets))
    assert peer.ask(ReadOffset(table=42, offset=0, count=6)) == TableData(octets=bytes(6))
    assert peer.ask(ReadIndex(table=42, indices=(0, 0, 0), count=1)) == TableData(octets=bytes(20))
    assert peer.code(WriteOffset(table=42, offset=6, octets=b"X")) == "OK"
    assert peer.meter.tables.octets("ST42")[:8] == b"SECRETX "


def test_a_meter_without_table_0_has_what_is_in_its_image() -> None:
    from tdl.image import Image
    from tdl.systems.meter.meter import Meter
    from tests.unit.readings.logs import definition

    held = Meter.open(definition(), Image(tables={"ST0": b"\x04\x04"}), clock=lambda: 1e9)
    peer = Peer(held)
    assert peer.read(0) == b"\x04\x04"
    assert peer.code(Read(table=74)) == "ONP"


def test_a_table_that_only_the_image_knows_is_read_as_it_is() -> None:
    """Of the manufacturer: Table 0 has it, the definition does not."""
    general = {"DIM_MFG_TBLS_USED": 1, "MFG_TBLS_USED": [3], "MFG_TBLS_WRITE": [3]}
    peer = Peer(meter(image({"MT3": b"SECRET"}, general=general)))
    assert peer.read(2048 + 3) == b"SECRET"
    assert peer.ask(ReadOffset(table=2048 + 3, offset=1, count=2)) == TableData(octets=b"EC")
    assert peer.code(ReadIndex(table=2048 + 3, indices=(0,), count=1)) == "IAR"
    assert peer.code(Write(table=2048 + 3, octets=b"OTHERS")) == "IAR"
