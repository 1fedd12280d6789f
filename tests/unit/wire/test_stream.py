"""Connections: what begins a message, and how much is held of one."""

from __future__ import annotations

import pytest

from tdl.systems.wire.envelope import MOST, SIZE
from tdl.systems.wire.errors import WireError
from tdl.systems.wire.stream import Stream
from tests.unit.wire import heard
from tests.work import counted

WHOLE = heard.METER_REQUEST


def test_octet_by_octet() -> None:
    stream, found = Stream(), []
    for octet in WHOLE + WHOLE[:10]:
        stream.feed(bytes([octet]))
        found.append(stream.take())
    assert [each for each in found if each] == [WHOLE]
    assert found[len(WHOLE) - 1] == WHOLE
    assert stream.held == 10
    with pytest.raises(WireError, match="stream: 10 octets of a message, the whole of it expected"):
        stream.finish()


def test_something_else() -> None:
    """It stays wrong: nothing tells where the next message begins."""
    stream = Stream()
    stream.feed(WHOLE + b"GET / HTTP/1.1\r\n" + WHOLE)
    assert stream.take() == WHOLE
    for _ in range(2):
        with pytest.raises(WireError, match="stream: octet `47`, `60`, which begins a message expected"):
            stream.take()


@pytest.mark.parametrize("head", ["6080", "6084", "60FF", "60817F", "60820001", "60830000FF"])
def test_lengths_that_are_none(head: str) -> None:
    stream = Stream()
    stream.feed(bytes.fromhex(head))
    with pytest.raises(WireError, match="stream at octet 1"):
        stream.take()


def test_large_messages_are_refused_at_their_length() -> None:
    """Before their octets come, and so before anything is held of them."""
    at_edge, over = (SIZE - 4).to_bytes(2, "big"), (SIZE - 3).to_bytes(2, "big")
    stream = Stream()
    stream.feed(b"\x60\x82" + at_edge)
    assert stream.take() is None
    stream.feed(bytes(SIZE - 4))
    assert len(stream.take() or b"") == SIZE
    stream.feed(b"\x60\x82" + over)
    with pytest.raises(WireError, match=f"a message of {SIZE + 1} octets, at most {SIZE} expected"):
        stream.take()
    largest = Stream(limit=1 << 30)
    largest.feed(b"\x60\x83" + (MOST - 4).to_bytes(3, "big"))
    with pytest.raises(WireError, match=f"at most {MOST} expected"):
        largest.take()


def test_many_at_once_cost_the_same_each() -> None:
    def cost(messages: int) -> int:
        stream = Stream()
        with counted() as work:
            stream.feed(WHOLE * messages)
            while stream.take():
                pass
        return work.calls

    assert cost(400) < 2 * cost(200) + 20
