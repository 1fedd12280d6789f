"""Rows of text in aligned columns, with their notes numbered and told once; or the same as JSON or CSV."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tdl.readings.writing import Cells, csv_text, json_list
from tdl.report.render import Theme

_GAP = "  "


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row: its cells, and what stands behind them, as wide as it is."""

    cells: tuple[str, ...]
    last: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Rows under a heading, which may be empty."""

    heading: str
    lines: tuple[Line, ...]


def listing(
    header: tuple[str, ...], right: Sequence[int], groups: Sequence[Group], columns: int, theme: Theme
) -> Iterator[str]:
    """The lines of some groups under one header: one line a row, however wide, so that a search finds all of it.

    Args:
        header: names of the columns and of what stands behind them; a column whose cells are all empty is left out.
        right: the columns that are aligned to the right.
        columns: the width that notes are laid out for.
    """
    lines = [line for group in groups for line in group.lines]
    *names, name = header
    shown = [i for i in range(len(names)) if any(line.cells[i] for line in lines)]
    widths = {i: max(len(names[i]), *(len(line.cells[i]) for line in lines)) for i in shown}
    notes: dict[str, int] = {}

    def row(cells: Sequence[str], last: str) -> str:
        parts = [cells[i].rjust(widths[i]) if i in right else cells[i].ljust(widths[i]) for i in shown]
        return _printable(f"{_GAP * 2}{_GAP.join([*parts, last])}").rstrip()

    yield theme.paint("dim", row(names, name))
    for group in groups:
        if group.heading:
            yield _GAP + group.heading
        for line in group.lines:
            numbers = "".join(f" [{notes.setdefault(note, len(notes) + 1)}]" for note in line.notes)
            yield row(line.cells, (line.last + numbers).lstrip())
    for note, number in notes.items():
        first, *more = textwrap.wrap(note, max(columns - 8, 16)) or [""]
        yield f"{_GAP}[{number}] {first}"
        yield from (f"{_GAP * 3}{text}" for text in more)


def _printable(text: str) -> str:
    """Text with whatever a terminal would obey as an escape: labels are a document's, and that may be anybody's."""
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def formatted(format: str, keys: Sequence[str], cells: Iterable[Cells], lines: Iterable[str]) -> str:
    """What ``--format`` asks for: ``json`` or ``csv`` of some cells, or the lines that are their ``table``."""
    match format:
        case "json":
            return json_list(cells)
        case "csv":
            return csv_text(keys, cells)
        case _:
            return "".join(f"{line}\n" for line in lines)
