"""Which element of the new table is which of the old: the same path, or a new name in the same place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from tdl.compat.meanings import Declared
from tdl.ir import plan
from tdl.ir.expr import Const, Expr, External, Local
from tdl.ir.layout import Row, rows
from tdl.ir.traverse import map_expr

Key: TypeAlias = tuple[tuple[str | int, ...], int]
"""An element's path, and its number among those of the same path in branches that exclude each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """Two versions of a table.

    Attributes:
        before, after: their rows by key, in order.
        renamed: keys of the old one to those of the new one where they differ.
        said_before, said_after: the properties of the elements by key.
    """

    old: plan.TablePlan
    new: plan.TablePlan
    before: Mapping[Key, Row]
    after: Mapping[Key, Row]
    renamed: Mapping[Key, Key]
    said_before: Mapping[Key, Mapping[str, str | int]]
    said_after: Mapping[Key, Mapping[str, str | int]]

    def partner_key(self, key: Key) -> Key:
        return self.renamed.get(key, key)

    def partner(self, key: Key) -> Row | None:
        """The new row of an old one."""
        return self.after.get(self.partner_key(key))

    @property
    def added(self) -> list[Key]:
        """Keys of the new table that stand for nothing in the old one, in order."""
        met = set(self.renamed.values())
        return [key for key in self.after if key not in self.before and key not in met]

    @property
    def extended(self) -> bool:
        """Whether all that was added stands behind all else and inside nothing that was there before."""
        added = self.added
        tail = list(self.after)[len(self.after) - len(added) :]
        return (
            bool(added)
            and tail == added
            and added[0][0][:-1] == ()
            and len(self.before) == len(self.after) - len(added)
        )


def pair(old: plan.TablePlan, new: plan.TablePlan, said_before: Declared, said_after: Declared) -> Pairing:
    """Pair the elements of two versions of a table."""
    before, told_before = _keyed(old, said_before)
    after, told_after = _keyed(new, said_after)
    return Pairing(
        old=old,
        new=new,
        before=before,
        after=after,
        renamed=_renamed(before, after),
        said_before=told_before,
        said_after=told_after,
    )


def _keyed(table: plan.TablePlan, declared: Declared) -> tuple[dict[Key, Row], dict[Key, Mapping[str, str | int]]]:
    """The rows of a table, and what their elements say of themselves."""
    seen: dict[tuple[str | int, ...], int] = {}
    found: dict[Key, Row] = {}
    said: dict[Key, Mapping[str, str | int]] = {}
    holders: dict[tuple[str | int, ...], str] = {}
    if isinstance(table.root, plan.Group | plan.Bits):
        holders[()] = table.root.type_name
    for row in rows(table):
        number = seen[row.path] = seen.get(row.path, -1) + 1
        found[row.path, number] = row
        if isinstance(row.path[-1], str) and row.path[:-1] in holders:
            said[row.path, number] = declared.properties(holders[row.path[:-1]], row.op)
        if isinstance(row.op, plan.Group | plan.Bits):
            holders[row.path] = row.op.type_name  # of branches that exclude each other, the one whose rows follow
    return found, said


def _renamed(before: Mapping[Key, Row], after: Mapping[Key, Row]) -> dict[Key, Key]:
    """Unmatched elements behind the same neighbour: one to one if each is in the other's place, with what is inside."""
    found: dict[Key, Key] = {}
    old_runs, new_runs = _runs(before, after), _runs(after, before)
    for neighbour, gone in old_runs.items():
        olds, news = _groups(gone), _groups(new_runs.get(neighbour, []))
        if len(olds) != len(news):
            continue
        for old, new in zip(olds, news, strict=True):
            if _one_name_apart(old[0][0], new[0][0]) and _same_place(before[old[0]], after[new[0]]):
                below = len(old[0][0])
                renamed = {key: ((*new[0][0], *key[0][below:]), key[1]) for key in old}
                found.update((key, other) for key, other in renamed.items() if other in after)
    return found


