"""Identifiers of generated Rust: the standard's own names in Rust's spelling, none of them taken twice."""

from __future__ import annotations

import re
from functools import lru_cache

# fmt: off
RUST_WORDS = frozenset({
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match",
    "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait",
    "true", "try", "type", "typeof", "union", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
})
"""Keywords of all editions, those that are only reserved included."""

PRELUDE = frozenset({
    "Self", "Option", "Some", "None", "Result", "Ok", "Err", "Vec", "Default", "Clone", "Copy", "Debug", "PartialEq",
    "Eq", "PartialOrd", "Ord", "Hash", "From", "Into", "Iterator", "Bcd", "BcdNumber", "Binary", "CharNumber", "Code",
    "Column", "ColumnShape", "Decimal", "Dump", "Element", "Env", "Error", "Kind", "Known", "Label", "Moment",
    "MomentKind", "NonInteger", "Number", "Parts", "Path", "Reader", "Scaled", "Set", "Step", "Table", "Text", "Walk",
    "Writer", "Rows",
})
"""Types that generated code uses by these names."""
# fmt: on


class Identifiers:
    """Hands out identifiers of one name space, each once."""

    def __init__(self, taken: frozenset[str] = frozenset()) -> None:
        self._taken = set(taken)

    def take(self, wanted: str) -> str:
        """The identifier wanted, with a number behind it where it is taken."""
        identifier, number = wanted, 2
        while identifier in self._taken:
            identifier = (
                f"{wanted.rstrip('_')}_{number}" if wanted[0].islower() or wanted.isupper() else f"{wanted}{number}"
            )
            number += 1
        self._taken.add(identifier)
        return identifier


def words(name: str) -> list[str]:
    """The parts of a name between ``_`` and all else that identifiers cannot have."""
    return [part for part in re.split(r"[^A-Za-z0-9]+", name) if part]


@lru_cache(maxsize=1024)
def snake(name: str) -> str:
    """``nbr_tiers`` for ``NBR_TIERS``."""
    return _begun("_".join(words(name)).lower(), "x")


def shouted(name: str) -> str:
    """``NBR_TIERS`` whatever the name's case."""
    return _begun("_".join(words(name)).upper(), "X")


@lru_cache(maxsize=1024)
def camel(name: str) -> str:
    """``RegisterDataRcd`` for ``REGISTER_DATA_RCD``."""
    return _begun("".join(part[0].upper() + part[1:].lower() for part in words(name)), "X")


def member(name: str) -> str:
    """As `snake`, for what must not be a keyword."""
    plain = snake(name)
    return f"{plain}_" if plain in RUST_WORDS else plain


def string(text: str) -> str:
    """A text as Rust writes it."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    escaped = "".join(c if " " <= c <= "~" and c not in '"\\' else f"\\u{{{ord(c):x}}}" for c in text)
    return f'"{escaped}"'


def _begun(name: str, start: str) -> str:
    return name if name and name[0].isalpha() else f"{start}{name}"
