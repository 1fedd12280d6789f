"""Findings that a comment lets pass: ``{ tdl: allow TDL702 why this is right here }``.

On a line of its own, a comment speaks of the declaration, member or verb behind it; behind something, of its line.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass

from tdl.check.plugins import GROUP
from tdl.report import Diagnostic, Edit, Fix, Report, Severity
from tdl.report.passed import Passed
from tdl.report.rules import find_rule, review
from tdl.sources import SourceFile, Span
from tdl.sources.plugins import plugins
from tdl.syntax import ast
from tdl.syntax.chunks import cut
from tdl.syntax.notation import parse

_MARK = re.compile(r"tdl:\s*allow\b")
_LINE_END = re.compile(r"[ \t\r]*\n")
_CODE = re.compile(r"[A-Z]{2,12}\d{3}\Z")
"""Codes of tdl, and those of rules that others write, which need not be installed here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allow:
    """What a comment allows.

    Attributes:
        comment: the comment, with what encloses it.
        where: findings that start in this range are let pass.
        problem: why it has no effect; "" if it has.
    """

    comment: Span
    code: str
    reason: str
    where: tuple[int, int]
    problem: str = ""


class Allows:
    """The comments of all texts of a check, and which of them were needed."""

    def __init__(self) -> None:
        self._of: dict[str, tuple[Allow, ...]] = {}
        self._used: set[tuple[str, int]] = set()
        self.passed: list[Passed] = []
        """What `sift` has kept back."""

    def of(self, source: SourceFile) -> tuple[Allow, ...]:
        if source.name not in self._of:
            self._of[source.name] = tuple(allows(source))
        return self._of[source.name]

    def sift(self, findings: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
        """The findings that nothing lets pass."""
        by_place: dict[tuple[str, str], list[Diagnostic]] = defaultdict(list)
        sources: dict[str, SourceFile] = {}
        for each in findings:
            if each.primary is None or each.severity is Severity.ERROR:
                yield each
            else:
                source = each.primary.span.source
                sources[source.name] = source
                by_place[source.name, each.code].append(each)
        for (name, code), found in by_place.items():
            here = [each for each in self.of(sources[name]) if each.code == code and not each.problem]
            yield from self._left(name, here, found)

    def _left(self, name: str, here: list[Allow], found: list[Diagnostic]) -> Iterator[Diagnostic]:
        waiting = sorted(here, key=lambda each: (-each.where[0], each.where[1]))  # of two at one place the wider first
        open_: list[Allow] = []
        for each in sorted(found, key=_start):
            while waiting and waiting[-1].where[0] <= _start(each):
                open_.append(waiting.pop())
            while open_ and open_[-1].where[1] <= _start(each):
                open_.pop()
            if open_:
                self._used.add((name, open_[-1].comment.start))
                self.passed.append(Passed(finding=each, by="comment", reason=open_[-1].reason))
            else:
                yield each

    def _is_unused(self, name: str, allow: Allow) -> bool:
        return (name, allow.comment.start) not in self._used and _is_looked_for(allow.code)

    def findings(self, sources: Mapping[str, SourceFile], complete: Collection[str]) -> Iterator[Diagnostic]:
        """What is wrong with the comments of texts.

        Args:
            complete: the names of the texts whose every rule was looked at; of others nobody knows what is not used.
        """
        for name, source in sources.items():
            for each in self.of(source):
                if each.problem:
                    yield review.BAD_ALLOW.at(each.comment, problem=each.problem)
                elif name in complete and self._is_unused(source.name, each):
                    fix = Fix("take the comment away", (Edit(_whole_line(each.comment), ""),), safe=True)
                    yield review.UNUSED_ALLOW.at(each.comment, code=each.code, fixes=[fix])


def _is_looked_for(code: str) -> bool:
    """Whether the rules that a code is of are installed."""
    prefix = code[:-3]
    return prefix == "TDL" or any(plugin.name.upper() == prefix for plugin in plugins(GROUP))


def _start(diagnostic: Diagnostic) -> int:
    return 0 if diagnostic.primary is None else diagnostic.primary.span.start


def _whole_line(span: Span) -> Span:
    """A comment with its line if that holds nothing else, else with the blanks before it."""
    text = span.source.text
    start = _behind_blanks(text, span.start)
    line_end = _LINE_END.match(text, span.end)
    alone = start == 0 or text[start - 1] == "\n"
    return Span(span.source, start, line_end.end() if alone and line_end else span.end)


def _behind_blanks(text: str, at: int) -> int:
    """Where the blanks before an offset start."""
    while at and text[at - 1] in " \t":
        at -= 1
    return at


def allows(source: SourceFile) -> Iterator[Allow]:
    """The comments of a text that allow something, in order."""
    text = source.text
    if not _MARK.search(text):
        return
    leading: dict[int, Span] = {}
    comments: dict[int, tuple[Span, str]] = {}
    if not text.lstrip().startswith("<"):  # of the document form those, too, that are no node's
        comments |= {start: (Span(source, start, end), text[start + 1 : end - 1]) for start, end in cut(text)[1]}
    for node, comment in _comments(parse(source, Report())):
        comments[comment.span.start] = comment.span, comment.text
        if comment.before:
            leading[comment.span.start] = node.span
    line = (0, -1)
    for start, (span, words) in sorted(comments.items()):
        marked = _MARK.match(words.lstrip())
        if marked is None:
            continue
        if start > line[1]:  # the lines are long where documents are hostile, so each is looked for once
            end = text.find("\n", start)
            line = text.rfind("\n", 0, start) + 1, len(text) if end < 0 else end
        where = line
        before = _behind_blanks(text, start)
        if start in leading and (before == 0 or text[before - 1] == "\n"):
            where = leading[start].start, leading[start].end
        code, reason = (*words.lstrip()[marked.end() :].split(maxsplit=1), "", "")[:2]
        reason = reason.strip()
        yield Allow(comment=span, code=code, reason=reason, where=where, problem=_problem(code, reason))


def _problem(code: str, reason: str) -> str:
    rule = find_rule(code) if _CODE.match(code) else None
    if rule is None and (code.startswith("TDL") or not _CODE.match(code)):
        return f"{f'`{code}`' if code else 'nothing'} found, a code such as `TDL702` expected"
    if rule is not None and rule.severity is Severity.ERROR:
        return f"`{code}` is an error, which cannot be allowed"
    return "" if reason else "no reason found, words behind the code expected"


def _comments(tree: ast.Document | ast.Fragment) -> Iterator[tuple[ast.Node, ast.Comment]]:
    """Every comment of a tree with the node that it was written at."""
    pending: list[object] = [tree]
    while pending:
        each = pending.pop()
        if isinstance(each, tuple):
            pending += each
        elif isinstance(each, ast.Node) and is_dataclass(each):
            for own in fields(each):
                value = getattr(each, own.name)
                if own.name == "comments":
                    yield from ((each, comment) for comment in value)
                elif isinstance(value, ast.Node | tuple):
                    pending.append(value)
