"""Python values as Lua writes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TypeAlias

from tdl.deferred import dataclass

WORDS = frozenset({
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
    "not", "or", "repeat", "return", "then", "true", "until", "while",
})  # fmt: skip
"""What no name is in any Lua from 5.2 on."""


@dataclass(frozen=True, slots=True)
class Code:
    """Lua text that stands for itself."""

    text: str


Value: TypeAlias = str | int | bool | Code | Iterable["Value"] | Mapping[str, "Value | None"]


def literal(value: Value) -> str:
    """A value as a Lua expression; a member of a mapping that is None is left out."""
    match value:
        case str():
            return quoted(value)
        case Code():
            return value.text
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case list() | tuple():
            return "{" + ", ".join([literal(each) for each in value]) + "}"
        case Mapping():
            return "{" + _members(value) + "}"
        case _:
            return "{" + ", ".join(map(literal, value)) + "}"


def tagged(tag: str, members: Mapping[str, Value | None]) -> str:
    """A table whose first item says what it is."""
    return "{" + ", ".join(filter(None, (quoted(tag), _members(members)))) + "}"


def quoted(text: str) -> str:
    """Text as a literal on one line: everything but plain ASCII as its octets of UTF-8."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return '"' + text.encode("utf-8", "replace").decode("latin-1").translate(_ESCAPED) + '"'


def comment(text: str) -> str:
    """Text behind ``--``, on one line whatever is in it."""
    return "-- " + "".join(each if each.isprintable() else " " for each in text)


def _members(members: Mapping[str, Value | None]) -> str:
    return ", ".join([f"{_key(name)} = {literal(value)}" for name, value in members.items() if value is not None])


@lru_cache
def _key(name: str) -> str:
    plain = name.isascii() and name.isidentifier() and name not in WORDS
    return name if plain else f"[{quoted(name)}]"


_ESCAPED: Mapping[int, str] = {
    **{octet: f"\\{octet:03d}" for octet in (*range(32), *range(127, 256))},
    **{octet: f"\\{octet:c}" for octet in b'"\\'},
}
"""How octets are written that do not stand for themselves."""
