"""Every format of times, both orders of octets and both forms of identifications, over a line, read by names."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import pytest

from tdl.systems.client.opening import connect
from tdl.systems.client.remote import RemoteMeter
from tdl.systems.meter.meter import Meter
from tdl.systems.wire.credentials import Credentials
from tdl.systems.wire.psem.server import ServerSettings
from tdl.systems.wire.shells.listeners import listen_tcp
from tests.unit.meter.meters import image, meter, standard
from tests.unit.meter.test_procedures import set_time

THEN = datetime(2031, 12, 31, 23, 59, 30)
IDENTITIES = {0: "METER 4711".ljust(20), 1: "00000000000000004711"}
"""By ID_FORM: characters, and digits two an octet."""


@pytest.mark.parametrize("form", [0, 1])
@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("times", [0, 1, 2, 3, 4])
def test_values_are_the_same_in_every_format(times: int, order: int, form: int) -> None:
    general = {"TM_FORMAT": times, "DATA_ORDER": order, "ID_FORM": form}
    edition = "2012" if times == 4 else "1997"
    held = meter(image({"ST4": None}, general=general, edition=edition), edition=edition)
    held.advance(2 * 3600)

    async def talk() -> None:
        async with over_a_line(held, edition) as remote:
            assert await remote.read("ST23.TOT_DATA_BLOCK.SUMMATIONS[0]") == 8000
            assert await remote.read("ST63.LP_STATUS_SET1.NBR_VALID_INT") == 8
            ends = await remote.read("ST64.LP_DATA_SET1[0].BLK_END_TIME")
            assert ends == (datetime(2024, 5, 1, 14, 0) if times else None)
            await remote.write("ST5.IDENTIFICATION", IDENTITIES[form])
            assert str(await remote.read("ST5.IDENTIFICATION")) == IDENTITIES[form]
            done = await remote.procedure("SET_DATE_TIME", set_time(THEN, "SET_TIME", "SET_DATE") if times else b"\3\0")
            assert done.result == (0 if times else 3)
            if times:
                assert done.record is not None
                assert done.record["DATE_TIME_AFTER"] == await remote.read("ST52.CLOCK_CALENDAR") == THEN

    asyncio.run(talk())
    octets = held.tables.octets("ST5")
    assert octets == (bytes.fromhex(IDENTITIES[1]) if form else IDENTITIES[0].encode())
    assert held.tables.octets("ST23")[1:5] == (8000).to_bytes(4, "big" if order else "little")


@asynccontextmanager
async def over_a_line(held: Meter, edition: str) -> AsyncIterator[RemoteMeter]:
    async with listen_tcp(held, ServerSettings()) as port:
        who = Credentials(user_id=2, user=b"LINE")
        async with connect(f"c1218+tcp://127.0.0.1:{port}", standard(edition), credentials=who) as remote:
            yield remote
