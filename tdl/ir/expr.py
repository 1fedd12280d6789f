# SPDX-License-Identifier: 0BSD
"""Expressions with every name resolved, shared by Model and Plan.

All values are integers of 64 bits with sign; a flag is 0 or 1, and whatever is not zero is true. `evaluate` is the
one definition of the arithmetic, and back ends copy its rules: division truncates towards zero, `%` has the sign
of the dividend, and a result outside 64 bits or a division by zero is an error.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias, assert_never

from tdl.deferred import dataclass

INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1

Range: TypeAlias = tuple[int, int]
"""The smallest and largest value something can have, both included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Const:
    """A number."""

    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class External:
    """A value of another table, read from the environment.

    Attributes:
        table: the table's identifier (see `tdl.ir.model.TableId`), and its name for people.
        path: names from the table's root, with ``[]`` behind each array.
        indices: one subscript for each ``[]``.
        range: what the element's type can hold; of no meaning for a set.
    """

    table: int
    table_name: str
    path: tuple[str, ...]
    indices: tuple[Expr, ...] = ()
    range: Range = (0, INT64_MAX)

    @property
    def label(self) -> str:
        """``GEN_CONFIG_TBL.FORMAT_CONTROL_1.DATA_ORDER``, as messages name it."""
        return ".".join((self.table_name, *self.path)).replace(".[]", "[]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Local:
    """An earlier element of the same table.

    Attributes:
        up: how many records (or bit fields) to climb from the one that holds the expression; 0 is that one.
        path: names from there down, with ``[]`` behind each array.
    """

    up: int
    path: tuple[str, ...]
    indices: tuple[Expr, ...] = ()
    range: Range = (0, INT64_MAX)


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """The position of the element being moved in the innermost array around it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contains:
    """Whether a set has a member: 1 or 0; a member past the set's end is not in it."""

    set: External | Local
    member: Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class Unary:
    """A number with the other sign (``-``), or ``NOT``: 1 for 0, and 0 for all else."""

    operator: str
    operand: Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class Binary:
    """``AND`` and ``OR`` look at their right side only if the left one does not settle it."""

    operator: str  # + - * / % == != < <= > >= AND OR
    left: Expr
    right: Expr


Expr: TypeAlias = Const | External | Local | Index | Contains | Unary | Binary


class ArithmeticProblem(Exception):
    """A division by zero, or a result that 64 bits do not hold."""


def calculate(operator: str, left: int, right: int) -> int:
    """One operation of the language, all but ``AND`` and ``OR``.

    Raises:
        ArithmeticProblem: division by zero or overflow.
    """
    match operator:
        case "+":
            result = left + right
        case "-":
            result = left - right
        case "*":
            result = left * right
        case "/" | "%":
            if right == 0:
                raise ArithmeticProblem("division by zero")
            quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
            result = quotient if operator == "/" else left - right * quotient
        case "==":
            result = int(left == right)
        case "!=":
            result = int(left != right)
        case "<":
            result = int(left < right)
        case "<=":
            result = int(left <= right)
        case ">":
            result = int(left > right)
        case ">=":
            result = int(left >= right)
        case _:
            raise AssertionError(operator)
    if not INT64_MIN <= result <= INT64_MAX:
        raise ArithmeticProblem(f"{left} {operator} {right} does not fit 64 bits")
    return result


def evaluate(
    expression: Expr,
    *,
    look_up: Callable[[External | Local, tuple[int, ...]], int],
    contains: Callable[[External | Local, tuple[int, ...], int], bool],
    index: int,
) -> int:
    """The value of an expression.

    Args:
        look_up: the integer at a reference, given its evaluated subscripts.
        contains: whether the set at a reference has a member.
        index: the position in the innermost array.

    Raises:
        ArithmeticProblem: see `calculate`.
    """

    def value(e: Expr) -> int:
        match e:
            case Const():
                return e.value
            case External() | Local():
                return look_up(e, tuple(value(i) for i in e.indices))
            case Index():
                return index
            case Contains():
                return int(contains(e.set, tuple(value(i) for i in e.set.indices), value(e.member)))
            case Unary(operator="-"):
                return calculate("-", 0, value(e.operand))
            case Unary():
                return int(not value(e.operand))
            case Binary(operator="AND"):
                return int(bool(value(e.left)) and bool(value(e.right)))
            case Binary(operator="OR"):
                return int(bool(value(e.left)) or bool(value(e.right)))
            case Binary():
                return calculate(e.operator, value(e.left), value(e.right))
            case _:
                assert_never(e)

    return value(expression)


def references(expression: Expr) -> tuple[External | Local, ...]:
    """Every reference in an expression, in order of reading, those in subscripts included."""
    match expression:
        case Const() | Index():
            return ()
        case External() | Local():
            return (*(r for i in expression.indices for r in references(i)), expression)
        case Contains():
            return (*references(expression.member), *references(expression.set))
        case Unary():
            return references(expression.operand)
        case Binary():
            return references(expression.left) + references(expression.right)
        case _:
            assert_never(expression)


_PRECEDENCE = {
    "OR": 1, "AND": 2, "NOT": 3, "==": 4, "!=": 4, "<": 4, "<=": 4, ">": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "/": 6,
    "%": 6, "NEGATIVE": 7,
}  # fmt: skip


def show_expr(expression: Expr, around: int = 0) -> str:
    """An expression as text, with ``^`` for each record climbed by a local reference."""
    match expression:
        case Const(value=value):
            return str(value)
        case External():
            return _show_path((expression.table_name, *expression.path), expression.indices)
        case Local():
            return "^" * expression.up + "." + _show_path(expression.path, expression.indices)
        case Index():
            return ".lastIndex"
        case Contains():
            return f"{show_expr(expression.set)}[{show_expr(expression.member)}]"
        case Unary(operator=operator):
            own = _PRECEDENCE["NEGATIVE" if operator == "-" else operator]
            text = ("-" if operator == "-" else "NOT ") + show_expr(expression.operand, own)
        case Binary(operator=operator):
            own = _PRECEDENCE[operator]
            left = show_expr(expression.left, own + (own == 4))
            text = f"{left} {operator} {show_expr(expression.right, own + 1)}"
        case _:
            assert_never(expression)
    return f"({text})" if own < around else text


def _show_path(path: tuple[str, ...], indices: tuple[Expr, ...]) -> str:
    shown = list(indices)
    text = ""
    for step in path:
        if step == "[]":
            text += f"[{show_expr(shown.pop(0))}]" if shown else "[]"
        else:
            text += ("." if text else "") + step
    return text
