"""Expressions as Kaitai writes them.

Its arithmetic is that of the language it is compiled to, so only what is the same everywhere is written: no division of
what may be negative or by what may be 0, and nothing that may leave 64 bits. Truth is a type of its own there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from tdl.ir.expr import (
    INT64_MAX,
    INT64_MIN,
    Binary,
    Const,
    Contains,
    Expr,
    External,
    Index,
    Local,
    Range,
    Unary,
)
from tdl.ir.interval import interval

_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")


class NoForm(Exception):
    """Kaitai has no form for an expression; ``what`` says why."""

    def __init__(self, expression: Expr, what: str) -> None:
        super().__init__(what)
        self.expression, self.what = expression, what


class Writer:
    """Writes expressions of one place.

    Args:
        number, members: what a reference is there: an integer, or the flags of a set.
        index: the position in the innermost array, and its interval.
    """

    def __init__(
        self,
        number: Callable[[Writer, Local], str],
        members: Callable[[Writer, Local], str],
        index: str,
        positions: Range,
    ) -> None:
        self._number, self._members, self._positions = number, members, positions
        self.index = index

    def range(self, expression: Expr) -> Range:
        return interval(expression, self._positions)

    def integer(self, expression: Expr) -> str:
        match expression:
            case Const(value=value):
                return str(value) if value >= 0 else f"(0 - {-value})"
            case External():
                raise NoForm(expression, "its value is not known")
            case Local():
                return self._number(self, expression)
            case Index():
                return self.index
            case Unary(operator="-"):
                self.bounded(expression)
                return f"(0 - {self.integer(expression.operand)})"
            case Binary(operator="+" | "-" | "*" as operator):
                self.bounded(expression)
                return f"({self.integer(expression.left)} {operator} {self.integer(expression.right)})"
            case Binary(operator="/" | "%" as operator):
                if self.range(expression.left)[0] < 0 or self.range(expression.right)[0] < 1:
                    raise NoForm(expression, "a division by 0 or of less than 0 differs from language to language")
                return f"({self.integer(expression.left)} {operator} {self.integer(expression.right)})"
            case Contains() | Unary() | Binary():
                return f"({self.truth(expression)} ? 1 : 0)"
            case _:
                assert_never(expression)

    def truth(self, expression: Expr) -> str:
        match expression:
            case Const(value=value):
                return "true" if value else "false"
            case Contains(set=External() as holder):
                raise NoForm(holder, "its value is not known")
            case Contains(set=Local() as holder, member=member):
                flags, number = self._members(self, holder), self.integer(member)
                at_least = "" if self.range(member)[0] >= 0 else f"{number} >= 0 and "
                return f"({at_least}{number} < {flags}.size and {flags}[{number}])"
            case Unary(operator="NOT"):
                return f"(not {self.truth(expression.operand)})"
            case Binary(operator="AND" | "OR" as operator):
                return f"({self.truth(expression.left)} {operator.lower()} {self.truth(expression.right)})"
            case Binary(operator=operator) if operator in _COMPARISONS:
                return f"({self.integer(expression.left)} {operator} {self.integer(expression.right)})"
            case _:
                return f"({self.integer(expression)} != 0)"

    def bounded(self, expression: Expr) -> None:
        """Refuse what may not fit 64 bits."""
        low, high = self.range(expression)
        if low <= INT64_MIN or high >= INT64_MAX:
            raise NoForm(expression, "it may not fit 64 bits")
