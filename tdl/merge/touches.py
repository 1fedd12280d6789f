"""What each fragment touches, and where fragments that do not know of each other touch the same.

Touches are read from the fragments alone, so it does not matter in which order they are applied.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TypeAlias, assert_never

from tdl.deferred import dataclass
from tdl.merge.paths import (
    DOCUMENT,
    EDITION,
    NAME,
    PLACE,
    SPECIFICATION,
    Path,
    around,
    gap,
    is_gap,
    key_of,
    property_facet,
)
from tdl.sources import Span
from tdl.syntax import ast


@dataclass(frozen=True, slots=True)
class Touch:
    """What one fragment makes of a path in the end; touches with equal outcomes do the same."""

    outcome: object
    span: Span


Touches: TypeAlias = dict[Path, Touch]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two fragments, by number, that touch ``path`` with different outcomes, and the place where each does it."""

    path: Path
    earlier: int
    later: int
    earlier_span: Span
    later_span: Span


def touches(fragment: ast.Fragment) -> Touches:
    """The last outcome that a fragment has for each path; for a gap, all that it puts there."""
    found: Touches = {}
    gaps: dict[Path, list[object]] = {}
    header = fragment.header
    if header.edition is not None:
        found[DOCUMENT, EDITION] = Touch(header.edition, header.span)
    for p in header.properties:
        found[DOCUMENT, property_facet(p.name)] = Touch(("SET", p.value), p.span)
    for edit in fragment.edits:
        if not isinstance(edit, ast.Modify):
            found.update((path, Touch(outcome, edit.span)) for path, outcome in declaration_touches(edit))
            continue
        for each in edit.edits:
            for path, outcome in member_touches(str(edit.target), each):
                if is_gap(path):
                    inserted = gaps.setdefault(path, [])
                    inserted.append(outcome)
                    outcome = inserted
                found[path] = Touch(outcome, each.span)
    return found


def declaration_touches(edit: ast.Add | ast.Replace | ast.Remove | ast.Rename) -> Iterator[tuple[Path, object]]:
    """The paths that a verb on a whole declaration touches, each with its outcome."""
    match edit:
        case ast.Add(declaration=declaration) | ast.Replace(declaration=declaration):
            yield (key_of(declaration),), declaration
        case ast.Remove(target=target):
            yield (str(target),), "REMOVE"
        case ast.Rename(target=target, to=to):
            if target.kind == "TYPE":
                yield (str(target),), ("RENAME", to)
                yield (f"TYPE {to}",), ("RENAMED", target.name)
            else:
                yield (str(target), NAME), to
        case _:
            assert_never(edit)


def member_touches(key: str, edit: ast.MemberEdit | ast.PropertyEdit) -> Iterator[tuple[Path, object]]:
    """The paths that a verb inside the declaration ``key`` touches, each with its outcome."""
    match edit:
        case ast.AddMember(item=item, position=position):
            where = (position.where, position.anchor) if position else ("LAST", None)
            for name in names_in(item):
                yield (key, name), ("ADD", item, where)
            yield gap(key, position), item
        case ast.ReplaceMember(name=name):
            yield (key, name, SPECIFICATION), edit.specification
            for p in edit.properties:
                yield (key, name, property_facet(p.name)), ("SET", p.value)
        case ast.RemoveMember(name=name):
            yield (key, name), "REMOVE"
        case ast.RenameMember(name=name, to=to):
            yield (key, name), ("RENAME", to)
            yield (key, to), ("RENAMED", name)
        case ast.MoveMember(name=name, position=position):
            yield (key, name, PLACE), (position.where, position.anchor)
            yield gap(key, position), name
        case ast.SetProperty() | ast.UnsetProperty():
            holder = (key,) if edit.member is None else (key, edit.member)
            yield (
                (*holder, property_facet(edit.name)),
                ("SET", edit.value) if isinstance(edit, ast.SetProperty) else "UNSET",
            )
        case _:
            assert_never(edit)


def names_in(item: ast.Item) -> Iterator[str]:
    """The names of the members in an item."""
    match item:
        case ast.Member(name=name):
            yield name
        case ast.If():
            for each in item.then + item.otherwise:
                yield from names_in(each)
        case ast.Switch():
            for arm in item.arms:
                for each in arm.items:
                    yield from names_in(each)
            for each in item.default or ():
                yield from names_in(each)
        case _:
            assert_never(item)


def conflicts(
    touched: Sequence[Touches], ancestors: Sequence[Collection[int]], numbers: Sequence[int]
) -> Iterator[Conflict]:
    """Where unrelated fragments touch the same, once for each pair of places.

    Args:
        touched: the touches of each fragment.
        ancestors: the ancestors of each fragment, by number.
        numbers: the fragments to compare, in order.
    """
    at: dict[Path, list[int]] = {}
    below: dict[Path, list[tuple[int, Path]]] = {}
    for later in numbers:
        seen = set()
        for conflict in _conflicts_of(later, touched, at, below):
            places = (conflict.earlier, conflict.earlier_span, conflict.later_span)
            within = (conflict.earlier, conflict.path)
            if conflict.earlier not in ancestors[later] and places not in seen and within not in seen:
                seen |= {places, within}
                yield conflict
        for path in touched[later]:
            at.setdefault(path, []).append(later)
            for prefix in around(path):
                below.setdefault(prefix, []).append((later, path))


def _conflicts_of(
    later: int, touched: Sequence[Touches], at: dict[Path, list[int]], below: dict[Path, list[tuple[int, Path]]]
) -> Iterator[Conflict]:
    for path, mine in touched[later].items():
        for prefix in around(path):
            for earlier in at.get(prefix, ()):
                whole = touched[earlier][prefix]
                if not _same(touched[later].get(prefix), whole):
                    yield Conflict(prefix, earlier, later, whole.span, mine.span)
        for earlier in at.get(path, ()):
            if not _same(mine, touched[earlier][path]):
                yield Conflict(path, earlier, later, touched[earlier][path].span, mine.span)
        for earlier, deeper in below.get(path, ()):
            if not _same(mine, touched[earlier].get(path)):
                yield Conflict(path, earlier, later, touched[earlier][deeper].span, mine.span)


def _same(one: Touch | None, other: Touch | None) -> bool:
    return one is not None and other is not None and one.outcome == other.outcome
