"""Messages heard in connections and datagrams: C12.22 and C12.18, whole and broken, and their questions paired."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tdl.systems.captures import envelopes, questions
from tdl.systems.captures import traffic as rooms
from tdl.systems.captures.files import Endpoint, Packet, Transport
from tdl.systems.captures.keys import Keys
from tdl.systems.captures.messages import Message, Protocol
from tdl.systems.captures.traffic import Traffic
from tdl.systems.wire import answers, apdu, requests, security, segments
from tdl.systems.wire.answers import Identity, LoggedOn, Refused, TableData
from tdl.systems.wire.apdu import Apdu
from tdl.systems.wire.authentication import KeyUse
from tdl.systems.wire.epsem import Mode
from tdl.systems.wire.psem import packets as psem
from tdl.systems.wire.psem.messages import Sizes, cut
from tdl.systems.wire.requests import Identify, Logon, Read, Request, Security, Write
from tests.unit.captures.recorded import HEAD_END, METER, OPTICAL, Session, answer, question, title
from tests.work import counted

KEY = bytes(range(16))


def heard(packets: Iterable[Packet], keys: Keys | None = None) -> list[Message]:
    traffic = Traffic(Keys() if keys is None else keys)
    return [message for each in packets for message in traffic.hear(each)] + list(traffic.finish())


def said(messages: Iterable[Message]) -> list[object]:
    """Each message in short: what is wrong with it, or its questions and answers."""
    return [
        str(each.problem) if each.problem else [(pair.request, pair.answer) for pair in each.exchanges]
        for each in messages
    ]


READ, DATA = Read(table=5), TableData(octets=b"abc")


def sealed(clear: Apdu, mode: Mode = Mode.ENCRYPTED) -> Apdu:
    named = replace(clear, authentication=KeyUse(key_id=3, iv=7))
    return security.seal(named, KEY, mode)  # type: ignore[arg-type]


# --- questions and answers of C12.22 ---------------------------------------------------------------------------------


@pytest.mark.parametrize("transport", Transport)
def test_an_answer_is_that_to_its_question(transport: Transport) -> None:
    session = Session(transport)
    session.ask(question(READ, number=4))
    session.ask(question(Read(table=6), number=5))
    session.answer(answer(Refused(code=4), number=5))
    session.answer(answer(DATA, number=4))
    messages = heard(session.packets)
    assert said(messages)[2:] == [[(Read(table=6), Refused(code=4))], [(READ, DATA)]]
    assert [each.answers for each in messages] == [False, False, True, True]
    assert [each.place.number for each in messages] == [1, 2, 3, 4]


def test_an_answer_without_the_number_of_its_question_is_that_to_the_last_one() -> None:
    session = Session()
    session.ask(question(Read(table=1), number=4))
    session.ask(question(READ, number=5))
    session.answer(answer(DATA, number=None))
    assert said(heard(session.packets))[2] == [(READ, DATA)]


@pytest.mark.parametrize("called", [title(1), None])
@pytest.mark.parametrize("calling", [title(77), None])
def test_an_answer_may_leave_titles_out(called: None, calling: None) -> None:
    session = Session()
    session.ask(question(READ))
    session.answer(answer(DATA, called=called, calling=calling))
    assert said(heard(session.packets))[1] == [(READ, DATA)]


def test_meters_behind_one_address_are_told_apart() -> None:
    session = Session()
    session.ask(question(READ, called=title(77)))
    session.ask(question(Read(table=9), called=title(78)))
    session.answer(answer(DATA, calling=title(77)))
    assert said(heard(session.packets))[2] == [(READ, DATA)]


def test_an_answer_to_nothing_says_so() -> None:
    session = Session()
    session.answer(answer(DATA))
    assert said(heard(session.packets)) == ["service: an answer to a question that the capture does not have"]


def test_a_password_in_front_may_have_no_answer() -> None:
    password = Security(password=b"secret".ljust(20))
    session = Session()
    session.ask(question(password, READ))
    session.answer(answer(DATA))
    assert said(heard(session.packets))[1] == [(password, None), (READ, DATA)]


def test_questions_without_an_answer_are_kept_till_the_end() -> None:
    session = Session()
    session.ask(question(READ, number=4))
    session.ask(question(READ, number=4))
    session.ask(question(Read(table=6), number=5))
    session.answer(answer(DATA, number=5))
    traffic = Traffic(Keys())
    for each in session.packets:
        list(traffic.hear(each))
    assert said(traffic.unanswered()) == [[(READ, None)]]
    assert traffic.given_up() == []


def test_a_question_whose_number_is_used_again_is_not_lost() -> None:
    traffic, session = Traffic(Keys()), Session()
    session.ask(question(READ), question(Read(table=6)))
    list(traffic.hear(replace(session.packets[0], octets=apdu.encode(question(READ)))))
    list(traffic.hear(replace(session.packets[0], octets=apdu.encode(question(Read(table=6))))))
    assert said(traffic.given_up()) == [[(READ, None)]]
    assert said(traffic.unanswered()) == [[(Read(table=6), None)]]


def test_only_so_many_questions_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "QUESTIONS", 3)
    traffic, session = Traffic(Keys()), Session()
    for number in range(5):
        session.ask(question(Read(table=number), number=number))
        list(traffic.hear(session.packets[-1]))
    assert said(traffic.given_up()) == [[(Read(table=0), None)], [(Read(table=1), None)]]
    assert len(traffic.unanswered()) == 3


def test_only_so_many_octets_of_questions_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "OCTETS", 1000)
    traffic, session = Traffic(Keys()), Session()
    for number in range(5):
        session.ask(question(Write(table=number, octets=bytes(300)), number=number))
        list(traffic.hear(session.packets[-1]))
    assert len(traffic.unanswered()) == 2
    assert len(traffic.given_up()) == 3


# --- protection ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [Mode.AUTHENTICATED, Mode.ENCRYPTED])
def test_protected_messages_are_opened(mode: Mode) -> None:
    session = Session()
    session.ask(sealed(question(READ), mode))
    session.answer(sealed(answer(DATA), mode))
    messages = heard(session.packets, Keys(everybody={3: KEY}))
    assert said(messages) == [[(READ, None)], [(READ, DATA)]]
    assert [each.mode for each in messages] == [mode, mode]


def test_a_key_of_the_meter_comes_before_that_of_everybody() -> None:
    session = Session()
    session.ask(sealed(question(READ)))
    own = {str(title(77).absolute()): {3: KEY}}
    assert said(heard(session.packets, Keys(everybody={3: bytes(16)}, own=own))) == [[(READ, None)]]


def test_a_key_that_is_not_there_and_one_that_is_wrong() -> None:
    session = Session()
    session.ask(sealed(question(READ)))
    session.ask(sealed(question(READ)))
    assert said(heard(session.packets))[0] == "security: key 3, the number of a known one expected"
    wrong = said(heard(session.packets, Keys(everybody={3: bytes(16)})))
    assert "code" in str(wrong[0]), wrong
    # who spoke to whom is known all the same
    assert all(each.apdu is not None for each in heard(session.packets))


# --- connections -----------------------------------------------------------------------------------------------------


def tcp(octets: bytes, cuts: Sequence[int] = (), *, source: Endpoint = HEAD_END, begins: bool = True) -> list[Packet]:
    """One side of a connection, cut at places; it is opened first if that is asked for."""
    destination = METER if source == HEAD_END else HEAD_END
    places = sorted({0, *cuts, len(octets)})
    opening = Packet(
        number=1, time=1.0, transport=Transport.TCP, source=source, destination=destination, octets=b"", begins=True
    )
    parts = [
        replace(opening, number=number, octets=octets[at:to], sequence=at, begins=False)
        for number, (at, to) in enumerate(itertools.pairwise(places), start=2)
    ]
    return [opening, *parts] if begins else parts


SAID = [apdu.encode(question(Read(table=number), number=number)) for number in range(4)]


@given(cuts=st.sets(st.integers(0, sum(map(len, SAID)))), order=st.randoms(use_true_random=False))
def test_messages_over_any_packets_in_any_order(cuts: set[int], order: st.randoms) -> None:  # type: ignore[valid-type]
    opening, *rest = tcp(b"".join(SAID), sorted(cuts))
    order.shuffle(rest)  # type: ignore[attr-defined]
    messages = heard([opening, *rest, *rest])
    assert said(messages) == [[(Read(table=number), None)] for number in range(4)]


@given(gone=st.sets(st.integers(0, 11), min_size=1))
def test_what_is_lost_is_said_and_the_rest_is_heard(gone: set[int]) -> None:
    """Each message in three packets; those of which one is gone are not heard, all others are."""
    octets = b"".join(SAID)
    size = len(SAID[0])
    cuts = [n * size + part for n in range(4) for part in (0, 9, 20)]
    opening, *parts = tcp(octets, cuts)
    assert len(parts) == 12
    messages = heard([opening, *(part for number, part in enumerate(parts) if number not in gone)])
    found = [each.exchanges[0].request for each in messages if each.problem is None]
    assert found == [Read(table=n) for n in range(4) if not gone & {3 * n, 3 * n + 1, 3 * n + 2}]
    lost = sum(each.size for each in messages if each.problem is not None and "does not have" in str(each.problem))
    last = max((number for number in range(12) if number not in gone), default=-1)
    assert lost == sum(len(parts[number].octets) for number in gone if number < last)


def test_a_capture_that_begins_in_the_middle_of_a_message() -> None:
    octets = b"".join(SAID)
    packets = tcp(octets, [len(SAID[0]), len(SAID[0]) * 2, len(SAID[0]) * 2 + 9], begins=False)
    packets[0] = replace(packets[0], octets=packets[0].octets[8:], sequence=8)
    first, *rest = said(heard(packets))
    assert str(first).startswith("stream: octet"), first
    assert rest == [[(Read(table=number), None)] for number in range(1, 4)]


def test_a_message_that_is_not_over_at_the_end() -> None:
    packets = tcp(SAID[0][:-1])
    assert said(heard(packets)) == [f"stream: {len(SAID[0]) - 1} octets of a message, the whole of it expected"]


def test_a_connection_opened_anew_says_what_the_old_one_left() -> None:
    old, new = tcp(SAID[0][:9]), [replace(each, sequence=each.sequence + 5000) for each in tcp(SAID[1])]
    assert said(heard(old + new)) == [
        "stream: 9 octets of a message, the whole of it expected",
        [(Read(table=1), None)],
    ]


def test_other_ports_are_heard_if_they_sound_like_it() -> None:
    elsewhere = Endpoint(host="192.0.2.2", port=4000)
    for transport in Transport:
        session = Session(transport, meter=elsewhere)
        session.ask(question(READ))
        session.ask(b"GET / HTTP/1.1\r\n\r\n")
        if transport is Transport.UDP:
            assert said(heard(session.packets)) == [[(READ, None)]]
        else:
            assert said(heard(session.packets))[0] == [(READ, None)]
        session = Session(transport, meter=elsewhere)
        session.ask(b"GET / HTTP/1.1\r\n\r\n")
        session.ask(b"\x06\x01\x02\x03")
        session.ask(b"\xee\x01\x02\x03\x00\x01abc")
        assert heard(session.packets) == []


def test_only_so_many_connections_are_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the oldest had begun to say is said to be unfinished."""
    monkeypatch.setattr(rooms, "CONNECTIONS", 2)
    packets = [
        replace(each, source=Endpoint(host="192.0.2.1", port=port)) for port in (1, 2, 3) for each in tcp(SAID[0][:9])
    ]
    traffic = Traffic(Keys())
    messages = [message for each in packets for message in traffic.hear(each)]
    assert [each.place.source.port for each in messages] == [1]
    assert len(list(traffic.finish())) == 2


