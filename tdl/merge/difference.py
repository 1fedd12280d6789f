"""The fragment that makes one document of another."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from typing import TypeAlias

from tdl.merge.paths import DOCUMENT, key_of
from tdl.merge.touches import names_in
from tdl.syntax import ast
from tdl.syntax.canonical import canonical

_MemberEdit: TypeAlias = ast.MemberEdit | ast.PropertyEdit
_Key: TypeAlias = "str | tuple[ast.Item, int]"
"""A member by its name, a conditional by its content and its number among the same."""


def diff(old: ast.Document, new: ast.Document, base: str, name: str | None = None) -> ast.Fragment:
    """The fragment that turns ``old`` into ``new``: `merge` of the two has the content and the header of ``new``.

    Renames are not guessed: what has another name is another thing. Of two declarations with one name in a document
    the first counts.

    Args:
        base: what the fragment calls ``old``.
        name: the name of the fragment, that of ``new`` unless given.
    """
    header = ast.Header(
        name=new.header.name if name is None else name,
        edition=_stated(old.header.edition, new.header.edition),
        version=_stated(old.header.version, new.header.version),
        base=base,
    )
    return ast.Fragment(header=header, edits=tuple(_edits(old, new)))


def _stated(old: str | None, new: str | None) -> str | None:
    """What the header says of an edition or version; an empty text takes it away."""
    return new if new is not None or old is None else ""


def _edits(old: ast.Document, new: ast.Document) -> Iterator[ast.Edit]:
    properties = tuple(_property_edits(old.header.properties, new.header.properties))
    if properties:
        yield ast.Modify(target=ast.Target(kind=DOCUMENT), edits=properties)
    before, after = _by_key(old), _by_key(new)
    for key, declaration in before.items():
        if key not in after:
            yield ast.Remove(target=_target(declaration))
    for key, declaration in after.items():
        was = before.get(key)
        if was is None:
            yield ast.Add(declaration=declaration)
        elif was != declaration:
            yield from _changes(was, declaration)


def _by_key(document: ast.Document) -> dict[str, ast.Declaration]:
    found: dict[str, ast.Declaration] = {}
    for declaration in document.declarations:
        found.setdefault(key_of(declaration), declaration)
    return found


def _target(declaration: ast.Declaration) -> ast.Target:
    match declaration:
        case ast.Table(number=number):
            return ast.Target(kind="TABLE", number=number)
        case ast.Procedure(number=number):
            return ast.Target(kind="PROCEDURE", number=number)
        case _:
            return ast.Target(kind="TYPE", name=declaration.name)


def _changes(old: ast.Declaration, new: ast.Declaration) -> Iterator[ast.Edit]:
    edits = _inner_edits(old, new)
    if edits is None:
        yield ast.Replace(declaration=new)
    elif edits:
        yield ast.Modify(target=_target(new), edits=tuple(edits))


def _inner_edits(old: ast.Declaration, new: ast.Declaration) -> list[_MemberEdit] | None:
    """The edits inside a declaration that make the new one; None if only the whole of it can say that."""
    if not (_distinct(old.properties) and _distinct(new.properties)):
        return None
    properties: list[_MemberEdit] = list(_property_edits(old.properties, new.properties))
    match old, new:
        case (ast.Table(), ast.Table()) if (old.name, old.specification) == (new.name, new.specification):
            return properties
        case (ast.Procedure(), ast.Procedure()) if (old.name, old.parameter, old.response) == (
            new.name,
            new.parameter,
            new.response,
        ):
            return properties
        case (ast.Alias(), ast.Alias()) if old.specification == new.specification:
            return properties
        case (ast.Record(items=before), ast.Record(items=after)):
            members = _member_edits(before, after)
        case (ast.Enumeration(items=before), ast.Enumeration(items=after)):
            members = _member_edits(before, after)
        case (ast.BitField(items=before), ast.BitField(items=after)) if old.container == new.container:
            members = _member_edits(before, after)
        case _:
            return None
    return None if members is None else properties + members


def _distinct(properties: ast.Properties) -> bool:
    return len({p.name for p in properties}) == len(properties)


def _property_edits(
    old: ast.Properties, new: ast.Properties, member: str | None = None
) -> Iterator[ast.SetProperty | ast.UnsetProperty]:
    before, after = {p.name: p.value for p in old}, {p.name: p.value for p in new}
    for name, value in after.items():
        if name not in before or before[name] != value:
            yield ast.SetProperty(name=name, member=member, value=value, was=before.get(name))
    for name, value in before.items():
        if name not in after:
            yield ast.UnsetProperty(name=name, member=member, was=value)


def _member_edits(old: tuple[ast.Item, ...], new: tuple[ast.Item, ...]) -> list[_MemberEdit] | None:
    """The edits that make the new items; None if a conditional changes, or a place has no member to name it by."""
    before, after = _keyed(old), _keyed(new)
    if not (_names_distinct(old) and _names_distinct(new) and _may_be_edited(before, after)):
        return None
    edits: list[_MemberEdit] = [ast.RemoveMember(name=k) for k in before if isinstance(k, str) and k not in after]
    kept = _longest_rising(list(_positions(before, after)))
    order = list(after)
    stays = {order[position] for position in kept}
    anchors = _next_staying(order, stays)
    for index, key in enumerate(order):
        if key not in stays:
            position = _position(order, index, anchors[index])
            if position is None or (key in before and not isinstance(key, str)):
                return None
            if isinstance(key, str) and key in before:
                edits.append(ast.MoveMember(name=key, position=position))
            else:
                edits.append(ast.AddMember(item=after[key], position=position))
        was, now = before.get(key), after[key]
        if isinstance(was, ast.Member) and isinstance(now, ast.Member):
            if was.specification != now.specification:
                edits.append(ast.ReplaceMember(name=now.name, specification=now.specification, was=was.specification))
            edits += _property_edits(was.properties, now.properties, now.name)
    return edits


def _keyed(items: tuple[ast.Item, ...]) -> dict[_Key, ast.Item]:
    keyed: dict[_Key, ast.Item] = {}
    seen: Counter[ast.Item] = Counter()
    for item in items:
        if isinstance(item, ast.Member):
            keyed[item.name] = item
        else:
            same = _sorted(item)
            keyed[same, seen[same]] = item
            seen[same] += 1
    return keyed


def _sorted(item: ast.Item) -> ast.Item:
    """An item with its properties in canonical order."""
    holder = ast.Record(name="", items=(item,))
    alone = canonical(ast.Document(header=ast.Header(name=""), declarations=(holder,))).declarations[0]
    assert isinstance(alone, ast.Record)
    return alone.items[0]


def _names_distinct(items: tuple[ast.Item, ...]) -> bool:
    names = [name for item in items for name in names_in(item)]
    return len(names) == len(set(names))


def _may_be_edited(before: dict[_Key, ast.Item], after: dict[_Key, ast.Item]) -> bool:
    """Whether no conditional goes, each member's properties are distinct, and something of the old stays."""
    if any(not isinstance(key, str) and key not in after for key in before):
        return False
    for key in before.keys() & after.keys():
        for item in (before[key], after[key]):
            if isinstance(item, ast.Member) and not _distinct(item.properties):
                return False
    return not before or not before.keys().isdisjoint(after)


