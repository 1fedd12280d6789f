"""The members and expressions of one declaration, each with its place: the order of declaration and the branches
around it. Says whether an element is there, and already known, where an expression asks for it.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TypeAlias, assert_never

from tdl.deferred import dataclass
from tdl.syntax import ast

MAX_VARIANTS = 64
"""Up to how many elements of one name it is worked out which branch applies; beyond, only whether any is earlier."""

Fact: TypeAlias = tuple[object, ...]
"""Something that holds in a branch: a condition and its truth, or a selector and its labels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """One branch of a conditional.

    Attributes:
        item: which conditional of the declaration, by order.
        branch: which of its branches; ``branches`` counts them, the one in which nothing is selected included.
        asked: the condition or selector.
        labels: those of the arm, in a selection; None in its default.
    """

    item: int
    branch: int
    branches: int
    asked: ast.Expression
    labels: tuple[tuple[int, int], ...] | None = ()

    def facts(self) -> frozenset[Fact]:
        """What holds inside."""
        if self.labels:
            return frozenset([(self.labels, self.asked)])
        return frozenset(() if self.labels is None else _facts(self.asked, self.branch == 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in a declaration: how many members and conditionals are before it, and the branches around it."""

    order: int
    guards: tuple[Guard, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    member: ast.Member
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """An expression that a layout depends on.

    Attributes:
        what: ``count``, ``size``, ``condition`` or ``selector``.
        inside: the declaration whose elements it may name.
        member: the element whose dimension it is.
    """

    expression: ast.Expression
    what: str
    inside: ast.TypeDeclaration | None
    place: Place
    member: ast.Member | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    placed: tuple[Placed, ...]
    by_name: dict[str, list[Placed]]
    sites: tuple[Site, ...]
    switches: tuple[tuple[ast.Switch, Site], ...]
    conditionals: int
    depth: int


class Presence(Enum):
    """Whether an element is known at a place."""

    ALWAYS = "always"
    SOMETIMES = "sometimes"
    NEVER = "never"
    LATER = "later"


def survey(
    declaration: ast.TypeDeclaration,
    sizes: Callable[[ast.Specification], list[tuple[str, ast.Expression]]],
    exhaustive: Callable[[ast.Switch, ast.TypeDeclaration], bool],
) -> Survey:
    """Walk a declaration once.

    Args:
        sizes: the dimensions of a specification, as (``count`` or ``size``, expression).
        exhaustive: whether the labels of a selection leave no value out.
    """
    walk = _Walk(declaration, sizes, exhaustive)
    if not isinstance(declaration, ast.Alias):
        walk.items(declaration.items, ())
    by_name: dict[str, list[Placed]] = {}
    for each in walk.placed:
        by_name.setdefault(each.member.name, []).append(each)
    return Survey(
        placed=tuple(walk.placed),
        by_name=by_name,
        sites=tuple(walk.sites),
        switches=tuple(walk.switches),
        conditionals=walk.conditionals,
        depth=walk.depth,
    )


class _Walk:
    def __init__(
        self,
        declaration: ast.TypeDeclaration,
        sizes: Callable[[ast.Specification], list[tuple[str, ast.Expression]]],
        exhaustive: Callable[[ast.Switch, ast.TypeDeclaration], bool],
    ) -> None:
        self.inside, self.sizes, self.exhaustive = declaration, sizes, exhaustive
        self.placed: list[Placed] = []
        self.sites: list[Site] = []
        self.switches: list[tuple[ast.Switch, Site]] = []
        self.order = self.conditionals = self.depth = 0

    def items(self, items: tuple[ast.Item, ...], guards: tuple[Guard, ...]) -> None:
        self.depth = max(self.depth, len(guards))
        for item in items:
            place = Place(order=self.order, guards=guards)
            self.order += 1
            match item:
                case ast.Member():
                    self.placed.append(Placed(member=item, place=place))
                    for what, expression in self.sizes(item.specification):
                        self.site(expression, what, place, item)
                case ast.If():
                    self.conditionals += 1
                    self.site(item.condition, "condition", place)
                    for branch, below in enumerate((item.then, item.otherwise)):
                        guard = Guard(item=place.order, branch=branch, branches=2, asked=item.condition)
                        self.items(below, (*guards, guard))
                case ast.Switch():
                    self.conditionals += 1
                    self.switch(item, place)
                case _:
                    assert_never(item)

    def switch(self, item: ast.Switch, place: Place) -> None:
        site = self.site(item.selector, "selector", place)
        self.switches.append((item, site))
        branches = len(item.arms) + (item.default is not None or not self.exhaustive(item, self.inside))
        for branch, arm in enumerate(item.arms):
            guard = Guard(item=place.order, branch=branch, branches=branches, asked=item.selector, labels=arm.labels)
            self.items(arm.items, (*place.guards, guard))
        guard = Guard(item=place.order, branch=len(item.arms), branches=branches, asked=item.selector, labels=None)
        self.items(item.default or (), (*place.guards, guard))

    def site(self, expression: ast.Expression, what: str, place: Place, member: ast.Member | None = None) -> Site:
        site = Site(expression=expression, what=what, inside=self.inside, place=place, member=member)
        self.sites.append(site)
        return site


def _facts(condition: ast.Expression, truth: bool) -> list[Fact]:
    match condition:
        case ast.Unary(operator="NOT", operand=operand):
            return _facts(operand, not truth)
        case ast.Binary(operator="AND", left=left, right=right) if truth:
            return _facts(left, True) + _facts(right, True)
        case ast.Binary(operator="OR", left=left, right=right) if not truth:
            return _facts(left, False) + _facts(right, False)
        case _:
            return [(truth, condition)]


def presence(variants: list[Placed], at: Place) -> Presence:
    """Whether one of the members of a name is there, and known, at a place of the same declaration."""
    if len(variants) > MAX_VARIANTS:
        return Presence.ALWAYS if variants[0].place.order < at.order else Presence.LATER
    earlier = [v.place for v in variants if v.place.order < at.order]
    if not earlier:
        return Presence.LATER
    branches = {g.item: g.branch for g in at.guards}
    possible = [p for p in earlier if all(branches.get(g.item, g.branch) == g.branch for g in p.guards)]
    if not possible:
        return Presence.NEVER
    left = [tuple(g for g in p.guards if g.item not in branches) for p in possible]
    if _covered(left):
        return Presence.ALWAYS
    facts = frozenset[Fact]().union(*(g.facts() for g in at.guards))
    left = [tuple(g for g in chain if not _holds(g, facts)) for chain in left]
    return Presence.ALWAYS if _covered(left) else Presence.SOMETIMES


def _holds(guard: Guard, facts: frozenset[Fact]) -> bool:
    return bool(own := guard.facts()) and own <= facts


def _covered(chains: list[tuple[Guard, ...]]) -> bool:
    """Whether every combination of branches leads through one of the chains."""
    if any(not chain for chain in chains):
        return True
    for item in {chain[0].item for chain in chains}:
        here = [chain for chain in chains if chain[0].item == item]
        if all(
            _covered([chain[1:] for chain in here if chain[0].branch == branch])
            for branch in range(here[0][0].branches)
        ):
            return True
    return False
