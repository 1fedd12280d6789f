"""Names of a definition as identifiers of Kaitai Struct, which are in lower case.

Compilers of Kaitai turn ``a_1`` into ``A1`` or ``a1``, so names that differ in underscores alone count as one.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable

_WORDS = """
    abstract any as async await base begin bool boolean break byte bytes case catch char class close const continue
    def default delegate delete do double dynamic else elsif end ensure enum eof event exports extends extern false
    final finally fixed float fn for foreach from from_bytes from_file from_io func function go goto if impl implements
    implicit import in index inline int interface internal is items let lock long loop map match mod module mut
    namespace native new next nil not null object operator out override package parent params private protected pub
    public raw read readonly redo ref rescue retry return root sbyte sealed self shared short signed size size_of
    sizeof static string struct super switch synchronized template then this throw trait true try type typedef typeof
    uint ulong undef union unless unsafe unsigned unsized until use ushort using value var virtual void volatile when
    where while with word yield
"""
RESERVED = frozenset(_WORDS.split()) | {word.lower() for word in keyword.kwlist}
"""Words of the languages that Kaitai makes, and what generated types have of their own."""

RESERVED_TYPES = RESERVED | {"bytes_io", "collections", "enum", "int_enum", "kaitai_stream", "kaitai_struct"}


class Identifiers:
    """Identifiers that differ, in the order they are asked for."""

    def __init__(self, reserved: Iterable[str] = RESERVED) -> None:
        self._taken: set[str] = set()
        self._reserved = frozenset(reserved)

    def new(self, name: str) -> str:
        """The identifier of a name; a number makes it another if it is taken."""
        plain = plain_identifier(name)
        if plain in self._reserved:
            plain += "_x"
        found, number = plain, 2
        while _folded(found) in self._taken:
            found, number = f"{plain}_{number}", number + 1
        self._taken.add(_folded(found))
        return found


def plain_identifier(name: str) -> str:
    lower = re.sub("[^a-z0-9]+", "_", name.lower()).strip("_")
    return lower if re.match("[a-z]", lower) else f"x{lower}"


def _folded(identifier: str) -> str:
    return identifier.replace("_", "")
