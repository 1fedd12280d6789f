"""Declarations by decade, in the order they have: how XML TDL groups the tables of the standard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from tdl.syntax import ast

PER_DECADE: Final = 10


def grouped(
    declarations: Sequence[ast.Declaration],
) -> Iterator[tuple[ast.Number | None, Sequence[ast.Declaration]]]:
    """Neighbours of one decade together, with its number; None for what belongs to none.

    Types go with the table before them, or, where the next table is of one of them, with that. User-defined tables
    and procedures have no decades. The order never changes, so a decade may come more than once.
    """
    decade: ast.Number | None = None
    inside: list[ast.Declaration] = []
    types: list[ast.Declaration] = []
    for declaration in declarations:
        if not isinstance(declaration, ast.Table | ast.Procedure):
            types.append(declaration)
            continue
        if not _names_of(declaration) & {each.name for each in types}:
            inside += types
            types = []
        following = _decade(declaration)
        if following != decade and inside:
            yield decade, inside
            inside = []
        decade = following
        inside += [*types, declaration]
        types = []
    if inside or types:
        yield decade, [*inside, *types]


def _decade(declaration: ast.Table | ast.Procedure) -> ast.Number | None:
    number = declaration.number
    if isinstance(declaration, ast.Procedure) or number.group == "USER":
        return None
    return ast.Number(group=number.group, value=number.value // PER_DECADE)


def _names_of(declaration: ast.Table | ast.Procedure) -> set[str]:
    """The types that a declaration names."""
    if isinstance(declaration, ast.Procedure):
        return {part.name for part in (declaration.parameter, declaration.response) if part is not None}
    of = declaration.specification
    while isinstance(of, ast.Array):
        of = of.of
    return {of.name} if isinstance(of, ast.Named) else set()