def test_only_so_many_octets_wait_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "HELD", 20)
    packets = [
        replace(each, source=Endpoint(host="192.0.2.1", port=port)) for port in (1, 2, 3) for each in tcp(SAID[0][:9])
    ]
    traffic = Traffic(Keys())
    assert [message.place.source.port for each in packets for message in traffic.hear(each)] == [1]


def test_the_work_grows_with_the_octets() -> None:
    costs = []
    for count in (200, 400):
        packets = tcp(b"".join(SAID) * count, range(0, 4 * count * len(SAID[0]), 7))
        with counted() as work:
            assert len(heard(packets)) == 4 * count
        costs.append(work.calls)
    assert costs[1] < 2.5 * costs[0]


# --- messages in pieces ----------------------------------------------------------------------------------------------


def pieces(number: int) -> list[bytes]:
    whole = question(Write(table=5, octets=bytes(300)), number=number)
    return [segments.encode(each) for each in segments.cut(whole, apdu.encode(whole), 200)]


@given(order=st.permutations(range(len(pieces(1)))))
def test_a_message_in_pieces(order: list[int]) -> None:
    session, parts = Session(), pieces(1)
    for number in order:
        session.ask(parts[number])
    (message,) = heard(session.packets)
    assert message.exchanges[0].request == Write(table=5, octets=bytes(300))
    assert message.place.number == len(parts)


