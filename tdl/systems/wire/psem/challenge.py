"""The authentication of C12.21: each side encrypts what the other one just said, with DES.

It shows who begins a session, to whoever does not listen: what follows is neither protected nor secret, and a key of
56 bits is found by trying. It is here because there are meters that ask for it.
"""

from __future__ import annotations

import hmac

from tdl.codec.errors import octets_text
from tdl.systems.wire.errors import Layer, WireError

BLOCK = 8
"""The octets of a ticket, and of a key."""

DES = 0
"""The number of the algorithm."""


def prove(key: bytes, key_id: int, ticket: bytes) -> bytes:
    """What shows that whoever got this ticket knows the key.

    Raises:
        WireError: if key or ticket have another size, or the package that has DES is not there.
    """
    return bytes([key_id]) + _encrypted(key, ticket)


def answer(key: bytes, proof: bytes) -> bytes:
    """What shows in turn that whoever got this proof knows the key.

    Raises:
        WireError: as `prove`.
    """
    return proof[:1] + _encrypted(key, proof[1:])


def same(found: bytes, expected: bytes) -> bool:
    """Compare in a time that does not tell where they differ."""
    return hmac.compare_digest(found, expected)


def _encrypted(key: bytes, block: bytes) -> bytes:
    for name, octets in (("key", key), ("ticket", block)):
        if len(octets) != BLOCK:
            raise WireError(Layer.LOGIN, f"a {name} of {octets_text(len(octets))}", str(BLOCK))
    try:
        from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
        from cryptography.hazmat.primitives.ciphers import Cipher, modes
    except ImportError as error:
        raise WireError(Layer.LOGIN, "no package `cryptography`", "the extra `wire`") from error
    # Three times with one key is once: encrypted, decrypted, encrypted. A single block needs no mode but the plain one.
    encryptor = Cipher(TripleDES(key * 3), modes.ECB()).encryptor()
    return encryptor.update(block) + encryptor.finalize()
