"""Values that make expressions come out as wanted: a small search, directed by what stands in the expressions.

Conditions are small: a few elements compared with constants. `AND`, `OR` and `NOT` are taken apart; what is left is
tried with the constants in it, their neighbours, the ends of ranges and small numbers, one element at a time, then
together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice, product
from types import MappingProxyType
from typing import Protocol, TypeAlias, assert_never

from tdl.ir.expr import (
    ArithmeticProblem,
    Binary,
    Const,
    Contains,
    Expr,
    External,
    Index,
    Local,
    Range,
    Unary,
    evaluate,
    references,
)
from tdl.vectors.branches import FALSE, TRUE, Wanted, told

MAX_EVALUATIONS = 6_000
"""How many times expressions are evaluated for one set of constraints."""

_MAX_TOGETHER = 1_500
_SMALL = range(17)

Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Outside:
    """An element of another table, at positions of the arrays around it."""

    reference: External
    indices: tuple[int, ...]

    @property
    def key(self) -> tuple[int, tuple[str, ...], tuple[int, ...]]:
        return self.reference.table, self.reference.path, self.indices

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Outside) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


@dataclass(frozen=True, slots=True)
class Inside:
    """An element of the table itself."""

    path: Path


@dataclass(frozen=True, slots=True)
class Member:
    """Whether a set has a member."""

    set: Outside | Inside
    member: int


Variable: TypeAlias = Outside | Inside | Member
Values: TypeAlias = Mapping[Variable, int]

NOTHING: Values = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """An expression at a place of an image, and what its value shall be.

    Attributes:
        homes: the paths of the records around the place, for references to earlier elements.
        index: the position in the innermost array.
    """

    expression: Expr
    wanted: Wanted
    homes: tuple[Path, ...]
    index: int

    def __str__(self) -> str:
        return told(self.expression, self.wanted)

    def variable(self, reference: External | Local, indices: tuple[int, ...]) -> Outside | Inside:
        """What a reference stands for at this place."""
        if isinstance(reference, External):
            return Outside(reference, indices)
        subscripts = iter(indices)
        steps = (next(subscripts) if step == "[]" else step for step in reference.path)
        return Inside((*self.homes[-1 - reference.up], *steps))


class Known(Protocol):
    """What a search starts from."""

    def current(self, variable: Variable) -> int:
        """The value that something has where nothing else is said of it.

        Raises:
            ArithmeticProblem: it has none.
        """

    def is_fixed(self, variable: Variable) -> bool:
        """Whether that cannot be changed."""


class _Exhausted(Exception):
    """The search has cost enough."""


def solve(constraints: Sequence[Constraint], given: Values, hints: Values, known: Known) -> dict[Variable, int] | None:
    """Values with which all constraints hold, the first of them solved first; None if none are found.

    Args:
        given: values that cannot be changed.
        hints: values to keep where the constraints allow it.
    """
    search = _Search(hints, known)
    try:
        return next(search.all_of(constraints, given), None)
    except _Exhausted:
        return None


def stands(constraint: Constraint, hints: Values, known: Known) -> bool:
    """Whether there is what a constraint speaks of; an image that came out otherwise may not have it."""
    try:
        _Search(hints, known).evaluate(constraint, constraint.expression, {})
    except ArithmeticProblem:
        return False
    return True


class _Search:
    def __init__(self, hints: Values, known: Known) -> None:
        self.hints, self.known = hints, known
        self.evaluations = 0

    def all_of(self, constraints: Sequence[Constraint], values: Values) -> Iterator[dict[Variable, int]]:
        if not constraints:
            yield {**self.hints, **values}
            return
        first, *rest = constraints
        for found in self.one(first, first.expression, first.wanted, values):
            yield from self.all_of(rest, found)

    def one(self, at: Constraint, expression: Expr, wanted: Wanted, values: Values) -> Iterator[Values]:
        """Values with which an expression comes out as wanted; those it has now come first."""
        if self.holds(at, expression, wanted, values):
            yield {**values, **self.pinned(at, expression, values)}
        match expression:
            case _ if wanted.broken:
                yield from self.tried(at, expression, wanted, values)
            case Unary(operator="NOT"):
                for truth in _truths(wanted):
                    yield from self.one(at, expression.operand, FALSE if truth else TRUE, values)
            case Binary(operator="AND" | "OR" as operator):
                for truth in _truths(wanted):
                    part = TRUE if truth else FALSE
                    if truth == (operator == "AND"):
                        for found in self.one(at, expression.left, part, values):
                            yield from self.one(at, expression.right, part, found)
                    else:
                        yield from self.one(at, expression.left, part, values)
                        yield from self.one(at, expression.right, part, values)
            case Contains():
                yield from self.member(at, expression, wanted, values)
            case _:
                yield from self.tried(at, expression, wanted, values)

    def member(self, at: Constraint, expression: Contains, wanted: Wanted, values: Values) -> Iterator[Values]:
        """Put the member into the set or take it out; where that cannot be, another member."""
        for found in (values, *islice(self.tried(at, expression.member, Wanted(among=((0, 255),)), values), 32)):
            try:
                member = self.evaluate(at, expression.member, found)
                indices = tuple(self.evaluate(at, each, found) for each in expression.set.indices)
            except ArithmeticProblem:
                continue
            variable = Member(at.variable(expression.set, indices), member)
            if self.is_free(variable, found) and 0 <= member < 1 << 16:
                for truth in _truths(wanted):
                    yield {**found, variable: truth}
            elif self.holds(at, expression, wanted, found):
                yield found

    def tried(self, at: Constraint, expression: Expr, wanted: Wanted, values: Values) -> Iterator[Values]:
        """Candidates for the elements in an expression, one at a time, then several together."""
        free = [v for v in self.variables(at, expression, values) if self.is_free(v[0], values)]
        known = _constants(expression, wanted)
        candidates = [(variable, _candidates(range_, known)) for variable, range_ in free]
        for variable, numbers in candidates:
            for number in numbers:
                found = {**values, variable: number}
                if self.holds(at, expression, wanted, found):
                    yield {**found, **self.pinned(at, expression, found)}
        if len(candidates) > 1:
            for together in islice(product(*(numbers for _, numbers in candidates)), _MAX_TOGETHER):
                found = {**values, **dict(zip((variable for variable, _ in candidates), together, strict=True))}
                if self.holds(at, expression, wanted, found):
                    yield {**found, **self.pinned(at, expression, found)}

    def variables(self, at: Constraint, expression: Expr, values: Values) -> list[tuple[Variable, Range]]:
        """The elements that an expression reads, subscripts as they are now, with the ranges of their types."""
        found: dict[Variable, Range] = {}
        for reference in references(expression):
            try:
                indices = tuple(self.evaluate(at, each, values) for each in reference.indices)
            except ArithmeticProblem:
                continue
            found.setdefault(at.variable(reference, indices), reference.range)
        return list(found.items())

    def pinned(self, at: Constraint, expression: Expr, values: Values) -> Values:
        """What an expression reads, at the values it has."""
        read: dict[Variable, int] = {}
        with suppress(ArithmeticProblem):
            self.evaluate(at, expression, values, read.__setitem__)
        return read

    def is_free(self, variable: Variable, values: Values) -> bool:
        return variable not in values and not self.known.is_fixed(variable)

    def holds(self, at: Constraint, expression: Expr, wanted: Wanted, values: Values) -> bool:
        try:
            return wanted.accepts(self.evaluate(at, expression, values))
        except ArithmeticProblem:
            return wanted.broken

    def evaluate(
        self,
        at: Constraint,
        expression: Expr,
        values: Values,
        watch: Callable[[Variable, int], None] | None = None,
    ) -> int:
        self.evaluations += 1
        if self.evaluations > MAX_EVALUATIONS:
            raise _Exhausted

        def value(variable: Variable) -> int:
            found = values.get(variable)
            if found is None:
                found = self.hints.get(variable)
            if found is None:
                found = self.known.current(variable)
            if watch is not None and not self.known.is_fixed(variable):
                watch(variable, found)
            return found

        return evaluate(
            expression,
            look_up=lambda reference, indices: value(at.variable(reference, indices)),
            contains=lambda reference, indices, member: bool(value(Member(at.variable(reference, indices), member))),
            index=at.index,
        )


def _truths(wanted: Wanted) -> Iterator[int]:
    """The truth values that are wanted."""
    return (truth for truth in (1, 0) if wanted.accepts(truth))


def _constants(expression: Expr, wanted: Wanted) -> set[int]:
    """The numbers that stand in an expression or bound what is wanted of it."""
    found = {number for ranges in (wanted.among, wanted.beside) for pair in ranges for number in pair}
    waiting = [expression]
    while waiting:
        match waiting.pop():
            case Const(value=value):
                found |= {value, -value}
            case Binary(left=left, right=right):
                waiting += [left, right]
            case Unary(operand=operand):
                waiting.append(operand)
            case Contains(member=member):
                waiting.append(member)
            case External() | Local() | Index():
                pass
            case other:
                assert_never(other)
    return found


def _candidates(range_: Range, constants: set[int]) -> list[int]:
    """Numbers of a range that are worth trying, small ones first."""
    low, high = range_
    numbers = {low, high, *_SMALL, *(number + step for number in constants for step in (-1, 0, 1))}
    return sorted((n for n in numbers if low <= n <= high), key=lambda n: (abs(n), n))
