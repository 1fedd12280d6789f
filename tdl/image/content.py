"""What an image is, wherever it comes from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from tdl.codec.errors import TdlError
from tdl.codec.values import Record
from tdl.deferred import dataclass, field

if TYPE_CHECKING:
    from tdl.image.toml_text import TomlText

MAX_TABLE_OCTETS = 16 * 1024 * 1024
"""The largest table that is read: offsets of partial access have 24 bits."""

MAX_TABLES = 1 << 14
"""Identifiers of tables have 14 bits."""

TableContent: TypeAlias = bytes | Record | Mapping[str, object]
"""A table's octets, or its values."""

_KEY = re.compile(r"(ST|MT|UT)(\d{1,4})(P?)", re.IGNORECASE)


class UnreadableImage(TdlError):
    """An image cannot be read at all.

    Attributes:
        name: the image, as asked for.
        problem: what is wrong, in plain words.
        help: what to do about it, or "".
    """

    def __init__(self, name: str, problem: str, help: str = "") -> None:
        super().__init__(f"{name}: {problem}")
        self.name, self.problem, self.help = name, problem, help


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What is known of a meter without its tables: elements' values by table, as TOML nests them.

    ``text`` is the file they were written in, for messages.
    """

    values: Mapping[str, object] = field(default_factory=dict)
    text: TomlText | None = None
    name: str = "profile"

    @classmethod
    def read(cls, name: str, text: str) -> Profile:
        """A profile out of TOML text.

        Raises:
            tdl.image.toml_text.TomlError: not TOML.
        """
        from tdl.image.toml_text import TomlText  # most images have no profile

        read = TomlText(name, text)
        return cls(values=read.values, text=read, name=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """The tables of one meter.

    Attributes:
        name: where it comes from.
        tables: by key (``ST23``, ``MT5``, ``ST23P``): octets, or values by element name.
        profile: what the image's own profile says of values that its tables do not hold.
        notes: what was left aside while reading it.
    """

    name: str = "image"
    tables: Mapping[str, TableContent] = field(default_factory=dict)
    profile: Profile | None = None
    notes: tuple[str, ...] = ()


def table_octets(name: str, key: str, text: str) -> bytes:
    """A table of an image out of hexadecimal digits.

    Raises:
        UnreadableImage: something else, or too much of it.
    """
    try:
        octets = bytes.fromhex(text)
    except ValueError:
        raise UnreadableImage(name, f"table `{key}`: text found, octets in hexadecimal expected") from None
    if len(octets) > MAX_TABLE_OCTETS:
        raise UnreadableImage(name, f"table `{key}`: larger than {MAX_TABLE_OCTETS // 1024 // 1024} MiB")
    return octets


def table_key(text: str) -> str | None:
    """``ST23`` for ``ST23``, ``st023``; None if it is no key."""
    match = _KEY.fullmatch(text)
    if match is None or int(match[2]) > 2047:
        return None
    return f"{match[1].upper()}{int(match[2])}{match[3].upper()}"
