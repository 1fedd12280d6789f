"""A gateway put together from its configuration, and served."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
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
from tdl.systems.gateway.recording import Recorder
from tdl.systems.gateway.runs import Runs
from tdl.systems.gateway.settings import MeterSettings, Settings
from tdl.systems.wire.credentials import Credentials

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
        BadRuns: the memory of runs cannot be opened.
        OSError: the log cannot be opened.
    """
    compiled = definitions(settings)
    with ExitStack() as held:
        runs = held.enter_context(closing(Runs(None if apart else settings.state)))
        audit = None
        if settings.audit is not None and not apart:
            audit = held.enter_context(closing(Audit(settings.audit, clock)))
        meters = {name: _meter(settings, name, of, compiled[name], clock) for name, of in settings.meters.items()}
        names = ("127.0.0.1", "localhost", "::1") if settings.loopback else (settings.host,)
        yield Gateway(
            desk=Desk(meters, runs, Recorder(audit)), callers=Callers(settings.callers), hosts=(*names, *settings.hosts)
        )


def serve(settings: Settings, say: Callable[[str], None]) -> None:
    """Serve until interrupted.

    Args:
        say: is told the address, once there are answers.

    Raises:
        ImportError: the extra `gateway` is not installed.
        OSError: the address cannot be listened at.
        BrokenAudit, BadRuns, BadTls, PrivateFileError: as what they come from.
    """
    import uvicorn

    from tdl.systems.gateway.app import application
    from tdl.systems.gateway.connections import PLACES, Connection

    tls = settings.tls()
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with (
        socket.create_server((settings.host, settings.port), family=family) as listening,
        opened(settings) as gateway,
        suppress(KeyboardInterrupt),
    ):
        config = uvicorn.Config(
            application(gateway.desk, gateway.callers, gateway.hosts),
            http=Connection,
            ws="none",
            access_log=False,
            log_level="error",
            server_header=False,
            proxy_headers=False,
            limit_concurrency=PLACES,
            h11_max_incomplete_event_size=_HEAD,
            timeout_graceful_shutdown=int(settings.deadline) + 1,
            ssl_context_factory=None if tls is None else lambda *_: tls,
        )
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        say(f"{'http' if tls is None else 'https'}://{host}:{listening.getsockname()[1]}/")
        uvicorn.Server(config).run(sockets=[listening])


def _meter(settings: Settings, name: str, of: MeterSettings, definition: Definition, clock: Callable[[], str]) -> Meter:
    who = Credentials(
        user_id=of.user_id, user=of.user.encode("utf-8"), password=of.password, key=of.key, key_id=of.key_id
    )
    way = Line(
        partial(line, of.url, definition, who),
        waiting=settings.waiting,
        deadline=settings.deadline,
        idle=settings.idle,
        say=lambda wrong: print(f"{name}: {wrong or 'it answers again'}", file=sys.stderr, flush=True),
    )
    return Meter(name=name, definition=definition, line=way, now=clock, remember=settings.remember)
