"""Few rows that hold every pair: each value of a factor meets each value of every other one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from random import Random

Row = dict[str, int]


def pairwise(factors: Mapping[str, Sequence[int]], seed: int = 0) -> list[Row]:
    """Rows with a value for every factor, such that every pair of values of two factors is in one of them."""
    random = Random(seed)
    names = list(factors)
    if len(names) < 2:
        return [{name: value} for name in names for value in factors[name]] or [{}]
    missing = {
        ((one, a), (other, b)) for one, other in combinations(names, 2) for a in factors[one] for b in factors[other]
    }
    rows = []
    for pair in sorted(missing):
        if pair not in missing:
            continue
        row = dict(pair)
        for name in names:
            if name not in row:
                row[name] = max(
                    random.sample(list(factors[name]), len(factors[name])),
                    key=lambda value: sum(_pair(names, (name, value), held) in missing for held in row.items()),
                )
        missing -= set(_pairs(names, row))
        rows.append(row)
    return rows


def _pairs(names: list[str], row: Row) -> list[tuple[tuple[str, int], tuple[str, int]]]:
    return [((one, row[one]), (other, row[other])) for one, other in combinations(names, 2)]


def _pair(names: list[str], *two: tuple[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(two, key=lambda held: names.index(held[0])))
