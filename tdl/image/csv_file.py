"""An array of a table as CSV: a row for each entry, a column for each leaf.

The first columns are positions, one for each array on the way (``FAULTS[]``); the others are leaves by their path
inside the entry (``EVENT.CODE``, ``VALUES[0]``). CSV holds no more than these rows, so it is written and never read.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from tdl.codec.json_values import to_json
from tdl.codec.values import Members, Raw, Record
from tdl.ir import plan
from tdl.ir.traverse import children

MAX_CELLS = 1 << 24
"""Rows times columns; entries that differ in their leaves can make that far larger than their octets."""


class NoRows(ValueError):
    """An element that is no array of rows: what was found, in words."""


def arrays_of(root: plan.PlanOp) -> tuple[tuple[str, ...], ...]:
    """The paths of a table's outermost arrays: of records if there are some, otherwise of values."""
    records: dict[tuple[str, ...], None] = {}
    values: dict[tuple[str, ...], None] = {}
    waiting: list[plan.AnyOp] = [root]
    while waiting:
        op = waiting.pop()
        if isinstance(op, plan.Repeat):
            (records if isinstance(op.body, plan.Group | plan.Bits) else values).setdefault(op.path)
        else:
            waiting += reversed(children(op))
    return tuple(records or values)


def write_csv(record: Record, path: tuple[str | int, ...]) -> str:
    """The rows of an array.

    Args:
        path: names, with positions or ``[]`` for all positions of arrays on the way.

    Raises:
        LookupError: the record does not have the element.
        NoRows: it is no array, or has too many cells.
    """
    found = list(_entries(record, path, ()))
    heads = _heads(path)
    rows = [(positions, dict(_leaves(entry, _last(path) if _is_leaf(entry) else ""))) for positions, entry in found]
    columns = list(dict.fromkeys(name for _, leaves in rows for name in leaves))
    if len(rows) * (len(heads) + len(columns)) > MAX_CELLS:
        raise NoRows(f"{len(rows)} rows of {len(columns)} columns")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*heads, *columns])
    for positions, leaves in rows:
        writer.writerow([*positions, *(leaves.get(name, "") for name in columns)])
    return text.getvalue()


def _entries(
    value: object, path: tuple[str | int, ...], positions: tuple[int, ...]
) -> Iterator[tuple[tuple[int, ...], object]]:
    """The entries of the array at the end of a path, each with the positions on the way to it."""
    if not path:
        if not isinstance(value, list):
            raise NoRows("one value there")
        yield from (((*positions, position), entry) for position, entry in enumerate(value))
        return
    step, *rest = path
    if step == "[]":
        assert isinstance(value, list)
        for position, below in enumerate(value):
            yield from _entries(below, tuple(rest), (*positions, position))
    elif isinstance(value, Record | list):
        yield from _entries(value[step], tuple(rest), positions)  # type: ignore[index]  # a record by name, a list by position
    else:
        raise KeyError(step)


def _heads(path: tuple[str | int, ...]) -> list[str]:
    """The columns of positions, named by the arrays."""
    heads = []
    said = ""
    for step in (*path, "[]"):
        if step == "[]":
            said += "[]"
            heads.append(said)
        else:
            said += f"[{step}]" if isinstance(step, int) else f".{step}" if said else step
    return heads


def _last(path: tuple[str | int, ...]) -> str:
    return next(step for step in reversed(path) if isinstance(step, str) and step != "[]")


def _is_leaf(value: object) -> bool:
    return not isinstance(value, Record | list)


def _leaves(value: object, name: str) -> Iterator[tuple[str, str]]:
    match value:
        case Record():
            for each, below in value.items():
                yield from _leaves(below, f"{name}.{each}" if name else each)
        case list():
            for position, below in enumerate(value):
                yield from _leaves(below, f"{name}[{position}]")
        case _:
            yield name, _cell(value)


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Raw():
            return f"raw {value}"
        case Members():
            return " ".join(map(str, value))
        case _:
            plain = to_json(value)
            return str(plain["$value"] if isinstance(plain, dict) else plain)
