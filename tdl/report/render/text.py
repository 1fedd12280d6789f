"""Findings for people: message, place, the lines concerned, and what to do."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from tdl.report.diagnostic import Diagnostic, Fix, Label, Severity
from tdl.report.render.snippet import Mark, in_a_line, line_text, mark, snippet, visible
from tdl.report.render.theme import PLAIN, Theme
from tdl.sources import NOWHERE, SourceFile

DEFAULT_COLUMNS = 100


def render_text(diagnostics: Iterable[Diagnostic], theme: Theme = PLAIN, columns: int = DEFAULT_COLUMNS) -> str:
    """All findings, an empty line between them, and a last line that counts them; "" if there are none."""
    shown = list(diagnostics)
    if not shown:
        return ""
    blocks = ["\n".join(_finding(each, theme, columns)) for each in shown]
    return "\n\n".join([*blocks, count(shown)]) + "\n"


def count(diagnostics: Iterable[Diagnostic]) -> str:
    """``2 errors, 1 warning``; "" for no finding."""
    severities = [d.severity for d in diagnostics]
    numbers = [(severities.count(severity), severity.value) for severity in Severity]
    return ", ".join(f"{n} {word}{'s' if n > 1 else ''}" for n, word in numbers if n)


def _finding(diagnostic: Diagnostic, theme: Theme, columns: int) -> Iterator[str]:
    severity = diagnostic.severity.value
    head = theme.paint(severity, f"{severity} {diagnostic.code}")
    yield f"{head}: {theme.paint('message', in_a_line(diagnostic.message))}"
    labels = [(diagnostic.primary, True)] if diagnostic.primary else []
    shown = [(label, primary) for label, primary in [*labels, *((s, False) for s in diagnostic.secondary)] if label]
    gutter = max((len(str(_line(label))) for label, _ in shown if label.span.source is not NOWHERE.source), default=1)
    arrow = theme.paint("gutter", " " * gutter + "-->")
    if not shown and diagnostic.place:
        yield f"{arrow} {theme.paint('place', in_a_line(diagnostic.place))}"
    for position, (source, own) in enumerate(_by_source(shown)):
        first = next((label for label, primary in own if primary), own[0][0])
        pointer = arrow if position == 0 else theme.paint("gutter", " " * gutter + ":::")
        yield f"{pointer} {theme.paint('place', in_a_line(first.span.place))}"
        if source is not NOWHERE.source:
            yield from _source(source, [mark(label, primary) for label, primary in own], gutter, theme, columns)
    for note in diagnostic.notes:
        yield from _said("note", note, theme, columns)
    if diagnostic.help:
        yield from _said("help", diagnostic.help, theme, columns)
    for fix in diagnostic.fixes:
        yield from _said("help", _fix(fix), theme, columns)


def _line(label: Label) -> int:
    return label.span.source.position(label.span.start)[0]


def _by_source(labels: list[tuple[Label, bool]]) -> list[tuple[SourceFile, list[tuple[Label, bool]]]]:
    """The labels of each source, in order of first mention."""
    found: dict[int, tuple[SourceFile, list[tuple[Label, bool]]]] = {}
    for label, primary in labels:
        found.setdefault(id(label.span.source), (label.span.source, []))[1].append((label, primary))
    return list(found.values())


def _source(source: SourceFile, marks: list[Mark], gutter: int, theme: Theme, columns: int) -> Iterator[str]:
    bar = f"{' ' * gutter} {theme.paint('gutter', '|')}"
    yield bar
    lines = sorted({m.line for m in marks})
    room = max(columns - gutter - 3, 20)
    yield from snippet(((n, line_text(source, n)) for n in lines), marks, gutter, room, theme)
    yield bar


def _said(role: str, text: str, theme: Theme, columns: int) -> Iterator[str]:
    lead = f"  {role}: "
    first, *rest = textwrap.wrap(
        visible(text), max(columns - len(lead), 20), break_long_words=False, break_on_hyphens=False
    ) or [""]
    yield f"  {theme.paint(role, f'{role}:')} {first}"
    yield from (" " * len(lead) + line for line in rest)


def _fix(fix: Fix) -> str:
    changes = "; ".join(
        f"{edit.span.place}: " + (f"write `{edit.replacement}`" if edit.replacement else "delete this text")
        for edit in fix.edits
    )
    return f"{fix.title}{'' if fix.safe else ' (look at what it changes first)'}: {changes}"
