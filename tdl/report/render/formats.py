"""Findings in any of the formats, by name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from tdl.deferred import dataclass
from tdl.report.diagnostic import Diagnostic, Severity
from tdl.report.passed import Passed
from tdl.report.render.concise import render_concise
from tdl.report.render.github import render_github
from tdl.report.render.gitlab import render_gitlab
from tdl.report.render.junit import render_junit
from tdl.report.render.machine import render_json
from tdl.report.render.sarif import render_sarif
from tdl.report.render.text import DEFAULT_COLUMNS, render_text
from tdl.report.render.theme import PLAIN, Theme

FORMATS = ("text", "concise", "json", "sarif", "github", "gitlab", "junit")

FOR_PEOPLE = ("text", "concise")
"""The formats that are read at a terminal; the others are data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What formats say besides the findings.

    Attributes:
        root: the folder that paths are relative to.
        version: that of tdl.
        files: what was looked at.
        failing: the severities that make a check fail.
        passed: the findings that do not count, which SARIF alone says.
    """

    root: Path
    version: str
    files: Collection[str]
    failing: Collection[Severity]
    passed: Sequence[Passed] = ()
    theme: Theme = PLAIN
    columns: int = DEFAULT_COLUMNS


def render(format: str, findings: Sequence[Diagnostic], sheet: Sheet) -> str:
    """The findings in one of `FORMATS`."""
    match format:
        case "text":
            return render_text(findings, sheet.theme, sheet.columns)
        case "concise":
            return render_concise(findings)
        case "json":
            return render_json(findings)
        case "sarif":
            return render_sarif(findings, sheet.root, sheet.version, sheet.passed)
        case "github":
            return render_github(findings, sheet.root)
        case "gitlab":
            return render_gitlab(findings, sheet.root)
        case "junit":
            return render_junit(findings, sheet.root, sheet.files, sheet.failing)
        case _:
            raise ValueError(f"no format `{format}`")
