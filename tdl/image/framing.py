"""Frames around a table's octets, as a meter sends them: C12.18 packets, and in them or alone the answer to a read.

A packet is ``EE identity control sequence length16 data crc16``: CRC-16/X-25, low octet first; the sequence counts down
to 0. The answer is ``00 length16 data checksum``, the checksum the two's complement of the sum of the data's octets.
Both words are most significant octet first. What has the form of a frame and a wrong check is refused.
"""

from __future__ import annotations

from collections.abc import Iterator

from tdl.deferred import dataclass

_START, _ACKNOWLEDGE = 0xEE, 0x06
_PACKET_HEAD, _PACKET_TAIL = 6, 2
_ANSWER_HEAD, _ANSWER_TAIL = 3, 1

_ANSWERS = (
    "ok", "err: rejected", "sns: service not supported", "isc: insufficient security", "onp: operation not possible",
    "iar: inappropriate action", "bsy: device busy", "dnr: data not ready", "dlk: data locked", "rno: renegotiate",
    "isss: invalid service sequence",
)  # fmt: skip


class FrameProblem(ValueError):
    """A frame that is damaged, or holds no table: what of it, found and expected in words."""

    def __init__(self, part: str, found: str, expected: str) -> None:
        super().__init__(f"{part}: {found} found, {expected} expected")
        self.part, self.found, self.expected = part, found, expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Unframed:
    """A table's octets without what was around them; ``said`` names it."""

    octets: bytes
    said: tuple[str, ...] = ()


def unframed(octets: bytes) -> Unframed:
    """The octets of a table, out of packets and an answer if these are around it.

    Raises:
        FrameProblem: a wrong check, packets out of order, or an answer without a table.
    """
    packets = _packets(octets)
    if packets is None:
        return _answer(octets) or Unframed(octets=octets)
    data = b"".join(_payload(packet, number, len(packets)) for number, packet in enumerate(packets, 1))
    count = f"{len(packets)} packets" if len(packets) > 1 else "a packet"
    answer = _answer(data)
    if answer is None:
        raise _no_table(data)
    return Unframed(octets=answer.octets, said=(f"{count} of C12.18 with a right CRC", *answer.said))


def _packets(octets: bytes) -> list[bytes] | None:
    """The packets that octets consist of, acknowledgements aside; None if they do not."""
    found: list[bytes] = []
    at = 0
    while at < len(octets):
        if octets[at] == _ACKNOWLEDGE:
            at += 1
            continue
        end = at + _PACKET_HEAD + int.from_bytes(octets[at + 4 : at + 6]) + _PACKET_TAIL
        if octets[at] != _START or at + _PACKET_HEAD > len(octets) or end > len(octets):
            return None
        found.append(octets[at:end])
        at = end
    return found or None


def _payload(packet: bytes, number: int, of: int) -> bytes:
    found, expected = int.from_bytes(packet[-2:], "little"), crc16(packet[:-2])
    if found != expected:
        raise FrameProblem(f"CRC of packet {number}", _words(found), _words(expected))
    if packet[3] != of - number:
        raise FrameProblem(f"sequence of packet {number}", str(packet[3]), str(of - number))
    return packet[_PACKET_HEAD:-_PACKET_TAIL]


def _answer(octets: bytes) -> Unframed | None:
    """The data of a right answer; None if octets do not have the form of one."""
    if octets[:1] != b"\0" or int.from_bytes(octets[1:3]) + _ANSWER_HEAD + _ANSWER_TAIL != len(octets):
        return None
    data, found = octets[_ANSWER_HEAD:-_ANSWER_TAIL], octets[-1]
    expected = -sum(data) & 0xFF
    if found != expected:
        raise FrameProblem("checksum of the service frame", f"{found:02X}", f"{expected:02X}")
    return Unframed(octets=data, said=("a service frame with a right checksum",))


def _no_table(data: bytes) -> FrameProblem:
    code = data[:1]
    if code and 0 < code[0] < len(_ANSWERS):
        return FrameProblem("answer in the packet", f"{code[0]:02X} ({_ANSWERS[code[0]]})", "00 (ok) and a table")
    found = f"{data[:8].hex(' ').upper()}{' ...' if len(data) > 8 else ''}" if data else "nothing"
    return FrameProblem("data of the packet", found, "00, length, data and checksum")


def crc16(octets: bytes) -> int:
    """CRC-16/X-25."""
    crc = 0xFFFF
    for octet in octets:
        crc = crc >> 8 ^ _CRC_TABLE[(crc ^ octet) & 0xFF]
    return crc ^ 0xFFFF


def _crc_table() -> Iterator[int]:
    for octet in range(256):
        crc = octet
        for _ in range(8):
            crc = crc >> 1 ^ 0x8408 if crc & 1 else crc >> 1
        yield crc


_CRC_TABLE = tuple(_crc_table())


def _words(crc: int) -> str:
    return crc.to_bytes(2, "little").hex(" ").upper()
