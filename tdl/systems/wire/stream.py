"""A connection's octets cut into messages, wherever they were cut on the way.

Over UDP nothing is to be cut: a datagram is one message, and `apdu.decode` refuses anything behind it.
"""

from __future__ import annotations

from tdl.codec.errors import octets_text
from tdl.systems.wire.envelope import MOST, SIZE
from tdl.systems.wire.errors import Layer, WireError
from tdl.systems.wire.octets import LENGTH_OCTETS, Reader
from tdl.systems.wire.tags import MESSAGE


class Stream:
    """One direction of a connection.

    Give it octets as they come with `feed`, and `take` messages until there is none. It holds what was fed and not
    taken. After an error nothing tells where a message begins: close the connection.

    Args:
        limit: the most octets of a message; a larger one is refused at its length, before its octets come.
    """

    __slots__ = ("_at", "_held", "_limit")

    def __init__(self, *, limit: int = SIZE) -> None:
        self._held = bytearray()
        self._at = 0
        self._limit = min(limit, MOST)

    @property
    def held(self) -> int:
        """The octets that were fed and not taken."""
        return len(self._held) - self._at

    def feed(self, octets: bytes) -> None:
        # What was taken goes away here rather than in `take`, so that many small messages fed at once cost one copy.
        del self._held[: self._at]
        self._at = 0
        self._held += octets

    def take(self) -> bytes | None:
        """The octets of the next message; None as long as it is not whole.

        Raises:
            WireError: if no message begins so, and each time from then on.
        """
        size = self._size(bytes(self._held[self._at : self._at + 2 + LENGTH_OCTETS]))
        if size is None or size > self.held:
            return None
        start, self._at = self._at, self._at + size
        return bytes(self._held[start : self._at])

    def finish(self) -> None:
        """Say that no more octets come.

        Raises:
            WireError: if they end within a message.
        """
        if self.held:
            raise WireError(Layer.STREAM, f"{octets_text(self.held)} of a message", "the whole of it")

    def _size(self, head: bytes) -> int | None:
        """The octets of a message that begins so; None if that is not known yet."""
        if head and head[0] != MESSAGE:
            raise WireError(Layer.STREAM, f"octet `{head[0]:02X}`", f"`{MESSAGE:02X}`, which begins a message")
        if len(head) < 2:
            return None
        more = head[1] - 0x80
        if 0 < more <= LENGTH_OCTETS and len(head) < 2 + more:
            return None
        reader = Reader(head, Layer.STREAM, at=1)
        size = reader.length() + reader.at
        if size > self._limit:
            raise WireError(Layer.STREAM, f"a message of {octets_text(size)}", f"at most {self._limit}")
        return size
