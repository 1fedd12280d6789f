"""C12.22 over real ports: TCP and UDP, many meters, many clients, and connections that break."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from tdl.systems.wire import answers, requests
from tdl.systems.wire.acse.node import Node
from tdl.systems.wire.acse.server import Event, Server
from tdl.systems.wire.acse.settings import ServerSettings
from tdl.systems.wire.answers import TableData
from tdl.systems.wire.credentials import Credentials
from tdl.systems.wire.epsem import Mode
from tdl.systems.wire.errors import LineFailed, NoAnswer
from tdl.systems.wire.requests import Read
from tdl.systems.wire.shells import connect
from tdl.systems.wire.shells.c1222 import clients
from tdl.systems.wire.shells.c1222.listeners import listen_tcp, listen_udp
from tdl.systems.wire.titles import Title
from tests.unit.meter import meters
from tests.unit.wire.c1222_network import KEY, Tables

TITLE = Title(arcs=(1, 3, 6, 1, 4, 1, 33507))
WHO = Credentials(user_id=2, user=b"READER", password=meters.MASTER, key=KEY, key_id=2)
READ = (0, 1, 5, 21, 22, 23)


def listen(carrier: str, server: Server) -> AbstractAsyncContextManager[int]:
    return listen_tcp(server, port=0) if carrier == "tcp" else listen_udp(server, port=0)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("session", [0, 1])
@pytest.mark.parametrize("carrier", ["tcp", "udp"])
def test_a_simulated_meter(carrier: str, session: int, mode: Mode) -> None:
    """What is read is what it holds, what is written is there, and a procedure runs; with its passwords."""
    with meters.meter(meters.image(meters.security())) as meter:

        async def talk() -> list[bytes]:
            server = Server([Node(TITLE, meter, keys={2: KEY}, least=mode)])
            async with listen(carrier, server) as port:
                url = f"c1222+{carrier}://127.0.0.1:{port}/{TITLE}?from=.7&mode={mode:d}&session={session}"
                async with connect(url, WHO) as client:
                    found = [await client.read(table) for table in READ]
                    assert await client.read(1, offset=4, count=4) == found[1][4:8]
                    assert await client.read_index(0, [0], 1) == found[0][:1]
                    await client.write(6, found_6 := bytes(len(await client.read(6))))
                    assert await client.read(6) == found_6
                    assert (await client.procedure(3)).result == 0
            assert server.events[Event.DONE] > len(READ)
            assert len(server.visits) == 0
            return found

        found = asyncio.run(talk())
        beside = meter.connect("beside", sessionless=True)
        beside.answer(requests.encode(requests.Security(password=meters.MASTER.ljust(20), user_id=2)))
        for table, octets in zip(READ, found, strict=True):
            request = Read(table=table)
            told = answers.decode(beside.answer(requests.encode(request)), request)
            assert told == TableData(octets=octets)


@pytest.mark.parametrize("carrier", ["tcp", "udp"])
def test_a_server_of_500_meters(carrier: str) -> None:
    """Each answers under its own title, to many clients at once."""
    stores = [Tables(tables={1: bytearray(b"meter %d" % number)}) for number in range(500)]
    nodes = [Node(Title(arcs=(1, 3, number)), store, keys={2: KEY}) for number, store in enumerate(stores)]

    async def read(port: int, number: int) -> bytes:
        url = f"c1222+{carrier}://127.0.0.1:{port}/1.3.{number}?from=.{number}"
        async with connect(url, Credentials(key=KEY, key_id=2)) as client:
            return await client.read(1)

    async def talk() -> list[bytes]:
        async with listen(carrier, Server(nodes)) as port:
            found = []
            for first in range(0, 500, 50):
                found += await asyncio.gather(*(read(port, number) for number in range(first, first + 50)))
            return found

    assert asyncio.run(talk()) == [b"meter %d" % number for number in range(500)]


@pytest.mark.parametrize("session", [0, 1])
def test_several_services_in_one_message(session: int) -> None:
    async def talk() -> None:
        server = Server([Node(TITLE, Tables(), keys={2: KEY})])
        async with listen_tcp(server, port=0) as port:
            url = f"c1222+tcp://127.0.0.1:{port}/{TITLE}?session={session}"
            async with clients.connect(url, Credentials(key=KEY, key_id=2)) as meter:
                first, second = await meter.ask(Read(table=1), Read(table=8))
                assert (first, second) == (TableData(octets=b"MANUFACTURER SN "), TableData(octets=bytes(4)))
            # A logon and a logoff besides.
            assert server.events == {Event.DONE: 1 + 2 * session}

    asyncio.run(talk())


@asynccontextmanager
async def cutting(port: int, cuts: int) -> AsyncIterator[int]:
    """A way to a port that breaks as soon as something comes back, so many times."""
    left = cuts

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal left
        there, back = await asyncio.open_connection("127.0.0.1", port)
        try:
            while octets := await reader.read(9999):
                back.write(octets)
                answer = await there.read(9999)
                if left:
                    left -= 1
                    break
                writer.write(answer)
        finally:
            back.close()
            writer.close()

    listener = await asyncio.start_server(carry, "127.0.0.1", 0)
    async with listener:
        yield listener.sockets[0].getsockname()[1]


def test_a_write_over_a_connection_that_breaks_is_done_once() -> None:
    """Its answer comes over the next connection."""
    store = Tables()

    async def talk() -> Server:
        server = Server([Node(TITLE, store, keys={2: KEY})])
        who = Credentials(key=KEY, key_id=2)
        async with (
            listen_tcp(server, port=0) as port,
            cutting(port, 1) as way,
            connect(f"c1222+tcp://127.0.0.1:{way}/{TITLE}", who) as meter,
        ):
            await meter.write(1, b"ANOTHER ONE HERE")
        return server

    assert asyncio.run(talk()).events == {Event.DONE: 1, Event.REPEATED: 1}
    assert len(store.done) == 1


def test_a_connection_that_was_closed_meanwhile_is_made_again() -> None:
    async def talk() -> None:
        server = Server([Node(TITLE, Tables(), least=Mode.CLEAR)])
        async with (
            listen_tcp(server, port=0, idle=0.05) as port,
            connect(f"c1222+tcp://127.0.0.1:{port}/{TITLE}?mode=0") as meter,
        ):
            for table in (1, 8):
                await meter.write(table, b"abcd")
                await asyncio.sleep(0.3)

    asyncio.run(talk())


@pytest.mark.parametrize("begun", [b"", b"\x60\x10\xa2"])
def test_connections_have_deadlines(begun: bytes) -> None:
    """For the next message to begin, and for one that has begun to end, however slowly its octets come."""

    async def talk() -> bytes:
        async with listen_tcp(Server([]), port=0, idle=0.1 if not begun else 60.0, reading=0.3) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            for octet in begun:
                writer.write(bytes([octet]))
                await asyncio.sleep(0.05)
            async with asyncio.timeout(30):
                found = await reader.read()
            writer.close()
            return found

    assert asyncio.run(talk()) == b""


def test_connections_are_bounded_and_nonsense_ends_one() -> None:
    async def talk() -> None:
        async with listen_tcp(Server([]), port=0, connections=1) as port:
            first, writing = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.sleep(0.05)
            second, other = await asyncio.open_connection("127.0.0.1", port)
            async with asyncio.timeout(30):
                assert await second.read() == b""
                writing.write(b"GET / HTTP/1.1\r\n\r\n")
                assert await first.read() == b""
            for each in (writing, other):
                each.close()

    asyncio.run(talk())


@pytest.mark.parametrize("carrier", ["tcp", "udp"])
def test_nobody_there(carrier: str) -> None:
    async def talk() -> None:
        async with listen(carrier, Server([])) as port:
            pass
        async with connect(f"c1222+{carrier}://127.0.0.1:{port}/.1?mode=0&answer=1&repeats=0") as meter:
            await meter.read(1)

    with pytest.raises(LineFailed if carrier == "tcp" else NoAnswer):
        asyncio.run(talk())


def test_strangers_over_udp() -> None:
    """A table is read from a meter that answers no more octets than came, in parts."""
    store = Tables(tables={5: bytearray(range(250)) * 4})

    async def talk() -> bytes:
        server = Server([Node(TITLE, store)], ServerSettings(rate=1000.0))
        async with (
            listen_udp(server, port=0) as port,
            connect(f"c1222+udp://127.0.0.1:{port}/{TITLE}?mode=0&size=400") as meter,
        ):
            return await meter.read(5)

    assert asyncio.run(talk()) == bytes(store.tables[5])
