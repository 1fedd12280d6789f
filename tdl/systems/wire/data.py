"""What services of many kinds carry: a table's octets with their count and checksum, texts of a fixed size."""

from __future__ import annotations

from tdl.codec.errors import octets_text
from tdl.systems.wire.errors import Layer, WireError
from tdl.systems.wire.octets import Reader, fixed, number

MOST = 0xFFFF
"""The most octets of a table behind one count; that many say that more of them follow, behind another count."""

LONGEST = 1 << 20
"""The most octets of a table that one service carries, as many as a message may have."""

BLANK = 0x20


def checksum(octets: bytes) -> int:
    """What makes the sum of octets and itself 0, modulo 256."""
    return -sum(octets) & 0xFF


def counted(octets: bytes) -> bytes:
    """Octets behind their count and before their checksum; too many for one count are a chain, whose last part may be
    empty.
    """
    if len(octets) > LONGEST:
        raise WireError(Layer.SERVICE, f"{octets_text(len(octets))} of a table", f"at most {LONGEST}")
    parts = (octets[at : at + MOST] for at in range(0, len(octets) + 1, MOST))
    return b"".join(len(part).to_bytes(2, "big") + part + bytes([checksum(part)]) for part in parts)


def read_counted(reader: Reader) -> bytes:
    parts = [_read_part(reader)]
    while len(parts[-1]) == MOST:
        parts.append(_read_part(reader))
    return b"".join(parts)


def _read_part(reader: Reader) -> bytes:
    octets = reader.take(reader.number(2))
    start, found = reader.at, reader.number(1)
    if found != checksum(octets):
        raise reader.refused(f"checksum `{found:02X}`", f"`{checksum(octets):02X}`", at=start)
    return octets


def padded(text: bytes, octets: int, pad: int = BLANK) -> bytes:
    """A name or password with its padding: blanks for most meters, zeros for some.

    Raises:
        WireError: if it is too long.
    """
    if len(text) > octets:
        raise WireError(Layer.SERVICE, f"a text of {octets_text(len(text))}", f"at most {octets}")
    return text.ljust(octets, bytes([pad]))


def put(value: int, octets: int, name: str) -> bytes:
    return number(Layer.SERVICE, value, octets, name)


def put_octets(value: bytes, octets: int, name: str) -> bytes:
    return fixed(Layer.SERVICE, value, octets, name)


def put_sized(value: bytes, name: str) -> bytes:
    """Octets behind their count, which is one octet."""
    if len(value) > 0xFF:
        raise WireError(Layer.SERVICE, f"`{name}` of {octets_text(len(value))}", "at most 255")
    return bytes([len(value)]) + value


def read_sized(reader: Reader) -> bytes:
    return reader.take(reader.number(1))
