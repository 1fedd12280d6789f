"""TLS: what a gateway does not start with, and what it shows and asks over a real connection."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from tdl.systems.gateway.settings import BadSettings, read_settings
from tdl.systems.gateway.tls import tls_context
from tests.unit.gateway.certificates import write_pair

METER = '[meters.house-1]\nurl = "simulated:std:residential"\ndefinition = "std:2012"\n'
TLS = '[gateway]\ncertificate = "server.pem"\nkey = "server.key"\n'


def _damaged(folder: Path, name: str) -> None:
    lines = (folder / name).read_text("ascii").splitlines()
    (folder / name).write_text("\n".join([lines[0], "AAAA", *lines[2:]]), "ascii")


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda folder: (folder / "server.key").unlink(), "`key`: no such file"),
        (lambda folder: (folder / "server.pem").unlink(), "`certificate`: no such file"),
        (lambda folder: (folder / "server.key").chmod(0o644), "`key`: everybody on this computer can read it"),
        (lambda folder: (folder / "server.key").write_bytes(b"key"), "`key` is no private key in PEM form"),
        (lambda folder: (folder / "server.pem").write_bytes(b"\xff"), "`certificate` is no certificate in PEM form"),
        (lambda folder: write_pair(folder, "other")[1].rename(folder / "server.key"), "not the one that `certificate`"),
        (lambda folder: write_pair(folder, "server", b"secret"), "`key` is locked by a password"),
        (lambda folder: _damaged(folder, "server.pem"), "one of them is damaged"),
        (lambda folder: _damaged(folder, "server.key"), "one of them is damaged"),
    ],
)
def test_a_gateway_does_not_start_with(tmp_path: Path, spoil: Callable[[Path], object], problem: str) -> None:
    write_pair(tmp_path, "server")
    path = tmp_path / "gateway.toml"
    path.write_text(TLS + METER, "utf-8")
    read_settings(path)
    spoil(tmp_path)
    with pytest.raises(BadSettings) as caught:
        read_settings(path)
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (TLS + 'client_ca = "nothing.pem"\n', "`client_ca`: no such file"),
        (TLS + 'client_ca = "server.key"\n', "`client_ca` is no certificate"),
        ('[gateway]\nclient_ca = "server.pem"\n', "`client_ca` takes a `certificate` and `key`"),
        ('[gateway]\ncertificate = "server.pem"\n', "`certificate` and `key` go together"),
    ],
)
def test_settings_that_do_not_fit_together(tmp_path: Path, text: str, problem: str) -> None:
    write_pair(tmp_path, "server")
    (tmp_path / "gateway.toml").write_text(text + METER, "utf-8")
    with pytest.raises(BadSettings) as caught:
        read_settings(tmp_path / "gateway.toml")
    assert problem in str(caught.value)


def _met(server: ssl.SSLContext, client: ssl.SSLContext) -> str | None:
    """The version in which two understand each other, with an octet to and fro."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readexactly(1))
        writer.close()

    async def run() -> str | None:
        listening = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=server)
        async with listening:
            port = listening.sockets[0].getsockname()[1]
            reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=client)
            writer.write(b"x")
            assert await reader.read(1) == b"x"
            version = writer.get_extra_info("ssl_object").version()
            writer.close()
            return version if isinstance(version, str) else None

    return asyncio.run(run())


def _client(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificate)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_tls_1_2_is_the_least(tmp_path: Path) -> None:
    certificate, key = write_pair(tmp_path, "server")
    server = tls_context(certificate, key)
    assert _met(server, _client(certificate)) == "TLSv1.3"
    two = _client(certificate)
    two.maximum_version = ssl.TLSVersion.TLSv1_2
    assert _met(server, two) == "TLSv1.2"
    old = _client(certificate)
    for context in (old, server):
        context.set_ciphers("ALL:@SECLEVEL=0")  # so that nothing but the version is in the way
    old.minimum_version = ssl.TLSVersion.TLSv1
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionError)):
        _met(server, old)
    server.minimum_version = ssl.TLSVersion.TLSv1
    assert _met(server, old) == "TLSv1.1"


def test_callers_show_a_certificate_if_they_have_to(tmp_path: Path) -> None:
    certificate, key = write_pair(tmp_path, "server")
    own, own_key = write_pair(tmp_path, "caller")
    other, other_key = write_pair(tmp_path, "other")
    server = tls_context(certificate, key, own)
    client = _client(certificate)
    with pytest.raises((ssl.SSLError, ConnectionError, AssertionError)):
        _met(server, client)
    client.load_cert_chain(other, other_key)
    with pytest.raises((ssl.SSLError, ConnectionError, AssertionError)):
        _met(server, client)
    client = _client(certificate)
    client.load_cert_chain(own, own_key)
    assert _met(server, client) == "TLSv1.3"
