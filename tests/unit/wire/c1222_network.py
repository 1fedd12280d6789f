"""A network between a client and a server of C12.22, with a clock of its own and as many faults as are asked for."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tdl.systems.wire.acse.call import Call, Carried
from tdl.systems.wire.acse.client import Client
from tdl.systems.wire.acse.ivs import Ivs
from tdl.systems.wire.acse.memory import Kept
from tdl.systems.wire.acse.node import Node
from tdl.systems.wire.acse.run import Run
from tdl.systems.wire.acse.server import Server, Source
from tdl.systems.wire.acse.settings import ServerSettings, Settings
from tdl.systems.wire.answers import Answer
from tdl.systems.wire.credentials import Credentials
from tdl.systems.wire.dialogue import Steps
from tdl.systems.wire.replay import Seen
from tdl.systems.wire.requests import Request
from tdl.systems.wire.titles import Form, Title
from tests.unit.wire.psem.store import Store, Visit

T = TypeVar("T")

KEY = bytes.fromhex("01020304050607080102030405060708")
METER, READER = Title(arcs=(123, 8437), form=Form.CONTEXT), Title(arcs=(123, 4), form=Form.CONTEXT)
START = 1_700_000_000.0

Fault = Callable[[bytes], list[tuple[float, bytes]]]
"""What becomes of a message on its way: messages, each with the seconds it takes."""


class Tables(Store):
    """A meter that serves C12.22 as well."""

    def connect(self, peer: str, *, sessionless: bool = False) -> Visit:
        return Store.connect(self, peer)


class Disk:
    """A memory that outlives its server, until it is full."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.latest = 0.0
        self.full = False

    def load(self) -> Kept:
        return Kept(seen=tuple(self.seen), latest=self.latest)

    def add(self, seen: Seen, latest: float) -> None:
        if self.full:
            raise OSError("full")
        self.seen.append(seen)
        self.latest = latest


def whole(octets: bytes) -> list[tuple[float, bytes]]:
    return [(0.001, octets)]


@dataclass(slots=True, kw_only=True)
class Network:
    """Both ends, and what is on its way between them. Messages may overtake each other."""

    settings: Settings = field(default_factory=lambda: Settings(called=METER, calling=READER))
    server_settings: ServerSettings = field(default_factory=ServerSettings)
    credentials: Credentials = field(default_factory=lambda: Credentials(user_id=2, user=b"READER", key=KEY, key_id=2))
    node: dict[str, Any] = field(default_factory=dict)
    store: Tables = field(default_factory=Tables)
    disk: Disk = field(default_factory=Disk)
    fault: Fault = whole
    datagram: bool = True
    now: float = START
    log: list[tuple[str, bytes]] = field(default_factory=list)
    client: Client = field(init=False)
    server: Server = field(init=False)
    source: Source = field(init=False)
    _way: list[tuple[float, int, str, bytes]] = field(default_factory=list)
    _number: int = 0
    _starts: int = 0

    def __post_init__(self) -> None:
        self.source = Source(host="192.0.2.1", port=4000, datagram=self.datagram)
        self.client = Client(self.settings, self.credentials, ivs=Ivs(self._time, first=0))
        self.restart()

    def restart(self) -> None:
        """Kill the server, and have another one with what it kept."""
        told: dict[str, Any] = {"keys": {2: KEY}, "memory": self.disk, **self.node}
        node = Node(METER, self.store, **told)
        self._starts += 1
        self.server = Server([node], self.server_settings, ivs=Ivs(self._time, first=self._starts << 20))

    def run(self, steps: Steps[T]) -> T:
        run = Run(self.client, steps, self.now)
        self.carry(run)
        return run.result()

    def ask(self, *asked: Request) -> Sequence[Answer]:
        call = Call(self.client, asked, self.now)
        self.carry(call)
        return call.result()

    def carry(self, carried: Carried) -> None:
        end = self.now + 3600.0
        while not carried.finished:
            while octets := carried.take():
                self._send("server", octets)
            due = carried.deadline
            times = [each for each in (due, self._way[0][0] if self._way else None) if each is not None]
            assert times, "nobody waits for anything"
            self.now = max(self.now, min(times))
            assert self.now < end, "it takes too long"
            if self._way and self._way[0][0] <= self.now:
                self._deliver(carried)
            else:
                carried.tick(self.now)

    def settle(self) -> None:
        """Let everything arrive that is on its way."""
        while self._way:
            self.now = max(self.now, self._way[0][0])
            self._deliver(None)

    def heard(self, octets: bytes, source: Source | None = None) -> tuple[bytes, ...]:
        """What the server answers to octets."""
        return self.server.receive(octets, source or self.source, self.now)

    def _deliver(self, carried: Carried | None) -> None:
        _, _, to, octets = heapq.heappop(self._way)
        if to == "server":
            for answer in self.heard(octets):
                self._send("client", answer)
        elif carried is not None:
            carried.receive(octets, self.now)

    def _send(self, to: str, octets: bytes) -> None:
        if not octets:
            return
        self.log.append((to, octets))
        for seconds, each in self.fault(octets):
            self._number += 1
            heapq.heappush(self._way, (self.now + seconds, self._number, to, each))

    def _time(self) -> float:
        return self.now
