"""EAX' where it must refuse, and what of the package it uses."""

from __future__ import annotations

import sys

import pytest

from tdl.systems.wire import eax
from tdl.systems.wire.eax import Cipher, Protection
from tdl.systems.wire.epsem import Mode
from tdl.systems.wire.errors import WireError

KEY = bytes(range(16))
MODES: tuple[Protection, ...] = (Mode.AUTHENTICATED, Mode.ENCRYPTED)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("octets", [0, 1, 15, 16])
def test_short_canonical_texts_never_reach_the_cipher(
    mode: Protection, octets: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one block or less, codes can be forged without the key."""
    cipher = Cipher(KEY)

    def never(*_: object, **__: object) -> None:
        raise AssertionError("the cipher was called")

    monkeypatch.setattr(eax, "_encryptor", never)
    for attempt in (
        lambda: cipher.protect(bytes(octets), b"", mode),
        lambda: cipher.reveal(bytes(octets), b"", bytes(4), mode),
    ):
        with pytest.raises(WireError, match=r"security: a canonical text of \d+ octets?, more than 16 expected"):
            attempt()


@pytest.mark.parametrize("mode", MODES)
def test_one_octet_more_is_enough(mode: Protection) -> None:
    cipher = Cipher(KEY)
    body, mac = cipher.protect(bytes(17), b"text", mode)
    assert cipher.reveal(bytes(17), body, mac, mode) == b"text"


def test_without_a_text_both_modes_are_the_same() -> None:
    cipher = Cipher(KEY)
    assert cipher.protect(bytes(17), b"", Mode.ENCRYPTED) == cipher.protect(bytes(17), b"", Mode.AUTHENTICATED)


@pytest.mark.parametrize("mode", MODES)
def test_nothing_is_released_on_a_wrong_code(mode: Protection, monkeypatch: pytest.MonkeyPatch) -> None:
    cipher = Cipher(KEY)
    body, mac = cipher.protect(bytes(17), b"text", mode)
    streamed: list[bytes] = []
    monkeypatch.setattr(Cipher, "_streamed", lambda self, nonce, text: streamed.append(text))
    with pytest.raises(WireError, match="wrong message authentication code"):
        cipher.reveal(bytes(17), body, bytes([mac[0] ^ 1]) + mac[1:], mode)
    assert streamed == []


@pytest.mark.parametrize("octets", [0, 15, 17, 24, 32])
def test_keys_of_another_size(octets: int) -> None:
    with pytest.raises(WireError, match="16 expected"):
        Cipher(bytes(octets))


def test_a_key_is_not_shown() -> None:
    assert KEY.hex() not in repr(Cipher(KEY))
    assert repr(KEY) not in repr(Cipher(KEY))


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line that names the extra."""
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.ciphers", None)
    with pytest.raises(WireError) as error:
        Cipher(KEY)
    assert str(error.value).endswith('need the extra `wire`: pip install "tdl-compiler[wire]"')
