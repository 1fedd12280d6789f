"""Gateways for tests, in front of simulated meters in this process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tdl.systems.client.simulated import simulated
from tdl.systems.gateway.access import Caller, Callers, Rule, digest_of
from tdl.systems.gateway.app import application
from tdl.systems.gateway.audit import Audit
from tdl.systems.gateway.desk import Desk
from tdl.systems.gateway.lines import Line, Opener
from tdl.systems.gateway.meters import Meter as Behind
from tdl.systems.gateway.recording import Recorder
from tdl.systems.gateway.runs import Runs
from tdl.systems.meter.meter import Meter
from tdl.systems.wire.credentials import Credentials
from tests.unit.meter.meters import MASTER, image, meter, security, standard

NOW = "2024-05-01T12:00:00.000+00:00"
ALL, READS, PART, NONE = "tdl_all", "tdl_reads", "tdl_part", "tdl_none"
WHO = Credentials(user_id=2, user=b"GATEWAY", password=MASTER)

CALLERS = (
    Caller(
        name="all",
        digest=digest_of(ALL),
        rules=(Rule(meters=("*",), read=("*",), write=("*",), procedures=("*",)),),
    ),
    Caller(name="reads", digest=digest_of(READS), rules=(Rule(meters=("house-*",), read=("ST*",)),)),
    Caller(
        name="part",
        digest=digest_of(PART),
        rules=(
            Rule(
                meters=("house-1",),
                read=("ST1/MFG_SERIAL_NUMBER", "ST6"),
                write=("ST6/OWNER_NAME",),
                procedures=("SP9",),
            ),
        ),
    ),
    Caller(name="none", digest=digest_of(NONE)),
)


@dataclass(slots=True, kw_only=True)
class Opened:
    """A gateway with the meter that it is in front of."""

    client: TestClient
    meter: Meter
    desk: Desk

    def get(self, path: str, token: str = ALL, **headers: str) -> Any:
        return self.client.get(path, headers=_headers(token, headers))

    def put(self, path: str, content: Any, token: str = ALL, **headers: str) -> Any:
        if isinstance(content, bytes):
            sent = {"Content-Type": "application/octet-stream"}
            return self.client.put(path, content=content, headers=sent | _headers(token, headers))
        return self.client.put(path, json=content, headers=_headers(token, headers))

    def patch(self, path: str, content: Any, token: str = ALL, **headers: str) -> Any:
        sent = {"Content-Type": "application/merge-patch+json"}
        return self.client.patch(path, json=content, headers=sent | _headers(token, headers))

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
        """What the meter is asked from now on: table, offset and how many octets are read or which are written."""
        line = self.desk.meters["house-1"].line
        heard: list[tuple[object, ...]] = []
        read, write = line.read, line.write

        async def reading(table: int, *, offset: int | None = None, count: int | None = None) -> bytes:
            heard.append((table, offset, count))
            return await read(table, offset=offset, count=count)

        async def writing(table: int, octets: bytes, *, offset: int | None = None) -> None:
            heard.append((table, offset, octets))
            await write(table, octets, offset=offset)

        monkeypatch.setattr(line, "read", reading)
        monkeypatch.setattr(line, "write", writing)
        return heard

    def post(self, path: str, content: Any, token: str = ALL, **headers: str) -> Any:
        return self.client.post(path, json=content, headers=_headers(token, headers))


def _headers(token: str, more: Mapping[str, str]) -> dict[str, str]:
    given = {name.replace("_", "-"): value for name, value in more.items()}
    return given if not token else {"Authorization": f"Bearer {token}", **given}


def desk_of(openers: Mapping[str, Opener], audit: Audit | None = None, runs: Runs | None = None, **limits: Any) -> Desk:
    behind = {
        name: Behind(name=name, definition=standard(), line=Line(opener, **limits), now=lambda: NOW)
        for name, opener in openers.items()
    }
    return Desk(behind, runs or Runs(None), Recorder(audit))


@contextmanager
def gateway(
    log: Path | None = None, callers: tuple[Caller, ...] = CALLERS, *, general: Any = None, **limits: Any
) -> Iterator[Opened]:
    held = meter(image(security(), general=general))
    audit = None if log is None else Audit(log, lambda: NOW)
    desk = desk_of({"house-1": lambda: simulated(held, WHO)}, audit, **limits)
    with TestClient(application(desk, Callers(callers), ("testserver",)), raise_server_exceptions=False) as client:
        yield Opened(client=client, meter=held, desk=desk)
    if audit is not None:
        audit.close()
