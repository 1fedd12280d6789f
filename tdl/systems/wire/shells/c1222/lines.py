"""Whole messages over TCP and UDP."""

from __future__ import annotations

import asyncio
from typing import Protocol

from tdl.systems.wire.errors import LineFailed, WireError
from tdl.systems.wire.shells.addresses import Tcp
from tdl.systems.wire.shells.ports import Port, open_port, reason
from tdl.systems.wire.stream import Stream

WAITING = 64
"""Datagrams that nobody has taken; more are lost, as datagrams may be."""


class Line(Protocol):
    """A way to a node."""

    async def open(self) -> None:
        """Have the line, if there is none or it has ended.

        Raises:
            LineFailed: if it cannot be had.
        """

    async def send(self, message: bytes) -> None:
        """Send a message.

        Raises:
            LineFailed: if there is no line any more.
        """

    async def receive(self, seconds: float) -> bytes:
        """The next message, nothing if that takes longer.

        Raises:
            LineFailed: if there is no line any more.
        """

    async def close(self) -> None: ...


class Connection:
    """A line over TCP, which is made again when it is lost."""

    def __init__(self, host: str, port: int, *, largest: int) -> None:
        self._place = Tcp(host=host, port=port)
        self._largest = largest
        self._port: Port | None = None
        self._stream = Stream(limit=largest)

    async def open(self) -> None:
        if self._port is not None:
            try:
                # What came meanwhile is taken in; that the other end has closed shows here too.
                self._stream.feed(await self._port.receive(0))
                return
            except LineFailed:
                await self.close()
        self._port, self._stream = await open_port(self._place), Stream(limit=self._largest)

    async def send(self, message: bytes) -> None:
        await self._open_port().send(message)

    async def receive(self, seconds: float) -> bytes:
        clock = asyncio.get_running_loop().time
        end = clock() + seconds
        while True:
            try:
                message = self._stream.take()
            except WireError as error:
                raise LineFailed(f"a connection without messages, {error}") from error
            if message is not None:
                return message
            octets = await self._open_port().receive(max(0.0, end - clock()))
            if not octets:
                return b""
            self._stream.feed(octets)

    async def close(self) -> None:
        port, self._port = self._port, None
        if port is not None:
            await port.close()

    def _open_port(self) -> Port:
        if self._port is None:
            raise LineFailed("a line that is closed")
        return self._port


class Datagrams:
    """A line over UDP."""

    def __init__(self, host: str, port: int) -> None:
        self._place = host, port
        self._transport: asyncio.DatagramTransport | None = None
        self._came: asyncio.Queue[bytes] = asyncio.Queue(WAITING)

    async def open(self) -> None:
        if self._transport is not None:
            return
        try:
            self._transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
                lambda: _Receiver(self._came), remote_addr=self._place
            )
        except (OSError, OverflowError, UnicodeError) as error:
            raise LineFailed(f"no way to `{self._place[0]}:{self._place[1]}`, {reason(error)}") from error

    async def send(self, message: bytes) -> None:
        if self._transport is None:
            raise LineFailed("a line that is closed")
        self._transport.sendto(message)

    async def receive(self, seconds: float) -> bytes:
        try:
            async with asyncio.timeout(seconds):
                return await self._came.get()
        except TimeoutError:
            return b""

    async def close(self) -> None:
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.close()


class _Receiver(asyncio.DatagramProtocol):
    """Datagrams as they come. That a port is not there is no more than silence: it may be there later."""

    def __init__(self, came: asyncio.Queue[bytes]) -> None:
        self._came = came

    def datagram_received(self, data: bytes, addr: object) -> None:
        if data and not self._came.full():
            self._came.put_nowait(data)
