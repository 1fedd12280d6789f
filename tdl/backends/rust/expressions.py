"""Expressions as Rust: numbers of 64 bits with sign, where what can fail ends the function with ``?``."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from tdl.backends.rust.environment import EnvironmentView
from tdl.backends.rust.slots import CannotExpress, Frame, Slots
from tdl.ir.expr import INT64_MIN, Binary, Const, Contains, Expr, External, Index, Local, Unary

_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
_CHECKED = {"+": "checked_add", "-": "checked_sub", "*": "checked_mul"}
_FREE = {"/": "divided", "%": "remainder"}


class Expressions:
    """The expressions of one function.

    Args:
        walk: the variable that knows where the walk is.
        column: the text of an array's element at a position, for what the function has written.

    Attributes:
        frames: the records around.
        index: the innermost array's position as text, "" outside of all.
        open: the paths of the arrays around.
    """

    def __init__(
        self, walk: str, environment: EnvironmentView, slots: Slots, column: Callable[[str, str], str] | None = None
    ) -> None:
        self.walk, self.environment, self.slots, self.column = walk, environment, slots, column
        self.frames: tuple[Frame, ...] = ()
        self.index = ""
        self.open: list[tuple[str, ...]] = []

    def number(self, expression: Expr, element: int) -> str:
        """The value of an expression, an ``i64``."""
        match expression:
            case Const(value=value):
                return literal(value)
            case External(indices=()):
                return f"{self.walk}.known({self._env(expression)}, {element})?"
            case External(indices=indices):
                found = f"{self._env(expression)}.and_then(|column| column.get(at))"
                position = self.number(indices[0], element)
                return f"{{ let at = {position}; {self.walk}.item({found}, Code::Missing, {element})? }}"
            case Local(indices=()):
                slot = self.slots.find(self.frames, expression, "number")
                return f"{self.walk}.local({slot.name}, {element})?"
            case Local(indices=indices):
                self.look_in(expression)
                name = self.slots.find(self.frames, expression, "column").name
                position = self.number(indices[0], element)
                found = self.column(name, "at") if self.column else f"{name}.and_then(|column| column.get(at))"
                return f"{{ let at = {position}; {self.walk}.item({found}, Code::Absent, {element})? }}"
            case Index():
                return f"index({self.index})" if self.index else "0_i64"
            case Unary(operator="-", operand=operand):
                return f"{self.walk}.calculated(0_i64.checked_sub({self.number(operand, element)}), {element})?"
            case Binary(operator=operator, left=left, right=right) if operator in _CHECKED:
                first, second = self.number(left, element), self.number(right, element)
                return f"{self.walk}.calculated(({first}).{_CHECKED[operator]}({second}), {element})?"
            case Binary(operator=operator, left=left, right=right) if operator in _FREE:
                first, second = self.number(left, element), self.number(right, element)
                return f"{self.walk}.calculated({_FREE[operator]}({first}, {second}), {element})?"
            case Contains() | Unary() | Binary():
                return f"i64::from({self.truth(expression, element)})"
            case _:
                assert_never(expression)

    def truth(self, expression: Expr, element: int) -> str:
        """Whether an expression is not zero."""
        match expression:
            case Binary(operator="AND" | "OR" as operator, left=left, right=right):
                sign = "&&" if operator == "AND" else "||"
                return f"({self.truth(left, element)} {sign} {self.truth(right, element)})"
            case Binary(operator=operator, left=left, right=right) if operator in _COMPARISONS:
                return f"({self.number(left, element)} {operator} {self.number(right, element)})"
            case Unary(operator="NOT", operand=operand):
                return f"!{self.truth(operand, element)}"
            case Contains(set=holder, member=member):
                if isinstance(holder, External):
                    held = f"Known::from({self._env(holder, is_set=True)})"
                else:
                    held = self.slots.find(self.frames, holder, "set").name
                return f"{self.walk}.member({held}, {self.number(member, element)}, {element})?"
            case _:
                return f"({self.number(expression, element)} != 0)"

    def look_in(self, reference: Local) -> None:
        """Refuse a reference into an array that is being moved: what has come by of it is not kept."""
        array = reference.path[: reference.path.index("[]")]
        frame = self.frames[-1 - reference.up]
        if (*frame.path, *array) in self.open:
            raise CannotExpress(frame.path, f"a reference into the array `{'.'.join(array)}` while it is moved")

    def _env(self, reference: External, *, is_set: bool = False) -> str:
        return f"env.{self.environment.value(reference, is_set=is_set).name}"


def literal(value: int) -> str:
    """A constant of 64 bits."""
    if value == INT64_MIN:
        return "i64::MIN"
    return f"{value}_i64"
