"""What can be folded away: declarations, conditionals and long comments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tdl.lsp.workspace import Workspace
from tdl.sources import Span
from tdl.syntax import ast
from tdl.syntax.chunks import cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    span: Span
    comment: bool = False


def folds(workspace: Workspace, name: str) -> list[Fold]:
    """What goes over several lines, in order."""
    source, tree = workspace.source(name), workspace.texts.tree(name)
    if source is None or tree is None or source.text.lstrip().startswith("<"):
        return []
    found = [Fold(span=span) for span in _nodes(tree)]
    found += [Fold(span=Span(source, start, end), comment=True) for start, end in cut(source.text)[1]]
    return sorted((each for each in found if "\n" in each.span.text), key=lambda each: each.span.start)


def _nodes(tree: ast.Document | ast.Fragment) -> Iterator[Span]:
    if isinstance(tree, ast.Document):
        for declaration in tree.declarations:
            yield from _declaration(declaration)
        return
    for edit in tree.edits:
        if isinstance(edit, ast.Add | ast.Replace):
            yield edit.span
            yield from list(_declaration(edit.declaration))[1:]
        else:
            yield edit.span


def _declaration(declaration: ast.Declaration) -> Iterator[Span]:
    yield declaration.span
    pending = list(declaration.items) if isinstance(declaration, ast.Record | ast.BitField) else []
    while pending:
        item = pending.pop()
        match item:
            case ast.If(then=then, otherwise=otherwise):
                yield item.span
                pending += then + otherwise
            case ast.Switch(arms=arms, default=default):
                yield item.span
                pending += [*(i for arm in arms for i in arm.items), *(default or ())]
            case _:
                pass
