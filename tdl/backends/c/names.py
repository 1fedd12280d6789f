"""Identifiers of generated C: the standard's own names behind a prefix, none of them taken twice."""

from __future__ import annotations

import re

C_WORDS = frozenset(
    [
        "alignas",
        "alignof",
        "and",
        "and_eq",
        "asm",
        "atomic_cancel",
        "atomic_commit",
        "atomic_noexcept",
        "auto",
        "bitand",
        "bitor",
        "bool",
        "break",
        "case",
        "catch",
        "char",
        "char8_t",
        "char16_t",
        "char32_t",
        "class",
        "compl",
        "concept",
        "const",
        "consteval",
        "constexpr",
        "constinit",
        "const_cast",
        "continue",
        "co_await",
        "co_return",
        "co_yield",
        "decltype",
        "default",
        "delete",
        "do",
        "double",
        "dynamic_cast",
        "else",
        "enum",
        "explicit",
        "export",
        "extern",
        "false",
        "float",
        "for",
        "friend",
        "goto",
        "if",
        "inline",
        "int",
        "long",
        "mutable",
        "namespace",
        "new",
        "noexcept",
        "not",
        "not_eq",
        "nullptr",
        "operator",
        "or",
        "or_eq",
        "private",
        "protected",
        "public",
        "reflexpr",
        "register",
        "reinterpret_cast",
        "requires",
        "restrict",
        "return",
        "short",
        "signed",
        "sizeof",
        "static",
        "static_assert",
        "static_cast",
        "struct",
        "switch",
        "synchronized",
        "template",
        "this",
        "thread_local",
        "throw",
        "true",
        "try",
        "typedef",
        "typeid",
        "typename",
        "typeof",
        "typeof_unqual",
        "union",
        "unsigned",
        "using",
        "virtual",
        "void",
        "volatile",
        "wchar_t",
        "while",
        "xor",
        "xor_eq",
        "NULL",
        "EOF",
        "TRUE",
        "FALSE",
        "errno",
        "assert",
        "offsetof",
        *("unix", "linux", "i386", "arm", "mips", "sparc", "sun", "vax"),
        *(f"{sign}int{bits}_t" for sign in ("", "u") for bits in (8, 16, 32, 64)),
        "size_t",
    ]
)
"""Keywords of C and C++ up to their newest editions, the macros that hosts define everywhere and that compilers define
for what they compile for, and the types of members, which C++ does not let a member be called as well.
"""


class Identifiers:
    """Hands out identifiers of one name space, each once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, wanted: str) -> str:
        """The identifier wanted, with a number behind it where it is taken."""
        identifier, number = wanted, 2
        while identifier in self._taken:
            identifier = f"{wanted}_{number}"
            number += 1
        self._taken.add(identifier)
        return identifier

    def member(self, name: str) -> str:
        """As `take`, for an element's name in a struct."""
        name = plain(name)
        if name.startswith("_"):
            name = f"x{name}"
        return self.take(f"{name}_" if name in C_WORDS else name)


def plain(name: str) -> str:
    """A name with nothing in it but letters, digits and ``_`` of ASCII: what comes from XML may have more."""
    return re.sub(r"[^A-Za-z0-9_]", "_", name)


def is_prefix(name: str) -> bool:
    """Whether generated names can begin with a name."""
    return name.isascii() and name.isidentifier() and not name.startswith(("_", "tdl")) and len(name) <= 31
