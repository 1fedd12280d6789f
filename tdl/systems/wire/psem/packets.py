"""What the line carries: packets, and single octets that acknowledge them."""

from __future__ import annotations

import binascii
from dataclasses import dataclass, field

from tdl.codec.errors import octets_text
from tdl.systems.wire.errors import Layer, WireError
from tdl.systems.wire.octets import Reader

START, ACK, NAK, WAKE = 0xEE, 0x06, 0x15, 0x55
"""What begins a packet; what says that one came whole, or did not; what wakes some optical ports."""

HEAD, AROUND = 6, 8
"""The octets in front of a packet's data, and around them."""

MOST = 8183
"""The most octets of data in a packet."""

_MULTIPLE, _FIRST, _TOGGLE = 0x80, 0x40, 0x20
_FLAGS = 0x1F
_REVERSED = bytes(int(f"{octet:08b}"[::-1], 2) for octet in range(256))


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """A message or a part of one.

    Attributes:
        data: at most 8183 octets; not printed, for passwords may be among them.
        identity: of the device on a shared line, 0 on a line of its own.
        multiple: whether the message has several packets.
        first: whether it is the first one of several.
        toggle: the other one than in the packet before; a packet that is sent again keeps it.
        sequence: how many packets follow.
        flags: the five low bits of the control octet, which neither C12.18 nor C12.21 sets.
    """

    data: bytes = field(repr=False)
    identity: int = 0
    multiple: bool = False
    first: bool = False
    toggle: bool = False
    sequence: int = 0
    flags: int = 0


def crc(octets: bytes) -> int:
    """CRC-16/X-25. The one in `binascii` takes the highest bit of an octet first, this one the lowest."""
    backwards = binascii.crc_hqx(octets.translate(_REVERSED), 0xFFFF)
    return (_REVERSED[backwards & 0xFF] << 8 | _REVERSED[backwards >> 8]) ^ 0xFFFF


def encode(packet: Packet) -> bytes:
    """The octets of a packet.

    Raises:
        WireError: if it has none.
    """
    if len(packet.data) > MOST:
        raise WireError(Layer.PACKET, f"a packet with {octets_text(len(packet.data))}", f"at most {MOST}")
    for name, value, most in (
        ("identity", packet.identity, 0xFF),
        ("sequence", packet.sequence, 0xFF),
        ("flags", packet.flags, _FLAGS),
    ):
        if not 0 <= value <= most:
            raise WireError(Layer.PACKET, f"`{name}` of {value}", f"0 to {most}")
    control = packet.multiple * _MULTIPLE | packet.first * _FIRST | packet.toggle * _TOGGLE | packet.flags
    head = bytes([START, packet.identity, control, packet.sequence]) + len(packet.data).to_bytes(2, "big")
    return head + packet.data + crc(head + packet.data).to_bytes(2, "little")


def decode(octets: bytes) -> Packet:
    """The packet that these octets are, all of them.

    Raises:
        WireError: if they are none.
    """
    reader = Reader(octets, Layer.PACKET)
    if (start := reader.number(1)) != START:
        raise reader.refused(f"octet `{start:02X}`", f"`{START:02X}`", at=0)
    identity, control, sequence, length = reader.number(1), reader.number(1), reader.number(1), reader.number(2)
    if length > MOST:
        raise reader.refused(f"a packet with {octets_text(length)}", f"at most {MOST}", at=HEAD - 2)
    data = reader.take(length)
    place, made = reader.at, crc(octets[: reader.at])
    found = int.from_bytes(reader.take(2), "little")
    if found != made:
        raise reader.refused(f"checksum `{found:04X}`", f"`{made:04X}`", at=place)
    reader.finish()
    return Packet(
        data=data,
        identity=identity,
        multiple=bool(control & _MULTIPLE),
        first=bool(control & _FIRST),
        toggle=bool(control & _TOGGLE),
        sequence=sequence,
        flags=control & _FLAGS,
    )
