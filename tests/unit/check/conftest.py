"""A document's text to what the rules say about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import pytest

from tdl.check import check
from tdl.report import Diagnostic, Report
from tdl.sources import SourceFile
from tdl.syntax import ast
from tdl.syntax.notation import parse

Look: TypeAlias = Callable[[str], list[Diagnostic]]
Spans: TypeAlias = Callable[[str], list[tuple[str, str]]]


@pytest.fixture(name="look")
def looking() -> Look:
    """The diagnostics of a text, in order of place."""

    def look(text: str) -> list[Diagnostic]:
        report = Report()
        document = parse(SourceFile("definition.tdl", text), report)
        assert isinstance(document, ast.Document)
        assert not len(report), [d.message for d in report]
        check(document, report)
        return list(report)

    return look


@pytest.fixture(name="spans")
def spanning(look: Look) -> Spans:
    """The code of each diagnostic and the text that it points at."""

    def spans(text: str) -> list[tuple[str, str]]:
        return [(d.code, "" if d.primary is None else d.primary.span.text) for d in look(text)]

    return spans
