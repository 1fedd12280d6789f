"""Findings as JUnit XML, which nearly every build server reads: a suite a file, a failed test case a finding."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from tdl.report.diagnostic import Diagnostic, Severity
from tdl.report.place import file_of, region, relative
from tdl.report.render.snippet import visible
from tdl.report.render.text import render_text

_COLUMNS = 100


def render_junit(
    diagnostics: Sequence[Diagnostic], root: Path, files: Iterable[str], failing: Collection[Severity]
) -> str:
    """A suite for each file.

    Args:
        files: what was looked at; one without a finding has a suite with one test case that passed.
        failing: the severities that make a test case fail. The others pass, with the finding as its output.
    """
    suites: dict[str, list[Diagnostic]] = {relative(name, root): [] for name in files}
    for each in diagnostics:
        suites.setdefault(file_of(each, root), []).append(each)
    failures = sum(each.severity in failing for each in diagnostics)
    cases = sum(max(len(found), 1) for found in suites.values())
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="tdl check" tests="{cases}" failures="{failures}" errors="0">',
    ]
    for name, found in sorted(suites.items()):
        lines += _suite(name, found, failing)
    return "\n".join([*lines, "</testsuites>", ""])


def _suite(name: str, found: list[Diagnostic], failing: Collection[Severity]) -> Iterable[str]:
    failures = sum(each.severity in failing for each in found)
    attributes = f'tests="{max(len(found), 1)}" failures="{failures}" errors="0" skipped="0"'
    yield f"  <testsuite name={_attribute(name)} {attributes}>"
    if not found:
        yield f'    <testcase name="tdl check" classname={_attribute(name)}/>'
    for each in found:
        yield f"    <testcase name={_attribute(_title(each))} classname={_attribute(name)}>"
        text = escape(visible(render_text([each], columns=_COLUMNS).rpartition("\n\n")[0]))
        if each.severity in failing:
            kind = f"type={_attribute(each.severity.value)} message={_attribute(each.message)}"
            yield f"      <failure {kind}>{text}</failure>"
        else:
            yield f"      <system-out>{text}</system-out>"
        yield "    </testcase>"
    yield "  </testsuite>"


def _title(diagnostic: Diagnostic) -> str:
    title = f"{diagnostic.code} {diagnostic.rule.slug}"
    if diagnostic.primary is None:
        return title
    found = region(diagnostic.primary.span)
    return f"{title} at {found.line}:{found.column}"


def _attribute(text: str) -> str:
    return quoteattr(visible(text))
