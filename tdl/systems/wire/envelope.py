"""The elements of an envelope: their tags, their order, and those that a message and a piece of one share.

Source of the layout: RFC 6142 and public peers of ANSI C12.22. Elements come in one order, each at most once.
"""

from __future__ import annotations

from dataclasses import dataclass

from tdl.codec.errors import octets_text
from tdl.systems.wire import tags
from tdl.systems.wire.errors import Layer, WireError
from tdl.systems.wire.octets import Reader, element, number
from tdl.systems.wire.titles import Form, Title, identifier, read_identifier, read_title

SIZE = 32_767
"""The most octets of a message, if nothing else is asked for."""

MOST = 1 << 20
"""The most octets that may be asked for."""

HEADER = 160
"""The most octets around a list of services."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """The number of a message.

    Attributes:
        number: 32 bits.
        signed: written with the leading zero that BER asks for if the highest bit is set; many meters leave it out.
    """

    number: int
    signed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Elements:
    """The elements of an envelope.

    Attributes:
        found: what is in each, by tag.
        unknown: what to say if elements that nobody knows must not be there; None if there are none.
        end: the place behind the last one.
    """

    found: dict[int, Reader]
    unknown: WireError | None
    end: Reader

    def get(self, tag: int) -> Reader | None:
        return self.found.get(tag)

    def need(self, tag: int) -> Reader:
        if tag not in self.found:
            raise self.end.refused(f"no element `{tag:02X}`", "one")
        return self.found[tag]


def split(octets: bytes, limit: int) -> Elements:
    """The elements of one message, which must be all that there is."""
    most = min(limit, MOST)
    if len(octets) > most:
        raise WireError(Layer.APDU, f"a message of {octets_text(len(octets))}", f"at most {most}")
    whole = Reader(octets, Layer.APDU)
    reader = whole.element(tags.MESSAGE)
    whole.finish()
    found: dict[int, Reader] = {}
    unknown, place = None, -1
    while reader.left:
        start = reader.at
        tag, inside = reader.any_element()
        if tag not in tags.ORDER:
            unknown = unknown or reader.refused(f"tag `{tag:02X}` in a protected message", "a known one", at=start)
            continue
        if tags.ORDER.index(tag) <= place:
            raise reader.refused(f"element `{tag:02X}` out of order", at=start)
        place = tags.ORDER.index(tag)
        found[tag] = inside
    return Elements(found=found, unknown=unknown, end=reader)


def join(elements: tuple[bytes, ...], inside: int) -> bytes:
    """A message of these elements, of which so many octets are what it carries."""
    octets = element(tags.MESSAGE, b"".join(elements))
    check_header(len(octets) - inside)
    if len(octets) > MOST:
        raise WireError(Layer.APDU, f"a message of {octets_text(len(octets))}", f"at most {MOST}")
    return octets


def check_header(octets: int) -> None:
    if octets > HEADER:
        raise WireError(Layer.APDU, f"{octets_text(octets)} around the services", f"at most {HEADER}")


def put_title(tag: int, title: Title | None) -> bytes:
    if title is None:
        return b""
    if title.form is Form.RELATIVE:
        raise WireError(Layer.APDU, "a title as services write it", "one as envelopes do")
    return element(tag, title.encoded)


def read_party(inside: Reader | None) -> Title | None:
    if inside is None:
        return None
    title = read_title(inside, Form.ABSOLUTE, Form.CONTEXT)
    inside.finish()
    return title


def put_context(arcs: tuple[int, ...] | None) -> bytes:
    return b"" if arcs is None else element(tags.CONTEXT, element(tags.IDENTIFIER, identifier(arcs)))


def read_context(inside: Reader | None) -> tuple[int, ...] | None:
    if inside is None:
        return None
    arcs = read_identifier(inside.element(tags.IDENTIFIER))
    inside.finish()
    return arcs


def unsigned(value: int, name: str) -> bytes:
    """A number of at most 32 bits in the fewest octets, with its tag."""
    octets = number(Layer.APDU, value, 4, name).lstrip(b"\0") or b"\0"
    return element(tags.INTEGER, octets)


def put_invocation(tag: int, invocation: Invocation | None) -> bytes:
    if invocation is None:
        return b""
    octets = number(Layer.APDU, invocation.number, 4, "invocation").lstrip(b"\0") or b"\0"
    if invocation.signed:
        if octets[0] < 0x80:
            raise WireError(Layer.APDU, "a leading zero", "none before an octet below 128")
        octets = b"\0" + octets
    return element(tag, element(tags.INTEGER, octets))


def read_invocation(inside: Reader) -> Invocation:
    invocation = read_integer(inside)
    inside.finish()
    return invocation


def read_integer(reader: Reader) -> Invocation:
    """A number of at most 32 bits, which BER's leading zero may come before."""
    content = reader.element(tags.INTEGER)
    start, octets = content.at, content.rest()
    signed = octets[:1] == b"\0" and len(octets) > 1
    digits = octets[1:] if signed else octets
    if not 0 < len(digits) <= 4:
        raise reader.refused(f"a number of {octets_text(len(octets))}", "1 to 4, and a leading zero", at=start)
    if signed and digits[0] < 0x80:
        raise reader.refused("a number in more octets than it needs", at=start)
    return Invocation(number=int.from_bytes(digits, "big"), signed=signed)


def put_small(tag: int, value: int | None, name: str) -> bytes:
    """A number of one octet, in an element or, for tag 0, by itself."""
    if value is None:
        return b""
    inside = element(tags.INTEGER, number(Layer.APDU, value, 1, name))
    return element(tag, inside) if tag else inside


def read_small(inside: Reader | None) -> int | None:
    if inside is None:
        return None
    content = inside.element(tags.INTEGER)
    value = content.number(1)
    content.finish()
    inside.finish()
    return value
