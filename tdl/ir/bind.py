"""The binding: a Plan specialised to what is known of a meter.

Stage: bind. Input: `plan.Plan` and known values. Output: a Plan in which known references are constants, arms not
taken are gone and offsets are constant as far as they can be.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, assert_never

from tdl.deferred import dataclass
from tdl.frozen import replace
from tdl.ir import plan
from tdl.ir.expr import (
    ArithmeticProblem,
    Binary,
    Const,
    Contains,
    Expr,
    External,
    Index,
    Local,
    Unary,
    calculate,
    references,
    show_expr,
)
from tdl.ir.place import place
from tdl.ir.size import size_of
from tdl.ir.traverse import needs_of, walk


class Known(Protocol):
    """What is known of a meter: the values of elements of other tables."""

    def number(self, reference: External, indices: tuple[int, ...]) -> int | None:
        """The value of an element, or None if it is not known."""

    def member(self, reference: External, indices: tuple[int, ...], member: int) -> bool | None:
        """Whether a set has a member, or None if it is not known."""


def bind(unbound: plan.Plan, known: Known) -> plan.Plan:
    """The specialised Plan; what ``known`` cannot tell stays as it was."""
    tables = []
    bound: dict[str, str] = {}
    for table in unbound.tables:
        tables.append(bind_table(table, known))
        for need in table.needs:
            if not need.reference.indices:
                value = known.number(need.reference, ())
                if value is not None:
                    bound[need.reference.label] = str(value)
    return replace(unbound, tables=tuple(tables), bound=tuple(sorted(bound.items())), specialised=True)


def bind_table(table: plan.TablePlan, known: Known) -> plan.TablePlan:
    """One table's Plan, specialised."""
    (root,) = _Binding(known).ops((table.root,))
    placed = place(root)  # type: ignore[arg-type]  # a root stays what it is
    return replace(table, root=placed, needs=needs_of(placed), size=size_of(placed))


@dataclass(frozen=True, slots=True, kw_only=True)
class Dynamic:
    """An op whose layout is still not constant, the expression it depends on, and why that is not known."""

    path: tuple[str, ...]
    what: str
    expression: str
    reason: str


def dynamic(table: plan.TablePlan) -> Iterator[Dynamic]:
    """What stays dynamic in a Plan, in order."""
    for op in walk(table.root):
        what = _layout_expression(op)
        if what is None or isinstance(what[1], Const):
            continue
        kind, expression = what
        yield Dynamic(path=op.path, what=kind, expression=show_expr(expression), reason=_reason(expression))


def _layout_expression(op: plan.AnyOp) -> tuple[str, Expr] | None:
    match op:
        case plan.When():
            return "presence", op.condition
        case plan.Choose():
            return (f"format of {op.atomic}" if op.atomic else "selection"), op.selector
        case plan.Repeat():
            return "count", op.count
        case plan.Bytes():
            return "length", op.length
        case plan.Opaque():
            return "extent", Index()
        case _:
            return None


def _reason(expression: Expr) -> str:
    found = references(expression)
    unknown = [r.label for r in found if isinstance(r, External)]
    if unknown:
        return f"{', '.join(f'`{label}`' for label in dict.fromkeys(unknown))} not known"
    if any(isinstance(r, Local) for r in found):
        return "depends on the table's own content"
    return "depends on the position in the array or on how long the table is"