def test_a_piece_that_does_not_come() -> None:
    session = Session()
    session.ask(pieces(7)[0])
    assert said(heard(session.packets)) == ["segment: message 7 in pieces, all of them expected"]


def test_only_so_many_messages_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(envelopes, "ASSEMBLIES", 2)
    session = Session()
    for number in range(4):
        session.ask(pieces(number)[0])
    traffic = Traffic(Keys())
    found = [message for each in session.packets for message in traffic.hear(each)]
    assert [str(each.problem)[:18] for each in found] == ["segment: message 0", "segment: message 1"]


# --- C12.18 ----------------------------------------------------------------------------------------------------------


def packets_of(octets: bytes, *, toggle: bool = False, identity: int = 0, size: int = 64) -> list[bytes]:
    sizes = Sizes(packet=size, packets=255)
    return [psem.encode(each) for each in cut(octets, sizes, toggle=toggle, identity=identity)]


def asked(request: Request, *, toggle: bool = False, identity: int = 0) -> bytes:
    return b"".join(packets_of(requests.encode(request), toggle=toggle, identity=identity))


def told(said: answers.Answer, *, toggle: bool = False, identity: int = 0) -> bytes:
    return b"".join(packets_of(answers.encode(said), toggle=toggle, identity=identity))


ACK, NAK = bytes([psem.ACK]), bytes([psem.NAK])
NAMED = Identity(standard=0, version=1, revision=0)
LOGON = Logon(user_id=2, user=b"READER    ")
TALK: list[tuple[Request, answers.Answer]] = [(Identify(), NAMED), (LOGON, LoggedOn()), (READ, DATA)]


