"""What a gateway's configuration says; its secrets are in files of their own, or are hashes."""

from __future__ import annotations

import ipaddress
import re
import ssl
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from tdl.codec.errors import TdlError
from tdl.systems.captures.keys import BadKeys, keys_in
from tdl.systems.gateway.access import HASH, Caller, Rule, digest_of, is_pattern
from tdl.systems.gateway.private import PrivateFileError, private_octets
from tdl.systems.gateway.tls import BadTls, tls_context
from tdl.systems.gateway.urls import BadUrl, checked_url
from tdl.systems.wire.shells.c1222.addresses import asked
from tdl.systems.wire.titles import Title

PORT = 8153


_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_GUESSED = ("", "admin", "changeme", "default", "gateway", "password", "secret", "test", "token", "tdl")
"""What a token's hash must not be the hash of: everybody tries these first."""


class BadSettings(TdlError):
    """A configuration that a gateway does not start with; nothing secret is in what it says."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(name, problem)
        self.name, self.problem = name, problem

    def __str__(self) -> str:
        return f"{self.name}: {self.problem}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterSettings:
    """A meter, how it is reached and what its tables are."""

    url: str
    definition: str
    fragments: tuple[str, ...] = ()
    user_id: int = 0
    user: str = ""
    password: bytes | None = field(default=None, repr=False)
    key: bytes | None = field(default=None, repr=False)
    key_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A configuration.

    Attributes:
        hosts: names under which the gateway may be asked for, besides the address that it listens at.
        certificate, key, client_ca: see `tls_context`.
        audit, state: files of the audit log, and of the runs that are remembered.
        waiting, deadline, remember, idle: see `Line` and `Meter`.
    """

    meters: Mapping[str, MeterSettings]
    callers: tuple[Caller, ...] = ()
    host: str = "127.0.0.1"
    port: int = PORT
    hosts: tuple[str, ...] = ()
    audit: Path | None = None
    state: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    client_ca: Path | None = None
    waiting: int = 32
    deadline: float = 30.0
    remember: float = 60.0
    idle: float = 60.0

    def tls(self) -> ssl.SSLContext | None:
        """What the gateway shows of itself, and asks of its callers; None without TLS.

        Raises:
            BadTls, PrivateFileError: it cannot.
        """
        if self.certificate is None or self.key is None:
            return None
        return tls_context(self.certificate, self.key, self.client_ca)

    @property
    def loopback(self) -> bool:
        """Whether only this computer can reach the gateway."""
        return is_loopback(self.host)


def read_settings(path: Path) -> Settings:
    """A configuration from a file; other files are named from its folder.

    Raises:
        BadSettings: it cannot be read, does not say what it should, or is not safe to start with.
    """
    try:
        with path.open("rb") as file:
            content = tomllib.load(file)
    except OSError as error:
        raise BadSettings(str(path), (error.strerror or "cannot be read").lower()) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        raise BadSettings(str(path), "is not TOML") from None
    try:
        settings = _Reader(path).settings(content)
        _check_safe(str(path), settings)
        settings.tls()
    except (BadTls, PrivateFileError) as error:
        raise BadSettings(str(path), str(error)) from None
    return settings


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _check_safe(name: str, settings: Settings) -> None:
    """Refuse what lets anybody in: off the loopback a gateway takes tokens, TLS, a log and real passwords."""
    for caller in settings.callers:
        if caller.digest in (digest_of(each) for each in _GUESSED):
            raise BadSettings(name, f"the token of `{caller.name}` is one that everybody tries first")
    if settings.loopback:
        return
    if not settings.callers:
        raise BadSettings(name, f"no tokens, which `{settings.host}` takes: `tdl gateway token` makes them")
    if settings.certificate is None:
        raise BadSettings(name, f"no `certificate` and `key`, which `{settings.host}` takes")
    if settings.audit is None:
        raise BadSettings(name, f"no `audit` log, which `{settings.host}` takes")
    for meter, of in settings.meters.items():
        if of.password is not None and not of.password.strip(b" \0"):
            raise BadSettings(name, f"the password of meter `{meter}` is empty")


