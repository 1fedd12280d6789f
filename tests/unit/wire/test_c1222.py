"""Clients and servers of C12.22 with each other, in a time of their own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tdl.systems.wire import apdu, requests, segments
from tdl.systems.wire.acse.client import Ignored
from tdl.systems.wire.acse.errors import Unverified
from tdl.systems.wire.acse.server import Event, Source
from tdl.systems.wire.acse.settings import ServerSettings, Settings
from tdl.systems.wire.answers import Code, Done, LoggedOn, Refused, TableData
from tdl.systems.wire.apdu import Apdu
from tdl.systems.wire.authentication import KeyUse
from tdl.systems.wire.credentials import Credentials
from tdl.systems.wire.envelope import Invocation
from tdl.systems.wire.epsem import Epsem, Mode, Respond, Sealed
from tdl.systems.wire.errors import LoginRefused, NoAnswer, ServiceRefused, Uncertain, WireError
from tdl.systems.wire.identity import C1222, Identity
from tdl.systems.wire.psem.link import Message
from tdl.systems.wire.psem.packets import Packet
from tdl.systems.wire.replay import MESSAGES, Seen
from tdl.systems.wire.requests import Read, ReadOffset, Request, Security, Write, WriteOffset
from tdl.systems.wire.security import seal, unseal
from tdl.systems.wire.titles import Title
from tests.unit.wire.c1222_network import KEY, METER, READER, START, Disk, Network, Tables
from tests.unit.wire.heard import EXAMPLE_ANSWER, EXAMPLE_REQUEST
from tests.unit.wire.psem.store import PASSWORD

PLAIN = Settings(called=METER, calling=READER)
CLEAR = replace(PLAIN, mode=Mode.CLEAR)
OPEN = {"least": Mode.CLEAR}


def sealed(
    *asked: Request, iv: int = int(START), number: int = 9, mode: Mode = Mode.ENCRYPTED, **changes: object
) -> bytes:
    """A message of the reader's."""
    inside = {key: changes.pop(key) for key in ("recovery", "respond") if key in changes}
    message = Apdu(
        called=METER,
        calling=READER,
        calling_invocation=Invocation(number=number),
        authentication=None if mode is Mode.CLEAR else KeyUse(key_id=2, iv=iv),
        epsem=Epsem(services=tuple(map(requests.encode, asked)), **inside),  # type: ignore[arg-type]
    )
    message = replace(message, **changes)  # type: ignore[arg-type]
    return apdu.encode(message if mode is Mode.CLEAR else seal(message, KEY, mode))


def services(octets: bytes) -> tuple[bytes, ...]:
    """What an answer says."""
    found = apdu.decode(octets)
    inside = (unseal(found, {2: KEY}) if isinstance(found.epsem, Sealed) else found).epsem
    assert isinstance(inside, Epsem)
    return inside.services


# --- what is asked ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("session", [False, True])
@pytest.mark.parametrize("datagram", [False, True])
def test_tables_are_read_and_written(mode: Mode, session: bool, datagram: bool) -> None:
    """In every mode, with and without a session, and with a password."""
    net = Network(
        settings=replace(PLAIN, mode=mode, session=session, largest=548, padding=548),
        credentials=Credentials(user_id=2, password=PASSWORD.strip(), key=KEY, key_id=2),
        node={"least": mode},
        store=Tables(password=PASSWORD),
        datagram=datagram,
    )
    assert net.run(net.client.dialogue.read(1)) == b"MANUFACTURER SN "
    net.run(net.client.dialogue.write(1, b"ANOTHER ONE HERE"))
    net.run(net.client.dialogue.write(5, b"xyz", offset=7))
    assert net.run(net.client.dialogue.read(5, offset=6, count=5)) == b"\x06xyz\x0a"
    assert net.run(net.client.dialogue.procedure(3, b"\x01\x02")).octets == b"\x02\x01"
    net.run(net.client.dialogue.close())
    assert len(net.store.done) == 3
    assert net.store.open == 0
    assert net.server.events[Event.DONE] > 5


def test_encrypted_is_what_is_sent_unless_asked_otherwise() -> None:
    net = Network()
    net.run(net.client.dialogue.read(1))
    for _, octets in net.log:
        inside = apdu.decode(octets).epsem
        assert isinstance(inside, Sealed)
        assert inside.mode is Mode.ENCRYPTED
    with pytest.raises(WireError, match="no key to protect messages with, one, or mode 0 asked for expected"):
        Network(credentials=Credentials())
    with pytest.raises(WireError, match="a key of 3 octets"):
        Network(credentials=Credentials(key=b"abc"))


