"""Captures made up: frames of every kind of link, by a library that nobody here wrote."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address

import dpkt

from tdl.systems.captures.files import Endpoint, Packet, Transport
from tdl.systems.wire import answers, apdu, requests
from tdl.systems.wire.answers import Answer
from tdl.systems.wire.apdu import Apdu
from tdl.systems.wire.envelope import Invocation
from tdl.systems.wire.epsem import Epsem
from tdl.systems.wire.requests import Request
from tdl.systems.wire.titles import Form, Title

HEAD_END, METER = Endpoint(host="192.0.2.1", port=50_000), Endpoint(host="192.0.2.2", port=1153)
OPTICAL = Endpoint(host="192.0.2.2", port=2101)


def title(*arcs: int) -> Title:
    return Title(arcs=arcs, form=Form.CONTEXT)


_METER, _HEAD = title(77), title(1)


def question(*asked: Request, number: int = 1, called: Title | None = _METER, calling: Title | None = _HEAD) -> Apdu:
    """What a head end says."""
    return Apdu(
        called=called,
        calling=calling,
        calling_invocation=Invocation(number=number),
        epsem=Epsem(services=tuple(map(requests.encode, asked))),
    )


def answer(*said: Answer, number: int | None = 1, called: Title | None = _HEAD, calling: Title | None = _METER) -> Apdu:
    """What a meter says to it."""
    return Apdu(
        called=called,
        calling=calling,
        called_invocation=None if number is None else Invocation(number=number),
        calling_invocation=Invocation(number=9),
        epsem=Epsem(services=tuple(map(answers.encode, said))),
    )


@dataclass(slots=True)
class Session:
    """Packets between two ends, each behind the one before."""

    transport: Transport = Transport.UDP
    client: Endpoint = HEAD_END
    meter: Endpoint = METER
    packets: list[Packet] = field(default_factory=list)
    _sent: dict[Endpoint, int] = field(default_factory=dict)

    def ask(self, *said: Apdu | bytes) -> None:
        self._say(self.client, self.meter, said)

    def answer(self, *said: Apdu | bytes) -> None:
        self._say(self.meter, self.client, said)

    def _say(self, source: Endpoint, destination: Endpoint, said: Sequence[Apdu | bytes]) -> None:
        octets = b"".join(each if isinstance(each, bytes) else apdu.encode(each) for each in said)
        number = len(self.packets) + 1
        at = self._sent.setdefault(source, 1000)
        self._sent[source] += len(octets)
        self.packets.append(
            Packet(
                number=number,
                time=1_700_000_000.0 + number,
                transport=self.transport,
                source=source,
                destination=destination,
                octets=octets,
                sequence=at if self.transport is Transport.TCP else 0,
            )
        )


def network(packet: Packet) -> bytes:
    """A packet of IP, of the version that its addresses have."""
    inside: dpkt.Packet
    ports = {"sport": packet.source.port, "dport": packet.destination.port}
    if packet.transport is Transport.TCP:
        flags = dpkt.tcp.TH_SYN if packet.begins else dpkt.tcp.TH_ACK
        sequence = (packet.sequence - packet.begins) & 0xFFFFFFFF
        inside, protocol = dpkt.tcp.TCP(**ports, seq=sequence, flags=flags, data=packet.octets), dpkt.ip.IP_PROTO_TCP
    else:
        inside = dpkt.udp.UDP(**ports, ulen=8 + len(packet.octets), data=packet.octets)
        protocol = dpkt.ip.IP_PROTO_UDP
    source, destination = (ip_address(end.host).packed for end in (packet.source, packet.destination))
    if len(source) == 16:
        return bytes(dpkt.ip6.IP6(src=source, dst=destination, nxt=protocol, plen=len(inside), data=inside))
    return bytes(dpkt.ip.IP(src=source, dst=destination, p=protocol, data=inside))


def cut(sent: Packet, size: int = 600, number: int = 7) -> list[bytes]:
    """A packet of IP as fragments of so many octets, a multiple of eight."""
    whole = network(sent)
    version_6 = whole[0] >> 4 == 6
    inside = whole[40:] if version_6 else whole[20:]
    source, destination = (ip_address(end.host).packed for end in (sent.source, sent.destination))
    made = []
    for at in range(0, len(inside), size):
        part, more = inside[at : at + size], at + size < len(inside)
        if version_6:
            header = struct.pack(">BBHI", whole[6], 0, at | more, number)
            made.append(struct.pack(">IHBB", 6 << 28, 8 + len(part), 44, 64) + source + destination + header + part)
        else:
            fixed = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(part), number, at // 8 | more << 13, 64, whole[9], 0)
            made.append(fixed + source + destination + part)
    return made


def _family(packet: bytes) -> int:
    return 10 if packet[0] >> 4 == 6 else 2


def _ethertype(packet: bytes) -> bytes:
    return b"\x86\xdd" if packet[0] >> 4 == 6 else b"\x08\x00"


LINKS: dict[str, tuple[int, Callable[[bytes], bytes]]] = {
    "loopback": (0, lambda packet: _family(packet).to_bytes(4, "little") + packet),
    "loopback of OpenBSD": (108, lambda packet: _family(packet).to_bytes(4, "big") + packet),
    "ethernet": (1, lambda packet: bytes(12) + _ethertype(packet) + packet + bytes(4)),
    "ethernet with a tag": (1, lambda packet: bytes(12) + b"\x81\0\0\x07" + _ethertype(packet) + packet),
    "raw": (101, lambda packet: packet),
    "raw of BSD": (12, lambda packet: packet),
    "raw, number 14": (14, lambda packet: packet),
    "IPv4": (228, lambda packet: packet),
    "IPv6": (229, lambda packet: packet),
    "linux cooked": (113, lambda packet: bytes(14) + _ethertype(packet) + packet),
    "linux cooked 2": (276, lambda packet: _ethertype(packet) + bytes(18) + packet),
}
"""The number of each kind of link, and how a frame of it is made of a packet."""


def pcap(packets: Iterable[Packet], link: str = "raw", *, nanoseconds: bool = False) -> bytes:
    file = io.BytesIO()
    kind, frame = LINKS[link]
    writer = dpkt.pcap.Writer(file, linktype=kind, nano=nanoseconds)
    for packet in packets:
        writer.writepkt(frame(network(packet)), packet.time)
    return file.getvalue()


def pcapng(packets: Iterable[Packet], link: str = "ethernet") -> bytes:
    file = io.BytesIO()
    kind, frame = LINKS[link]
    writer = dpkt.pcapng.Writer(file, linktype=kind)
    for packet in packets:
        writer.writepkt(frame(network(packet)), packet.time)
    return file.getvalue()


def fragments(packets: Iterable[Packet]) -> bytes:
    """A capture of packets that IP has cut."""
    file = io.BytesIO()
    writer = dpkt.pcap.Writer(file, linktype=LINKS["raw"][0])
    for number, packet in enumerate(packets):
        for part in cut(packet, 24, number):
            writer.writepkt(part, packet.time)
    return file.getvalue()
