"""Where a meter is, and how to speak to it, as a URL: ``c1218+tcp://host:port``, ``c1218:/dev/ttyUSB0?baud=19200``.

No secret is part of a URL: it ends up in logs and histories.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias
from urllib.parse import parse_qsl, unquote, urlsplit

from tdl.systems.wire.errors import LineFailed
from tdl.systems.wire.psem.messages import LEAST, Sizes
from tdl.systems.wire.psem.packets import AROUND, MOST
from tdl.systems.wire.psem.settings import Settings, Standard
from tdl.systems.wire.psem.speeds import FIRST, speed_code

FORMS = "`c1218+tcp://HOST:PORT`, `c1221+tcp://HOST:PORT`, `c1218:DEVICE` or `c1221:DEVICE`"

_QUERY = 10
"""The most settings in a URL."""


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
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise LineFailed("a URL that cannot be read", FORMS) from None
    if "@" in parts.netloc:
        raise LineFailed("a URL with a user", "credentials apart from it")
    name, _, carrier = parts.scheme.partition("+")
    standards = {"c1218": Standard.C1218, "c1221": Standard.C1221}
    if name not in standards or carrier not in ("", "tcp") or parts.fragment:
        raise LineFailed("a URL of another form", FORMS)
    place: Place
    if carrier == "tcp":
        if not parts.hostname or port is None or parts.path not in ("", "/"):
            raise LineFailed("a URL without a host and a port", FORMS)
        place = Tcp(host=parts.hostname, port=port)
    else:
        if not parts.path or parts.netloc:
            raise LineFailed("a URL without a device", FORMS)
        place = Serial(device=unquote(parts.path))
    return Address(place=place, settings=_settings(Settings(standard=standards[name]), parts.query, place))


def _settings(settings: Settings, query: str, place: Place) -> Settings:
    try:
        given = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query), max_num_fields=_QUERY)
    except ValueError:
        raise LineFailed("settings that cannot be read", "`name=value`, joined by `&`") from None
    size, packets = Settings().sizes or Sizes(), None
    for name, value in given:
        match name:
            case "identity":
                settings = replace(settings, identity=_number(name, value, 0, 0xFF))
            case "baud" if isinstance(place, Serial) and settings.standard is Standard.C1218:
                baud = _number(name, value, 1, 1_000_000)
                speed_code(baud)
                settings = replace(settings, baud=None if baud == FIRST else baud)
            case "size":
                size = replace(size, packet=_number(name, value, LEAST, MOST + AROUND))
            case "packets":
                packets = _number(name, value, 1, 0xFF)
            case "toggle":
                settings = replace(settings, trust_toggle=not _choice(name, value, "ignore"))
            case "answer":
                settings = replace(settings, answer=float(_number(name, value, 1, 0xFF)))
            case "wake":
                settings = replace(settings, wake=_choice(name, value, "1"))
            case _:
                raise LineFailed(f"a setting `{name[:20]}`", "one that this line has")
    return replace(settings, sizes=size if packets is None else replace(size, packets=packets))


def _number(name: str, value: str, least: int, most: int) -> int:
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else -1
    if not least <= number <= most:
        raise LineFailed(f"`{name}` of `{value[:20]}`", f"{least} to {most}")
    return number


def _choice(name: str, value: str, expected: str) -> bool:
    if value != expected:
        raise LineFailed(f"`{name}` of `{value[:20]}`", f"`{expected}`")
    return True
