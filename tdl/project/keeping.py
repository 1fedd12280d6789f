"""Compiled definitions taken apart: what `tdl.project.parts` keeps of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from tdl.check.tables import number_in_group
from tdl.merge.paths import DOCUMENT, key_of
from tdl.merge.touches import touches
from tdl.project.parts import Declared, Index, Scheduled, Stretch, Writer, names_in
from tdl.syntax import ast
from tdl.syntax.canonical import content_of

if TYPE_CHECKING:
    from tdl.ir import model, plan
    from tdl.pipeline import Notes
    from tdl.sources import SourceFile


def whole(
    writer: Writer,
    notes: Notes,
    texts: Mapping[str, SourceFile],
    document: ast.Document,
    definition: model.Definition,
    of: plan.Plan,
) -> Index | None:
    """The parts of a definition that has just been compiled; None if an edit of it would have to begin anew.

    Args:
        texts: what was read, by path.
    """
    if not notes.steps or notes.view is None or notes.view.scope.exhausted:
        return None
    base, step = notes.steps[-1]
    paths = {id(text): path for path, text in texts.items()}
    own = [id(each.header.span.source) for each in step.fragments]
    if len({*own}) < len(own) or not paths.keys() >= {*own} or not _elsewhere(notes).isdisjoint(own):
        return None
    trees: dict[int, Stretch] = {}

    def tree(declaration: ast.Declaration) -> Stretch:
        if id(declaration) not in trees:
            trees[id(declaration)] = writer.dump(declaration)
        return trees[id(declaration)]

    nodes = nodes_of(definition, document.declarations)
    declarations = {
        key_of(each): declared(writer, each, nodes.get(key_of(each)), tree(each)) for each in document.declarations
    }
    return Index(
        header=writer.dump(document.header),
        base=(writer.dump(base.header), {key_of(each): tree(each) for each in base.declarations}),
        fragments=tuple((paths[id(each.header.span.source)], writer.dump(each)) for each in step.fragments),
        base_names=step.base_names,
        touched=tuple(sorted(touched_by(step.fragments))),
        declarations=dict(sorted(declarations.items())),
        plans=scheduled(writer, of, declarations),
        expanded=notes.view.expanded,
        indexed=notes.view.scope.indexed,
        more={},
    )


def _elsewhere(notes: Notes) -> set[int]:
    """The texts, by identity, that say something else than the fragments themselves that were applied last."""
    base, last = notes.steps[-1]
    found = {id(each.span.source) for each in base.declarations} | {id(base.header.span.source)}
    for _, step in notes.steps[:-1]:
        for fragment in step.fragments:
            found |= {id(fragment.header.span.source), *(id(each.span.source) for each in fragment.edits)}
    for fragment in last.fragments:
        found |= {id(each.span.source) for each in fragment.edits} - {id(fragment.header.span.source)}
    return found


def declared(
    writer: Writer, declaration: ast.Declaration, node: model.Declared | None, tree: Stretch | None = None
) -> Declared:
    """What is kept of a declaration; ``tree`` is where its tree lies if it does already."""
    return Declared(
        name=declaration.name,
        kind=type(declaration).__name__,
        mentions=names_in(declaration),
        number=number_of(declaration),
        content=content_of(declaration),
        tree=tree or writer.dump(declaration),
        node=None if node is None else writer.dump(node),
    )


def scheduled(writer: Writer, of: plan.Plan, declarations: Mapping[str, Declared]) -> dict[str, Scheduled]:
    """What is kept of a Plan, whose tables are those of some declarations."""
    owners = {(key.startswith("PROCEDURE"), each.name): key for key, each in declarations.items() if each.number}
    found = {}
    for table in of.tables:
        _, procedure, role = table.key.partition(".")
        name = table.name.removesuffix(f"_{role.upper()}") if procedure else table.name
        found[table.key] = Scheduled(owner=owners[bool(procedure), name], id=table.id, plan=writer.dump(table))
    return found


def nodes_of(definition: model.Definition, declarations: Iterable[ast.Declaration]) -> dict[str, model.Declared]:
    """The parts of a Model by the keys of the declarations they were made from."""
    parts = (definition.records, definition.bit_fields, definition.enumerations, definition.tables)
    types = {each.name: each for part in parts for each in part}
    procedures = {each.name: each for each in definition.procedures}
    found: dict[str, model.Declared] = {}
    for each in declarations:
        node = (procedures if isinstance(each, ast.Procedure) else types).get(each.name)
        if node is not None:
            found[key_of(each)] = node
    return found


def number_of(declaration: ast.Declaration) -> tuple[str, str, int] | None:
    """What no other table or procedure may be numbered with."""
    if not isinstance(declaration, ast.Table | ast.Procedure):
        return None
    number = number_in_group(declaration)
    assert number is not None  # the checks have looked
    return type(declaration).__name__, declaration.number.group, number


def touched_by(fragments: Iterable[ast.Fragment]) -> set[str]:
    """The keys of the declarations that fragments change; what they do to the header is no part of it."""
    keys = {path[0] for fragment in fragments for path in touches(fragment)}
    keys |= {str(each.target) for fragment in fragments for each in fragment.edits if isinstance(each, ast.Modify)}
    return {key for key in keys if not key.startswith(DOCUMENT)}
