"""A line costs the same in a long document as in a short one, in every pass.

Work is counted in calls, which are the same on every machine.
"""

from __future__ import annotations

from functools import cache

import pytest

from tdl import pipeline
from tdl.report import Report
from tdl.sources import Resolver, SourceFile
from tdl.syntax.notation import parse
from tests.benchmarks.compile import long_document
from tests.work import counted

SHORT, LONG, LONGEST = 1_000, 10_000, 100_000
FLAT = 1.1
"""How many times as much a line may cost in the longer document."""


@cache
def calls(lines: int) -> dict[str, int]:
    """How many calls each pass makes for a document of so many lines."""
    context = pipeline.Context(resolver=Resolver(overlay={"long.tdl": long_document(lines)}))
    value: object = pipeline.Request(definition="long.tdl")
    found: dict[str, int] = {}
    for each in pipeline.PASSES:
        with counted() as work:
            value = each.run(value, context)
        assert not context.report.failed
        found[each.name] = work.calls
    return found


@pytest.mark.parametrize("name", ["parse", "merge", "validate", "lower", "schedule"])
def test_a_pass_is_linear(name: str) -> None:
    short, long = calls(SHORT)[name], calls(LONG)[name]
    assert long / LONG < FLAT * short / SHORT


def test_parsing_is_linear_to_the_end() -> None:
    found = []
    for lines in (SHORT, LONGEST):
        source = SourceFile("long.tdl", long_document(lines))
        with counted() as work:
            parse(source, Report())
        found.append(work.calls / lines)
    short, longest = found
    assert longest < FLAT * short