def test_several_services_in_one_message() -> None:
    """Each has its own answer, in its place; whether the password has one depends on the meter."""
    net = Network(
        credentials=Credentials(user_id=2, password=PASSWORD, key=KEY, key_id=2), store=Tables(password=PASSWORD)
    )
    told = net.ask(Read(table=1), Read(table=77), Write(table=8, octets=b"abcd"), Read(table=8))
    assert told == (
        TableData(octets=b"MANUFACTURER SN "), Refused(code=Code.ONP), Done(), TableData(octets=b"abcd")
    )  # fmt: skip
    assert len(net.log) == 2
    (identity,) = net.ask(requests.Identify())
    assert isinstance(identity, Identity)
    assert identity.standard == C1222


def test_a_password_that_is_not_answered_by_itself() -> None:
    """As in example 8 of the standard: one answer fewer than services."""
    net = Network(credentials=Credentials(password=PASSWORD, key=KEY, key_id=2), store=Tables(password=PASSWORD))
    said = net.client.say([Read(table=1)])
    (answer,) = net.heard(said.octets)
    both = unseal(apdu.decode(answer), {2: KEY})
    assert isinstance(both.epsem, Epsem)
    one = apdu.encode(seal(replace(both, epsem=replace(both.epsem, services=both.epsem.services[1:])), KEY))
    assert net.client.understand(said, one, net.now) == (TableData(octets=b"MANUFACTURER SN "),)


@pytest.mark.parametrize("session", [False, True])
def test_a_wrong_password(session: bool) -> None:
    net = Network(
        settings=replace(PLAIN, session=session),
        credentials=Credentials(password=b"WRONG", key=KEY, key_id=2),
        store=Tables(password=PASSWORD),
    )
    with pytest.raises(LoginRefused, match="`ERR`"):
        net.run(net.client.dialogue.read(1))


def test_example_8_of_the_standard() -> None:
    """The client says it octet for octet and understands its answer; the server does what it says."""
    password = b"PASSWORD".ljust(20)
    net = Network(
        credentials=Credentials(user_id=2, password=password, key=KEY, key_id=2),
        store=Tables(password=password, tables={1: bytearray(16) + bytearray(b"MANUFACTURER SN ")}),
        now=float(0x48F3D061),
    )
    net.client.say([Read(table=0)])
    net.client.say([Read(table=0)])
    said = net.client.say([ReadOffset(table=1, offset=16, count=16)])
    assert said.octets == EXAMPLE_REQUEST
    expected = (TableData(octets=b"MANUFACTURER SN "),)
    assert net.client.understand(said, EXAMPLE_ANSWER, net.now) == expected
    (answer,) = net.heard(EXAMPLE_REQUEST)
    assert net.client.understand(said, answer, net.now) == expected


def test_one_refusal_of_a_whole_list() -> None:
    """There is no room for so many answers: nothing is done, and each service is refused."""
    net = Network(server_settings=ServerSettings(payload=300))
    told = net.ask(*[Write(table=8, octets=b"abcd")] * 64)
    assert [each.name for each in told if isinstance(each, Refused)] == ["RSTL"] * 64
    assert net.store.done == []


# --- sessions --------------------------------------------------------------------------------------------------------


def test_a_session_ends_without_traffic_and_begins_again() -> None:
    net = Network(settings=replace(PLAIN, session=True, idle=30))
    net.run(net.client.dialogue.read(1))
    net.now += 29
    net.run(net.client.dialogue.read(1))
    logons = [each for each in net.store.asked if isinstance(each, requests.Logon)]
    assert [each.timeout for each in logons] == [30]
    net.now += 30
    net.server.tick(net.now)
    assert (len(net.server.visits), net.store.open) == (0, 0)
    net.run(net.client.dialogue.read(1))
    assert sum(isinstance(each, requests.Logon) for each in net.store.asked) == 2


def test_a_session_that_has_ended_is_none_though_nobody_looked() -> None:
    net = Network(server_settings=ServerSettings(sessionless=False))
    net.ask(requests.Logon(user_id=1, user=b"READER    ", timeout=30))
    net.now += 30
    assert net.ask(Read(table=1)) == (Refused(code=Code.ISSS),)


