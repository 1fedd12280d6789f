"""Findings as a code quality report of GitLab, which shows them in a merge request."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tdl.report.diagnostic import Diagnostic, Severity
from tdl.report.fingerprint import fingerprints
from tdl.report.place import file_of, region

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.NOTE: "info"}


def render_gitlab(diagnostics: Sequence[Diagnostic], root: Path) -> str:
    """A list with one entry a finding; paths are relative to ``root``."""
    prints = fingerprints(diagnostics, root)
    entries = [_entry(each, print_, root) for each, print_ in zip(diagnostics, prints, strict=True)]
    return json.dumps(entries, indent=2) + "\n"


def _entry(diagnostic: Diagnostic, fingerprint: str, root: Path) -> dict[str, Any]:
    location: dict[str, Any] = {"path": file_of(diagnostic, root)}
    if diagnostic.primary is None:
        location["lines"] = {"begin": 1}  # every entry has a line
    else:
        found = region(diagnostic.primary.span)
        location["positions"] = {
            "begin": {"line": found.line, "column": found.column},
            "end": {"line": found.end_line, "column": found.end_column},
        }
    return {
        "description": f"{diagnostic.code}: {diagnostic.message}",
        "check_name": diagnostic.rule.slug,
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[diagnostic.severity],
        "location": location,
    }
