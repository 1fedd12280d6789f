"""What services are answered with. An answer does not say what it answers: that takes the request."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias, assert_never

from tdl.codec.errors import octets_text
from tdl.systems.wire import requests as asked
from tdl.systems.wire.data import counted, put, put_sized, read_counted, read_sized
from tdl.systems.wire.errors import Layer, WireError
from tdl.systems.wire.identity import Identity, put_identity, read_identity
from tdl.systems.wire.octets import Reader
from tdl.systems.wire.registration import Register, Registered, put_registered, read_registered
from tdl.systems.wire.requests import Request, put_timing, read_titles
from tdl.systems.wire.titles import Title, read_title

DETAIL = 8
"""The most octets behind a code that says that something went wrong."""


class Code(IntEnum):
    """How a service went."""

    OK = 0x00
    ERR = 0x01
    """Rejected for no stated reason."""
    SNS = 0x02
    """The service is not supported."""
    ISC = 0x03
    """Not allowed to whoever asks."""
    ONP = 0x04
    """Not possible."""
    IAR = 0x05
    """Not appropriate for this table."""
    BSY = 0x06
    """Busy; ask again."""
    DNR = 0x07
    """The data are not ready; ask again."""
    DLK = 0x08
    """The data are locked."""
    RNO = 0x09
    """Negotiate again."""
    ISSS = 0x0A
    """Not in this state of the session."""
    SME = 0x0B
    """The protection of the message is wrong."""
    UAT = 0x0C
    """The title that is spoken to is unknown."""
    NETT = 0x0D
    """The network took too long."""
    NETR = 0x0E
    """The network does not reach that node."""
    RQTL = 0x0F
    """The request is too large."""
    RSTL = 0x10
    """The answer would be too large."""
    SGNP = 0x11
    """Messages in pieces are not possible."""
    SGERR = 0x12
    """A piece of the message is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """It did not go well.

    Attributes:
        code: a `Code` or one that only the manufacturer knows; never 0.
        detail: what is behind it, of which sources differ: the largest size, or the place of a piece.
    """

    code: int
    detail: bytes = b""

    @property
    def name(self) -> str:
        """``SNS``, and ``1E`` for a code without a name."""
        return Code(self.code).name if self.code in tuple(Code) else f"{self.code:02X}"

    @property
    def largest(self) -> int | None:
        """The most octets that would have been possible, where the answer says so."""
        told = self.code in (Code.RQTL, Code.RSTL) and self.detail
        return int.from_bytes(self.detail, "big") if told else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """It went well, and there is no more to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableData:
    """The octets that were read; their checksum was right."""

    octets: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedOn:
    """A session begins.

    Attributes:
        timeout: seconds without traffic after which it ends, 0 for never; C12.18 says none.
    """

    timeout: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Negotiated:
    """What packets are from now on; the speed's code may be left out."""

    packet_size: int
    packets: int
    speed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticated:
    """The node shows in turn that it knows the key."""

    proof: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """The timers from now on: seconds, and how often a packet is sent again."""

    traffic: int
    character: int
    response: int
    retries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """Where in the network a node is."""

    address: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """The way to a node."""

    titles: tuple[Title, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deregistered:
    """A node is forgotten; some say which."""

    title: Title | None = None


Answer: TypeAlias = (
    Refused | Done | TableData | Identity | LoggedOn | Authenticated | Negotiated | Timed
    | Resolved | Traced | Registered | Deregistered
)  # fmt: skip


def encode(answer: Answer) -> bytes:
    """The octets of an answer, its code first.

    Raises:
        WireError: if it has none.
    """
    if isinstance(answer, Refused):
        if not answer.code:
            raise WireError(Layer.SERVICE, "a refusal with code 0", "another code")
        _check_detail(answer.code, answer.detail)
        return put(answer.code, 1, "code") + answer.detail
    return bytes([Code.OK]) + _encode(answer)


def _encode(
    answer: Done | TableData | Identity | LoggedOn | Authenticated | Negotiated | Timed
    | Resolved | Traced | Registered | Deregistered,
) -> bytes:  # fmt: skip
    match answer:
        case Done():
            return b""
        case TableData(octets=octets):
            return counted(octets)
        case Identity():
            return put_identity(answer)
        case LoggedOn(timeout=timeout):
            return b"" if timeout is None else put(timeout, 2, "timeout")
        case Negotiated(packet_size=size, packets=packets, speed=speed):
            tail = b"" if speed is None else put(speed, 1, "speed")
            return put(size, 2, "packet_size") + put(packets, 1, "packets") + tail
        case Authenticated(proof=proof):
            return put_sized(proof, "proof")
        case Timed(traffic=traffic, character=character, response=response, retries=retries):
            return put_timing(traffic, character, response, retries)
        case Resolved(address=address):
            return put_sized(address, "address")
        case Traced(titles=titles):
            return b"".join(title.encoded for title in titles)
        case Registered():
            return put_registered(answer)
        case Deregistered(title=title):
            return b"" if title is None else title.encoded
    assert_never(answer)


def decode(octets: bytes, request: Request) -> Answer:
    """The answer to a request that these octets are, all of them.

    Raises:
        WireError: if they are none.
    """
    reader = Reader(octets, Layer.SERVICE)
    code = reader.number(1)
    if code != Code.OK:
        detail = reader.rest()
        _check_detail(code, detail)
        return Refused(code=code, detail=detail)
    answer = _read(request, reader)
    reader.finish()
    return answer


def _read(request: Request, reader: Reader) -> Answer:
    match request:
        case asked.Identify():
            return read_identity(reader)
        case asked.Read() | asked.ReadDefault() | asked.ReadIndex() | asked.ReadOffset():
            return TableData(octets=read_counted(reader))
        case asked.Logon():
            return LoggedOn(timeout=reader.number(2) if reader.left else None)
        case asked.Negotiate():
            size, packets = reader.number(2), reader.number(1)
            return Negotiated(packet_size=size, packets=packets, speed=reader.number(1) if reader.left else None)
        case asked.Authenticate():
            return Authenticated(proof=read_sized(reader))
        case asked.TimingSetup():
            traffic, character, response, retries = reader.take(4)
            return Timed(traffic=traffic, character=character, response=response, retries=retries)
        case asked.Resolve():
            return Resolved(address=read_sized(reader))
        case asked.Trace():
            return Traced(titles=read_titles(reader))
        case Register():
            return read_registered(reader)
        case asked.Deregister():
            return Deregistered(title=read_title(reader) if reader.left else None)
        case (
            asked.Terminate() | asked.Disconnect() | asked.Write() | asked.WriteIndex() | asked.WriteOffset()
            | asked.Security() | asked.Logoff() | asked.Wait()
        ):  # fmt: skip
            return Done()
    assert_never(request)


def _check_detail(code: int, detail: bytes) -> None:
    match code:
        case Code.RQTL | Code.RSTL:
            most = 4
        case _:
            most = DETAIL
    if len(detail) > most:
        raise WireError(Layer.SERVICE, f"{octets_text(len(detail))} behind code `{code:02X}`", f"at most {most}")
