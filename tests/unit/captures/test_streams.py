"""Connections put in order, however their packets were cut, mixed, repeated and lost."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from tdl.systems.captures import streams
from tdl.systems.captures.files import Packet, Transport
from tdl.systems.captures.streams import Chunk, Direction
from tests.unit.captures.recorded import HEAD_END, METER
from tests.work import counted


def packet(sequence: int, octets: bytes = b"", *, number: int = 1, begins: bool = False) -> Packet:
    return Packet(
        number=number,
        time=float(number),
        transport=Transport.TCP,
        source=HEAD_END,
        destination=METER,
        octets=octets,
        sequence=sequence & 0xFFFFFFFF,
        begins=begins,
    )


def heard(packets: Iterable[Packet]) -> list[Chunk]:
    direction = Direction()
    chunks = [chunk for each in packets for chunk in direction.add(each)] + direction.finish()
    assert direction.held == 0
    return chunks


def known(chunks: Iterable[Chunk], size: int) -> list[int | None]:
    """Octet by octet, None for what is said to be lost; behind the last one, all of it is."""
    found: list[int | None] = []
    for chunk in chunks:
        found += [None] * chunk.lost + list(chunk.octets)
    return found + [None] * (size - len(found))


@st.composite
def recordings(draw: st.DrawFn) -> tuple[bytes, int, list[Packet], set[int]]:
    """What one side said, where its numbers begin, packets of it in any order, and the places that they cover."""
    octets = draw(st.binary(min_size=1, max_size=60))
    start = draw(st.sampled_from((0, 1, 2**31 - 5, 2**32 - 20, 2**32 - 1)))
    spans = draw(st.lists(st.tuples(st.integers(0, len(octets) - 1), st.integers(1, 20)), min_size=1, max_size=30))
    parts = [packet(start + at, octets[at : at + size], number=at + 1) for at, size in spans]
    covered = {at for first, size in spans for at in range(first, min(first + size, len(octets)))}
    return octets, start, [packet(start, begins=True), *parts], covered


@given(recordings())
def test_octets_or_how_many_are_lost(recording: tuple[bytes, int, list[Packet], set[int]]) -> None:
    octets, _, packets, covered = recording
    expected = [octet if at in covered else None for at, octet in enumerate(octets)]
    chunks = heard(packets)
    assert known(chunks, len(octets)) == expected
    assert [chunk.begins for chunk in chunks] == [True] + [False] * (len(chunks) - 1)


@given(recordings(), st.integers(0, 30))
def test_a_repeated_opening_changes_nothing(recording: tuple[bytes, int, list[Packet], set[int]], place: int) -> None:
    octets, start, packets, _ = recording
    once = heard(packets)
    packets.insert(1 + place % len(packets), packet(start, begins=True))
    assert heard(packets) == once
    assert len(octets) >= sum(len(each.octets) for each in once)


def test_each_chunk_is_of_the_packet_that_brought_it() -> None:
    chunks = heard([packet(10, b"ab", number=1), packet(14, b"ef", number=2), packet(12, b"cd", number=3)])
    assert [(each.number, each.octets, each.lost) for each in chunks] == [(1, b"ab", 0), (3, b"cd", 0), (2, b"ef", 0)]


def test_a_second_connection_of_the_same_ends() -> None:
    chunks = heard([packet(0, begins=True), packet(0, b"a"), packet(900, begins=True), packet(900, b"b")])
    assert [(each.octets, each.lost, each.begins) for each in chunks] == [(b"a", 0, True), (b"b", 0, True)]


def test_a_recording_that_begins_in_the_middle() -> None:
    (chunk,) = heard([packet(5_000, b"abc")])
    assert (chunk.octets, chunk.lost, chunk.begins) == (b"abc", 0, False)


def test_numbers_that_begin_anew_many_times() -> None:
    direction, at, said = Direction(), 2**32 - 2, 0
    for number in range(1, 40):
        chunks = direction.add(packet(at, bytes(8), number=number))
        said += sum(len(each.octets) for each in chunks)
        assert not any(each.lost for each in chunks)
        at = (at + 8) % 2**32
    assert said == 39 * 8


def test_only_so_many_octets_wait() -> None:
    """Then the first gap is given up, and what follows is not."""
    direction = Direction()
    direction.add(packet(0, begins=True))
    size = streams.HELD // 4
    waiting = [packet(10 + number * (size + 10), bytes(size), number=number) for number in range(5)]
    chunks = [chunk for each in waiting for chunk in direction.add(each)]
    assert [(each.lost, len(each.octets)) for each in chunks] == [(10, size)]
    assert direction.held == streams.HELD


def test_only_so_many_packets_wait() -> None:
    direction = Direction()
    direction.add(packet(0, begins=True))
    chunks = [chunk for at in range(streams.PACKETS + 7) for chunk in direction.add(packet(10 + 2 * at, b"a"))]
    assert len(chunks) == 7
    assert direction.held == streams.PACKETS


def test_waiting_costs_little_for_each_packet() -> None:
    """Twice as many packets in the worst order cost about twice the work."""
    costs = []
    for count in (1000, 2000):
        direction = Direction()
        direction.add(packet(0, begins=True))
        with counted() as work:
            for at in reversed(range(count)):
                direction.add(packet(10 + 2 * at, b"a"))
        costs.append(work.calls)
    assert costs[1] < 3 * costs[0]
