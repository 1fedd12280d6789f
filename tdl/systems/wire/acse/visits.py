"""The sessions of peers."""

from __future__ import annotations

from dataclasses import dataclass

from tdl.systems.wire.acse.node import Session
from tdl.systems.wire.epsem import Mode
from tdl.systems.wire.titles import Title


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Who speaks with whom, as far as it is shown.

    A protected message and one in clear text are never of one peer, nor are those of two modes or keys.

    Attributes:
        key_id: None in clear text.
        source: where it comes from, in clear text or without a title; a protected message may come from anywhere.
    """

    called: Title
    calling: Title | None
    mode: Mode
    key_id: int | None
    source: str

    def __str__(self) -> str:
        """As it is named to a meter."""
        return str(self.calling or self.source)


@dataclass(slots=True, kw_only=True)
class Visit:
    """A session.

    Attributes:
        idle: seconds without traffic after which it ends.
        until: when it ends, if nothing comes.
        room: the most octets of an answer that its peer asked for; None for as many as there may be.
    """

    session: Session
    idle: float
    until: float
    room: int | None = None


class Visits:
    """All sessions, up to so many."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._visits: dict[Peer, Visit] = {}

    def __len__(self) -> int:
        return len(self._visits)

    @property
    def deadline(self) -> float | None:
        """When the next one ends."""
        return min((visit.until for visit in self._visits.values()), default=None)

    @property
    def full(self) -> bool:
        return len(self._visits) >= self._most

    def find(self, peer: Peer, now: float) -> Visit | None:
        """The session of a peer, if it has not ended."""
        visit = self._visits.get(peer)
        if visit is not None and now >= visit.until:
            self.end(peer)
            return None
        return visit

    def begin(self, peer: Peer, session: Session, idle: float, now: float) -> None:
        """A session that is the peer's only one."""
        self.end(peer)
        self._visits[peer] = Visit(session=session, idle=idle, until=now + idle)

    def end(self, peer: Peer) -> None:
        """End the session of a peer, if there is one."""
        visit = self._visits.pop(peer, None)
        if visit is not None:
            visit.session.close()

    def expire(self, now: float) -> None:
        """End those that had no traffic for too long."""
        for peer in [peer for peer, visit in self._visits.items() if now >= visit.until]:
            self.end(peer)

    def close(self) -> None:
        """End all."""
        for peer in list(self._visits):
            self.end(peer)
