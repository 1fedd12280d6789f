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

import httpx2
import uvicorn

from tdl.systems.client.opening import line
from tdl.systems.gateway.access import Callers
from tdl.systems.gateway.app import application
from tdl.systems.gateway.connections import Connection
from tdl.systems.gateway.desk import Desk
from tdl.systems.gateway.lines import Line
from tdl.systems.gateway.meters import Meter
from tdl.systems.gateway.recording import Recorder
from tdl.systems.gateway.runs import Runs
from tdl.systems.meter.meter import Meter as House
from tdl.systems.wire.psem.server import ServerSettings
from tdl.systems.wire.shells.listeners import listen_tcp
from tests.unit.gateway.gateways import ALL, CALLERS, WHO
from tests.unit.meter.meters import image, meter, security, standard

ROOT = Path(__file__).parents[2]
REQUESTS, WAITING = 400, 20
WRITERS, TURNS = 12, 8


@asynccontextmanager
async def _served(held: House) -> AsyncIterator[tuple[httpx2.AsyncClient, Line]]:
    """A caller of a gateway in front of a meter behind C12.18 over TCP."""
    async with listen_tcp(held, ServerSettings()) as port:
        way = Line(partial(line, f"c1218+tcp://127.0.0.1:{port}", standard(), WHO), waiting=WAITING)
        behind = Meter(name="house-1", definition=standard(), line=way, now=lambda: "now")
        app = application(Desk({"house-1": behind}, Runs(None), Recorder(None)), Callers(CALLERS))
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", http=Connection, ws="none"))
        task = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        async with httpx2.AsyncClient(
            base_url=f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}",
            headers={"Authorization": f"Bearer {ALL}"},
            limits=httpx2.Limits(max_connections=60),
            timeout=60,
        ) as client:
            yield client, way
        server.should_exit = True
        await task


def test_under_load_every_request_has_an_answer_and_the_queue_an_end() -> None:
    held = meter(image(security()))
    octets = held.tables.octets("ST1")

    async def run() -> tuple[Counter[int], int]:
        most = 0

        async def ask(client: httpx2.AsyncClient, way: Line) -> int:
            nonlocal most
            found = await client.get("/meters/house-1/tables/ST1", headers={"Accept": "application/octet-stream"})
            most = max(most, way.taken)
            assert found.status_code in (200, 503), found.text
            assert found.status_code != 200 or found.content == octets
            assert found.status_code != 503 or found.headers["retry-after"]
            return found.status_code

        async with _served(held) as (client, way):
            answers = await asyncio.gather(*(ask(client, way) for _ in range(REQUESTS)))
            assert await ask(client, way) == 200, "the gateway is as good as new"
        return Counter(answers), most

    answers, most = asyncio.run(run())
    assert sum(answers.values()) == REQUESTS
    assert answers[200] >= WAITING
    assert answers[503] > 0
    assert most <= WAITING


def test_of_many_who_write_at_once_each_replaces_what_it_has_read() -> None:
    """Every write that was acknowledged stands between the one that it has read and the one that has read it."""
    held = meter(image(security()))
    where = "/meters/house-1/tables/ST6?elements=OWNER_NAME,UTILITY_DIV"
    replaced: dict[str, str] = {}
    refused: Counter[int] = Counter()

    async def write(client: httpx2.AsyncClient, who: int) -> None:
        for turn in range(TURNS):
            read = await client.get(where)
            if read.status_code != 200:
                refused[read.status_code] += 1
                continue
            before, mine = read.json()["elements"]["OWNER_NAME"], f"{who} {turn}".ljust(20)
            written = await client.patch(
                where,
                json={"elements": {"OWNER_NAME": mine, "UTILITY_DIV": mine}},
                headers={"If-Match": read.headers["etag"], "Content-Type": "application/merge-patch+json"},
            )
            refused[written.status_code] += 1
            if written.status_code == 200:
                assert before not in replaced, "two have replaced the same"
                replaced[before] = mine

    async def run() -> None:
        async with _served(held) as (client, _):
            await asyncio.gather(*(write(client, who) for who in range(WRITERS)))

    now = "\0" * 20
    asyncio.run(run())
    assert refused.keys() <= {200, 412, 503}
    assert refused[412] > 0, "nobody was in anybody's way"
    for _ in range(len(replaced)):
        now = replaced.pop(now)
    assert held.tables.octets("ST6")[:40] == now.encode() * 2


def test_the_gateway_does_what_its_description_says() -> None:
    """In a process of its own: schemathesis changes what Hypothesis draws for every other property."""
    command = [sys.executable, "-m", "tests.systems.described"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
