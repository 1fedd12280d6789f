"""What an envelope says of its protection: which key and iv, or a challenge as in C12.21."""

from __future__ import annotations

from dataclasses import dataclass

from tdl.systems.wire import tags
from tdl.systems.wire.envelope import put_small
from tdl.systems.wire.errors import Layer, WireError
from tdl.systems.wire.octets import Reader, element, number

_MECHANISM, _ENCODING, _C1222, _C1221 = 0xA2, 0xA0, 0xA1, 0xA0
_KEY_ID, _IV = 0x80, 0x81
_IDENTIFICATION, _REQUEST, _RESPONSE = 0x80, 0x81, 0x82


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUse:
    """Which key protects a message, and the number that no other message under it has.

    Attributes:
        key_id: of one octet.
        iv: seconds since 1970, 32 bits; never used again with the same key.
        reference: the number in front, usually none or 0.
    """

    key_id: int
    iv: int
    reference: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """Authentication as in C12.21, of which nothing here checks anything."""

    identification: bytes | None = None
    request: bytes | None = None
    response: bytes | None = None
    reference: int | None = None


def put_authentication(value: KeyUse | Challenge | None) -> bytes:
    match value:
        case None:
            return b""
        case KeyUse():
            key_id = element(_KEY_ID, number(Layer.APDU, value.key_id, 1, "key_id"))
            inside = element(_C1222, key_id + element(_IV, number(Layer.APDU, value.iv, 4, "iv")))
        case Challenge():
            parts = ((_IDENTIFICATION, value.identification), (_REQUEST, value.request), (_RESPONSE, value.response))
            inside = element(_C1221, b"".join(element(tag, part) for tag, part in parts if part is not None))
    return element(
        tags.AUTHENTICATION,
        element(_MECHANISM, put_small(0, value.reference, "reference") + element(_ENCODING, inside)),
    )


def read_authentication(outer: Reader | None) -> KeyUse | Challenge | None:
    if outer is None:
        return None
    mechanism = outer.element(_MECHANISM)
    outer.finish()
    reference = None
    if mechanism.peek() == tags.INTEGER:
        small = mechanism.element(tags.INTEGER)
        reference = small.number(1)
        small.finish()
    encoding = mechanism.element(_ENCODING)
    mechanism.finish()
    style = encoding.peek()
    inside = encoding.element(_C1222, _C1221)
    encoding.finish()
    if style == _C1221:
        parts = [_part(inside, tag) for tag in (_IDENTIFICATION, _REQUEST, _RESPONSE)]
        inside.finish()
        return Challenge(identification=parts[0], request=parts[1], response=parts[2], reference=reference)
    key_id = inside.element(_KEY_ID)
    iv = inside.element(_IV)
    inside.finish()
    found = KeyUse(key_id=key_id.number(1), iv=iv.number(4), reference=reference)
    key_id.finish()
    iv.finish()
    return found


def _part(reader: Reader, tag: int) -> bytes | None:
    return reader.element(tag).rest() if reader.peek() == tag else None


def key_use(value: KeyUse | Challenge | None) -> KeyUse:
    """The key's number and iv, without which nothing is protected."""
    if not isinstance(value, KeyUse):
        raise WireError(Layer.SECURITY, "a protected message without a key's number and an iv", "both")
    return value
