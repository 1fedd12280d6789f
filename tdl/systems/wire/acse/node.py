"""A meter as others know it: by a title and a key. Whoever has neither changes nothing in it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Protocol

from tdl.systems.wire.acse.memory import Forgetful, Memory
from tdl.systems.wire.apdu import Apdu
from tdl.systems.wire.epsem import Mode
from tdl.systems.wire.errors import WireError
from tdl.systems.wire.replay import SECONDS, Window, mark
from tdl.systems.wire.requests import Identify, Read, Request, Security, Write
from tdl.systems.wire.titles import Title

_CLOCKS = (52, 55)
"""The tables of the clock."""

_INITIATE, _SET_TIME = 7, 10
"""The table that starts procedures, and the procedure that sets date and time."""

_FOREVER = 1 << 32


class Session(Protocol):
    """What a meter has for one peer."""

    def answer(self, request: bytes) -> bytes:
        """The octets of the answer to the octets of one service; each request is brought here once."""

    def close(self) -> None:
        """The peer has gone."""


class Meter(Protocol):
    """What answers."""

    def connect(self, peer: str, *, sessionless: bool = False) -> Session:
        """A session for a peer that a name tells from others; without a logon if it is `sessionless`."""


class Fresh(Enum):
    """What becomes of a message whose code is right."""

    NEW = "it is new, and will be remembered"
    BEFORE = "it came before"
    UNTIMELY = "its time is too far from now"
    FULL = "there is no room or no way to remember it"


class Node:
    """A meter with its title.

    Args:
        title: in full.
        keys: by number; without any, it can only be spoken to in clear text.
        least: how messages must be protected at least; None for encrypted, and so for not at all without keys.
        memory: of messages that were accepted, over restarts.
        recovery: a memory of those that set the clock of a meter whose time is wrong; without one, no message is
            accepted at another time than its own. Such messages pass at any time, once.
        address: where it is in its network, as it is told to whoever asks.
    """

    def __init__(
        self,
        title: Title,
        meter: Meter,
        *,
        keys: Mapping[int, bytes] | None = None,
        least: Mode | None = None,
        memory: Memory | None = None,
        recovery: Memory | None = None,
        address: bytes | None = None,
    ) -> None:
        self.title = title.absolute()
        self.meter = meter
        self.keys = dict(keys or {})
        self.least = (Mode.ENCRYPTED if self.keys else Mode.CLEAR) if least is None else least
        self.address = address
        self.recovered = 0
        self._memory = memory or Forgetful()
        self._window = _window(self._memory, SECONDS)
        self._recovery = recovery
        self._recoveries = None if recovery is None else _window(recovery, _FOREVER)

    def remember(
        self, apdu: Apdu, asked: tuple[Request, ...] | None, now: float, base: tuple[int, ...] | None
    ) -> Fresh:
        """Take note of a message whose code is right, before anything of it is done.

        Args:
            asked: its services; None if they cannot be read.
            now: seconds since 1970.
        """
        seen = mark(apdu, base)
        window, memory = self._window, self._memory
        recovers = getattr(apdu.epsem, "recovery", False) and asked is not None and sets_time(asked)
        if recovers and self._recovery is not None and self._recoveries is not None:
            window, memory = self._recoveries, self._recovery
        elif abs(max(now, window.latest) - seen.iv) > SECONDS:
            return Fresh.UNTIMELY
        try:
            window.accept(apdu, now, base=base)
        except WireError:
            return Fresh.BEFORE if seen in window else Fresh.FULL
        try:
            memory.add(seen, window.latest)
        except OSError:
            return Fresh.FULL
        self.recovered += window is self._recoveries
        return Fresh.NEW


def sets_time(asked: tuple[Request, ...]) -> bool:
    """Whether services do no more than set a clock, and look at it."""
    return all(_sets_time(each) for each in asked)


def _sets_time(request: Request) -> bool:
    match request:
        case Identify() | Security():
            return True
        case Read(table=table):
            return table in _CLOCKS
        case Write(table=table, octets=octets) if table == _INITIATE:
            return octets[:2] in (_SET_TIME.to_bytes(2, "little"), _SET_TIME.to_bytes(2, "big"))
        case _:
            return False


def _window(memory: Memory, seconds: int) -> Window:
    kept = memory.load()
    return Window(kept.seen, kept.latest, seconds=seconds)
