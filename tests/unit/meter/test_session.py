"""Services as they are asked for, states, passwords and permissions."""

from __future__ import annotations

import pytest

from tdl.systems.meter.access import Locking, Openness
from tdl.systems.wire import requests
from tdl.systems.wire.answers import Code, Done, LoggedOn, Refused, TableData
from tdl.systems.wire.data import padded
from tdl.systems.wire.identity import Identity
from tdl.systems.wire.requests import (
    Disconnect,
    Identify,
    Logoff,
    Logon,
    Negotiate,
    Read,
    Security,
    Terminate,
    Wait,
    Write,
)
from tests.unit.meter.meters import MASTER, READER, Peer, StandingClock, ask, image, meter, security

LOGON = Logon(user_id=2, user=padded(b"TEST", 10))
NOBODY = b"nobody"


def secured(**options: object) -> Peer:
    return Peer(meter(image(security()), **options))


def test_nothing_is_read_before_logon_or_after_logoff() -> None:
    peer = Peer(meter(), logon=False)
    assert peer.code(Read(table=1)) == "ISSS"
    assert peer.code(Write(table=5, octets=b"A" * 20)) == "ISSS"
    assert peer.code(Logoff()) == "ISSS"
    assert peer.code(Security(password=bytes(20))) == "ISSS"
    assert peer.ask(LOGON) == LoggedOn()
    assert peer.code(LOGON) == "ISSS"
    assert peer.code(Read(table=1)) == "OK"
    assert peer.ask(Logoff()) == Done()
    assert peer.code(Read(table=1)) == "ISSS"
    peer.done(LOGON)
    assert peer.ask(Terminate()) == Done()
    assert peer.code(Read(table=1)) == "ISSS"


def test_services_beside_tables() -> None:
    peer = Peer(meter(), logon=False)
    assert isinstance(peer.ask(Identify()), Identity)
    assert peer.ask(Wait(seconds=5)) == Done()
    assert peer.ask(Logon(user_id=2, user=bytes(10), timeout=60)) == LoggedOn(timeout=60)
    assert peer.code(Negotiate(packet_size=64, packets=1)) == "SNS"
    assert peer.code(Disconnect()) == "SNS"


@pytest.mark.parametrize(
    ("octets", "code"),
    [("", Code.ERR), ("FF", Code.SNS), ("30", Code.ERR), ("3000", Code.ERR), ("40 0005 0001 41 00", Code.ERR)],
)
def test_what_is_no_service(octets: str, code: Code) -> None:
    session = meter().connect("peer")
    assert session.answer(bytes.fromhex(octets)) == bytes([code])


def test_a_closed_session_and_a_closed_meter_answer_nothing_more() -> None:
    peer = Peer(meter())
    other = Peer(peer.meter)
    peer.session.close()
    assert peer.code(Read(table=1)) == "ISSS"
    assert other.code(Read(table=1)) == "OK"
    other.meter.close()
    assert other.code(Read(table=1)) == "ISSS"


def test_sessions_do_not_know_of_each_other() -> None:
    peer = secured()
    peer.done(Security(password=padded(MASTER, 20)))
    other = Peer(peer.meter)
    assert peer.code(Read(table=6)) == "OK"
    assert other.code(Read(table=6)) == "ISC"


@pytest.mark.parametrize(
    ("password", "table", "reads", "writes"),
    [
        (None, 1, "OK", "ISC"),
        (None, 5, "ISC", "ISC"),
        (READER, 5, "OK", "ISC"),
        (READER, 6, "ISC", "ISC"),
        (READER, 0, "OK", "ISC"),
        (READER, 1, "OK", "ISC"),
        (MASTER, 5, "OK", "OK"),
        (MASTER, 6, "OK", "OK"),
        (MASTER, 1, "OK", "ISC"),
    ],
)
def test_permissions_of_tables(password: bytes | None, table: int, reads: str, writes: str) -> None:
    peer = secured()
    octets = peer.meter.tables.octets(f"ST{table}")
    if password is not None:
        peer.done(Security(password=padded(password, 20)))
    assert peer.code(Read(table=table)) == reads
    assert peer.code(Write(table=table, octets=octets)) == writes


