"""A message that was heard: where and when, what it asks or answers, or what could not be read of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tdl.systems.captures.files import Endpoint, Transport
from tdl.systems.wire.apdu import Apdu
from tdl.systems.wire.epsem import Mode
from tdl.systems.wire.errors import WireError
from tdl.systems.wire.exchange import Exchange


class Protocol(StrEnum):
    """What a message is carried in. Packets of C12.21 look like those of C12.18: what a meter answers tells."""

    PSEM = "C12.18 or C12.21"
    C1218 = "C12.18"
    C1221 = "C12.21"
    C1222 = "C12.22"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where and when octets were heard.

    Attributes:
        number: the frame of the capture that ended them; 0 if there is no capture.
        time: seconds since 1970.
        source, destination: who sent them and to whom.
    """

    number: int
    time: float
    transport: Transport
    source: Endpoint
    destination: Endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message, or why there is none.

    Attributes:
        size: its octets.
        apdu: of C12.22 its envelope, with services in clear text if they could be opened.
        identity: of C12.18 and C12.21 which device of a shared line it is for or from, 0 on a line of its own.
        mode: how it was protected.
        exchanges: its questions without answers, or its answers with what they answer.
        answers: whether it is an answer.
        problem: what could not be read of it.
    """

    place: Place
    size: int
    protocol: Protocol
    apdu: Apdu | None = None
    identity: int = 0
    mode: Mode = Mode.CLEAR
    exchanges: tuple[Exchange, ...] = ()
    answers: bool = False
    problem: WireError | None = None
