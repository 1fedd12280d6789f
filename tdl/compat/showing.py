"""A comparison as text for people and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tdl.compat.comparison import IDENTICAL, Comparison, TableChange
from tdl.ir import model
from tdl.report import Diagnostic, Severity
from tdl.report.render import PLAIN, Theme


def show_text(comparison: Comparison, theme: Theme = PLAIN) -> str:
    """The tables that changed, each with what changed in it, and a last line that sums up."""
    return "\n".join(_lines(comparison, theme)) + "\n"


def _lines(comparison: Comparison, theme: Theme) -> Iterator[str]:
    changed = [table for table in comparison.tables if table.verdict != IDENTICAL]
    for table in changed:
        breaking = f", {theme.paint('error', 'breaking')}" if table.breaking else ""
        yield f"{theme.paint('title', f'{table.key} {table.name}')}: {table.verdict}{breaking}"
        for change in table.changes:
            severity = change.severity.value
            yield f"  {theme.paint(severity, f'{severity} {change.code}')}: {change.message}"
        yield ""
    same = len(comparison.tables) - len(changed)
    words = {True: "breaks readers", False: "nothing breaks readers"}
    parts = [f"{len(changed)} changed", f"{same} the same", words[comparison.breaking]]
    yield ", ".join(parts)


def show_json(comparison: Comparison) -> str:
    """An object: ``old`` and ``new`` (name, version, hash), ``breaking``, and ``tables``: each with ``key``, ``name``,
    ``verdict``, ``breaking`` and ``changes`` (``code``, ``slug``, ``severity``, ``breaking``, ``message``, ``data``).
    """
    shape = {
        "old": _definition(comparison.old),
        "new": _definition(comparison.new),
        "breaking": comparison.breaking,
        "tables": [_table(table) for table in comparison.tables],
    }
    return json.dumps(shape, indent=2) + "\n"


def _definition(definition: model.Definition) -> dict[str, object]:
    return {"name": definition.name, "version": definition.version, "hash": definition.hash}


def _table(table: TableChange) -> dict[str, object]:
    return {
        "key": table.key,
        "name": table.name,
        "verdict": table.verdict,
        "breaking": table.breaking,
        "changes": [_change(change) for change in table.changes],
    }


def _change(change: Diagnostic) -> dict[str, object]:
    return {
        "code": change.code,
        "slug": change.rule.slug,
        "severity": change.severity.value,
        "breaking": change.severity is Severity.ERROR,
        "message": change.message,
        "data": {name: str(value) for name, value in change.data.items()},
    }
