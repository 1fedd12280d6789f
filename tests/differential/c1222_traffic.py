"""C12.22 messages in captures: what two parties say to each other in clear text, over UDP or TCP."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

PORT = 1153
READ, READ_OFFSET, WRITE, WRITE_OFFSET, SECURITY = 0x30, 0x3F, 0x40, 0x4F, 0x51
OK = b"\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message.

    Attributes:
        answer: whether the meter says it.
        services: each with its code.
        id: a request's invocation id; for an answer the one that it names, None for none.
        meter: the last arc of the meter's title.
    """

    services: tuple[bytes, ...]
    answer: bool = False
    id: int | None = 1
    meter: int = 77


@dataclass(slots=True)
class Capture:
    """A capture being written.

    Attributes:
        port: that of the meter's party.
        octets: the file.
        places: for each message, where each of its services begins in its frame.
    """

    transport: str = "udp"
    port: int = PORT
    octets: bytearray = field(
        default_factory=lambda: bytearray(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
    )
    places: list[list[int]] = field(default_factory=list)
    _sent: list[int] = field(default_factory=lambda: [1, 1])

    def say(self, *messages: Message) -> None:
        """Put messages behind each other in a frame of their own each."""
        for message in messages:
            self.frame([message])

    def frame(self, messages: Sequence[Message]) -> None:
        """One frame with messages of one party."""
        answer = messages[0].answer
        payload, places = b"", []
        for message in messages:
            apdu, inside = _apdu(message)
            places += [[len(payload) + at for at in inside]]
            payload += apdu
        header = self._header(answer, payload)
        self.places += [[len(header) + at for at in each] for each in places]
        data = header + payload
        self.octets += struct.pack("<IIII", 1_600_000_000 + len(self.places), 0, len(data), len(data)) + data

    def _header(self, answer: bool, payload: bytes) -> bytes:
        ports = (self.port, 50_000) if answer else (50_000, self.port)
        hosts = (b"\x0a\0\0\2", b"\x0a\0\0\1") if answer else (b"\x0a\0\0\1", b"\x0a\0\0\2")
        if self.transport == "udp":
            protocol, inner = 17, struct.pack(">HHHH", *ports, 8 + len(payload), 0)
        else:
            sent, received = self._sent[answer], self._sent[not answer]
            protocol, inner = 6, struct.pack(">HHIIBBHHH", *ports, sent, received, 0x50, 0x18, 8192, 0, 0)
            self._sent[answer] += len(payload)
        total = 20 + len(inner) + len(payload)
        return struct.pack(">BBHHHBBH", 0x45, 0, total, 1, 0, 64, protocol, 0) + b"".join(hosts) + inner


def read_answer(data: bytes) -> bytes:
    """What answers a read that went well."""
    return OK + counted(data)


def counted(data: bytes) -> bytes:
    """Octets as services carry them: behind their count, and before their checksum."""
    return len(data).to_bytes(2, "big") + data + bytes([-sum(data) & 0xFF])


def read(table: int) -> bytes:
    return bytes([READ]) + table.to_bytes(2, "big")


def read_offset(table: int, offset: int, count: int) -> bytes:
    return bytes([READ_OFFSET]) + table.to_bytes(2, "big") + offset.to_bytes(3, "big") + count.to_bytes(2, "big")


def read_index(table: int, indices: Sequence[int], count: int) -> bytes:
    numbers = (table, *indices, count)
    return bytes([READ + len(indices)]) + b"".join(each.to_bytes(2, "big") for each in numbers)


def write(table: int, data: bytes) -> bytes:
    return bytes([WRITE]) + table.to_bytes(2, "big") + counted(data)


def write_offset(table: int, offset: int, data: bytes) -> bytes:
    return bytes([WRITE_OFFSET]) + table.to_bytes(2, "big") + offset.to_bytes(3, "big") + counted(data)


def _apdu(message: Message) -> tuple[bytes, list[int]]:
    """A message, and where its services begin in it."""
    epsem, places = b"\x80", []
    for service in message.services:
        epsem += _length(len(service))
        places.append(len(epsem))
        epsem += service
    meter, head_end = _title(message.meter), _title(1)
    called, calling = (head_end, meter) if message.answer else (meter, head_end)
    number = b"" if message.id is None else _tlv(0x02, message.id.to_bytes(2, "big"))
    content = _tlv(0xA2, called)
    if message.answer and number:
        content += _tlv(0xA4, number)
    content += _tlv(0xA6, calling) + _tlv(
        0xA8, _tlv(0x02, b"\x63") if message.answer else number or _tlv(0x02, b"\x01")
    )
    content += _tlv(0xBE, _tlv(0x28, _tlv(0x81, epsem)))
    apdu = _tlv(0x60, content)
    return apdu, [len(apdu) - len(epsem) + place for place in places]


def _title(arc: int) -> bytes:
    return _tlv(0x80, bytes([0x7B, arc]))


def _tlv(tag: int, content: bytes) -> bytes:
    return bytes([tag]) + _length(len(content)) + content


def _length(length: int) -> bytes:
    if length < 128:
        return bytes([length])
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(octets)]) + octets
