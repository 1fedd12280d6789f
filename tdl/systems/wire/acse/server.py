"""The meters' end: messages of many peers to many nodes, each done once and answered as often as it comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tdl.systems.wire import answers, segments
from tdl.systems.wire import apdu as messages
from tdl.systems.wire.acse import services
from tdl.systems.wire.acse.buckets import Buckets
from tdl.systems.wire.acse.ivs import Ivs
from tdl.systems.wire.acse.node import Fresh, Node
from tdl.systems.wire.acse.repeats import Repeats
from tdl.systems.wire.acse.services import Services
from tdl.systems.wire.acse.settings import ServerSettings
from tdl.systems.wire.acse.visits import Peer, Visits
from tdl.systems.wire.answers import Code, Refused
from tdl.systems.wire.apdu import Apdu
from tdl.systems.wire.assemblies import Assemblies
from tdl.systems.wire.authentication import KeyUse, key_use
from tdl.systems.wire.envelope import Invocation
from tdl.systems.wire.epsem import MAC, Epsem, Mode, Respond, Sealed
from tdl.systems.wire.errors import WireError
from tdl.systems.wire.requests import Reading
from tdl.systems.wire.security import seal, unseal
from tdl.systems.wire.segments import Piece
from tdl.systems.wire.titles import Title, base_of

EACH = 4
"""The most messages in pieces of one source that are put together at one time."""

_WIDEST = 0xFFFF_FFFF
"""A number of a message that takes the most octets."""

_GROWTH = 12
"""Octets by which the lengths around services may grow with them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a message comes from.

    Attributes:
        datagram: whether anybody may have written the address on it.
    """

    host: str
    port: int
    datagram: bool

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class Event(StrEnum):
    """What a server takes note of."""

    DONE = "a message whose services were done"
    REPEATED = "a message that came once more, and was answered once more"
    REPLAYED = "a message that came before, whose answer is not known any more"
    UNTIMELY = "a message of another time"
    FULL = "a message that could not be remembered"
    UNREADABLE = "octets that are no message"
    SCATTERED = "a piece of a message that is not whole"
    UNKNOWN = "a message to an unknown title"
    FORGED = "a message with a wrong code or an unknown key"
    WEAK = "a message with too little protection"
    SMALL = "a message without proof that is smaller than any answer to it"
    THROTTLED = "a message from an address that says too much"


class Server:
    """Nodes at one place.

    Give it whole messages with `receive`, and send what that returns to where the message came from. Give it the time
    with `tick` now and then.

    Args:
        ivs: the numbers of its messages, and the time.

    Attributes:
        events: how often what happened.
        visits, assemblies: the sessions, and the messages of which pieces are missing.
    """

    def __init__(
        self, nodes: Iterable[Node], settings: ServerSettings | None = None, *, ivs: Ivs | None = None
    ) -> None:
        self.settings = settings or ServerSettings()
        self.events: Counter[Event] = Counter()
        self.visits = Visits(self.settings.sessions)
        self._nodes = {node.title: node for node in nodes}
        self._ivs = ivs or Ivs()
        self._repeats = Repeats()
        self._buckets = Buckets(rate=self.settings.rate, burst=self.settings.burst)
        most = self.settings.assemblies
        self.assemblies = Assemblies(most=most, each=min(most, EACH), limit=self.settings.largest)

    def tick(self, now: float) -> None:
        """Take note of the time: sessions without traffic end, and pieces of messages are given up."""
        self.visits.expire(now)
        self.assemblies.expire(now)

    def close(self) -> None:
        """End all sessions."""
        self.visits.close()

    def receive(self, octets: bytes, source: Source, now: float) -> tuple[bytes, ...]:
        """The messages that answer one, if any; it never raises, whatever the octets.

        Args:
            now: seconds of a clock that never goes back, from anywhere.
        """
        if source.datagram and not source.port:
            return ()
        if not self._buckets.allows(source.host, now):
            self.events[Event.THROTTLED] += 1
            return ()
        try:
            if segments.is_piece(octets, limit=self.settings.largest):
                return self._to_piece(octets, source, now)
            return self._whole(octets, source, now)
        except WireError:
            self._strange(Event.UNREADABLE, source, now)
            return ()

    # --- who speaks to whom ------------------------------------------------------------------------------------------

    def _to_piece(self, octets: bytes, source: Source, now: float) -> tuple[bytes, ...]:
        """What comes of a message once it is whole. A message that is begun costs a token, the pieces behind do not."""
        piece = segments.decode(octets, limit=self.settings.largest)
        if not self.settings.assemblies or piece.whole > self.settings.largest:
            self._strange(Event.UNREADABLE, source, now)
            code = Code.RQTL if self.settings.assemblies else Code.SGNP
            return self._refusal(_header(piece), code, None, source, len(octets))
        begins = not self.assemblies.knows(piece, str(source))
        whole = self.assemblies.add(piece, str(source), now)
        if whole is None:
            if begins and source.datagram:
                self._buckets.charge(source.host, now)
            self.events[Event.SCATTERED] += 1
            return ()
        return self._whole(whole, source, now)

    def _whole(self, octets: bytes, source: Source, now: float) -> tuple[bytes, ...]:
        apdu = messages.decode(octets, limit=self.settings.largest)
        return () if apdu.called_invocation is not None else self._received(octets, apdu, source, now)

    def _received(self, octets: bytes, apdu: Apdu, source: Source, now: float) -> tuple[bytes, ...]:
        limit = len(octets)
        node = self._node(apdu)
        if node is None:
            self._strange(Event.UNKNOWN, source, now)
            return self._refusal(apdu, Code.UAT, None, source, limit)
        sealed = apdu.epsem
        mode = sealed.mode if isinstance(sealed, Sealed) else Mode.CLEAR
        if mode < node.least:
            self._strange(Event.WEAK, source, now)
            return self._refusal(apdu, Code.SME, node, source, limit)
        peer = self._peer(apdu, node, mode, source)
        if mode is Mode.CLEAR and source.datagram:
            self._buckets.charge(source.host, now)
        before = self._repeats.find(octets, _origin(peer), now)
        if before is not None:
            self.events[Event.REPEATED] += 1
            if source.datagram:
                self._buckets.charge(source.host, now)
            return before
        if isinstance(sealed, Epsem):
            return self._done(octets, apdu, sealed, node, peer, source, now)
        try:
            opened = unseal(apdu, node.keys, base=self.settings.base)
        except WireError:
            self._strange(Event.FORGED, source, now)
            return self._refusal(apdu, Code.SME, node, source, limit)
        return self._opened(octets, opened, node, peer, source, now)

    def _opened(
        self, octets: bytes, apdu: Apdu, node: Node, peer: Peer, source: Source, now: float
    ) -> tuple[bytes, ...]:
        """What comes of a message whose code is right: it is done unless it is an old one."""
        inside = apdu.epsem
        assert isinstance(inside, Epsem)
        fresh = node.remember(apdu, services.read(inside.services), self._ivs.now(), self.settings.base)
        match fresh:
            case Fresh.NEW:
                return self._done(octets, apdu, inside, node, peer, source, now)
            case Fresh.BEFORE:
                # Whether it was done then is not known any more, so that there is nothing true to say.
                self._strange(Event.REPLAYED, source, now)
                return ()
            case Fresh.UNTIMELY:
                self.events[Event.UNTIMELY] += 1
                return self._said(apdu, [bytes([Code.SME])], peer, source, inside.respond)
            case Fresh.FULL:
                self.events[Event.FULL] += 1
                busy = [bytes([Code.BSY])] * len(inside.services)
                return self._said(apdu, busy, peer, source, inside.respond)

    def _done(
        self, octets: bytes, apdu: Apdu, inside: Epsem, node: Node, peer: Peer, source: Source, now: float
    ) -> tuple[bytes, ...]:
        room = self._room(apdu, peer, source, len(octets))
        if room < services.REFUSAL and inside.respond is not Respond.NEVER:
            self._strange(Event.SMALL, source, now)
            return ()
        asked = services.read(inside.services)
        if asked is None:
            told = services.refusals(inside.services)
            told = told if sum(map(len, told)) + len(told) <= room else told[:1]
        else:
            wide = self.settings.largest if inside.respond is Respond.NEVER else room
            told = Services(node, peer, self.visits, self.settings, room=wide, now=now).run(asked)
        self.events[Event.DONE] += 1
        said = self._said(apdu, told, peer, source, inside.respond)
        if peer.mode is not Mode.CLEAR or asked is None or not all(isinstance(each, Reading) for each in asked):
            # What only reads is read again, if nothing tells whether it is the same message.
            self._repeats.add(octets, _origin(peer), said, now)
        return said

    def _node(self, apdu: Apdu) -> Node | None:
        if apdu.called is None:
            return next(iter(self._nodes.values())) if len(self._nodes) == 1 else None
        return self._nodes.get(apdu.called.absolute(self._root(apdu)))

    def _peer(self, apdu: Apdu, node: Node, mode: Mode, source: Source) -> Peer:
        calling = None if apdu.calling is None else apdu.calling.absolute(self._root(apdu))
        shown = mode is not Mode.CLEAR
        return Peer(
            called=node.title,
            calling=calling,
            mode=mode,
            key_id=key_use(apdu.authentication).key_id if shown else None,
            source="" if shown and calling is not None else str(source),
        )

    def _root(self, apdu: Apdu) -> tuple[int, ...]:
        return self.settings.base or base_of(apdu.context)

    def _strange(self, event: Event, source: Source, now: float) -> None:
        """Take note of something that nobody vouches for."""
        self.events[event] += 1
        self._buckets.charge(source.host, now)

    # --- what is said ------------------------------------------------------------------------------------------------

    def _room(self, apdu: Apdu, peer: Peer, source: Source, came: int) -> int:
        """The most octets of the services of an answer, with their lengths."""
        use = KeyUse(key_id=peer.key_id, iv=0) if peer.key_id is not None else None
        around = len(messages.encode(_envelope(apdu, peer.called, use, (), _WIDEST))) + _GROWTH
        around += MAC * (use is not None)
        return self._largest(peer.mode is not Mode.CLEAR, source, came) - around

    def _largest(self, shown: bool, source: Source, came: int) -> int:
        """The most octets of an answer."""
        if not source.datagram:
            return self.settings.largest
        most = self.settings.largest if self.settings.pieces else self.settings.payload
        return most if shown or self.settings.amplify else min(most, came)

    def _said(self, apdu: Apdu, told: list[bytes], peer: Peer, source: Source, respond: Respond) -> tuple[bytes, ...]:
        if respond is Respond.NEVER or (respond is Respond.ON_EXCEPTION and not any(each[0] for each in told)):
            return ()
        numbers = self._ivs.draw()
        if peer.key_id is None or peer.mode is Mode.CLEAR:
            said = _envelope(apdu, peer.called, None, tuple(told), numbers.invocation)
        else:
            use = KeyUse(key_id=peer.key_id, iv=numbers.iv)
            clear = _envelope(apdu, peer.called, use, tuple(told), numbers.invocation)
            said = seal(clear, self._nodes[peer.called].keys[use.key_id], peer.mode, base=self.settings.base)
        octets = messages.encode(said)
        if source.datagram and len(octets) > self.settings.payload:
            return tuple(segments.encode(piece) for piece in segments.cut(said, octets, self.settings.payload))
        return (octets,)

    def _refusal(self, apdu: Apdu, code: Code, node: Node | None, source: Source, came: int) -> tuple[bytes, ...]:
        """A refusal in clear text, as no key is known or shown."""
        if apdu.epsem.respond is Respond.NEVER:
            return ()
        told = (answers.encode(Refused(code=code)),)
        octets = messages.encode(
            _envelope(apdu, None if node is None else node.title, None, told, self._ivs.draw().invocation)
        )
        return (octets,) if len(octets) <= self._largest(False, source, came) else ()


def _header(piece: Piece) -> Apdu:
    """A message with the titles and the number of a piece's."""
    return Apdu(
        context=piece.context,
        called=piece.called,
        calling=piece.calling,
        calling_invocation=piece.calling_invocation,
        epsem=Epsem(),
    )


def _origin(peer: Peer) -> str:
    """Where the same octets are the same message: a protected one may come again from anywhere."""
    return peer.source if peer.mode is Mode.CLEAR else ""


def _envelope(apdu: Apdu, title: Title | None, use: KeyUse | None, told: tuple[bytes, ...], number: int) -> Apdu:
    """What answers a message, from whom it was for, to whom it came from."""
    return Apdu(
        context=apdu.context,
        called=apdu.calling,
        called_invocation=apdu.calling_invocation,
        calling=apdu.called or title,
        calling_invocation=Invocation(number=number),
        authentication=use,
        epsem=Epsem(services=told),
    )
