"""What elements are made of: kinds of specifications, sizes, containers, recursion and depth."""

from __future__ import annotations

from collections.abc import Iterator

from tdl.check.builtins import BUILTINS, CONTAINERS
from tdl.check.graph import MAX_ELEMENTS, depths, expansions, levels_of
from tdl.check.places import MAX_SHOWN, chain, name_span, specifications
from tdl.check.scope import MAX_LEVELS
from tdl.check.view import MAX_NESTING, View, nesting
from tdl.report import Diagnostic
from tdl.report.rules import layout, names, syntax
from tdl.sources import Span
from tdl.syntax import ast
from tdl.syntax.shapes import MAX_TYPE_DEPTH, members


def kinds(view: View) -> Iterator[Diagnostic]:
    """Each specification fits where it stands. The reader sees to most of this; fragments and programs may not."""
    for declaration in view.document.declarations:
        match declaration:
            case ast.Record():
                for member in members(declaration):
                    yield from _element(view, member.specification, "a record")
            case ast.BitField():
                for member in members(declaration):
                    if not isinstance(member.specification, ast.BitRange):
                        yield _misplaced(member.specification, "a bit field")
            case ast.Enumeration():
                for item in declaration.items:
                    if not isinstance(item, ast.Member):
                        yield _misplaced(item, "an enumeration")
                    elif not isinstance(item.specification, ast.CodeRange):
                        yield _misplaced(item.specification, "an enumeration")
            case ast.Alias():
                yield from _element(view, declaration.specification, "an alias")
            case ast.Table():
                yield from _element(view, declaration.specification, "a table")


def _element(view: View, specification: ast.Specification, where: str) -> Iterator[Diagnostic]:
    *_, leaf = specifications(specification)
    match leaf:
        case ast.Named(name=name) if name in view.scope.types:
            # what tables are made of is a rule of its own
            if isinstance(view.scope.types[name], ast.Enumeration) and where != "a table":
                yield names.WRONG_KIND.at(
                    leaf.span,
                    name=name,
                    found="an enumeration",
                    expected="a type with octets",
                    help=f"the element is a number that names it: `UINT8 WITH Enum = {name}`",
                )
        case ast.Named(name=name) if name in BUILTINS and BUILTINS[name].sized == "must":
            yield layout.SIZE_MISSING.at(leaf.span, name=name)
        case ast.Sized(name=name) if name in view.scope.types or (name in BUILTINS and BUILTINS[name].sized == "never"):
            yield layout.SIZE_NOT_ALLOWED.at(
                name_span(leaf), name=name, help=f"more than one of them is `ARRAY[n] OF {name}`"
            )
        case ast.BitRange() | ast.CodeRange():
            yield _misplaced(leaf, where)


def _misplaced(node: ast.Specification | ast.Item, where: str) -> Diagnostic:
    return syntax.WRONG_PLACE.at(node.span, found=node.span.text or type(node).__name__, where=where)


def containers(view: View) -> Iterator[Diagnostic]:
    for declaration in view.document.declarations:
        if isinstance(declaration, ast.BitField) and declaration.container not in CONTAINERS:
            yield layout.BAD_CONTAINER.at(declaration.container_span, found=declaration.container)


def recursion(view: View) -> Iterator[Diagnostic]:
    """No type contains itself, by aliases, members or both."""
    for aliases in view.alias_levels.cycles:
        first = aliases[0]
        yield layout.RECURSIVE_TYPE.at(
            first.specification.span,
            name=first.name,
            chain=chain([*(a.name for a in aliases), first.name]),
            secondary=[(a.specification.span, f"`{a.name}` is this") for a in aliases[1:MAX_SHOWN]],
        )
    for cycle in view.order.cycles:
        first_use = cycle[0]
        yield layout.RECURSIVE_TYPE.at(
            first_use.member.specification.span,
            name=first_use.owner,
            chain=chain([*(use.owner for use in cycle), first_use.owner]),
            secondary=[
                (use.member.specification.span, f"`{use.owner}` contains `{use.target.name}`")
                for use in cycle[1:MAX_SHOWN]
            ],
        )


