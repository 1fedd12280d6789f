# SPDX-License-Identifier: 0BSD
"""What expressions of straight-line code need beside Python's own operators.

Whatever is not in order raises: the straight line is left, and the explaining codec finds out what is wrong.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn


class Leave(Exception):
    """Something that the straight line does not handle."""


def leave() -> NoReturn:
    raise Leave


def checked(result: int) -> int:
    """A result that must fit 64 bits."""
    if not -(1 << 63) <= result < 1 << 63:
        raise Leave
    return result


def divided(left: int, right: int) -> int:
    """Division that truncates towards zero."""
    quotient = abs(left) // abs(right)
    return checked(quotient if (left < 0) == (right < 0) else -quotient)


def remainder(left: int, right: int) -> int:
    """What is left of a division, with the sign of the dividend."""
    return left - right * divided(left, right)


def integer(value: Any) -> int:
    """An element's value as a number of 64 bits."""
    if not isinstance(value, int):
        raise Leave
    return checked(int(value))


def item(values: Any, position: int) -> Any:
    """An element of an array."""
    if position < 0 or (values.__class__ is not list and not _are_rows(values)):
        raise Leave
    return values[position]


def _are_rows(values: Any) -> bool:
    from tdl.codec.rows import Rows  # not at the top: few tables have any

    return values.__class__ is Rows


def real(value: float) -> float:
    """A float that is a number: a NaN's octets are kept by the explaining codec."""
    if value != value:
        raise Leave
    return value


REAL = frozenset({float, int})
"""The types that `struct` writes as a float as the reference codec does: no flag, and nothing that holds octets."""

ZERO = 0
"""What a bit field without spare bits has for them. Asking for this very object tells it from what only equals it."""

CHARSETS = frozenset({1, 2, 3})
"""The CHAR_FORMATs under which ASCII is one octet a character."""
