"""Services as they are asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TypeAlias, assert_never

from tdl.systems.wire.data import counted, put, put_octets, put_sized, read_counted, read_sized
from tdl.systems.wire.errors import Layer, WireError
from tdl.systems.wire.octets import Reader
from tdl.systems.wire.registration import Register, put_register, read_register
from tdl.systems.wire.titles import Title, read_title

INDICES = 9
"""The most positions on the way to an element."""

SPEEDS = 11
"""The most speeds that a negotiation offers."""

_USER, _PASSWORD = 10, 20


class Service(IntEnum):
    """The codes of services; of reads and writes by index, and of negotiations, the first one of several."""

    IDENTIFY = 0x20
    TERMINATE = 0x21
    DISCONNECT = 0x22
    DEREGISTER = 0x24
    RESOLVE = 0x25
    TRACE = 0x26
    REGISTER = 0x27
    READ = 0x30
    READ_DEFAULT = 0x3E
    READ_OFFSET = 0x3F
    WRITE = 0x40
    WRITE_OFFSET = 0x4F
    LOGON = 0x50
    SECURITY = 0x51
    LOGOFF = 0x52
    AUTHENTICATE = 0x53
    NEGOTIATE = 0x60
    WAIT = 0x70
    TIMING = 0x71


@dataclass(frozen=True, slots=True, kw_only=True)
class Identify:
    """Ask which protocol is spoken, and what a node can do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminate:
    """End the session at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disconnect:
    """Leave the network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deregister:
    """Forget a node."""

    title: Title


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolve:
    """Ask where in the network a node is."""

    title: Title


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Ask for the relays on the way to a node; each may add its own title."""

    titles: tuple[Title, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Read a whole table.

    Attributes:
        table: its number of 16 bits, 2048 more for one of the manufacturer, 4096 more for a pending one.
    """

    table: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDefault:
    """Read the table that the meter has chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadIndex:
    """Read so many elements from a position on, which is named by 1 to 9 numbers."""

    table: int
    indices: tuple[int, ...]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOffset:
    """Read so many octets from an offset on."""

    table: int
    offset: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """Write a whole table."""

    table: int
    octets: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteIndex:
    """Write elements from a position on."""

    table: int
    indices: tuple[int, ...]
    octets: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOffset:
    """Write octets from an offset on."""

    table: int
    offset: int
    octets: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Logon:
    """Begin a session.

    Attributes:
        user: ten octets, padded.
        timeout: seconds without traffic after which it ends; C12.18 has none.
    """

    user_id: int
    user: bytes
    timeout: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Security:
    """Show a password, which nothing prints.

    Attributes:
        password: twenty octets, padded.
        user_id: outside of a session.
    """

    password: bytes = field(repr=False)
    user_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Logoff:
    """End the session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticate:
    """Show that a key is known, in C12.21: its number, and the ticket of the identity under it."""

    proof: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Negotiate:
    """Offer sizes of packets, how many a message may have, and speeds by their codes."""

    packet_size: int
    packets: int
    speeds: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Keep the session so many seconds more."""

    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimingSetup:
    """Ask for other timers, in C12.21.

    Attributes:
        traffic, character, response: seconds without traffic, between octets, and until an answer begins.
        retries: how often a packet is sent again.
    """

    traffic: int
    character: int
    response: int
    retries: int


Reading: TypeAlias = Read | ReadDefault | ReadIndex | ReadOffset
Writing: TypeAlias = Write | WriteIndex | WriteOffset
Request: TypeAlias = (
    Identify | Terminate | Disconnect | Deregister | Resolve | Trace | Register | Reading | Writing
    | Logon | Security | Logoff | Authenticate | Negotiate | Wait | TimingSetup
)  # fmt: skip


def encode(request: Request) -> bytes:
    """The octets of a request, its code first.

    Raises:
        WireError: if it has none.
    """
    match request:
        case Identify():
            return bytes([Service.IDENTIFY])
        case Terminate():
            return bytes([Service.TERMINATE])
        case Disconnect():
            return bytes([Service.DISCONNECT])
        case Deregister(title=title):
            return bytes([Service.DEREGISTER]) + title.encoded
        case Resolve(title=title):
            return bytes([Service.RESOLVE]) + title.encoded
        case Trace(titles=titles):
            return bytes([Service.TRACE]) + b"".join(title.encoded for title in titles)
        case Register():
            return bytes([Service.REGISTER]) + put_register(request)
        case Read(table=table):
            return bytes([Service.READ]) + _table(table)
        case ReadDefault():
            return bytes([Service.READ_DEFAULT])
        case ReadIndex(table=table, indices=indices, count=count):
            return bytes([Service.READ + _depth(indices)]) + _table(table) + _indices(indices) + put(count, 2, "count")
        case ReadOffset(table=table, offset=offset, count=count):
            return bytes([Service.READ_OFFSET]) + _table(table) + put(offset, 3, "offset") + put(count, 2, "count")
        case Write(table=table, octets=octets):
            return bytes([Service.WRITE]) + _table(table) + counted(octets)
        case WriteIndex(table=table, indices=indices, octets=octets):
            return bytes([Service.WRITE + _depth(indices)]) + _table(table) + _indices(indices) + counted(octets)
        case WriteOffset(table=table, offset=offset, octets=octets):
            return bytes([Service.WRITE_OFFSET]) + _table(table) + put(offset, 3, "offset") + counted(octets)
        case Logon(user_id=user_id, user=user, timeout=timeout):
            idle = b"" if timeout is None else put(timeout, 2, "timeout")
            return bytes([Service.LOGON]) + put(user_id, 2, "user_id") + put_octets(user, _USER, "user") + idle
        case Security(password=password, user_id=user):
            who = b"" if user is None else put(user, 2, "user_id")
            return bytes([Service.SECURITY]) + put_octets(password, _PASSWORD, "password") + who
        case Logoff():
            return bytes([Service.LOGOFF])
        case Authenticate(proof=proof):
            return bytes([Service.AUTHENTICATE]) + put_sized(proof, "proof")
        case Negotiate(packet_size=size, packets=packets, speeds=speeds):
            if len(speeds) > SPEEDS:
                raise WireError(Layer.SERVICE, f"{len(speeds)} speeds", f"at most {SPEEDS}")
            offered = put(packets, 1, "packets") + b"".join(put(speed, 1, "speed") for speed in speeds)
            return bytes([Service.NEGOTIATE + len(speeds)]) + put(size, 2, "packet_size") + offered
        case Wait(seconds=seconds):
            return bytes([Service.WAIT]) + put(seconds, 1, "seconds")
        case TimingSetup(traffic=traffic, character=character, response=response, retries=retries):
            return bytes([Service.TIMING]) + put_timing(traffic, character, response, retries)
    assert_never(request)


def decode(octets: bytes) -> Request:
    """The request that these octets are, all of them.

    Raises:
        WireError: if they are none.
    """
    reader = Reader(octets, Layer.SERVICE)
    request = _read(reader.number(1), reader)
    reader.finish()
    return request


def _read(code: int, reader: Reader) -> Request:
    match code:
        case Service.IDENTIFY:
            return Identify()
        case Service.TERMINATE:
            return Terminate()
        case Service.DISCONNECT:
            return Disconnect()
        case Service.DEREGISTER:
            return Deregister(title=read_title(reader))
        case Service.RESOLVE:
            return Resolve(title=read_title(reader))
        case Service.TRACE:
            return Trace(titles=read_titles(reader))
        case Service.REGISTER:
            return read_register(reader)
        case Service.READ:
            return Read(table=reader.number(2))
        case Service.READ_DEFAULT:
            return ReadDefault()
        case Service.READ_OFFSET:
            return ReadOffset(table=reader.number(2), offset=reader.number(3), count=reader.number(2))
        case Service.WRITE:
            return Write(table=reader.number(2), octets=read_counted(reader))
        case Service.WRITE_OFFSET:
            return WriteOffset(table=reader.number(2), offset=reader.number(3), octets=read_counted(reader))
        case _ if Service.READ < code <= Service.READ + INDICES:
            return ReadIndex(
                table=reader.number(2),
                indices=_read_indices(reader, code - Service.READ),
                count=reader.number(2),
            )
        case _ if Service.WRITE < code <= Service.WRITE + INDICES:
            return WriteIndex(
                table=reader.number(2),
                indices=_read_indices(reader, code - Service.WRITE),
                octets=read_counted(reader),
            )
        case Service.LOGON:
            return Logon(user_id=reader.number(2), user=reader.take(_USER), timeout=_optional(reader))
        case Service.SECURITY:
            return Security(password=reader.take(_PASSWORD), user_id=_optional(reader))
        case Service.LOGOFF:
            return Logoff()
        case _ if Service.NEGOTIATE <= code <= Service.NEGOTIATE + SPEEDS:
            return Negotiate(
                packet_size=reader.number(2),
                packets=reader.number(1),
                speeds=tuple(reader.take(code - Service.NEGOTIATE)),
            )
        case Service.WAIT:
            return Wait(seconds=reader.number(1))
        case Service.AUTHENTICATE:
            return Authenticate(proof=read_sized(reader))
        case Service.TIMING:
            traffic, character, response, retries = reader.take(4)
            return TimingSetup(traffic=traffic, character=character, response=response, retries=retries)
        case _:
            raise reader.refused(f"service `{code:02X}`", "a known one", at=0)


def read_titles(reader: Reader) -> tuple[Title, ...]:
    """Titles up to the end; their count is bounded by that of the octets."""
    titles = []
    while reader.left:
        titles.append(read_title(reader))
    return tuple(titles)


def put_timing(traffic: int, character: int, response: int, retries: int) -> bytes:
    names = ("traffic", "character", "response", "retries")
    return b"".join(
        put(each, 1, name) for each, name in zip((traffic, character, response, retries), names, strict=True)
    )


def _table(table: int) -> bytes:
    return put(table, 2, "table")


def _depth(indices: tuple[int, ...]) -> int:
    if not 0 < len(indices) <= INDICES:
        raise WireError(Layer.SERVICE, f"{len(indices)} indices", f"1 to {INDICES}")
    return len(indices)


def _indices(indices: tuple[int, ...]) -> bytes:
    return b"".join(put(index, 2, "index") for index in indices)


def _read_indices(reader: Reader, count: int) -> tuple[int, ...]:
    return tuple(reader.number(2) for _ in range(count))


def _optional(reader: Reader) -> int | None:
    return reader.number(2) if reader.left else None
