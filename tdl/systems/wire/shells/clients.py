"""Meters reached over a line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

from tdl.systems.wire.client import MeterClient
from tdl.systems.wire.credentials import Credentials
from tdl.systems.wire.dialogue import Steps
from tdl.systems.wire.errors import LineFailed
from tdl.systems.wire.psem.client import Client, Run
from tdl.systems.wire.psem.dialogue import PsemDialogue
from tdl.systems.wire.psem.settings import Settings
from tdl.systems.wire.shells.addresses import Address, parse
from tdl.systems.wire.shells.ports import Port, open_port

T = TypeVar("T")


class PsemMeter(MeterClient[PsemDialogue]):
    """A meter that speaks C12.18 or C12.21.

    A session begins with the first call, and again when one was lost or forgotten meanwhile.
    """

    def __init__(self, port: Port, settings: Settings, credentials: Credentials) -> None:
        self._client = Client(settings, credentials)
        self._client.link.baud = port.baud
        self._port = port
        self._turn = asyncio.Lock()
        super().__init__(self._client.dialogue)

    async def perform(self, steps: Steps[T]) -> T:
        clock = asyncio.get_running_loop().time
        async with self._turn:
            run = Run(self._client, steps, clock())
            try:
                while not run.finished:
                    await self._say(run)
                    due = run.deadline
                    octets = await self._port.receive(None if due is None else max(0.0, due - clock()))
                    if octets:
                        run.receive(octets, clock())
                    run.tick(clock())
                await self._say(run)
            except LineFailed as error:
                run.cut(error, clock())
            finally:
                run.abandon()
            return run.result()

    async def close(self) -> None:
        try:
            await self.perform(self.dialogue.close())
        finally:
            await self._port.close()

    async def _say(self, run: Run[T]) -> None:
        await self._port.send(run.take())
        await self._port.set_baud(self._client.link.baud)


@asynccontextmanager
async def connect(where: str | Address, credentials: Credentials | None = None) -> AsyncIterator[PsemMeter]:
    """A meter at a URL, or at an address with settings that no URL has, as long as it is needed.

    Raises:
        WireError: if nothing is there; that the meter answers shows with the first call.
    """
    address = parse(where) if isinstance(where, str) else where
    port = await open_port(address.place)
    meter = PsemMeter(port, address.settings, credentials or Credentials())
    try:
        yield meter
    finally:
        await meter.close()
