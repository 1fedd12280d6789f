"""A TCP port with a conversation for each connection to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

from tdl.systems.wire.errors import LineFailed
from tdl.systems.wire.shells.ports import Port, reason

Converse: TypeAlias = Callable[[Port, tuple[str, int] | None], Awaitable[None]]
"""A conversation on a line with a host and port, None where the other end is gone already."""


@asynccontextmanager
async def accept(converse: Converse, *, host: str, port: int, connections: int) -> AsyncIterator[int]:
    """Whoever connects to a port converses, until this is left; 0 takes a free port.

    Args:
        connections: at one time; more are closed at once.

    Returns:
        the port.

    Raises:
        LineFailed: if the port cannot be had.
    """
    conversations: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = Port(reader, writer)
        if len(conversations) >= connections:
            await line.close()
            return
        task = asyncio.current_task()
        assert task is not None
        conversations.add(task)
        peer = writer.get_extra_info("peername")
        try:
            await converse(line, (peer[0], peer[1]) if peer else None)
        except asyncio.CancelledError:
            # Only the end of the listener cancels; nobody waits for a conversation's own result.
            pass
        finally:
            conversations.discard(task)
            await line.close()

    try:
        listener = await asyncio.start_server(connected, host, port)
    except (OSError, OverflowError, UnicodeError) as error:
        raise LineFailed(f"no listening at `{host}:{port}`, {reason(error)}") from error
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()
        for task in conversations:
            task.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)
