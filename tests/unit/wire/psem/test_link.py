"""Packets that are lost, damaged, repeated or late, one at a time."""

from __future__ import annotations

import pytest

from tdl.systems.wire.errors import Damaged, Garbled, LinkFailed, NoAnswer, WireError
from tdl.systems.wire.psem import packets
from tdl.systems.wire.psem.link import Failed, Link, Message, Sent
from tdl.systems.wire.psem.messages import Sizes
from tdl.systems.wire.psem.packets import Packet
from tdl.systems.wire.psem.timing import C1218, C1221

ACK, NAK = b"\x06", b"\x15"


def packet(data: bytes, *, toggle: bool = False, identity: int = 0) -> bytes:
    return packets.encode(Packet(data=data, toggle=toggle, identity=identity))


def failed(events: list[object]) -> LinkFailed:
    (event,) = events
    assert isinstance(event, Failed)
    return event.error


def test_a_message_there_and_one_back() -> None:
    link = Link(C1218)
    link.send(b"a", 0.0)
    assert link.take() == packet(b"a")
    assert link.take() == b""
    assert link.receive(ACK, 0.1) == [Sent()]
    assert link.receive(packet(b"b"), 0.2) == [Message(octets=b"b")]
    assert link.take() == ACK
    link.send(b"c", 0.3)
    assert link.take() == packet(b"c", toggle=True)


def test_the_toggle_goes_on_through_several_packets() -> None:
    link = Link(C1218)
    link.resize(Sizes(packet=40, packets=3))
    link.send(bytes(70), 0.0)
    toggles = []
    for _ in range(3):
        toggles.append(packets.decode(link.take()).toggle)
        link.receive(ACK, 0.1)
    link.send(b"next", 0.2)
    assert [*toggles, packets.decode(link.take()).toggle] == [False, True, False, True]


@pytest.mark.parametrize("timing", [C1218, C1221])
def test_silence(timing: object) -> None:
    """A packet is sent once and three times again, as the same octets."""
    assert timing in (C1218, C1221)
    used = C1218 if timing is C1218 else C1221
    link, sent = Link(used), 0
    link.send(b"a", 0.0)
    for number in range(4):
        sent += link.take() == packet(b"a")
        assert link.deadline == used.response * (number + 1)
        assert link.tick(link.deadline - 0.01) == []
        assert link.take() == b""
        last = link.tick(link.deadline)
    assert sent == 4
    error = failed(list(last))
    assert isinstance(error, NoAnswer)
    assert error.sent
    assert link.take() == b""
    assert link.deadline is None


def test_a_refused_packet_is_sent_again_at_once() -> None:
    link = Link(C1218)
    link.send(b"a", 0.0)
    for _ in range(3):
        link.take()
        assert link.receive(NAK, 0.1) == []
        assert link.take() == packet(b"a")
    error = failed(list(link.receive(NAK, 0.2)))
    assert isinstance(error, Damaged)
    assert str(error) == "link: packets refused as damaged, an answer expected"


def test_signs_without_a_message_mean_nothing() -> None:
    link = Link(C1218)
    assert link.receive(ACK + NAK, 0.0) == []
    assert link.take() == b""


def test_a_repeated_packet_is_acknowledged_again_and_passed_over() -> None:
    link = Link(C1218)
    assert link.receive(packet(b"a") * 2, 0.0) == [Message(octets=b"a")]
    assert link.take() == ACK * 2
    assert link.receive(packet(b"a", toggle=True), 0.1) == [Message(octets=b"a")]
    assert link.receive(packet(b"b", toggle=True), 0.1) == [Message(octets=b"b")]


def test_a_meter_that_never_toggles() -> None:
    """Equal answers count as two, unless one comes where an acknowledgement is due."""
    link = Link(C1218, trust_toggle=False)
    for _ in range(2):
        link.send(b"read", 0.0)
        assert link.receive(ACK + packet(b"a"), 0.0) == [Sent(), Message(octets=b"a")]
    link.send(b"read", 0.0)
    assert link.receive(packet(b"a"), 0.0) == []


def test_an_answer_may_come_in_place_of_the_acknowledgement() -> None:
    link = Link(C1218)
    link.send(b"a", 0.0)
    link.take()
    assert link.receive(packet(b"b"), 0.1) == [Sent(), Message(octets=b"b")]
    assert link.take() == ACK
    assert link.deadline is None
    assert link.receive(ACK, 0.2) == []


