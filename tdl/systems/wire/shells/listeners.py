"""Meters put on a line, which is there for as many as connect to it."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tdl.systems.wire.errors import LineFailed
from tdl.systems.wire.psem.server import Meter, Server, ServerSettings
from tdl.systems.wire.shells.accepting import accept
from tdl.systems.wire.shells.ports import Port

CONNECTIONS = 64
"""Connections at one time, for one meter; more are closed at once."""

IDLE = 300.0
"""Seconds without a conversation after which a connection is closed."""


@asynccontextmanager
async def listen_tcp(
    meter: Meter,
    settings: ServerSettings,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    connections: int = CONNECTIONS,
    idle: float = IDLE,
) -> AsyncIterator[int]:
    """A meter at a port, which it takes over from here on; 0 takes a free one.

    Returns:
        the port.

    Raises:
        LineFailed: if the port cannot be had.
    """

    async def converse(line: Port, peer: tuple[str, int] | None) -> None:
        await serve(line, Server(meter, settings, peer=f"{peer[0]}:{peer[1]}" if peer else "nobody"), idle)

    async with accept(converse, host=host, port=port, connections=connections) as number:
        yield number


async def serve(line: Port, server: Server, idle: float = math.inf) -> None:
    """Carry octets between a line and a server, until the line ends or carries no conversation for too long."""
    clock = asyncio.get_running_loop().time
    end = clock() + idle
    try:
        while clock() < end:
            await line.send(server.take())
            due = min(server.deadline or math.inf, end)
            octets = await line.receive(None if due == math.inf else max(0.0, due - clock()))
            if octets:
                server.receive(octets, clock())
            server.tick(clock())
            if server.conversing:
                end = clock() + idle
    except LineFailed:
        return
    finally:
        server.close()
