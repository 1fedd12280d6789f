"""Findings as JSON: a list of objects whose shape is `SCHEMA`; members are added, never changed or taken away."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from tdl.report.diagnostic import Diagnostic, Fix, Label
from tdl.sources import Span

_SPAN = {
    "type": "object",
    "description": "a range of text; lines and columns are counted from 1, the end is behind the last character",
    "properties": {
        "file": {"type": "string"},
        "line": {"type": "integer", "minimum": 1},
        "column": {"type": "integer", "minimum": 1},
        "end_line": {"type": "integer", "minimum": 1},
        "end_column": {"type": "integer", "minimum": 1},
    },
    "required": ["file", "line", "column", "end_line", "end_column"],
}
_LABEL = {
    "type": "object",
    "properties": {"span": _SPAN, "text": {"type": "string"}},
    "required": ["span", "text"],
}

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "tdl findings",
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "code": {"type": "string", "pattern": "^TDL[0-9]{3}$"},
            "slug": {"type": "string"},
            "severity": {"enum": ["error", "warning", "note"]},
            "message": {"type": "string"},
            "place": {"type": "string", "description": "in words: file:line:column, or an octet of a table"},
            "primary": {"anyOf": [_LABEL, {"type": "null"}]},
            "secondary": {"type": "array", "items": _LABEL},
            "notes": {"type": "array", "items": {"type": "string"}},
            "help": {"type": "string"},
            "fixes": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "title": {"type": "string"},
                        "safe": {"type": "boolean"},
                        "edits": {
                            "type": "array",
                            "items": {
                                "type": "object",
                                "properties": {"span": _SPAN, "replacement": {"type": "string"}},
                                "required": ["span", "replacement"],
                            },
                        },
                    },
                    "required": ["title", "safe", "edits"],
                },
            },
            "data": {"type": "object", "description": "what the message names, by kind"},
        },
        "required": [
            "code", "slug", "severity", "message", "place", "primary", "secondary", "notes", "help", "fixes", "data",
        ],
    },
}  # fmt: skip


def render_json(diagnostics: Iterable[Diagnostic]) -> str:
    """The findings as a JSON list, sorted as they are shown."""
    return json.dumps([_finding(each) for each in diagnostics], indent=2) + "\n"


def _finding(diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        "code": diagnostic.code,
        "slug": diagnostic.rule.slug,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "place": diagnostic.primary.span.place if diagnostic.primary else diagnostic.place,
        "primary": None if diagnostic.primary is None else _label(diagnostic.primary),
        "secondary": [_label(each) for each in diagnostic.secondary],
        "notes": list(diagnostic.notes),
        "help": diagnostic.help,
        "fixes": [_fix(each) for each in diagnostic.fixes],
        "data": {name: _plain(value) for name, value in diagnostic.data.items()},
    }


def _label(label: Label) -> dict[str, Any]:
    return {"span": _span(label.span), "text": label.text}


def _span(span: Span) -> dict[str, Any]:
    line, column = span.source.position(span.start)
    end_line, end_column = span.source.position(span.end)
    return {
        "file": span.source.name,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
    }


def _fix(fix: Fix) -> dict[str, Any]:
    edits = [{"span": _span(edit.span), "replacement": edit.replacement} for edit in fix.edits]
    return {"title": fix.title, "safe": fix.safe, "edits": edits}


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else str(value)
