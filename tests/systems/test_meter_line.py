"""The simulated meter behind C12.18 over TCP: what is read is what it holds."""

from __future__ import annotations

import asyncio

import pytest

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
