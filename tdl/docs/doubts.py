"""Open points: what is not known for certain, who says so and where."""

from __future__ import annotations

from collections.abc import Iterator

from tdl.docs.links import Links, key_of
from tdl.docs.provenance import place
from tdl.docs.settling import CONFIDENCES, DOUBTFUL, is_opaque, settling
from tdl.docs.view import Doubt, OpenGroup, OpenPoint, Piece
from tdl.ir.lower import table_id
from tdl.project.evidence import evidence, text
from tdl.project.usage import types_below
from tdl.syntax import ast
from tdl.syntax.shapes import members


def open_groups(document: ast.Document, links: Links) -> tuple[OpenGroup, ...]:
    """The open points of a definition by the first table or procedure that they matter to."""
    homes = _homes(links)
    groups: dict[str, list[OpenPoint]] = {key: [] for key in (*links.tables, *links.procedures, "")}
    taken = set(links.shapes.types)
    for declaration in document.declarations:
        used = homes.get(declaration.name, ("",))
        home = key_of(declaration) if isinstance(declaration, ast.Table | ast.Procedure) else used[0]
        doubts = tuple(_doubts(declaration, _source(declaration, home, links)))
        if doubts:
            groups[home].append(
                OpenPoint(
                    name=declaration.name,
                    href=links.key(key_of(declaration)),
                    also=tuple(Piece(text=key, href=links.key(key)) for key in used if key and key != home),
                    doubts=doubts,
                    stub=settling(declaration, taken),
                )
            )
    return tuple(
        OpenGroup(title=_title(key, links), href=links.key(key), points=tuple(points))
        for key, points in sorted(groups.items(), key=lambda group: _order(group[0], links))
        if points
    )


def _homes(links: Links) -> dict[str, tuple[str, ...]]:
    """The tables and procedures that lead to each type."""
    homes: dict[str, list[str]] = {}
    declared: dict[str, ast.Declaration] = {**links.tables, **links.procedures}
    for key in sorted(declared, key=lambda key: _order(key, links)):
        for name in types_below(declared[key], links.shapes.types):
            homes.setdefault(name, []).append(key)
    return {name: tuple(keys) for name, keys in homes.items()}


def _order(key: str, links: Links) -> tuple[int, int, int]:
    """Standard tables, manufacturer's, user's, then procedures, then what nobody uses."""
    if not key:
        return (2, 0, 0)
    declared = links.tables.get(key) or links.procedures[key]
    identity = table_id(declared.number)
    return (int(key in links.procedures), ("", "MFG", "USER").index(identity.group), identity.number)


def _title(key: str, links: Links) -> str:
    if not key:
        return "Types that no table uses"
    declared = links.tables.get(key) or links.procedures[key]
    return f"{key} {declared.name}"


# --- what is doubtful ------------------------------------------------------------------------------------------------


def _source(declaration: ast.Declaration, home: str, links: Links) -> str:
    """Who attests a declaration; where it does not say, who attests the table that it is for."""
    own = evidence(links.shapes, declaration).source
    around = links.tables.get(home) or links.procedures.get(home)
    return own or (evidence(links.shapes, around).source if around is not None else "")


def _doubts(declaration: ast.Declaration, source: str) -> Iterator[Doubt]:
    yield from _said(declaration.properties, declaration.name, source, declaration)
    if isinstance(declaration, ast.Alias) and is_opaque(declaration.specification):
        yield Doubt(what=declaration.name, problem="layout not known", source=source, place=place(declaration.span))
    if isinstance(declaration, ast.Record | ast.BitField | ast.Enumeration):
        for member in members(declaration):
            what = f"{declaration.name}.{member.name}"
            yield from _said(member.properties, what, source, member)
            if is_opaque(member.specification):
                yield Doubt(what=what, problem="layout not known", source=source, place=place(member.span))


def _said(properties: ast.Properties, what: str, source: str, at: ast.Declaration | ast.Member) -> Iterator[Doubt]:
    said = {p.name: text(p.value) for p in properties}
    for name, of in CONFIDENCES.items():
        if said.get(name) in DOUBTFUL:
            problem = f"confidence {said[name]}" + (f" in {of}" if of else "")
            yield Doubt(what=what, problem=problem, source=said.get("Source", source), place=place(at.span))
