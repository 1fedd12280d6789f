"""What a Plan can do at each of its ops: the branches that vectors have to take, and the way to each of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from tdl.ir import plan
from tdl.ir.expr import INT64_MAX, INT64_MIN, Binary, Const, Contains, Expr, Range, Unary, show_expr
from tdl.ir.interval import interval

EVERYTHING: tuple[Range, ...] = ((INT64_MIN, INT64_MAX),)
"""Any value, as long as there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The values that an expression shall have: one in a range of ``among`` and in none of ``beside``.

    ``broken`` asks for none: a division by zero, or a result that 64 bits do not hold.
    """

    among: tuple[Range, ...] = EVERYTHING
    beside: tuple[Range, ...] = ()
    broken: bool = False

    def accepts(self, value: int) -> bool:
        return not self.broken and _within(value, self.among) and not _within(value, self.beside)


TRUE, FALSE = Wanted(beside=((0, 0),)), Wanted(among=((0, 0),))
FILLED = Wanted(among=((1, plan.MAX_OCTETS),))

_SIGNS: tuple[Range, ...] = ((0, 0), (1, 1), (2, 2))
_CHARSETS: tuple[Range, ...] = ((1, 1), (2, 2), (3, 3))
_ORDERS = [(0, Wanted(beside=((1, 1),))), (1, Wanted(among=((1, 1),)))]

BranchKey: TypeAlias = tuple[int, str, int]
"""The identity of an op, and which of its branches; ops live as long as their Plan does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One way past an op.

    Attributes:
        what: what is decided: ``""`` for which ops run, else ``count``, ``length``, ``order``, ``sign`` or ``charset``.
        choice: which of the branches: of `plan.When` 1 or 0; of `plan.Choose` the arm's position or -1.
        expression: what decides it, and ``wanted`` which of its values choose this branch.
        way: the branches of the ops around it, outermost first.
    """

    op: plan.AnyOp
    what: str
    choice: int
    expression: Expr
    wanted: Wanted
    way: tuple[Branch, ...] = field(repr=False)

    @property
    def key(self) -> BranchKey:
        return id(self.op), self.what, self.choice

    @property
    def name(self) -> str:
        """Where it is and what decides it, such as ``TIME: `ACT_TBL.CLOCK` true``."""
        where = f"{show_path(self.op.path)}: " if self.op.path else ""
        return f"{where}{self.what}{' ' if self.what else ''}{told(self.expression, self.wanted)}"

    def whole_way(self) -> tuple[Branch, ...]:
        return (*self.way, self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An op and the branches that lead to it."""

    op: plan.AnyOp
    way: tuple[Branch, ...]


def places(table: plan.TablePlan) -> Iterator[Place]:
    """Every op of a table, in order."""
    yield from _places(table.root, ())


def branches(table: plan.TablePlan) -> Iterator[Branch]:
    """Every branch of a table that something decides when it runs, in order."""
    seen: set[int] = set()
    for place in places(table):
        if id(place.op) not in seen:
            seen.add(id(place.op))
            found = branches_of(place.op, place.way)
            yield from (branch for branch in found if not isinstance(branch.expression, Const))


def branches_of(op: plan.AnyOp, way: tuple[Branch, ...] = ()) -> tuple[Branch, ...]:
    """The branches of one op."""
    return tuple(
        Branch(op=op, what=what, choice=choice, expression=decider, wanted=wanted, way=way)
        for what, decider, choices in _deciders(op)
        for choice, wanted in choices
    )


