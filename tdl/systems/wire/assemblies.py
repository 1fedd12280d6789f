"""Messages in pieces under way: few of one source, not many of all, and none for long."""

from __future__ import annotations

from tdl.systems.wire.errors import WireError
from tdl.systems.wire.segments import Assembly, Piece, Sender, sender

_Key = tuple[str, Sender]


class Assemblies:
    """Messages that are put together. For one too many the one that began first is given up: of its source, or of all.

    Args:
        most: messages at one time; each takes the room that its first piece asks for.
        each: messages of one source.
        limit: the most octets of a message.
    """

    __slots__ = ("_each", "_limit", "_most", "_parts")

    def __init__(self, *, most: int, each: int, limit: int) -> None:
        self._most = most
        self._each = each
        self._limit = limit
        self._parts: dict[_Key, Assembly] = {}

    def __len__(self) -> int:
        return len(self._parts)

    def knows(self, piece: Piece, source: str) -> bool:
        """Whether other pieces of its message are there."""
        return (source, sender(piece)) in self._parts

    def add(self, piece: Piece, source: str, now: float) -> bytes | None:
        """The whole message, if this was the last of its pieces.

        Args:
            source: where it comes from; pieces from two places are of two messages.

        Raises:
            WireError: if it does not go with those before, and then the message is given up.
        """
        key = (source, sender(piece))
        found = self._parts.get(key)
        if found is None or found.late(now):
            self._parts.pop(key, None)
            found = Assembly(piece, now, limit=self._limit)
            self._begin(key, found, now)
        else:
            try:
                found.add(piece, now)
            except WireError:
                del self._parts[key]
                raise
        whole = found.message
        if whole is not None:
            del self._parts[key]
        return whole

    def expire(self, now: float) -> None:
        """Give up what has waited too long."""
        self._parts = {key: kept for key, kept in self._parts.items() if not kept.late(now)}

    def _begin(self, key: _Key, assembly: Assembly, now: float) -> None:
        self.expire(now)
        own = [other for other in self._parts if other[0] == key[0]]
        if len(own) >= self._each:
            del self._parts[own[0]]
        elif len(self._parts) >= self._most:
            del self._parts[next(iter(self._parts))]
        self._parts[key] = assembly