def test_permissions_of_procedures() -> None:
    peer = secured()
    assert peer.code(Write(table=7, octets=bytes(3))) == "ISC"
    peer.done(Security(password=padded(READER, 20)))
    assert peer.run("SP7") == (0, None)
    before = peer.meter.tables.octets("ST52")
    assert peer.run("SP10", bytes(8)) == (5, None)
    assert peer.meter.tables.octets("ST52") == before
    peer.done(Security(password=padded(MASTER, 20)))
    assert peer.run("SP10", bytes(8)) == (2, None)


def test_padding_of_passwords_does_not_count() -> None:
    for shown in (padded(MASTER, 20), padded(MASTER, 20, 0), padded(READER, 20)):
        peer = secured()
        assert peer.ask(Security(password=shown)) == Done()
        assert peer.code(Read(table=5)) == "OK"


def test_an_empty_entry_is_no_password() -> None:
    for shown in (bytes(20), b" " * 20):
        assert secured().ask(Security(password=shown)) == Refused(code=Code.ERR)


def test_a_wrong_password_takes_away_what_one_had() -> None:
    peer = secured()
    peer.done(Security(password=padded(MASTER, 20)))
    assert peer.code(Security(password=padded(NOBODY, 20))) == "ERR"
    assert peer.code(Read(table=6)) == "ISC"
    assert peer.code(Read(table=1)) == "OK"


def test_too_many_wrong_passwords_lock_for_a_while() -> None:
    clock = StandingClock()
    peer = secured(clock=clock, locking=Locking(attempts=3, seconds=60))
    wrong, right = Security(password=padded(NOBODY, 20)), Security(password=padded(MASTER, 20))
    assert [peer.code(wrong) for _ in range(3)] == ["ERR"] * 3
    other = Peer(peer.meter)
    assert peer.code(right) == other.code(right) == "DLK"
    clock.now += 59
    assert peer.code(right) == "DLK"
    clock.now += 1
    assert peer.code(right) == "OK"
    assert peer.values("ST3")["ED_STD_STATUS1"]["TAMPER_DETECT_FLAG"] is True
    codes = [entry["HISTORY_CODE"]["TBL_PROC_NBR"] for entry in peer.values("ST74")["ENTRIES"]]
    assert codes.count(47) == 1


def test_a_right_password_begins_the_count_again() -> None:
    peer = secured(locking=Locking(attempts=3, seconds=60))
    wrong, right = Security(password=padded(NOBODY, 20)), Security(password=padded(MASTER, 20))
    assert [peer.code(each) for each in (wrong, wrong, right, wrong, wrong, right)][-1] == "OK"


def test_without_sessions_a_password_and_a_number_say_who_asks() -> None:
    held = meter(image(security()))
    session = held.connect("node")
    assert ask(session, Read(table=5)) == Refused(code=Code.ISSS)
    assert ask(session, Security(password=padded(READER, 20), user_id=7)) == Done()
    assert isinstance(ask(session, Read(table=5)), TableData)
    assert session.who is not None
    assert session.who.user == 7
    named = Peer(held)
    assert named.session.who is not None
    assert (named.session.who.user, named.session.who.name) == (2, b"TEST")
    free = held.connect("node", sessionless=True)
    assert isinstance(ask(free, Read(table=1)), TableData)
    assert ask(free, Read(table=5)) == Refused(code=Code.ISC)


def test_without_passwords_a_meter_is_open_or_closed() -> None:
    assert Peer(meter()).code(Read(table=5)) == "OK"
    closed = Peer(meter(openness=Openness.CLOSED))
    assert closed.code(Security(password=bytes(20))) == "ERR"
    assert closed.code(Read(table=5)) == "ISC"
    assert closed.code(Write(table=7, octets=bytes(3))) == "ISC"


def test_without_permissions_anybody_looks_and_a_password_writes() -> None:
    held = {"ST42": security()["ST42"]}
    peer = Peer(meter(image(held)))
    octets = peer.read(5)
    assert peer.write("ST5", octets) == "ISC"
    peer.done(Security(password=padded(READER, 20)))
    assert peer.write("ST5", octets) == "OK"


def test_a_password_that_is_changed_counts_at_once() -> None:
    peer = secured()
    peer.done(Security(password=padded(MASTER, 20)))
    assert peer.code(requests.WriteOffset(table=42, offset=0, octets=b"MASTER")) == "OK"
    assert peer.code(Security(password=padded(MASTER, 20))) == "ERR"
    assert peer.code(Security(password=padded(b"MASTER", 20))) == "OK"
