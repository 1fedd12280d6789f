"""Findings as lines: ``file:line:column: error TDL203: message``, as editors and grep read them."""

from __future__ import annotations

from collections.abc import Iterable

from tdl.report.diagnostic import Diagnostic
from tdl.report.render.snippet import in_a_line


def render_concise(diagnostics: Iterable[Diagnostic]) -> str:
    """One line a finding."""
    return "".join(_line(each) + "\n" for each in diagnostics)


def _line(diagnostic: Diagnostic) -> str:
    place = diagnostic.primary.span.place if diagnostic.primary else diagnostic.place
    lead = f"{in_a_line(place)}: " if place else ""
    return f"{lead}{diagnostic.severity.value} {diagnostic.code}: {in_a_line(diagnostic.message)}"
