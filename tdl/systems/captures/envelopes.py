"""Messages of C12.22 heard: opened where the keys are there, put together from pieces, and paired."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from itertools import product

from tdl.systems.captures.keys import Keys
from tdl.systems.captures.messages import Message, Place, Protocol
from tdl.systems.captures.questions import Key, Questions
from tdl.systems.wire import apdu, exchange, requests, security, segments
from tdl.systems.wire.apdu import Apdu
from tdl.systems.wire.envelope import MOST
from tdl.systems.wire.epsem import Epsem, Mode, Sealed
from tdl.systems.wire.errors import Layer, WireError
from tdl.systems.wire.exchange import Exchange
from tdl.systems.wire.segments import Assembly, Piece
from tdl.systems.wire.titles import Title, base_of

ASSEMBLIES = 64
"""The most messages in pieces that are put together at once; each takes the room that its first piece asks for."""

ANSWERS = 0x20
"""Codes below are those of answers."""


class Envelopes:
    """Messages of C12.22, whatever carried them.

    Args:
        keys: those that protected messages are opened with.
        questions: where what was asked is kept.
    """

    def __init__(self, keys: Keys, questions: Questions) -> None:
        self._keys = keys
        self._questions = questions
        self._pieces: OrderedDict[segments.Sender, tuple[Place, Assembly]] = OrderedDict()

    def hear(self, place: Place, octets: bytes) -> Iterator[Message]:
        """The message that these octets are or complete, and those in pieces that are given up for it."""
        try:
            if not segments.is_piece(octets, limit=MOST):
                yield self._read(place, octets)
                return
            piece = segments.decode(octets, limit=MOST)
            whole = self._joined(place, piece)
        except WireError as error:
            yield trouble(place, len(octets), error)
            return
        if len(self._pieces) > ASSEMBLIES:
            yield self._incomplete(next(iter(self._pieces)))
        if whole is not None:
            yield self._read(place, whole)

    def finish(self) -> Iterator[Message]:
        """The messages of which pieces are missing."""
        for sender in tuple(self._pieces):
            yield self._incomplete(sender)

    def _joined(self, place: Place, piece: Piece) -> bytes | None:
        """The whole message, if this was the last of its pieces."""
        sender = segments.sender(piece)
        _, assembly = self._pieces.pop(sender, (place, None))
        if assembly is None or assembly.late(place.time):
            assembly = Assembly(piece, place.time, limit=MOST)
        else:
            assembly.add(piece, place.time)
        if assembly.message is None:
            self._pieces[sender] = place, assembly
        return assembly.message

    def _incomplete(self, sender: segments.Sender) -> Message:
        place, _ = self._pieces.pop(sender)
        return trouble(place, 0, WireError(Layer.SEGMENT, f"message {sender.invocation} in pieces", "all of them"))

    def _read(self, place: Place, octets: bytes) -> Message:
        """A message; what is wrong inside is said together with its envelope."""
        try:
            heard = apdu.decode(octets, limit=MOST)
        except WireError as error:
            return trouble(place, len(octets), error)
        mode = heard.epsem.mode if isinstance(heard.epsem, Sealed) else Mode.CLEAR
        problem: WireError | None = None
        exchanges: tuple[Exchange, ...] = ()
        answers = heard.called_invocation is not None
        try:
            if isinstance(heard.epsem, Sealed):
                heard = security.unseal(heard, self._keys.between(heard.called, heard.calling))
            assert isinstance(heard.epsem, Epsem)
            services = heard.epsem.services
            answers = answers or (bool(services) and services[0][0] < ANSWERS)
            exchanges = self._answered(place, heard, services) if answers else asked(services)
        except WireError as error:
            problem = error
        message = Message(
            place=place,
            size=len(octets),
            protocol=Protocol.C1222,
            apdu=heard,
            mode=mode,
            exchanges=exchanges,
            answers=answers,
            problem=problem,
        )
        if exchanges and not answers:
            self._questions.ask(message, _keys_of(message, heard))
        return message

    def _answered(self, place: Place, heard: Apdu, services: Sequence[bytes]) -> tuple[Exchange, ...]:
        """The answers with what they answer: found by what the answer says of it, which may be less than was asked."""
        number = None if heard.called_invocation is None else heard.called_invocation.number
        asker = _name(heard, heard.called) or place.destination.host
        question = self._questions.answered((asker, _name(heard, heard.calling) or place.source.host, number))
        if question is None:
            raise WireError(Layer.SERVICE, "an answer to a question that the capture does not have")
        return exchange.pair([each.request for each in question.exchanges], services)


def asked(services: Sequence[bytes]) -> tuple[Exchange, ...]:
    """Services as they are asked for.

    Raises:
        WireError: if one of them is none.
    """
    return tuple(Exchange(request=requests.decode(each), answer=None) for each in services)


def trouble(place: Place, size: int, error: WireError, protocol: Protocol = Protocol.C1222) -> Message:
    """What is wrong, where there is no message."""
    return Message(place=place, size=size, protocol=protocol, problem=error)


def _keys_of(message: Message, heard: Apdu) -> list[Key]:
    """All that an answer may say: titles, or addresses where it does without them, and the number or none."""
    place, number = message.place, heard.calling_invocation.number
    askers = dict.fromkeys((_name(heard, heard.calling) or place.source.host, place.source.host))
    asks = dict.fromkeys((_name(heard, heard.called) or place.destination.host, place.destination.host))
    return list(product(askers, asks, (number, None)))


def _name(heard: Apdu, title: Title | None) -> str:
    return "" if title is None else str(title.absolute(base_of(heard.context)))
