"""Where elements lie, beside their declarations, when the project has a profile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tdl.codec.errors import path_text
from tdl.lsp.features.hover import layouts_of, octets, place_text
from tdl.lsp.layouts import Placed
from tdl.lsp.workspace import Workspace
from tdl.syntax import ast
from tdl.syntax.shapes import members

MAX_PLACES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """A few words behind an offset; ``more`` explains them."""

    offset: int
    text: str
    more: str


def hints(workspace: Workspace, name: str, start: int, end: int) -> list[Hint]:
    """The places of the elements that a range of a text declares; none without a profile."""
    unit = workspace.unit(name)
    layouts = None if unit is None else layouts_of(unit)
    if unit is None or unit.shape is None or layouts is None or layouts.profile is None:
        return []
    found = []
    for member in _members_of(unit.shape.document, name):
        if start <= member.span.end <= end and member.span.source.name == name:
            placed = layouts.of(member)
            if placed:
                more = "\n".join(f"{each.table.key}.{path_text(each.row.path)}: {place_text(each)}" for each in placed)
                found.append(Hint(offset=member.span.end, text=_text(placed), more=more))
    return sorted(found, key=lambda each: each.offset)


def _members_of(document: ast.Document, name: str) -> Iterator[ast.Member]:
    for declaration in document.declarations:
        if isinstance(declaration, ast.Record | ast.BitField):
            yield from members(declaration)


def _text(placed: list[Placed]) -> str:
    """The place if it is the same in every table, else the size if that is, else how many places there are."""
    places = {place_text(each) for each in placed}
    if len(places) == 1:
        return places.pop()
    sizes = {octets(each.row.size) for each in placed if each.row.bits is None}
    return sizes.pop() if len(sizes) == 1 else f"{len(placed)} places"
