"""Meters of C12.22, reached over TCP and UDP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

from tdl.systems.wire.acse.call import Call, Carried
from tdl.systems.wire.acse.client import Client
from tdl.systems.wire.acse.dialogue import AcseDialogue
from tdl.systems.wire.acse.ivs import Ivs
from tdl.systems.wire.acse.run import Run
from tdl.systems.wire.answers import Answer
from tdl.systems.wire.client import MeterClient
from tdl.systems.wire.credentials import Credentials
from tdl.systems.wire.dialogue import Steps
from tdl.systems.wire.errors import LineFailed
from tdl.systems.wire.requests import Request
from tdl.systems.wire.shells.c1222.addresses import Node, parse
from tdl.systems.wire.shells.c1222.lines import Connection, Datagrams, Line

T = TypeVar("T")


class AcseMeter(MeterClient[AcseDialogue]):
    """A meter that speaks C12.22.

    A connection or session that was lost is made again. What may have been heard goes over the new connection as the
    same octets, which a meter does not do twice.

    Attributes:
        client: its `ignored` counts what came and was no answer.
    """

    def __init__(self, line: Line, client: Client) -> None:
        self.client = client
        self._line = line
        self._turn = asyncio.Lock()
        super().__init__(client.dialogue)

    async def perform(self, steps: Steps[T]) -> T:
        async with self._turn:
            await self._line.open()
            run = Run(self.client, steps, asyncio.get_running_loop().time())
            try:
                await self._carry(run)
            finally:
                run.abandon()
            return run.result()

    async def ask(self, *asked: Request) -> tuple[Answer, ...]:
        """What answers services that go in one message, refusals as well."""
        await self.perform(self.dialogue.ready())
        async with self._turn:
            await self._line.open()
            call = Call(self.client, asked, asyncio.get_running_loop().time())
            await self._carry(call)
            return call.result()

    async def close(self) -> None:
        try:
            await self.perform(self.dialogue.close())
        except LineFailed:
            # The meter ends the session by itself.
            pass
        finally:
            await self._line.close()

    async def _carry(self, carried: Carried) -> None:
        clock = asyncio.get_running_loop().time
        while not carried.finished:
            try:
                while message := carried.take():
                    await self._line.send(message)
                due = carried.deadline
                octets = await self._line.receive(0.0 if due is None else max(0.0, due - clock()))
                if octets:
                    carried.receive(octets, clock())
                carried.tick(clock())
            except LineFailed as error:
                await self._recover(carried, error)

    async def _recover(self, carried: Carried, error: LineFailed) -> None:
        now = asyncio.get_running_loop().time()
        await self._line.close()
        if not carried.again(now):
            carried.cut(error, now)
            return
        try:
            await self._line.open()
        except LineFailed as gone:
            carried.cut(gone, now)


@asynccontextmanager
async def connect(
    where: str | Node, credentials: Credentials | None = None, *, ivs: Ivs | None = None
) -> AsyncIterator[AcseMeter]:
    """A meter at a URL, or at an address with settings that no URL has, as long as it is needed.

    Args:
        credentials: with a key of 16 octets, unless clear text is asked for.
        ivs: the numbers of messages; one for all clients that share a key and a title.

    Raises:
        WireError: if nothing is there, or there is no key; that the meter answers shows with the first call.
    """
    node = parse(where) if isinstance(where, str) else where
    client = Client(node.settings, credentials or Credentials(), ivs=ivs)
    line: Line = (
        Datagrams(node.host, node.port)
        if node.datagrams
        else Connection(node.host, node.port, largest=node.settings.largest)
    )
    await line.open()
    meter = AcseMeter(line, client)
    try:
        yield meter
    finally:
        await meter.close()
