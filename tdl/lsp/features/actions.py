"""What can be done about a finding: the fixes of `tdl check --fix`, and a comment that lets it pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tdl.lsp.workspace import Workspace
from tdl.report import Diagnostic, Edit, Fix, Severity
from tdl.report.place import is_of_library
from tdl.sources import SourceFile, Span
from tdl.syntax.chunks import cut

REASON = "why this is right here"
"""What stands for the reason until somebody writes one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """An offer; ``findings`` are those that it mends, ``preferred`` if it is sure to be right."""

    title: str
    edits: tuple[Edit, ...]
    findings: tuple[Diagnostic, ...]
    preferred: bool = False


def quick_fixes(workspace: Workspace, name: str, start: int, end: int) -> list[Action]:
    """What can be done about the findings that touch a range."""
    source = workspace.source(name)
    if source is None:
        return []
    found = []
    for finding in workspace.findings().get(name, []):
        if finding.primary is None or finding.primary.span.end < start or finding.primary.span.start > end:
            continue
        for fix in finding.fixes:
            if _can_be_done(workspace, fix.edits):
                title = fix.title if fix.safe else f"{fix.title} (look at it afterwards)"
                found.append(Action(title=title, edits=fix.edits, findings=(finding,), preferred=fix.safe))
        found += _allow(source, finding)
    return found


def fix_all(workspace: Workspace, name: str) -> Action | None:
    """Every safe fix in a text that is in no other's way; None if there is none."""
    edits: list[Edit] = []
    mended = []
    for finding in workspace.findings().get(name, []):
        fix = next((each for each in finding.fixes if _is_safe_here(each, name)), None)
        if fix is not None and not any(_meet(a.span, b.span) for a in edits for b in fix.edits):
            edits += fix.edits
            mended.append(finding)
    if not edits:
        return None
    return Action(title="mend what can be mended safely", edits=tuple(edits), findings=tuple(mended), preferred=True)


def _is_safe_here(fix: Fix, name: str) -> bool:
    return fix.safe and all(edit.span.source.name == name for edit in fix.edits)


def _meet(a: Span, b: Span) -> bool:
    return a.source.name == b.source.name and a.start <= b.end and b.start <= a.end


def _can_be_done(workspace: Workspace, edits: Iterable[Edit]) -> bool:
    """Whether the texts are the workspace's own, as they are now, and in the notation that fixes are written in."""
    return all(
        not is_of_library(edit.span.source.name)
        and workspace.source(edit.span.source.name) is edit.span.source
        and not edit.span.source.text.lstrip().startswith("<")
        for edit in edits
    )


def _allow(source: SourceFile, finding: Diagnostic) -> Iterator[Action]:
    """A comment behind the line, for what is no error."""
    if finding.primary is None or finding.rule.severity is Severity.ERROR or not finding.code.startswith("TDL"):
        return
    if finding.primary.span.source is not source or source.text.lstrip().startswith("<"):
        return
    end = source.text.find("\n", finding.primary.span.start)
    end = len(source.text) if end < 0 else end
    end -= source.text[end - 1] == "\r"
    if any(start < end < stop for start, stop in cut(source.text)[1]):
        return  # the line ends inside a comment
    edit = Edit(Span(source, end, end), f" {{ tdl: allow {finding.code} {REASON} }}")
    yield Action(title=f"allow {finding.code} here", edits=(edit,), findings=(finding,))
