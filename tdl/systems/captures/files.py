"""Capture files: the payloads of TCP and UDP in pcap and pcapng, whatever link they were recorded on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from typing import Any, BinaryIO

from tdl.image import UnreadableImage
from tdl.systems.captures.fragments import Fragment, Fragments, Identity, Joined

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
    """The packets of TCP and UDP, put together where IP has cut them; frames that hold neither are passed over.

    Of a datagram with missing fragments there is what comes in front of the first gap.

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
    frames, number, fragments = iter(reader), 0, Fragments()
    while True:
        try:
            time, octets = next(frames)
            strict.check()
        except StopIteration:
            break
        except Exception:  # the same, in the middle
            raise UnreadableImage(name, f"breaks off behind frame {number}") from None
        number += 1
        try:
            network = link(dpkt, octets)
            fragment = _fragment(network, dpkt)
            packet = _packet(number, float(time), network, dpkt) if fragment is None else None
        except Exception:  # a frame of another kind, or a damaged one: captures are full of both
            continue
        if packet is not None:
            yield packet
        if fragment is not None:
            yield from _whole(fragments.add(fragment, number, float(time)), dpkt)
    yield from _whole(fragments.finish(), dpkt)


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


def _fragment(network: Any, dpkt: Any) -> Fragment | None:
    """The part of a datagram of TCP or UDP that an IP packet carries; None if it carries all of it, or of another."""
    if network.p not in (dpkt.ip.IP_PROTO_TCP, dpkt.ip.IP_PROTO_UDP):
        return None
    if isinstance(network, dpkt.ip.IP):
        if not network.offset and not network.mf:
            return None
        number, offset, last = network.id, network.offset, not network.mf
    else:
        header = network.extension_hdrs.get(dpkt.ip.IP_PROTO_FRAGMENT)
        if header is None or not (header.frag_off or header.m_flag):
            return None
        number, offset, last = header.id, header.frag_off, not header.m_flag
    source, destination = _host(network.src), _host(network.dst)
    identity = Identity(source=source, destination=destination, protocol=network.p, number=number)
    return Fragment(identity=identity, offset=offset * 8, octets=bytes(network.data), last=last)


def _whole(datagrams: Iterable[Joined], dpkt: Any) -> Iterator[Packet]:
    """The packets that datagrams carry."""
    for each in datagrams:
        identity = each.identity
        kind = dpkt.tcp.TCP if identity.protocol == dpkt.ip.IP_PROTO_TCP else dpkt.udp.UDP
        try:
            inside = kind(each.octets)
        except dpkt.UnpackError:
            continue
        packet = _carried(each.number, each.time, identity.source, identity.destination, inside, dpkt)
        if packet is not None:
            yield packet


def _packet(number: int, time: float, network: Any, dpkt: Any) -> Packet | None:
    """What an IP packet carries."""
    return _carried(number, time, _host(network.src), _host(network.dst), network.data, dpkt)


def _carried(number: int, time: float, source: str, destination: str, inside: Any, dpkt: Any) -> Packet | None:
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
