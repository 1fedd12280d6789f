"""Datagrams that IP has cut, however their fragments come, and fragments that somebody made up."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import dpkt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tdl.systems.captures import fragments
from tdl.systems.captures.files import Packet, Transport, packets
from tdl.systems.captures.fragments import DATAGRAMS, HELD, LARGEST, SECONDS, Fragment, Fragments, Identity, Joined
from tdl.systems.captures.keys import Keys
from tdl.systems.captures.messages import Message
from tdl.systems.captures.traffic import Traffic
from tdl.systems.wire import apdu
from tdl.systems.wire.answers import Done, TableData
from tdl.systems.wire.epsem import Epsem
from tdl.systems.wire.requests import Read, Write
from tests.unit.captures.recorded import HEAD_END, METER, Session, answer, cut, network, question
from tests.unit.wire.seen_by_tshark import seen_in
from tests.work import counted

OCTETS = bytes(range(256)) * 12
SENT = Packet(number=1, time=5.0, transport=Transport.UDP, source=HEAD_END, destination=METER, octets=OCTETS)
SENT_6 = replace(
    SENT, source=replace(HEAD_END, host="2001:db8::1"), destination=replace(METER, host="2001:db8::2")
)  # fmt: skip
VERSIONS = pytest.mark.parametrize("sent", [SENT, SENT_6], ids=["IPv4", "IPv6"])


def capture(frames: Iterable[bytes], times: Iterable[float] | None = None) -> bytes:
    file = io.BytesIO()
    writer = dpkt.pcap.Writer(file, linktype=101)
    for at, frame in zip(times or iter(lambda: 5.0, None), frames, strict=False):
        writer.writepkt(frame, at)
    return file.getvalue()


def read(frames: Sequence[bytes], times: Sequence[float] | None = None) -> list[Packet]:
    return list(packets("name", io.BytesIO(capture(frames, times))))


# --- what is put together --------------------------------------------------------------------------------------------


@VERSIONS
def test_in_any_order_and_more_than_once(sent: Packet) -> None:
    parts = cut(sent)
    assert len(parts) == 6
    for seed in range(20):
        frames = [*parts, *parts[1:3]]
        Random(seed).shuffle(frames)
        (found, *rest) = read(frames)
        assert replace(found, number=1) == sent
        # What comes again once it was whole is the beginning of nothing, unless that is among it.
        assert all(each.octets != sent.octets for each in rest)


@VERSIONS
def test_a_segment_of_tcp(sent: Packet) -> None:
    segment = replace(sent, transport=Transport.TCP, sequence=4_000_000_000)
    assert read(cut(segment)) == [replace(segment, number=6)]


@VERSIONS
def test_fragments_of_several_datagrams(sent: Packet) -> None:
    """They differ in who sent them, in their numbers, or in both."""
    another = replace(sent, source=sent.destination, destination=sent.source, octets=OCTETS[::-1])
    lists = cut(sent), cut(sent, number=8), cut(another)
    found = read([part for parts in zip(*lists, strict=True) for part in parts])
    assert [each.octets for each in found] == [OCTETS, OCTETS, OCTETS[::-1]]


@VERSIONS
def test_what_is_not_cut_is_not_touched(sent: Packet) -> None:
    """Nor is it if it says that it is a fragment, and is all of it."""
    small = replace(sent, octets=b"small")
    assert read([network(small), *cut(small)]) == [small, replace(small, number=2)]


def test_behind_other_headers_of_version_6() -> None:
    """Options for every hop stand in front of the fragment's header."""
    frames = []
    for part in cut(SENT_6):
        longer = struct.unpack_from(">H", part, 4)[0] + 8
        options = bytes([44, 0, 1, 4, 0, 0, 0, 0])
        frames.append(part[:4] + longer.to_bytes(2, "big") + b"\0" + part[7:40] + options + part[40:])
    assert read(frames[::-1]) == [replace(SENT_6, number=6)]


# --- what is not -----------------------------------------------------------------------------------------------------


@VERSIONS
def test_what_is_in_front_of_a_gap(sent: Packet) -> None:
    """At the end of the capture, or a minute later; without a beginning, nothing is known of it."""
    parts = cut(sent)
    for frames, times in ((parts[:3] + parts[4:], None), ([*parts[:3], parts[3]], (5.0, 5.0, 5.0, 5.1 + SECONDS))):
        found = read(frames, times)
        assert [each.octets for each in found] == [OCTETS[: 3 * 600 - 8]]
    assert read(parts[1:]) == []
    assert read(parts, [5.0] * 5 + [5.0 + SECONDS]) == [replace(sent, number=6, time=5.0 + SECONDS)]


@VERSIONS
def test_overlaps_are_not_read(sent: Packet) -> None:
    """Whichever came first, there is no telling which the receiver takes, and most take neither."""
    other = cut(replace(sent, octets=bytes(len(OCTETS))))
    narrow = cut(sent, size=304)
    for frames in (
        [*cut(sent)[:2], other[1], *cut(sent)[2:]],
        [other[1], *cut(sent)],
        [narrow[1], *cut(sent)],
        [*narrow[:3], *cut(sent)],
        [*cut(sent)[:5], narrow[-1], cut(sent)[5]],
    ):
        assert read(frames) == []


def test_two_ends_are_none() -> None:
    identity = Identity(source="a", destination="b", protocol=17, number=1)
    last = Fragment(identity=identity, offset=16, octets=bytes(4), last=True)
    first = replace(last, offset=0, octets=bytes(16), last=False)
    for odd in (
        replace(last, octets=bytes(5)), replace(last, offset=24), replace(first, offset=24),
        replace(last, offset=8, octets=bytes(4)),
    ):  # fmt: skip
        for before, behind in ((last, odd), (odd, last)):
            held = Fragments()
            found = [joined for each in (before, behind, first) for joined in held.add(each, 1, 0.0)]
            assert [*found, *held.finish()] == [], odd


