# SPDX-License-Identifier: 0BSD
"""An array of records made of its columns, without making the records: what `columns` reads, the other way round.

Each column is put among the octets by a slice with a step. Fields of one octet's bits are put together as long
integers: all records at once.
"""

from __future__ import annotations

import re
from array import array
from contextlib import contextmanager
from functools import cache
from sys import byteorder

from tdl.codec.rows import Rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from tdl.codec.rows import Column, Layout

_CODES = {1: "B", 2: "H", 4: "I", 8: "Q"}


def rows(
    layouts: Mapping[tuple[str, ...], Layout],
    path: str,
    columns: Mapping[str, Sequence[Any]],
    base: Rows | None = None,
) -> Rows:
    """The records of an array whose elements are these columns.

    Args:
        layouts: of the arrays that stay octets, by path.
        path: of the array from its table's record down, such as ``BLOCKS[].INTERVALS``.
        columns: all columns of the array, by path as `tdl.codec.columns.columns` has them. Bits that no field covers
            are 0.
        base: an array as it was decoded, which everything that is in no column is taken from.

    Raises:
        KeyError: there is no such array that stays octets.
        ValueError: a column is missing, unknown or of another length, or has a value that does not fit.
    """
    layout = layouts[tuple(path.replace("[]", ".[]").split("."))]
    octets = None
    if base is None:
        missing = sorted(set(_paths(layout)) - set(columns))
        if missing:
            raise ValueError(f"`{missing[0]}` is missing, or `base` to take it from")
    elif base.layout is not layout:
        raise ValueError("`base` is an array of another layout")
    else:
        octets = base.octets
    filling = _Filling(layout, _count(layout, columns) if octets is None else len(octets) // layout.size, octets)
    return Rows(layout, filling.filled(columns, ""))


def _paths(layout: Layout) -> list[str]:
    """The paths of all columns."""
    paths = []
    for column in layout.columns:
        below = [""] if column.rows is None else [f"[].{path}" for path in _paths(column.rows)]
        paths += [column.path + path for path in below]
    return paths


def _count(layout: Layout, columns: Mapping[str, Sequence[Any]]) -> int:
    """The number of records, by the first column that there is."""
    for column in layout.columns:
        if column.rows is None and column.path in columns:
            return len(columns[column.path])
        if column.rows is not None:
            below = _below(column, columns)
            if below:
                return _count(column.rows, below) * column.rows.size // column.octets
    return 0


def _below(column: Column, columns: Mapping[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
    """The columns of an inner array by their paths in it."""
    prefix = f"{column.path}[]."
    return {path.removeprefix(prefix): values for path, values in columns.items() if path.startswith(prefix)}


def _written(layout: Layout, octets: bytes, path: str, values: Sequence[Any]) -> bytes:
    """A column of what is no number, put in by making the records."""
    records = layout.read(octets)
    *steps, last = re.findall(r"\w+|\[\d+\]", path)
    for record, value in zip(records, values, strict=True):
        for step in steps:
            record = record[int(step[1:-1])] if step[0] == "[" else getattr(record, step)
        if last[0] == "[":
            record[int(last[1:-1])] = value
        else:
            setattr(record, last, value)
    return layout.write(records)


class _Filling:
    """So many records while columns are put in; without octets to begin with, all of them are 0."""

    def __init__(self, layout: Layout, count: int, octets: bytes | None) -> None:
        self.layout, self.size, self.count, self.base = layout, layout.size, count, octets
        self.octets = bytearray(count * self.size) if octets is None else bytearray(octets)
        self.words: dict[int, int] = {}
        self.masks: dict[int, int] = {}

    def filled(self, columns: Mapping[str, Sequence[Any]], place: str) -> bytes:
        """The octets with columns put in; ``place`` is the path down to the array, for messages."""
        known = set(_paths(self.layout))
        unknown = [path for path in columns if path not in known]
        if unknown:
            raise ValueError(f"`{place}{unknown[0]}` is no column of these rows")
        others = []
        for column in self.layout.columns:
            where = place + column.path
            if column.rows is not None:
                below = _below(column, columns)
                if below:
                    self.put_block(column, self.block(column).filled(below, f"{where}[]."))
            elif column.path in columns:
                values = columns[column.path]
                if len(values) != self.count:
                    raise ValueError(f"`{where}` has {len(values)} values, {self.count} expected")
                if column.items is None:
                    with _fitting(where):
                        self.put(column, values)
                else:
                    others.append(column)
        octets = self.done()
        for column in others:
            with _fitting(place + column.path):
                octets = _written(self.layout, octets, column.path, columns[column.path])
        return octets

    def put(self, column: Column, values: Sequence[Any]) -> None:
        if not column.width:
            self.number(column, values)
        elif column.low // 8 == (column.low + column.width - 1) // 8 and not column.signed:
            self.bits(column, values)
        else:
            self.wide_bits(column, values)

    def number(self, column: Column, values: Sequence[Any]) -> None:
        for place, octets in enumerate(_planes(values, column.octets, column.signed)):
            self.octets[self.at(column, place) :: self.size] = octets

    def at(self, column: Column, place: int) -> int:
        """Where the octet of a number is, of so many less significant ones."""
        return column.offset + (column.octets - 1 - place if column.big else place)

    def bits(self, column: Column, values: Sequence[Any]) -> None:
        """Bits of one octet: kept with those of its other fields until all are there."""
        octets = _octets(values)
        if octets.translate(None, _numbers(column.width)):
            raise ValueError
        at, low = self.at(column, column.low // 8), column.low % 8
        self.words[at] = self.words.get(at, 0) | int.from_bytes(octets, "little") << low
        self.masks[at] = self.masks.get(at, 0) | ((1 << column.width) - 1) << low

    def wide_bits(self, column: Column, values: Sequence[Any]) -> None:
        """Bits across octets, or with a sign."""
        mask = (1 << column.width) - 1
        low, high = (-(mask + 1 >> 1), mask >> 1) if column.signed else (0, mask)
        words = [value & mask for value in values if low <= value <= high]
        if len(words) != self.count:
            raise ValueError
        shifted = array("Q", [word << column.low for word in words])
        covered = (mask << column.low).to_bytes(8, "little")
        for place, octets in enumerate(_planes(shifted, 8, False)):
            if covered[place]:
                at = self.at(column, place)
                self.words[at] = self.words.get(at, 0) | int.from_bytes(octets, "little")
                self.masks[at] = self.masks.get(at, 0) | covered[place]

    def block(self, column: Column) -> _Filling:
        """The records of all inner arrays, one behind the other."""
        assert column.rows is not None
        octets = None
        if self.base is not None:
            starts = range(column.offset, len(self.base), self.size)
            octets = b"".join([self.base[at : at + column.octets] for at in starts])
        return _Filling(column.rows, self.count * column.octets // column.rows.size, octets)

    def put_block(self, column: Column, octets: bytes) -> None:
        length, whole = column.octets, self.octets
        for number in range(self.count):
            at = number * self.size + column.offset
            whole[at : at + length] = octets[number * length : (number + 1) * length]

    def done(self) -> bytes:
        """The octets, with the fields that were put together."""
        for at, word in self.words.items():
            if self.base is not None:
                others = self.octets[at :: self.size].translate(_others(self.masks[at]))
                word |= int.from_bytes(others, "little")
            self.octets[at :: self.size] = word.to_bytes(self.count, "little")
        return bytes(self.octets)


@contextmanager
def _fitting(path: str) -> Iterator[None]:
    """Name the column whose value cannot be written, whatever says so."""
    try:
        yield
    except Exception:
        raise ValueError(f"`{path}` has a value that does not fit") from None


def _planes(values: Sequence[Any], octets: int, signed: bool) -> list[bytes]:
    """Whole numbers by the octet, least significant ones first: all first octets, all second ones and so on."""
    if octets == 1 and not signed:
        return [_octets(values)]
    wide = next(size for size in _CODES if size >= octets)
    code = _CODES[wide].lower() if signed else _CODES[wide]
    numbers = values if isinstance(values, array) and values.typecode == code else array(code, list(values))
    if byteorder == "big":
        numbers = array(code, numbers)
        numbers.byteswap()
    together = numbers.tobytes()
    planes = [together[place::wide] for place in range(wide)]
    beyond = planes[octets - 1].translate(_SIGN) if signed else bytes(len(numbers))
    if any(plane != beyond for plane in planes[octets:]):
        raise ValueError
    return planes[:octets]


def _octets(values: Sequence[Any]) -> bytes:
    return values if isinstance(values, bytes) else bytes(list(values))


_SIGN = bytes(128) + b"\xff" * 128
"""The octet before one, if that is the most significant one of a number in two's complement."""


@cache
def _numbers(width: int) -> bytes:
    """The octets that so many bits can be."""
    return bytes(range(1 << width))


@cache
def _others(mask: int) -> bytes:
    """The octets without some bits."""
    return bytes(octet & ~mask for octet in range(256))
