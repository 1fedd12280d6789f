"""`tdl meter serve`: a definition and an image as meters that answer."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from tdl.cli.console import Failed, emit
from tdl.cli.keys import keys_of
from tdl.cli.meter_places import Place, PlaceType
from tdl.cli.meter_talk import finding
from tdl.cli.options import definition_options, project
from tdl.image import Image
from tdl.project.definition import Definition
from tdl.project.opening import binding
from tdl.report.rules import invocation
from tdl.systems.captures.keys import Keys
from tdl.systems.meter.load import Load, LoadError, Random, Script
from tdl.systems.meter.meter import Meter, MeterError, prepared
from tdl.systems.meter.store import Store, StoreError
from tdl.systems.wire.acse.node import Node
from tdl.systems.wire.acse.server import Server
from tdl.systems.wire.errors import WireError
from tdl.systems.wire.psem.server import ServerSettings
from tdl.systems.wire.psem.settings import Standard
from tdl.systems.wire.shells import listeners
from tdl.systems.wire.shells.c1222 import listeners as acse
from tdl.systems.wire.shells.c1222.addresses import title as title_of
from tdl.systems.wire.shells.c1222.memories import WindowFile
from tdl.systems.wire.titles import BASE, Title

FIRST_TITLE = Title(arcs=(*BASE, 1))
MOST_METERS = 1000


@dataclass(slots=True)
class Clock:
    """Time that goes faster than the computer's, from where it began."""

    speed: float
    began: float = field(default_factory=time.time)
    origin: float = field(default_factory=time.monotonic)

    def __call__(self) -> float:
        return self.began + (time.monotonic() - self.origin) * self.speed


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where meters listen."""

    c1218: Sequence[Place]
    c1221: Sequence[Place]
    c1222: Sequence[Place]
    ptys: Sequence[str]


@click.command("serve")
@definition_options
@click.option("--image", metavar="IMAGE", required=True, help="What a new meter holds: an image, or a profile.")
@click.option("--c1218", multiple=True, type=PlaceType("tcp"), metavar="tcp:HOST:PORT", help="Speak C12.18 there.")
@click.option("--c1221", multiple=True, type=PlaceType("tcp"), metavar="tcp:HOST:PORT", help="Speak C12.21 there.")
@click.option(
    "--c1222", multiple=True, type=PlaceType("tcp", "udp"), metavar="tcp:HOST:PORT", help="Speak C12.22, or on udp:."
)
@click.option("--pty", "ptys", multiple=True, metavar="LINK", help="Speak C12.18 on a pty that this link names.")
@click.option("--title", metavar="TITLE", help="The meter's title in C12.22; further meters have the next ones.")
@click.option("--keys", metavar="FILE", help="Keys of C12.22 by their numbers, as `tdl decode --keys` has them.")
@click.option("--store", metavar="FILE", help="Where what changes is kept; without it, it ends with the process.")
@click.option("--load", metavar="random|FILE", default="random", show_default=True, help="What is measured; CSV.")
@click.option(
    "--speed", type=click.FloatRange(0, 1e6, min_open=True), default=1.0, help="How many times faster time goes."
)
@click.option("--meters", type=click.IntRange(1, MOST_METERS), default=1, help="So many, on this port and the next.")
def command(
    definition: str | None,
    fragments: tuple[str, ...],
    image: str,
    c1218: tuple[Place, ...],
    c1221: tuple[Place, ...],
    c1222: tuple[Place, ...],
    ptys: tuple[str, ...],
    title: str | None,
    keys: str | None,
    store: str | None,
    load: str,
    speed: float,
    meters: int,
) -> int:
    """Make a definition and an image a meter that answers: tables, procedures, pending tables, logs and metering.

    It prints a line for each place where it listens, as a URL that `tdl meter read` takes, and ends on SIGINT or
    SIGTERM. A place without a host, tcp:PORT, is on loopback, and port 0 takes a free one. What is acknowledged is in
    the store, if there is one.
    """
    if not (c1218 or c1221 or c1222 or ptys):
        raise click.UsageError("say where to listen: --c1218, --c1221, --c1222 or --pty")
    compiled = project(definition, fragments).compile()
    found = binding(image)
    held = found if isinstance(found, Image) else Image(name=image, profile=found)
    places = Places(c1218=c1218, c1221=c1221, c1222=c1222, ptys=ptys)
    try:
        first = FIRST_TITLE if title is None else title_of(title).absolute()
        with ExitStack() as stack:
            made = list(_meters(stack, compiled, held, store, load, Clock(speed), meters))
            asyncio.run(_serve(made, places, first, keys_of(keys), store))
    except WireError as error:
        raise Failed(finding(error, "tdl meter serve")) from None
    except (MeterError, StoreError, LoadError) as error:
        raise click.UsageError(str(error)) from None
    return 0


def _meters(
    stack: ExitStack, definition: Definition, image: Image, store: str | None, load: str, clock: Clock, count: int
) -> Iterator[Meter]:
    kept = None if store is None else Store(store)
    if kept is not None:
        stack.callback(kept.close)
    began, full = int(clock()), prepared(definition, image)
    for number in range(count):
        name = "meter" if count == 1 else f"meter-{number + 1}"
        measured = Random(seed=number) if load == "random" else _script(load, began)
        meter = Meter.open(definition, full, kept, name=name, clock=clock, load=measured)
        # A store that has seen faster time is ahead: time goes on from there.
        clock.began += max(0.0, meter.clock.seconds() - meter.tables.state.ahead - clock())
        yield stack.enter_context(meter)


def _script(file: str, began: int) -> Load:
    try:
        return Script.read(Path(file).read_text("utf-8"), began=began)
    except (OSError, UnicodeDecodeError) as error:
        problem = str(getattr(error, "strerror", None) or "not UTF-8 text").lower()
        raise Failed(invocation.UNREADABLE.at(None, place=file, name=file, problem=problem)) from None


async def _serve(meters: Sequence[Meter], places: Places, title: Title, keys: Keys, store: str | None) -> None:
    """Listen until a signal says that it is enough."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # where there are no such signals, an interruption ends the loop itself
            loop.add_signal_handler(each, stop.set)
    async with AsyncExitStack() as stack:
        for number, meter in enumerate(meters):
            for standard, wanted in ((Standard.C1218, places.c1218), (Standard.C1221, places.c1221)):
                for place in (each.shifted(number) for each in wanted):
                    listening: Any = listeners.listen_tcp(
                        meter, ServerSettings(standard=standard), host=place.host, port=place.port
                    )
                    port = await stack.enter_async_context(listening)
                    _say(f"{standard.name.lower()}+tcp://{_host(place)}:{port}")
            for link in places.ptys:
                await _listen_pty(stack, meter, link if len(meters) == 1 else f"{link}-{number + 1}")
        if places.c1222:
            await _listen_c1222(stack, meters, places.c1222, title, keys, store)
        await stop.wait()


