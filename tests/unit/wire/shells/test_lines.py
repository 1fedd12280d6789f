"""Clients and meters over real lines: TCP connections and ptys."""

from __future__ import annotations

import asyncio
import os
import sys
import termios
from collections.abc import Awaitable
from pathlib import Path

import pytest

from tdl.systems.wire import requests
from tdl.systems.wire.answers import Answer
from tdl.systems.wire.credentials import Credentials
from tdl.systems.wire.dialogue import Outcome, Steps
from tdl.systems.wire.errors import LineFailed, LoginRefused, NoAnswer, Uncertain
from tdl.systems.wire.psem import dialogue, packets
from tdl.systems.wire.psem.packets import Packet
from tdl.systems.wire.psem.server import ServerSettings, Session
from tdl.systems.wire.psem.settings import Settings, Standard
from tdl.systems.wire.psem.timing import Timing
from tdl.systems.wire.shells.addresses import Address, Serial, Tcp
from tdl.systems.wire.shells.clients import PsemMeter, connect
from tdl.systems.wire.shells.listeners import listen_tcp
from tdl.systems.wire.shells.ports import open_port
from tdl.systems.wire.shells.ptys import listen_pty
from tests.unit.wire.psem.store import PASSWORD, Store

KNOWN = Credentials(user=b"TESTER", user_id=2, password=b"OPEN SESAME")
KEY = bytes.fromhex("0123456789ABCDEF")


def run(part: Awaitable[None]) -> None:
    async def within() -> None:
        async with asyncio.timeout(30):
            await part

    asyncio.run(within())


async def use(meter: PsemMeter, store: Store) -> None:
    """Everything a client does."""
    assert await meter.read(1) == b"MANUFACTURER SN "
    assert await meter.read(5, offset=3, count=4) == bytes((3, 4, 5, 6))
    assert await meter.read_index(5, [7], 2) == bytes((7, 8))
    await meter.write(1, b"ANOTHER ONE HERE")
    await meter.write(5, b"ab", offset=1)
    await meter.write_index(5, [3], b"c")
    assert await meter.procedure(3, b"xyz") == Outcome(result=0, octets=b"zyx")
    assert store.tables[1] == b"ANOTHER ONE HERE"
    assert store.tables[5][:5] == b"\0abc\4"
    assert store.open == 1


@pytest.mark.parametrize("name", ["c1218", "c1221"])
def test_tcp(name: str) -> None:
    async def part() -> None:
        store, settings = Store(password=PASSWORD), ServerSettings(standard=Standard[name.upper()], keys={})
        async with listen_tcp(store, settings) as port:
            async with connect(f"{name}+tcp://127.0.0.1:{port}?identity=1", KNOWN) as meter:
                await use(meter, store)
            # The acknowledgement of the last answer may still be on its way.
            while store.open:
                await asyncio.sleep(0.01)

    run(part())


def test_an_address_with_timers() -> None:
    async def part() -> None:
        timing = Timing(traffic=90.0, character=1.0, response=4.0, retries=2)
        async with listen_tcp(Store(), ServerSettings(standard=Standard.C1221)) as port:
            settings = Settings(standard=Standard.C1221, timing=timing)
            async with connect(Address(place=Tcp(host="127.0.0.1", port=port), settings=settings)) as meter:
                await meter.read(1)
                assert meter.dialogue.link.timing == timing

    run(part())


def test_a_key_over_tcp() -> None:
    async def part() -> None:
        settings = ServerSettings(standard=Standard.C1221, keys={5: KEY})
        async with listen_tcp(Store(), settings) as port:
            url = f"c1221+tcp://127.0.0.1:{port}"
            async with connect(url, Credentials(key=KEY, key_id=5)) as meter:
                assert await meter.read(1) == b"MANUFACTURER SN "
            async with connect(url, Credentials(key=bytes(8), key_id=5)) as meter:
                with pytest.raises(LoginRefused):
                    await meter.read(1)

    run(part())


def test_calls_wait_for_each_other() -> None:
    async def part() -> None:
        async with listen_tcp(Store(), ServerSettings()) as port, connect(f"c1218+tcp://127.0.0.1:{port}") as meter:
            read = await asyncio.gather(*(meter.read(table) for table in (1, 5, 1)))
            assert [len(each) for each in read] == [16, 200, 16]

    run(part())


def test_several_clients_at_one_meter() -> None:
    async def part() -> None:
        store = Store()
        async with listen_tcp(store, ServerSettings(), connections=2) as port:
            url = f"c1218+tcp://127.0.0.1:{port}"
            async with connect(url) as one, connect(url) as other:
                assert await one.read(1) == await other.read(1)
                assert store.open == 2
                async with connect(url) as third:
                    with pytest.raises(LineFailed):
                        await third.read(1)
            while store.open:
                await asyncio.sleep(0.01)
            async with connect(url) as one:
                assert await one.read(1) == b"MANUFACTURER SN "

    run(part())


def test_a_connection_without_a_conversation_is_closed() -> None:
    async def part() -> None:
        async with listen_tcp(Store(), ServerSettings(), idle=0.05) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            assert await reader.read() == b""
            writer.close()

    run(part())


def test_noise_is_no_conversation() -> None:
    async def part() -> None:
        async with listen_tcp(Store(), ServerSettings(), idle=0.2) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            closed = asyncio.create_task(reader.read())
            while not closed.done():
                writer.write(b"\0")
                await asyncio.sleep(0.02)
            writer.close()

    run(part())


