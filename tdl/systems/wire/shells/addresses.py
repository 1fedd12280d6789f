"""Where a meter is, and how to speak to it, as a URL: ``c1218+tcp://host:port``, ``c1218:/dev/ttyUSB0?baud=19200``.

No secret is part of a URL: it ends up in logs and histories.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias
from urllib.parse import unquote

from tdl.systems.wire.errors import LineFailed
from tdl.systems.wire.psem.messages import LEAST, Sizes
from tdl.systems.wire.psem.packets import AROUND, MOST
from tdl.systems.wire.psem.settings import Settings, Standard
from tdl.systems.wire.psem.speeds import FIRST, speed_code
from tdl.systems.wire.shells.urls import given, number, split

FORMS = "`c1218+tcp://HOST:PORT`, `c1221+tcp://HOST:PORT`, `c1218:DEVICE` or `c1221:DEVICE`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tcp:
    """A place in a network."""

    host: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Serial:
    """A serial port or a pty."""

    device: str


Place: TypeAlias = Tcp | Serial


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A place, and how to speak there."""

    place: Place
    settings: Settings


def parse(url: str) -> Address:
    """What a URL says. Its settings are ``identity``, ``baud``, ``size``, ``packets``, ``answer``,
    ``toggle`` and ``wake``.

    Raises:
        LineFailed: if it is none of those known; it is not repeated, as it may hold what it should not.
    """
    parts = split(url, FORMS)
    name, _, carrier = parts.scheme.partition("+")
    standards = {"c1218": Standard.C1218, "c1221": Standard.C1221}
    if name not in standards or carrier not in ("", "tcp") or parts.fragment:
        raise LineFailed("a URL of another form", FORMS)
    place: Place
    if carrier == "tcp":
        if not parts.hostname or parts.port is None or parts.path not in ("", "/"):
            raise LineFailed("a URL without a host and a port", FORMS)
        place = Tcp(host=parts.hostname, port=parts.port)
    else:
        if not parts.path or parts.netloc:
            raise LineFailed("a URL without a device", FORMS)
        place = Serial(device=unquote(parts.path))
    return Address(place=place, settings=_settings(Settings(standard=standards[name]), parts.query, place))


def _settings(settings: Settings, query: str, place: Place) -> Settings:
    size, packets = Settings().sizes or Sizes(), None
    for name, value in given(query):
        match name:
            case "identity":
                settings = replace(settings, identity=number(name, value, 0, 0xFF))
            case "baud" if isinstance(place, Serial) and settings.standard is Standard.C1218:
                baud = number(name, value, 1, 1_000_000)
                speed_code(baud)
                settings = replace(settings, baud=None if baud == FIRST else baud)
            case "size":
                size = replace(size, packet=number(name, value, LEAST, MOST + AROUND))
            case "packets":
                packets = number(name, value, 1, 0xFF)
            case "toggle":
                settings = replace(settings, trust_toggle=not _choice(name, value, "ignore"))
            case "answer":
                settings = replace(settings, answer=float(number(name, value, 1, 0xFF)))
            case "wake":
                settings = replace(settings, wake=_choice(name, value, "1"))
            case _:
                raise LineFailed(f"a setting `{name[:20]}`", "one that this line has")
    return replace(settings, sizes=size if packets is None else replace(size, packets=packets))


def _choice(name: str, value: str, expected: str) -> bool:
    if value != expected:
        raise LineFailed(f"`{name}` of `{value[:20]}`", f"`{expected}`")
    return True
