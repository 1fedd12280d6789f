"""What a message asks for, done one service after the other, once all of it has been read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tdl.systems.wire import answers, requests
from tdl.systems.wire.acse.node import Node, Session
from tdl.systems.wire.acse.settings import ServerSettings
from tdl.systems.wire.acse.visits import Peer, Visit, Visits
from tdl.systems.wire.answers import Answer, Code, Done, LoggedOn, Negotiated, Refused, Resolved, Traced
from tdl.systems.wire.errors import WireError
from tdl.systems.wire.identity import C1222, Feature, Identity, Sessions
from tdl.systems.wire.psem.states import service_of
from tdl.systems.wire.registration import Register
from tdl.systems.wire.requests import Request

REFUSAL = 6
"""Octets that any refusal fits in, with its length."""

_SESSIONLESS, _MANY = 0x80, 0x7F
"""Bits of what a node says of its sessions."""

_NATIVE = (requests.TimingSetup, requests.Authenticate, Register, requests.Deregister)
"""Of C12.21 alone, or for relays."""


def read(services: Sequence[bytes]) -> tuple[Request, ...] | None:
    """The requests that octets are; None if one of them is none."""
    try:
        return tuple(requests.decode(each) for each in services)
    except WireError:
        return None


def refusals(services: Sequence[bytes]) -> list[bytes]:
    """What answers a list of which something cannot be read, so that nothing of it is done."""
    return [answers.encode(Refused(code=_unread(each))) for each in services]


def _unread(octets: bytes) -> Code:
    return Code.SNS if service_of(octets) is None else Code.ERR


class Services:
    """The services of one message.

    Args:
        room: the most octets of all answers with their lengths.
    """

    def __init__(
        self, node: Node, peer: Peer, visits: Visits, settings: ServerSettings, *, room: int, now: float
    ) -> None:
        self._node = node
        self._peer = peer
        self._visits = visits
        self._settings = settings
        self._room = room
        self._now = now
        self._passing: Session | None = None

    def run(self, asked: tuple[Request, ...]) -> list[bytes]:
        """The answers, as many as there are requests."""
        told: list[bytes] = []
        left = self._room
        visit = self._visits.find(self._peer, self._now)
        if visit is not None:
            visit.until = self._now + visit.idle
            left = min(left, visit.room or left)
        if REFUSAL * len(asked) > left:
            return [_refused(Code.RSTL)]
        try:
            for place, request in enumerate(asked, 1):
                octets = self._fitting(self._answer(request), left - REFUSAL * (len(asked) - place))
                left -= len(octets) + _length(octets)
                told.append(octets)
        finally:
            if self._passing is not None:
                self._passing.close()
        return told

    def _fitting(self, octets: bytes, room: int) -> bytes:
        if len(octets) + _length(octets) <= room:
            return octets
        most = max(0, room - _length(bytes(room)))
        return answers.encode(Refused(code=Code.RSTL, detail=most.to_bytes(4, "big")))

    def _answer(self, request: Request) -> bytes:
        own = self._own(request)
        if own is not None:
            return answers.encode(own)
        if isinstance(request, requests.Logon):
            return self._log_on(request)
        visit = self._visit
        if isinstance(request, requests.Logoff):
            if visit is None:
                return _refused(Code.ISSS)
            told = visit.session.answer(requests.encode(request))
            self._visits.end(self._peer)
            return told
        if visit is not None:
            return visit.session.answer(requests.encode(request))
        if not self._settings.sessionless:
            return _refused(Code.ISSS)
        if self._passing is None:
            self._passing = self._node.meter.connect(str(self._peer), sessionless=True)
        return self._passing.answer(requests.encode(request))

    @property
    def _visit(self) -> Visit | None:
        return self._visits.find(self._peer, self._now)

    def _own(self, request: Request) -> Answer | None:
        """What the node answers without its meter; None for what is the meter's."""
        match request:
            case requests.Identify():
                return self._identity()
            case requests.Terminate() | requests.Disconnect():
                self._visits.end(self._peer)
                return Done()
            case requests.Wait(seconds=seconds):
                return self._waited(seconds)
            case requests.Negotiate():
                return self._negotiated(request)
            case requests.Resolve(title=title):
                if title.absolute() != self._node.title:
                    return Refused(code=Code.UAT)
                return Refused(code=Code.NETR) if self._node.address is None else Resolved(address=self._node.address)
            case requests.Trace(titles=titles):
                ours = bool(titles) and titles[0].absolute() == self._node.title
                return Traced(titles=(self._node.title,)) if ours else Refused(code=Code.UAT)
            case _ if isinstance(request, _NATIVE):
                return Refused(code=Code.SNS)
            case _:
                return None

    def _identity(self) -> Identity:
        many = min(self._settings.sessions, _MANY)
        features: tuple[Feature, ...] = (Sessions(control=many | _SESSIONLESS * self._settings.sessionless),)
        return Identity(
            standard=C1222, version=self._settings.version, revision=self._settings.revision, features=features
        )

    def _log_on(self, request: requests.Logon) -> bytes:
        # A peer that logs on again has lost its session, and means a new one.
        self._visits.end(self._peer)
        if self._visits.full:
            return _refused(Code.BSY)
        most = self._settings.idle_most
        wanted = self._settings.idle if request.timeout is None else request.timeout or most
        granted = min(wanted, most)
        session = self._node.meter.connect(str(self._peer))
        told = session.answer(requests.encode(replace(request, timeout=granted)))
        if told[:1] != bytes([Code.OK]):
            session.close()
            return told
        self._visits.begin(self._peer, session, granted, self._now)
        return answers.encode(LoggedOn(timeout=granted))

    def _waited(self, seconds: int) -> Answer:
        visit = self._visit
        if visit is None:
            return Refused(code=Code.ISSS)
        visit.until = self._now + max(visit.idle, seconds)
        return Done()

    def _negotiated(self, asked: requests.Negotiate) -> Answer:
        """Messages of a peer that takes only so many octets."""
        visit = self._visit
        if visit is None:
            return Refused(code=Code.ISSS)
        packets = max(1, asked.packets)
        if asked.packet_size * packets < REFUSAL * 2:
            return Refused(code=Code.IAR)
        visit.room = asked.packet_size * packets
        return Negotiated(packet_size=asked.packet_size, packets=packets)


def _refused(code: Code) -> bytes:
    return answers.encode(Refused(code=code))


def _length(octets: bytes) -> int:
    """Octets of the length in front of a service."""
    return 1 if len(octets) < 0x80 else 2 if len(octets) < 0x100 else 3 if len(octets) < 0x10000 else 4