def conversation() -> list[tuple[bool, bytes]]:
    """Who says what: True for the client."""
    turns: list[tuple[bool, bytes]] = []
    for number, (request, reply) in enumerate(TALK):
        toggle = bool(number % 2)
        turns += [(True, asked(request, toggle=toggle)), (False, ACK), (False, told(reply, toggle=toggle)), (True, ACK)]
    return turns


def test_a_session_of_c1218() -> None:
    session = Session(Transport.TCP, meter=OPTICAL)
    for client, octets in conversation():
        (session.ask if client else session.answer)(octets)
    messages = heard(session.packets)
    assert said(messages[1::2]) == [[pair] for pair in TALK]
    assert said(messages[::2]) == [[(request, None)] for request, _ in TALK]
    assert [each.protocol for each in messages] == [Protocol.PSEM] + [Protocol.C1218] * 5


@pytest.mark.parametrize(
    ("request_", "reply", "protocol"),
    [
        (Identify(), Identity(standard=0, version=1, revision=0), Protocol.C1218),
        (Identify(), Identity(standard=2, version=1, revision=0), Protocol.C1221),
        (Identify(), Identity(standard=3, version=1, revision=0), Protocol.PSEM),
        (requests.Authenticate(proof=b"x"), answers.Authenticated(proof=b"y"), Protocol.C1221),
        (requests.Authenticate(proof=b"x"), answers.Refused(code=2), Protocol.PSEM),
        (
            requests.TimingSetup(traffic=1, character=1, response=1, retries=1),
            answers.Timed(traffic=1, character=1, response=1, retries=1),
            Protocol.C1221,
        ),
        (READ, DATA, Protocol.PSEM),
    ],
)
def test_what_is_certain_of_the_protocol(request_: Request, reply: answers.Answer, protocol: Protocol) -> None:
    """Packets look alike: it is what this device has answered, and nothing is certain before."""
    session = Session(Transport.TCP, meter=OPTICAL)
    session.ask(asked(request_, identity=1))
    session.answer(told(reply, identity=1))
    session.ask(asked(READ, toggle=True, identity=1))
    session.ask(asked(READ, identity=2))
    found = [each.protocol for each in heard(session.packets)]
    assert found == [Protocol.PSEM, protocol, protocol, Protocol.PSEM]


