"""Octets of several lengths, one behind the other, as the sets of Table 0 are: one struct for all, no slice for each.

A meter's lengths are the same in every image, so the struct for them is looked up.
"""

from __future__ import annotations

import re

from tdl.backends.python.scope import Scope

_WORTH, _MOST = 3, 32
"""From how many slices on a struct costs less; and how many it takes at most, since structs are kept."""

_SLICE = re.compile(r"( +)([\w.]+) = data\[at : \(at := at \+ (\w+)\)\]")
_STORE = re.compile(r" +\w+\.\w+ = \w+")
"""What may come between two slices: none of their lengths changes by it."""


def in_series(lines: list[str], scope: Scope) -> list[str]:
    """The lines of a function, with structs in the place of slices wherever that pays."""
    said: list[str] = []
    slices: list[tuple[str, str, str]] = []
    waiting: list[str] = []

    def end() -> None:
        if len(slices) >= _WORTH:
            margin = slices[0][0]
            unpack, size, (_, targets, lengths) = scope.fresh("unpack"), scope.fresh("size"), zip(*slices, strict=True)
            said.append(f"{margin}{unpack}, {size} = {scope.use('fields', 'SERIES')}[{', '.join(lengths)}]")
            said.append(f"{margin}({', '.join(targets)},) = {unpack}(data, at)")
            said.append(f"{margin}at += {size}")
            said.extend(line for line in waiting if not _SLICE.fullmatch(line))
        else:
            said.extend(waiting)
        slices.clear()
        waiting.clear()

    for line in lines:
        found = _SLICE.fullmatch(line)
        if found is None and not (slices and _STORE.fullmatch(line) and line.startswith(slices[0][0])):
            end()
            said.append(line)
            continue
        if found is not None:
            if slices and (found[1] != slices[0][0] or len(slices) == _MOST):
                end()
            slices.append((found[1], found[2], found[3]))
        waiting.append(line)
    end()
    return said
