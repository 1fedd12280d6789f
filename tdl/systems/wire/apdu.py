"""A message of C12.22: who speaks to whom, which message it is and answers, and the services inside.

Elements that nobody knows are passed over in clear text, and refused in a protected message, because no code covers
them.
"""

from __future__ import annotations

from dataclasses import dataclass

from tdl.systems.wire import epsem as lists
from tdl.systems.wire import tags
from tdl.systems.wire.authentication import Challenge, KeyUse, key_use, put_authentication, read_authentication
from tdl.systems.wire.envelope import (
    SIZE,
    Invocation,
    check_header,
    join,
    put_context,
    put_invocation,
    put_small,
    put_title,
    read_context,
    read_invocation,
    read_party,
    read_small,
    split,
)
from tdl.systems.wire.epsem import Epsem, Sealed
from tdl.systems.wire.octets import Reader, element
from tdl.systems.wire.titles import Title, identifier, read_identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Apdu:
    """A message.

    Attributes:
        epsem: its services, in clear text or sealed.
        calling_invocation: the number of this message.
        context: the application context, an identifier; relative titles are below it if it is there.
        called, calling: the titles of who is spoken to and who speaks; None for those at the two ends of the link.
        called_invocation: in an answer, the number of what it answers.
        calling_qualifier: 1 a test, 2 urgent, 4 a notification, or their sum.
        mechanism: the identifier of the way of protection.
        reference: the number in front of the services, usually none.
    """

    epsem: Epsem | Sealed
    calling_invocation: Invocation
    context: tuple[int, ...] | None = None
    called: Title | None = None
    called_invocation: Invocation | None = None
    calling: Title | None = None
    calling_qualifier: int | None = None
    mechanism: tuple[int, ...] | None = None
    authentication: KeyUse | Challenge | None = None
    reference: int | None = None


def encode(apdu: Apdu) -> bytes:
    """The octets of a message.

    Raises:
        WireError: if it has none.
    """
    if isinstance(apdu.epsem, Sealed):
        key_use(apdu.authentication)
    return join(tuple(elements(apdu).values()), len(lists.encode(apdu.epsem)))


def elements(apdu: Apdu) -> dict[int, bytes]:
    """What is there of its elements by tag, each with tag and length, in their order."""
    mechanism = None if apdu.mechanism is None else identifier(apdu.mechanism)
    inside = put_small(0, apdu.reference, "reference") + element(tags.OCTETS, lists.encode(apdu.epsem))
    made = {
        tags.CONTEXT: put_context(apdu.context),
        tags.CALLED: put_title(tags.CALLED, apdu.called),
        tags.CALLED_INVOCATION: put_invocation(tags.CALLED_INVOCATION, apdu.called_invocation),
        tags.CALLING: put_title(tags.CALLING, apdu.calling),
        tags.CALLING_QUALIFIER: put_small(tags.CALLING_QUALIFIER, apdu.calling_qualifier, "calling_qualifier"),
        tags.CALLING_INVOCATION: put_invocation(tags.CALLING_INVOCATION, apdu.calling_invocation),
        tags.MECHANISM: b"" if mechanism is None else element(tags.MECHANISM, mechanism),
        tags.AUTHENTICATION: put_authentication(apdu.authentication),
        tags.INFORMATION: element(tags.INFORMATION, element(tags.EXTERNAL, inside)),
    }
    return {tag: octets for tag, octets in made.items() if octets}


def decode(octets: bytes, *, limit: int = SIZE) -> Apdu:
    """The message that these octets are, all of them.

    Args:
        limit: the most octets of a message.

    Raises:
        WireError: if they are none.
    """
    parts = split(octets, limit)
    piece = parts.get(tags.WHOLE_SIZE)
    if piece is not None:
        raise piece.refused("a piece of a message", "a whole one")
    invocation = read_invocation(parts.need(tags.CALLING_INVOCATION))
    reference, content = _information(parts.need(tags.INFORMATION))
    check_header(len(octets) - content.left)
    epsem = lists.read(content)
    authentication = read_authentication(parts.get(tags.AUTHENTICATION))
    if isinstance(epsem, Sealed):
        key_use(authentication)
        if parts.unknown is not None:
            raise parts.unknown
    called_invocation, mechanism = parts.get(tags.CALLED_INVOCATION), parts.get(tags.MECHANISM)
    return Apdu(
        epsem=epsem,
        calling_invocation=invocation,
        context=read_context(parts.get(tags.CONTEXT)),
        called=read_party(parts.get(tags.CALLED)),
        called_invocation=None if called_invocation is None else read_invocation(called_invocation),
        calling=read_party(parts.get(tags.CALLING)),
        calling_qualifier=read_small(parts.get(tags.CALLING_QUALIFIER)),
        mechanism=None if mechanism is None else read_identifier(mechanism),
        authentication=authentication,
        reference=reference,
    )


def _information(outer: Reader) -> tuple[int | None, Reader]:
    """The number in front, and the list of services."""
    external = outer.element(tags.EXTERNAL)
    outer.finish()
    reference = None
    if external.peek() == tags.INTEGER:
        small = external.element(tags.INTEGER)
        reference = small.number(1)
        small.finish()
    content = external.element(tags.OCTETS)
    external.finish()
    return reference, content
