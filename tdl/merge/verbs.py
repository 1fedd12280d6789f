"""The verbs of a fragment on the definition as a whole: its header and its declarations."""

from __future__ import annotations

from typing import assert_never

from tdl.frozen import replace
from tdl.merge.member_verbs import modify, modify_document
from tdl.merge.paths import DOCUMENT, key_of, property_facet
from tdl.merge.touches import declaration_touches
from tdl.merge.turn import Turn
from tdl.merge.workspace import Slot, Trace
from tdl.report.rules import merging
from tdl.syntax import ast


def apply(turn: Turn) -> None:
    """Do all that a fragment says, in its order; each verb that cannot be done is reported and left out."""
    _apply_header(turn)
    for edit in turn.fragment.edits:
        if isinstance(edit, ast.Modify):
            (modify_document if edit.target.kind == DOCUMENT else modify)(turn, edit)
            continue
        paths = [path for path, _ in declaration_touches(edit)]
        if turn.disputed(paths) or turn.done_elsewhere(paths):
            continue
        turn.settle(edit)
        match edit:
            case ast.Add():
                done = _add(turn, edit)
            case ast.Replace():
                done = _replace(turn, edit)
            case ast.Remove():
                done = _remove(turn, edit)
            case ast.Rename():
                done = _rename(turn, edit)
            case _:
                assert_never(edit)
        if not done:
            turn.failed.update(paths)
    turn.settle()


def _apply_header(turn: Turn) -> None:
    """The header of the result: the fragment's, completed by the base's; an empty text takes a part away."""
    old, new = turn.workspace.header, turn.fragment.header
    for p in new.properties:
        former = next((o.value for o in old.properties if o.name == p.name), None)
        turn.held((DOCUMENT, property_facet(p.name)), former, p.value)
    turn.workspace.header = ast.Header(
        name=new.name,
        edition=(old.edition if new.edition is None else new.edition) or None,
        version=(old.version if new.version is None else new.version) or None,
        properties=turn.author.properties(new.properties, "SET", old.properties),
        span=new.span,
        comments=new.comments,
    )


def _add(turn: Turn, edit: ast.Add) -> bool:
    key = key_of(edit.declaration)
    existing = turn.workspace.find(key)
    if existing is not None:
        turn.exists((key,), edit.declaration.name_span, existing.head.span, "say `REPLACE` to write over it")
        return False
    _write(turn, turn.workspace.add(turn.author.declaration(edit.declaration, "ADD")))
    return True


def _replace(turn: Turn, edit: ast.Replace) -> bool:
    key = key_of(edit.declaration)
    slot = turn.find(key, "replace", edit.declaration.name_span)
    if slot is None:
        return False
    written = turn.author.declaration(edit.declaration, "REPLACE", slot.declaration)
    turn.workspace.replace(slot, written)
    _write(turn, slot)
    return True


def _write(turn: Turn, slot: Slot) -> None:
    """Give what a slot's new declaration names the names of today."""
    written = slot.declaration
    now = turn.in_present_names(written, written, lambda namings, d: namings.declaration(d))
    if now is not written:
        turn.workspace.replace(slot, now)


def _remove(turn: Turn, edit: ast.Remove) -> bool:
    key = str(edit.target)
    if turn.find(key, "remove", edit.target.span) is None:
        return False
    turn.workspace.remove(key)
    turn.workspace.traces[key,] = Trace(fragment=turn.author.document, span=edit.span)
    return True


def _rename(turn: Turn, edit: ast.Rename) -> bool:
    key, kind, workspace = str(edit.target), edit.target.kind, turn.workspace
    slot = turn.find(key, "rename", edit.target.span)
    if slot is None:
        return False
    existing: ast.Declaration | None = None
    if kind == "TYPE":
        other = workspace.find(f"TYPE {edit.to}")
        existing = other.head if other else None
    elif kind == "TABLE":
        existing = workspace.table_named(edit.to)
    if existing is not None:
        turn.findings.add(merging.ALREADY_THERE.at(edit.span, what=edit.to, secondary=[(existing.span, "it is here")]))
        return False
    if kind != "PROCEDURE":
        turn.begin_rename(kind, slot.head.name, edit.to, edit.span)
    old = slot.declaration
    origins = turn.author.step(old.origins, "RENAME", edit.span)
    workspace.rename(slot, replace(old, name=edit.to, name_span=edit.span, origins=origins))
    if kind == "TYPE":
        workspace.traces[key,] = Trace(fragment=turn.author.document, span=edit.span, to=edit.to)
    return True
