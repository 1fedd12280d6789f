"""EAX', the cipher mode of ANSI C12.22, over the AES of the package `cryptography`.

Source: Moise, Beroset, Phinney and Burns, "EAX' Cipher Mode" (May 2011). Its weakness is known (Minematsu, Lucks,
Morita and Iwata, "Attacks and Security Proofs of EAX-Prime", 2012): a message whose canonical text is one block or less
can be forged without the key, so that such a text is refused before the cipher sees anything.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Literal

from tdl.codec.errors import octets_text
from tdl.systems.wire.epsem import MAC, Mode
from tdl.systems.wire.errors import Layer, WireError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers import CipherContext

BLOCK = 16
"""The octets of a block, and of a key."""

Protection = Literal[Mode.AUTHENTICATED, Mode.ENCRYPTED]


class Cipher:
    """A key at work. Nothing shows the key."""

    __slots__ = ("_double", "_key", "_quadruple")

    def __init__(self, key: bytes) -> None:
        """Take a key.

        Raises:
            WireError: if it does not have 16 octets, or the package is not there.
        """
        if len(key) != BLOCK:
            raise WireError(Layer.SECURITY, f"a key of {octets_text(len(key))}", str(BLOCK))
        self._key = bytes(key)
        self._double = _doubled(self._chained(bytes(BLOCK), bytes(BLOCK)))
        self._quadruple = _doubled(self._double)

    def protect(self, canonical: bytes, text: bytes, mode: Protection) -> tuple[bytes, bytes]:
        """What is sent in place of a text, and its code.

        Args:
            canonical: what stands around the text, more than one block of it, and never the same twice under one key.

        Raises:
            WireError: if the canonical text is too short.
        """
        check_canonical(canonical)
        if mode is Mode.AUTHENTICATED:
            return text, self._code(self._double, canonical + text)[-MAC:]
        nonce = self._code(self._double, canonical)
        body = self._streamed(nonce, text)
        return body, self._tag(nonce, body)

    def reveal(self, canonical: bytes, body: bytes, mac: bytes, mode: Protection) -> bytes:
        """The text of what was sent. Nothing is decrypted before its code is found right.

        Raises:
            WireError: if the code is another one, or the canonical text is too short.
        """
        check_canonical(canonical)
        if mode is Mode.AUTHENTICATED:
            _compare(self._code(self._double, canonical + body)[-MAC:], mac)
            return body
        nonce = self._code(self._double, canonical)
        _compare(self._tag(nonce, body), mac)
        return self._streamed(nonce, body)

    def _code(self, start: bytes, text: bytes) -> bytes:
        """The last block of a chain over a text of at least one octet; its own last block is masked by how it ends."""
        missing = -len(text) % BLOCK
        padded = text + b"\x80" + bytes(missing - 1) if missing else text
        last = _xor(padded[-BLOCK:], self._quadruple if missing else self._double)
        return self._chained(start, padded[:-BLOCK] + last)

    def _tag(self, nonce: bytes, body: bytes) -> bytes:
        """The code of both; of the nonce alone if there is no body, so that both modes have the same one then."""
        return (_xor(nonce, self._code(self._quadruple, body)) if body else nonce)[-MAC:]

    def _chained(self, start: bytes, blocks: bytes) -> bytes:
        encryptor = _encryptor(self._key, start, counting=False)
        return (encryptor.update(blocks) + encryptor.finalize())[-BLOCK:]

    def _streamed(self, nonce: bytes, text: bytes) -> bytes:
        """A text over the key stream that begins at a nonce; two bits of it are cleared, so that counters are cheap."""
        start = bytes(octet & 0x7F if at in (12, 14) else octet for at, octet in enumerate(nonce))
        encryptor = _encryptor(self._key, start, counting=True)
        return encryptor.update(text) + encryptor.finalize()


def check_canonical(canonical: bytes) -> None:
    """Refuse what could be forged without the key."""
    if len(canonical) <= BLOCK:
        found = f"a canonical text of {octets_text(len(canonical))}"
        raise WireError(Layer.SECURITY, found, f"more than {BLOCK}")


def _doubled(block: bytes) -> bytes:
    """Twice a block as an element of the field; unlike in CMAC, its first octet is the lowest."""
    value = int.from_bytes(block, "little") << 1
    carried = value >> (8 * BLOCK)
    return (value & (1 << (8 * BLOCK)) - 1 ^ 0x87 * carried).to_bytes(BLOCK, "little")


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def _compare(expected: bytes, found: bytes) -> None:
    if not hmac.compare_digest(expected, found):
        raise WireError(Layer.SECURITY, "a wrong message authentication code", "the one of this key and text")


def _encryptor(key: bytes, start: bytes, *, counting: bool) -> CipherContext:
    """The package is imported when something is protected, and not before."""
    try:
        from cryptography.hazmat.primitives.ciphers import Cipher as Aes
        from cryptography.hazmat.primitives.ciphers import algorithms, modes
    except ImportError:
        needed = 'protected messages need the extra `wire`: pip install "tdl-compiler[wire]"'
        raise WireError(Layer.SECURITY, needed) from None
    return Aes(algorithms.AES(key), modes.CTR(start) if counting else modes.CBC(start)).encryptor()
