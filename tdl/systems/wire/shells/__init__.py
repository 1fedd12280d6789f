"""The wire with a wire: asyncio around the machines that know nothing of it.

`connect` has a meter at any URL. `addresses` reads those of C12.18 and C12.21, `ports` are their lines, `clients` has
their `connect`, `listeners` puts a meter on TCP and `ptys` on a pty; `c1222` has the same for C12.22. `urls` and
`accepting` are what both have in common.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tdl.systems.wire.client import MeterClient
from tdl.systems.wire.credentials import Credentials


@asynccontextmanager
async def connect(url: str, credentials: Credentials | None = None) -> AsyncIterator[MeterClient[Any]]:
    """The meter at a URL, whatever its protocol, as long as it is needed.

    Raises:
        WireError: if nothing is there; that the meter answers shows with the first call.
    """
    # Each protocol is imported when it is spoken.
    if url.startswith("c1222+"):
        from tdl.systems.wire.shells.c1222 import clients as acse

        async with acse.connect(url, credentials) as meter:
            yield meter
    else:
        from tdl.systems.wire.shells import clients as psem

        async with psem.connect(url, credentials) as other:
            yield other
