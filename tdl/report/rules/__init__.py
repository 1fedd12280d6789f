"""The registry of rules: one module a range of codes.

Pages, the command line and every output format are made from it.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from tdl.report.rule import Rule

RANGES = {
    "invocation": "0xx: what was asked for, and reading it",
    "syntax": "1xx: the text of a document",
    "names": "2xx: what names stand for",
    "merging": "3xx: fragments and their bases",
    "layout": "4xx: types, bits and sizes",
    "binding": "5xx: values that layouts depend on, and octets that do not fit",
    "conformance": "6xx: what the standard's editions ask for",
    "style": "7xx: good habits",
    "compatibility": "8xx: changes that break readers",
    "targets": "9xx: generated code",
}

CONTINUATIONS = ("conversion", "xml", "review", "meters", "traffic", "client", "gateway")
"""Modules that hold more rules of a range above."""


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, by code."""
    found = [
        rule
        for name in (*RANGES, *CONTINUATIONS)
        for rule in vars(import_module(f"tdl.report.rules.{name}")).values()
        if isinstance(rule, Rule)
    ]
    return tuple(sorted(found, key=lambda rule: rule.code))


def find_rule(code: str) -> Rule | None:
    """The rule with a code or slug, written in any case."""
    wanted = code.casefold()
    return next((r for r in all_rules() if wanted in (r.code.casefold(), r.slug)), None)
