"""The comparison of two definitions, table by table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tdl.compat import policy
from tdl.compat.codes import Codes
from tdl.compat.elements import element_changes
from tdl.compat.meanings import Declared, table_changes
from tdl.compat.pairing import Names, Pairing, pair
from tdl.compat.places import Move, moves
from tdl.compat.policy import Change, Effect
from tdl.compat.records import Records
from tdl.ir import model, plan

IDENTICAL = "identical"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two definitions."""

    model: model.Definition
    plan: plan.Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class TableChange:
    """What became of a table, of a procedure or of one of its records.

    Attributes:
        key, name: in the new definition if it is there.
        changes: in the order of the elements.
        moves: every element that lies elsewhere, those inside others too.
    """

    key: str
    name: str
    changes: tuple[Change, ...] = ()
    moves: tuple[Move, ...] = ()

    @property
    def effects(self) -> tuple[Effect, ...]:
        """What the changes do to the table, the gravest first."""
        found = {change.clause.effect for change in self.changes}
        return tuple(effect for effect in Effect if effect in found)

    @property
    def verdict(self) -> str:
        """The gravest effect in a word, ``identical`` if there is none."""
        return next((effect.value for effect in self.effects), IDENTICAL)

    @property
    def breaking(self) -> bool:
        return any(change.breaking for change in self.changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two versions of a definition; one of them may not be there."""

    old: model.Definition | None
    new: model.Definition | None
    tables: tuple[TableChange, ...]

    @property
    def changed(self) -> bool:
        return any(table.changes for table in self.tables)

    @property
    def breaking(self) -> bool:
        return any(table.breaking for table in self.tables)


def compare(old: Side | None, new: Side | None) -> Comparison:
    """Compare two definitions; tables are in the order of the new one, then those that are gone.

    Where one of them is not there, all that the other has is new or gone.
    """
    before, after = old or _nothing(), new or _nothing()
    return Comparison(
        old=None if old is None else old.model,
        new=None if new is None else new.model,
        tables=tuple(_tables(before, after)),
    )


def _nothing() -> Side:
    none = model.Definition(
        name="", edition=None, version=None, tables=(), procedures=(), records=(), bit_fields=(), enumerations=()
    )
    return Side(model=none, plan=plan.Plan(definition="", hash="", tables=()))


def _tables(old: Side, new: Side) -> Iterator[TableChange]:
    before = {table.key: table for table in old.plan.tables}
    after = {table.key: table for table in new.plan.tables}
    said_before, said_after = Declared(old.model), Declared(new.model)
    pairings = {key: pair(before[key], table, said_before, said_after) for key, table in after.items() if key in before}
    names = Names(pairings)
    codes = Codes(old.model, new.model)
    known = _procedures(old.model)
    declared = _declared(old.model, new.model)
    for key, table in after.items():
        if key in pairings:
            yield _compared(pairings[key], names, codes, declared.get(key))
        else:
            asks = key.endswith(".parameter") and key.partition(".")[0] in known
            clause = policy.PARAMETERS_ADDED if asks else policy.TABLE_ADDED
            added = clause.at(table.span, table=f"{key} {table.name}")
            yield TableChange(key=key, name=table.name, changes=(added,))
    for key, table in before.items():
        if key not in after:
            removed = policy.TABLE_REMOVED.at(table.span, table=f"{key} {table.name}")
            yield TableChange(key=key, name=table.name, changes=(removed,))
    yield from _procedure_changes(known, _procedures(new.model))
    yield from _pending(old.model, new.model)


def _pending(old: model.Definition, new: model.Definition) -> Iterator[TableChange]:
    """Whether what stands before every pending table changed; what was not said before disturbs nobody."""
    before, after = old.pending_header, new.pending_header
    if not isinstance(before, _HOLDERS) or not isinstance(after, _HOLDERS):
        return
    if not Records(old, new).alike(before.name, after.name):
        found = f"`{after.name}`" + (" of another layout" if after.name == before.name else "")
        changed = policy.PENDING_CHANGED.at(None, old=before.name, new=found)
        yield TableChange(key="pending", name=after.name, changes=(changed,))


_HOLDERS = (model.RecordType, model.BitFieldType)


def _declared(old: model.Definition, new: model.Definition) -> dict[str, tuple[model.Table, model.Table]]:
    """The tables that both definitions have."""
    before = {table.id: table for table in old.tables}
    return {str(table.id): (before[table.id], table) for table in new.tables if table.id in before}


def _compared(
    pairing: Pairing,
    names: Names,
    codes: Codes,
    declared: tuple[model.Table, model.Table] | None,
) -> TableChange:
    """The changes of a table, or of a procedure's record, which is ``declared`` by no table."""
    before, after = pairing.old, pairing.new
    table = f"{after.key} {after.name}"
    changes: list[Change] = []
    if before.name != after.name and "." not in after.key:  # a procedure's records are called after it
        changes.append(policy.TABLE_RENAMED.at(after.span, table=after.key, old=before.name, new=after.name))
    told, moved = moves(pairing)
    elements = list(element_changes(pairing, names, told, codes))
    if any(change.clause is policy.ELEMENT_APPENDED for change in elements) and not any(c.breaking for c in elements):
        low, high = after.size[0] - before.size[0], after.size[1] - before.size[1]
        found = f"{low} octets" if low == high else f"{low} to {high} octets"
        changes.append(policy.TABLE_EXTENDED.at(after.span, table=table, found=found))
    changes += elements
    if declared is not None:
        changes += table_changes(*declared, table)
    return TableChange(key=after.key, name=after.name, changes=tuple(changes), moves=moved)


def _procedures(definition: model.Definition) -> dict[str, model.Procedure]:
    return {f"{'MP' if each.id.group else 'SP'}{each.id.number}": each for each in definition.procedures}


def _procedure_changes(old: dict[str, model.Procedure], new: dict[str, model.Procedure]) -> Iterator[TableChange]:
    """What became of procedures themselves; of one that is gone or new, its records have told if it has any."""
    for key, after in new.items():
        before = old.get(key)
        if before is None:
            if after.parameter is None and after.response is None:
                added = policy.TABLE_ADDED.at(after.span, table=f"{key} {after.name}")
                yield TableChange(key=key, name=after.name, changes=(added,))
            continue
        changes = list(table_changes(before, after, f"{key} {after.name}"))
        if before.name != after.name:
            changes.insert(0, policy.TABLE_RENAMED.at(after.span, table=key, old=before.name, new=after.name))
        if changes:
            yield TableChange(key=key, name=after.name, changes=tuple(changes))
    for key, before in old.items():
        if key not in new and before.parameter is None and before.response is None:
            removed = policy.TABLE_REMOVED.at(before.span, table=f"{key} {before.name}")
            yield TableChange(key=key, name=before.name, changes=(removed,))
