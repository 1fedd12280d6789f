"""From a URL to a meter."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any
from urllib.parse import parse_qsl

from tdl.image import Image
from tdl.project.definition import Definition, DocumentName, load
from tdl.project.opening import Binding, binding
from tdl.project.profile import Settings
from tdl.systems.client.remote import RemoteMeter
from tdl.systems.client.simulated import Fault, simulated
from tdl.systems.meter.access import Openness
from tdl.systems.meter.meter import Meter
from tdl.systems.wire import shells
from tdl.systems.wire.client import MeterClient
from tdl.systems.wire.credentials import Credentials
from tdl.systems.wire.errors import LineFailed

SIMULATED = "simulated:"
"""In front of an image or a profile: a meter in this process."""

_FORMS = (
    "`c1218+tcp://HOST:PORT` or `c1218:DEVICE`, the same with `c1221`, `c1222+tcp://HOST/TITLE`, "
    "`c1222+udp://HOST/TITLE` or `simulated:IMAGE`"
)


@asynccontextmanager
async def connect(
    url: str,
    definition: Definition | DocumentName = "std:2012",
    *,
    fragments: Iterable[DocumentName] = (),
    credentials: Credentials | None = None,
    bind: Binding | None = None,
    set: Settings | None = None,
) -> AsyncIterator[RemoteMeter]:
    """A meter at a URL, as long as it is needed.

    Args:
        url: ``c1218+tcp://HOST:PORT``, ``c1218:/dev/ttyUSB0``, the same with ``c1221``, ``c1222+tcp://HOST/TITLE``,
            ``c1222+udp://HOST/TITLE``, or ``simulated:IMAGE``.
        definition: a path, a library name or a definition that `tdl.load` made, in which case fragments are in it.
        credentials: who asks.
        bind, set: what layouts depend on and need not be read; as `tdl.open` has them.

    Raises:
        WireError: there is no line to it.
    """
    compiled = definition if isinstance(definition, Definition) else load(definition, fragments)
    bound = None if bind is None else binding(bind)
    async with line(url, compiled, credentials or Credentials()) as client:
        yield RemoteMeter(client, compiled, bind=bound, settings=set or ())


def line(url: str, definition: Definition, credentials: Credentials) -> AbstractAsyncContextManager[MeterClient[Any]]:
    """A meter as octets.

    Raises:
        LineFailed: there is none, at the latest when it is entered.
    """
    if url.startswith(SIMULATED):
        return _simulated(url.removeprefix(SIMULATED), definition, credentials)
    if not url.startswith(("c1218", "c1221", "c1222")):
        raise LineFailed("a URL of another form", _FORMS)
    return shells.connect(url, credentials)


@asynccontextmanager
async def _simulated(where: str, definition: Definition, credentials: Credentials) -> AsyncIterator[MeterClient[Any]]:
    name, _, query = where.partition("?")
    fault, openness = _settings(query)
    found = binding(name)
    image = found if isinstance(found, Image) else Image(name=name, profile=found)
    async with simulated(Meter.open(definition, image, openness=openness), credentials, fault) as client:
        yield client


def _settings(query: str) -> tuple[Fault, Openness]:
    """``fault``, what is wrong with the line, and ``closed=1``, which makes a meter without passwords let nobody in."""
    try:
        given = dict(parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query), max_num_fields=2))
        fault = Fault(given.pop("fault", "none"))
        closed = given.pop("closed", None)
        if given or closed not in (None, "1"):
            raise ValueError(query)
    except ValueError:
        known = ", ".join(f"`{each.value}`" for each in Fault)
        raise LineFailed("other settings of a simulated meter", f"`fault` with {known}, and `closed=1`") from None
    return fault, Openness.OPEN if closed is None else Openness.CLOSED
