"""Elements of tables by their paths: ``ST23.TOT_DATA_BLOCK.SUMMATIONS[0]``, or the names that tell it from others."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tdl.codec.errors import TdlError
from tdl.ir.traverse import walk
from tdl.project.definition import Definition
from tdl.project.profile import find_elements, show_path

_STEP = re.compile(r"(\w{1,200})((?:\[\d{1,9}\]){0,20})")


class UnknownElement(TdlError, LookupError):
    """A definition has no such element, or several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """An element of a table.

    Attributes:
        said: the text that named it.
        table: the table's key.
        path: its names and positions, ``[]`` for every position of an array; empty for the whole table.
    """

    said: str
    table: str
    path: tuple[str | int, ...] = ()

    @property
    def fixed(self) -> tuple[str | int, ...]:
        """The path up to the first array of which every element is meant."""
        return self.path[: self.path.index("[]")] if "[]" in self.path else self.path

    def holds(self, path: tuple[str | int, ...]) -> bool:
        """Whether an element is this one or inside it."""
        return len(path) >= len(self.path) and all(
            a == b or (a == "[]" and isinstance(b, int)) for a, b in zip(self.path, path, strict=False)
        )

    def pick(self, record: object) -> object:
        """Its value in a table's, of several positions a list of them.

        Raises:
            LookupError: it is not there.
        """
        return _picked(record, self.path)

    def put(self, record: object, value: object) -> None:
        """Set its value in a table's.

        Raises:
            LookupError: it is not there, or stands for several.
        """
        if not self.path or "[]" in self.path:
            raise LookupError(f"`{self.said}` is not one element")
        holder: Any = _picked(record, self.path[:-1])
        holder[self.path[-1]]  # one that is not there is not made
        holder[self.path[-1]] = value


def _picked(value: Any, path: tuple[str | int, ...]) -> object:
    for at, step in enumerate(path):
        if step == "[]":
            return [_picked(each, path[at + 1 :]) for each in value]
        try:
            value = value[step]
        except TypeError:
            raise LookupError(step) from None
    return value


def element(definition: Definition, text: str) -> Element:
    """The element that a text names; a table by key, number or name is one, too.

    Raises:
        UnknownElement: there is none, or there are several.
        tdl.project.definition.UnknownTable: the definition has no such table.
    """
    steps = [_STEP.fullmatch(part) for part in text.split(".")]
    names = [(step[1], [int(n) for n in re.findall(r"\d+", step[2])]) for step in steps if step is not None]
    if len(names) != len(steps):
        raise UnknownElement(f"`{text[:80]}` is no path such as `ST23.TOT_DATA_BLOCK.SUMMATIONS[0]`")
    table = definition.table(names[0][0])
    if len(names) == 1 and not names[0][1]:
        return Element(said=text, table=table.key)
    places = {op.path for op in walk(table.root) if op.path}
    paths = {path: None for path in sorted(places) if path[-1] != "[]"}
    found = find_elements(paths, tuple(name for name, _ in names[1:]))
    if len(found) != 1:
        names_of = " and ".join(f"`{show_path(path)}`" for path in found[:4])
        what = f"{len(found)} elements `{{}}`, {names_of}" if found else "no element `{}`"
        raise UnknownElement(f"{table.key} has {what.format(text.partition('.')[2][:80])}")
    path = _with_positions(found[0], names[1:])
    if tuple("[]" if isinstance(step, int) else step for step in path) not in places:
        raise UnknownElement(f"`{text}` has a position where {table.key} has no array")
    return Element(said=text, table=table.key, path=path)


def _with_positions(path: tuple[str, ...], names: list[tuple[str, list[int]]]) -> tuple[str | int, ...]:
    """A path with the positions that were given; those left out stay ``[]``, those too many stand behind."""
    waiting, positions = list(names), list[int]()
    found: list[str | int] = []
    for step in path:
        if step == "[]":
            found.append(positions.pop(0) if positions else step)
            continue
        found += positions
        positions = list(waiting.pop(0)[1]) if waiting and waiting[0][0] == step else []
        found.append(step)
    return (*found, *positions)
