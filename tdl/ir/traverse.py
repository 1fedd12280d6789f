"""Walking Plans: the ops of a table, their expressions, and what those refer to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import assert_never

from tdl.frozen import replace
from tdl.ir import plan
from tdl.ir.expr import Binary, Const, Contains, Expr, External, Index, Local, Unary, references


def needs_of(root: plan.PlanOp) -> tuple[plan.Need, ...]:
    """The values of other tables that ops below a root refer to, each once, in order of first use."""
    found: dict[tuple[int, tuple[str, ...]], plan.Need] = {}
    for op in walk(root):
        for expression in expressions(op):
            for reference in references(expression):
                if isinstance(reference, External):
                    found.setdefault((reference.table, reference.path), plan.Need(reference=reference, by=op.path))
    return tuple(found.values())


def walk(op: plan.AnyOp) -> Iterator[plan.AnyOp]:
    """An op and all ops below it, in order of the octets they move."""
    waiting = [op]
    while waiting:
        op = waiting.pop()
        yield op
        waiting += children(op)[::-1]


def children(op: plan.AnyOp) -> tuple[plan.AnyOp, ...]:
    """The ops right below one."""
    match op:
        case plan.Group():
            return op.ops
        case plan.Bits():
            return op.fields
        case plan.When():
            return op.then + op.otherwise
        case plan.Choose():
            return tuple(o for arm in op.arms for o in arm.ops) + (op.otherwise or ())
        case plan.Repeat():
            return (op.body,)
        case _:
            return ()


def expressions(op: plan.AnyOp) -> tuple[Expr, ...]:
    """The expressions of an op itself."""
    match op:
        case plan.Take():
            return tuple(e for e in (op.order, op.form) if e is not None)
        case plan.Bytes():
            return tuple(e for e in (op.length, op.charset) if e is not None)
        case plan.Builtin():
            return (op.order,)
        case plan.Opaque():
            return (op.limit,)
        case plan.Bits():
            return (op.order,)
        case plan.Field():
            return () if op.form is None else (op.form,)
        case plan.When():
            return (op.condition,)
        case plan.Choose():
            return (op.selector,)
        case plan.Repeat():
            return (op.count,)
        case plan.Group() | plan.Fill():
            return ()
        case _:
            assert_never(op)


def map_expr(expression: Expr, change: Callable[[External | Local], External | Local | Const]) -> Expr:
    """An expression with its references changed, innermost first."""
    match expression:
        case Const() | Index():
            return expression
        case External() | Local():
            if expression.indices:
                indices = tuple(map_expr(i, change) for i in expression.indices)
                expression = replace(expression, indices=indices)
            return change(expression)
        case Contains():
            holder = map_expr(expression.set, change)
            member = map_expr(expression.member, change)
            assert isinstance(holder, External | Local)
            return replace(expression, set=holder, member=member)
        case Unary():
            return replace(expression, operand=map_expr(expression.operand, change))
        case Binary():
            return replace(expression, left=map_expr(expression.left, change), right=map_expr(expression.right, change))
        case _:
            assert_never(expression)
