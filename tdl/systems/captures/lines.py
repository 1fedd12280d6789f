"""A connection that carries C12.18 or C12.21: packets of both sides put together to messages, and paired.

Nothing in a packet says who asks and who answers; the first octet of a message does. Each side waits for the other, so
that an answer belongs to the last question.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from tdl.systems.captures.envelopes import ANSWERS, asked, trouble
from tdl.systems.captures.files import Endpoint
from tdl.systems.captures.messages import Message, Place, Protocol
from tdl.systems.captures.questions import Key, Questions
from tdl.systems.wire import exchange, identity
from tdl.systems.wire.answers import Authenticated, Timed
from tdl.systems.wire.errors import Layer, WireError
from tdl.systems.wire.exchange import Exchange
from tdl.systems.wire.identity import Identity
from tdl.systems.wire.psem import packets
from tdl.systems.wire.psem.messages import Assembly, Sizes
from tdl.systems.wire.psem.scanner import Heard, Nonsense, Scanner, Sign

BEGINNINGS = frozenset((packets.START, packets.ACK, packets.NAK, packets.WAKE))
"""How what a side says begins."""

_STANDARDS = {identity.C1218: Protocol.C1218, identity.C1221: Protocol.C1221}

_SIZES = Sizes(packet=packets.MOST + packets.AROUND, packets=256)
"""What was negotiated may be before the capture: all that packets can say."""


class Line:
    """Both sides of a connection.

    Args:
        ends: those of the connection, in an order of their own.
        questions: where what was asked is kept.

    Attributes:
        sure: whether what is wrong is worth a word: a whole packet came, or it was said to be C12.18.
    """

    __slots__ = ("_before", "_ends", "_held", "_parts", "_questions", "_scanners", "_spoken", "sure")

    def __init__(self, ends: tuple[Endpoint, Endpoint], questions: Questions, *, sure: bool) -> None:
        self._ends = ends
        self._questions = questions
        self._scanners: dict[Endpoint, Scanner] = {}
        self._parts: dict[Endpoint, Assembly] = {}
        self._held: dict[Endpoint, int] = {}
        self._spoken: dict[int, Protocol] = {}
        self._before: tuple[Endpoint, bool, bytes] | None = None
        self.sure = sure

    @property
    def held(self) -> int:
        """The octets of messages that are not whole."""
        return sum(self._held.values())

    def hear(self, place: Place, octets: bytes) -> Iterator[Message | None]:
        """The messages that octets of a side end; None where they are no packets, after which the rest is not read."""
        # What is silent on a serial line says nothing on a connection: time stands still.
        scanner = self._scanners.setdefault(place.source, Scanner(silence=1, most=packets.MOST))
        for sound in scanner.receive(octets, 0.0):
            match sound:
                case Heard():
                    self.sure = True
                    yield from self._packet(place, sound)
                case Sign():
                    pass
                case _:
                    raise AssertionError(sound)
        if scanner.deadline is not None and not scanner.within:
            for nonsense in scanner.tick(inf):
                assert isinstance(nonsense, Nonsense)
                if self.sure:
                    yield _wrong(place, len(octets), nonsense.value)
            yield None

    def finish(self, place: Place) -> Iterator[Message]:
        """What a side said is over."""
        scanner = self._scanners.pop(place.source, None)
        self._parts.pop(place.source, None)
        broken = self._held.pop(place.source, 0) > 0 or (scanner is not None and scanner.within)
        if broken and self.sure:
            yield _wrong(place, 0, Nonsense.CUT.value)

    def _packet(self, place: Place, heard: Heard) -> Iterator[Message]:
        packet = heard.packet
        mark = place.source, packet.toggle, heard.checksum
        if mark == self._before:
            return  # sent again, as no acknowledgement came
        self._before = mark
        assembly = self._parts.setdefault(place.source, Assembly())
        held = self._held.pop(place.source, 0)
        try:
            octets = assembly.add(packet, _SIZES)
        except WireError as error:
            yield trouble(place, len(packet.data), error, self._protocol(packet.identity))
            return
        if octets is None:
            self._held[place.source] = len(packet.data) if packet.first else held + len(packet.data)
        else:
            yield self._message(place, packet.identity, octets)

    def _message(self, place: Place, device: int, octets: bytes) -> Message:
        answers = octets[:1] < bytes([ANSWERS])
        problem: WireError | None = None
        exchanges: tuple[Exchange, ...] = ()
        one, other = self._ends
        key: Key = str(one), str(other), device
        try:
            exchanges = self._answered(key, octets) if answers else asked([octets])
        except WireError as error:
            problem = error
        for each in exchanges:
            self._learn(device, each)
        message = Message(
            place=place,
            size=len(octets),
            protocol=self._protocol(device),
            identity=device,
            exchanges=exchanges,
            answers=answers,
            problem=problem,
        )
        if exchanges and not answers:
            self._questions.ask(message, [key])
        return message

    def _protocol(self, device: int) -> Protocol:
        return self._spoken.get(device, Protocol.PSEM)

    def _learn(self, device: int, heard: Exchange) -> None:
        """What a device answers says which of the two it speaks from here on, as far as it says anything."""
        match heard.answer:
            case Identity(standard=standard):
                self._spoken[device] = _STANDARDS.get(standard, Protocol.PSEM)
            case Authenticated() | Timed():
                self._spoken[device] = Protocol.C1221
            case _:
                pass

    def _answered(self, key: Key, octets: bytes) -> tuple[Exchange, ...]:
        question = self._questions.answered(key)
        if question is None:
            raise WireError(Layer.SERVICE, "an answer to a question that the capture does not have")
        return exchange.pair([each.request for each in question.exchanges], [octets])


def _wrong(place: Place, size: int, what: str) -> Message:
    return trouble(place, size, WireError(Layer.LINK, what), Protocol.PSEM)
