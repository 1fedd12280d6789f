"""Fixes applied: on texts in memory until nothing is left to mend, then written all at once.

A round of fixes that makes an error where none was is taken back; its fixes are then tried one by one.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from tdl.image.atomic import write_files
from tdl.report import Diagnostic, Edit, Fix, Severity
from tdl.review.checking import Outcome
from tdl.sources import SourceFile

MAX_ROUNDS = 10
MAX_TRIALS = 20
"""How many fixes of a round are tried one by one: each takes a check."""

Check: TypeAlias = Callable[[Mapping[str, str]], Outcome]
"""A check with some texts instead of what the files hold."""

Choice: TypeAlias = tuple[Diagnostic, Fix]

_XML = re.compile(r"\s*<")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """What fixes have done, nothing of it written yet.

    Attributes:
        outcome: the check of the new texts.
        done: each finding that was mended, and the fix.
        refused: findings whose fix would make an error, with that error's message.
        before, after: the texts that have changed, by the real path of their file.
    """

    outcome: Outcome
    done: tuple[Choice, ...]
    refused: tuple[tuple[Diagnostic, str], ...]
    before: Mapping[str, str]
    after: Mapping[str, str]


class FileChanged(Exception):
    """A file is no longer what the check read; ``name`` is its path."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def mend(check: Check, unsafe: bool) -> Mended:
    """Apply the fixes of a check's findings until there are none, in `MAX_ROUNDS` at most.

    Args:
        unsafe: also those that are to be looked at, where a finding has but one.
    """
    work = _Work(check)
    for _ in range(MAX_ROUNDS):
        fixes = list(_fixes(work.outcome, unsafe))
        # of errors first: what is found behind them is not what their fixes have made
        errors = [each for each in fixes if each[0].severity is Severity.ERROR]
        if not (work.apply(errors, judge=False) if errors else work.try_out(fixes)):
            break
    left = {each.order for each in work.outcome.findings}
    return Mended(
        outcome=work.outcome,
        done=tuple(work.done),
        refused=tuple((each, error) for order, (each, error) in work.refused.items() if order in left),
        before=work.before,
        after=work.after,
    )


def write_mended(mended: Mended) -> None:
    """Write the texts that have changed, all or none; all else in the files stays as it is, octet for octet.

    Raises:
        FileChanged: a file has changed since it was read.
        OSError: a file cannot be written.
    """
    octets: dict[str, bytes] = {}
    for path, text in mended.after.items():
        there = Path(path).read_bytes()
        mark = _BOM if there.startswith(_BOM) else b""
        if there != mark + mended.before[path].encode():
            raise FileChanged(path)
        octets[path] = mark + text.encode()
    if octets:
        root = Path(os.path.commonpath([os.path.dirname(path) for path in octets]))
        write_files(root, {Path(path).relative_to(root).as_posix(): content for path, content in octets.items()})


class _Work:
    def __init__(self, check: Check) -> None:
        self.check = check
        self.overlay: dict[str, str] = {}
        self.before: dict[str, str] = {}
        self.after: dict[str, str] = {}
        self.done: list[Choice] = []
        self.refused: dict[tuple[object, ...], tuple[Diagnostic, str]] = {}
        self.outcome = check({})

    def try_out(self, fixes: list[Choice]) -> bool:
        """Apply fixes that may make no error; whether any was applied."""
        if not fixes or self.apply(fixes, judge=True):
            return bool(fixes)
        # the first one that may be applied: the others' places have moved, and the next round looks at them again
        return any(self.apply([each], judge=True) for each in fixes[:MAX_TRIALS])

    def apply(self, fixes: list[Choice], judge: bool) -> bool:
        """Apply fixes together unless they make an error; whether they were applied."""
        changed = _edited(self.outcome.texts, [edit for _, fix in fixes for edit in fix.edits])
        names = {name: os.path.realpath(name) for name in self.outcome.texts}
        overlay = self.overlay | {name: changed[path] for name, path in names.items() if path in changed}
        outcome = self.check(overlay)
        made = _errors(outcome) - _errors(self.outcome)
        if judge and made:
            if len(fixes) == 1:
                self.refused[fixes[0][0].order] = fixes[0][0], min(made)[1]
            return False
        for name, path in names.items():
            if path in changed:
                self.before.setdefault(path, self.outcome.texts[name].text)
        self.after |= changed
        self.overlay, self.outcome = overlay, outcome
        self.done += fixes
        return True


def _errors(outcome: Outcome) -> Counter[tuple[str, str]]:
    return Counter((each.code, each.message) for each in outcome.findings if each.rule.severity is Severity.ERROR)


def _fixes(outcome: Outcome, unsafe: bool) -> Iterator[Choice]:
    """One fix for each finding that has a fit one, none of them in the way of another."""
    taken: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for finding in outcome.findings:
        fix = next((each for each in finding.fixes if each.safe), None)
        if fix is None and unsafe and len(finding.fixes) == 1:
            fix = finding.fixes[0]
        if fix is None or not all(_is_own(edit.span.source, outcome) for edit in fix.edits):
            continue
        ranges = [(os.path.realpath(e.span.source.name), (e.span.start, e.span.end)) for e in fix.edits]
        if not any(_meets(taken[path], each) for path, each in ranges):
            for path, each in ranges:
                insort(taken[path], each)
            yield finding, fix


def _is_own(source: SourceFile, outcome: Outcome) -> bool:
    """Whether a text was asked about, and is in the notation that fixes are written in."""
    return outcome.texts.get(source.name) is source and not _XML.match(source.text)


def _meets(taken: list[tuple[int, int]], wanted: tuple[int, int]) -> bool:
    """Whether a range touches one of others that do not touch each other."""
    i = bisect_left(taken, wanted)
    return (i < len(taken) and taken[i][0] <= wanted[1]) or (i > 0 and taken[i - 1][1] >= wanted[0])


def _edited(texts: Mapping[str, SourceFile], edits: list[Edit]) -> dict[str, str]:
    """The texts with their edits, by real path."""
    by_path: dict[str, list[Edit]] = defaultdict(list)
    for edit in edits:
        by_path[os.path.realpath(edit.span.source.name)].append(edit)
    changed = {}
    for path, own in by_path.items():
        text, parts, at = own[0].span.source.text, [], 0
        for edit in sorted(own, key=lambda edit: (edit.span.start, edit.span.end)):
            parts += [text[at : edit.span.start], edit.replacement]
            at = edit.span.end
        changed[path] = "".join([*parts, text[at:]])
    return changed
