"""Findings as workflow commands of GitHub Actions, which shows them beside the lines of a pull request."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tdl.report.diagnostic import Diagnostic, Severity
from tdl.report.place import file_of, region
from tdl.report.render.snippet import visible

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render_github(diagnostics: Iterable[Diagnostic], root: Path) -> str:
    """One line a finding; paths are relative to ``root``."""
    return "".join(_command(each, root) + "\n" for each in diagnostics)


def _command(diagnostic: Diagnostic, root: Path) -> str:
    fields = {"file": file_of(diagnostic, root)}
    if diagnostic.primary is not None:
        found = region(diagnostic.primary.span)
        fields |= {"line": str(found.line), "endLine": str(found.end_line), "col": str(found.column)}
        if found.line == found.end_line:  # columns of other lines are not taken
            fields["endColumn"] = str(found.end_column)
    fields["title"] = f"{diagnostic.code} {diagnostic.rule.slug}"
    said = [diagnostic.message, *(f"note: {note}" for note in diagnostic.notes)]
    if diagnostic.help:
        said.append(f"help: {diagnostic.help}")
    settings = ",".join(f"{name}={_property(value)}" for name, value in fields.items() if value)
    return f"::{_COMMANDS[diagnostic.severity]} {settings}::{_data(chr(10).join(said))}"


def _data(text: str) -> str:
    return visible(text).replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
