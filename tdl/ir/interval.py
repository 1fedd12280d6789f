"""The smallest and largest value an expression can have, from the ranges of what it refers to."""

from __future__ import annotations

from typing import assert_never

from tdl.check.interval import combine
from tdl.ir.expr import INT64_MAX, Binary, Const, Contains, Expr, External, Index, Local, Range, Unary


def interval(expression: Expr, index: Range = (0, INT64_MAX)) -> Range:
    """The interval of an expression; ``index`` is that of the position in the innermost array."""
    match expression:
        case Const(value=value):
            return value, value
        case External() | Local():
            return expression.range
        case Index():
            return index
        case Contains():
            return 0, 1
        case Unary(operator="-"):
            return combine("-", (0, 0), interval(expression.operand, index))
        case Unary():
            return combine("==", combine("AND", (1, 1), interval(expression.operand, index)), (0, 0))
        case Binary():
            return combine(expression.operator, interval(expression.left, index), interval(expression.right, index))
        case _:
            assert_never(expression)