async def _listen_pty(stack: AsyncExitStack, meter: Meter, link: str) -> None:
    try:
        from tdl.systems.wire.shells.ptys import listen_pty
    except ImportError:
        raise click.UsageError("--pty is for systems that have ptys") from None
    await stack.enter_async_context(listen_pty(meter, ServerSettings(), link=Path(link)))
    _say(f"c1218:{link}")


async def _listen_c1222(
    stack: AsyncExitStack,
    meters: Sequence[Meter],
    places: Sequence[Place],
    title: Title,
    keys: Keys,
    store: str | None,
) -> None:
    """One server for all meters, each under its own title."""
    nodes: dict[Node, str] = {}
    for number, meter in enumerate(meters):
        own = Title(arcs=(*title.arcs[:-1], title.arcs[-1] + number))
        found = keys.between(own)
        memory = None
        if store is not None and found:
            memory = WindowFile(Path(f"{store}.{own}.window"))
            stack.callback(memory.close)
        nodes[Node(own, meter, keys=found, memory=memory)] = "" if found else "?mode=0"
    server = Server(nodes)
    stack.callback(server.close)
    for place in places:
        listen: Any = acse.listen_tcp if place.carrier == "tcp" else acse.listen_udp
        port = await stack.enter_async_context(listen(server, host=place.host, port=place.port))
        for node, query in nodes.items():
            _say(f"c1222+{place.carrier}://{_host(place)}:{port}/{node.title}{query}")


def _host(place: Place) -> str:
    return f"[{place.host}]" if ":" in place.host else place.host


def _say(url: str) -> None:
    emit(f"listening {url}\n")
