"""Messages sent again by somebody who heard them: a code says who wrote a message, and not how often it came."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tdl.systems.wire.apdu import Apdu
from tdl.systems.wire.authentication import key_use
from tdl.systems.wire.errors import Layer, WireError
from tdl.systems.wire.titles import Title, base_of

SECONDS = 15 * 60
"""How far the clock of a message may be from one's own."""

MESSAGES = 4096
"""The most messages that are remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What tells a protected message from every other one."""

    key_id: int
    calling: Title | None
    iv: int
    invocation: int


def mark(apdu: Apdu, base: tuple[int, ...] | None = None) -> Seen:
    """What tells a protected message from every other one.

    Args:
        base: what relative titles are below; see `security.unseal`.

    Raises:
        WireError: if it is not protected.
    """
    use = key_use(apdu.authentication)
    calling = None if apdu.calling is None else apdu.calling.absolute(base or base_of(apdu.context))
    return Seen(key_id=use.key_id, calling=calling, iv=use.iv, invocation=apdu.calling_invocation.number)


class Window:
    """The messages that were accepted not long ago.

    Ask it once a message's code has been found right, and keep `seen` and `latest` before doing what the message says:
    a window that starts with them refuses what was accepted before the restart. If its memory is full it accepts
    nothing, rather than forget.

    Args:
        seen, latest: what another window had.
        seconds: how far from one's own clock a message's `iv` may be.
        messages: the most that are remembered.
    """

    __slots__ = ("_messages", "_seconds", "_seen", "latest")

    def __init__(
        self, seen: Iterable[Seen] = (), latest: float = 0.0, *, seconds: int = SECONDS, messages: int = MESSAGES
    ) -> None:
        self._seen = set(seen)
        self._seconds = seconds
        self._messages = messages
        self.latest = latest

    @property
    def seen(self) -> frozenset[Seen]:
        """The messages that were accepted, at least those that would still be in time."""
        return frozenset(self._seen)

    def __contains__(self, seen: Seen) -> bool:
        return seen in self._seen

    def accept(self, apdu: Apdu, now: float, *, base: tuple[int, ...] | None = None) -> None:
        """Take note of a message.

        Args:
            now: seconds since 1970. A clock that goes back is taken for one that stands still, since what is forgotten
                must not be in time again.

        Raises:
            WireError: if it came before, is not of this time, or there is no room to remember it.
        """
        message = mark(apdu, base)
        self.latest = now = max(now, self.latest)
        if abs(now - message.iv) > self._seconds:
            early = "in the past" if message.iv < now else "in the future"
            raise WireError(Layer.SECURITY, f"a message {early}", f"one within {self._seconds} seconds")
        if message in self._seen:
            raise WireError(Layer.SECURITY, "a message that came before", "a new one")
        if len(self._seen) >= self._messages:
            self._seen = {each for each in self._seen if now - each.iv <= self._seconds}
        if len(self._seen) >= self._messages:
            raise WireError(
                Layer.SECURITY, f"more than {self._messages} messages at a time", f"at most {self._messages}"
            )
        self._seen.add(message)
