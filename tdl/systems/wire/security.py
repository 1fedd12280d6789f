"""Messages sealed and opened: what of an envelope the code covers, and in which order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tdl.systems.wire import epsem as lists
from tdl.systems.wire import tags
from tdl.systems.wire.apdu import Apdu, elements
from tdl.systems.wire.authentication import KeyUse, key_use
from tdl.systems.wire.eax import Cipher, Protection, check_canonical
from tdl.systems.wire.envelope import put_title
from tdl.systems.wire.epsem import MAC, Epsem, Mode, Sealed
from tdl.systems.wire.errors import Layer, WireError
from tdl.systems.wire.octets import Reader, number
from tdl.systems.wire.titles import Title, base_of

_BEFORE = (
    tags.CONTEXT,
    tags.CALLED,
    tags.CALLED_INVOCATION,
    tags.CALLING_QUALIFIER,
    tags.CALLING_INVOCATION,
    tags.MECHANISM,
    tags.AUTHENTICATION,
    tags.INFORMATION,
)
"""What the code covers in front of the calling title, which comes late so that it reaches every bit of the nonce."""


def seal(apdu: Apdu, key: bytes, mode: Protection = Mode.ENCRYPTED, *, base: tuple[int, ...] | None = None) -> Apdu:
    """A message in clear text, protected.

    Args:
        key: the key that the message's authentication names. With the iv that it names nothing else is ever sealed.
        base: what relative titles are below; see `base_of` for what they are below if it is not given.

    Raises:
        WireError: if the message is sealed already or names no key, or as `Cipher` does.
    """
    clear = apdu.epsem
    if not isinstance(clear, Epsem):
        raise WireError(Layer.SECURITY, "a message that is sealed already", "one in clear text")
    text = lists.encode_body(clear)
    sealed = Sealed(
        mode=mode,
        body=text,
        mac=bytes(MAC),
        classed=clear.ed_class is not None,
        respond=clear.respond,
        recovery=clear.recovery,
        proxy=clear.proxy,
    )
    around = canonical(replace(apdu, epsem=sealed), base)
    body, mac = Cipher(key).protect(around, text, mode)
    return replace(apdu, epsem=replace(sealed, body=body, mac=mac))


def unseal(apdu: Apdu, keys: Mapping[int, bytes], *, base: tuple[int, ...] | None = None) -> Apdu:
    """A protected message in clear text; one that is in clear text is refused, so that nobody takes it for protected.

    Args:
        keys: by number.

    Raises:
        WireError: if it is not protected, its key is not there, or its code is wrong.
    """
    sealed = apdu.epsem
    if not isinstance(sealed, Sealed):
        raise WireError(Layer.SECURITY, "a message without protection", "a sealed one")
    use = key_use(apdu.authentication)
    around = canonical(apdu, base)
    key = keys.get(use.key_id)
    if key is None:
        raise WireError(Layer.SECURITY, f"key {use.key_id}", "the number of a known one")
    mode: Protection = Mode.AUTHENTICATED if sealed.mode is Mode.AUTHENTICATED else Mode.ENCRYPTED
    text = Cipher(key).reveal(around, sealed.body, sealed.mac, mode)
    clear = lists.read_body(
        Reader(text, Layer.EPSEM),
        classed=sealed.classed,
        respond=sealed.respond,
        recovery=sealed.recovery,
        proxy=sealed.proxy,
    )
    return replace(apdu, epsem=clear)


def canonical(apdu: Apdu, base: tuple[int, ...] | None = None) -> bytes:
    """What of a sealed message's envelope the code covers; always more than one block of it.

    Titles are written in full whatever they are in the message, so that a relay may rewrite them.
    """
    use = key_use(apdu.authentication)
    root = base or base_of(apdu.context)
    parts = elements(apdu)
    sealed = len(lists.encode(apdu.epsem))
    parts[tags.INFORMATION] = parts[tags.INFORMATION][: 1 - sealed]
    parts[tags.CALLED] = _in_full(tags.CALLED, apdu.called, root)
    around = b"".join(parts.get(tag, b"") for tag in _BEFORE) + _in_full(tags.CALLING, apdu.calling, root) + _end(use)
    check_canonical(around)
    return around


def _in_full(tag: int, title: Title | None, root: tuple[int, ...]) -> bytes:
    return put_title(tag, None if title is None else title.absolute(root))


def _end(use: KeyUse) -> bytes:
    return number(Layer.SECURITY, use.key_id, 1, "key_id") + number(Layer.SECURITY, use.iv, 4, "iv")
