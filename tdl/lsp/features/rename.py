"""A new name for a thing, in every text that names it; nothing is renamed that would then mean something else."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tdl.check.builtins import BUILTINS
from tdl.lsp.features.navigation import Here, everywhere, here
from tdl.lsp.occurrences import Key, Occurrence
from tdl.lsp.units import Unit
from tdl.lsp.workspace import Workspace
from tdl.report import Edit, Severity
from tdl.report.place import is_of_library
from tdl.sources import Span

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_XML = re.compile(r"\s*<")


class CannotRename(Exception):
    """The text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renamable:
    """The name that would be changed, and where it stands under the cursor."""

    span: Span
    name: str


def prepare(workspace: Workspace, name: str, offset: int) -> Renamable | None:
    """What could be renamed at a place; None if nothing is named there.

    Raises:
        CannotRename: what is named there is not the workspace's to rename.
    """
    found = here(workspace, name, offset)
    if found is None:
        return None
    _own(workspace, found)
    return Renamable(span=found.occurrence.span, name=found.occurrence.span.text)


def rename(workspace: Workspace, name: str, offset: int, to: str) -> dict[str, list[Edit]]:
    """The edits, by text, that give what is named at a place another name.

    Every definition of the workspace must go on naming what it named before: this is tried out on copies of the texts.

    Raises:
        CannotRename: nothing is named there, it cannot have this name, or a definition would mean something else.
    """
    found = here(workspace, name, offset)
    if found is None:
        raise CannotRename("nothing that has a name stands here")
    if not _NAME.match(to):
        raise CannotRename(f"`{to}` is no name: letters, digits and `_` expected, no digit first")
    if to in BUILTINS:
        raise CannotRename(f"`{to}` is a built-in type")
    places = _own(workspace, found)
    now = found.occurrence.span.text
    edits: dict[str, list[Edit]] = defaultdict(list)
    for each in places:
        if each.span.text == now:
            edits[each.span.source.name].append(Edit(each.span, to))
    if now != to:
        _try_out(workspace, edits)
    return dict(edits)


def _own(workspace: Workspace, found: Here) -> list[Occurrence]:
    """Where the thing is named; all of it texts of the workspace."""
    thing = found.occurrence.thing
    places = everywhere(workspace.all_units(), thing.key)
    for each in places:
        if is_of_library(each.span.source.name):
            raise CannotRename(f"`{thing.name}` is the library's: a fragment can give it another name with `RENAME`")
        if _XML.match(each.span.source.text):
            raise CannotRename(f"`{thing.name}` is named in XML, which is not edited here")
    if found.occurrence not in places and not any(e.span == found.occurrence.span for e in places):
        raise CannotRename(f"`{thing.name}` cannot be found in the workspace")
    return places


def _try_out(workspace: Workspace, edits: Mapping[str, list[Edit]]) -> None:
    """Compile every definition that names the thing with the edits made."""
    concerned = [unit for unit in workspace.all_units() if not edits.keys().isdisjoint(unit.depends)]
    trial = Workspace(workspace.folders, workspace.encoding)
    for name, source in workspace.texts.open.items():
        trial.open(name, source.text)
    for name, own in edits.items():
        source = workspace.texts.read(name)
        trial.open(name, edited(source.text, own))
    after = {unit.main: unit for unit in trial.all_units()}
    for unit in concerned:
        renamed = after.get(unit.main)
        if renamed is None or _errors(renamed) > _errors(unit):
            raise CannotRename(_why(unit, renamed))
        if _meaning(unit) != _meaning(renamed):
            raise CannotRename(f"another thing has this name: `{unit.main}` would mean something else")


def edited(text: str, edits: Iterable[Edit]) -> str:
    """A text with edits that do not meet."""
    for each in sorted(edits, key=lambda edit: -edit.span.start):
        text = text[: each.span.start] + each.replacement + text[each.span.end :]
    return text


def _errors(unit: Unit) -> int:
    return sum(each.severity is Severity.ERROR for each in unit.findings)


def _why(unit: Unit, renamed: Unit | None) -> str:
    known = {each.message for each in unit.findings}
    fresh = [] if renamed is None else [e for e in renamed.findings if e.message not in known]
    error = next((each for each in fresh if each.severity is Severity.ERROR), None)
    return "it would lead to an error" + ("" if error is None else f": {error.message}")


def _meaning(unit: Unit) -> list[tuple[int, bool]]:
    """Which names of a unit name the same thing: things are numbered in the order in which they are named first."""
    numbers: dict[Key, int] = {}
    ordered = sorted(
        (each.span.source.name, each.span.start, each.thing.key, each.declares) for each in unit.occurrences()
    )
    return [(numbers.setdefault(key, len(numbers)), declares) for _, _, key, declares in ordered]