def _deciders(op: plan.AnyOp) -> Iterator[tuple[str, Expr, list[tuple[int, Wanted]]]]:
    """What is decided at an op, by which expression, and the ways it can come out."""
    match op:
        case plan.When():
            yield "", op.condition, [(1, TRUE), (0, FALSE)]
        case plan.Choose():
            yield "", op.selector, _arms(op)
        case plan.Repeat():
            yield "count", op.count, [(0, FALSE), (1, FILLED)]
        case plan.Bytes():
            yield "length", op.length, [(0, FALSE), (1, FILLED)]
            if op.charset is not None:
                yield "charset", op.charset, [*_each(_CHARSETS), (-1, Wanted(beside=_CHARSETS))]
        case plan.Opaque():
            yield "length", op.limit, [(0, FALSE), (1, FILLED)]
        case plan.Take(octets=octets) | plan.Builtin(octets=octets) | plan.Bits(octets=octets) if octets > 1:
            yield "order", op.order, _ORDERS
            if isinstance(op, plan.Take) and op.form is not None:
                yield "sign", op.form, _each(_SIGNS)
        case plan.Take(form=form) | plan.Field(form=form) if form is not None:
            yield "sign", form, _each(_SIGNS)
        case _:
            pass


def _each(values: tuple[Range, ...]) -> list[tuple[int, Wanted]]:
    return [(low, Wanted(among=((low, high),))) for low, high in values]


def told(expression: Expr, wanted: Wanted) -> str:
    """An expression and the values that it shall have, in words."""
    said = f"`{show_expr(expression)}`"
    if wanted.broken:
        return f"{said} without a value"
    if _is_condition(expression) and wanted in (TRUE, FALSE):
        return f"{said} {'true' if wanted == TRUE else 'false'}"
    among, beside = (", ".join(map(_range_text, ranges)) for ranges in (wanted.among, wanted.beside))
    if wanted.among == EVERYTHING:
        return f"{said} not {beside}" if beside else said
    return f"{said} = {among}"


def never(branch: Branch) -> bool:
    """Whether the range of what decides a branch rules it out, whatever the values are."""
    low, high = interval(branch.expression)
    return not any(a <= high and b >= low for a, b in branch.wanted.among) or any(
        a <= low and high <= b for a, b in branch.wanted.beside
    )


def labels_of(op: plan.Choose) -> tuple[Range, ...]:
    """The values for which a selection has an arm."""
    return tuple(label for arm in op.arms for label in arm.labels)


def show_path(path: tuple[str, ...]) -> str:
    return ".".join(path).replace(".[]", "[]")


def _is_condition(expression: Expr) -> bool:
    match expression:
        case Binary(operator=operator):
            return operator not in ("+", "-", "*", "/", "%")
        case Unary(operator=operator):
            return operator == "NOT"
        case _:
            return isinstance(expression, Contains)


def _arms(op: plan.Choose) -> list[tuple[int, Wanted]]:
    found: list[tuple[int, Wanted]] = []
    earlier: tuple[Range, ...] = ()
    for position, arm in enumerate(op.arms):
        found.append((position, Wanted(among=arm.labels, beside=earlier)))
        earlier += arm.labels
    if op.otherwise is not None:
        found.append((-1, Wanted(beside=earlier)))
    return found


def _range_text(range_: Range) -> str:
    low, high = range_
    if low == high:
        return str(low)
    return f"{low} or more" if high in (plan.MAX_OCTETS, INT64_MAX) else f"{low}..{high}"


def _places(op: plan.AnyOp, way: tuple[Branch, ...]) -> Iterator[Place]:
    yield Place(op=op, way=way)
    match op:
        case plan.When():
            then, otherwise = branches_of(op, way)
            yield from _all_places(op.then, (*way, then))
            yield from _all_places(op.otherwise, (*way, otherwise))
        case plan.Choose():
            found = branches_of(op, way)
            for branch in found:
                ops = (op.otherwise or ()) if branch.choice < 0 else op.arms[branch.choice].ops
                yield from _all_places(ops, (*way, branch))
        case plan.Repeat():
            yield from _places(op.body, (*way, branches_of(op, way)[1]))
        case plan.Group():
            yield from _all_places(op.ops, way)
        case plan.Bits():
            yield from _all_places(op.fields, way)
        case _:
            pass


def _all_places(ops: tuple[plan.AnyOp, ...], way: tuple[Branch, ...]) -> Iterator[Place]:
    for op in ops:
        yield from _places(op, way)


def _within(value: int, ranges: tuple[Range, ...]) -> bool:
    return any(low <= value <= high for low, high in ranges)
