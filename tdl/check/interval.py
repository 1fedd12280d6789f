"""The smallest and largest value an expression of a document can have.

`combine` serves the Plan's expressions too. The rules of arithmetic are those of `tdl.ir.expr.calculate`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias, assert_never

from tdl.check.builtins import BUILTINS
from tdl.syntax import ast

INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1
MAX_OCTETS = 0xFFFFFF
"""The largest count or length: offsets of partial access have 24 bits."""

Range: TypeAlias = tuple[int, int]


def interval(expression: ast.Expression, range_of: Callable[[ast.Reference], Range]) -> Range:
    """The interval of an expression, given those of its references."""
    match expression:
        case ast.Integer(value=value):
            return value, value
        case ast.Reference():
            return range_of(expression)
        case ast.LastIndex():
            return 0, MAX_OCTETS
        case ast.Unary(operator="-", operand=operand):
            low, high = interval(operand, range_of)
            return _clamp(-high), _clamp(-low)
        case ast.Unary(operand=operand):
            low, high = truth(interval(operand, range_of))
            return 1 - high, 1 - low
        case ast.Binary(operator=operator, left=left, right=right):
            return combine(operator, interval(left, range_of), interval(right, range_of))
        case _:
            assert_never(expression)


def combine(operator: str, left: Range, right: Range) -> Range:
    """The interval of one operation on two intervals."""
    match operator:
        case "+":
            return _clamp(left[0] + right[0]), _clamp(left[1] + right[1])
        case "-":
            return _clamp(left[0] - right[1]), _clamp(left[1] - right[0])
        case "*":
            corners = [a * b for a in left for b in right]
            return _clamp(min(corners)), _clamp(max(corners))
        case "/":
            return _quotients(left, right)
        case "%":
            largest = max(abs(right[0]), abs(right[1]), 1) - 1
            return (-min(largest, -left[0]) if left[0] < 0 else 0), min(largest, max(left[1], 0))
        case "AND":
            (a, b), (c, d) = truth(left), truth(right)
            return a & c, b & d
        case "OR":
            (a, b), (c, d) = truth(left), truth(right)
            return a | c, b | d
        case _:
            return _compared(operator, left, right)


def _quotients(left: Range, right: Range) -> Range:
    divisors = [d for d in (*right, -1, 1) if d != 0 and right[0] <= d <= right[1]]
    if not divisors:
        return 0, 0
    corners = [abs(a) // abs(d) * (1 if (a < 0) == (d < 0) else -1) for a in left for d in divisors]
    return _clamp(min((*corners, 0) if left[0] <= 0 <= left[1] else corners)), _clamp(max(corners))


def _compared(operator: str, left: Range, right: Range) -> Range:
    match operator:
        case "==":
            possible = left[0] <= right[1] and right[0] <= left[1]
            return int(left == right and left[0] == left[1]), int(possible)
        case "!=":
            low, high = _compared("==", left, right)
            return 1 - high, 1 - low
        case "<":
            return int(left[1] < right[0]), int(left[0] < right[1])
        case "<=":
            return int(left[1] <= right[0]), int(left[0] <= right[1])
        case _:
            return _compared(operator.replace(">", "<"), right, left)


def truth(value: Range) -> Range:
    """Whether a value of an interval counts as true: (0, 0) never, (1, 1) always, (0, 1) perhaps."""
    low, high = value
    return int(low > 0 or high < 0), int(not low == high == 0)


def value_range(specification: ast.Specification) -> Range | None:
    """What an element can hold, all 64 bits counted; None if it is no number."""
    match specification:
        case ast.BitRange(kind=kind, low=low, high=high) if kind in ("UINT", "INT", "BOOL") and low <= high < 64:
            width, signed = high - low + 1, kind == "INT"
        case ast.Named(name=name) if name in BUILTINS and BUILTINS[name].is_number:
            width, signed = 8 * BUILTINS[name].octets, BUILTINS[name].kind == "int"
        case _:
            return None
    return (-(1 << width - 1), (1 << width - 1) - 1) if signed else (0, (1 << width) - 1)


def _clamp(value: int) -> int:
    return max(INT64_MIN, min(INT64_MAX, value))
