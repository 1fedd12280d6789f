"""Pending tables: written now, active later."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tdl.codec.values import Record
from tdl.systems.wire.answers import TableData
from tdl.systems.wire.requests import Read, ReadIndex, ReadOffset, Write, WriteIndex, WriteOffset
from tests.unit.meter.meters import Peer, StandingClock, image, meter

NEW, OLD = b"N" * 20, b"O" * 20
PROCEDURE_ONLY = bytes([2, 0, 0, 0, 0, 0])
PENDING = 0x1000


@pytest.fixture
def peer() -> Peer:
    return Peer(meter(image({"ST5": OLD})))


def pend(peer: Peer, table: int, content: bytes, event: bytes = PROCEDURE_ONLY) -> str:
    return peer.code(Write(table=PENDING | table, octets=event + content))


def event(octets: bytes, peer: Peer) -> Record:
    """The parameters of procedures 13 and 15."""
    return peer.meter.tables.definition.decode("SP13.parameter", octets, peer.meter.tables.environment)


def test_a_pending_copy_does_not_count_yet(peer: Peer) -> None:
    assert peer.code(Read(table=PENDING | 5)) == "ONP"
    assert pend(peer, 5, NEW) == "OK"
    assert peer.read(5) == OLD
    assert peer.read(PENDING | 5) == PROCEDURE_ONLY + NEW
    status = peer.values("ST4")
    assert status["NBR_PENDING_ACTIVATION"] == 1
    entry = status["PENDING_TABLES"][0]["PENDING_TABLE"]
    assert (entry["TBL_PROC_NBR"], entry["STD_VS_MFG_FLAG"], entry["PENDING_FLAG"]) == (5, False, True)


def test_all_are_activated(peer: Peer) -> None:
    owner = b"A" * 20 + bytes(210)
    pend(peer, 5, NEW)
    pend(peer, 6, owner)
    assert peer.run("SP12")[0] == 0
    assert (peer.read(5), peer.read(6)) == (NEW, owner)
    assert peer.code(Read(table=PENDING | 5)) == "ONP"
    status = peer.values("ST4")
    assert status["NBR_PENDING_ACTIVATION"] == 0
    assert status["LAST_ACTIVATION_DATE_TIME"] == datetime(2024, 5, 1, 12, 0)


def test_those_with_an_event_are_activated_or_cleared(peer: Peer) -> None:
    other = bytes([2, 1, 0, 0, 0, 0])
    pend(peer, 5, NEW)
    pend(peer, 6, b"A" * 20 + bytes(210), other)
    assert peer.run("SP13", event(bytes([2, 9, 0, 0, 0, 0]), peer))[0] == 2
    assert peer.run("SP13", event(PROCEDURE_ONLY, peer))[0] == 0
    assert peer.read(5) == NEW
    assert peer.code(Read(table=PENDING | 6)) == "OK"
    assert peer.run("SP15", event(PROCEDURE_ONLY, peer))[0] == 2
    assert peer.run("SP15", event(other, peer))[0] == 0
    assert peer.code(Read(table=PENDING | 6)) == "ONP"
    assert not any(peer.read(6))


def test_all_are_cleared(peer: Peer) -> None:
    pend(peer, 5, NEW)
    assert peer.run("SP14")[0] == 0
    assert peer.read(5) == OLD
    assert peer.code(Read(table=PENDING | 5)) == "ONP"


def test_at_a_time() -> None:
    clock = StandingClock()
    peer = Peer(meter(image({"ST5": OLD}), clock=clock))
    assert pend(peer, 5, NEW, bytes([0, 24, 5, 1, 12, 30])) == "OK"
    clock.now += 1799
    assert peer.read(5) == OLD
    clock.now += 1
    assert peer.read(5) == NEW


def test_after_a_delay() -> None:
    clock = StandingClock()
    peer = Peer(meter(image({"ST5": OLD}), clock=clock))
    clock.now += 7
    assert pend(peer, 5, NEW, bytes([1, 0, 1, 0, 0, 5])) == "OK"
    clock.now += 86_404
    assert peer.read(5) == OLD
    clock.now += 1
    assert peer.read(5) == NEW


def test_a_copy_that_is_written_again_forgets_its_delay(peer: Peer) -> None:
    assert pend(peer, 5, NEW, bytes([1, 0, 0, 1, 0, 0])) == "OK"
    assert pend(peer, 5, NEW) == "OK"
    peer.meter.advance(7200)
    assert peer.read(5) == OLD


def test_what_is_due_in_the_middle_of_an_advance_happens_then() -> None:
    held = meter()
    peer = Peer(held)
    held.advance(3600)
    event_with_reset = bytes([0x20, 24, 5, 1, 13, 30])
    assert pend(peer, 5, NEW, event_with_reset) == "OK"
    held.advance(7200)
    assert peer.values("ST25")["REGISTER_INFO"]["END_DATE_TIME"] == datetime(2024, 5, 1, 13, 30)
    assert peer.values("ST25")["PREV_DEMAND_RESET_DATA"]["TOT_DATA_BLOCK"]["SUMMATIONS"] == [6000]


@pytest.mark.parametrize(
    ("table", "octets", "code"),
    [
        (13, PROCEDURE_ONLY + bytes(2), "IAR"),
        (5, PROCEDURE_ONLY + bytes(19), "IAR"),
        (5, PROCEDURE_ONLY + bytes(21), "IAR"),
        (5, b"\2", "IAR"),
        (5, b"", "IAR"),
        (7, bytes(9), "ONP"),
        (9, bytes(9), "ONP"),
    ],
)
def test_what_is_refused(peer: Peer, table: int, octets: bytes, code: str) -> None:
    assert peer.code(Write(table=PENDING | table, octets=octets)) == code
    assert peer.values("ST4")["NBR_PENDING_ACTIVATION"] == 0


def test_there_are_no_more_than_table_0_says(peer: Peer) -> None:
    assert pend(peer, 5, NEW) == "OK"
    assert pend(peer, 6, bytes(230)) == "OK"
    assert pend(peer, 54, peer.read(54)) == "IAR"
    assert pend(peer, 5, OLD) == "OK", "it is there already"


def test_parts_of_a_pending_copy_are_counted_without_its_event(peer: Peer) -> None:
    assert peer.code(WriteOffset(table=PENDING | 5, offset=0, octets=b"X")) == "ONP"
    pend(peer, 5, NEW)
    assert peer.ask(ReadOffset(table=PENDING | 5, offset=18, count=2)) == TableData(octets=b"NN")
    assert peer.code(ReadOffset(table=PENDING | 5, offset=18, count=3)) == "IAR"
    assert peer.code(WriteOffset(table=PENDING | 5, offset=1, octets=b"XY")) == "OK"
    assert peer.read(PENDING | 5) == PROCEDURE_ONLY + b"NXY" + NEW[3:]
    pend(peer, 6, bytes(230))
    assert peer.code(WriteIndex(table=PENDING | 6, indices=(1,), octets=b"D" * 20)) == "OK"
    assert peer.ask(ReadIndex(table=PENDING | 6, indices=(0,), count=2)) == TableData(octets=bytes(20) + b"D" * 20)


def test_a_new_configuration_keeps_what_still_fits() -> None:
    """Octets in the other order: all values stay; another number of registers: those are emptied."""
    held = meter()
    held.advance(2 * 3600)
    peer = Peer(held)
    before = {key: peer.values(key) for key in ("ST22", "ST23", "ST63", "ST64", "ST74")}
    general = bytearray(peer.read(0))
    general[0] |= 1
    assert pend(peer, 0, bytes(general)) == "OK"
    peer.done(Write(table=7, octets=bytes([12, 0, 5])))
    for key in ("ST22", "ST23", "ST63", "ST64"):
        assert peer.values(key) == before[key], key
    assert peer.read(23)[1:5] == (8000).to_bytes(4, "big")

    registers: Any = peer.values("ST21")
    registers["NBR_TIERS"] = 4
    assert pend(peer, 21, peer.encode("ST21", registers)) == "OK"
    assert peer.run("SP12")[0] == 0
    assert len(peer.values("ST23")["TIER_DATA_BLOCK"]) == 4
    assert not any(peer.read(23))
    assert peer.values("ST63") == before["ST63"]
    held.advance(3600)
    assert peer.values("ST23")["TOT_DATA_BLOCK"]["SUMMATIONS"] == [4000]


def test_a_configuration_that_makes_no_sense_changes_nothing(peer: Peer) -> None:
    """An identification of 20 characters, and then Table 0 says that it has BCD digits."""
    general = bytearray(peer.read(0))
    general[1] |= 1 << 5
    assert pend(peer, 5, NEW) == "OK"
    assert pend(peer, 0, bytes(general)) == "OK"
    before = peer.meter.tables.all_octets()
    assert peer.run("SP12")[0] == 3
    after = peer.meter.tables.all_octets()
    assert {key for key in after if after[key] != before[key]} == {"ST8"}
    assert after.keys() == before.keys()


def test_a_time_that_comes_for_what_makes_no_sense_clears_it(peer: Peer) -> None:
    """One channel in Table 62, and then two in Table 61."""
    soon = bytes([0, 24, 5, 1, 12, 30])
    profile: Any = peer.values("ST61")
    profile["NBR_CHNS_SET1"] = 2
    before = peer.read(61), peer.read(62)
    assert pend(peer, 62, peer.read(62), soon) == "OK"
    assert pend(peer, 61, peer.encode("ST61", profile), soon) == "OK"
    peer.meter.advance(3600)
    assert (peer.read(61), peer.read(62)) == before
    assert peer.values("ST4")["NBR_PENDING_ACTIVATION"] == 0


def test_a_load_profile_without_a_format_is_not_metered(peer: Peer) -> None:
    values: Any = peer.values("ST62")
    values["INT_FMT_CDE1"] = 3
    assert pend(peer, 62, peer.encode("ST62", values)) == "OK"
    assert peer.run("SP12")[0] == 0
    before = peer.read(64)
    peer.meter.advance(3600)
    assert peer.read(64) == before


def test_tables_that_only_fit_together_are_activated_together(peer: Peer) -> None:
    general = bytearray(peer.read(0))
    general[1] |= 1 << 5
    assert pend(peer, 0, bytes(general)) == "OK"
    assert pend(peer, 5, bytes(20)) == "IAR", "an identification of 20 characters would be one of BCD digits then"
    assert pend(peer, 5, bytes.fromhex("00000000000012345678")) == "OK"
    assert peer.run("SP12")[0] == 0
    assert peer.read(5) == bytes.fromhex("00000000000012345678")
