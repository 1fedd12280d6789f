"""The simulated meter behind C12.18 over TCP: what is read is what it holds."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest

from tdl.systems.meter.store import Store, StoreError
from tdl.systems.wire.credentials import Credentials
from tdl.systems.wire.errors import LoginRefused, ServiceRefused
from tdl.systems.wire.psem.server import ServerSettings
from tdl.systems.wire.shells.clients import connect
from tdl.systems.wire.shells.listeners import listen_tcp
from tests.unit.meter.meters import MASTER, READER, image, meter, security

SECRET = (42, 45)


def test_every_table_is_read_over_a_line() -> None:
    held = meter(image(security()))
    held.advance(5000)

    async def talk() -> None:
        async with listen_tcp(held, ServerSettings()) as port:
            where = f"c1218+tcp://127.0.0.1:{port}"
            async with connect(where, Credentials(user_id=2, user=b"LINE", password=MASTER)) as client:
                for key in held.tables:
                    number = int(key[2:])
                    if number in (7, *SECRET):
                        continue
                    assert await client.read(number) == held.tables.octets(key), key
                assert not any(await client.read(42))
                await client.write(5, b"L" * 20)
                assert held.tables.octets("ST5") == b"L" * 20
                assert await client.read_index(6, (1,), 2) == held.tables.octets("ST6")[20:60]
                outcome = await client.procedure(9, b"\x01")
                assert outcome.result == 0
                with pytest.raises(ServiceRefused, match="IAR"):
                    await client.write(3, bytes(5))
            async with connect(where, Credentials(user_id=3, user=b"LINE", password=READER)) as client:
                with pytest.raises(ServiceRefused, match="ISC"):
                    await client.write(5, b"M" * 20)

    asyncio.run(talk())
    registers = held.tables.record("ST23")
    assert registers is not None
    assert registers["NBR_DEMAND_RESETS"] == 1
    assert held.tables.octets("ST5") == b"L" * 20


def test_a_write_that_finds_no_room_is_refused_and_nothing_of_it_is_there(tmp_path: Path) -> None:
    """SQLite itself says that the disk is full; the meter serves on, and takes the write when there is room again."""
    store = Store(tmp_path / "meter.db")
    held, copy = meter(store=store), bytes([2]) + bytes(5) + b"N" * 20
    limit_to_what_there_is(store)

    async def talk() -> None:
        async with listen_tcp(held, ServerSettings()) as port:
            where = f"c1218+tcp://127.0.0.1:{port}"
            async with connect(where, Credentials(user_id=2, user=b"LINE")) as client:
                before = held.tables.all_octets()
                for _ in range(3):
                    with pytest.raises(ServiceRefused, match="ERR"):
                        await client.write(0x1005, copy)
                assert held.tables.all_octets() == before
                with pytest.raises(ServiceRefused, match="ONP"):
                    await client.read(0x1005)
                assert await client.read(5) == before["ST5"]
            async with connect(where, Credentials(user_id=3, user=b"OTHER")) as client:
                assert await client.read(23) == before["ST23"]
                store._file.execute("PRAGMA max_page_count = 1000000")
                await client.write(0x1005, copy)
                assert await client.read(0x1005) == copy

    asyncio.run(talk())
    store.close()
    kept = Store(tmp_path / "meter.db").load("meter")
    assert kept is not None
    assert kept.tables["ST5P"] == copy


def limit_to_what_there_is(store: Store) -> None:
    """Leave no page that is free, and no room in those that are there."""
    (pages,) = store._file.execute("PRAGMA page_count").fetchone()
    store._file.execute(f"PRAGMA max_page_count = {pages}")
    for size in (4000, 400, 40, 4, 1):
        with suppress(StoreError):
            for number in range(10_000):
                store.save("filler", "", "{}", {f"{size}/{number}": bytes(size)})


def test_a_wrong_password_is_a_refused_login() -> None:
    held = meter(image(security()))

    async def talk() -> None:
        async with listen_tcp(held, ServerSettings()) as port:
            where = f"c1218+tcp://127.0.0.1:{port}"
            async with connect(where, Credentials(user_id=2, user=b"LINE", password=b"wrong")) as client:
                with pytest.raises(LoginRefused):
                    await client.read(5)

    asyncio.run(talk())
    assert held.tables.state.failures == 1
