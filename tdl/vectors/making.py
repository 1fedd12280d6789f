"""The vectors of a table: a plain image of each kind, then whatever it takes to reach each branch and each limit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import TypeAlias

from tdl.codec.decoder import Moved
from tdl.codec.environment import Environment
from tdl.codec.errors import DecodeError
from tdl.ir import plan
from tdl.ir.expr import Const, Expr, Index, show_expr
from tdl.vectors.branches import Branch, BranchKey, Place, branches, never, places, show_path
from tdl.vectors.dreaming import Absent, Dreaming, Enough, TooLarge, Unmet, Wish
from tdl.vectors.octets import Style, limits
from tdl.vectors.solving import NOTHING, Constraint, Inside, Values, Variable, solve, stands
from tdl.vectors.vector import Vector, judged

Codes: TypeAlias = Mapping[str, tuple[int, ...]]
"""For each enumeration the codes to try: the first of each enumerator, and one that it does not name."""

MAX_VECTORS = 4000
"""How many vectors one table gets at most."""

MAX_STEPS = 1_000_000
"""How many ops are run for one table, all images together; what is not reached until then is not looked for."""

MAX_BEGINNINGS = 60
"""How often a run is begun again with other values before it is given up."""

SIZES = (3, 40, 300)
"""How many elements arrays may have: more only if a branch cannot be reached with few."""

_POSITIONS = (1, 2, 3, 7)

_TELLING = {"order": "random", "charset": "random", "sign": "min"}
"""The style of numbers and text that look different in each branch; with others a wrong branch would not be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A branch that no vector takes, and why."""

    branch: str
    reason: str


@dataclass(slots=True, kw_only=True)
class TableVectors:
    """The vectors of a table, how many branches it has, and which of them no accepted vector takes."""

    table: str
    vectors: list[Vector] = field(default_factory=list)
    branches: int = 0
    missed: list[Missed] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """An image that was accepted, and how it came about."""

    vector: Vector
    dreamt: Dreaming
    environment: Environment


class Unreached(Exception):
    """What was wished for did not come about; the text says why.

    ``small`` is true if it might in larger arrays.
    """

    def __init__(self, why: str, *, small: bool = False) -> None:
        super().__init__(why)
        self.small = small


class Maker:
    """Makes the vectors of one table.

    Args:
        table: the table for any meter: what verdicts are taken from.
        bound: the same for what is known of the meter: whose branches are to be taken.
        known: what is known of the meter.
    """

    def __init__(
        self, table: plan.TablePlan, bound: plan.TablePlan, known: Environment, codes: Codes, seed: int, count: int
    ) -> None:
        self.table, self.bound, self.known, self.codes = table, bound, known, codes
        self.seed, self.count = f"{seed} {table.key}", count
        self.result = TableVectors(table=table.key)
        self.branches = tuple(branches(bound))
        self.decided = _by_op(self.branches)
        self.places: dict[tuple[str, ...], list[Place]] = {}
        for place in places(bound):
            self.places.setdefault(place.op.path, []).append(place)
        self.taken: set[BranchKey] = set()
        self.limits: set[tuple[int, str | int]] = set()
        self.hopeless: dict[BranchKey, str] = {}
        self.made: list[Made] = []
        self.seen: set[tuple[bytes, str]] = set()
        self.steps = 0
        self.cuts: set[tuple[object, ...]] = set()

    def make(self) -> TableVectors:
        """All accepted vectors; those that are refused are added by `tdl.vectors.refusals`."""
        self.plain()
        for branch in self.branches:
            self.result.branches += 1
            self.reach(branch)
            if branch.key not in self.taken:
                self.result.missed.append(Missed(branch=branch.name, reason=self.hopeless[branch.key]))
        for place in (place for held in self.places.values() for place in held):
            self.reach_limits(place)
        return self.result

    def style(self, kind: str) -> Style:
        return Style(kind=kind, seed=f"{self.seed} {len(self.made)}" if kind == "random" else "")

    def plain(self) -> None:
        """Images without a wish: empty and full arrays, the ends of all numbers, random ones."""
        wishes = [
            ("zero", Wish(style=self.style("zero"), near=0)),
            ("least", Wish(style=self.style("min"), near=1)),
            ("largest", Wish(style=self.style("max"), near=3)),
        ]
        for name, wish in wishes:
            self.attempt(name, wish)
        for number in range(self.count):
            style = Style(kind="random", seed=f"{self.seed} random {number}")
            self.attempt(f"random {number + 1}", Wish(style=style, near=3, spread=True))

    def is_spent(self) -> bool:
        """Whether the table has got all that it can get."""
        return self.steps >= MAX_STEPS or len(self.result.vectors) >= MAX_VECTORS

    def attempt(self, name: str, wish: Wish, given: Values = NOTHING) -> Unreached | None:
        """Make a vector as wished, with some values given; why not, if that does not go."""
        try:
            self.keep(name, self.dream(wish, given))
        except Unreached as why:
            return why
        return None

    def reach(self, branch: Branch) -> None:
        """Take a branch with some accepted vector, unless one does already."""
        if branch.key in self.taken:
            return
        reason = next((self.hopeless[b.key] for b in branch.way if b.key in self.hopeless), "")
        if not reason:
            excluded = (b for b in branch.whole_way() if never(b))
            reason = next((f"the values of `{show_expr(b.expression)}` exclude it" for b in excluded), "")
        if not reason:
            reason = self.attempts(branch.name, branch.whole_way(), self.style(_TELLING.get(branch.what, "random")))
        if branch.key not in self.taken:
            self.hopeless[branch.key] = reason or "the image is refused"

    def attempts(self, name: str, way: tuple[Branch, ...], style: Style) -> str:
        """Try to go a way: at the first elements of arrays and at others, with few elements and with many."""
        if self.is_spent():
            return "the table is too large to look for it"
        reason = ""
        for most in SIZES:
            reasons = []
            for at in _positions_on(way):
                why = self.attempt(name, Wish(style=style, way=way, at=at, most=most, near=1))
                if why is None:
                    return ""
                reasons.append(why)
            reason = str(reasons[0])
            if not any(why.small for why in reasons):
                break
        return reason

    def reach_limits(self, place: Place) -> None:
        """The least, zero and the largest of a leaf, and every code of its enumeration."""
        op = place.op
        if any(branch.key in self.hopeless for branch in place.way):
            return
        for limit, style, number in self.limits_of(op):
            if (id(op), limit) in self.limits or self.is_spent():
                continue
            for most, at in product(SIZES, _positions_on(place.way)):
                given: dict[Variable, int] = {} if number is None else {_inside(place, at): number}
                wish = Wish(style=style, way=place.way, at=at, most=most, near=1)
                if self.attempt(f"{show_path(op.path)} = {limit}", wish, given) is None:
                    break
            self.limits.add((id(op), limit))  # a number that also is a length cannot have every value

    def limits_of(self, op: plan.AnyOp) -> Iterator[tuple[str | int, Style, int | None]]:
        """What to try of a leaf: what it is called, how all leaves are filled then, and the number of this one."""
        match op:
            case plan.Take(kind="uint" | "int") | plan.Field():
                low, high = limits(op)
                numbers = {"zero": 0, "min": low, "max": high}
                yield from ((kind, self.style(kind), number) for kind, number in numbers.items())
                if op.enumeration is not None:
                    codes = (code for code in self.codes.get(op.enumeration, ()) if low <= code <= high)
                    yield from ((code, self.style("random"), code) for code in codes)
            case plan.Take() | plan.Bytes() | plan.Builtin():
                yield from ((kind, self.style(kind), None) for kind in ("zero", "min", "max"))
            case _:
                pass

    # --- one image -------------------------------------------------------------------------------------------------

    def dream(self, wish: Wish, given: Values = NOTHING) -> Dreaming:
        """A run that went as wished.

        Raises:
            Unreached: there is none, or none was found.
        """
        hints = dict(given)
        constraints: list[Constraint] = []
        absent: set[tuple[str, ...]] = set()
        for _ in range(MAX_BEGINNINGS):
            dreaming = Dreaming(self.bound, self.known, wish, hints, self.decided)
            try:
                self.run(dreaming)
            except Enough:
                return dreaming
            except Unmet as unmet:
                constraints = [unmet.constraint, *(c for c in constraints if c != unmet.constraint)]
                hints = _solved(constraints, given, hints, dreaming)
            except Absent as missing:
                if missing.path in absent:
                    raise Unreached(f"`{missing}` is not there") from None
                absent.add(missing.path)
                wish = replace(wish, way=self.way_by(missing.path, wish.way))
            except TooLarge:
                raise Unreached("the image would be too large") from None
            except DecodeError as error:
                raise Unreached(f"the image would be refused: {error}") from None
            else:
                return dreaming
        raise Unreached(f"no values were found for {constraints[0]}")

    def run(self, dreaming: Dreaming) -> None:
        try:
            dreaming.run()
        finally:
            self.steps += dreaming.steps

    def way_by(self, path: tuple[str, ...], way: tuple[Branch, ...]) -> tuple[Branch, ...]:
        """A way that also makes an element.

        Raises:
            Unreached: no branch that has it goes with the way.
        """
        choices = {id(branch.op): branch.choice for branch in way}
        for place in self.places.get(path, ()):
            if all(choices.get(id(branch.op), branch.choice) == branch.choice for branch in place.way):
                return (*way, *(branch for branch in place.way if id(branch.op) not in choices))
        raise Unreached(f"`{show_path(path)}` is not there")

    def keep(self, name: str, dreaming: Dreaming) -> None:
        """Keep the vector of a run that was accepted, and note what it covers."""
        environment = dreaming.environment_made()
        vector = judged(name, self.table, dreaming.data, environment)
        if vector.refusal is not None:
            raise Unreached(f"the image is refused: {vector.refusal.found}")
        self.add(vector)
        self.made.append(Made(vector=vector, dreamt=dreaming, environment=environment))
        kind = dreaming.wish.style.kind
        self.taken.update(key for key in dreaming.taken if _TELLING.get(key[1], kind) == kind)
        self.limits.update(_limits_reached(dreaming.moved, dreaming.wish.style))

    def add(self, vector: Vector) -> None:
        """Add a vector unless there is one with the same octets and environment."""
        key = vector.octets, repr(vector.environment)
        if key not in self.seen:
            self.seen.add(key)
            self.result.vectors.append(vector)


def _solved(constraints: list[Constraint], given: Values, hints: Values, dreaming: Dreaming) -> dict[Variable, int]:
    """Hints with which the newest constraint holds, and those of before that this image still has a place for."""
    newest, *older = constraints
    standing = [newest, *(each for each in older if stands(each, hints, dreaming))]
    found = solve(standing, given, hints, dreaming)
    if found is not None and found != hints:
        return found
    small = any(high in dreaming.rooms for each in standing for _, high in each.wanted.among)
    if solve([newest], given, hints, dreaming) is None:
        raise Unreached(f"nothing makes {newest}", small=small)
    for other in standing[1:]:
        if solve([newest, other], given, hints, dreaming) is None:
            raise Unreached(f"{newest} contradicts {other}", small=small)
    raise Unreached(f"no values were found for {', '.join(dict.fromkeys(map(str, standing[:3])))}", small=small)


def _inside(place: Place, at: Mapping[int, int]) -> Inside:
    """The element of an op at positions of the arrays around it."""
    positions = iter([at.get(id(branch.op), 0) for branch in place.way if isinstance(branch.op, plan.Repeat)])
    return Inside(tuple(next(positions) if step == "[]" else step for step in place.op.path))


def _positions_on(way: Iterable[Branch]) -> Iterator[Mapping[int, int]]:
    """Positions in the arrays on a way: the first of each, then others where conditions ask for the position."""
    yield {}
    inner: int | None = None
    asked: dict[int, set[int]] = {}
    for branch in way:
        if inner is not None and any(isinstance(e, Index) for e in _parts(branch.expression)):
            constants = {e.value for e in _parts(branch.expression) if isinstance(e, Const)}
            asked.setdefault(inner, set()).update(c + step for c in constants for step in (-1, 0, 1))
        if isinstance(branch.op, plan.Repeat):
            inner = id(branch.op)
    for op, positions in asked.items():
        for position in sorted({*_POSITIONS, *positions}):
            if 0 < position < max(SIZES):
                yield {op: position}


def _parts(expression: Expr) -> Iterator[Expr]:
    """An expression and everything in it."""
    yield expression
    for name in ("left", "right", "operand", "set", "member"):
        below = getattr(expression, name, None)
        if below is not None:
            yield from _parts(below)
    for subscript in getattr(expression, "indices", ()):
        yield from _parts(subscript)


def _by_op(found: Iterable[Branch]) -> dict[int, tuple[Branch, ...]]:
    """Branches by the identity of the op that has them."""
    by_op: dict[int, tuple[Branch, ...]] = {}
    for branch in found:
        by_op[id(branch.op)] = (*by_op.get(id(branch.op), ()), branch)
    return by_op


def _limits_reached(moved: Iterable[Moved], style: Style) -> Iterator[tuple[int, str | int]]:
    for each in moved:
        value = each.value
        if isinstance(each.op, plan.Take | plan.Field) and isinstance(value, int):
            low, high = limits(each.op)
            yield from (
                (id(each.op), name) for name, limit in (("zero", 0), ("min", low), ("max", high)) if limit == value
            )
            yield id(each.op), int(value)
        else:
            yield id(each.op), style.kind