def test_a_meter_that_fails_at_a_pty(tmp_path: Path) -> None:
    class Failing(Store):
        def connect(self, peer: str) -> Session:
            raise RuntimeError("a full disk")

    async def part() -> None:
        link = tmp_path / "meter"
        async with listen_pty(Failing(), ServerSettings(), link=link):
            peer = await open_port(Serial(device=str(link)))
            for toggle, request in enumerate((requests.Identify(), requests.Logon(user_id=0, user=bytes(10)))):
                await peer.send(packets.encode(Packet(data=requests.encode(request), toggle=bool(toggle))))
                await peer.receive(1.0)
            await peer.close()

    with pytest.raises(RuntimeError, match="a full disk"):
        run(part())


def test_the_end_of_a_listener_ends_its_conversations() -> None:
    async def part() -> None:
        store = Store()
        async with listen_tcp(store, ServerSettings()) as port:
            meter = PsemMeter(await open_port(Tcp(host="127.0.0.1", port=port)), Settings(), Credentials())
            await meter.read(1)
        assert store.open == 0
        with pytest.raises(LineFailed):
            await meter.read(1)
        with pytest.raises(LineFailed):
            await meter.write(1, b"x" * 16)
        await meter.close()

    run(part())


# --- ptys ------------------------------------------------------------------------------------------------------------


def test_a_pty(tmp_path: Path) -> None:
    """The speed is negotiated, and set at the client's end, with what was sent before it."""

    async def part() -> None:
        store, link = Store(password=PASSWORD), tmp_path / "meter"
        async with listen_pty(store, ServerSettings(), link=link):
            async with connect(f"c1218:{link}?baud=19200&size=64&packets=9&wake=1", KNOWN) as meter:
                await use(meter, store)
                assert _speed(link) == termios.B19200
            assert link.is_symlink()
        assert not link.is_symlink()
        assert store.open == 0

    run(part())


def _speed(link: Path) -> int:
    with link.open("rb", buffering=0) as end:
        found: int = termios.tcgetattr(end)[4]
        return found


def test_a_link_that_is_there_is_left_alone(tmp_path: Path) -> None:
    link = tmp_path / "meter"
    link.write_text("mine")
    before = len(os.listdir("/proc/self/fd"))

    async def part() -> None:
        with pytest.raises(LineFailed, match=r"no link `.*`, `file exists`"):
            async with listen_pty(Store(), ServerSettings(), link=link):
                raise AssertionError("it was replaced")

    run(part())
    assert link.read_text() == "mine"
    assert len(os.listdir("/proc/self/fd")) == before


# --- what goes wrong -------------------------------------------------------------------------------------------------

QUICK = Timing(character=0.02, response=0.05, traffic=0.1)
"""For what a test has to wait for."""


def test_nobody_listens() -> None:
    async def part() -> None:
        listener = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
        number = listener.sockets[0].getsockname()[1]
        listener.close()
        await listener.wait_closed()
        with pytest.raises(LineFailed, match=f"no connection to `127.0.0.1:{number}`"):
            async with connect(f"c1218+tcp://127.0.0.1:{number}"):
                raise AssertionError("somebody listens")
        with pytest.raises(LineFailed, match="no port `/dev/nothing`"):
            async with connect("c1218:/dev/nothing"):
                raise AssertionError("there is a port")

    run(part())


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "serial_asyncio_fast", None)

    async def part() -> None:
        with pytest.raises(LineFailed, match="no package `pyserial-asyncio-fast`, the extra `wire` expected"):
            async with connect("c1218:/dev/nothing"):
                raise AssertionError("there is a port")

    run(part())


def test_a_port_that_is_taken() -> None:
    async def part() -> None:
        async with listen_tcp(Store(), ServerSettings()) as port:
            with pytest.raises(LineFailed, match=f"no listening at `127.0.0.1:{port}`"):
                async with listen_tcp(Store(), ServerSettings(), port=port):
                    raise AssertionError("it was free")

    run(part())


def test_a_line_that_breaks_amid_a_write(tmp_path: Path) -> None:
    """Nobody knows then whether it was done."""

    class Breaking(Store):
        def connect(self, peer: str) -> Session:
            visit = super().connect(peer)
            real = visit.answer

            def answer(request: bytes) -> bytes:
                if request[0] == 0x40:
                    raise ConnectionAbortedError
                return real(request)

            visit.answer = answer  # type: ignore[method-assign]
            return visit

    async def part() -> None:
        store = Breaking()
        async with listen_tcp(store, ServerSettings()) as port, connect(f"c1218+tcp://127.0.0.1:{port}") as meter:
            assert await meter.read(1) == b"MANUFACTURER SN "
            with pytest.raises(Uncertain) as error:
                await meter.write(1, b"x" * 16)
            assert isinstance(error.value.__cause__, LineFailed)
            assert store.open == 0

    run(part())


def test_a_call_that_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next one begins anew, after a silence, so that it never takes the answer to the one before."""

    async def part() -> None:
        store = Store()
        async with listen_tcp(store, ServerSettings()) as port, connect(f"c1218+tcp://127.0.0.1:{port}") as meter:
            await meter.read(1)
            call = asyncio.create_task(meter.read(5))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            monkeypatch.setattr(dialogue, "MARGIN", 0.0)
            meter.dialogue.link.retime(QUICK)
            assert await meter.read(1) == b"MANUFACTURER SN "

    run(part())


def test_someone_who_says_nothing() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    def identified() -> Steps[Answer]:
        meter.dialogue.link.retime(QUICK)
        return (yield requests.Identify())

    async def part() -> None:
        nonlocal meter
        listener = await asyncio.start_server(silent, "127.0.0.1", 0)
        address = Tcp(host="127.0.0.1", port=listener.sockets[0].getsockname()[1])
        meter = PsemMeter(await open_port(address), Settings(), Credentials())
        with pytest.raises(NoAnswer):
            await meter.perform(identified())
        await meter.close()
        listener.close()

    meter: PsemMeter
    run(part())
