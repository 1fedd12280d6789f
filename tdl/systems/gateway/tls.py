"""TLS: a context of what a configuration names, or the reason why there is none."""

from __future__ import annotations

import ssl
from pathlib import Path

from tdl.codec.errors import TdlError
from tdl.systems.gateway.private import private_octets

_CERTIFICATE, _KEY = b"-----BEGIN CERTIFICATE-----", b"PRIVATE KEY-----"


class BadTls(TdlError):
    """Files of which no TLS can be made; nothing of a key is in what it says."""


class _Locked(Exception):
    """A key asks for a password, and nobody is there who could type it."""


def tls_context(certificate: Path, key: Path, client_ca: Path | None = None) -> ssl.SSLContext:
    """What a server takes for TLS 1.2 or newer.

    Args:
        certificate, key: PEM files of the server.
        client_ca: who has to have signed the callers' certificates; None if they need none.

    Raises:
        BadTls: one of the files cannot be used.
        PrivateFileError: the key cannot be read, or others can read it.
    """
    _certificate(certificate, "certificate")
    if _KEY not in private_octets(key, "key"):
        raise BadTls("`key` is no private key in PEM form")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key, _locked)
    except _Locked:
        raise BadTls(
            "`key` is locked by a password: a file without one, that its owner alone can read, expected"
        ) from None
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise BadTls("`key` is not the one that `certificate` is about") from None
        raise BadTls("`certificate` and `key` cannot be used: one of them is damaged") from None
    if client_ca is not None:
        _certificate(client_ca, "client_ca")
        try:
            context.load_verify_locations(client_ca)
        except ssl.SSLError:
            raise BadTls("`client_ca` cannot be used: it is damaged") from None
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def _certificate(path: Path, setting: str) -> None:
    try:
        if _CERTIFICATE not in path.read_bytes():
            raise BadTls(f"`{setting}` is no certificate in PEM form")
    except OSError as error:
        raise BadTls(f"`{setting}`: {(error.strerror or 'cannot be read').lower()}") from None


def _locked() -> bytes:
    raise _Locked
