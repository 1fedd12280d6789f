"""A message in pieces, for datagrams that are smaller than it is.

Pieces repeat the titles and the message's number, say how large the whole is, and carry octets of the whole with the
place where they belong; what protects a message is inside the whole. The layout is that of the drafts of 2008. No
capture of it is public, so that a peer has to be tried before it is relied on: connections need no pieces.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tdl.codec.errors import octets_text
from tdl.systems.wire import tags
from tdl.systems.wire.apdu import Apdu
from tdl.systems.wire.envelope import (
    MOST,
    SIZE,
    Invocation,
    check_header,
    join,
    put_context,
    put_invocation,
    put_small,
    put_title,
    read_context,
    read_integer,
    read_invocation,
    read_party,
    read_small,
    split,
    unsigned,
)
from tdl.systems.wire.errors import Layer, WireError
from tdl.systems.wire.octets import element
from tdl.systems.wire.titles import Title, base_of

PAYLOAD_IPV4, PAYLOAD_IPV6 = 548, 1232
"""The octets of a datagram that every network carries in one packet."""

RUNS = 10
"""The most stretches of octets with gaps between them that are kept of one message."""

SECONDS = 30.0
"""How long pieces of a message are waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of a message.

    Attributes:
        whole: the octets of the whole message.
        offset: where in it this piece belongs.
        octets: of the whole; not printed, for passwords may be among them.
        calling_invocation: the number of the whole message; the other elements too are those of the whole.
    """

    whole: int
    offset: int
    octets: bytes = field(repr=False)
    calling_invocation: Invocation
    context: tuple[int, ...] | None = None
    called: Title | None = None
    calling: Title | None = None
    calling_qualifier: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Whose message a piece is of: two pieces belong together if these are equal."""

    calling: Title | None
    invocation: int


def encode(piece: Piece) -> bytes:
    """The octets of a piece.

    Raises:
        WireError: if it has none.
    """
    _check(piece)
    inside = unsigned(piece.offset, "offset") + element(tags.OCTETS, piece.octets)
    parts = (
        put_context(piece.context),
        put_title(tags.CALLED, piece.called),
        element(tags.WHOLE_SIZE, unsigned(piece.whole, "whole")),
        put_title(tags.CALLING, piece.calling),
        put_small(tags.CALLING_QUALIFIER, piece.calling_qualifier, "calling_qualifier"),
        put_invocation(tags.CALLING_INVOCATION, piece.calling_invocation),
        element(tags.INFORMATION, element(tags.EXTERNAL, inside)),
    )
    return join(parts, len(piece.octets))


def decode(octets: bytes, *, limit: int = SIZE) -> Piece:
    """The piece that these octets are, all of them.

    Raises:
        WireError: if they are none.
    """
    parts = split(octets, limit)
    for tag in (tags.CALLED_INVOCATION, tags.MECHANISM, tags.AUTHENTICATION):
        alien = parts.get(tag)
        if alien is not None:
            raise alien.refused(f"element `{tag:02X}` in a piece", "none, it is inside the whole")
    whole = read_invocation(parts.need(tags.WHOLE_SIZE)).number
    invocation = read_invocation(parts.need(tags.CALLING_INVOCATION))
    information = parts.need(tags.INFORMATION)
    external = information.element(tags.EXTERNAL)
    information.finish()
    offset = read_integer(external).number
    content = external.element(tags.OCTETS)
    external.finish()
    check_header(len(octets) - content.left)
    piece = Piece(
        whole=whole,
        offset=offset,
        octets=content.rest(),
        calling_invocation=invocation,
        context=read_context(parts.get(tags.CONTEXT)),
        called=read_party(parts.get(tags.CALLED)),
        calling=read_party(parts.get(tags.CALLING)),
        calling_qualifier=read_small(parts.get(tags.CALLING_QUALIFIER)),
    )
    _check(piece)
    return piece


def is_piece(octets: bytes, *, limit: int = SIZE) -> bool:
    """Whether octets are a piece, as far as their elements say; `decode` then says whether it is a good one."""
    return split(octets, limit).get(tags.WHOLE_SIZE) is not None


