"""No message is accepted twice, whatever the clock and the power supply do."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tdl.systems.wire.apdu import Apdu
from tdl.systems.wire.authentication import KeyUse
from tdl.systems.wire.envelope import Invocation
from tdl.systems.wire.epsem import Epsem
from tdl.systems.wire.errors import WireError
from tdl.systems.wire.replay import SECONDS, Window
from tdl.systems.wire.titles import Form, Title

NOW = 1_600_000_000


def message(iv: int = NOW, number: int = 1, calling: int = 7, key_id: int = 0) -> Apdu:
    return Apdu(
        calling=Title(arcs=(calling,), form=Form.CONTEXT),
        calling_invocation=Invocation(number=number),
        authentication=KeyUse(key_id=key_id, iv=iv),
        epsem=Epsem(services=(b"\x20",)),
    )


def test_once() -> None:
    window = Window()
    window.accept(message(), NOW)
    with pytest.raises(WireError, match="security: a message that came before, a new one expected"):
        window.accept(message(), NOW + 1)
    title = message().calling
    assert title is not None
    with pytest.raises(WireError, match="came before"):
        window.accept(replace(message(), calling=title.absolute()), NOW)
    for other in (message(iv=NOW + 1), message(number=2), message(calling=8), message(key_id=1)):
        window.accept(other, NOW)


def test_the_edges_of_the_window() -> None:
    window = Window()
    window.accept(message(NOW - SECONDS), NOW)
    window.accept(message(NOW + SECONDS), NOW)
    with pytest.raises(WireError, match="a message in the past, one within 900 seconds expected"):
        window.accept(message(NOW - SECONDS - 1), NOW)
    with pytest.raises(WireError, match="a message in the future"):
        window.accept(message(NOW + SECONDS + 1), NOW)


def test_a_restart() -> None:
    before = Window()
    before.accept(message(), NOW)
    with pytest.raises(WireError, match="came before"):
        Window(before.seen, before.latest).accept(message(), NOW)


def test_a_full_memory() -> None:
    """It refuses while all that it holds is in time, and forgets nothing before."""
    window = Window(messages=2)
    window.accept(message(NOW), NOW)
    window.accept(message(NOW + 10), NOW)
    with pytest.raises(WireError, match="more than 2 messages at a time"):
        window.accept(message(NOW + 20), NOW)
    with pytest.raises(WireError, match="came before"):
        window.accept(message(NOW), NOW)
    with pytest.raises(WireError, match="more than 2 messages at a time"):
        window.accept(message(NOW + 20), NOW + SECONDS)
    window.accept(message(NOW + 20), NOW + SECONDS + 1)
    assert len(window.seen) == 2


def test_a_clear_message_has_nothing_to_tell_it_by() -> None:
    with pytest.raises(WireError, match="without a key's number"):
        Window().accept(replace(message(), authentication=None), NOW)


@given(
    tries=st.lists(st.tuples(st.integers(0, 12), st.integers(0, 30), st.booleans()), max_size=60),
    messages=st.integers(1, 6),
)
def test_never_twice(tries: list[tuple[int, int, bool]], messages: int) -> None:
    """Small windows, clocks that jump, restarts."""
    window, accepted = Window(seconds=5, messages=messages), []
    for iv, now, restart in tries:
        if restart:
            window = Window(window.seen, window.latest, seconds=5, messages=messages)
        with suppress(WireError):
            window.accept(message(iv), now)
            accepted.append(iv)
    assert len(accepted) == len(set(accepted))
    assert len(window.seen) <= messages
