"""Where elements lie in two versions of a table."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from tdl.compat.pairing import Key, Pairing
from tdl.ir.layout import Row, path_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """An element that lies elsewhere: its old path, and its row in both versions."""

    element: str
    before: Row
    after: Row


def moves(pairing: Pairing) -> tuple[tuple[Key, ...], tuple[Move, ...]]:
    """The elements that lie elsewhere now.

    Returns:
        The keys to tell people of, which are those of records and arrays without what moved with them; and every move.
    """
    pairs = [(key, row, after) for key, row in pairing.before.items() if (after := pairing.partner(key)) is not None]
    place = {id(row): i for i, row in enumerate(pairing.after.values())}
    in_order = _longest_rising([place[id(after)] for _, _, after in pairs])
    shifts: dict[tuple[str | int, ...], int | None] = {}
    told: list[Key] = []
    moved: list[Move] = []
    for i, (key, before, after) in enumerate(pairs):
        shift = None if before.offset is None or after.offset is None else after.offset - before.offset
        other_bit = (before.bits or (0,))[0] != (after.bits or (0,))[0]
        if not other_bit and (i in in_order if shift is None else shift == 0):
            continue
        moved.append(Move(element=path_text(before.path), before=before, after=after))
        if other_bit or not any(around in shifts and shifts[around] == shift for around in _around(key)):
            shifts[key[0]] = shift
            told.append(key)
    return tuple(told), tuple(moved)


def _around(key: Key) -> Iterator[tuple[str | int, ...]]:
    return (key[0][:depth] for depth in range(1, len(key[0])))


def _longest_rising(numbers: list[int]) -> set[int]:
    """The positions of a longest rising selection of numbers: what can be said to have stayed where it was."""
    tails: list[int] = []
    at: list[int] = []
    before: list[int] = []
    for i, number in enumerate(numbers):
        length = bisect_left(tails, number)
        if length == len(tails):
            tails.append(number)
            at.append(i)
        else:
            tails[length], at[length] = number, i
        before.append(at[length - 1] if length else -1)
    found: set[int] = set()
    i = at[-1] if at else -1
    while i >= 0:
        found.add(i)
        i = before[i]
    return found


def position(row: Row) -> str:
    """``octet 5 bit 2``; the index where the offset is not the same in every image."""
    if row.offset is None:
        return f"index {'.'.join(map(str, row.indices))}"
    bit = f" bit {row.bits[0]}" if row.bits is not None else ""
    inside = " of each element" if any(isinstance(step, int) for step in row.path) else ""
    return f"octet {row.offset}{bit}{inside}"
