"""Meters put on a pty, for programs that take a serial port. Systems without ptys lack no more than this module."""

from __future__ import annotations

import asyncio
import os
import tty
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

from tdl.systems.wire.errors import LineFailed
from tdl.systems.wire.psem.server import Meter, Server, ServerSettings
from tdl.systems.wire.shells.listeners import serve
from tdl.systems.wire.shells.ports import Port, reason


@asynccontextmanager
async def listen_pty(meter: Meter, settings: ServerSettings, *, link: Path) -> AsyncIterator[None]:
    """A meter at a pty that a link names, which is there as long as the meter is.

    Raises:
        LineFailed: if there is no pty, or the link is there already.
        Exception: whatever the meter raised, at the end.
    """
    with _linked(link) as master:
        line = await _port(master)
        task = asyncio.create_task(serve(line, Server(meter, settings, peer=str(link))))
        try:
            yield
        finally:
            task.cancel()
            (outcome,) = await asyncio.gather(task, return_exceptions=True)
            await line.close()
            if isinstance(outcome, Exception):
                raise outcome


@contextmanager
def _linked(link: Path) -> Iterator[int]:
    """A pty whose other end a link names, as long as it is needed; the descriptor of this end.

    Raises:
        LineFailed: if there is none, or the link cannot be made.
    """
    try:
        master, slave = os.openpty()
    except OSError as error:
        raise LineFailed(f"no pty, {reason(error)}") from error
    # This process holds the other end as well: without anybody at it, this one could not be read.
    with closing(os.fdopen(slave, "rb", buffering=0)):
        try:
            tty.setraw(slave)
            link.symlink_to(os.ttyname(slave))
        except OSError as error:
            os.close(master)
            raise LineFailed(f"no link `{link}`, {reason(error)}") from error
        try:
            yield master
        finally:
            os.close(master)
            link.unlink(missing_ok=True)


async def _port(master: int) -> Port:
    """A line over this end of a pty."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    reading = asyncio.StreamReaderProtocol(reader)
    writing = asyncio.StreamReaderProtocol(asyncio.StreamReader())  # a protocol has one pipe, and a pipe one direction
    await loop.connect_read_pipe(lambda: reading, os.fdopen(os.dup(master), "rb", buffering=0))
    transport, _ = await loop.connect_write_pipe(lambda: writing, os.fdopen(os.dup(master), "wb", buffering=0))
    return Port(reader, asyncio.StreamWriter(transport, writing, reader, loop))