@given(sizes=st.lists(st.integers(1, 12), min_size=1, max_size=8))
def test_packets_cut_anywhere(sizes: list[int]) -> None:
    session = Session(Transport.TCP, meter=OPTICAL)
    for number, (client, octets) in enumerate(conversation()):
        size = sizes[number % len(sizes)]
        for at in range(0, len(octets), size):
            (session.ask if client else session.answer)(octets[at : at + size])
    assert said(heard(session.packets))[1::2] == [[pair] for pair in TALK]


def test_a_message_in_several_packets_one_of_them_sent_twice() -> None:
    parts = packets_of(answers.encode(TableData(octets=bytes(range(150)))), size=40)
    session = Session(Transport.TCP, meter=OPTICAL)
    session.ask(asked(READ))
    session.answer(ACK, *parts[:2], parts[1], *parts[2:])
    assert said(heard(session.packets))[1:] == [[(READ, TableData(octets=bytes(range(150))))]]


def test_the_same_question_once_more_is_another_one() -> None:
    """Some clients never change the toggle."""
    session = Session(Transport.TCP, meter=OPTICAL)
    for _ in range(2):
        session.ask(asked(READ))
        session.ask(asked(READ))
        session.answer(ACK, told(DATA))
    assert said(heard(session.packets)) == [[(READ, None)], [(READ, DATA)]] * 2


def test_devices_of_a_shared_line() -> None:
    session = Session(Transport.TCP, meter=OPTICAL)
    session.ask(asked(READ, identity=1))
    session.ask(asked(Read(table=9), identity=2))
    session.answer(told(DATA, identity=1))
    message = heard(session.packets)[2]
    assert (said([message]), message.identity) == ([[(READ, DATA)]], 1)


def test_a_damaged_packet_is_said_and_the_next_one_heard() -> None:
    session = Session(Transport.TCP, meter=OPTICAL)
    session.ask(asked(Identify()))
    session.ask(asked(READ)[:-1] + b"\0")
    session.ask(asked(READ))
    session.answer(NAK, told(DATA))
    assert said(heard(session.packets)) == [
        [(Identify(), None)],
        "link: a packet with a wrong checksum",
        [(READ, None)],
        [(READ, DATA)],
    ]


def test_a_packet_that_is_not_over_at_the_end() -> None:
    session = Session(Transport.TCP, meter=OPTICAL)
    session.ask(asked(Identify()) + b"\xee\0")
    assert said(heard(session.packets))[1:] == ["link: a packet that breaks off"]


# --- octets that nobody chose ----------------------------------------------------------------------------------------

beginnings = st.sampled_from((b"", b"\x60", b"\xee", b"\x06", b"\x15", SAID[0], asked(READ), pieces(1)[0]))


@given(
    st.lists(
        st.builds(
            Packet,
            number=st.integers(1, 50),
            time=st.floats(0, 2e9),
            transport=st.sampled_from(Transport),
            source=st.sampled_from((HEAD_END, METER, OPTICAL)),
            destination=st.sampled_from((HEAD_END, METER, OPTICAL)),
            octets=st.tuples(beginnings, st.binary(max_size=40)).map(b"".join),
            sequence=st.one_of(st.integers(0, 200), st.integers(0, 2**32 - 1)),
            begins=st.booleans(),
        ),
        max_size=12,
    )
)
def test_any_packets(packets: list[Packet]) -> None:
    """Nothing is raised, and nothing is left behind."""
    traffic = Traffic(Keys(everybody={3: KEY}))
    for each in packets:
        list(traffic.hear(each))
    list(traffic.finish())
    assert list(traffic.finish()) == []
