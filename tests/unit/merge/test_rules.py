"""The examples of every rule of the range: the wrong one has that error alone, the right one has none."""

from __future__ import annotations

import shlex

import pytest

from tdl.merge import merge
from tdl.report import Example, Report, Rule
from tdl.report.rules import merging
from tdl.sources import SourceFile
from tdl.syntax import ast
from tdl.syntax.notation import parse

RULES = [rule for rule in vars(merging).values() if isinstance(rule, Rule)]


def reported(example: Example) -> list[str]:
    report = Report()
    names = shlex.split(example.command)[2:]
    trees = []
    for name in names:
        text = example.files[name]
        assert isinstance(text, str)
        trees.append(parse(SourceFile(name, text), report))
    base, *fragments = trees
    assert isinstance(base, ast.Document)
    assert all(isinstance(f, ast.Fragment) for f in fragments)
    merge(base, fragments, report)  # type: ignore[arg-type]
    return [d.code for d in report]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)
def test_examples(rule: Rule) -> None:
    assert set(reported(rule.wrong)) == {rule.code}
    assert reported(rule.right) == []


def test_codes_are_of_this_range_and_used_once() -> None:
    codes = [rule.code for rule in RULES]
    assert len(set(codes)) == len(codes) == len({rule.slug for rule in RULES})
    assert all("TDL300" < code < "TDL400" for code in codes)