class _Binding:
    def __init__(self, known: Known) -> None:
        self.known = known

    def ops(self, ops: tuple[plan.AnyOp, ...]) -> tuple[plan.AnyOp, ...]:
        return tuple(bound for op in ops for bound in self.op(op))

    def op(self, op: plan.AnyOp) -> tuple[plan.AnyOp, ...]:
        """The ops that take the place of one: itself with known values, or those of the arm that is taken."""
        match op:
            case plan.Take():
                form = None if op.form is None else self.fold(op.form)
                return (replace(op, order=self.fold(op.order), form=form),)
            case plan.Bytes():
                charset = None if op.charset is None else self.fold(op.charset)
                return (replace(op, length=self.fold(op.length), charset=charset),)
            case plan.Builtin():
                return (replace(op, order=self.fold(op.order)),)
            case plan.Opaque():
                return (replace(op, limit=self.fold(op.limit)),)
            case plan.Group():
                return (replace(op, ops=self.ops(op.ops)),)  # type: ignore[arg-type]  # records stay records
            case plan.Bits():
                fields: tuple[plan.BitOp, ...] = self.ops(op.fields)  # type: ignore[assignment]  # and fields fields
                return (replace(op, order=self.fold(op.order), fields=fields),)
            case plan.Field():
                return (op if op.form is None else replace(op, form=self.fold(op.form)),)
            case plan.Fill():
                return (op,)
            case plan.When():
                return self.when(op)
            case plan.Choose():
                return self.choose(op)
            case plan.Repeat():
                return self.repeat(op)
            case _:
                assert_never(op)

    def when(self, op: plan.When) -> tuple[plan.AnyOp, ...]:
        condition = self.fold(op.condition)
        if isinstance(condition, Const):
            return self.ops(op.then if condition.value else op.otherwise)
        return (replace(op, condition=condition, then=self.ops(op.then), otherwise=self.ops(op.otherwise)),)

    def choose(self, op: plan.Choose) -> tuple[plan.AnyOp, ...]:
        selector = self.fold(op.selector)
        if isinstance(selector, Const):
            for arm in op.arms:
                if any(low <= selector.value <= high for low, high in arm.labels):
                    return self.ops(arm.ops)
            if op.otherwise is not None:
                return self.ops(op.otherwise)
            return (replace(op, selector=selector, arms=()),)  # refused whenever it runs
        arms = tuple(replace(arm, ops=self.ops(arm.ops)) for arm in op.arms)
        otherwise = None if op.otherwise is None else self.ops(op.otherwise)
        return (replace(op, selector=selector, arms=arms, otherwise=otherwise),)

    def repeat(self, op: plan.Repeat) -> tuple[plan.AnyOp, ...]:
        (body,) = self.op(op.body)
        empty = size_of(body)[0] == 0
        return (replace(op, count=self.fold(op.count), body=body, empty_body=empty),)  # type: ignore[arg-type]

    def fold(self, expression: Expr) -> Expr:
        """The expression with known values put in and constants calculated."""
        match expression:
            case Const() | Index():
                return expression
            case External() | Local():
                indices = tuple(self.fold(i) for i in expression.indices)
                if isinstance(expression, External):
                    constants = _constants(indices)
                    value = None if constants is None else self.known.number(expression, constants)
                    if value is not None:
                        return Const(value=value)
                return replace(expression, indices=indices)
            case Contains():
                return self.contains(expression)
            case Unary():
                operand = self.fold(expression.operand)
                if isinstance(operand, Const):
                    return _calculated(expression, expression.operator, operand)
                return replace(expression, operand=operand)
            case Binary():
                return self.binary(expression)
            case _:
                assert_never(expression)

    def contains(self, expression: Contains) -> Expr:
        member = self.fold(expression.member)
        indices = tuple(self.fold(i) for i in expression.set.indices)
        holder = replace(expression.set, indices=indices)
        constants = _constants(indices)
        if isinstance(holder, External) and isinstance(member, Const) and constants is not None:
            known = self.known.member(holder, constants, member.value)
            if known is not None:
                return Const(value=int(known))
        return replace(expression, set=holder, member=member)

    def binary(self, expression: Binary) -> Expr:
        left, right = self.fold(expression.left), self.fold(expression.right)
        operator = expression.operator
        if operator in ("AND", "OR") and isinstance(left, Const):
            settles = bool(left.value) == (operator == "OR")
            if settles:
                return Const(value=int(bool(left.value)))
            if isinstance(right, Const):
                return Const(value=int(bool(right.value)))
        elif isinstance(left, Const) and isinstance(right, Const) and operator not in ("AND", "OR"):
            return _calculated(replace(expression, left=left, right=right), operator, left, right)
        return replace(expression, left=left, right=right)


def _constants(expressions: tuple[Expr, ...]) -> tuple[int, ...] | None:
    values = tuple(e.value for e in expressions if isinstance(e, Const))
    return values if len(values) == len(expressions) else None


def _calculated(expression: Expr, operator: str, *operands: Const) -> Expr:
    """The constant an operation comes to; one that has no value stays, and is an error when it runs."""
    values = [o.value for o in operands]
    if operator == "NOT":
        return Const(value=int(not values[0]))
    try:
        return Const(value=calculate(operator, *([0] if len(values) == 1 else []), *values))
    except ArithmeticProblem:
        return expression
