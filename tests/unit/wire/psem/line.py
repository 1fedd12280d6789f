"""A line between a client and a meter, with a clock of its own and as many faults as are asked for."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from tdl.systems.wire.credentials import Credentials
from tdl.systems.wire.dialogue import Steps
from tdl.systems.wire.psem.client import Client, Run
from tdl.systems.wire.psem.server import Server, ServerSettings
from tdl.systems.wire.psem.settings import Settings, Standard
from tests.unit.wire.psem.store import Store

T = TypeVar("T")

TURNS = 20_000
"""More turns at one moment than anything takes."""

Fault = Callable[[bytes], list[tuple[float, bytes]]]
"""What becomes of octets on their way: pieces, each with the seconds it takes."""


def whole(octets: bytes) -> list[tuple[float, bytes]]:
    return [(0.001, octets)]


@dataclass(slots=True, kw_only=True)
class Line:
    """Both ends, and what is on its way between them. Octets never overtake each other."""

    standard: Standard = Standard.C1218
    settings: Settings | None = None
    server_settings: ServerSettings | None = None
    credentials: Credentials = field(default_factory=Credentials)
    store: Store = field(default_factory=Store)
    fault: Fault = whole
    now: float = 1000.0
    log: list[tuple[str, bytes]] = field(default_factory=list)
    client: Client = field(init=False)
    server: Server = field(init=False)
    _way: list[tuple[float, int, str, bytes]] = field(default_factory=list)
    _latest: dict[str, float] = field(default_factory=dict)
    _number: int = 0

    def __post_init__(self) -> None:
        self.client = Client(self.settings or Settings(standard=self.standard), self.credentials)
        settings = self.server_settings or ServerSettings(standard=self.standard)
        self.server = Server(self.store, settings, peer="a test")

    def run(self, steps: Steps[T], *, within: float = 3600.0) -> T:
        """What comes of a part of a dialogue."""
        run = Run(self.client, steps, self.now)
        end, turns = self.now + within, 0
        while not run.finished:
            self._send("server", run.take())
            self._send("client", self.server.take())
            times = [each for each in (run.deadline, self.server.deadline) if each is not None]
            if self._way:
                times.append(self._way[0][0])
            assert times, "nobody waits for anything"
            turns += min(times) <= self.now
            self.now = max(self.now, min(times))
            assert self.now < end, "it takes too long"
            assert turns < TURNS, "time stands still"
            if self._way and self._way[0][0] <= self.now:
                _, _, to, octets = heapq.heappop(self._way)
                (run if to == "client" else self.server).receive(octets, self.now)
            else:
                run.tick(self.now)
                self.server.tick(self.now)
        self._send("server", run.take())
        return run.result()

    def rest(self, seconds: float) -> None:
        """Let time go by in which the client does nothing and hears nothing."""
        end = self.now + seconds
        while True:
            self._send("client", self.server.take())
            due = self.server.deadline
            way = self._way[0][0] if self._way else None
            following = min((each for each in (due, way) if each is not None), default=None)
            if following is None or following > end:
                self.now = end
                return
            self.now = max(self.now, following)
            if way is not None and way <= self.now:
                _, _, to, octets = heapq.heappop(self._way)
                if to == "server":
                    self.server.receive(octets, self.now)
            else:
                self.server.tick(self.now)

    def _send(self, to: str, octets: bytes) -> None:
        if not octets:
            return
        self.log.append((to, octets))
        for seconds, piece in self.fault(octets):
            self._number += 1
            due = self._latest[to] = max(self._latest.get(to, 0.0), self.now + seconds)
            heapq.heappush(self._way, (due, self._number, to, piece))
