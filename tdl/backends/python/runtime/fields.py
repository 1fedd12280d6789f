# SPDX-License-Identifier: 0BSD
"""What straight lines look up instead of working it out: the fields of an octet, records to be filled, and structs."""

from __future__ import annotations

from itertools import repeat, starmap

try:  # `struct` has it from there, and is one more file to find and to run
    from _struct import Struct
except ImportError:
    from struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, TypeVar

    T = TypeVar("T")

__all__ = ["NUMBERS", "SERIES", "Struct", "blanks", "new", "octet_fields", "starmap"]

_OCTETS = range(256)

new: Any = object.__new__
"""What makes an object without values of its class; by `starmap` of several classes, several at once."""


def octet_fields(*columns: tuple[str, int, int]) -> tuple[tuple[Any, ...], ...]:
    """The values of an octet's fields, by the octet.

    Args:
        columns: each a kind and two numbers: the lowest bit and the width of a ``uint``, an ``int`` in two's
            complement or a ``bool`` of one bit; of ``spare``, its bits and how far they are shifted up.
    """
    return tuple(zip(*(_column(*column) for column in columns), strict=True))


def _column(kind: str, low: int, width: int) -> list[Any]:
    if kind == "spare":
        bits, shift = low, width
        return [(octet & bits) << shift for octet in _OCTETS]
    sign = 1 << (width - 1)
    values: list[Any] = [False, True] if kind == "bool" else list(range(1 << width))
    if kind == "int":
        values = [(value ^ sign) - sign for value in values]
    column: list[Any] = []
    for value in values:
        column += [value] * (1 << low)
    return column * (256 >> low + width)


def blanks(of: type[T], times: int | None = None) -> Iterator[T]:
    """Objects without values, so many or as many as are asked for: the quickest way to make one."""
    return starmap(object.__new__, repeat((of,)) if times is None else repeat((of,), times))


# --- octets of several lengths ----------------------------------------------------------------------------------------

_KEPT = 256
"""How many structs are kept: images that are never alike cost no more memory than that."""


class _Series(dict["tuple[int, ...]", "tuple[Callable[[bytes, int], tuple[Any, ...]], int]"]):
    def __missing__(self, lengths: tuple[int, ...]) -> tuple[Callable[[bytes, int], tuple[Any, ...]], int]:
        if len(self) >= _KEPT:
            self.clear()
        struct = Struct("".join(f"{length:d}s" for length in lengths))
        made = self[lengths] = struct.unpack_from, struct.size
        return made


SERIES = _Series()
"""What unpacks octets of several lengths, and how many these are: those of one meter are the same in every image."""


class _Numbers(dict["tuple[str, int, bool]", Struct]):
    def __missing__(self, key: tuple[str, int, bool]) -> Struct:
        if len(self) >= _KEPT:
            self.clear()
        code, count, big = key
        made = self[key] = Struct(f"{'>' if big else '<'}{count:d}{code}")
        return made


NUMBERS = _Numbers()
"""The struct of so many numbers, by their code, how many they are, and whether the most significant octet is first."""
