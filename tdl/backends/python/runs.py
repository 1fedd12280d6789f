"""What a run of leaves is read with: as few items of as few structs as its octets allow.

A number whose size `struct` does not have, such as an INT48, is read together with its neighbour's octets as one of the
next larger size, and a shift drops those. Where that pays, a second struct passes over the same octets. How a number is
read is known when its run ends, so until then a mark stands for it in the lines of code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from tdl.backends.python.aims import Aims
from tdl.backends.python.packing import compact
from tdl.backends.python.packing import octets as octets_of
from tdl.deferred import dataclass

_WORTH = 3
"""From how many numbers on a second struct costs less than it saves."""

_WIDER = {3: ("I", 4), 5: ("Q", 8), 6: ("Q", 8), 7: ("Q", 8)}
_MARK = re.compile("\0([0-9]+)\0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Odd:
    """A number of a size that `struct` does not have.

    Attributes:
        codes: of its parts, which is the other way to read it.
        merged: its value, of the variables of its parts.
    """

    octets: int
    big: bool
    signed: bool
    codes: tuple[str, ...]
    merged: Callable[[list[str]], str]


@dataclass(frozen=True, slots=True)
class _Item:
    offset: int
    code: str
    variable: str

    @property
    def end(self) -> int:
        return self.offset + octets_of(self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """A struct's codes, the offset in the run where it begins, and the variables of what it finds."""

    codes: str
    start: int
    variables: tuple[str, ...]


class Run:
    """The leaves of a run, from its first octet on.

    Args:
        fresh: makes a variable's name.

    Attributes:
        aims: where items belong.
    """

    def __init__(self, fresh: Callable[[str], str]) -> None:
        self.fresh = fresh
        self.size = 0
        self.aims = Aims()
        self._items: list[_Item] = []
        self._odd: list[tuple[int, Odd]] = []

    def take(self, codes: Iterable[str]) -> list[str]:
        """The variables of the next items."""
        return [self._item(code) for code in codes]

    def take_odd(self, number: Odd) -> str:
        """The mark that stands for the next number's value."""
        self._odd.append((self.size, number))
        self.size += number.octets
        return f"\0{len(self._odd) - 1}\0"

    def _item(self, code: str) -> str:
        item = _Item(self.size, code, self.fresh("a"))
        self._items.append(item)
        self.size = item.end
        return item.variable

    def end(self, whole: bool = False) -> tuple[list[Pass], Callable[[str], str]]:
        """What reads the run, and what puts the numbers' values where their marks are.

        Args:
            whole: whether each struct must have all octets of the run, since it passes over many like it.
        """
        values = self._numbers()
        items = sorted(self._items, key=lambda item: item.offset)
        passes: list[list[_Item]] = []
        for item in items:
            fitting = (each for each in passes if each[-1].end <= item.offset)
            found = next(fitting, None)
            if found is None:
                passes.append([item])
            else:
                found.append(item)
        return (
            [self._pass(each, whole) for each in passes],
            lambda line: _MARK.sub(lambda mark: values[int(mark[1])], line),
        )

    def _numbers(self) -> list[str]:
        """The value of each odd number, whose items take their places."""
        wider = [self._wider(offset, number) for offset, number in self._odd]
        pays = sum(each is not None for each in wider) >= _WORTH
        values = []
        for (offset, number), found in zip(self._odd, wider, strict=True):
            if pays and found is not None:
                item, value = found
                self._items.append(item)
                values.append(value)
                continue
            variables = []
            for code in number.codes:
                item = _Item(offset, code, self.fresh("a"))
                self._items.append(item)
                variables.append(item.variable)
                offset = item.end
            values.append(number.merged(variables))
        return values

    def _wider(self, offset: int, number: Odd) -> tuple[_Item, str] | None:
        """The larger number that holds one, and its value; None at an edge of the run.

        What is dropped must be the least significant octets, or the sign would be lost.
        """
        code, size = _WIDER[number.octets]
        dropped = size - number.octets
        start = offset if number.big else offset - dropped
        if start < 0 or start + size > self.size:
            return None
        item = _Item(start, code.lower() if number.signed else code, self.fresh("a"))
        return item, f"{item.variable} >> {8 * dropped}"

    def _pass(self, items: list[_Item], whole: bool) -> Pass:
        start = 0 if whole else items[0].offset
        at, pieces = start, []
        codes: list[str] = []
        for item in items:
            if item.offset > at:
                pieces += [compact(codes), f"{item.offset - at}x"]
                codes = []
            codes.append(item.code)
            at = item.end
        pieces.append(compact(codes))
        if whole and at < self.size:
            pieces.append(f"{self.size - at}x")
        return Pass(codes="".join(pieces), start=start, variables=tuple(item.variable for item in items))