class _Reader:
    """Reads a configuration's parts, each name that nobody knows being an error."""

    def __init__(self, path: Path) -> None:
        self.name, self.folder = str(path), path.parent

    def settings(self, content: dict[str, object]) -> Settings:
        self.known("", content, "gateway", "meters", "tokens")
        gateway = self.table("gateway", content.get("gateway", {}))
        own = ("listen", "hosts", "audit", "state", "certificate", "key", "client_ca", "definition", "fragments")
        numbers = {"waiting": (1, 10_000), "deadline": (1, 3600), "remember": (0, 86_400), "idle": (1, 86_400)}
        self.known("gateway", gateway, *own, *numbers)
        host, port = self.listen(self.text("gateway.listen", gateway.get("listen", f"127.0.0.1:{PORT}")))
        certificate, key = self.path(gateway, "certificate"), self.path(gateway, "key")
        if (certificate is None) != (key is None):
            self.fail("`certificate` and `key` go together")
        if "client_ca" in gateway and certificate is None:
            self.fail("`client_ca` takes a `certificate` and `key`")
        given = {
            name: self.number(f"gateway.{name}", gateway[name], *numbers[name]) for name in numbers & gateway.keys()
        }
        meters = dict(self.meters(content.get("meters", {}), gateway))
        if not meters:
            self.fail("no `[meters.NAME]`")
        return Settings(
            meters=meters,
            callers=tuple(self.callers(content.get("tokens", {}))),
            host=host,
            port=port,
            hosts=self.texts("gateway.hosts", gateway.get("hosts", [])),
            audit=self.path(gateway, "audit"),
            state=self.path(gateway, "state"),
            certificate=certificate,
            key=key,
            client_ca=self.path(gateway, "client_ca"),
            waiting=given.get("waiting", 32),
            deadline=float(given.get("deadline", 30)),
            remember=float(given.get("remember", 60)),
            idle=float(given.get("idle", 60)),
        )

    def meters(self, content: object, gateway: dict[str, object]) -> Iterator[tuple[str, MeterSettings]]:
        for name, said in self.table("meters", content).items():
            place = f"meters.{self.named(name)}"
            of = self.table(place, said)
            own = ("url", "definition", "fragments", "user_id", "user", "password_file", "key_file", "key_id")
            self.known(place, of, *own)
            if "key_id" in of and "key_file" not in of:
                self.fail(f"`{place}.key_id` takes a `key_file`")
            key_id = self.number(f"{place}.key_id", of.get("key_id", 0), 0, 255)
            url = self.text(f"{place}.url", of.get("url"))
            key = self.key(place, self.path(of, "key_file"), key_id, asked(url))
            fragments = of.get("fragments", gateway.get("fragments", []) if "definition" not in of else [])
            definition = self.text(f"{place}.definition", of.get("definition", gateway.get("definition")))
            yield (
                name,
                MeterSettings(
                    url=self.url(place, url, key),
                    definition=self.document(definition),
                    fragments=tuple(map(self.document, self.texts(f"{place}.fragments", fragments))),
                    user_id=self.number(f"{place}.user_id", of.get("user_id", 0), 0, 0xFFFF),
                    user=self.text(f"{place}.user", of.get("user", "")),
                    password=self.password(place, self.path(of, "password_file")),
                    key=key,
                    key_id=key_id,
                ),
            )

    def callers(self, content: object) -> Iterator[Caller]:
        for name, said in self.table("tokens", content).items():
            place = f"tokens.{self.named(name)}"
            of = self.table(place, said)
            self.known(place, of, "hash", "allow")
            held = self.text(f"{place}.hash", of.get("hash"))
            if not re.fullmatch(HASH + "[0-9a-f]{64}", held):
                # It may be a token that somebody put there: it is not repeated.
                self.fail(f"`{place}.hash` is no hash, one of `tdl gateway token` expected")
            allow = of.get("allow", [])
            if not isinstance(allow, list):
                self.fail(f"`{place}.allow`: a list of tables expected")
            rules = tuple(self.rule(f"{place}.allow", self.table(f"{place}.allow", each)) for each in allow)
            yield Caller(name=name, digest=bytes.fromhex(held.removeprefix(HASH)), rules=rules)

    def rule(self, place: str, said: dict[str, object]) -> Rule:
        self.known(place, said, "meters", "read", "write", "procedures")
        found = {name: self.texts(f"{place}.{name}", said.get(name, [])) for name in ("read", "write", "procedures")}
        for name, patterns in found.items():
            for pattern in patterns:
                if not is_pattern(pattern, procedure=name == "procedures"):
                    self.fail(f"`{place}.{name}` of `{pattern[:40]}`: such as `ST*`, `ST23/ELEMENT` or `SP9` expected")
        return Rule(
            meters=self.texts(f"{place}.meters", said.get("meters", [])),
            read=found["read"],
            write=found["write"],
            procedures=found["procedures"],
        )

    # --- values ------------------------------------------------------------------------------------------------------

    def listen(self, text: str) -> tuple[str, int]:
        host, _, port = text.rpartition(":")
        if not host or not port.isdecimal() or not port.isascii() or len(port) > 5 or int(port) > 65535:
            self.fail("`gateway.listen` is not `HOST:PORT`")
        return host.strip("[]"), int(port)

    def url(self, place: str, text: str, key: bytes | None) -> str:
        try:
            return checked_url(text, key, self.folder)
        except BadUrl as error:
            self.fail(f"`{place}.url`: {error}")

    def password(self, place: str, path: Path | None) -> bytes | None:
        if path is None:
            return None
        octets = private_octets(path, f"{place}.password_file")[:64].rstrip(b"\r\n")
        if len(octets) > 20:
            self.fail(f"`{place}.password_file` holds more than 20 octets")
        return octets

    def key(self, place: str, path: Path | None, number: int, title: Title | None) -> bytes | None:
        """One of the keys in a file such as `tdl meter --keys` takes: the meter's own, else one of everybody's."""
        if path is None:
            return None
        octets = private_octets(path, f"{place}.key_file")
        try:
            key = keys_in(octets, f"`{place}.key_file`").find(number, title)
        except BadKeys as error:
            self.fail(str(error))
        if key is None:
            self.fail(f"`{place}.key_file` has no key {number}")
        return key

    def path(self, table: dict[str, object], name: str) -> Path | None:
        return None if name not in table else self.folder / self.text(name, table[name])

    def document(self, name: str) -> str:
        """The name of a definition: those of the library are no files."""
        return name if ":" in name else str(self.folder / name)

    def named(self, name: str) -> str:
        if not _NAME.fullmatch(name):
            self.fail("a name of letters, digits, `.`, `_` and `-` expected")
        return name

    def text(self, place: str, value: object) -> str:
        if not isinstance(value, str):
            self.fail(f"`{place}`: text expected")
        return value

    def texts(self, place: str, value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self.fail(f"`{place}`: a list of texts expected")
        return tuple(value)

    def number(self, place: str, value: object, least: int, most: int) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self.fail(f"`{place}`: {least} to {most} expected")
        return value

    def table(self, place: str, value: object) -> dict[str, object]:
        if not isinstance(value, dict):
            self.fail(f"`{place}`: a table expected")
        return value

    def known(self, place: str, table: dict[str, object], *names: str) -> None:
        for name in table.keys() - set(names):
            self.fail(f"`{place}` has no setting `{name[:40]}`" if place else f"no table `[{name[:40]}]` is known")

    def fail(self, problem: str) -> NoReturn:
        raise BadSettings(self.name, problem)
