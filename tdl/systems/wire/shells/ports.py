"""Lines of octets under asyncio: TCP connections and serial ports, of which a pty's other end is one."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from typing import Any, assert_never

from tdl.systems.wire.errors import LineFailed
from tdl.systems.wire.psem.speeds import FIRST
from tdl.systems.wire.shells.addresses import Place, Serial, Tcp

CHUNK = 8192
"""Octets read at once."""

CONNECTING, SENDING = 10.0, 30.0
"""Seconds after which a connection that is not made, and one that takes nothing, is given up."""

TURNAROUND = 0.02
"""Seconds of silence on a serial line before its other end speaks."""


class Port:
    """A line.

    Args:
        serial: what `pyserial` has behind it; None for a line without a speed.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, serial: Any = None) -> None:
        self._reader = reader
        self._writer = writer
        self._serial = serial
        self._baud = FIRST

    @property
    def baud(self) -> int | None:
        """Its speed; None if it has none."""
        return None if self._serial is None else self._baud

    async def receive(self, seconds: float | None) -> bytes:
        """What comes, nothing if that takes longer.

        Raises:
            LineFailed: if there is no line any more.
        """
        try:
            async with asyncio.timeout(seconds):
                octets = await self._reader.read(CHUNK)
        except TimeoutError:
            return b""
        except OSError as error:
            raise LineFailed(f"a broken line, {reason(error)}") from error
        if not octets:
            raise LineFailed("a line that the other end closed")
        return octets

    async def send(self, octets: bytes) -> None:
        """Send octets.

        Raises:
            LineFailed: if nobody takes them.
        """
        if not octets:
            return
        try:
            if self._serial is not None:
                await asyncio.sleep(TURNAROUND)
            self._writer.write(octets)
            async with asyncio.timeout(SENDING):
                await self._writer.drain()
        except TimeoutError:
            raise LineFailed("a line that takes nothing") from None
        except OSError as error:
            raise LineFailed(f"a broken line, {reason(error)}") from error

    async def set_baud(self, baud: int | None) -> None:
        """Change the speed, once everything is sent at the one before.

        Raises:
            LineFailed: if the port does not have it.
        """
        if self._serial is None or baud is None or baud == self._baud:
            return
        try:
            await asyncio.to_thread(self._serial.flush)
            self._serial.baudrate = baud
        except (OSError, ValueError) as error:
            raise LineFailed(f"a port that refuses a speed of {baud}, {reason(error)}") from error
        self._baud = baud

    async def close(self) -> None:
        self._writer.close()
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(1.0):
                await self._writer.wait_closed()


async def open_port(place: Place) -> Port:
    """The line to a place.

    Raises:
        LineFailed: if there is none.
    """
    match place:
        case Tcp(host=host, port=number):
            return await _open_tcp(host, number)
        case Serial(device=device):
            return await _open_serial(device)
    assert_never(place)


async def _open_tcp(host: str, number: int) -> Port:
    try:
        async with asyncio.timeout(CONNECTING):
            reader, writer = await asyncio.open_connection(host, number)
    except TimeoutError:
        raise LineFailed(f"no connection to `{host}:{number}` within {CONNECTING:.0f} seconds") from None
    except (OSError, UnicodeError) as error:
        raise LineFailed(f"no connection to `{host}:{number}`, {reason(error)}") from error
    return Port(reader, writer)


async def _open_serial(device: str) -> Port:
    try:
        from serial_asyncio_fast import open_serial_connection
    except ImportError as error:
        raise LineFailed("no package `pyserial-asyncio-fast`", "the extra `wire`") from error
    try:
        reader, writer = await open_serial_connection(url=device, baudrate=FIRST, exclusive=True)
    except (OSError, ValueError) as error:
        raise LineFailed(f"no port `{device}`, {reason(error)}") from error
    return Port(reader, writer, writer.get_extra_info("serial"))


def reason(error: Exception) -> str:
    """What an error of the system says; what libraries make of it has numbers and addresses in it."""
    number = getattr(error, "errno", None) or 0
    text = os.strerror(number).lower() if number > 0 else getattr(error, "strerror", None) or str(error)
    return f"`{text or type(error).__name__}`"
