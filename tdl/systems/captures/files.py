"""Capture files: the payloads of TCP and UDP in pcap and pcapng, whatever link they were recorded on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from typing import Any, BinaryIO

from tdl.image import UnreadableImage

FRAME = 1 << 20
"""The most octets of a frame, or of anything else in a capture."""


class Transport(StrEnum):
    """What carries octets between endpoints."""

    TCP = "tcp"
    UDP = "udp"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Endpoint:
    """An address and a port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """One packet.

    Attributes:
        number: its place in the capture, from 1 on, counting every frame.
        time: seconds since 1970.
        sequence: of TCP, the number of its first octet.
        begins: of TCP, whether it opens its direction.
    """

    number: int
    time: float
    transport: Transport
    source: Endpoint
    destination: Endpoint
    octets: bytes
    sequence: int = 0
    begins: bool = False


def packets(name: str, file: BinaryIO) -> Iterator[Packet]:
    """The packets of TCP and UDP; frames that hold neither are passed over, as fragments are.

    Raises:
        tdl.image.UnreadableImage: it is no capture, it breaks off, or the library that reads it is not installed.
    """
    try:
        import dpkt  # type: ignore[import-untyped]
    except ImportError:
        raise UnreadableImage(name, "reading captures needs dpkt", 'pip install "tdl-compiler[wire]"') from None
    try:
        strict = _Strict(file)
        reader = dpkt.pcap.UniversalReader(strict)
        link = _LINKS.get(reader.datalink())
    except Exception:  # whatever a library makes of octets that are no capture
        raise UnreadableImage(name, "neither pcap nor pcapng") from None
    if link is None:
        raise UnreadableImage(name, f"recorded on a link of kind {reader.datalink()}, which is not known")
    frames, number = iter(reader), 0
    while True:
        try:
            time, octets = next(frames)
            strict.check()
        except StopIteration:
            return
        except Exception:  # the same, in the middle
            raise UnreadableImage(name, f"breaks off behind frame {number}") from None
        number += 1
        try:
            packet = _packet(number, float(time), link(dpkt, octets), dpkt)
        except Exception:  # a frame of another kind, or a damaged one: captures are full of both
            continue
        if packet is not None:
            yield packet


class _Strict:
    """A file that gives as many octets as are asked for, or none at its end; the library makes do with fewer."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._ended = False

    def read(self, count: int) -> bytes:
        if not 0 <= count <= FRAME:
            raise ValueError(count)
        octets = self._file.read(count)
        if 0 < len(octets) < count:
            raise EOFError
        self._ended = len(octets) < count
        return octets

    def seek(self, place: int) -> int:
        return self._file.seek(place)

    def check(self) -> None:
        """Say that a frame was to be there."""
        if self._ended:
            raise EOFError


def _packet(number: int, time: float, network: Any, dpkt: Any) -> Packet | None:
    """What an IP packet carries."""
    inside, source, destination = network.data, *map(_host, (network.src, network.dst))
    if isinstance(inside, dpkt.udp.UDP):
        ends = Endpoint(host=source, port=inside.sport), Endpoint(host=destination, port=inside.dport)
        octets = bytes(inside.data)
        return Packet(
            number=number, time=time, transport=Transport.UDP, source=ends[0], destination=ends[1], octets=octets
        )
    if not isinstance(inside, dpkt.tcp.TCP):
        return None
    begins = bool(inside.flags & dpkt.tcp.TH_SYN)
    return Packet(
        number=number,
        time=time,
        transport=Transport.TCP,
        source=Endpoint(host=source, port=inside.sport),
        destination=Endpoint(host=destination, port=inside.dport),
        octets=bytes(inside.data),
        sequence=(inside.seq + begins) & 0xFFFFFFFF,
        begins=begins,
    )


def _host(octets: bytes) -> str:
    return str(ip_address(octets))


def _raw(dpkt: Any, octets: bytes) -> Any:
    """An IP packet of either version."""
    return dpkt.ip6.IP6(octets) if octets[0] >> 4 == 6 else dpkt.ip.IP(octets)


def _loopback(dpkt: Any, octets: bytes) -> Any:
    """An IP packet behind its family, of which each system has numbers of its own; the packet tells its version."""
    return _raw(dpkt, octets[4:])


_LINKS: dict[int, Callable[[Any, bytes], Any]] = {
    0: _loopback,
    1: lambda dpkt, octets: dpkt.ethernet.Ethernet(octets).data,
    12: _raw,
    14: _raw,
    101: _raw,
    108: _loopback,
    113: lambda dpkt, octets: dpkt.sll.SLL(octets).data,
    228: _raw,
    229: _raw,
    276: lambda dpkt, octets: dpkt.sll2.SLL2(octets).data,
}
"""The IP packet of a frame, by the number of the link's kind."""
