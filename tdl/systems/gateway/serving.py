"""A gateway put together from its configuration, and served."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from tdl.project.definition import Definition, load
from tdl.systems.client.opening import line
from tdl.systems.gateway.access import Callers
from tdl.systems.gateway.audit import Audit
from tdl.systems.gateway.desk import Desk
from tdl.systems.gateway.lines import Line
from tdl.systems.gateway.meters import Meter
from tdl.systems.gateway.runs import Runs
from tdl.systems.gateway.settings import MeterSettings, Settings
from tdl.systems.wire.credentials import Credentials

CONNECTIONS = 512
"""Callers at one time; more are told that the gateway is busy."""

_HEAD = 32 * 1024
"""Octets of a request's head."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """What `opened` makes."""

    desk: Desk
    callers: Callers
    hosts: tuple[str, ...]


def now() -> str:
    """The time, in ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def definitions(settings: Settings) -> Mapping[str, Definition]:
    """The compiled definition of each meter; those of one model share it.

    Raises:
        CompileError: one does not compile.
    """
    made: dict[tuple[str, tuple[str, ...]], Definition] = {}
    for of in settings.meters.values():
        wanted = of.definition, of.fragments
        if wanted not in made:
            made[wanted] = load(*wanted)
    return {name: made[of.definition, of.fragments] for name, of in settings.meters.items()}


@contextmanager
def opened(settings: Settings, clock: Callable[[], str] = now, *, apart: bool = False) -> Iterator[Gateway]:
    """A gateway with its log and its memory open. Its lines are opened when they are needed.

    Args:
        apart: leave its files to the gateway that runs.

    Raises:
        CompileError: a definition does not compile.
        BrokenAudit: the log is not as it was written.
        OSError: a file cannot be opened.
    """
    compiled = definitions(settings)
    audit = None if settings.audit is None or apart else Audit(settings.audit, clock)
    runs = Runs(None if apart else settings.state)
    try:
        meters = {name: _meter(settings, name, of, compiled[name], clock) for name, of in settings.meters.items()}
        names = ("127.0.0.1", "localhost", "::1") if settings.loopback else (settings.host,)
        yield Gateway(
            desk=Desk(meters, runs, audit), callers=Callers(settings.callers), hosts=(*names, *settings.hosts)
        )
    finally:
        runs.close()
        if audit is not None:
            audit.close()


def serve(settings: Settings) -> None:
    """Serve until interrupted.

    Raises:
        ImportError: the extra `gateway` is not installed.
    """
    import uvicorn

    from tdl.systems.gateway.app import application

    with opened(settings) as gateway:
        uvicorn.run(
            application(gateway.desk, gateway.callers, gateway.hosts),
            host=settings.host,
            port=settings.port,
            http="h11",
            ws="none",
            access_log=False,
            log_level="warning",
            server_header=False,
            proxy_headers=False,
            limit_concurrency=CONNECTIONS,
            h11_max_incomplete_event_size=_HEAD,
            timeout_graceful_shutdown=int(settings.deadline) + 1,
            ssl_certfile=settings.certificate,
            ssl_keyfile=settings.key,
        )


def _meter(settings: Settings, name: str, of: MeterSettings, definition: Definition, clock: Callable[[], str]) -> Meter:
    who = Credentials(user_id=of.user_id, user=of.user.encode("utf-8"), password=of.password)
    way = Line(
        partial(line, of.url, definition, who),
        waiting=settings.waiting,
        deadline=settings.deadline,
        idle=settings.idle,
    )
    return Meter(name=name, definition=definition, line=way, now=clock, remember=settings.remember)
