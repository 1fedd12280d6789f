"""What the two ends of C12.22 are told before they begin."""

from __future__ import annotations

from dataclasses import dataclass, field

from tdl.systems.wire.dialogue import Patience
from tdl.systems.wire.envelope import SIZE
from tdl.systems.wire.epsem import Mode
from tdl.systems.wire.segments import PAYLOAD_IPV4
from tdl.systems.wire.titles import Title


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to speak to a meter.

    Attributes:
        called, calling: the meter's title, and one's own; None for whoever is at the two ends of the line.
        mode: how messages are protected; None for encrypted, which takes a key. Clear text has to be asked for.
        least: how answers must be protected at least; None for as much as what they answer.
        session: whether to log on; if not, every message shows the password.
        idle: seconds without traffic for which to ask that a session lives.
        answer: seconds until a message is sent again, or given up.
        repeats: how often it is sent again, as the same octets. A write in clear text is sent once: nothing tells a
            meter whether it is the one before.
        largest: the most octets of a message.
        payload: the most octets of a datagram; a message that is larger goes in pieces. None for messages as they are.
        padding: octets up to which a message in clear text is filled, so that an answer may be as large: some meters
            answer strangers with no more octets than came.
        patience: with a meter that is busy.
        base: what relative titles are below; see `security.seal`.
    """

    called: Title | None = None
    calling: Title | None = None
    mode: Mode | None = None
    least: Mode | None = None
    session: bool = False
    idle: int = 60
    answer: float = 4.0
    repeats: int = 3
    largest: int = SIZE
    payload: int | None = None
    padding: int = 0
    patience: Patience = field(default_factory=Patience)
    base: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """How a server speaks.

    Attributes:
        largest: the most octets of a message that comes, and of one that goes over a connection.
        payload: the most octets of a datagram that it sends.
        pieces: whether an answer that is larger than a datagram is sent in pieces.
        assemblies: messages in pieces that are put together at one time, each of at most `largest` octets; none if 0.
        amplify: whether datagrams that nobody vouches for may be answered by larger ones; only where no sender can
            be forged.
        idle, idle_most: seconds without traffic after which a session ends, if its peer asks for none, and at most.
        sessions: at one time, of all nodes.
        sessionless: whether tables may be read and written outside of sessions.
        rate, burst: datagrams without proof and messages with a wrong one from one address, in a second and at once.
        version, revision: of the standard.
        base: what relative titles are below; see `security.unseal`.
    """

    largest: int = SIZE
    payload: int = PAYLOAD_IPV4
    pieces: bool = False
    assemblies: int = 64
    amplify: bool = False
    idle: int = 60
    idle_most: int = 3600
    sessions: int = 4096
    sessionless: bool = True
    rate: float = 10.0
    burst: float = 40.0
    version: int = 1
    revision: int = 0
    base: tuple[int, ...] | None = None
