# SPDX-License-Identifier: 0BSD
"""One element of all records of an array, without making the records.

A column of whole numbers is a `bytes` if they have one octet and an `array` of the next larger kind otherwise; bits
that mean yes or no are 1 and 0. Octets are picked by slices with a step, which is what makes it fast. Other columns
are lists.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from functools import cache
from sys import byteorder

from tdl.codec.rows import Rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, MutableSequence, Sequence
    from typing import Any, TypeAlias

    from tdl.codec.rows import Column, Layout

    ByPath: TypeAlias = Mapping[str, Sequence[Any]]
else:
    ByPath = Mapping

_CODES = {1: "b", 2: "h", 4: "i", 8: "q"}


class Columns(ByPath):
    """The columns of an array by path; each is made when it is asked for.

    Those of an inner array, such as ``INTERVALS[].CHANNELS[0]``, hold its records of the first outer record, then
    those of the second one, and so on.
    """

    __slots__ = ("_found", "_inner", "_octets", "_size", "_where")

    def __init__(self, layout: Layout, octets: bytes) -> None:
        self._octets, self._size = octets, layout.size
        self._where: dict[str, Column] = {}
        self._inner: dict[str, tuple[Column, str]] = {}
        self._found: dict[str, Any] = {}
        for column in layout.columns:
            if column.rows is None:
                self._where[column.path] = column
            else:
                for below in _paths(column.rows):
                    self._inner[f"{column.path}[].{below}"] = column, below

    def __iter__(self) -> Iterator[str]:
        yield from self._where
        yield from self._inner

    def __len__(self) -> int:
        return len(self._where) + len(self._inner)

    def __getitem__(self, path: str) -> Sequence[Any]:
        if path not in self._found:
            if path in self._inner:
                column, below = self._inner[path]
                self._found[path] = self._below(column)[below]
            else:
                self._found[path] = self._column(self._where[path])
        values: Sequence[Any] = self._found[path]
        return values

    def _below(self, column: Column) -> Columns:
        """The columns of an inner array."""
        if column.path not in self._found:
            assert column.rows is not None
            octets, start, length = self._octets, column.offset, column.octets
            pieces = [octets[at : at + length] for at in range(start, len(octets), self._size)]
            self._found[column.path] = Columns(column.rows, b"".join(pieces))
        found: Columns = self._found[column.path]
        return found

    def _column(self, column: Column) -> Sequence[Any]:
        if column.items is not None and column.value is not None:
            value = column.value
            return [value(*items) for items in column.items.iter_unpack(self._octets)]
        if not column.width:
            return self._numbers(column.offset, column.octets, column.big, column.signed)
        low, high = column.low // 8, (column.low + column.width - 1) // 8
        if low == high and not column.signed:
            at = column.offset + (column.octets - 1 - low if column.big else low)
            return self._octets[at :: self._size].translate(_bits(column.low % 8, column.width))
        words, mask, shift = (
            self._numbers(column.offset, column.octets, column.big, False),
            (1 << column.width) - 1,
            column.low,
        )
        if column.signed:
            sign = 1 << (column.width - 1)
            return array("q", [((word >> shift & mask) ^ sign) - sign for word in words])
        return array("Q", [word >> shift & mask for word in words])

    def _numbers(self, offset: int, octets: int, big: bool, signed: bool) -> Sequence[int]:
        """Whole numbers, widened to a size that an array can have."""
        step = self._size
        if octets == 1 and not signed:
            return self._octets[offset::step]
        wide = next(size for size in _CODES if size >= octets)
        widened = bytearray(len(self._octets) // step * wide)
        for place in range(octets):  # from the least significant octet up
            at = offset + (octets - 1 - place if big else place)
            widened[place::wide] = self._octets[at::step]
        if signed and wide > octets:
            sign = self._octets[offset if big else offset + octets - 1 :: step].translate(_SIGN)
            for place in range(octets, wide):
                widened[place::wide] = sign
        numbers = array(_CODES[wide] if signed else _CODES[wide].upper())
        numbers.frombytes(widened)
        if byteorder == "big":
            numbers.byteswap()
        return numbers


_SIGN = bytes(128) + b"\xff" * 128
"""The octet before one, if that is the most significant one of a number in two's complement."""


@cache
def _bits(low: int, width: int) -> bytes:
    """What some bits of an octet come to, by the octet."""
    return bytes(octet >> low & (1 << width) - 1 for octet in range(256))


def _paths(layout: Layout) -> Iterator[str]:
    for column in layout.columns:
        if column.rows is None:
            yield column.path
        else:
            yield from (f"{column.path}[].{below}" for below in _paths(column.rows))


def columns(rows: MutableSequence[Any]) -> ByPath:
    """The columns of an array of records, by the paths of its elements.

    Args:
        rows: an array as it was decoded.

    Raises:
        TypeError: it is a list, which is what short arrays and those of a layout that varies are.
        ValueError: a record was changed to something that its layout cannot hold.
    """
    if not isinstance(rows, Rows):
        raise TypeError("columns are those of a long array of records of one layout")
    try:
        octets = rows.octets
    except Exception:
        raise ValueError("a record has a value that its layout has no octets for") from None
    return Columns(rows.layout, octets)