def _positions(before: dict[_Key, ast.Item], after: dict[_Key, ast.Item]) -> Iterator[int]:
    place = {key: index for index, key in enumerate(after)}
    return (place[key] for key in before if key in place)


def _longest_rising(numbers: list[int]) -> list[int]:
    """The longest rising selection of numbers that are all different."""
    tails: list[int] = []
    ends: list[int] = []
    came_from: list[int] = []
    for index, number in enumerate(numbers):
        length = bisect_left(tails, number)
        came_from.append(ends[length - 1] if length else -1)
        if length == len(tails):
            tails.append(number)
            ends.append(index)
        else:
            tails[length], ends[length] = number, index
    at = ends[-1] if ends else -1
    rising = []
    while at >= 0:
        rising.append(numbers[at])
        at = came_from[at]
    return rising[::-1]


def _next_staying(order: list[_Key], stays: set[_Key]) -> list[_Key | None]:
    """For each place, the next item behind it that stays where it is."""
    found: list[_Key | None] = []
    following: _Key | None = None
    for key in reversed(order):
        found.append(following)
        if key in stays:
            following = key
    return found[::-1]


def _position(order: list[_Key], index: int, following: _Key | None) -> ast.Position | None:
    """How to name a place; None if only conditionals, which have no name, are beside it."""
    if index == 0:
        return ast.Position(where="FIRST")
    previous = order[index - 1]
    if isinstance(previous, str):
        return ast.Position(where="AFTER", anchor=previous)
    if isinstance(following, str):
        return ast.Position(where="BEFORE", anchor=following)
    return ast.Position(where="LAST") if following is None else None
