"""Formats of the `struct` module, and what a leaf that is read is in one."""

from __future__ import annotations

from collections.abc import Callable

from tdl.deferred import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """What a leaf is in a struct.

    Attributes:
        codes: of its items; none for a leaf without octets.
        order: whether they come most significant octet first, or the variable that says so; None if it is all one.
        value: the leaf's value, of the items' variables.
    """

    codes: tuple[str, ...]
    order: bool | str | None
    value: Callable[[list[str]], str]


def octets(code: str) -> int:
    """The octets of a struct's code."""
    return int(code[:-1]) if code.endswith("s") else {"B": 1, "H": 2, "I": 4, "Q": 8, "F": 4, "D": 8}[code.upper()]


def compact(codes: list[str]) -> str:
    """Codes as a format: the same ones in a row as a count."""
    parts: list[tuple[str, int]] = []
    for code in codes:
        if parts and parts[-1][0] == code and not code.endswith("s"):
            parts[-1] = code, parts[-1][1] + 1
        else:
            parts.append((code, 1))
    return "".join(code if times == 1 else f"{times}{code}" for code, times in parts)
