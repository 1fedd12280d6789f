"""`tdl fmt` in the editor."""

from __future__ import annotations

from difflib import SequenceMatcher

from tdl.lsp.workspace import Workspace
from tdl.report import Edit, Report
from tdl.sources import SourceFile, Span
from tdl.syntax.formatting import format_text

MAX_LINES = 20_000
"""Of texts with more lines the whole is one edit."""


def formatting(workspace: Workspace, name: str) -> list[Edit]:
    """The edits that make a text canonical; none of a text that cannot be read, or that is XML."""
    source = workspace.source(name)
    if source is None or source.text.lstrip().startswith("<"):
        return []
    formatted = format_text(SourceFile(source.name, source.text), Report())
    return [] if formatted is None else line_edits(source, formatted)


def line_edits(source: SourceFile, text: str) -> list[Edit]:
    """The lines that differ, so that cursors and marks on the others stay where they are."""
    if source.text == text:
        return []
    before, after = source.text.splitlines(keepends=True), text.splitlines(keepends=True)
    if len(before) + len(after) > MAX_LINES:
        return [Edit(Span(source, 0, len(source.text)), text)]
    starts = [0]
    for line in before:
        starts.append(starts[-1] + len(line))
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return [
        Edit(Span(source, starts[a], starts[b]), "".join(after[c:d]))
        for what, a, b, c, d in matcher.get_opcodes()
        if what != "equal"
    ]
