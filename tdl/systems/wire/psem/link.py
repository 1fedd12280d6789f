"""Messages over a line that loses, damages and repeats octets.

Each packet is acknowledged by one octet, or sent again. That octet does not say what it acknowledges, so that both ends
keep to turns: one message is under way at a time. A packet that was heard before, by its toggle and its checksum, is
acknowledged again and passed over.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TypeAlias, assert_never

from tdl.systems.wire.errors import Damaged, Garbled, Layer, LinkFailed, NoAnswer, WireError
from tdl.systems.wire.psem import packets
from tdl.systems.wire.psem.messages import Assembly, Sizes, cut
from tdl.systems.wire.psem.packets import ACK, NAK, WAKE, Packet
from tdl.systems.wire.psem.scanner import Heard, Nonsense, Scanner, Sign
from tdl.systems.wire.psem.timing import Timing


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message came, which is not printed, for it may be a password."""

    octets: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The message that was sent was acknowledged, all of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The message that was sent was not acknowledged."""

    error: LinkFailed


Event: TypeAlias = Message | Sent | Failed


@dataclass(slots=True, kw_only=True)
class _Sending:
    """What is under way: packets, which of them, how often it was sent, and when that is enough."""

    packets: tuple[Packet, ...]
    at: int = 0
    tries: int = 0
    deadline: float = 0.0

    @property
    def last(self) -> bool:
        return self.at == len(self.packets) - 1


NEVER = float("-inf")

ALL = 0
"""The identity that every device hears; on a line of its own there is no other."""

_BITS = 10
"""Of an octet on a serial line, with what begins and ends it."""


class Link:
    """One end of a line.

    Tell it what is heard with `receive` and the time with `tick`, at `deadline` at the latest; send what `take` has.

    Args:
        identity: of the device on a shared line, whose packets are heard, and those for all; None to hear any.
        device: whether this is the device's end, which answers as the one that a packet was for.
        trust_toggle: whether the other end changes its toggle. Some meters do not; without it a packet counts as heard
            before only if it comes in place of the acknowledgement of what was sent.

    Attributes:
        sizes, timing: that hold now; `resize` and `retime` change them.
        heard_at: when a packet or an acknowledgement came last.
        repeated: whether a packet of the last message was sent more than once.
        baud: the line's speed where it has one, which the time that a packet takes depends on.
    """

    def __init__(
        self, timing: Timing, *, identity: int | None = 0, device: bool = False, trust_toggle: bool = True
    ) -> None:
        self.timing = timing
        self.sizes = Sizes()
        self._identity = identity
        self._device = device
        self._trust_toggle = trust_toggle
        self._scanner = Scanner(silence=timing.character, most=self.sizes.data)
        self._signs = bytearray()
        self._before: tuple[int, bool, bytes] | None = None
        self._waiting = b""
        self.baud: int | None = None
        self.repeated = False
        self.reset()

    def reset(self, *, forget: bool = True) -> None:
        """Begin again, as in a new conversation: first sizes, first toggle, nothing under way.

        Args:
            forget: the packet before, too. Where no silence ended the conversation that one may come once more.
        """
        self._scanner.clear()
        self._assembly = Assembly()
        self._sending: _Sending | None = None
        self._toggle = False
        self.heard_at = NEVER
        if forget:
            self._before = None
        self._address = self._identity or 0
        self._nonsense: Counter[Nonsense | Sign] = Counter()
        self.resize(Sizes())

    def resize(self, sizes: Sizes) -> None:
        """Use other sizes from now on."""
        self.sizes = sizes
        self._scanner.most = sizes.data

    def retime(self, timing: Timing) -> None:
        """Use other timers from now on."""
        self.timing = timing
        self._scanner.retime(timing.character)

    @property
    def deadline(self) -> float | None:
        """When `tick` is due."""
        # Nothing is sent again into a packet that is coming in, which may answer already.
        if self._sending is None or self._scanner.within:
            return self._scanner.deadline
        silence = self._scanner.deadline
        return self._sending.deadline if silence is None else min(silence, self._sending.deadline)

    @property
    def receiving(self) -> bool:
        """Whether a packet is coming in."""
        return self._scanner.within

    def take(self) -> bytes:
        """The octets to send now, once."""
        octets = bytes(self._signs) + self._waiting
        self._signs.clear()
        self._waiting = b""
        return octets

    def wake(self) -> None:
        """Send the octet that wakes some optical ports; they take a moment."""
        self._signs.append(WAKE)

    def send(self, message: bytes, now: float) -> None:
        """Send a message. One that is still under way is given up.

        Raises:
            WireError: if it is too large.
        """
        parts = cut(message, self.sizes, identity=self._address, toggle=self._toggle)
        self._toggle ^= bool(len(parts) % 2)
        self._nonsense.clear()
        self.repeated = False
        self._sending = _Sending(packets=parts)
        self._transmit(self._sending, now)

    def receive(self, octets: bytes, now: float) -> list[Event]:
        """What these octets say."""
        return self._all(self._scanner.receive(octets, now), now)

    def tick(self, now: float) -> list[Event]:
        """What the time says."""
        events = self._all(self._scanner.tick(now), now)
        sending = self._sending
        if sending is not None and now >= sending.deadline and not self._scanner.within:
            events += self._again(sending, now)
        return events

    def failure(self, *, sent: bool = True) -> LinkFailed:
        """Why nothing came, judged by what came instead since the last message was sent."""
        heard = self._nonsense
        if heard[Nonsense.CHECKSUM] or heard[Nonsense.LENGTH]:
            return Damaged(Layer.LINK, "packets with wrong checksums", "an answer", sent=sent)
        if heard[Sign.NAK]:
            return Damaged(Layer.LINK, "packets refused as damaged", "an answer", sent=sent)
        if heard[Nonsense.NOISE] or heard[Nonsense.CUT]:
            return Garbled(Layer.LINK, "octets that are no packets, as at a wrong speed", "an answer", sent=sent)
        return NoAnswer(Layer.LINK, "no answer", "one", sent=sent)

    # --- sending -----------------------------------------------------------------------------------------------------

    def _transmit(self, sending: _Sending, now: float) -> None:
        octets = packets.encode(sending.packets[sending.at])
        self._waiting = octets
        self.repeated |= sending.tries > 0
        sending.tries += 1
        sending.deadline = now + self.timing.response + (_BITS * len(octets) / self.baud if self.baud else 0)

    def _again(self, sending: _Sending, now: float) -> list[Event]:
        if sending.tries <= self.timing.retries:
            self._transmit(sending, now)
            return []
        self._sending = None
        return [Failed(error=self.failure(sent=sending.last))]

    def _acknowledged(self, now: float) -> list[Event]:
        sending = self._sending
        if sending is None:
            return []
        self.heard_at = now
        # A repetition that did not leave yet is not needed; behind it the next packet might look like a second one.
        self._waiting = b""
        if sending.last:
            self._sending = None
            return [Sent()]
        sending.at += 1
        sending.tries = 0
        self._transmit(sending, now)
        return []

    # --- receiving ---------------------------------------------------------------------------------------------------

    def _all(self, sounds: list[Sign | Heard | Nonsense], now: float) -> list[Event]:
        return [event for sound in sounds for event in self._one(sound, now)]

    def _one(self, sound: Sign | Heard | Nonsense, now: float) -> list[Event]:
        match sound:
            case Sign.ACK:
                return self._acknowledged(now)
            case Sign.NAK:
                self._nonsense[sound] += 1
                return [] if self._sending is None else self._again(self._sending, now)
            case Nonsense():
                self._nonsense[sound] += 1
                # Somebody who was not heard at all may be speaking to another device, or not be speaking.
                if self._before is not None or self._sending is not None:
                    self._signs.append(NAK)
                return []
            case Heard():
                return self._packet(sound, now)
        assert_never(sound)

    def _packet(self, heard: Heard, now: float) -> list[Event]:
        packet = heard.packet
        if self._identity is not None and packet.identity not in (self._identity, ALL):
            return []
        self.heard_at = now
        mark = (packet.identity, packet.toggle, heard.checksum)
        if mark == self._before and (self._trust_toggle or self._sending is not None):
            self._signs.append(ACK)
            return []
        # A packet that is not a repeated one says that the other end has heard all and goes on.
        sending, self._sending, self._waiting = self._sending, None, b""
        events: list[Event] = []
        if sending is not None:
            events.append(Sent() if sending.last else Failed(error=self.failure(sent=False)))
        if self._device:
            self._address = packet.identity
        try:
            message = self._assembly.add(packet, self.sizes)
        except WireError:
            self._signs.append(NAK)
            return events
        self._before = mark
        self._signs.append(ACK)
        if message is not None:
            events.append(Message(octets=message))
        return events
