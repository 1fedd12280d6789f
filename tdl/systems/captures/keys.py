"""A file of keys: which key protects whose messages.

[keys]                       # those of everybody
2 = "0102030405060708 0102030405060708"

["1.3.6.1.4.1.33507.1"]      # those of a node, by its title
0 = "6624C7E23034E4036FE5CB3A8B5DAB44"
"""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tdl.codec.errors import TdlError
from tdl.systems.wire.titles import BASE, Title

EVERYBODY = "keys"
KEY_OCTETS, DES_OCTETS = 16, 8
"""Of a key for C12.22, and of one for the authentication of C12.21."""

LONGEST = 1 << 20
"""Octets of a file that are read."""


class BadKeys(TdlError):
    """A file of keys cannot be used; nothing of a key is in what it says."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name}: {problem}")
        self.name, self.problem = name, problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Keys by number, of everybody and of single nodes; none of them is ever printed.

    Attributes:
        own: those of nodes, by their titles in full, as dotted numbers.
        open: whether others than its owner can read the file.
    """

    everybody: Mapping[int, bytes] = field(default_factory=dict, repr=False)
    own: Mapping[str, Mapping[int, bytes]] = field(default_factory=dict, repr=False)
    open: bool = False

    def between(self, *titles: Title | None) -> Mapping[int, bytes]:
        """The keys for messages of C12.22 between these, by number."""
        return {number: key for number, key in self._of(titles).items() if len(key) == KEY_OCTETS}

    def find(self, number: int, title: Title | None = None) -> bytes | None:
        """One key for either protocol."""
        return self._of((title,)).get(number)

    def _of(self, titles: Iterable[Title | None]) -> Mapping[int, bytes]:
        """A node's own come before those of everybody."""
        found = dict(self.everybody)
        for title in titles:
            if title is not None:
                found.update(self.own.get(str(title.absolute(BASE)), {}))
        return found


def read_keys(path: Path) -> Keys:
    """The keys of a file.

    Raises:
        BadKeys: it cannot be read, or is not of the shape above.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            octets = file.read(LONGEST + 1)
    except OSError as error:
        raise BadKeys(str(path), (error.strerror or "cannot be read").lower()) from None
    shared = os.name == "posix" and bool(mode & (stat.S_IRWXG | stat.S_IRWXO))
    return replace(keys_in(octets, str(path)), open=shared)


def keys_in(octets: bytes, name: str) -> Keys:
    """The keys that a file holds.

    Args:
        name: the file's, for what is wrong.

    Raises:
        BadKeys: it is not of the shape above.
    """
    if len(octets) > LONGEST:
        raise BadKeys(name, f"more than {LONGEST} octets")
    try:
        content = tomllib.loads(octets.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        raise BadKeys(name, "is not TOML") from None
    everybody: Mapping[int, bytes] = {}
    own = {}
    for title, table in content.items():
        if not isinstance(table, dict):
            raise BadKeys(name, f"`{title}`: a table of keys by number expected")
        keys = {_number(name, title, number): _key(name, title, number, text) for number, text in table.items()}
        if title == EVERYBODY:
            everybody = keys
        else:
            own[_title(name, title)] = keys
    return Keys(everybody=everybody, own=own)


def _number(file: str, name: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 4 and int(text) < 256):
        raise BadKeys(file, f"`{name}`: the number of a key is 0 to 255")
    return int(text)


def _key(file: str, name: str, number: str, text: object) -> bytes:
    try:
        key = bytes.fromhex(text) if isinstance(text, str) else b""
    except ValueError:
        key = b""
    if len(key) not in (KEY_OCTETS, DES_OCTETS):
        digits = f"{2 * KEY_OCTETS} hexadecimal digits, or {2 * DES_OCTETS} of a key for C12.21"
        raise BadKeys(file, f"`{name}`, key {number}: {digits} expected")
    return key


def _title(file: str, name: str) -> str:
    arcs = name.lstrip(".").split(".")
    if not all(arc.isascii() and arc.isdecimal() and len(arc) < 11 for arc in arcs):
        raise BadKeys(file, f"`{name}` is no title: dotted numbers expected, with a dot in front if relative")
    numbers = tuple(map(int, arcs))
    return str(Title(arcs=(*BASE, *numbers) if name.startswith(".") else numbers))