def _groups(keys: list[Key]) -> list[list[Key]]:
    """Keys in order, each outermost one with those inside it."""
    groups: list[list[Key]] = []
    for key in keys:
        outer = groups[-1][0][0] if groups else None
        if outer is not None and len(key[0]) > len(outer) and key[0][: len(outer)] == outer:
            groups[-1].append(key)
        else:
            groups.append([key])
    return groups


def _runs(own: Mapping[Key, Row], other: Mapping[Key, Row]) -> dict[Key | None, list[Key]]:
    """What has no match, by the matched element before it."""
    runs: dict[Key | None, list[Key]] = {}
    neighbour: Key | None = None
    for key in own:
        if key in other:
            neighbour = key
        else:
            runs.setdefault(neighbour, []).append(key)
    return runs


def _one_name_apart(old: tuple[str | int, ...], new: tuple[str | int, ...]) -> bool:
    return len(old) == len(new) and sum(a != b for a, b in zip(old, new, strict=True)) == 1


def _same_place(old: Row, new: Row) -> bool:
    """Whether two rows may be one element: both hold others or neither does, and they begin at the same bit."""
    if isinstance(old.op, _HOLDERS) or isinstance(new.op, _HOLDERS):
        fits = type(old.op) is type(new.op)
    else:
        fits = (old.bits is None) == (new.bits is None)
    return fits and old.offset == new.offset and (old.bits or (0,))[0] == (new.bits or (0,))[0]


_HOLDERS = (plan.Group, plan.Repeat, plan.Bits)


def kind(row: Row) -> str:
    """What an element is, apart from its length: two of one kind and length are read alike."""
    match row.op:
        case plan.Repeat():
            return "an array"
        case plan.Group():
            return "a record"
        case plan.Bits(octets=octets):
            return f"a bit field of {octets} octet{'s' if octets > 1 else ''}"
        case plan.Field(kind="int", width=width):
            return f"INT of {width} bit{'s' if width > 1 else ''}"
        case plan.Field(width=width):
            return f"UINT of {width} bit{'s' if width > 1 else ''}"
        case plan.Bytes() | plan.Opaque():
            return row.type.partition("(")[0]
        case _:
            return row.type


class Names:
    """Old expressions as the new definition would write them, so that a new name alone is no change."""

    def __init__(self, pairings: Mapping[str, Pairing]) -> None:
        self.renames: dict[int, dict[tuple[str, ...], tuple[str, ...]]] = {}
        self._endings: dict[tuple[int, int], dict[tuple[str, ...], tuple[str, ...]]] = {}
        for pairing in pairings.values():
            renames = {_path(old[0]): _path(new[0]) for old, new in pairing.renamed.items()}
            self.renames.setdefault(pairing.old.id, {}).update(renames)

    def modern(self, expression: Expr, table: int) -> Expr:
        """An old table's expression with new names, in the form that `plain` gives."""

        def change(reference: External | Local) -> External | Local | Const:
            if isinstance(reference, External):
                renames = self.renames.get(reference.table, {})
                return replace(_plain(reference), path=renames.get(reference.path, reference.path))
            return replace(_plain(reference), path=self._local(reference.path, table))

        return map_expr(expression, change)

    def _local(self, path: tuple[str, ...], table: int) -> tuple[str, ...]:
        """The new name of an element of the same table, whose path starts at some record around."""
        length = len(path)
        if (table, length) not in self._endings:
            endings = self._endings[table, length] = {}
            for old, new in self.renames.get(table, {}).items():
                endings.setdefault(old[-length:], new[-length:])
        return self._endings[table, length].get(path, path)


def plain(expression: Expr) -> Expr:
    """An expression without what does not count when two are compared: names of tables, ranges of elements."""
    return map_expr(expression, _plain)


def _plain(reference: External | Local) -> External | Local:
    if isinstance(reference, External):
        return replace(reference, table_name="", range=(0, 0))
    return replace(reference, range=(0, 0))


def _path(path: tuple[str | int, ...]) -> tuple[str, ...]:
    return tuple("[]" if isinstance(step, int) else step for step in path)
