"""What a meter measures: a value for each of its sources over time, the same whenever it is asked for.

A value is in the base unit of its source: watts where the register counts watt-hours, volts for a voltage.
"""

from __future__ import annotations

import csv
import hashlib
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tdl.codec.errors import TdlError

SLOT = 900
"""Seconds for which a random load stays the same."""

_DAY = 86_400
MOST_ROWS = 1_000_000


class LoadError(TdlError):
    """A script is none."""


class Load(Protocol):
    """The sum of a source's values over the seconds from ``start`` on, ``end`` excluded; a pure function."""

    def sum(self, source: int, start: int, end: int) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Steady:
    """The same for ever: one value for each source, else the default."""

    values: Mapping[int, int]
    default: int = 0

    def sum(self, source: int, start: int, end: int) -> int:
        return self.values.get(source, self.default) * (end - start)


@dataclass(frozen=True, slots=True, kw_only=True)
class Random:
    """A day's rise and fall with chance in it, decided by the seed alone.

    Attributes:
        peak: what no value exceeds.
    """

    seed: int
    peak: int = 5000

    def sum(self, source: int, start: int, end: int) -> int:
        total = 0
        while start < end:
            slot = start // SLOT
            until = min(end, (slot + 1) * SLOT)
            total += self._value(source, slot) * (until - start)
            start = until
        return total

    def _value(self, source: int, slot: int) -> int:
        digest = hashlib.blake2b(f"{self.seed}/{source}/{slot}".encode(), digest_size=4).digest()
        chance = int.from_bytes(digest, "big")
        second = slot * SLOT % _DAY
        daytime = min(second, _DAY - second)  # 0 at midnight, half a day at noon
        shape = 1 + 3 * daytime // (_DAY // 2)
        return self.peak * shape * chance // (4 << 32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """Values from a list: each row holds from its second on, the last one for ever; before the first there is nothing.

    Attributes:
        began: the second of the source of time that the script's second 0 is.
        starts: the rows' seconds, ascending.
        values: for each source, one value a row.
    """

    starts: Sequence[int]
    values: Mapping[int, Sequence[int]]
    began: int = 0

    @classmethod
    def read(cls, text: str, began: int = 0) -> Script:
        """A script out of CSV: a header ``seconds,0,1`` with the indices of sources, then a row for each change.

        Raises:
            LoadError: it is none, with the line that is wrong.
        """
        rows = csv.reader(text.splitlines())
        header = next(rows, [])
        if [name.strip() for name in header[:1]] != ["seconds"]:
            raise LoadError("line 1: a header of `seconds` and the indices of sources expected")
        sources = [_whole(name, 1) for name in header[1:]]
        starts: list[int] = []
        columns: dict[int, list[int]] = {source: [] for source in sources}
        for row in rows:
            line = rows.line_num
            if not row:
                continue
            if len(row) != len(header):
                raise LoadError(f"line {line}: {len(row)} values, {len(header)} expected")
            start = _whole(row[0], line)
            if starts and start <= starts[-1]:
                raise LoadError(f"line {line}: second {start}, one after {starts[-1]} expected")
            if len(starts) == MOST_ROWS:
                raise LoadError(f"line {line}: more than {MOST_ROWS} rows")
            starts.append(start)
            for source, value in zip(sources, row[1:], strict=True):
                columns[source].append(_whole(value, line))
        return cls(starts=starts, values=columns, began=began)

    def sum(self, source: int, start: int, end: int) -> int:
        column = self.values.get(source)
        if not column:
            return 0
        start, end, total = start - self.began, end - self.began, 0
        row = bisect_right(self.starts, start) - 1
        while start < end:
            until = min(end, self.starts[row + 1] if row + 1 < len(self.starts) else end)
            total += (column[row] if row >= 0 else 0) * (until - start)
            start, row = until, row + 1
        return total


def _whole(text: str, line: int) -> int:
    try:
        return int(text[:20])
    except ValueError:
        raise LoadError(f"line {line}: `{text[:20]}` is no whole number") from None
