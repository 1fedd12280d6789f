"""From a name to what it stands for, and to everywhere else that this is named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tdl.lsp.occurrences import Key, Occurrence, is_there, word_in
from tdl.lsp.units import Unit
from tdl.lsp.workspace import Workspace
from tdl.sources import SourceError, SourceFile, Span
from tdl.syntax import ast


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """What stands at a place, and the unit that says so."""

    unit: Unit
    occurrence: Occurrence


def here(workspace: Workspace, name: str, offset: int) -> Here | None:
    """The name at a place of a text; None if nothing is named there."""
    unit = workspace.unit(name)
    if unit is None:
        return None
    found = [
        each
        for each in unit.occurrences()
        if each.span.source.name == name and each.span.start <= offset <= each.span.end
    ]
    # of two that meet at the place, the one that begins there; of verbs and what they make, the one that is there
    best = max(found, key=lambda each: (each.span.start, not each.declares), default=None)
    return None if best is None else Here(unit=unit, occurrence=best)


def definition(workspace: Workspace, name: str, offset: int) -> list[Span]:
    """Where what is named at a place was declared; of a text in quotes, the text that it names."""
    found = here(workspace, name, offset)
    if found is None:
        return list(_named_texts(workspace, name, offset))
    thing = found.occurrence.thing
    now = word_in(thing.node.name_span, thing.name)
    first = thing.node.origins[0].span if thing.node.origins else now
    at_place = now.source.name == name and now.start <= offset <= now.end
    if at_place and thing.node.origins[1:]:
        now = word_in(first, thing.name)
    return [now] if is_there(now) else []


def references(workspace: Workspace, name: str, offset: int, *, declarations: bool) -> list[Span]:
    """Every place in the workspace and the library where the same thing is named, in order."""
    found = here(workspace, name, offset)
    if found is None:
        return []
    places = everywhere(workspace.all_units(), found.occurrence.thing.key)
    return [each.span for each in places if declarations or not each.declares]


def highlights(workspace: Workspace, name: str, offset: int) -> list[Occurrence]:
    """The same in the text itself."""
    found = here(workspace, name, offset)
    if found is None:
        return []
    return [e for e in everywhere([found.unit], found.occurrence.thing.key) if e.span.source.name == name]


def everywhere(units: Iterable[Unit], key: Key) -> list[Occurrence]:
    """The occurrences of a thing in units, each place once, in order of texts and places."""
    places: dict[tuple[str, int], Occurrence] = {}
    for unit in units:
        for each in unit.occurrences():
            if each.thing.key == key and is_there(each.span):
                places.setdefault((each.span.source.name, each.span.start), each)
    return [places[place] for place in sorted(places)]


def _named_texts(workspace: Workspace, name: str, offset: int) -> Iterator[Span]:
    """The text that an `IMPORT` or the base of a fragment names."""
    tree = workspace.texts.tree(name)
    if tree is None:
        return
    for each in tree.imports:
        if each.span.start <= offset <= each.span.end:
            yield from _beginning(workspace, workspace.texts.locate(each.target, name))
    header = tree.header
    if isinstance(tree, ast.Fragment) and header.base and header.base_span.start <= offset <= header.base_span.end:
        unit = workspace.unit(name)
        document = None if unit is None or unit.base is None else unit.base.document
        if document is not None:
            yield document.header.span


def _beginning(workspace: Workspace, located: str) -> Iterator[Span]:
    try:
        source: SourceFile = workspace.texts.read(located)
    except SourceError:
        return
    yield Span(source, 0, 0)
