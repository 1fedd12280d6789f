"""Messages in pieces: which go together, and what is given up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tdl.systems.wire import apdu, segments
from tdl.systems.wire.envelope import Invocation
from tdl.systems.wire.errors import WireError
from tdl.systems.wire.segments import PAYLOAD_IPV4, RUNS, SECONDS, Assembly, Piece
from tdl.systems.wire.titles import Form, Title
from tests.unit.wire import heard

NODE = Title(arcs=(7,), form=Form.CONTEXT)
WHOLE = bytes(range(100))


def piece(offset: int, octets: bytes | None = None, **changes: object) -> Piece:
    """Ten octets of the whole, or these."""
    part = WHOLE[offset : offset + 10] if octets is None else octets
    made = Piece(whole=100, offset=offset, octets=part, calling_invocation=Invocation(number=5), calling=NODE)
    return replace(made, **changes)  # type: ignore[arg-type]


def test_the_octets_of_a_piece() -> None:
    octets = segments.encode(piece(90))
    assert octets.hex().upper() == "6022A303020164A603800107A803020105BE11280F02015A810A" + WHOLE[90:].hex().upper()
    assert segments.decode(octets) == piece(90)
    assert segments.is_piece(octets)
    assert not segments.is_piece(heard.METER_REQUEST)
    with pytest.raises(WireError, match="no element `A3`"):
        segments.decode(heard.IDENTIFY[0])


def test_a_message_cut_for_a_small_network() -> None:
    message = apdu.decode(heard.METER_ANSWER)
    whole = heard.METER_ANSWER * 20
    pieces = segments.cut(message, whole)
    sizes = [len(segments.encode(each)) for each in pieces]
    assert max(sizes) <= PAYLOAD_IPV4
    assert max(sizes[:-1]) > PAYLOAD_IPV4 - 8, "pieces are about as large as they may be"
    assembly = Assembly(pieces[-1], 0.0)
    assert assembly.message is None
    for each in reversed(pieces[:-1]):
        assembly.add(each, 0.0)
    assert assembly.message == whole
    with pytest.raises(WireError, match="room for 40 octets"):
        segments.cut(message, whole, 40)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (piece(10, calling_invocation=Invocation(number=6)), "a piece of another message"),
        (piece(10, calling=Title(arcs=(8,), form=Form.CONTEXT)), "a piece of another message"),
        (piece(10, calling=None), "a piece of another message"),
        (piece(10, whole=99), "a piece of another message"),
        (piece(5, bytes(10)), "other octets than came before"),
    ],
)
def test_pieces_that_do_not_go_together(other: Piece, words: str) -> None:
    assembly = Assembly(piece(0), 0.0)
    with pytest.raises(WireError, match=words):
        assembly.add(other, 0.0)


def test_titles_are_compared_in_full() -> None:
    assembly = Assembly(piece(0), 0.0)
    assembly.add(piece(10, calling=NODE.absolute(), calling_invocation=Invocation(number=5)), 0.0)
    assert segments.sender(piece(0)) == segments.sender(piece(0, calling=NODE.absolute()))


def test_pieces_that_come_late() -> None:
    assembly = Assembly(piece(0), 100.0)
    assembly.add(piece(10), 100.0 + SECONDS)
    assert not assembly.late(100.0 + SECONDS)
    assert assembly.late(100.1 + SECONDS)
    with pytest.raises(WireError, match="a piece that comes late, all within 30 seconds expected"):
        assembly.add(piece(20), 100.1 + SECONDS)


def test_gaps_are_bounded() -> None:
    """Ten stretches apart, and an eleventh only if it closes a gap."""
    assembly = Assembly(piece(0, WHOLE[:1]), 0.0)
    for number in range(1, RUNS):
        assembly.add(piece(3 * number, WHOLE[3 * number : 3 * number + 1]), 0.0)
    with pytest.raises(WireError, match="more than 10 stretches"):
        assembly.add(piece(60), 0.0)
    assembly.add(piece(1, WHOLE[1:3]), 0.0)
    assembly.add(piece(60), 0.0)
    assert assembly.message is None


@pytest.mark.parametrize("broken", [piece(95, bytes(10)), piece(0, b""), piece(0, whole=1 << 21), piece(101, b"\0")])
def test_pieces_out_of_bounds(broken: Piece) -> None:
    with pytest.raises(WireError, match="segment: octets"):
        segments.encode(broken)


def test_a_large_whole_is_refused_before_it_is_held() -> None:
    with pytest.raises(WireError, match="a message of 100 octets, at most 99 expected"):
        Assembly(piece(0), 0.0, limit=99)
    with pytest.raises(WireError, match="at most 32767 expected"):
        Assembly(piece(0, whole=32768), 0.0)


@pytest.mark.parametrize("extra", ["A403020101", "8B012A", "AC0FA20DA00BA109800102810448F3D061"])
def test_what_is_inside_the_whole_is_not_around_its_pieces(extra: str) -> None:
    parts = {"A3": "A303020164", "A8": "A803020105", "BE": "BE0828060201008101FF"}
    text = parts["A3"]
    text += extra + parts["A8"] if extra.startswith("A4") else parts["A8"] + extra
    octets = bytes.fromhex(text + parts["BE"])
    with pytest.raises(WireError, match="in a piece, none, it is inside the whole expected"):
        segments.decode(b"\x60" + bytes([len(octets)]) + octets)
