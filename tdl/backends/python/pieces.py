"""How a function gives back what it has written: a list of pieces in general, and none where it is not needed."""

from __future__ import annotations

import re
from collections.abc import Callable

_APPEND = re.compile(r"    out\.append\((.*)\)")
"""A piece that is there once, whatever the values."""


def joined(lines: list[str], fresh: Callable[[str], str]) -> list[str]:
    """The lines of a function that end with its result; in ``lines`` each piece is appended to ``out``.

    Args:
        fresh: gives an unused variable.
    """
    if sum("out.append(" in line for line in lines) > sum(_APPEND.fullmatch(line) is not None for line in lines):
        return ["    out: list[bytes] = []", *lines, '    return b"".join(out)']
    said: list[str] = []
    pieces: list[str] = []
    last = len(lines)
    while last and _APPEND.fullmatch(lines[last - 1]):
        last -= 1
    for position, line in enumerate(lines):
        found = _APPEND.fullmatch(line)
        if found is None:
            said.append(line)
        elif found[1].isidentifier() or position >= last:
            pieces.append(found[1])
        else:
            pieces.append(fresh("octets"))
            said.append(f"    {pieces[-1]} = {found[1]}")
    match pieces:
        case []:
            return [*said, '    return b""']
        case [piece]:
            return [*said, f"    return {piece}"]
        case _:
            return [*said, f'    return b"".join(({", ".join(pieces)}))']
