"""One direction of a TCP connection: its octets in order, from packets that came late, twice or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush

from tdl.systems.captures.files import Packet

HELD, PACKETS = 1 << 20, 4096
"""The most octets and packets that wait for others; with more of them, what is missing is given up."""

_WRAP = 1 << 32
_HALF = 1 << 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Octets as they went over.

    Attributes:
        number, time: those of the packet that brought them.
        lost: how many octets in front of these are not in the capture.
        begins: whether a connection begins with them.
    """

    number: int
    time: float
    octets: bytes
    lost: int = 0
    begins: bool = False


class Direction:
    """What one side of a connection sent, from the packet that opens it on, or the first one that is there.

    Give it packets as they were captured with `add`; at the end of the capture, `finish` gives what still waits.

    Attributes:
        held: the octets that wait.
    """

    __slots__ = ("_arrived", "_begins", "_next", "_opened", "_waiting", "held")

    def __init__(self) -> None:
        self.held = 0
        self._next: int | None = None
        self._opened: int | None = None
        self._begins = False
        self._arrived = 0
        # By the place of their first octets, which counts on where the numbers of TCP begin anew, and as they came.
        self._waiting: list[tuple[int, int, Packet]] = []

    def add(self, packet: Packet) -> list[Chunk]:
        """The octets that are in order now."""
        chunks: list[Chunk] = []
        if packet.begins and packet.sequence != self._opened:
            chunks = self.finish()
            self._next = self._opened = packet.sequence
            self._begins = True
        if not packet.octets:
            return chunks
        if self._next is None:
            self._next = packet.sequence
        ahead = (packet.sequence - self._next + _HALF) % _WRAP - _HALF
        self._arrived += 1
        heappush(self._waiting, (self._next + ahead, self._arrived, packet))
        self.held += len(packet.octets)
        chunks += self._ready()
        while self.held > HELD or len(self._waiting) > PACKETS:
            chunks += self._skip()
        return chunks

    def finish(self) -> list[Chunk]:
        """What waits for octets that do not come, each stretch with how many are missing in front of it."""
        chunks: list[Chunk] = []
        while self._waiting:
            chunks += self._skip()
        return chunks

    def _skip(self) -> list[Chunk]:
        """Give up what is missing first."""
        assert self._next is not None
        first = self._waiting[0][0]
        lost, self._next = first - self._next, first
        return self._ready(lost)

    def _ready(self, lost: int = 0) -> list[Chunk]:
        assert self._next is not None
        chunks: list[Chunk] = []
        while self._waiting and self._waiting[0][0] <= self._next:
            at, _, packet = heappop(self._waiting)
            self.held -= len(packet.octets)
            fresh = packet.octets[self._next - at :]  # what came before is a repetition
            if fresh:
                self._next += len(fresh)
                begins, self._begins = self._begins, False
                chunks.append(Chunk(number=packet.number, time=packet.time, octets=fresh, lost=lost, begins=begins))
                lost = 0
        return chunks
