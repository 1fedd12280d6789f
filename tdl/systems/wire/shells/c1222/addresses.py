"""Where a meter of C12.22 is, and how to speak to it, as a URL: ``c1222+tcp://host/1.3.6.1.4.1?from=.7``.

No registry has such URLs; they are tdl's own. No secret is part of one: it ends up in logs and histories.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import unquote

from tdl.systems.wire.acse.settings import Settings
from tdl.systems.wire.envelope import HEADER, MOST, SIZE
from tdl.systems.wire.epsem import Mode
from tdl.systems.wire.errors import LineFailed, WireError
from tdl.systems.wire.segments import PAYLOAD_IPV4, PAYLOAD_IPV6
from tdl.systems.wire.shells.urls import given, number, split
from tdl.systems.wire.titles import Form, Title

PORT = 1153
"""Where nodes of C12.22 are, for TCP and UDP (RFC 6142)."""

FORMS = "`c1222+tcp://HOST/TITLE` or `c1222+udp://HOST/TITLE`"

_ANSWER, _REPEATS = 20.0, 1
"""Over a connection, which repeats by itself what gets lost."""

_LEAST = HEADER + 64

_DATAGRAM = 65_507
"""The most octets that a datagram carries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A node's place, and how to speak to it."""

    host: str
    port: int
    datagrams: bool
    settings: Settings


def parse(url: str) -> Node:
    """What a URL says. Its settings are ``from``, ``mode``, ``least``, ``session``, ``idle``, ``answer``, ``repeats``,
    ``size``, ``pad`` and, over UDP, ``pieces``.

    Raises:
        LineFailed: if it is none of those known; it is not repeated, as it may hold what it should not.
    """
    parts = split(url, FORMS)
    carriers = {"c1222+tcp": False, "c1222+udp": True}
    if parts.scheme not in carriers or parts.fragment or not parts.hostname:
        raise LineFailed("a URL of another form", FORMS)
    datagrams = carriers[parts.scheme]
    called = unquote(parts.path.removeprefix("/"))
    settings = Settings(called=title(called) if called else None)
    if datagrams:
        settings = replace(settings, largest=PAYLOAD_IPV6 if ":" in parts.hostname else PAYLOAD_IPV4)
    else:
        settings = replace(settings, answer=_ANSWER, repeats=_REPEATS)
    settings = _settings(settings, parts.query, datagrams=datagrams)
    port = PORT if parts.port is None else parts.port
    return Node(host=parts.hostname, port=port, datagrams=datagrams, settings=settings)


def asked(url: str) -> Title | None:
    """The title of the meter that a URL leads to, if it says one; one that cannot be read is for whoever connects."""
    try:
        return parse(url).settings.called
    except WireError:
        return None


def title(text: str) -> Title:
    """The title that ``1.3.6.1`` is, or the relative one that ``.123.4`` is.

    Raises:
        LineFailed: if it is none.
    """
    relative = text.startswith(".")
    arcs = text.removeprefix(".").split(".")
    expected = "numbers with points between, such as `1.3.6.1`, or `.123.4` for a relative one"
    if len(text) > 256 or not all(arc.isascii() and arc.isdigit() and len(arc) < 11 for arc in arcs):
        raise LineFailed(f"a title `{text[:20]}`", expected)
    found = Title(arcs=tuple(map(int, arcs)), form=Form.CONTEXT if relative else Form.ABSOLUTE)
    try:
        _ = found.encoded
    except WireError as error:
        raise LineFailed(f"a title `{text[:20]}`, {error}", expected) from None
    return found


def _settings(settings: Settings, query: str, *, datagrams: bool) -> Settings:
    padding: int | None = None
    largest: int | None = None
    for name, value in given(query):
        match name:
            case "from":
                settings = replace(settings, calling=title(value))
            case "mode":
                settings = replace(settings, mode=Mode(number(name, value, 0, 2)))
            case "least":
                settings = replace(settings, least=Mode(number(name, value, 0, 2)))
            case "session":
                settings = replace(settings, session=bool(number(name, value, 0, 1)))
            case "idle":
                settings = replace(settings, idle=number(name, value, 0, 0xFFFF))
            case "answer":
                settings = replace(settings, answer=float(number(name, value, 1, 0xFF)))
            case "repeats":
                settings = replace(settings, repeats=number(name, value, 0, 0xFF))
            case "size":
                largest = number(name, value, _LEAST, MOST)
            case "pieces" if datagrams:
                settings = replace(settings, payload=number(name, value, _LEAST, _DATAGRAM), largest=SIZE)
            case "pad":
                padding = number(name, value, 0, MOST)
            case _:
                raise LineFailed(f"a setting `{name[:20]}`", "one that this line has")
    if largest is not None:
        settings = replace(settings, largest=largest)
    if padding is None and datagrams and settings.mode is Mode.CLEAR:
        padding = settings.payload or settings.largest
    return replace(settings, padding=min(padding or 0, settings.largest))
