"""Blame: the rows of "what, and which documents made it"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tdl.deferred import dataclass
from tdl.merge.paths import DOCUMENT, key_of
from tdl.syntax import ast
from tdl.syntax.shapes import ElementFound, Shapes, members


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A node or property and its history.

    Attributes:
        path: ``X_RCD``, ``X_RCD.MEMBER``, ``X_RCD.MEMBER.Label``, ``TABLE 23``, ``TABLE 23.Role``, ``DOCUMENT.Owner``.
        origins: what happened to it, oldest first.
    """

    path: str
    origins: ast.Origins


def blame(document: ast.Document, path: str | None = None) -> Iterator[Row]:
    """The history of a merged document, or of what a path leads to and all inside it.

    A path is one that rows have, or a table's name or a reference as definitions write them:
    ``ACT_REGS_TBL.NBR_SUMMATIONS``.
    """
    if path is None:
        return _rows(document)
    rows = [row for row in _rows(document) if _within(row.path, path)]
    if not rows:
        named = _named(document, path)
        rows = [row for row in _rows(document) if any(_within(row.path, each) for each in named)]
    return iter(rows)


def _within(path: str, outer: str) -> bool:
    return path == outer or path.startswith(f"{outer}.")


def _rows(document: ast.Document) -> Iterator[Row]:
    yield from _property_rows(DOCUMENT, document.header.properties)
    for declaration in document.declarations:
        path = key_of(declaration).removeprefix("TYPE ")
        yield Row(path=path, origins=declaration.origins)
        yield from _property_rows(path, declaration.properties)
        if not isinstance(declaration, ast.Table | ast.Procedure):
            for member in members(declaration):
                yield Row(path=f"{path}.{member.name}", origins=member.origins)
                yield from _property_rows(f"{path}.{member.name}", member.properties)


def _property_rows(path: str, properties: ast.Properties) -> Iterator[Row]:
    return (Row(path=f"{path}.{p.name}", origins=p.origins) for p in properties)


def _named(document: ast.Document, path: str) -> tuple[str, ...]:
    """The paths of rows that a reference leads to."""
    if path.startswith("TYPE "):
        return (path.removeprefix("TYPE "),)
    if not re.fullmatch(r"\w+(\.\w+)*", path):
        return ()
    names = path.split(".")
    shapes = Shapes(document)
    table = shapes.tables.get(names[0])
    if table is None:
        return ()
    if len(names) == 1:
        holder = shapes.holder(table.specification)
        return (key_of(table), *([holder.name] if holder else []))
    found = shapes.find(ast.Reference(steps=tuple(ast.Name(name=name) for name in names)))
    if isinstance(found, ElementFound):
        return (f"{found.steps[-1].owner}.{found.steps[-1].member.name}",)
    # the last name may be a property of what the names before it lead to
    if len(names) == 2:
        return (f"{key_of(table)}.{names[1]}",)
    found = shapes.find(ast.Reference(steps=tuple(ast.Name(name=name) for name in names[:-1])))
    if isinstance(found, ElementFound):
        return (f"{found.steps[-1].owner}.{found.steps[-1].member.name}.{names[-1]}",)
    return ()
