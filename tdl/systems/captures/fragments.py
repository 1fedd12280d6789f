"""Datagrams that IP has cut: put together from fragments that come in any order, once or more often.

Two fragments that overlap without being the same are a trick or a fault, and what they are of is not read (RFC 5722).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

LARGEST = 0xFFFF
"""The most octets that a datagram carries."""

DATAGRAMS, HELD, SECONDS = 256, 1 << 22, 60.0
"""The most datagrams that are put together at once, and octets of them; and how long fragments are waited for."""

_UNIT, _EACH = 8, 64
"""Fragments but the last have so many octets times something; and what a fragment costs beside its octets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Which datagram a fragment is of."""

    source: str
    destination: str
    protocol: int
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragment:
    """A part of what a datagram carries, and where it belongs."""

    identity: Identity
    offset: int
    octets: bytes
    last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """What a datagram carries; of one with missing fragments, the octets in front of the first gap.

    Attributes:
        number, time: those of the frame that was heard last of it.
    """

    identity: Identity
    number: int
    time: float
    octets: bytes


@dataclass(slots=True, kw_only=True)
class _Datagram:
    """Fragments by their places, which do not overlap.

    Attributes:
        end: octets of the whole; None until the last fragment came.
        broken: whether fragments disagreed; then there are none.
    """

    begun: float
    number: int
    time: float
    starts: list[int] = field(default_factory=list)
    parts: dict[int, bytes] = field(default_factory=dict)
    size: int = 0
    end: int | None = None
    broken: bool = False

    @property
    def cost(self) -> int:
        return self.size + _EACH * (1 + len(self.parts))

    def put(self, fragment: Fragment) -> None:
        start, end = fragment.offset, fragment.offset + len(fragment.octets)
        if self.broken or (self.parts.get(start) == fragment.octets and (self.end == end) == fragment.last):
            return
        place = bisect_left(self.starts, start)
        before = self.starts[place - 1] if place else 0
        overlaps = (place > 0 and before + len(self.parts[before]) > start) or (
            place < len(self.starts) and self.starts[place] < end
        )
        known = end if fragment.last and self.end is None else self.end
        beyond = known is not None and max(end, self._reach) > known
        if overlaps or beyond or (fragment.last and end != known):
            self.starts, self.parts, self.size, self.end, self.broken = [], {}, 0, None, True
            return
        self.starts.insert(place, start)
        self.parts[start] = fragment.octets
        self.size += len(fragment.octets)
        self.end = known

    @property
    def _reach(self) -> int:
        return self.starts[-1] + len(self.parts[self.starts[-1]]) if self.starts else 0

    @property
    def front(self) -> bytes:
        """The octets in front of the first gap."""
        found: list[bytes] = []
        end = 0
        for start in self.starts:
            if start != end:
                break
            found.append(self.parts[start])
            end += len(self.parts[start])
        return b"".join(found)


class Fragments:
    """Datagrams under way, of which the oldest are given up for want of room or after a minute."""

    __slots__ = ("_datagrams", "_held")

    def __init__(self) -> None:
        self._datagrams: dict[Identity, _Datagram] = {}
        self._held = 0

    def add(self, fragment: Fragment, number: int, time: float) -> Iterator[Joined]:
        """The datagram that a fragment makes whole, and those that are given up for it.

        Args:
            number, time: those of the frame.
        """
        yield from self._late(time)
        odd = not fragment.octets or (not fragment.last and len(fragment.octets) % _UNIT)
        if odd or fragment.offset + len(fragment.octets) > LARGEST:
            return
        datagram = self._datagrams.get(fragment.identity)
        if datagram is None:
            datagram = self._datagrams[fragment.identity] = _Datagram(begun=time, number=number, time=time)
        else:
            self._held -= datagram.cost
        datagram.put(fragment)
        datagram.number, datagram.time = number, time
        self._held += datagram.cost
        if datagram.size == datagram.end:
            yield from self._end(fragment.identity)
        while len(self._datagrams) > DATAGRAMS or self._held > HELD:
            yield from self._end(next(iter(self._datagrams)))

    def finish(self) -> Iterator[Joined]:
        """What is left at the end of the capture."""
        while self._datagrams:
            yield from self._end(next(iter(self._datagrams)))

    def _late(self, now: float) -> Iterator[Joined]:
        while self._datagrams:
            identity, oldest = next(iter(self._datagrams.items()))
            if now - oldest.begun <= SECONDS:
                return
            yield from self._end(identity)

    def _end(self, identity: Identity) -> Iterator[Joined]:
        datagram = self._datagrams.pop(identity)
        self._held -= datagram.cost
        octets = datagram.front
        if octets:
            yield Joined(identity=identity, number=datagram.number, time=datagram.time, octets=octets)
