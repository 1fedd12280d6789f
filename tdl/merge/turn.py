"""One fragment's turn: what its verbs share while they change the workspace."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from tdl.deferred import dataclass, field
from tdl.merge.namings import Namings, mentions
from tdl.merge.origins import Author
from tdl.merge.paths import Path, around, shown, type_name
from tdl.merge.renames import FormerNames, Lost, Renaming, Rewriter
from tdl.merge.touches import Touches
from tdl.merge.workspace import Slot, Workspace
from tdl.report import Diagnostic, Edit, Fix
from tdl.report.rules import merging
from tdl.sources import Span
from tdl.syntax import ast
from tdl.syntax.closeness import closest
from tdl.syntax.printer import print_expression

_T = TypeVar("_T")

MAX_SUGGESTIONS = 20
"""How often a merge looks for names like a misspelt one, which is slow in a large document."""


@dataclass(slots=True)
class Findings:
    """What is wrong, gathered over all fragments."""

    found: list[Diagnostic] = field(default_factory=list)
    suggestions: int = 0

    def add(self, diagnostic: Diagnostic) -> None:
        self.found.append(diagnostic)

    def close(self, name: str, known: Iterable[str]) -> tuple[str, ...]:
        if self.suggestions >= MAX_SUGGESTIONS:
            return ()
        self.suggestions += 1
        return closest(name, list(known), 0.7)


@dataclass(frozen=True, slots=True)
class Family:
    """All fragments of a merge.

    Attributes:
        touched: what each fragment touches.
        ancestors: the fragments that each descends from, itself included.
        touchers: the fragments that touch a path, in order.
        disputed: for each fragment, the paths on which it conflicts with an earlier one.
    """

    touched: Sequence[Touches]
    ancestors: Sequence[Collection[int]]
    touchers: Mapping[Path, Sequence[int]]
    disputed: Mapping[int, Collection[Path]]


class Turn:
    """The turn of one fragment.

    Attributes:
        failed: paths that earlier verbs failed to make, so that the verbs after them need not complain as well.
        before: what each path held before a fragment, by number, first set it.
    """

    def __init__(
        self,
        number: int,
        fragment: ast.Fragment,
        workspace: Workspace,
        family: Family,
        findings: Findings,
        failed: set[Path],
        before: dict[tuple[int, Path], object],
    ) -> None:
        self.number, self.fragment, self.workspace = number, fragment, workspace
        self.findings, self.failed, self.before = findings, failed, before
        self.author = Author(fragment.header.name)
        self._family = family
        self._ancestors = family.ancestors[number]
        self._disputed = family.disputed.get(number, ())
        self._former = FormerNames.of(r for r in workspace.renamings if r.fragment not in self._ancestors)
        self._renamed = self._former.all
        self._set: dict[Path, object] = {}

    @property
    def translates(self) -> bool:
        """Whether unrelated fragments before this one have renamed anything."""
        return bool(self._renamed)

    def disputed(self, paths: Collection[Path]) -> bool:
        """Whether one of the paths is reported as a conflict, so that this fragment must leave it alone."""
        if self._disputed and any(p in self._disputed for path in paths for p in (path, *around(path))):
            self.failed.update(paths)
            return True
        return False

    def done_elsewhere(self, paths: Collection[Path]) -> bool:
        """Whether an unrelated fragment has done the same to all of the paths."""
        return all(self._same_elsewhere(path) is not None for path in paths)

    def held(self, path: Path, now: _T, to: _T) -> _T:
        """What a path that holds ``now`` held in the eyes of this fragment, which sets it ``to`` something."""
        seen = now
        if path in self._set:
            seen = self._set[path]  # type: ignore[assignment]
        else:
            other = self._same_elsewhere(path)
            if other is not None:
                seen = self.before.get((other, path), now)  # type: ignore[assignment]
            self.before[self.number, path] = seen
        self._set[path] = to
        return seen

    def _same_elsewhere(self, path: Path) -> int | None:
        """The first unrelated fragment before this one that does the same to a path."""
        for other in self._family.touchers.get(path, ()):
            if other >= self.number:
                return None
            if other not in self._ancestors:
                return other
        return None

    def settle(self, edit: ast.Edit | ast.MemberEdit | ast.PropertyEdit | None = None) -> None:
        """Have the references to what was renamed rewritten, if that matters for an edit that comes next, or at all."""
        if not self.workspace.unsettled:
            return
        names = None if edit is None else mentions(lambda namings: namings.edit(edit))
        if names is None or self.workspace.concerns(names) or names & self._renamed:
            self._report_lost(self.workspace.settle())

    def begin_rename(self, kind: str, old: str, new: str, span: Span, owner: str = "") -> None:
        """Prepare for a rename; entries and declarations in the caller's hand are out of date."""
        renaming = Renaming(fragment=self.number, kind=kind, old=old, new=new, owner=owner, span=span)
        self._report_lost(self.workspace.begin_rename(renaming))

    def in_present_names(self, tree: _T, inside: ast.Declaration | None, walk: Callable[[Namings, _T], _T]) -> _T:
        """A tree of this fragment, in which what unrelated fragments have renamed has its new name."""
        if not self._renamed or not mentions(lambda namings: walk(namings, tree)) & self._renamed:
            return tree
        rewriter = Rewriter.backward(self.workspace.shapes(), self._former)
        now = walk(rewriter.inside(type_name(inside)), tree)
        renamings = [r for r in self.workspace.renamings if r.fragment not in self._ancestors]
        self._report_lost([(renamings[-1], reference) for reference in rewriter.lost])
        return now

    def _report_lost(self, lost: Iterable[Lost]) -> None:
        for renaming, reference in lost:
            self.findings.add(
                merging.HIDDEN_REFERENCE.at(
                    renaming.span,
                    reference=print_expression(reference),
                    secondary=[(reference.span, "the reference")],
                    help="give the renamed thing a name that nothing else has",
                )
            )

    def find(self, key: str, verb: str, span: Span) -> Slot | None:
        """The declaration that a verb is about; None if there is none, which is reported."""
        slot = self.workspace.find(key)
        if slot is None:
            kind = key.partition(" ")[0]
            self.missing((key,), f"`{key}`", verb, span, key, (k for k in self.workspace if k.startswith(kind)))
        return slot

    def missing(self, path: Path, what: str, verb: str, span: Span, name: str, known: Iterable[str]) -> None:
        """Report that there is nothing at a path."""
        if path in self.failed or any(p in self.failed for p in around(path)):
            self.failed.add(path)
            return
        trace = self.workspace.traces.get(path)
        close: tuple[str, ...] = ()
        secondary, help = [], ""
        if trace is None:
            close = self.findings.close(name, known)
            help = f"did you mean `{close[0]}`?" if close else ""
        elif trace.to is None:
            secondary = [(trace.span, f"`{trace.fragment}` removed it here")]
        else:
            secondary = [(trace.span, f"`{trace.fragment}` renamed it to `{trace.to}` here")]
            help, close = f"name it `{trace.to}`", (trace.to,)
        fixes = [fix for each in close for fix in _instead(span, name, each)]
        self.findings.add(
            merging.MISSING_TARGET.at(span, what=what, verb=verb, secondary=secondary, help=help, fixes=fixes)
        )

    def exists(self, path: Path, span: Span, existing: Span, help: str = "") -> None:
        """Report that a new name is not new."""
        self.findings.add(
            merging.ALREADY_THERE.at(span, what=shown(path), secondary=[(existing, "it is here")], help=help)
        )


def _instead(span: Span, name: str, other: str) -> Iterator[Fix]:
    """The fix that writes another name, of a verb that says the wrong one once; numbers are nobody's slip."""
    old, new = (each.rpartition(" ")[2] for each in (name, other))
    places = list(re.finditer(rf"\b{re.escape(old)}\b", span.text)) if old.isidentifier() else []
    if len(places) == 1:
        at = Span(span.source, span.start + places[0].start(), span.start + places[0].end())
        yield Fix(f"write `{new}`", (Edit(at, new),))