def levels(view: View) -> Iterator[Diagnostic]:
    """Aliases, arrays, records and conditionals nest as deep as programs can walk, and no deeper."""
    aliases = view.alias_levels
    for declaration in view.document.declarations:
        if isinstance(declaration, ast.Record):
            for member in members(declaration):
                if levels_of(member.specification, aliases) > MAX_LEVELS:
                    yield layout.TOO_MANY_LEVELS.at(member.specification.span, name=member.name, limit=MAX_LEVELS)
        elif (
            isinstance(declaration, ast.Table | ast.Alias)
            and levels_of(declaration.specification, aliases) > MAX_LEVELS
        ):
            yield layout.TOO_MANY_LEVELS.at(declaration.specification.span, name=declaration.name, limit=MAX_LEVELS)
        if isinstance(declaration, ast.Record | ast.BitField) and nesting(declaration) > MAX_NESTING:
            yield layout.TOO_DEEP.at(
                declaration.name_span, name=declaration.name, what="conditionals", limit=MAX_NESTING
            )


def expansion(view: View) -> Iterator[Diagnostic]:
    """Records nest so deep and no deeper, and all tables together expand to so many elements and no more."""
    types = view.order
    if types.cycles:
        return
    found = depths(types, view.uses)
    for name in types.types:
        if found[name] == MAX_TYPE_DEPTH + 1:
            owner = view.scope.types[name]
            yield layout.TOO_DEEP.at(owner.name_span, name=name, what="records", limit=MAX_TYPE_DEPTH)
    sizes = expansions(types, view.uses, {owner.name: view.survey(owner) for owner in view.owners})
    total = 0
    for declaration, specification in view.roots():
        holder = view.scope.holder(specification)
        total += 1 if holder is None else sizes[holder.name]
        if total > MAX_ELEMENTS:
            yield layout.DEFINITION_TOO_LARGE.at(declaration.name_span, name=declaration.name, limit=MAX_ELEMENTS)
            return
    view.expanded = total


def opaque_elements(view: View) -> Iterator[Diagnostic]:
    """`OPAQUE` takes what is left, so it is last, and alone."""
    greedy: set[str] = set()
    for name in view.order.types:
        owner = view.scope.types[name]
        if isinstance(owner, ast.Record) and any(_takes_rest(view, m, greedy) for m in members(owner)):
            greedy.add(name)
            if nesting(owner) <= MAX_NESTING:
                yield from _after(view, owner.items, greedy, None)[0]
    header = view.pending_header
    if header is not None and str(getattr(header.value, "name", header.value)) in greedy:
        yield layout.REST_NOT_LAST.at(header.span, found="and the content of the pending table comes after it")


def _takes_rest(view: View, member: ast.Member, greedy: set[str]) -> bool:
    of = view.scope.made(member.specification).of
    return isinstance(of, ast.Named | ast.Sized) and (of.name == "OPAQUE" or of.name in greedy)


def _after(
    view: View, items: tuple[ast.Item, ...], greedy: set[str], follower: Span | None
) -> tuple[list[Diagnostic], Span | None]:
    """Look at items from the last to the first; ``follower`` is what has octets after them."""
    found: list[Diagnostic] = []
    for item in reversed(items):
        match item:
            case ast.Member():
                if _takes_rest(view, item, greedy):
                    if view.scope.made(item.specification).arrays:
                        found.append(
                            layout.REST_NOT_LAST.at(item.specification.span, found="and an array would hold several")
                        )
                    elif follower is not None:
                        found.append(
                            layout.REST_NOT_LAST.at(
                                item.specification.span,
                                found=f"and `{follower.text}` comes after it",
                                secondary=[(follower, "nothing is left for this")],
                            )
                        )
                if view.scope.made(item.specification).of != ast.Named(name="NIL"):
                    follower = item.name_span
            case ast.If():
                branches = [_after(view, branch, greedy, follower) for branch in (item.then, item.otherwise)]
                found += [d for diagnostics, _ in branches for d in diagnostics]
                follower = next((span for _, span in branches if span is not follower), follower)
            case ast.Switch():
                parts = [arm.items for arm in item.arms] + [item.default or ()]
                branches = [_after(view, part, greedy, follower) for part in parts]
                found += [d for diagnostics, _ in branches for d in diagnostics]
                follower = next((span for _, span in branches if span is not follower), follower)
    return found, follower
