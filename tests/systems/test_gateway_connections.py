"""Connections to a gateway that is served: encrypted, too many, and such as ask nothing."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn

from tdl.systems.client.simulated import simulated
from tdl.systems.gateway import connections
from tdl.systems.gateway.access import Callers
from tdl.systems.gateway.app import application
from tdl.systems.gateway.connections import Connection
from tdl.systems.gateway.tls import tls_context
from tests.unit.gateway.certificates import write_pair
from tests.unit.gateway.gateways import ALL, CALLERS, WHO, desk_of
from tests.unit.meter.meters import image, meter, security

HEAD = f"Host: 127.0.0.1\r\nAuthorization: Bearer {ALL}\r\n"
ASKED = f"GET /meters HTTP/1.1\r\n{HEAD}\r\n".encode("ascii")


@asynccontextmanager
async def _served(tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    held = meter(image(security()))
    app = application(desk_of({"house-1": lambda: simulated(held, WHO)}), Callers(CALLERS))
    context = None if tls is None else lambda *_: tls
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, log_level="critical", http=Connection, ws="none", ssl_context_factory=context)
    )
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await task


async def _answer(reader: asyncio.StreamReader) -> bytes:
    """One answer with its content; empty if the connection was closed."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""
    (length,) = (line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return head + await reader.readexactly(int(length.split(b":")[1]))


def test_requests_over_tls(tmp_path: Path) -> None:
    certificate, key = write_pair(tmp_path, "server")
    own, own_key = write_pair(tmp_path, "caller")
    client = ssl.create_default_context(cafile=certificate)
    client.load_cert_chain(own, own_key)

    async def run() -> None:
        async with _served(tls_context(certificate, key, own)) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=client)
            writer.write(ASKED)
            told = await _answer(reader)
            assert json.loads(told.partition(b"\r\n\r\n")[2])["meters"][0]["meter"] == "house-1"
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(ASKED)
            assert await _answer(reader) == b"", "nothing in clear"
            writer.close()

    asyncio.run(run())


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        ASKED[:40],
        ASKED + ASKED[:40],
        b"PUT /meters HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n{",
    ],
    ids=["nothing", "half a head", "half a second head", "half a content that nobody asked for"],
)
def test_who_asks_nothing_does_not_keep_a_place(sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.2)

    async def run() -> None:
        async with _served() as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(sent)
            dribble = asyncio.create_task(_dribble(writer))
            with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
                async with asyncio.timeout(60):
                    await reader.readexactly(100_000)
            dribble.cancel()
            writer.close()

    asyncio.run(run())


async def _dribble(writer: asyncio.StreamWriter) -> None:
    """Octets that never come to an end."""
    while True:
        writer.write(b"x")
        await asyncio.sleep(0.02)


def test_a_connection_may_be_used_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 3.0)

    async def run() -> None:
        async with _served() as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            for _ in range(10):
                writer.write(ASKED)
                assert (await _answer(reader)).startswith(b"HTTP/1.1 200")
                await asyncio.sleep(0.4)
            writer.write(ASKED * 3)
            assert [(await _answer(reader))[:12] for _ in range(3)] == [b"HTTP/1.1 200"] * 3
            writer.close()

    asyncio.run(run())


def test_there_are_so_many_connections_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "PLACES", 4)
    monkeypatch.setattr(connections, "TOLD", 2)

    async def run() -> None:
        async with _served() as port:
            opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(6)]
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            assert await _answer(reader) == b""
            for _, each in [*opened[1:], (reader, writer)]:
                each.close()
            opened[0][1].write(ASKED)
            assert (await _answer(opened[0][0])).startswith(b"HTTP/1.1 200")
            opened[0][1].close()

    asyncio.run(run())
