"""Who descends from whom: the parent that each fragment names, found and checked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from tdl.deferred import dataclass
from tdl.report import Diagnostic
from tdl.report.rules import merging
from tdl.syntax import ast

BASE = -1
"""The number of the base; fragments are numbered from 0 in the order given."""


@dataclass(frozen=True, slots=True)
class Lineage:
    """The family of the fragments.

    Attributes:
        parents: the parent of each fragment, `BASE` for the base; None for one that cannot be applied because its
            parent is not right, or its parent's parent.
        ancestors: the fragments that each one descends from, itself included.
    """

    parents: tuple[int | None, ...]
    ancestors: tuple[frozenset[int], ...]


def trace(
    base: ast.Document,
    fragments: Sequence[ast.Fragment],
    base_names: Collection[str],
    add: Callable[[Diagnostic], None],
) -> Lineage:
    """Find the parent of every fragment and report those that are not right."""
    return _Tracer(base, fragments, base_names, add).lineage()


class _Tracer:
    def __init__(
        self,
        base: ast.Document,
        fragments: Sequence[ast.Fragment],
        base_names: Collection[str],
        add: Callable[[Diagnostic], None],
    ) -> None:
        self.base, self.fragments, self.add = base, fragments, add
        self.base_names = dict.fromkeys([base.header.name, *base_names])
        self.numbers: dict[str, int] = {}
        self.refused: set[int] = set()
        for number, fragment in enumerate(fragments):
            first = self.numbers.setdefault(fragment.header.name, number)
            if first != number:
                self.refuse(
                    number,
                    merging.DUPLICATE_FRAGMENT.at(
                        fragment.header.span,
                        name=fragment.header.name,
                        secondary=[(fragments[first].header.span, "the first one")],
                    ),
                )

    def lineage(self) -> Lineage:
        named = [self.named(number) for number in range(len(self.fragments))]
        self.check_cycles([parent for parent, _ in named])
        parents: list[int | None] = []
        ancestors: list[frozenset[int]] = []
        versions: dict[int | None, str | None] = {BASE: self.base.header.version}
        for number, (parent, version) in enumerate(named):
            if parent is not None and parent > number and number not in self.refused:
                self.refuse(number, self.wrong_order(number, parent, [p for p, _ in named]))
            if number in self.refused or parent is None or (parent != BASE and parents[parent] is None):
                parents.append(None)
                ancestors.append(frozenset([number]))
                continue
            own = self.fragments[number].header.version
            versions[number] = versions[parent] if own is None else own
            ancestors.append(frozenset([number]) if parent == BASE else ancestors[parent] | {number})
            if version is not None and version != versions[parent]:
                self.refuse(number, self.wrong_version(number, version, versions[parent]))
                parents.append(None)
                continue
            parents.append(parent)
        return Lineage(tuple(parents), tuple(ancestors))

    def refuse(self, number: int, diagnostic: Diagnostic) -> None:
        self.refused.add(number)
        self.add(diagnostic)

    def named(self, number: int) -> tuple[int | None, str | None]:
        """The parent that a fragment names and the version that it asks for; no parent if there is none."""
        text = self.fragments[number].header.base or ""
        for name, version in ((text, None), (text.rpartition("@")[0], text.rpartition("@")[2])):
            other = self.numbers.get(name)
            if other is not None and other < number:
                return other, version
            if name in self.base_names:
                return BASE, version
            if other is not None and other != number:
                return other, version
        if self.numbers.get(text) == number:
            return number, None
        if number not in self.refused:
            self.refuse(number, self.missing(number, text))
        return None, None

    def missing(self, number: int, text: str) -> Diagnostic:
        from difflib import get_close_matches  # a name that is wrong may take its time

        known = [*self.base_names, *self.numbers]
        close = get_close_matches(text.partition("@")[0], [n for n in known if n != self.name(number)], 1, 0.6)
        header = self.fragments[number].header
        return merging.MISSING_PARENT.at(
            header.base_span,
            name=header.name,
            parent=text,
            secondary=[(self.base.header.span, "the base")],
            notes=[f"the base is known as {_listed(self.base_names)}"],
            help=f"did you mean `{close[0]}`?" if close else "",
        )

    def check_cycles(self, parents: list[int | None]) -> None:
        done: set[int] = set()
        for start in range(len(parents)):
            way: dict[int, None] = {}
            at: int | None = start
            while at is not None and at != BASE and at not in done and at not in way:
                way[at] = None
                at = parents[at]
            if at in way:
                members = list(way)
                self.cycle(sorted(members[members.index(at) :]), parents)
            done.update(way)

    def cycle(self, numbers: list[int], parents: list[int | None]) -> None:
        first, *others = numbers
        way = []
        at = parents[first]
        while at is not None and at != first:
            way.append(self.name(at))
            at = parents[at]
        self.refuse(
            first,
            merging.PARENT_CYCLE.at(
                self.fragments[first].header.base_span,
                name=self.name(first),
                way=f", by way of {_listed(way)}" if way else "",
                secondary=[
                    (self.fragments[n].header.base_span, f"`{self.name(n)}` names its parent here") for n in others
                ],
            ),
        )
        self.refused.update(others)

    def wrong_order(self, number: int, parent: int, parents: list[int | None]) -> Diagnostic:
        chain = [number]
        at: int | None = parent
        while at is not None and at != BASE and at not in chain:
            chain.append(at)
            at = parents[at]
        return merging.FRAGMENT_ORDER.at(
            self.fragments[number].header.base_span,
            name=self.name(number),
            parent=self.name(parent),
            secondary=[(self.fragments[parent].header.span, "the parent, given later")],
            help=f"give them in the order {_listed([self.name(n) for n in reversed(chain)])}",
        )

    def wrong_version(self, number: int, expected: str, found: str | None) -> Diagnostic:
        header = self.fragments[number].header
        return merging.VERSION_MISMATCH.at(
            header.base_span,
            parent=(header.base or "").rpartition("@")[0],
            found="no version" if found is None else f"version `{found}`",
            expected=expected,
        )

    def name(self, number: int) -> str:
        return self.fragments[number].header.name


def _listed(names: Collection[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
