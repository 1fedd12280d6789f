"""Octets read and written within bounds: numbers, and the tags and lengths of BER.

Only what C12.22 uses: tags of one octet, lengths that are definite, minimal and at most three octets long. Nothing here
recurses, and nothing is read past its element's end.
"""

from __future__ import annotations

from tdl.codec.errors import octets_text
from tdl.systems.wire.errors import Layer, WireError

LENGTH_OCTETS = 3
"""The most octets of a length behind its first one."""

_MULTIPLE = 0x1F
"""These bits say that a tag goes on."""


class Reader:
    """A place in octets that moves on; an element inside is a reader of its own, with offsets of the whole."""

    __slots__ = ("_octets", "at", "end", "layer")

    def __init__(self, octets: bytes, layer: Layer, *, at: int = 0, end: int | None = None) -> None:
        self._octets = octets
        self.layer = layer
        self.at = at
        self.end = len(octets) if end is None else end

    @property
    def left(self) -> int:
        return self.end - self.at

    def refused(self, found: str, expected: str = "", *, at: int | None = None) -> WireError:
        """The error that says so at a place, which is this one if none is given."""
        return WireError(self.layer, found, expected, offset=self.at if at is None else at)

    def take(self, count: int) -> bytes:
        if count > self.left:
            raise self.refused(f"{octets_text(self.left)} left", str(count))
        self.at += count
        return self._octets[self.at - count : self.at]

    def rest(self) -> bytes:
        return self.take(self.left)

    def number(self, octets: int) -> int:
        """An unsigned number, the highest octet first."""
        return int.from_bytes(self.take(octets), "big")

    def finish(self) -> None:
        """Refuse octets behind the last thing."""
        if self.left:
            raise self.refused(f"{octets_text(self.left)} behind the end", "none")

    def peek(self) -> int | None:
        """The tag that comes next; None at the end."""
        return self._octets[self.at] if self.left else None

    def length(self) -> int:
        """A length in BER; it may promise more than there is."""
        start = self.at
        first = self.number(1)
        if first < 0x80:
            return first
        count = first & 0x7F
        if not 0 < count <= LENGTH_OCTETS:
            found = f"a length of {count} octets" if count else "an indefinite length"
            raise self.refused(found, f"a definite one of at most {LENGTH_OCTETS}", at=start)
        length = self.number(count)
        if length < 0x80 or length >> (8 * (count - 1)) == 0:
            raise self.refused("a length in more octets than it needs", at=start)
        return length

    def any_element(self) -> tuple[int, Reader]:
        """A tag and what is in its element."""
        start = self.at
        tag = self.number(1)
        if tag & _MULTIPLE == _MULTIPLE:
            raise self.refused(f"tag `{tag:02X}`, which goes on", "one octet", at=start)
        inside = self.sized()
        return tag, inside

    def sized(self) -> Reader:
        """What a length is in front of."""
        length = self.length()
        if length > self.left:
            raise self.refused(f"{octets_text(self.left)} left", str(length))
        start, self.at = self.at, self.at + length
        return Reader(self._octets, self.layer, at=start, end=self.at)

    def element(self, *tags: int) -> Reader:
        """What is in the element that comes next, whose tag must be one of these."""
        if self.peek() not in tags:
            found = self.peek()
            names = " or ".join(f"`{tag:02X}`" for tag in tags)
            raise self.refused("the end" if found is None else f"tag `{found:02X}`", names)
        return self.any_element()[1]


def number(layer: Layer, value: int, octets: int, name: str) -> bytes:
    """An unsigned number as octets, the highest first.

    Raises:
        WireError: if it does not fit.
    """
    if not 0 <= value < 1 << (8 * octets):
        raise WireError(
            layer, f"`{name}` of {value}" if abs(value) < 1 << 64 else f"`{name}` of another size", _range(octets)
        )
    return value.to_bytes(octets, "big")


def fixed(layer: Layer, value: bytes, octets: int, name: str) -> bytes:
    """Octets whose count is fixed."""
    if len(value) != octets:
        raise WireError(layer, f"`{name}` of {octets_text(len(value))}", str(octets))
    return bytes(value)


def length(value: int) -> bytes:
    """A length as the fewest octets."""
    if value < 0x80:
        return bytes([value])
    octets = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(octets)]) + octets


def element(tag: int, content: bytes) -> bytes:
    return bytes([tag]) + length(len(content)) + content


def _range(octets: int) -> str:
    return f"0 to {(1 << (8 * octets)) - 1}"
