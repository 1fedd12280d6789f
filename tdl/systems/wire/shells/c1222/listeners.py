"""A server of C12.22 on TCP and UDP ports, for as many as come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import cast

from tdl.systems.wire.acse.server import Server, Source
from tdl.systems.wire.errors import LineFailed, WireError
from tdl.systems.wire.shells.accepting import accept
from tdl.systems.wire.shells.c1222.addresses import PORT
from tdl.systems.wire.shells.ports import Port, reason
from tdl.systems.wire.stream import Stream

CONNECTIONS = 1024
"""Connections at one time; more are closed at once."""

IDLE, READING = 300.0, 30.0
"""Seconds without a message after which a connection is closed, and from a message's first octet to its last."""

_TICK = 1.0


@asynccontextmanager
async def listen_tcp(
    server: Server,
    *,
    host: str = "127.0.0.1",
    port: int = PORT,
    connections: int = CONNECTIONS,
    idle: float = IDLE,
    reading: float = READING,
) -> AsyncIterator[int]:
    """A server at a port; 0 takes a free one. A connection's next message is read once the one before is answered.

    Returns:
        the port.

    Raises:
        LineFailed: if the port cannot be had.
    """

    async def converse(line: Port, peer: tuple[str, int] | None) -> None:
        from_host, from_port = peer or ("nobody", 0)
        await _serve(line, server, Source(host=from_host, port=from_port, datagram=False), idle, reading)

    async with accept(converse, host=host, port=port, connections=connections) as number, _ticking(server):
        yield number


@asynccontextmanager
async def listen_udp(server: Server, *, host: str = "127.0.0.1", port: int = PORT) -> AsyncIterator[int]:
    """A server at a port for datagrams; 0 takes a free one. Those that come faster than they are answered get lost.

    Returns:
        the port.

    Raises:
        LineFailed: if the port cannot be had.
    """
    try:
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _Answering(server), local_addr=(host, port)
        )
    except (OSError, OverflowError, UnicodeError) as error:
        raise LineFailed(f"no listening at `{host}:{port}`, {reason(error)}") from error
    try:
        async with _ticking(server):
            yield transport.get_extra_info("sockname")[1]
    finally:
        transport.close()


async def _serve(line: Port, server: Server, source: Source, idle: float, reading: float) -> None:
    clock = asyncio.get_running_loop().time
    stream = Stream(limit=server.settings.largest)
    end = clock() + idle
    with suppress(LineFailed, WireError):
        while clock() < end:
            begun = stream.held > 0
            octets = await line.receive(max(0.0, end - clock()))
            if not octets:
                return
            stream.feed(octets)
            answered = False
            while (message := stream.take()) is not None:
                for each in server.receive(message, source, clock()):
                    await line.send(each)
                answered = True
            if answered or not begun:
                end = clock() + (reading if stream.held else idle)


class _Answering(asyncio.DatagramProtocol):
    """A datagram is a message. While the system takes no answers, nothing is heard."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._transport: asyncio.DatagramTransport | None = None
        self._paused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if self._transport is None or self._paused:
            return
        source = Source(host=addr[0], port=addr[1], datagram=True)
        for message in self._server.receive(data, source, asyncio.get_running_loop().time()):
            self._transport.sendto(message, addr)


@asynccontextmanager
async def _ticking(server: Server) -> AsyncIterator[None]:
    """The server knows what time it is, as long as this lasts."""
    task = asyncio.create_task(_tick(server))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _tick(server: Server) -> None:
    while True:
        await asyncio.sleep(_TICK)
        server.tick(asyncio.get_running_loop().time())
