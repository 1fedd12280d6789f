"""A meter in this process: C12.18 between two machines whose clock does not wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import Enum
from typing import TypeVar

from tdl.systems.meter.meter import Meter
from tdl.systems.wire.client import MeterClient
from tdl.systems.wire.credentials import Credentials
from tdl.systems.wire.dialogue import Steps
from tdl.systems.wire.psem.client import Client, Run
from tdl.systems.wire.psem.dialogue import PsemDialogue
from tdl.systems.wire.psem.packets import START
from tdl.systems.wire.psem.server import Server, ServerSettings
from tdl.systems.wire.psem.settings import Settings
from tdl.systems.wire.requests import Service

T = TypeVar("T")

_SERVICE = 6
"""Where a packet of one service names it."""


class Fault(Enum):
    """What is wrong with the line."""

    NONE = "none"
    SILENCE = "silence"
    NOISE = "noise"
    CHECKSUM = "checksum"
    LOST = "lost"
    """No answer from the first write on."""

    def on(self, octets: bytes, writing: bool) -> bytes:
        """What comes of octets that the meter sends."""
        match self:
            case Fault.SILENCE:
                return b""
            case Fault.LOST if writing:
                return b""
            case Fault.NOISE:
                return bytes(octet ^ 0x55 | 1 for octet in octets)
            case Fault.CHECKSUM if len(octets) > 1:
                return octets[:-1] + bytes([octets[-1] ^ 0xFF])
            case _:
                return octets


class SimulatedMeter(MeterClient[PsemDialogue]):
    """A client whose meter is beside it."""

    def __init__(self, meter: Meter, credentials: Credentials, fault: Fault) -> None:
        self._client = Client(Settings(), credentials)
        self._server = Server(meter, ServerSettings(), peer="here")
        self._fault, self._writing = fault, False
        self._now, self._turn = 0.0, asyncio.Lock()
        super().__init__(self._client.dialogue)

    async def perform(self, steps: Steps[T]) -> T:
        async with self._turn:
            run = Run(self._client, steps, self._now)
            while not run.finished:
                if not self._carry(run):
                    due = (each for each in (run.deadline, self._server.deadline) if each is not None)
                    self._now = max(self._now, min(due))
                    self._server.tick(self._now)
                    run.tick(self._now)
            self._carry(run)
            return run.result()

    async def close(self) -> None:
        await self.perform(self.dialogue.close())
        self._server.close()

    def _carry(self, run: Run[T]) -> bool:
        """Octets to their other ends; whether there were any."""
        asked = run.take()
        if asked:
            start = asked.find(START)
            self._writing |= start >= 0 and asked[start + _SERVICE] >> 4 == Service.WRITE >> 4
            self._server.receive(asked, self._now)
        told = self._server.take()
        if told:
            run.receive(self._fault.on(told, self._writing), self._now)
        return bool(asked or told)


@asynccontextmanager
async def simulated(meter: Meter, credentials: Credentials, fault: Fault = Fault.NONE) -> AsyncIterator[SimulatedMeter]:
    """A client of a meter in this process, which is switched off at the end."""
    client = SimulatedMeter(meter, credentials, fault)
    try:
        yield client
    finally:
        try:
            await client.close()
        finally:
            meter.close()