def test_fragments_out_of_bounds_are_passed_over() -> None:
    """Beyond the largest datagram, without octets, or ending between its units: they change nothing."""
    identity = Identity(source="a", destination="b", protocol=17, number=1)
    first = Fragment(identity=identity, offset=0, octets=bytes(16), last=False)
    last = Fragment(identity=identity, offset=16, octets=b"end", last=True)
    for odd in (
        replace(last, offset=LARGEST - 2), replace(first, octets=b""), replace(first, octets=bytes(13)),
        replace(last, octets=b""),
    ):  # fmt: skip
        held = Fragments()
        (joined,) = (joined for each in (first, odd, last) for joined in held.add(each, 1, 0.0))
        assert joined.octets == bytes(16) + b"end"
    largest = replace(last, offset=LARGEST - 3 - (LARGEST - 3) % 8)
    assert list(Fragments().add(largest, 1, 0.0)) == []


# --- bounds ----------------------------------------------------------------------------------------------------------


def flood(count: int, size: int = 8, datagrams: int = 1) -> Iterable[Fragment]:
    """Fragments with gaps between them."""
    for number in range(count):
        identity = Identity(source="a", destination="b", protocol=17, number=number % datagrams)
        yield Fragment(identity=identity, offset=number // datagrams * 2 * size, octets=bytes(size), last=False)


def test_what_is_held_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """In datagrams and in octets; the oldest are given up, with what is in front of their first gap."""
    held = Fragments()
    found = [joined for each in flood(DATAGRAMS + 3, datagrams=1000) for joined in held.add(each, 1, 0.0)]
    assert [joined.identity.number for joined in found] == [0, 1, 2]
    assert [joined.octets for joined in found] == [bytes(8)] * 3
    assert len(list(held.finish())) == DATAGRAMS
    monkeypatch.setattr(fragments, "HELD", 4000)
    small = Fragments()
    found = [joined for each in flood(100, size=1000, datagrams=100) for joined in small.add(each, 1, 0.0)]
    assert len(found) == 97
    assert len(list(small.finish())) == 3
    assert HELD < 1 << 23


def test_work_grows_with_the_fragments() -> None:
    costs = []
    for count in (1000, 2000):
        with counted() as work:
            held = Fragments()
            for each in flood(count):
                assert not list(held.add(each, 1, 0.0))
            list(held.finish())
        costs.append(work.calls)
    assert costs[1] < 3 * costs[0]


@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 40), st.booleans(), st.integers(0, 1)), max_size=12),
    st.integers(0, 1),
)
def test_any_fragments(drawn: list[tuple[int, int, bool, int]], value: int) -> None:
    """What comes out is what was in, each octet from its place, and nothing is held behind the end."""
    held, known = Fragments(), dict[int, set[int]]()
    found: list[Joined] = []
    for unit, size, last, filled in drawn:
        identity = Identity(source="a", destination="b", protocol=17, number=0)
        octets = bytes([filled]) * size
        for at in range(size):
            known.setdefault(8 * unit + at, set()).add(filled)
        found += held.add(Fragment(identity=identity, offset=8 * unit, octets=octets, last=last), 1, 0.0)
    for joined in [*found, *held.finish()]:
        assert all(octet in known[at] for at, octet in enumerate(joined.octets))
    assert list(held.finish()) == []


# --- messages in them ------------------------------------------------------------------------------------------------


def heard(frames: Sequence[bytes]) -> list[Message]:
    traffic = Traffic(Keys())
    return [message for each in read(frames) for message in traffic.hear(each)] + list(traffic.finish())


@pytest.mark.parametrize("transport", Transport)
def test_a_large_answer_in_fragments(transport: Transport) -> None:
    session = Session(transport=transport)
    session.ask(question(Read(table=5)))
    session.answer(answer(TableData(octets=OCTETS)))
    asked, answered = session.packets
    _, said = heard([network(asked), *reversed(cut(answered))])
    (exchange,) = said.exchanges
    assert exchange.answer == TableData(octets=OCTETS)


@VERSIONS
def test_tshark_puts_them_together_too(sent: Packet, tmp_path: Path) -> None:
    """And hears the same messages in them."""
    session = Session(client=sent.source, meter=sent.destination)
    session.ask(question(Write(table=5, octets=OCTETS)))
    session.answer(answer(Done()))
    session.ask(question(Write(table=9, octets=OCTETS[::-1]), Read(table=5), number=2))
    for seed in range(5):
        frames = [part for number, packet in enumerate(session.packets) for part in cut(packet, 512, number)]
        Random(seed).shuffle(frames)
        shown = [each.services for each in seen_in(tmp_path / "capture", capture(frames))]
        ours = [each.apdu.epsem for each in heard(frames) if each.apdu is not None]
        assert len(shown) == 3
        assert sorted(tuple(each.octets for each in services) for services in shown) == sorted(
            each.services for each in ours if isinstance(each, Epsem)
        )


def test_a_message_with_a_missing_fragment_is_said() -> None:
    session = Session()
    session.ask(question(Write(table=5, octets=OCTETS)))
    parts = cut(session.packets[0])
    (said,) = heard([*parts[:2], *parts[3:]])
    assert said.problem is not None
    assert said.place.number == len(parts) - 1
    assert "octets left" in str(said.problem)
    assert len(apdu.encode(question(Write(table=5, octets=OCTETS)))) > 3000
