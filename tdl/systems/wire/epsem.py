"""EPSEM: a list of services, its flags, and how it looks while it is protected."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from tdl.systems.wire.errors import Layer, WireError
from tdl.systems.wire.octets import Reader, fixed, length

SERVICES = 64
"""The most services in one list."""

MAC = 4
"""The octets of a message authentication code."""

_ALWAYS, _RECOVERY, _PROXY, _CLASS = 0x80, 0x40, 0x20, 0x10
_CLASS_OCTETS = 4


class Mode(IntEnum):
    """How a list is protected."""

    CLEAR = 0
    AUTHENTICATED = 1
    ENCRYPTED = 2
    """Authenticated too."""


class Respond(IntEnum):
    """When an answer is wanted."""

    ALWAYS = 0
    ON_EXCEPTION = 1
    NEVER = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Epsem:
    """Services in clear text.

    Attributes:
        services: each a request or an answer as octets, its code first; not printed, for passwords are among them.
        ed_class: the class of the end device, four octets, which messages that nobody asked for carry.
        recovery: for setting the clock of a meter that has lost it; such messages pass outside the replay window.
        proxy: a proxy has had a part in it.
        padding: what is behind the mark that ends the list; None if there is no mark, as usual.
    """

    services: tuple[bytes, ...] = field(default=(), repr=False)
    ed_class: bytes | None = None
    respond: Respond = Respond.ALWAYS
    recovery: bool = False
    proxy: bool = False
    padding: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """Services behind a code that shows who wrote them, and not readable without the key if they are encrypted.

    Attributes:
        classed: whether the body begins with the class of the end device.
        body: the list, as it is on the wire; not printed, for it may be in clear text.
    """

    mode: Mode
    body: bytes = field(repr=False)
    mac: bytes
    classed: bool = False
    respond: Respond = Respond.ALWAYS
    recovery: bool = False
    proxy: bool = False


def control(epsem: Epsem | Sealed) -> int:
    """The octet of flags."""
    match epsem:
        case Epsem(ed_class=ed_class):
            mode, classed = Mode.CLEAR, ed_class is not None
        case Sealed(mode=mode, classed=classed):
            pass
    flags = _ALWAYS | _RECOVERY * epsem.recovery | _PROXY * epsem.proxy | _CLASS * classed
    return flags | mode << 2 | epsem.respond


def encode(epsem: Epsem | Sealed) -> bytes:
    """The octets of a list.

    Raises:
        WireError: if it has none.
    """
    flags = bytes([control(epsem)])
    match epsem:
        case Epsem():
            return flags + encode_body(epsem)
        case Sealed(mode=Mode.CLEAR):
            raise WireError(Layer.EPSEM, "a sealed list in mode 0", "1 or 2")
        case Sealed():
            return flags + epsem.body + fixed(Layer.EPSEM, epsem.mac, MAC, "mac")


def encode_body(epsem: Epsem) -> bytes:
    """The octets behind the flags."""
    if len(epsem.services) > SERVICES:
        raise WireError(Layer.EPSEM, f"{len(epsem.services)} services", f"at most {SERVICES}")
    if not all(epsem.services):
        raise WireError(Layer.EPSEM, "a service without octets", "its code")
    head = b"" if epsem.ed_class is None else fixed(Layer.EPSEM, epsem.ed_class, _CLASS_OCTETS, "ed_class")
    tail = b"" if epsem.padding is None else b"\0" + epsem.padding
    return head + b"".join(length(len(each)) + each for each in epsem.services) + tail


def read(reader: Reader) -> Epsem | Sealed:
    """A list, up to the end.

    Raises:
        WireError: if it is none.
    """
    start = reader.at
    flags = reader.number(1)
    if not flags & _ALWAYS:
        raise reader.refused(f"flags `{flags:02X}`", "the highest bit set", at=start)
    if flags >> 2 & 3 == 3 or flags & 3 == 3:
        raise reader.refused(f"flags `{flags:02X}`", "a security mode and a response control of 0 to 2", at=start)
    mode, respond = Mode(flags >> 2 & 3), Respond(flags & 3)
    recovery, proxy, classed = bool(flags & _RECOVERY), bool(flags & _PROXY), bool(flags & _CLASS)
    if mode is Mode.CLEAR:
        return read_body(reader, classed=classed, respond=respond, recovery=recovery, proxy=proxy)
    if reader.left < MAC:
        raise reader.refused("no message authentication code", f"{MAC} octets")
    body = reader.take(reader.left - MAC)
    mac = reader.rest()
    return Sealed(mode=mode, body=body, mac=mac, classed=classed, respond=respond, recovery=recovery, proxy=proxy)


def read_body(reader: Reader, *, classed: bool, respond: Respond, recovery: bool, proxy: bool) -> Epsem:
    """What is behind the flags, up to the end."""
    ed_class = reader.take(_CLASS_OCTETS) if classed else None
    services: list[bytes] = []
    padding = None
    while reader.left:
        service = reader.sized().rest()
        if not service:
            padding = reader.rest()
        elif len(services) == SERVICES:
            raise reader.refused(f"more than {SERVICES} services", f"at most {SERVICES}")
        else:
            services.append(service)
    return Epsem(
        services=tuple(services),
        ed_class=ed_class,
        respond=respond,
        recovery=recovery,
        proxy=proxy,
        padding=padding,
    )
