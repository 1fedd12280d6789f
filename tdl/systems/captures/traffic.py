"""Messages heard: what connections and datagrams of a capture carry, in the order in which it ended.

C12.22 is looked for on its port, 1153, and wherever else octets begin with one of its messages; C12.18 and C12.21 on
every connection that begins with one of their packets.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from tdl.codec.errors import octets_text
from tdl.systems.captures.envelopes import Envelopes, trouble
from tdl.systems.captures.files import Endpoint, Packet, Transport
from tdl.systems.captures.keys import Keys
from tdl.systems.captures.lines import BEGINNINGS, Line
from tdl.systems.captures.messages import Message, Place
from tdl.systems.captures.questions import Questions
from tdl.systems.captures.streams import Chunk, Direction
from tdl.systems.wire import apdu, segments, tags
from tdl.systems.wire.envelope import MOST
from tdl.systems.wire.errors import Layer, WireError
from tdl.systems.wire.stream import Stream
from tdl.systems.wire.tags import MESSAGE

PORT = 1153
"""That of C12.22."""

CONNECTIONS, HELD = 16_384, 1 << 26
"""The most connections that are followed, and octets that wait in them; the ones that were silent longest go first."""

_Ends: TypeAlias = tuple[Endpoint, Endpoint]


@dataclass(slots=True)
class _Side:
    """What one end of a connection says, and what it is read as; None until it looks like something."""

    direction: Direction = field(default_factory=Direction)
    reader: Stream | Line | None = None
    astray: bool = False
    """Whether octets are missing or wrong, so that nothing but what they look like tells where a message begins."""
    place: Place | None = None
    """Where it was heard last."""

    @property
    def held(self) -> int:
        return self.direction.held + (self.reader.held if isinstance(self.reader, Stream) else 0)


@dataclass(slots=True)
class _Connection:
    """Its sides by who speaks."""

    line: Line
    sides: dict[Endpoint, _Side] = field(default_factory=dict)

    @property
    def held(self) -> int:
        return self.line.held + sum(side.held for side in self.sides.values())


class Traffic:
    """A capture's messages, one after the other.

    Args:
        keys: those that protected messages are opened with.
    """

    def __init__(self, keys: Keys) -> None:
        self._questions = Questions()
        self._envelopes = Envelopes(keys, self._questions)
        self._connections: OrderedDict[_Ends, _Connection] = OrderedDict()
        self._held = 0

    def hear(self, packet: Packet) -> Iterator[Message]:
        """The messages that a packet brings to an end."""
        if packet.transport is Transport.UDP:
            place = Place(
                number=packet.number,
                time=packet.time,
                transport=Transport.UDP,
                source=packet.source,
                destination=packet.destination,
            )
            if _on_port(place) or _is_envelope(packet.octets):
                yield from self._envelopes.hear(place, packet.octets)
            return
        if packet.octets or packet.begins:
            yield from self._connected(packet)

    def finish(self) -> Iterator[Message]:
        """What is left at the end of the capture."""
        while self._connections:
            yield from self._forget()
        yield from self._envelopes.finish()

    def given_up(self) -> list[Message]:
        """The questions without an answer whose place others have taken since this was last asked."""
        return self._questions.given_up()

    def unanswered(self) -> list[Message]:
        """The other questions that nobody has answered so far."""
        return self._questions.unanswered()

    # --- connections -------------------------------------------------------------------------------------------------

    def _connected(self, packet: Packet) -> Iterator[Message]:
        ends = min(packet.source, packet.destination), max(packet.source, packet.destination)
        connection = self._connections.get(ends)
        if connection is None:
            line = Line(ends, self._questions, sure=any(end.port == PORT for end in ends))
            connection = self._connections[ends] = _Connection(line)
        self._connections.move_to_end(ends)
        self._held -= connection.held
        side = connection.sides.setdefault(packet.source, _Side())
        for chunk in side.direction.add(packet):
            yield from self._flow(connection, packet.source, packet.destination, chunk)
        self._held += connection.held
        while len(self._connections) > CONNECTIONS or self._held > HELD:
            yield from self._forget()

    def _forget(self) -> Iterator[Message]:
        """Say what is left of the connection that was silent longest."""
        ends, connection = self._connections.popitem(last=False)
        self._held -= connection.held
        for source, side in connection.sides.items():
            destination = ends[0] if source == ends[1] else ends[1]
            for chunk in side.direction.finish():
                yield from self._flow(connection, source, destination, chunk)
            yield from self._end(side)

    def _end(self, side: _Side) -> Iterator[Message]:
        """What is left of what a side said."""
        reader, side.reader = side.reader, None
        if side.place is None or reader is None:
            return
        if isinstance(reader, Line):
            yield from reader.finish(side.place)
            return
        try:
            reader.finish()
        except WireError as error:
            yield trouble(side.place, reader.held, error)

    def _flow(
        self, connection: _Connection, source: Endpoint, destination: Endpoint, chunk: Chunk
    ) -> Iterator[Message]:
        """The messages that the next octets of a side end."""
        side, line = connection.sides[source], connection.line
        if chunk.begins:
            yield from self._end(side)
            side.astray = False
        side.place = place = Place(
            number=chunk.number, time=chunk.time, transport=Transport.TCP, source=source, destination=destination
        )
        if chunk.lost:
            what = WireError(Layer.STREAM, f"{octets_text(chunk.lost)} that the capture does not have")
            if side.reader is not None or line.sure:
                yield trouble(place, chunk.lost, what)
            for _ in self._end(side):  # what is not whole lacks what was lost
                pass
            side.astray = True
        if side.reader is None:
            side.reader = _reader(side, place, chunk.octets, line)
        match side.reader:
            case Stream() as stream:
                yield from self._envelopes_in(stream, side, place, chunk.octets)
            case Line():
                for message in line.hear(place, chunk.octets):
                    if message is None:
                        side.reader = None
                    else:
                        yield message
            case None:
                pass

    def _envelopes_in(self, stream: Stream, side: _Side, place: Place, octets: bytes) -> Iterator[Message]:
        stream.feed(octets)
        try:
            while (message := stream.take()) is not None:
                yield from self._envelopes.hear(place, message)
        except WireError as error:
            yield trouble(place, stream.held, error)
            side.reader, side.astray = None, True


def _reader(side: _Side, place: Place, octets: bytes, line: Line) -> Stream | Line | None:
    """What octets are read as that nothing is known of."""
    if octets[0] in BEGINNINGS:
        return line
    expected = _on_port(place) and (not side.astray or _begins_envelope(octets))
    return Stream(limit=MOST) if expected or _is_envelope(octets) else None


def _on_port(place: Place) -> bool:
    return PORT in (place.source.port, place.destination.port)


def _begins_envelope(octets: bytes) -> bool:
    """Whether octets look like the first ones of a message of C12.22."""
    if octets[:1] != bytes([MESSAGE]) or len(octets) < 2:
        return False
    first = 2 + max(octets[1] - 0x80, 0)
    return octets[first : first + 1] in [bytes([tag]) for tag in tags.ORDER]


def _is_envelope(octets: bytes) -> bool:
    """Whether octets begin with a message of C12.22, all of it."""
    if octets[:1] != bytes([MESSAGE]):
        return False
    stream = Stream(limit=MOST)
    stream.feed(octets)
    try:
        first = stream.take()
        if first is not None and not segments.is_piece(first, limit=MOST):
            apdu.decode(first, limit=MOST)
    except WireError:
        return False
    return first is not None
