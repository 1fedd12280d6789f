"""The meter's end: what may be asked when, over a link."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, assert_never

from tdl.systems.wire import answers, requests
from tdl.systems.wire.answers import Answer, Authenticated, Code, Done, Negotiated, Refused, Timed
from tdl.systems.wire.errors import WireError
from tdl.systems.wire.identity import Authentication, Feature, Identity
from tdl.systems.wire.psem import challenge
from tdl.systems.wire.psem.link import NEVER, Event, Failed, Link, Message, Sent
from tdl.systems.wire.psem.messages import ASKED, LEAST, Sizes
from tdl.systems.wire.psem.settings import Standard
from tdl.systems.wire.psem.speeds import BAUD, FIRST
from tdl.systems.wire.psem.states import State, service_of
from tdl.systems.wire.psem.timing import Timing
from tdl.systems.wire.requests import Request, Service


class Session(Protocol):
    """What a meter has for one client."""

    def answer(self, request: bytes) -> bytes:
        """The octets of the answer to the octets of one service; each request is brought here once."""

    def close(self) -> None:
        """The client has gone."""


class Meter(Protocol):
    """What answers."""

    def connect(self, peer: str) -> Session:
        """A session for a client that a name tells from others."""


_HERE = frozenset(
    (Service.IDENTIFY, Service.TERMINATE, Service.WAIT, Service.NEGOTIATE, Service.TIMING, Service.AUTHENTICATE)
)
"""What the link answers; all else is the meter's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """How a meter speaks.

    Attributes:
        identity: on a shared line; None to answer to any.
        sizes: the most that it grants.
        baud: whether it changes the speed of its line.
        version, revision: of the standard.
        keys: for the authentication of C12.21, by their numbers; without any it is not offered.
        ticket: makes a challenge that nobody can foretell.
    """

    standard: Standard = Standard.C1218
    identity: int | None = None
    sizes: Sizes = ASKED
    version: int = 1
    revision: int = 0
    keys: Mapping[int, bytes] = field(default_factory=dict, repr=False)
    ticket: Callable[[], bytes] = lambda: secrets.token_bytes(challenge.BLOCK)


class Server:
    """A meter's end of a line.

    Give it octets with `receive` and the time with `tick`, at `deadline` at the latest. After each call send what
    `take` has, and then set the line to `link.baud`.

    Args:
        peer: names the client to the meter.
        baud: whether the line has a speed that can be changed.
    """

    def __init__(self, meter: Meter, settings: ServerSettings, *, peer: str, baud: bool = False) -> None:
        self._meter = meter
        self._settings = settings
        self._peer = peer
        self.link = Link(settings.standard.timing, identity=settings.identity, device=True)
        self.link.baud = FIRST if baud else None
        self.state = State.BASE
        self._session: Session | None = None
        self._stretch = 0.0
        self._ticket: bytes | None = None
        self._authenticated = False
        self._after: Callable[[], None] | None = None

    @property
    def deadline(self) -> float | None:
        """When `tick` is due."""
        times = (self.link.deadline, self._traffic)
        return min((each for each in times if each is not None), default=None)

    @property
    def _traffic(self) -> float | None:
        """When the conversation is over if nothing comes; None if there is none."""
        heard = self.link.heard_at
        return None if heard == NEVER else heard + max(self.link.timing.traffic, self._stretch)

    @property
    def conversing(self) -> bool:
        """Whether packets came, and not too long ago."""
        return self._traffic is not None

    def take(self) -> bytes:
        """The octets to send now, once."""
        return self.link.take()

    def receive(self, octets: bytes, now: float) -> None:
        """Take what the line brings."""
        self._expire(now)
        self._heard(self.link.receive(octets, now), now)

    def tick(self, now: float) -> None:
        """Take note of the time."""
        self._heard(self.link.tick(now), now)
        self._expire(now)

    def close(self, *, forget: bool = True) -> None:
        """End the conversation.

        Args:
            forget: the packet before, as well; after a silence it cannot come once more.
        """
        session, self._session = self._session, None
        self.state = State.BASE
        self._ticket, self._authenticated = None, False
        self._after, self._stretch = None, 0.0
        self.link.reset(forget=forget)
        self.link.retime(self._settings.standard.timing)
        self.link.baud = FIRST if self.link.baud else None
        if session is not None:
            session.close()

    def _granted(self) -> None:
        """Do what was to wait for the end of the answer that grants it."""
        after, self._after = self._after, None
        if after is not None:
            after()

    def _terminated(self) -> None:
        self.close(forget=False)

    def _expire(self, now: float) -> None:
        due = self._traffic
        if due is not None and now >= due:
            self.close()

    def _heard(self, events: list[Event], now: float) -> None:
        for event in events:
            match event:
                case Message(octets=octets):
                    # Whoever goes on has heard the answer before, whether or not its acknowledgement came.
                    self._granted()
                    # A conversation that begins in the packet that ended another one begins now.
                    self.link.heard_at = now
                    self.link.send(self._fitting(self._answer(octets)), now)
                case Sent():
                    self._granted()
                case Failed():
                    if self._after == self._terminated:
                        self._granted()
                case _:
                    assert_never(event)

    def _fitting(self, answer: bytes) -> bytes:
        return answer if len(answer) <= self.link.sizes.message else answers.encode(Refused(code=Code.ONP))

    # --- services ----------------------------------------------------------------------------------------------------

    def _answer(self, octets: bytes) -> bytes:
        service = service_of(octets)
        if service is not Service.WAIT:
            self._stretch = 0.0
        refusal = self.state.refusal(service)
        if refusal is not None:
            return answers.encode(Refused(code=refusal))
        if service in _HERE:
            try:
                answer = self._linked(requests.decode(octets))
            except WireError:
                answer = Refused(code=Code.ERR)
            return answers.encode(answer)
        return self._asked(service, octets)

    def _asked(self, service: Service | None, octets: bytes) -> bytes:
        """What the meter itself answers."""
        if self._settings.keys and not self._authenticated and service in (Service.READ, Service.WRITE):
            return answers.encode(Refused(code=Code.ISC))
        if self._session is None:
            self._session = self._meter.connect(self._peer)
        answer = self._session.answer(octets)
        match service, answer[:1]:
            case Service.LOGON, b"\0":
                self.state = State.SESSION
            case (Service.LOGOFF, b"\0") | (_, b"\x09"):
                # The latter is RNO, which asks to negotiate again.
                self.state = State.IDENTIFIED
                self._authenticated = False
        return answer

    def _linked(self, request: Request) -> Answer:
        """What the link answers."""
        match request:
            case requests.Identify():
                self.state = State.IDENTIFIED
                return self._identity()
            case requests.Terminate():
                self._after = self._terminated
                return Done()
            case requests.Wait(seconds=seconds):
                self._stretch = float(seconds)
                return Done()
            case requests.Negotiate():
                return self._negotiated(request)
            case requests.TimingSetup():
                return self._timed(request)
            case requests.Authenticate(proof=proof):
                return self._proven(proof)
            case _:
                return Refused(code=Code.SNS)

    def _identity(self) -> Identity:
        features: tuple[Feature, ...] = ()
        settings = self._settings
        self._ticket = None
        if settings.keys and settings.standard is Standard.C1221:
            self._ticket = settings.ticket()
            features = (Authentication(type=1, algorithm=challenge.DES, ticket=self._ticket),)
        return Identity(
            standard=settings.standard.value,
            version=settings.version,
            revision=settings.revision,
            features=features,
        )

    def _negotiated(self, asked: requests.Negotiate) -> Answer:
        if asked.packet_size < LEAST:
            return Refused(code=Code.IAR)
        most = self._settings.sizes
        sizes = Sizes(packet=min(asked.packet_size, most.packet), packets=max(1, min(asked.packets, most.packets)))
        known = [code for code in asked.speeds if code in BAUD]
        speed = max(known, key=lambda code: BAUD[code], default=0)

        def switch() -> None:
            self.link.resize(sizes)
            if self.link.baud and speed:
                self.link.baud = BAUD[speed]

        self._after = switch
        told = speed if self._settings.standard is Standard.C1218 else None
        return Negotiated(packet_size=sizes.packet, packets=sizes.packets, speed=told)

    def _timed(self, asked: requests.TimingSetup) -> Answer:
        if self._settings.standard is not Standard.C1221:
            return Refused(code=Code.SNS)
        traffic, character, response = (max(1, each) for each in (asked.traffic, asked.character, asked.response))
        timing = Timing(traffic=traffic, character=character, response=response, retries=asked.retries)
        self._after = lambda: self.link.retime(timing)
        return Timed(traffic=traffic, character=character, response=response, retries=asked.retries)

    def _proven(self, proof: bytes) -> Answer:
        ticket, self._ticket = self._ticket, None
        key = self._settings.keys.get(proof[0]) if proof else None
        if not self._settings.keys or self._settings.standard is not Standard.C1221:
            return Refused(code=Code.SNS)
        if ticket is None or key is None or not challenge.same(proof, challenge.prove(key, proof[0], ticket)):
            return Refused(code=Code.ERR)
        self._authenticated = True
        return Authenticated(proof=challenge.answer(key, proof))
