"""The comparison of two definitions, table by table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tdl.compat.elements import element_changes
from tdl.compat.pairing import Names, Pairing, pair
from tdl.ir import model, plan
from tdl.report import Diagnostic, Severity
from tdl.report.rules import compatibility

IDENTICAL, ADDED, REMOVED, EXTENDED, CHANGED = "identical", "added", "removed", "extended", "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two definitions."""

    model: model.Definition
    plan: plan.Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class TableChange:
    """What became of a table, or of a record of a procedure.

    Attributes:
        key, name: in the new definition if it is there.
        verdict: one of the constants above.
        changes: errors break readers, warnings rename, notes only add.
    """

    key: str
    name: str
    verdict: str
    changes: tuple[Diagnostic, ...] = ()

    @property
    def breaking(self) -> bool:
        return any(change.severity is Severity.ERROR for change in self.changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    old: model.Definition
    new: model.Definition
    tables: tuple[TableChange, ...]

    @property
    def breaking(self) -> bool:
        return any(table.breaking for table in self.tables)


def compare(old: Side, new: Side) -> Comparison:
    """Compare two definitions; tables are in the order of the new one, then those that are gone."""
    return Comparison(old=old.model, new=new.model, tables=tuple(_tables(old, new)))


def _tables(old: Side, new: Side) -> Iterator[TableChange]:
    before = {table.key: table for table in old.plan.tables}
    after = {table.key: table for table in new.plan.tables}
    pairings = {key: pair(before[key], table) for key, table in after.items() if key in before}
    names = Names(pairings)
    for key, table in after.items():
        if key not in pairings:
            added = compatibility.TABLE_ADDED.at(table.span, table=f"{key} {table.name}")
            yield TableChange(key=key, name=table.name, verdict=ADDED, changes=(added,))
        else:
            yield _compared(pairings[key], names, old.model, new.model)
    for key, table in before.items():
        if key not in after:
            removed = compatibility.TABLE_REMOVED.at(table.span, table=f"{key} {table.name}")
            yield TableChange(key=key, name=table.name, verdict=REMOVED, changes=(removed,))


def _compared(pairing: Pairing, names: Names, old: model.Definition, new: model.Definition) -> TableChange:
    before, after = pairing.old, pairing.new
    changes: list[Diagnostic] = []
    if before.name != after.name:
        changes.append(compatibility.TABLE_RENAMED.at(after.span, table=after.key, old=before.name, new=after.name))
    elements = list(element_changes(pairing, names, old, new))
    extended = bool(elements) and pairing.extended and all(c.severity is Severity.NOTE for c in elements)
    if extended:
        low, high = after.size[0] - before.size[0], after.size[1] - before.size[1]
        found = f"{low} octets" if low == high else f"{low} to {high} octets"
        changes.append(compatibility.TABLE_EXTENDED.at(after.span, table=f"{after.key} {after.name}", found=found))
    changes += elements
    verdict = CHANGED if changes else IDENTICAL
    if extended and len(changes) == len(elements) + 1:
        verdict = EXTENDED
    return TableChange(key=after.key, name=after.name, verdict=verdict, changes=tuple(changes))
