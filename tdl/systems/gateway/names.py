"""What tables and elements are called in URLs and in rights: ``ST23``, ``TOT_DATA_BLOCK.SUMMATIONS[0]``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tdl.codec.rows import Rows
from tdl.codec.values import Record
from tdl.ir.layout import Path
from tdl.ir.table_id import MFG, PENDING, TableId

_TABLE = re.compile(r"(ST|MT)(0|[1-9][0-9]{0,3})(P?)")
_NAME = r"[A-Za-z_$][A-Za-z0-9_]{0,127}"
_STEP = re.compile(rf"\.?({_NAME})|\[(0|[1-9][0-9]{{0,8}})\]")

MAX_PATH = 1000
"""Characters of an element's path."""

SECRET = frozenset({"ST42", "ST45", "ST46"})
"""Passwords and keys: whatever a token allows, their octets do not pass."""

REQUESTS = "ST7"
"""What is written there starts a procedure: that has a way, and rights, of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableName:
    """A table by its key."""

    key: str
    number: int
    """Of 16 bits, as a meter knows it."""

    @property
    def base(self) -> str:
        """The key without what marks a pending copy."""
        return self.key.removesuffix("P")

    @property
    def secret(self) -> bool:
        return self.base in SECRET


def table_name(text: str) -> TableName | None:
    """The table of a key; None if it is none."""
    found = _TABLE.fullmatch(text)
    if found is None or int(found[2]) > 2047:
        return None
    number = int(found[2]) | (MFG if found[1] == "MT" else 0) | (PENDING if found[3] else 0)
    return TableName(key=str(TableId(number)), number=number)


def element_path(text: str) -> Path | None:
    """``("A", 2, "B")`` for ``A[2].B``; None if it is no path."""
    path: list[str | int] = []
    at = 0
    while at < len(text) <= MAX_PATH:
        found = _STEP.match(text, at)
        if found is None or (found[1] is not None and (found[0][0] == ".") == (not path)):
            return None
        path.append(int(found[2]) if found[1] is None else found[1])
        at = found.end()
    return tuple(path) if path and isinstance(path[0], str) else None


def is_name(text: object) -> bool:
    """Whether an element may have it as its name."""
    return isinstance(text, str) and re.fullmatch(_NAME, text) is not None


def element(values: object, path: Path) -> object:
    """The value at a path.

    Raises:
        LookupError: there is none.
    """
    for step in path:
        match values:
            case Record() if isinstance(step, str):
                values = values[step]
            case list() | tuple() | Rows() if isinstance(step, int):
                values = values[step]
            case _:
                raise LookupError(step)
    return values


def with_element(values: object, path: Sequence[str | int], value: object) -> object:
    """The same values with another one at a path, which must be there.

    Raises:
        LookupError: there is none.
    """
    if not path:
        return value
    step, rest = path[0], path[1:]
    below = with_element(element(values, (step,)), rest, value)
    match values:
        case Record() if isinstance(step, str):
            changed = values.copy()
            changed[step] = below
            return changed
        case _:
            assert isinstance(values, list | tuple | Rows)
            return [below if at == step else each for at, each in enumerate(values)]
