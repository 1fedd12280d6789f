"""`tdl layout`: where each element of a table lies."""

from __future__ import annotations

from collections.abc import Iterator

import click

from tdl.cli.console import emit
from tdl.cli.options import binding_options, definition_options, project
from tdl.codec.errors import path_text
from tdl.ir import plan
from tdl.ir.bind import bind_table, dynamic
from tdl.ir.layout import Row, rows
from tdl.project.reading import known_values

_HEADER = ("offset", "bits", "octets", "index", "element", "type")
_RIGHT = 3
"""So many columns from the left hold numbers."""


@click.command("layout")
@definition_options
@binding_options
@click.option("--expand", is_flag=True, help="Write out every element of arrays whose count is known.")
@click.argument("table")
def command(
    definition: str | None,
    fragments: tuple[str, ...],
    bind: str | None,
    settings: tuple[str, ...],
    expand: bool,
    table: str,
) -> int:
    """List where each element of TABLE lies: ST23, 23 or its name; ST23P is its pending copy.

    Columns are the offset in octets (? where it depends on the meter), the bits of a field, the number of octets, the
    index path of partial access, the element's path and its type. Of an array the element [0] stands for all; its
    count and stride are in the type. What stays dynamic is listed behind, with the reason.
    """
    chosen = project(definition, fragments)
    compiled = chosen.compile()
    shown = compiled.table(table)
    bound = chosen.binding(bind)
    if bound is not None or settings:
        shown = bind_table(shown, known_values(compiled, bound, settings))
    emit("\n".join(layout_lines(shown, expand)) + "\n")
    return 0


def layout_lines(table: plan.TablePlan, expand: bool) -> Iterator[str]:
    """The layout of a table as lines of text."""
    yield f"{table.key} {table.name}: {_size(table.size)} octet{'' if table.size == (1, 1) else 's'}"
    listed = list(rows(table, expand=expand))
    cells = [_HEADER, *(_cells(row) for row in listed)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(_HEADER))]
    branch: tuple[str, ...] = ()
    for row, texts in zip([None, *listed], cells, strict=True):
        if row is not None:
            now = tuple(str(condition) for condition in row.branch)
            if now != branch:
                yield f"  {' and '.join(now) if now else 'always'}:"
            branch = now
        columns = [t.rjust(w) if i < _RIGHT else t.ljust(w) for i, (t, w) in enumerate(zip(texts, widths, strict=True))]
        yield "  ".join(columns).rstrip()
    yield from _dynamic_lines(table)


def _cells(row: Row) -> tuple[str, ...]:
    type_ = row.type
    if row.stride is not None and row.count != 0:
        type_ += f", every {row.stride}"
    bits = ""
    if row.bits is not None:
        low, width = row.bits
        bits = str(low) if width == 1 else f"{low}..{low + width - 1}"
    return (
        "?" if row.offset is None else str(row.offset),
        bits,
        _size(row.size),
        ".".join(map(str, row.indices)),
        path_text(row.path),
        type_,
    )


def _size(size: tuple[int, int]) -> str:
    low, high = size
    return str(low) if low == high else f"{low}..{high}"


def _dynamic_lines(table: plan.TablePlan) -> Iterator[str]:
    """What is still dynamic, each reason once with the first element that has it."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for each in dynamic(table):
        path = ".".join(each.path).replace(".[]", "[]") or table.name
        found.setdefault((each.what, each.expression, each.reason), []).append(path)
    if found:
        yield ""
        yield "dynamic:"
    for (what, expression, reason), paths in found.items():
        more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        why = reason if reason == f"`{expression}` not known" else f"{expression}; {reason}"
        yield f"  {what.replace('presence', 'a branch')} of {paths[0]}{more}: {why}"
