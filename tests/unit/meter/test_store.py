"""Meters on disk: what is kept, what is refused, and what survives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tdl.image import Image
from tdl.systems.meter.access import Locking
from tdl.systems.meter.load import Random
from tdl.systems.meter.meter import Meter, MeterError
from tdl.systems.meter.store import Store, StoreError
from tdl.systems.wire.data import padded
from tdl.systems.wire.requests import Read, Security, Write
from tests.unit.meter.meters import MASTER, Peer, StandingClock, image, meter, security, standard


def crash(of: Meter) -> None:
    """End a meter as a process ends that is killed: nothing is written any more."""
    assert of.tables.store is not None
    of.tables.store.close()


def test_a_meter_is_as_it_was(tmp_path: Path) -> None:
    clock, load, path = StandingClock(), Random(seed=2), tmp_path / "meter.db"
    held = meter(store=path, clock=clock, load=load)
    peer = Peer(held)
    peer.write("ST5", b"A" * 20)
    held.advance(5000)
    before = held.tables.all_octets()
    held.close()
    again = meter(store=path, clock=clock, load=load)
    after = again.tables.all_octets()
    assert {key for key in before if before[key] != after[key]} == {"ST74"}, "switched off and on"
    assert Peer(again).read(5) == b"A" * 20


def test_what_was_acknowledged_is_there_after_a_crash(tmp_path: Path) -> None:
    path = tmp_path / "meter.db"
    held = meter(store=path)
    assert Peer(held).write("ST5", b"A" * 20) == "OK"
    crash(held)
    assert Peer(meter(store=path)).read(5) == b"A" * 20


def test_what_was_metered_is_metered_again_after_a_crash(tmp_path: Path) -> None:
    clock, load, path = StandingClock(), Random(seed=2), tmp_path / "meter.db"
    held = meter(store=path, clock=clock, load=load)
    peer = Peer(held)
    clock.now += 1234
    peer.write("ST5", b"A" * 20)
    clock.now += 2000
    before = [peer.read(table) for table in (23, 52, 63, 64)]
    crash(held)
    again = Peer(meter(store=path, clock=clock, load=load))
    assert [again.read(table) for table in (23, 52, 63, 64)] == before


def test_what_was_set_and_counted_is_there_after_a_crash(tmp_path: Path) -> None:
    clock, path = StandingClock(), tmp_path / "meter.db"
    options: dict[str, Any] = {"store": path, "clock": clock, "locking": Locking(attempts=2, seconds=60)}
    peer = Peer(meter(image(security()), **options))
    assert peer.code(Security(password=bytes(20))) == "ERR"
    crash(peer.meter)
    peer = Peer(meter(image(security()), **options))
    assert peer.code(Security(password=bytes(20))) == "ERR"
    crash(peer.meter)
    peer = Peer(meter(image(security()), **options))
    assert peer.code(Security(password=padded(MASTER, 20))) == "DLK"


def test_a_pending_table_is_there_after_a_crash(tmp_path: Path) -> None:
    clock, path = StandingClock(), tmp_path / "meter.db"
    peer = Peer(meter(store=path, clock=clock))
    peer.done(Write(table=0x1005, octets=bytes([1, 0, 0, 1, 0, 0]) + b"N" * 20))
    crash(peer.meter)
    clock.now += 3599
    peer = Peer(meter(store=path, clock=clock))
    assert peer.read(0x1005)[6:] == b"N" * 20
    clock.now += 1
    assert peer.read(5) == b"N" * 20
    assert peer.code(Read(table=0x1005)) == "ONP"


def test_what_cannot_be_saved_is_not_acknowledged_and_has_not_happened(tmp_path: Path) -> None:
    """A disk that takes nothing for a while."""
    store = Store(tmp_path / "meter.db")
    held = meter(store=store)
    peer = Peer(held)
    assert peer.write("ST6", b"X" * 230) == "OK"
    time, kept = peer.read(52), held.tables.all_octets()
    store._file.execute("PRAGMA query_only = ON")
    assert peer.write("ST6", b"Y" * 230) == "ERR"
    assert peer.code(Write(table=7, octets=b"\x07\x00\x01")) == "ERR"
    assert peer.code(Write(table=7, octets=b"\x0a\x00\x01\x03\x1e\x01\x01\x00\x00\x00\x00")) == "ERR"
    assert held.tables.all_octets() == kept
    assert peer.read(52) == time, "the clock is not set"
    store._file.execute("PRAGMA query_only = OFF")
    assert peer.write("ST6", b"Y" * 230) == "OK"
    assert peer.read(6) == b"Y" * 230


def test_writes_wait_for_the_disk(tmp_path: Path) -> None:
    store = Store(tmp_path / "meter.db")
    assert store._file.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert store._file.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_store_is_open_once(tmp_path: Path) -> None:
    """Two that write the same meters would each undo what the other has acknowledged."""
    first = Store(tmp_path / "meter.db")
    meter(store=first)
    with pytest.raises(StoreError, match="locked"):
        Store(tmp_path / "meter.db")
    first.close()
    assert Store(tmp_path / "meter.db").load("meter") is not None


def test_a_change_is_one_transaction(tmp_path: Path) -> None:
    """A write with its entry in the log, a procedure with its response."""
    store = Store(tmp_path / "meter.db")
    peer = Peer(meter(store=store))
    seen: list[str] = []
    store._file.set_trace_callback(seen.append)
    peer.write("ST5", b"A" * 20)
    peer.done(Write(table=7, octets=b"\x07\x00\x01"))
    peer.read(5)
    store._file.set_trace_callback(None)
    assert [statement for statement in seen if statement in ("COMMIT", "ROLLBACK")] == ["COMMIT"] * 2
    assert sum("content" in statement for statement in seen) >= 4


def test_several_meters_in_one_file(tmp_path: Path) -> None:
    store = Store(tmp_path / "meters.db")
    first, second = (Peer(meter(store=store, name=name)) for name in ("first", "second"))
    first.write("ST5", b"1" * 20)
    second.write("ST5", b"2" * 20)
    store.close()
    store = Store(tmp_path / "meters.db")
    assert Peer(meter(store=store, name="first")).read(5) == b"1" * 20
    assert Peer(meter(store=store, name="second")).read(5) == b"2" * 20
    assert store.load("third") is None


def test_another_definition_is_refused(tmp_path: Path) -> None:
    meter(store=tmp_path / "meter.db").close()
    with pytest.raises(MeterError, match="made with another definition than ANSI_C1219"):
        meter(image(edition="2012"), edition="2012", store=tmp_path / "meter.db")


def test_what_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_bytes(b"no database at all" * 100)
    for path in (tmp_path / "text.db", tmp_path / "nowhere" / "meter.db"):
        with pytest.raises(StoreError):
            meter(store=path)


def test_a_store_that_is_damaged_is_found_by_diagnostics(tmp_path: Path) -> None:
    path = tmp_path / "meter.db"
    peer = Peer(meter(store=path))
    assert peer.run("SP11")[0] == 0
    assert peer.values("ST3")["ED_STD_STATUS1"]["NONVOL_MEM_FAILURE_FLAG"] is False
    peer.meter.close()
    octets = bytearray(path.read_bytes())
    octets[4096 * 2 + 4 : 4096 * 3] = b"\xaa" * (4096 - 4)
    path.write_bytes(octets)
    store = Store(path)
    assert not store.sound()


def test_an_image_that_makes_no_meter() -> None:
    with pytest.raises(MeterError, match="ST0"):
        Meter.open(standard(), Image(tables={"ST0": b"\0"}))


def test_a_profile_that_does_not_fit_is_told() -> None:
    with pytest.raises(MeterError, match=r"ST0 STD_PROC_USED .*33, members below 24 expected"):
        Meter.open(standard(), image(general={"STD_PROC_USED": [33]}))


def test_an_image_of_values_is_a_meter() -> None:
    made = Meter.open(standard(), image({"ST5": {"IDENTIFICATION": "HELLO".ljust(20)}}), clock=StandingClock())
    assert Peer(made).read(5) == b"HELLO".ljust(20)
