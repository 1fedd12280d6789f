"""Trees and findings as plain values, with all that their equality passes over."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

from tdl.report import Report
from tdl.sources import Span
from tdl.syntax import ast


def spelled(value: object) -> object:
    """Everything that a tree holds, with its places and comments."""
    match value:
        case Span():
            return "span", value.source.name, value.start, value.end, value.text
        case tuple():
            return tuple(map(spelled, value))
        case ast.Node() | ast.Number() if is_dataclass(value):
            return type(value).__name__, *(spelled(getattr(value, each.name)) for each in fields(value))
        case _:
            return type(value).__name__, value


def findings(report: Report) -> list[object]:
    """What each finding says, and where."""
    found: list[object] = []
    for each in report:
        secondary = [(spelled(label.span), label.text) for label in each.secondary]
        found.append((each.order, each.severity, each.message, each.help, secondary))
    return found
