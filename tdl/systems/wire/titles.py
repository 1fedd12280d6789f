"""Application titles and other object identifiers: who speaks, and by what names.

A relative title is short for one below a base, 2.16.124.113620.1.22.0 unless the message names another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from tdl.codec.errors import octets_text
from tdl.systems.wire.errors import Layer, WireError
from tdl.systems.wire.octets import Reader, element

BASE = (2, 16, 124, 113620, 1, 22, 0)
"""What relative titles are below."""

OCTETS, ARCS, ARC = 64, 24, 1 << 32
"""An identifier has fewer octets and arcs than one more than these, and each arc is below the last."""


class Form(IntEnum):
    """How a title is written: its tag."""

    ABSOLUTE = 0x06
    RELATIVE = 0x0D
    """Relative, in services and in tables."""
    CONTEXT = 0x80
    """Relative, in the envelope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """A title.

    Attributes:
        arcs: all of them if it is absolute, those below the base if not; none at all asks for a title to be given.
    """

    arcs: tuple[int, ...]
    form: Form = Form.ABSOLUTE

    def __str__(self) -> str:
        """``1.3.6.1``, and ``.123.4`` for a relative one."""
        text = ".".join(map(str, self.arcs))
        return text if self.form is Form.ABSOLUTE else f".{text}"

    @property
    def encoded(self) -> bytes:
        """The title with its tag."""
        full = self.form is Form.ABSOLUTE and self.arcs
        octets = identifier(self.arcs) if full else relative_identifier(self.arcs)
        return element(self.form, octets)

    def absolute(self, base: tuple[int, ...] = BASE) -> Title:
        """The same title in full: two titles are the same if these are."""
        return self if self.form is Form.ABSOLUTE else Title(arcs=base + self.arcs)


def base_of(context: tuple[int, ...] | None) -> tuple[int, ...]:
    """What relative titles are below in a message with this context.

    Peers differ where there is one: some take `BASE` all the same.
    """
    return BASE if context is None else context


def read_title(reader: Reader, *forms: Form) -> Title:
    """A title in one of these forms; any form if none is given."""
    allowed = forms or tuple(Form)
    tag = reader.peek()
    inside = reader.element(*allowed)
    form = Form(tag or 0)
    full = form is Form.ABSOLUTE and inside.left
    return Title(arcs=read_identifier(inside) if full else _read_arcs(inside), form=form)


def read_identifier(reader: Reader) -> tuple[int, ...]:
    """An object identifier, up to the end."""
    arcs = _read_arcs(reader, most=ARC + 80)
    if not arcs:
        raise reader.refused("an identifier without arcs", "two at least")
    first = min(arcs[0] // 40, 2)
    second = arcs[0] - 40 * first
    if second >= ARC or len(arcs) == ARCS:
        raise reader.refused("an arc out of bounds", f"at most {ARCS} arcs below {ARC}")
    return (first, second, *arcs[1:])


def identifier(arcs: tuple[int, ...]) -> bytes:
    """The octets of an object identifier.

    Raises:
        WireError: if it has none.
    """
    match arcs:
        case (0 | 1 as first, second, *rest) if second < 40:
            pass
        case (2 as first, second, *rest):
            pass
        case _:
            raise WireError(Layer.TITLE, "an identifier that begins with no known root", "0, 1 or 2, and one more arc")
    _check(arcs)
    return _octets((40 * first + second, *rest))


def relative_identifier(arcs: tuple[int, ...]) -> bytes:
    """The octets of the arcs below a base."""
    _check(arcs)
    return _octets(arcs)


def _check(arcs: tuple[int, ...]) -> None:
    if len(arcs) > ARCS or not all(0 <= arc < ARC for arc in arcs):
        raise WireError(Layer.TITLE, "an arc out of bounds", f"at most {ARCS} arcs below {ARC}")


def _octets(numbers: tuple[int, ...]) -> bytes:
    octets = bytes(octet for each in numbers for octet in _sevens(each))
    if len(octets) > OCTETS:
        raise WireError(Layer.TITLE, f"an identifier of {octets_text(len(octets))}", f"at most {OCTETS}")
    return octets


def _sevens(value: int) -> Iterator[int]:
    """Seven bits an octet, the highest first; all but the last have the eighth bit."""
    for shift in range(max(value.bit_length() - 1, 0) // 7 * 7, 0, -7):
        yield 0x80 | value >> shift & 0x7F
    yield value & 0x7F


def _read_arcs(reader: Reader, most: int = ARC) -> tuple[int, ...]:
    if reader.left > OCTETS:
        raise reader.refused(f"an identifier of {octets_text(reader.left)}", f"at most {OCTETS}")
    arcs = []
    while reader.left:
        arcs.append(_read_sevens(reader, most))
    if len(arcs) > ARCS:
        raise reader.refused(f"{len(arcs)} arcs", f"at most {ARCS}")
    return tuple(arcs)


def _read_sevens(reader: Reader, most: int) -> int:
    start, value = reader.at, 0
    while True:
        octet = reader.number(1)
        if octet == 0x80 and not value:
            raise reader.refused("an arc in more octets than it needs", at=start)
        value = value << 7 | octet & 0x7F
        if value >= most:
            raise reader.refused("an arc out of bounds", f"below {ARC}", at=start)
        if octet < 0x80:
            return value