def cut(apdu: Apdu, octets: bytes, payload: int = PAYLOAD_IPV4) -> tuple[Piece, ...]:
    """Pieces of a message that are each at most so many octets.

    Args:
        octets: the message's, protected if it is to be.

    Raises:
        WireError: if not even one octet of it fits.
    """

    def piece(offset: int, part: bytes) -> Piece:
        return Piece(
            whole=len(octets),
            offset=offset,
            octets=part,
            calling_invocation=apdu.calling_invocation,
            context=apdu.context,
            called=apdu.called,
            calling=apdu.calling,
            calling_qualifier=apdu.calling_qualifier,
        )

    # With as many octets inside as there can be, no other piece has more around them.
    longest = octets[:payload]
    around = len(encode(piece(len(octets) - len(longest), longest))) - len(longest)
    room = payload - around
    if room < 1:
        raise WireError(Layer.SEGMENT, f"room for {octets_text(payload)}", f"more than {around}")
    return tuple(piece(offset, octets[offset : offset + room]) for offset in range(0, len(octets), room))


class Assembly:
    """The pieces of one message, put together. It holds at most the whole message, and its place is bounded too.

    Args:
        first: the piece that came first.
        now: seconds, of a clock that never goes back.
        limit: the most octets of a message.
    """

    __slots__ = ("_octets", "_runs", "_until", "sender")

    def __init__(self, first: Piece, now: float, *, limit: int = SIZE) -> None:
        most = min(limit, MOST)
        if first.whole > most:
            raise WireError(Layer.SEGMENT, f"a message of {octets_text(first.whole)}", f"at most {most}")
        self.sender = sender(first)
        self._octets = bytearray(first.whole)
        self._runs: list[tuple[int, int]] = []
        self._until = now + SECONDS
        self.add(first, now)

    def add(self, piece: Piece, now: float) -> None:
        """Put a piece in its place; one that came already changes nothing.

        Raises:
            WireError: if it is of another message, says something else than what came, comes too late, or leaves too
                many gaps. Then give the message up.
        """
        if sender(piece) != self.sender or piece.whole != len(self._octets):
            raise WireError(Layer.SEGMENT, "a piece of another message", "one of the same")
        if self.late(now):
            raise WireError(Layer.SEGMENT, "a piece that comes late", f"all within {SECONDS:g} seconds")
        start, end = piece.offset, piece.offset + len(piece.octets)
        for first, last in self._runs:
            low, high = max(start, first), min(end, last)
            if low < high and self._octets[low:high] != piece.octets[low - start : high - start]:
                raise WireError(Layer.SEGMENT, "other octets than came before", "the same", offset=low)
        apart = [run for run in self._runs if run[1] < start or run[0] > end]
        touching = [run for run in self._runs if run not in apart]
        if len(apart) == RUNS:
            raise WireError(Layer.SEGMENT, f"more than {RUNS} stretches with gaps between", f"at most {RUNS}")
        self._octets[start:end] = piece.octets
        joined = (min([start, *(run[0] for run in touching)]), max([end, *(run[1] for run in touching)]))
        self._runs = sorted([*apart, joined])

    def late(self, now: float) -> bool:
        """Whether it has waited too long."""
        return now > self._until

    @property
    def message(self) -> bytes | None:
        """The whole message; None as long as octets are missing."""
        return bytes(self._octets) if self._runs == [(0, len(self._octets))] else None


def sender(piece: Piece) -> Sender:
    """Whose message a piece is of."""
    title = piece.calling
    if title is not None:
        title = title.absolute(base_of(piece.context))
    return Sender(calling=title, invocation=piece.calling_invocation.number)


def _check(piece: Piece) -> None:
    end = piece.offset + len(piece.octets)
    if not piece.octets or end > piece.whole or piece.whole > MOST:
        found = f"octets {piece.offset} to {end} of {piece.whole}"
        raise WireError(Layer.SEGMENT, found, f"some that are within a whole of at most {MOST}")
