"""Packets and acknowledgements found in octets, however these come."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from tdl.systems.wire.errors import WireError
from tdl.systems.wire.psem import packets
from tdl.systems.wire.psem.packets import ACK, AROUND, HEAD, NAK, START, Packet


class Sign(Enum):
    """A single octet about a packet."""

    ACK = ACK
    NAK = NAK


class Nonsense(Enum):
    """What else a line carries."""

    NOISE = "octets that no packet has"
    CUT = "a packet that breaks off"
    LENGTH = "a packet with a wrong length"
    CHECKSUM = "a packet with a wrong checksum"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A packet, with its checksum: together with the toggle it tells a packet from the same one sent again."""

    packet: Packet
    checksum: bytes


Sound: TypeAlias = Sign | Heard | Nonsense


class Scanner:
    """One direction of a line.

    After nonsense nothing tells where a packet begins, and an octet out of the middle of one might look like an
    acknowledgement: everything is passed over until the line has been silent for a while. It holds one packet at most.

    Args:
        silence: seconds that end nonsense, and a packet that does not go on.
        most: octets of data that a packet may have.
    """

    __slots__ = ("_deadline", "_held", "_nonsense", "_silence", "most")

    def __init__(self, *, silence: float, most: int) -> None:
        self._held = bytearray()
        self._nonsense: Nonsense | None = None
        self._silence = silence
        self._deadline: float | None = None
        self.most = most

    @property
    def deadline(self) -> float | None:
        """When the line has been silent for long enough; None where that does not matter."""
        return self._deadline

    @property
    def within(self) -> bool:
        """Whether a packet has begun and not ended."""
        return bool(self._held)

    def retime(self, silence: float) -> None:
        self._silence = silence

    def receive(self, octets: bytes, now: float) -> list[Sound]:
        """What is whole in what came so far."""
        # Octets behind a silence are not those before it, whether or not anyone looked at the clock in between.
        sounds = self.tick(now)
        at = 0
        while at < len(octets) and self._nonsense is None:
            if self._held:
                at = self._grow(octets, at, sounds)
            else:
                self._begin(octets[at], sounds)
                at += 1
        self._deadline = now + self._silence if octets and (self._held or self._nonsense) else self._deadline
        return sounds

    def tick(self, now: float) -> list[Sound]:
        """What a silence says."""
        if self._deadline is None or now < self._deadline:
            return []
        found = self._nonsense or Nonsense.CUT
        self.clear()
        return [found]

    def clear(self) -> None:
        """Forget what came."""
        self._held.clear()
        self._nonsense = None
        self._deadline = None

    def _begin(self, octet: int, sounds: list[Sound]) -> None:
        match octet:
            case packets.START:
                self._held.append(START)
            case packets.ACK:
                sounds.append(Sign.ACK)
            case packets.NAK:
                sounds.append(Sign.NAK)
            case packets.WAKE:
                pass
            case _:
                self._nonsense = Nonsense.NOISE

    def _grow(self, octets: bytes, at: int, sounds: list[Sound]) -> int:
        """Go on with a packet; the place behind what is used."""
        size = HEAD
        if len(self._held) >= HEAD:
            size = int.from_bytes(self._held[HEAD - 2 : HEAD], "big") + AROUND
        taken = octets[at : at + size - len(self._held)]
        self._held += taken
        if len(self._held) == HEAD == size:
            if int.from_bytes(self._held[HEAD - 2 :], "big") > self.most:
                self._give_up(Nonsense.LENGTH)
        elif len(self._held) == size:
            self._finish(sounds)
        return at + len(taken)

    def _finish(self, sounds: list[Sound]) -> None:
        octets = bytes(self._held)
        try:
            packet = packets.decode(octets)
        except WireError:
            self._give_up(Nonsense.CHECKSUM)
            return
        self.clear()
        sounds.append(Heard(packet=packet, checksum=octets[-2:]))

    def _give_up(self, why: Nonsense) -> None:
        self._held.clear()
        self._nonsense = why
