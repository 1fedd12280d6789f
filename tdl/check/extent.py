"""How much each table expands to at most, told from the types alone.

The Plan's limits are on what scheduling makes of a table; whoever only wants to know whether they are kept need not
schedule what is far below them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from tdl.check.view import View
from tdl.syntax import ast

Extent: TypeAlias = tuple[int, int]
"""At most so many elements, and so many levels of records, arrays, members and conditionals."""


def extents(view: View) -> Iterator[Extent]:
    """The extent of each table and each record of a procedure; types must not contain themselves."""
    for name in view.order.types:
        if name not in view.extents:
            view.extents[name] = _of_type(view, view.scope.types[name])
    for _, specification in view.roots():
        yield _of_specification(view, specification)


def _of_type(view: View, owner: ast.TypeDeclaration) -> Extent:
    survey = view.survey(owner)
    elements, levels = survey.conditionals, survey.depth + 1
    for placed in survey.placed:
        inside, below = _of_specification(view, placed.member.specification)
        elements += 1 + inside
        levels = max(levels, len(placed.place.guards) + 1 + below)
    return elements, levels


def _of_specification(view: View, specification: ast.Specification) -> Extent:
    made = view.scope.made(specification)
    holder = view.scope.holder(made.of)
    elements, levels = (0, 0) if holder is None else view.extents.get(holder.name, (0, 0))
    return 1 + made.arrays + elements, 1 + made.arrays + levels