def test_a_wait_keeps_the_session() -> None:
    net = Network(settings=replace(PLAIN, session=True, idle=10))
    net.run(net.client.dialogue.wait(200))
    net.now += 150
    net.server.tick(net.now)
    assert len(net.server.visits) == 1
    assert net.ask(Read(table=1)) == (TableData(octets=b"MANUFACTURER SN "),)
    net.now += 11
    net.server.tick(net.now)
    assert len(net.server.visits) == 0


def test_the_time_of_a_session_is_bounded() -> None:
    net = Network(server_settings=ServerSettings(idle=40, idle_most=100, sessions=1))
    logon = requests.Logon(user_id=1, user=b"READER    ")
    for asked, granted in ((None, 40), (0, 100), (70, 70), (1000, 100)):
        assert net.ask(replace(logon, timeout=asked)) == (LoggedOn(timeout=granted),)
    assert (len(net.server.visits), net.store.open) == (1, 1)


@pytest.mark.parametrize("ending", ["close", "terminate", "disconnect"])
def test_sessions_are_ended(ending: str) -> None:
    net = Network(settings=replace(PLAIN, session=True), server_settings=ServerSettings(sessionless=False))
    net.run(net.client.dialogue.read(1))
    net.run(getattr(net.client.dialogue, ending)())
    assert (len(net.server.visits), net.store.open) == (0, 0)
    assert net.ask(Read(table=1)) == (Refused(code=Code.ISSS),)
    assert net.ask(requests.Logoff()) == (Refused(code=Code.ISSS),)


def test_sessions_are_bounded() -> None:
    net = Network(server_settings=ServerSettings(sessions=1))
    logon = requests.Logon(user_id=1, user=b"READER    ")
    net.ask(logon)
    other = sealed(logon, calling=Title(arcs=(1, 3, 9)))
    assert services(*net.heard(other)) == (bytes([Code.BSY]),)


def test_a_session_is_of_one_key_and_mode() -> None:
    """Clear text with the titles of somebody's session has no part in it."""
    net = Network(node=OPEN, server_settings=ServerSettings(sessionless=False), datagram=False)
    net.ask(requests.Logon(user_id=1, user=b"READER    "))
    assert net.ask(Read(table=1)) == (TableData(octets=b"MANUFACTURER SN "),)
    for mode in (Mode.CLEAR, Mode.AUTHENTICATED):
        assert services(*net.heard(sealed(Read(table=1), mode=mode))) == (bytes([Code.ISSS]),)


# --- sizes -----------------------------------------------------------------------------------------------------------


def test_what_is_too_large_for_a_datagram_is_read_in_parts() -> None:
    held = bytes(range(256)) * 8
    for offset, count in ((None, None), (1, 2000), (0, 2048)):
        net = Network(store=Tables(tables={5: bytearray(held)}))
        found = net.run(net.client.dialogue.read(5, offset=offset, count=count))
        assert found == held[offset or 0 :][:count]
        assert all(len(octets) <= 548 for to, octets in net.log if to == "client")


def test_answers_that_do_not_fit_together() -> None:
    """The first ones are whole, and each other one says how much room there was."""
    net = Network()
    told = net.ask(*[Read(table=5)] * 4)
    assert told[:2] == (TableData(octets=bytes(range(200))),) * 2
    rooms = [each.largest for each in told[2:] if isinstance(each, Refused)]
    assert len(rooms) == 2
    assert all(room is not None and room < 204 for room in rooms)
    assert len(net.log[-1][1]) <= 548


def test_answers_in_pieces() -> None:
    """Sent where the server may, and put together in any order."""
    net = Network(server_settings=ServerSettings(pieces=True), store=Tables(tables={5: bytearray(5000)}))
    said = net.client.say([Read(table=5)])
    pieces = net.heard(said.octets)
    assert len(pieces) > 8
    found = [net.client.understand(said, piece, net.now) for piece in reversed(pieces)]
    assert found[:-1] == [None] * (len(pieces) - 1)
    assert found[-1] == (TableData(octets=bytes(5000)),)


def test_a_negotiated_size_bounds_answers() -> None:
    net = Network(settings=replace(PLAIN, session=True), datagram=False)
    net.run(net.client.dialogue.ask(requests.Negotiate(packet_size=64, packets=1)))
    assert net.run(net.client.dialogue.read(5)) == bytes(range(200))
    assert all(len(octets) < 64 + 120 for to, octets in net.log if to == "client")


