"""What tables need of each other: no cycle, nothing of their own before it is read, actual values and not limits."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from tdl.check.configuration import selectors_of
from tdl.check.graph import Use
from tdl.check.places import MAX_SHOWN, chain, name_span
from tdl.check.survey import Place, Presence, presence
from tdl.check.view import Mention, View
from tdl.deferred import dataclass
from tdl.report import Diagnostic, Edit, Fix
from tdl.report.rules import binding, conformance
from tdl.sources import Span
from tdl.syntax import ast
from tdl.syntax.shapes import ElementFound

LIMITS, ACTUAL = "DIM_", "ACT_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a table leads to one of its types: the first use of it, and how it leads there."""

    use: Use
    before: Way | None


def reach(view: View, root: ast.TypeDeclaration) -> dict[str, Way | None]:
    """The types that a table is made of in the order of their first octets, each with the way to its first use.

    Later uses of a type have more before them, so the first one decides what is known there.
    """
    ways: dict[str, Way | None] = {}
    pending: list[tuple[str, Way | None]] = [(root.name, None)]
    while pending:
        name, way = pending.pop()
        if name not in ways:
            ways[name] = way
            pending.extend((use.target.name, Way(use=use, before=way)) for use in reversed(view.uses.get(name, ())))
    return ways


def dependencies(view: View) -> Iterator[Diagnostic]:
    """Cycles across tables, and references of a table to itself."""
    asked: dict[str, list[Mention]] = {}
    for mention in view.mentions:
        if mention.site.inside is not None and isinstance(mention.found, ElementFound) and mention.found.table:
            asked.setdefault(mention.site.inside.name, []).append(mention)
    edges: dict[str, dict[str, Span]] = {}
    for table in view.tables:
        root = view.scope.holder(table.specification)
        needs = edges.setdefault(table.name, {})
        if root is None:
            continue
        reached = reach(view, root)
        for name in reached:
            for mention in asked.get(name, ()):
                target = mention.found.table if isinstance(mention.found, ElementFound) else None
                if target is table:
                    yield from _self_reference(view, mention, reached)
                elif target is not None:
                    needs.setdefault(target.name, mention.reference.span)
        _need_configuration(view, table, reached, needs)
    yield from _cycles(edges)


def _need_configuration(view: View, table: ast.Table, reached: dict[str, Way | None], needs: dict[str, Span]) -> None:
    """What a built-in type needs of Table 0 counts as well."""
    configuration = view.configuration
    if configuration is None or table is configuration or configuration.name in needs:
        return
    for name in reached:
        for placed in view.survey(view.scope.types[name]).placed:
            if selectors_of(view, placed.member):
                needs[configuration.name] = placed.member.specification.span
                return


# --- cycles ------------------------------------------------------------------------------------------------------


def _cycles(edges: dict[str, dict[str, Span]]) -> Iterator[Diagnostic]:
    """Each cycle that closes on a walk through all tables, named in full."""
    done: dict[str, bool] = {}
    for start in edges:
        if start in done:
            continue
        done[start] = False
        way = [start]
        stack = [iter(edges[start])]
        while stack:
            target = next(stack[-1], None)
            if target is None:
                stack.pop()
                done[way.pop()] = True
            elif target not in done:
                done[target] = False
                way.append(target)
                stack.append(iter(edges.get(target, ())))
            elif not done[target]:
                cycle = [*way[way.index(target) :], target]
                links = [(edges[a][b], b) for a, b in pairwise(cycle)]
                yield binding.DEPENDENCY_CYCLE.at(
                    links[0][0],
                    f"`{links[0][1]}` is needed here",
                    name=target,
                    chain=chain(cycle),
                    secondary=[(span, f"`{name}` is needed here") for span, name in links[1:MAX_SHOWN]],
                )


# --- a table's own elements --------------------------------------------------------------------------------------


def _self_reference(view: View, mention: Mention, reached: dict[str, Way | None]) -> Iterator[Diagnostic]:
    """A reference of a table to itself names what stands before it."""
    assert isinstance(mention.found, ElementFound)
    assert mention.site.inside is not None
    owner = mention.site.inside.name
    position = [*_way(reached[owner]), (owner, mention.site.place, None)]
    for step, (holder, place, member) in zip(mention.found.steps, position, strict=False):
        if step.owner != holder:
            return  # another way down, which the step before has placed
        if member is not None and step.member.name == member.name:
            continue
        found = presence(view.survey(view.scope.types[holder]).by_name[step.member.name], place)
        if found in (Presence.LATER, Presence.NEVER):
            yield _not_known(mention, step.member, found)
        return
    yield _not_known(mention, mention.found.steps[-1].member, Presence.LATER)


def _way(way: Way | None) -> list[tuple[str, Place, ast.Member | None]]:
    steps: list[tuple[str, Place, ast.Member | None]] = []
    while way is not None:
        steps.append((way.use.owner, way.use.place, way.use.member))
        way = way.before
    return steps[::-1]


def _not_known(mention: Mention, target: ast.Member, found: Presence) -> Diagnostic:
    problem = "it stands in another branch" if found is Presence.NEVER else "it comes later in the same table"
    name = mention.reference.steps[-1]
    return binding.SELF_REFERENCE.at(
        name_span(name), name=name.name, problem=problem, secondary=[(target.name_span, "declared here")]
    )


# --- limits ------------------------------------------------------------------------------------------------------


def limiting_tables(view: View) -> Iterator[Diagnostic]:
    """Data tables are laid out by what is there, not by what could be."""
    limiting = {table.name for table in view.tables if is_limiting(table)}
    if not limiting:
        return
    laid_out: set[str] = set()
    for declaration, specification in view.roots():
        root = view.scope.holder(specification)
        if root is not None and declaration.name not in limiting and root.name not in laid_out:
            laid_out.update(reach(view, root))
    for mention in view.mentions:
        if not isinstance(mention.found, ElementFound) or mention.found.table is None:
            continue
        table, inside = mention.found.table, mention.site.inside
        if table.name not in limiting or inside is None or inside.name not in laid_out:
            continue
        span = name_span(mention.reference.steps[0])
        actual = ACTUAL + table.name.removeprefix(LIMITS)
        there = actual in view.scope.tables
        yield conformance.LIMITING_TABLE.at(
            span,
            table=table.name,
            help=f"`{actual}` holds the actual values" if there else "",
            fixes=[Fix(f"write `{actual}`", (Edit(span, actual),))] if there else [],
        )


def is_limiting(table: ast.Table) -> bool:
    """Whether a table holds limits: its name or its property `Role` says so."""
    role = next((p.value for p in table.properties if p.name == "Role"), None)
    return table.name.startswith(LIMITS) or str(getattr(role, "name", role)) == "LIMITING"
