"""Who registers as what: the request with which a node makes itself known, and what it is told."""

from __future__ import annotations

from dataclasses import dataclass

from tdl.systems.wire.data import put, put_octets, put_sized, read_sized
from tdl.systems.wire.errors import Layer, WireError
from tdl.systems.wire.octets import Reader
from tdl.systems.wire.titles import Title, read_title

RELAY, MASTER_RELAY, HOST, NOTIFICATION_HOST, AUTHENTICATION_HOST, END_DEVICE, DOMAIN = 1, 2, 4, 8, 16, 32, 128
"""What a node is, as bits of its type; the last says that a domain's pattern follows."""

CLASS_OCTETS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Make a node known.

    Attributes:
        node_type: a sum of `RELAY` and the others.
        connection_type: how it may be reached, eight flags.
        title: its own; one without arcs asks for one.
        serial: the number of the device, as a title.
        address: where it is in its network.
        period: seconds until it registers again, 24 bits.
        domain: the pattern of the titles below it; there if the type says so.
    """

    node_type: int
    connection_type: int
    device_class: bytes
    title: Title
    serial: Title
    address: bytes
    period: int
    domain: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """What a node is told.

    Attributes:
        title: the one that it has from now on.
        delay: seconds to wait before it says anything after a loss of power.
        period: seconds until it registers again.
        info: flags like those of the connection type.
    """

    title: Title
    delay: int
    period: int
    info: int


def put_register(asked: Register) -> bytes:
    if (asked.domain is not None) != bool(asked.node_type & DOMAIN):
        raise WireError(Layer.SERVICE, "`domain` and `node_type` that disagree", "both or neither to name a domain")
    return (
        put(asked.node_type, 1, "node_type")
        + put(asked.connection_type, 1, "connection_type")
        + put_octets(asked.device_class, CLASS_OCTETS, "device_class")
        + asked.title.encoded
        + asked.serial.encoded
        + put_sized(asked.address, "address")
        + put(asked.period, 3, "period")
        + (b"" if asked.domain is None else put_sized(asked.domain, "domain"))
    )


def read_register(reader: Reader) -> Register:
    node_type = reader.number(1)
    return Register(
        node_type=node_type,
        connection_type=reader.number(1),
        device_class=reader.take(CLASS_OCTETS),
        title=read_title(reader),
        serial=read_title(reader),
        address=read_sized(reader),
        period=reader.number(3),
        domain=read_sized(reader) if node_type & DOMAIN else None,
    )


def put_registered(told: Registered) -> bytes:
    times = put(told.delay, 2, "delay") + put(told.period, 3, "period")
    return told.title.encoded + times + put(told.info, 1, "info")


def read_registered(reader: Reader) -> Registered:
    return Registered(
        title=read_title(reader), delay=reader.number(2), period=reader.number(3), info=reader.number(1)
    )  # fmt: skip