def test_a_meter_that_says_how_large_a_request_may_be() -> None:
    """A write that was refused for its size as a whole is written in parts."""
    net = Network()
    net.store.first = [Refused(code=Code.RQTL, detail=b"\0\0\x30")]
    net.run(net.client.dialogue.write(5, bytes(200)))
    assert all(isinstance(each, WriteOffset) and len(each.octets) <= 0x30 for each in net.store.done)
    assert net.store.tables[5] == bytes(200)


# --- who speaks ------------------------------------------------------------------------------------------------------


def test_a_wrong_key() -> None:
    """Nothing is done; that the meter says so in clear text is shown as what anybody might say."""
    net = Network(credentials=Credentials(key=bytes(16), key_id=2))
    with pytest.raises(Unverified, match="`SME` in clear text"):
        net.run(net.client.dialogue.read(1))
    with pytest.raises(Uncertain):
        net.run(net.client.dialogue.write(1, b"x"))
    assert net.store.asked == []


@pytest.mark.parametrize("mode", [Mode.CLEAR, Mode.ENCRYPTED])
def test_a_wrong_title(mode: Mode) -> None:
    net = Network(settings=replace(PLAIN, called=Title(arcs=(1, 2, 3)), mode=mode), node=OPEN, datagram=False)
    with pytest.raises(ServiceRefused if mode is Mode.CLEAR else Unverified, match="`UAT`"):
        net.run(net.client.dialogue.read(1))


def test_less_protection_than_asked_for_is_refused() -> None:
    """By the meter, by default in all but mode 2, and by the client."""
    net = Network(datagram=False)
    for mode in (Mode.CLEAR, Mode.AUTHENTICATED):
        assert services(*net.heard(sealed(Read(table=1), mode=mode))) == (bytes([Code.SME]),)
    assert (net.store.asked, net.server.events[Event.WEAK]) == ([], 2)
    said = net.client.say([Read(table=1)])
    answer = unseal(apdu.decode(*net.heard(said.octets)), {2: KEY})
    assert net.client.understand(said, apdu.encode(replace(answer, authentication=None)), net.now) is None
    assert net.client.understand(said, apdu.encode(seal(answer, KEY, Mode.AUTHENTICATED)), net.now) is None
    assert net.client.ignored[Ignored.WEAK] == 2
    assert net.client.understand(said, apdu.encode(seal(answer, KEY)), net.now) is not None


def test_answers_to_others_are_ignored() -> None:
    """Late ones, those of another meter, and what is damaged: they are counted, and the right one is still taken."""
    net = Network()
    first, second = net.client.say([Read(table=5)]), net.client.say([Read(table=1)])
    (late,), (right,) = net.heard(first.octets), net.heard(second.octets)
    opened = unseal(apdu.decode(right), {2: KEY})
    foreign = apdu.encode(seal(replace(opened, calling=Title(arcs=(1, 3, 3))), KEY))
    damaged = right[:-1] + bytes([right[-1] ^ 1])
    for octets in (late, foreign, damaged, right[:-1], b""):
        assert net.client.understand(second, octets, net.now) is None
    assert net.client.ignored == {Ignored.LATE: 1, Ignored.FOREIGN: 1, Ignored.FORGED: 1, Ignored.DAMAGED: 2}
    assert net.client.understand(second, right, net.now) == (TableData(octets=b"MANUFACTURER SN "),)


def test_silence_says_what_was_heard() -> None:
    net = Network(fault=lambda octets: [(0.1, octets[:-1] + b"?")])
    with pytest.raises(NoAnswer, match="security: no answer but an answer with less protection"):
        net.run(net.client.dialogue.read(1))
    net = Network(fault=lambda octets: [])
    with pytest.raises(NoAnswer, match="link: no answer"):
        net.run(net.client.dialogue.read(1))
    assert len({octets for _, octets in net.log}) == 2, "a read that is tried once more is another message"
    assert len(net.log) == 2 * (1 + PLAIN.repeats)


# --- once ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", Mode)
def test_a_repeat_has_the_same_answer_and_is_not_done(mode: Mode) -> None:
    net = Network(node=OPEN, datagram=False)
    message = sealed(Write(table=5, octets=bytes(200)), mode=mode)
    assert net.heard(message) == net.heard(message)
    assert len(net.store.done) == 1


