"""Expressions as Python: what a reference means at the place where it stands.

The code may raise where the reference codec has a value, since it is then run instead; it must never have a value
where the reference codec raises, and never another one.
"""

from __future__ import annotations

from contextlib import suppress
from typing import assert_never

from tdl.backends.python.constants import Constants
from tdl.backends.python.literals import literal
from tdl.backends.python.members import direct
from tdl.backends.python.places import Places
from tdl.deferred import dataclass, field
from tdl.frozen import replace
from tdl.ir import plan
from tdl.ir.expr import (
    INT64_MAX,
    INT64_MIN,
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
    calculate,
)
from tdl.ir.interval import interval
from tdl.ir.traverse import map_expr

_SYMBOLS = {"AND": "and", "OR": "or"}
MAX_FORM = 2
"""The last INT_FORMAT that is not refused."""

_ANY = (INT64_MIN, INT64_MAX)
_POSITIONS = (0, plan.MAX_OCTETS)


class TooComplex(Exception):
    """What straight-line code is not made for; the table is left to the explaining codec."""


@dataclass(slots=True)
class Frame:
    """A record being moved: its variable, and the names that have come by for sure or perhaps.

    ``values`` are the variables of values that are at hand.
    """

    variable: str
    op: plan.Group | plan.Bits
    sure: set[str] = field(default_factory=set)
    perhaps: set[str] = field(default_factory=set)
    values: dict[str, str] = field(default_factory=dict)