def test_a_stale_answer_does_not_acknowledge() -> None:
    link = Link(C1218)
    link.receive(packet(b"b"), 0.0)
    link.send(b"a", 0.1)
    link.take()
    assert link.receive(packet(b"b"), 0.2) == []
    assert link.take() == ACK
    assert link.receive(ACK, 0.3) == [Sent()]


def test_an_answer_amid_a_message_breaks_it_off() -> None:
    link = Link(C1218)
    link.resize(Sizes(packet=40, packets=2))
    link.send(bytes(40), 0.0)
    error, message = link.receive(packet(b"b"), 0.1)
    assert not failed([error]).sent
    assert message == Message(octets=b"b")


@pytest.mark.parametrize(
    ("octets", "kind", "words"),
    [
        (b"\0\xff", Garbled, "octets that are no packets, as at a wrong speed, an answer expected"),
        (b"\xee\0", Garbled, "octets that are no packets"),
        (packet(b"b")[:-1] + b"\0", Damaged, "packets with wrong checksums"),
        (b"\xee\0\0\0\xff\xff", Damaged, "packets with wrong checksums"),
    ],
)
def test_what_came_instead_of_an_answer(octets: bytes, kind: type[LinkFailed], words: str) -> None:
    """It is asked for again, and named if it stays so."""
    link, now = Link(C1218), 0.0
    link.send(b"a", now)
    for _ in range(20):
        link.take()
        link.receive(octets, now)
        assert link.deadline is not None
        now = link.deadline
        if events := link.tick(now):
            break
        assert link.take() in (NAK, packet(b"a"), NAK + packet(b"a"))
    error = failed(list(events))
    assert type(error) is kind
    assert words in str(error)


def test_nobody_who_was_not_heard_is_asked_again() -> None:
    """Noise on a line where nothing has begun may be for another device, or the wrong speed."""
    link = Link(C1218)
    link.receive(b"\0", 0.0)
    link.tick(1.0)
    assert link.take() == b""
    link.receive(packet(b"a"), 1.0)
    link.take()
    link.receive(b"\0", 2.0)
    link.tick(3.0)
    assert link.take() == NAK


@pytest.mark.parametrize(("device", "answered"), [(False, 7), (True, 0)])
def test_only_the_own_identity_is_heard_and_that_of_all(device: bool, answered: int) -> None:
    """A device answers as the one that was asked; a client goes on asking the same one."""
    link = Link(C1221, identity=7, device=device)
    assert link.receive(packet(b"b", identity=8), 0.0) == []
    assert link.take() == b""
    assert link.receive(packet(b"c", identity=7), 0.0) == [Message(octets=b"c")]
    assert link.receive(packet(b"c", identity=0), 0.0) == [Message(octets=b"c")]
    link.take()
    link.send(b"d", 0.0)
    assert link.take() == packet(b"d", identity=answered)


def test_a_device_that_answers_to_any() -> None:
    link = Link(C1221, identity=None, device=True)
    assert link.receive(packet(b"c", identity=9), 0.0) == [Message(octets=b"c")]
    link.take()
    link.send(b"d", 0.0)
    assert link.take() == packet(b"d", identity=9)


def test_nothing_is_sent_into_a_packet_that_comes() -> None:
    link = Link(C1218)
    link.send(b"a", 0.0)
    link.take()
    answer = packet(b"b")
    link.receive(answer[:4], 1.9)
    assert link.deadline == pytest.approx(1.9 + C1218.character)
    assert link.tick(2.1) == []
    assert link.take() == b""
    assert link.receive(answer[4:], 2.2) == [Sent(), Message(octets=b"b")]


def test_a_repetition_that_is_not_needed_any_more_does_not_leave() -> None:
    link = Link(C1218)
    link.send(b"a", 0.0)
    link.take()
    assert link.receive(NAK + packet(b"b"), 0.1) == [Sent(), Message(octets=b"b")]
    assert link.take() == ACK
    link.send(b"c", 0.2)
    link.take()
    assert link.receive(NAK + ACK, 0.3) == [Sent()]
    assert link.take() == b""


def test_a_slow_line_takes_its_time() -> None:
    link = Link(C1218)
    link.baud = 300
    link.send(bytes(40), 0.0)
    assert link.deadline == pytest.approx(C1218.response + 48 * 10 / 300)


def test_a_packet_that_does_not_follow_is_refused() -> None:
    link = Link(C1218)
    assert link.receive(packets.encode(Packet(data=b"x", multiple=True)), 0.0) == []
    assert link.take() == NAK


def test_a_message_that_is_too_large() -> None:
    link = Link(C1218)
    with pytest.raises(WireError, match="a message of 57 octets, at most 56 expected"):
        link.send(bytes(57), 0.0)
    assert link.take() == b""
