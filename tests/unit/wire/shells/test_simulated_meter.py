"""The simulated meter at the other end of a line."""

from __future__ import annotations

import asyncio

import pytest

import tdl
from tdl.image import Image
from tdl.image.directory import read_profile
from tdl.systems.meter.meter import Meter
from tdl.systems.wire import answers, requests
from tdl.systems.wire.answers import TableData
from tdl.systems.wire.credentials import Credentials
from tdl.systems.wire.psem.messages import Sizes
from tdl.systems.wire.psem.server import ServerSettings
from tdl.systems.wire.psem.settings import Standard
from tdl.systems.wire.shells.clients import connect
from tdl.systems.wire.shells.listeners import listen_tcp

TABLES = (0, 1, 5, 21, 22, 23)


@pytest.mark.parametrize("standard", Standard)
def test_what_is_read_is_what_it_holds(standard: Standard) -> None:
    """In messages of several packets too."""
    with Meter.open(tdl.load("std:1997"), Image(profile=read_profile("std:residential"))) as meter:

        async def read() -> list[bytes]:
            settings = ServerSettings(standard=standard, sizes=Sizes(packet=40, packets=20))
            async with listen_tcp(meter, settings) as port:
                url = f"{standard.name.lower()}+tcp://127.0.0.1:{port}"
                async with connect(url, Credentials(user=b"JOHN", user_id=2)) as client:
                    return [await client.read(table) for table in TABLES]

        found = asyncio.run(read())
        session = meter.connect("beside")
        session.answer(requests.encode(requests.Logon(user_id=2, user=b"JOHN      ")))
        for table, octets in zip(TABLES, found, strict=True):
            request = requests.Read(table=table)
            assert answers.decode(session.answer(requests.encode(request)), request) == TableData(octets=octets)
        assert max(map(len, found)) > 32
