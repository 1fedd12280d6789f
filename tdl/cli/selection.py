"""`--table` and `--path`: which tables and elements of an image are wanted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from tdl.cli.console import Failed
from tdl.codec.values import Record
from tdl.deferred import dataclass
from tdl.project.definition import Definition, UnknownTable

if TYPE_CHECKING:
    from tdl.image import Image
    from tdl.ir import plan
    from tdl.report import Diagnostic

_STEP = re.compile(r"(\w+)((?:\[\d{1,9}\])*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """One ``--path``: the table's key, and the element's path with ``[]`` for every position of an array."""

    said: str
    table: str
    path: tuple[str | int, ...]

    def holds(self, path: tuple[str | int, ...]) -> bool:
        """Whether an element is the wanted one or inside it."""
        return len(path) >= len(self.path) and all(
            a == b or (a == "[]" and isinstance(b, int)) for a, b in zip(self.path, path, strict=False)
        )

    def pick(self, record: Record) -> object:
        """The value, of several positions a list of them.

        Raises:
            LookupError: this image does not have the element.
        """
        return _pick(record, self.path)


def _pick(value: object, path: tuple[str | int, ...]) -> object:
    for i, step in enumerate(path):
        if step == "[]":
            assert isinstance(value, list)
            return [_pick(each, path[i + 1 :]) for each in value]
        value = value[step]  # type: ignore[index]  # a record by name, a list by position
    return value


def select_tables(names: Iterable[str], image: Image, definition: Definition) -> list[str]:
    """The image's names of the tables that ``--table`` names.

    Raises:
        UnknownTable: the definition has no such table.
        click.UsageError: the image has no such table.
    """
    held = {}
    for name in image.tables:
        try:
            held[definition.key(name)] = name
        except UnknownTable:
            continue
    found = []
    for name in names:
        key = definition.key(name)
        if key not in held:
            raise click.UsageError(f"{image.name} has no table {key}, it has {', '.join(held) or 'none'}")
        found.append(held[key])
    return list(dict.fromkeys(found))


def select_paths(texts: Iterable[str], tables: tuple[str, ...], definition: Definition) -> list[Selected]:
    """What ``--path`` names: ``ST1.ED_MODEL``, or ``ED_MODEL`` beside one ``--table``.

    Raises:
        Failed: there is no such element, or several of this name.
    """
    return [_selected(text, tables, definition) for text in texts]


def _selected(text: str, tables: tuple[str, ...], definition: Definition) -> Selected:
    from tdl.ir.traverse import walk
    from tdl.project.profile import find_elements

    steps = [_STEP.fullmatch(part) for part in text.split(".")]
    if not all(steps):
        raise click.UsageError(
            f"`{text}` is no path; a path is such as ST1.ED_MODEL or ST23.TOT_DATA_BLOCK.SUMMATIONS[0]"
        )
    names = [(m[1], [int(n) for n in re.findall(r"\d+", m[2])]) for m in steps if m is not None]
    try:
        table = definition.table(names[0][0])
        names = names[1:]
    except UnknownTable:
        if len(tables) != 1:
            raise
        table = definition.table(tables[0])
    if not names:
        return Selected(said=text, table=table.key, path=())
    places = {op.path for op in walk(table.root) if op.path}
    paths = {path: None for path in sorted(places) if path[-1] != "[]"}
    found = find_elements(paths, tuple(name for name, _ in names))
    if len(found) != 1:
        raise Failed(_unknown(text, table, found, [name for name, _ in names], paths))
    pattern = _with_positions(found[0], names)
    if pattern is None or tuple("[]" if isinstance(step, int) else step for step in pattern) not in places:
        raise click.UsageError(f"`{text}` has a position where {table.name} has no array")
    return Selected(said=text, table=table.key, path=pattern)


def _with_positions(path: tuple[str, ...], names: list[tuple[str, list[int]]]) -> tuple[str | int, ...] | None:
    """A path with the positions that were given; those left out stay ``[]``."""
    waiting = list(names)
    positions: list[int] = []
    found: list[str | int] = []
    for step in path:
        if step == "[]":
            found.append(positions.pop(0) if positions else "[]")
            continue
        if positions:
            return None
        if waiting and waiting[0][0] == step:
            positions = list(waiting.pop(0)[1])
        found.append(step)
    # positions behind the path: those of an array that is the element itself
    return (*found, *positions)


def _unknown(
    text: str,
    table: plan.TablePlan,
    found: tuple[tuple[str, ...], ...],
    names: list[str],
    paths: dict[tuple[str, ...], None],
) -> Diagnostic:
    from difflib import get_close_matches

    from tdl.report.rules import binding

    path = ".".join(names)
    if found:
        places = " or ".join(f"`{'.'.join(p).replace('.[]', '[]')}`" for p in found[:4])
        help = f"there are {len(found)} of this name: {places}"
    else:
        close = get_close_matches(names[-1].upper(), {p[-1] for p in paths}, n=1)
        help = f"did you mean `{close[0]}`?" if close else ""
    return binding.UNKNOWN_PATH.at(None, place=f"--path {text}", table=table.key, path=path, help=help)