class Scope:
    """The names in sight of a function's code.

    Attributes:
        prologue: what is looked up once when the function begins: variables and their values.
        index: the variable of the innermost array's position.
        used: the positions that something depends on.
        arrays: the paths of the arrays being moved.
        total: whether all octets must have a value, as those of an array must whose records are made later.
    """

    def __init__(self, constants: Constants, places: Places, writing: bool, total: bool = False) -> None:
        self.constants, self.places, self.writing, self.total = constants, places, writing, total
        self.frames: list[Frame] = []
        self.prologue: dict[str, str] = {}
        self.index = "0"
        self.used: set[str] = set()
        self.arrays: list[tuple[str, ...]] = []
        self._made = 0
        self._pairs: dict[str, tuple[str, str]] = {}

    def fresh(self, prefix: str) -> str:
        """A variable that is not used yet."""
        self._made += 1
        return f"{prefix}{self._made}"

    def use(self, module: str, name: str) -> str:
        return self.constants.use(module, name)

    def leave(self) -> str:
        return self.use("arithmetic", "leave") + "()"

    # --- selectors of Table 0 ----------------------------------------------------------------------------------

    def settled(self, expression: Expr, high: int = INT64_MAX) -> int | str | None:
        """A value that is the same for the whole table: a constant or a variable; None if it is neither.

        ``high`` is the largest value that is not refused.
        """
        name = "form" if high == MAX_FORM else "k"
        match expression:
            case Const(value=value):
                return value
            case External(range=(low, top)) if constant_or_external(expression):
                reference = self.constants.reference(expression)
                call = f"{self.use('known', 'needed')}(environment, {reference}, {low}, {min(top, high)})"
                return self.begin(f"{name}{reference[2:]}", call)
            case _:
                return None

    def flag(self, expression: Expr) -> bool | str | None:
        """An order of octets: whether it is most significant first."""
        value = self.settled(expression)
        if isinstance(value, str):
            return self.begin(f"big{value[1:]}", f"{value} == 1")
        return None if value is None else value == 1

    def begin(self, variable: str, value: str) -> str:
        """A variable that is set when the function begins."""
        self.prologue.setdefault(variable, value)
        return variable

    def pair(self, call: str) -> tuple[str, str]:
        """Two variables for the two results of a call, which is made when the function begins."""
        if call not in self._pairs:
            self._pairs[call] = self.fresh("size"), self.fresh("move")
            self.begin(", ".join(self._pairs[call]), call)
        return self._pairs[call]

    # --- expressions -------------------------------------------------------------------------------------------

    def number(self, expression: Expr) -> str:
        """An expression as Python's value of the same number."""
        text = self.text(expression)
        return f"int(bool{text})" if isinstance(expression, Binary) and expression.operator in _SYMBOLS else text

    def text(self, expression: Expr) -> str:
        """An expression that is as true as the language has it, and the same number unless it is ``AND`` or ``OR``."""
        match expression:
            case Const(value=value):
                return str(value) if value >= 0 else f"({value})"
            case External():
                return self.external(expression)
            case Local():
                text, certain = self.local(expression)
                return text if certain else f"{self.use('arithmetic', 'integer')}({text})"
            case Index():
                self.used.add(self.index)
                return self.index
            case Contains():
                return self.contains(expression)
            case Unary(operator="-"):
                return self.fitting(expression, f"(-{self.number(expression.operand)})")
            case Unary():
                return f"(not {self.text(expression.operand)})"
            case Binary():
                return self.binary(expression)
            case _:
                assert_never(expression)

    def binary(self, expression: Binary) -> str:
        operator = expression.operator
        if operator in _SYMBOLS:
            return f"({self.text(expression.left)} {_SYMBOLS[operator]} {self.text(expression.right)})"
        left, right = self.number(expression.left), self.number(expression.right)
        if left.isdecimal() and right.isdecimal():  # the position in an array that is written out, for example
            with suppress(ArithmeticProblem):
                return self.text(Const(value=calculate(operator, int(left), int(right))))
        if operator in ("/", "%"):
            if self.bounds(expression.left)[0] >= 0 and self.bounds(expression.right)[0] >= 0:
                return f"({left} {'//' if operator == '/' else '%'} {right})"
            name = self.use("arithmetic", "divided" if operator == "/" else "remainder")
            return f"{name}({left}, {right})"
        return self.fitting(expression, f"({left} {operator} {right})")

    def fitting(self, expression: Unary | Binary, text: str) -> str:
        """The text of an operation, checked if its result might not fit 64 bits."""
        if isinstance(expression, Unary):
            low, high = self.bounds(expression.operand)
            fits = low > INT64_MIN
        else:
            left, right = self.bounds(expression.left), self.bounds(expression.right)
            match expression.operator:
                case "+":
                    low, high = left[0] + right[0], left[1] + right[1]
                case "-":
                    low, high = left[0] - right[1], left[1] - right[0]
                case "*":
                    corners = [a * b for a in left for b in right]
                    low, high = min(corners), max(corners)
                case _:
                    return text
            fits = low >= INT64_MIN and high <= INT64_MAX
        return text if fits else f"{self.use('arithmetic', 'checked')}({text})"

    def bounds(self, expression: Expr) -> Range:
        """The interval of what an expression comes to when it runs here."""

        def widened(reference: External | Local) -> External | Local:
            if isinstance(reference, Local) and not self.local(reference)[1]:
                return replace(reference, range=_ANY)
            return reference

        return interval(map_expr(expression, widened), _POSITIONS)

    # --- references --------------------------------------------------------------------------------------------

    def external(self, reference: External) -> str:
        constant = self.constants.reference(reference)
        low, high = reference.range
        if reference.indices:
            indices = "".join(f"{self.number(index)}, " for index in reference.indices)
            return f"{self.use('known', 'number_at')}(environment, {constant}, ({indices}), {low}, {high})"
        call = f"{self.use('known', 'number')}(environment, {constant}, {low}, {high})"
        return self.begin(f"n{constant[2:]}", call)

    def contains(self, expression: Contains) -> str:
        holder, member = expression.set, self.number(expression.member)
        function = self.use("known", "has" if isinstance(holder, Local) else "holds")
        return f"{function}({self.holder(holder)}, {member})"

    def holder(self, reference: External | Local) -> str:
        """A set."""
        if isinstance(reference, Local):
            return self.local(reference)[0]
        constant = self.constants.reference(reference)
        if reference.indices:
            indices = "".join(f"{self.number(index)}, " for index in reference.indices)
            return f"{self.use('known', 'set_at')}(environment, {constant}, ({indices}))"
        call = f"{self.use('known', 'members')}(environment, {constant})"
        return self.begin(f"s{constant[2:]}", call)

    def local(self, reference: Local) -> tuple[str, bool]:
        """An earlier element, and whether it is there for sure and a number of 64 bits."""
        text, number = self.element(reference)
        return text, number and not self.writing

    def place(self, record: str, type_name: str, name: str) -> str:
        """Where a record has an element."""
        return f"{record}.{self.places[type_name][name]}"

    def has_spare(self, type_name: str) -> bool:
        """Whether a bit field keeps bits that no field covers."""
        return type_name in self.places.spared

    def perhaps(self, record: str, name: str) -> str:
        """An element that a record may have; it raises if it has not."""
        return f"{record}[{literal(name)}]"

    def element(self, reference: Local) -> tuple[str, bool]:
        """An earlier element, and whether it is there for sure and of a type of such numbers."""
        frame: Frame | None = self.frames[-1 - reference.up]
        assert frame is not None
        text, at, sure = frame.variable, frame.op, True
        op: plan.AnyOp | None = frame.op
        subscripts = list(reference.indices)
        for step in reference.path:
            if step == "[]":
                if self.writing and isinstance(op, plan.Repeat) and op.path in self.arrays:
                    return self.leave(), False  # not all of it has been written yet
                text = f"{self.use('arithmetic', 'item')}({text}, {self.number(subscripts.pop(0))})"
                op = op.body if isinstance(op, plan.Repeat) else None
            elif isinstance(op, plan.Group | plan.Bits):
                at = op
                frame = next((f for f in self.frames if f.op is at), None)
                if frame is not None and step not in frame.sure | frame.perhaps:
                    return self.leave(), False
                op = direct(at, step)
                sure = sure and op is not None and (frame is None or step in frame.sure)
                holder = text
                text = self.place(text, at.type_name, step) if sure else self.perhaps(text, step)
                if sure and frame is not None and holder == frame.variable:  # and not another element of an array
                    text = frame.values.get(step, text)
            else:
                text, op, sure = f"{text}[{literal(step)}]", None, False
        return text, sure and _is_number(op)


def constant_or_external(expression: Expr) -> bool:
    """Whether an expression is a constant or one value of another table: the same for the whole table."""
    return isinstance(expression, Const) or (isinstance(expression, External) and not expression.indices)


def _is_number(op: plan.AnyOp | None) -> bool:
    match op:
        case plan.Take(kind=kind, octets=octets, decimals=decimals):
            return not decimals and (kind == "int" or (kind == "uint" and octets < 8))
        case plan.Field(width=width):
            return width < 64
        case _:
            return False