def test_a_write_in_clear_text_is_sent_once() -> None:
    """Nothing tells a meter that it is the one before."""
    net = Network(settings=replace(CLEAR, padding=548), node=OPEN, fault=lambda octets: [])
    with pytest.raises(Uncertain):
        net.run(net.client.dialogue.write(1, b"x"))
    assert len(net.log) == 1


@pytest.mark.parametrize("seconds", [0, 121, 800])
def test_a_message_of_somebody_who_heard_it(seconds: int) -> None:
    """It is done once, however late and from wherever it comes, and over a restart."""
    net = Network()
    message = sealed(Write(table=5, octets=bytes(200)))
    net.heard(message)
    net.now += seconds
    net.restart()
    assert net.heard(message, Source(host="198.51.100.1", port=9, datagram=True)) == ()
    assert len(net.store.done) == 1
    assert net.server.events[Event.REPLAYED] == 1


@pytest.mark.parametrize("seconds", [-901, 901])
def test_a_message_of_another_time(seconds: int) -> None:
    net = Network()
    assert services(*net.heard(sealed(Read(table=1), iv=int(START) + seconds))) == (bytes([Code.SME]),)
    assert net.store.asked == []
    assert services(*net.heard(sealed(Read(table=1), iv=int(START) + seconds // 901 * 900)))[0][0] == Code.OK


def test_what_cannot_be_remembered_is_not_done() -> None:
    net = Network()
    net.disk.full = True
    assert services(*net.heard(sealed(Write(table=5, octets=bytes(200))))) == (bytes([Code.BSY]),)
    assert net.store.done == []


def test_a_full_memory_accepts_nothing_and_says_so() -> None:
    net = Network()
    net.disk.seen = [
        Seen(key_id=2, calling=READER.absolute(), iv=int(START), invocation=1000 + each) for each in range(MESSAGES)
    ]
    net.restart()
    assert services(*net.heard(sealed(Write(table=5, octets=bytes(200))))) == (bytes([Code.BSY]),)
    assert net.store.done == []


def test_the_recovery_flag_is_for_clocks() -> None:
    """Only with a memory of its own, only for setting the time, and once."""
    old, time = int(START) - 5000, Write(table=7, octets=b"\x0a\x00\x01")
    net = Network()
    assert services(*net.heard(sealed(time, iv=old, recovery=True))) == (bytes([Code.SME]),)
    recovery = Disk()
    net = Network(node={"recovery": recovery})
    assert services(*net.heard(sealed(time, iv=old, recovery=True))) == (b"\0",)
    net.restart()
    assert net.heard(sealed(time, iv=old, recovery=True)) == ()
    for asked in ((Read(table=1),), (time, Read(table=1)), (Write(table=7, octets=b"\x0b\0\2"),)):
        assert services(*net.heard(sealed(*asked, iv=old, recovery=True))) == (bytes([Code.SME]),)
    assert services(*net.heard(sealed(time, iv=old, number=10))) == (bytes([Code.SME]),)
    assert (len(net.store.done), len(recovery.seen)) == (1, 1)


# --- lists -----------------------------------------------------------------------------------------------------------


def test_nothing_is_done_of_a_list_that_cannot_be_read() -> None:
    net = Network()
    good = requests.encode(Write(table=5, octets=bytes(200)))
    message = seal(replace(_apdu(), epsem=Epsem(services=(good, b"\x99", b"\x30"))), KEY)
    assert services(*net.heard(apdu.encode(message))) == (b"\x01", b"\x02", b"\x01")
    assert net.store.done == []


def test_services_are_done_in_their_order() -> None:
    net = Network()
    writes = tuple(Write(table=8, octets=bytes([each]) * 4) for each in range(5))
    assert net.ask(*writes, Read(table=8))[-1] == TableData(octets=b"\4\4\4\4")
    assert net.store.done == list(writes)


@pytest.mark.parametrize(
    ("respond", "table", "answered"),
    [
        (Respond.ALWAYS, 1, True), (Respond.ALWAYS, 77, True), (Respond.ON_EXCEPTION, 1, False),
        (Respond.ON_EXCEPTION, 77, True), (Respond.NEVER, 1, False), (Respond.NEVER, 77, False),
    ],
)  # fmt: skip
def test_an_answer_comes_when_it_is_wanted(respond: Respond, table: int, answered: bool) -> None:
    net = Network()
    message = sealed(Read(table=table), respond=respond)
    assert len(net.heard(message)) == answered
    assert net.store.asked == [Read(table=table)]
    assert len(net.heard(message)) == answered
    assert len(net.store.asked) == 1


def test_what_an_end_device_says_of_the_network() -> None:
    net = Network(node={"address": b"\xc0\0\2\1"}, datagram=False)
    own, other = METER.absolute(), Title(arcs=(1, 2, 3))
    told = net.ask(
        requests.Resolve(title=own),
        requests.Resolve(title=other),
        requests.Trace(titles=(own,)),
        requests.Trace(titles=(other,)),
        requests.Deregister(title=own),
        requests.Authenticate(proof=b"x"),
    )
    assert [getattr(each, "code", 0) for each in told] == [0, Code.UAT, 0, Code.UAT, Code.SNS, Code.SNS]


# --- strangers -------------------------------------------------------------------------------------------------------


def test_no_stranger_gets_more_octets_than_it_sent() -> None:
    """Over UDP, where anybody may write any address on a datagram."""
    net = Network(node=OPEN)
    for asked in (Read(table=5), Read(table=1), Read(table=77), requests.Identify()):
        for padding in (None, *range(0, 400, 40)):
            message = _apdu(asked, padding=None if padding is None else bytes(padding))
            net.now += 60
            assert sum(map(len, net.heard(apdu.encode(message)))) <= len(apdu.encode(message))
    assert net.heard(apdu.encode(_apdu(Read(table=5), padding=bytes(400))))
    assert net.server.events[Event.SMALL]


def test_an_address_that_says_too_much_is_not_heard() -> None:
    """Whether in clear text, with a wrong code or with none; others are, and it is again after a while."""
    other = Source(host="198.51.100.9", port=9, datagram=True)
    for octets in (sealed(Read(table=1), mode=Mode.CLEAR), sealed(Read(table=1))[:-1] + b"?", b"\x60\x00", b"x"):
        net = Network(server_settings=ServerSettings(rate=1.0, burst=3.0))
        for _ in range(50):
            net.heard(octets)
        assert net.server.events[Event.THROTTLED] == 47
        assert net.heard(sealed(Read(table=1))) == ()
        assert len(net.heard(sealed(Read(table=1), number=11), other)) == 1
        net.now += 2
        assert len(net.heard(sealed(Read(table=1)))) == 1


def test_clear_text_over_udp_is_bounded_where_it_is_allowed() -> None:
    """Over a connection, whose address is certain, it is not."""
    for datagram, heard in ((True, 3), (False, 50)):
        net = Network(node=OPEN, server_settings=ServerSettings(rate=1.0, burst=3.0), datagram=datagram)
        for _ in range(50):
            net.heard(apdu.encode(_apdu(Read(table=1), padding=bytes(100))))
        assert len(net.store.asked) == heard


def test_a_datagram_from_port_0_is_not_heard() -> None:
    net = Network()
    assert net.heard(sealed(Read(table=1)), Source(host="192.0.2.1", port=0, datagram=True)) == ()
    assert net.store.asked == []


def test_answers_are_no_requests() -> None:
    """Two servers do not talk to each other."""
    net = Network(datagram=False)
    (answer,) = net.heard(sealed(Read(table=1)))
    back = replace(unseal(apdu.decode(answer), {2: KEY}), called=METER, calling=READER)
    assert net.heard(apdu.encode(seal(back, KEY))) == ()


def test_passwords_and_keys_are_not_shown() -> None:
    """Nor in what carries them, of whatever protocol."""
    asked = Security(password=PASSWORD)
    service = requests.encode(asked)
    said = Network(credentials=Credentials(password=PASSWORD), settings=CLEAR).client.say([Read(table=1)])
    for holder in (
        asked, said, apdu.decode(said.octets), apdu.decode(sealed(asked, mode=Mode.AUTHENTICATED)),
        segments.cut(_apdu(), said.octets, 100), Packet(data=service), Message(octets=service),
    ):  # fmt: skip
        assert "SESAME" not in repr(holder)
    assert "010203" not in repr(Credentials(key=KEY)).lower()


def _apdu(*asked: Request, padding: bytes | None = None) -> Apdu:
    return Apdu(
        called=METER,
        calling=READER,
        calling_invocation=Invocation(number=9),
        authentication=KeyUse(key_id=2, iv=int(START)) if not asked else None,
        epsem=Epsem(services=tuple(map(requests.encode, asked)), padding=padding),
    )
