"""Which element of the new table is which of the old: the same path, or a new name in the same place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

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
    """

    old: plan.TablePlan
    new: plan.TablePlan
    before: Mapping[Key, Row]
    after: Mapping[Key, Row]
    renamed: Mapping[Key, Key]

    def partner(self, key: Key) -> Row | None:
        """The new row of an old one."""
        return self.after.get(self.renamed.get(key, key))

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


def pair(old: plan.TablePlan, new: plan.TablePlan) -> Pairing:
    """Pair the elements of two versions of a table."""
    before, after = _keyed(old), _keyed(new)
    return Pairing(old=old, new=new, before=before, after=after, renamed=_renamed(before, after))


def _keyed(table: plan.TablePlan) -> dict[Key, Row]:
    seen: dict[tuple[str | int, ...], int] = {}
    found: dict[Key, Row] = {}
    for row in rows(table):
        number = seen[row.path] = seen.get(row.path, -1) + 1
        found[row.path, number] = row
    return found


def _renamed(before: Mapping[Key, Row], after: Mapping[Key, Row]) -> dict[Key, Key]:
    """Runs of unmatched elements behind the same neighbour, one to one, if each fits the other."""
    found: dict[Key, Key] = {}
    old_runs, new_runs = _runs(before, after), _runs(after, before)
    for neighbour, gone in old_runs.items():
        came = new_runs.get(neighbour, [])
        if len(gone) == len(came):
            for old, new in zip(gone, came, strict=True):
                if _one_name_apart(old[0], new[0]) and _same_shape(before[old], after[new]):
                    found[old] = new
    return found


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


def _same_shape(old: Row, new: Row) -> bool:
    """Whether two rows may be one element: the same kind of op in the same bits of the same offset."""
    if type(old.op) is not type(new.op) or old.bits != new.bits or old.offset != new.offset:
        return False
    return isinstance(old.op, plan.Group | plan.Repeat | plan.Bits) or (old.size == new.size and kind(old) == kind(new))


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
        for old, new in self.renames.get(table, {}).items():
            if old[-len(path) :] == path:
                return new[-len(path) :]
        return path


def plain(expression: Expr) -> Expr:
    """An expression without what does not count when two are compared: names of tables, ranges of elements."""
    return map_expr(expression, _plain)


def _plain(reference: External | Local) -> External | Local:
    if isinstance(reference, External):
        return replace(reference, table_name="", range=(0, 0))
    return replace(reference, range=(0, 0))


def _path(path: tuple[str | int, ...]) -> tuple[str, ...]:
    return tuple("[]" if isinstance(step, int) else step for step in path)
