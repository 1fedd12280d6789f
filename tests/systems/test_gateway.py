"""A gateway that is served, in front of meters behind C12.18 over TCP: under load, and against its own description."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import httpx
import uvicorn

from tdl.systems.client.opening import line
from tdl.systems.gateway.access import Callers
from tdl.systems.gateway.app import application
from tdl.systems.gateway.desk import Desk
from tdl.systems.gateway.lines import Line
from tdl.systems.gateway.meters import Meter
from tdl.systems.gateway.runs import Runs
from tdl.systems.wire.psem.server import ServerSettings
from tdl.systems.wire.shells.listeners import listen_tcp
from tests.unit.gateway.gateways import ALL, CALLERS, WHO
from tests.unit.meter.meters import image, meter, security, standard

ROOT = Path(__file__).parents[2]
REQUESTS, WAITING = 400, 20


@asynccontextmanager
async def _served(desk: Desk) -> AsyncIterator[str]:
    app = application(desk, Callers(CALLERS))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", http="h11", ws="none"))
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await task


def test_under_load_every_request_has_an_answer_and_the_queue_an_end() -> None:
    held = meter(image(security()))
    octets = held.tables.octets("ST1")

    async def run() -> tuple[Counter[int], int]:
        async with listen_tcp(held, ServerSettings()) as port:
            way = Line(partial(line, f"c1218+tcp://127.0.0.1:{port}", standard(), WHO), waiting=WAITING)
            behind = Meter(name="house-1", definition=standard(), line=way, now=lambda: "now")
            desk = Desk({"house-1": behind}, Runs(None), None)
            most = 0

            async def ask(client: httpx.AsyncClient, url: str) -> int:
                nonlocal most
                found = await client.get(f"{url}/meters/house-1/tables/ST1")
                most = max(most, way.taken)
                assert found.status_code in (200, 503), found.text
                assert found.status_code != 200 or found.content == octets
                assert found.status_code != 503 or found.headers["retry-after"]
                return found.status_code

            async with _served(desk) as url:
                head = {"Authorization": f"Bearer {ALL}", "Accept": "application/octet-stream"}
                limits = httpx.Limits(max_connections=60)
                async with httpx.AsyncClient(headers=head, limits=limits, timeout=60) as client:
                    answers = await asyncio.gather(*(ask(client, url) for _ in range(REQUESTS)))
                    assert await ask(client, url) == 200, "the gateway is as good as new"
            return Counter(answers), most

    answers, most = asyncio.run(run())
    assert sum(answers.values()) == REQUESTS
    assert answers[200] >= WAITING
    assert answers[503] > 0
    assert most <= WAITING


def test_the_gateway_does_what_its_description_says() -> None:
    """In a process of its own: schemathesis changes what Hypothesis draws for every other property."""
    command = [sys.executable, "-m", "tests.systems.described"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
