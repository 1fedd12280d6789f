"""Messages of C12.22 there and back, and octets that are none."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tdl.systems.wire import answers, apdu, requests, security, segments
from tdl.systems.wire.apdu import Apdu
from tdl.systems.wire.authentication import KeyUse
from tdl.systems.wire.eax import Protection
from tdl.systems.wire.epsem import Epsem, Mode, Sealed
from tdl.systems.wire.errors import WireError
from tdl.systems.wire.segments import Assembly
from tdl.systems.wire.stream import Stream
from tdl.systems.wire.titles import base_of
from tests.property.wire_messages import (
    KEY,
    REQUESTS,
    answers_to,
    any_request,
    apdus,
    clear,
    key_uses,
    sealed,
)
from tests.work import counted

MODES: tuple[Protection, ...] = (Mode.AUTHENTICATED, Mode.ENCRYPTED)
any_apdu = apdus(st.one_of(clear, sealed))


# --- there and back --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", range(len(REQUESTS)))
def test_requests(kind: int) -> None:
    @given(request=REQUESTS[kind])
    def there_and_back(request: requests.Request) -> None:
        assert requests.decode(requests.encode(request)) == request

    there_and_back()


@given(data=st.data())
def test_answers(data: st.DataObject) -> None:
    request = data.draw(any_request)
    answer = data.draw(answers_to(request))
    assert answers.decode(answers.encode(answer), request) == answer


@given(message=any_apdu)
def test_messages(message: Apdu) -> None:
    assert apdu.decode(apdu.encode(message)) == message


@given(message=apdus(clear), use=key_uses, mode=st.sampled_from(MODES))
def test_protection(message: Apdu, use: KeyUse, mode: Protection) -> None:
    """What is opened is what was sealed, over the wire, and the number of its octets is known beforehand."""
    message = replace(message, authentication=use)
    made = security.seal(message, KEY, mode)
    heard = apdu.decode(apdu.encode(made))
    assert heard == made
    assert security.unseal(heard, {use.key_id: KEY}) == message


@given(message=apdus(clear), use=key_uses, mode=st.sampled_from(MODES), data=st.data())
def test_no_octet_can_be_changed(message: Apdu, use: KeyUse, mode: Protection, data: st.DataObject) -> None:
    """Any bit of a protected message: what then still opens says what was said, by the same party, to the same one."""
    message = replace(message, authentication=use)
    octets = bytearray(apdu.encode(security.seal(message, KEY, mode)))
    bit = data.draw(st.integers(0, 8 * len(octets) - 1))
    octets[bit // 8] ^= 1 << bit % 8
    with suppress(WireError):
        found = security.unseal(apdu.decode(bytes(octets)), {use.key_id: KEY})
        assert _meant(found) == _meant(message)


def _meant(message: Apdu) -> Apdu:
    """A message with its titles in full: how they are written is a relay's business."""
    base = base_of(message.context)
    called, calling = message.called, message.calling
    return replace(
        message,
        called=None if called is None else called.absolute(base),
        calling=None if calling is None else calling.absolute(base),
    )


# --- cut and joined --------------------------------------------------------------------------------------------------


@given(messages=st.lists(any_apdu.map(apdu.encode), max_size=4), data=st.data())
def test_connections(messages: list[bytes], data: st.DataObject) -> None:
    """Wherever a connection is cut, the messages are the same."""
    whole = b"".join(messages)
    cuts = sorted({0, len(whole), *data.draw(st.lists(st.integers(0, len(whole)), max_size=20))})
    stream, found = Stream(), []
    for start, end in pairwise(cuts):
        stream.feed(whole[start:end])
        while (message := stream.take()) is not None:
            found.append(message)
    stream.finish()
    assert found == messages


@given(message=any_apdu, payload=st.integers(170, 400), data=st.data())
def test_pieces(message: Apdu, payload: int, data: st.DataObject) -> None:
    """Pieces fit, and in whatever order they come, and however often, the message is the same."""
    octets = apdu.encode(message)
    try:
        pieces = segments.cut(message, octets, payload)
    except WireError:
        return
    made = [segments.encode(piece) for piece in pieces]
    assert all(len(each) <= payload for each in made)
    order = data.draw(st.permutations(made)) + data.draw(st.lists(st.sampled_from(made), max_size=3))
    first, *others = (segments.decode(each) for each in order)
    assembly = Assembly(first, 0.0)
    for other in others:
        assembly.add(other, 1.0)
    assert assembly.message == octets


# --- hostile octets --------------------------------------------------------------------------------------------------


def _read_all(octets: bytes) -> None:
    """Everything that reads octets, and whatever reads what was read."""
    attempts: list[Callable[[], object]] = [
        lambda: apdu.decode(octets),
        lambda: segments.is_piece(octets),
        lambda: segments.decode(octets),
        lambda: requests.decode(octets),
        lambda: _stream(octets),
    ]
    for attempt in attempts:
        with suppress(WireError):
            found = attempt()
            if isinstance(found, Apdu):
                assert apdu.encode(found) == octets or _unknown(octets, found)
                _read_inside(found)
            elif isinstance(found, segments.Piece):
                assert segments.decode(segments.encode(found)) == found
            elif attempt is attempts[3]:
                assert requests.encode(found) == octets  # type: ignore[arg-type]


def _unknown(octets: bytes, found: Apdu) -> bool:
    """Whether octets are missing because an element in clear text was passed over."""
    return len(apdu.encode(found)) < len(octets) and not isinstance(found.epsem, Sealed)


def _read_inside(found: Apdu) -> None:
    with suppress(WireError):
        security.unseal(found, dict.fromkeys(range(256), KEY))
    if isinstance(found.epsem, Epsem):
        for service in found.epsem.services:
            with suppress(WireError):
                requests.decode(service)


def _stream(octets: bytes) -> None:
    stream = Stream()
    stream.feed(octets)
    while stream.take() is not None:
        pass
    stream.finish()


@given(octets=st.binary(max_size=300))
def test_random_octets(octets: bytes) -> None:
    """Nothing but `WireError`."""
    _read_all(octets)


@given(message=any_apdu, data=st.data())
def test_damaged_messages(message: Apdu, data: st.DataObject) -> None:
    """Nothing but `WireError`, and what is read is what is written again."""
    octets = bytearray(apdu.encode(message))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(octets) - 1))
        octets[place : place + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))
        if not octets:
            break
    _read_all(bytes(octets))


@given(request=any_request, answered=any_request, octets=st.binary(max_size=60))
def test_damaged_services(request: requests.Request, answered: requests.Request, octets: bytes) -> None:
    for each in (octets, b"\0" + octets, requests.encode(request)):
        with suppress(WireError):
            found = answers.decode(each, answered)
            assert answers.encode(found) == each


def test_cost_is_bounded() -> None:
    """Twice the octets are at most some twice the work, whatever they are."""
    for unit in (b"\x80", b"\xff", b"\x60\x00", b"\x01\x20", b"\x06\x00", b"\xa0\x00"):
        small, large = (_work(unit * size) for size in (2_000, 4_000))
        assert large < 3 * small + 500, unit


def _work(octets: bytes) -> int:
    with counted() as work:
        _read_all(octets)
        _read_all(b"\x60" + bytes([0x82]) + len(octets).to_bytes(2, "big") + octets)
        with suppress(WireError):
            answers.decode(b"\0" + octets, requests.Trace(titles=()))
    return work.calls
