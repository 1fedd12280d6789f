"""Expressions as C: what a reference means at the place where it stands, and whether working it out can fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import assert_never

from tdl.backends.c.environment import EnvironmentView, Value
from tdl.backends.c.frames import CannotExpress, Frame, Seen, is_number, number_range
from tdl.backends.c.structs import Location, Types
from tdl.backends.shapes.making import element_name
from tdl.backends.shapes.shape import Array, Octets
from tdl.ir import plan
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
_CHECKED = {"+": "tdl_add", "-": "tdl_subtract", "*": "tdl_multiply", "/": "tdl_divide", "%": "tdl_remainder"}
_ABSENT = "tdl_problem(TDL_ABSENT, &problem)"


class Scope:
    """What expressions can see inside one function.

    Args:
        place: where the value of an op is found, given the place of the record around it.

    Attributes:
        index: the variable of the innermost array's position.
        flags: ops of branches whose presence some expression asks for.
        wanted: ops whose values expressions read.
        proved: values of the environment that are known to be there.
        trusted: whether numbers are no larger than their elements, as they are fresh out of octets.
    """

    def __init__(
        self, types: Types, environment: EnvironmentView, place: Callable[[plan.AnyOp, Location], Location]
    ) -> None:
        self.types, self.environment, self.place = types, environment, place
        self.frames: list[Frame] = []
        self.index = ""
        self.index_range: Range = (0, 0)
        self.flags: set[int] = set()
        self.wanted: set[int] = set()
        self.proved: set[int] = set()
        self.trusted = True
        self.positions = 0
        self.temporaries: list[tuple[str, str]] = []
        self._asked: list[int] = []
        self._fails = False
        self._sure = True

    # --- entry -------------------------------------------------------------------------------------------------

    def number(self, expression: Expr) -> tuple[str, str, bool]:
        """An expression's C text, its type, and whether it can fail: then `problem` says why."""
        return self._entry(expression, truth=False)

    def truth(self, expression: Expr) -> tuple[str, bool]:
        """An expression as a condition, and whether it can fail."""
        text, _, fails = self._entry(expression, truth=True)
        return text, fails

    def missing(self, expression: Expr) -> str:
        """For a value of the environment that may not be known: the condition that it is not."""
        if not isinstance(expression, External) or expression.indices:
            return ""
        value = self.environment.value(expression)
        self._asked = [value.bit]
        return "" if value.bit in self.proved else self.environment.test(value).replace("!=", "==")

    def prove(self) -> None:
        """What the last expression asked the environment for was there, or the function has returned."""
        self.proved.update(self._asked)

    def numbers_variables(self) -> bool:
        """Whether some expression asked for a variable of the function that has a number."""
        return bool(self.flags or self.wanted or self.positions or self.temporaries)

    def _entry(self, expression: Expr, *, truth: bool) -> tuple[str, str, bool]:
        self._asked, self._fails, self._sure = [], False, True
        if isinstance(expression, Const) and not truth:
            wide = not -(2**31) < expression.value < 2**31
            return literal(expression.value, wide=wide), ("int64_t" if wide else "int32_t"), False
        if isinstance(expression, External) and not expression.indices and not truth:  # most are of this kind
            value = self.environment.value(expression)
            type_ = "int32_t" if value.narrow else "int64_t"
            return f"({type_}){self._known(value, value.text)}", type_, self._fails
        wide = self._wide(expression)
        text = self._truth(expression, wide) if truth else self._number(expression, wide)
        return text, ("int64_t" if wide else "int32_t"), self._fails

    # --- ranges ------------------------------------------------------------------------------------------------

    def bounds(self, expression: Expr) -> Range:
        """The interval of an expression; of `+`, `-` and `*` perhaps beyond 64 bits."""
        match expression:
            case Const(value=value):
                return value, value
            case External():
                return self.environment.bounds(expression)
            case Local():
                found = self._candidates(expression)
                ranges = [number_range(seen.op, whole=not self.trusted) for seen in found if is_number(seen.op)]
                low = min((r[0] for r in ranges), default=0)
                high = max((r[1] for r in ranges), default=0)
                return min(low, 0), min(high, INT64_MAX)
            case Index():
                return self.index_range
            case Contains():
                return 0, 1
            case Unary(operator="-"):
                low, high = self._clamped(expression.operand)
                return -high, -low
            case Unary():
                return 0, 1
            case Binary(operator=operator):
                if operator in _COMPARISONS or operator in ("AND", "OR"):
                    return 0, 1
                left, right = self._clamped(expression.left), self._clamped(expression.right)
                match operator:
                    case "+":
                        return left[0] + right[0], left[1] + right[1]
                    case "-":
                        return left[0] - right[1], left[1] - right[0]
                    case "*":
                        corners = [a * b for a in left for b in right]
                        return min(corners), max(corners)
                    case _:
                        low, high = self._combined(operator, expression.left, expression.right)
                        return min(low, 0), max(high, 0)
            case _:
                assert_never(expression)

    def _clamped(self, expression: Expr) -> Range:
        low, high = self.bounds(expression)
        return max(low, INT64_MIN), min(high, INT64_MAX)

    def _wide(self, expression: Expr) -> bool:
        low, high = self.bounds(expression)
        if low < -(2**31) + 1 or high > 2**31 - 1:
            return True
        operands = _operands(expression)
        return bool(operands) and any(map(self._wide, operands))

    # --- text --------------------------------------------------------------------------------------------------

    def _number(self, expression: Expr, wide: bool) -> str:
        cast = "(int64_t)" if wide else "(int32_t)"
        match expression:
            case Const(value=value):
                return literal(value, wide=wide)
            case External():
                return self._external(expression, cast)
            case Local():
                return self._local(expression, cast)
            case Index():
                return f"{cast}{self.index}" if self.index else literal(0, wide=wide)
            case Contains():
                return f"{cast}{self._contains(expression)}"
            case Unary(operator="-"):
                return self._calculated(expression, "-", Const(value=0), expression.operand, wide)
            case Binary(operator=operator) if operator in _CHECKED:
                return self._calculated(expression, operator, expression.left, expression.right, wide)
            case Unary() | Binary():
                zero, one = literal(0, wide=wide), literal(1, wide=wide)
                return f"({self._truth(expression, wide)} ? {one} : {zero})"
            case _:
                assert_never(expression)

    def _truth(self, expression: Expr, wide: bool) -> str:
        match expression:
            case Binary(operator="AND" | "OR" as operator):
                left = self._truth(expression.left, wide)
                sure, self._sure = self._sure, False
                right = self._truth(expression.right, wide)
                self._sure = sure
                return f"({left} {'&&' if operator == 'AND' else '||'} {right})"
            case Binary(operator=operator) if operator in _COMPARISONS:
                if self._is_settled(expression):
                    return self._settled(expression, wide)
                first, left, right = self._pair(expression.left, expression.right, wide)
                return f"({first}{left} {operator} {right})"
            case Unary(operator="NOT"):
                return f"(!{self._truth(expression.operand, wide)})"
            case Contains():
                return f"({self._contains(expression)} != 0u)"
            case _:
                return f"({self._number(expression, wide)} != 0)"

    def _is_settled(self, comparison: Binary) -> bool:
        """Whether ranges alone decide a comparison: compilers warn of one that looks at values."""
        low, high = self._combined(comparison.operator, comparison.left, comparison.right)
        return low == high

    def _settled(self, comparison: Binary, wide: bool) -> str:
        """A decided comparison; its operands are worked out only for what they can fail with."""
        verdict = str(self._combined(comparison.operator, comparison.left, comparison.right)[0])
        before = []
        for operand in (comparison.left, comparison.right):
            outer, self._fails = self._fails, False
            text = self._number(operand, wide)
            if self._fails:
                before.append(f"(void){text}, ")
            self._fails = self._fails or outer
        return f"({''.join(before)}{verdict})" if before else verdict

    def _combined(self, operator: str, left: Expr, right: Expr) -> Range:
        first, second = (Local(up=0, path=(), range=self._clamped(each)) for each in (left, right))
        return interval(Binary(operator=operator, left=first, right=second))

    def _pair(self, left: Expr, right: Expr, wide: bool) -> tuple[str, str, str]:
        """Two operands, and what must be worked out before them: where both can fail, the first is what is noted."""
        outer, self._fails = self._fails, False
        first = self._number(left, wide)
        both, self._fails = self._fails, False
        second = self._number(right, wide)
        either, both = both or self._fails, both and self._fails
        self._fails = outer or either
        if not both:
            return "", first, second
        name = f"t{len(self.temporaries) + 1}"  # C leaves the order of operands open
        self.temporaries.append((name, "int64_t" if wide else "int32_t"))
        return f"{name} = {first}, ", name, second

    def _calculated(self, whole: Expr, operator: str, left: Expr, right: Expr, wide: bool) -> str:
        before, first, second = self._pair(left, right, wide)
        low, high = self.bounds(whole)
        if operator in ("/", "%"):
            divisor, dividend = self._clamped(right), self._clamped(left)
            safe = not divisor[0] <= 0 <= divisor[1] and (dividend[0] > INT64_MIN or divisor[0] > -1)
        else:
            safe = low >= INT64_MIN and high <= INT64_MAX
        if safe:
            return f"({before}{first} {operator} {second})"
        self._fails = True
        call = f"{'' if wide else '(int32_t)'}{_CHECKED[operator]}({first}, {second}, &problem)"
        return f"({before}{call})" if before else call

    # --- references --------------------------------------------------------------------------------------------

    def _external(self, reference: External, cast: str) -> str:
        value = self.environment.value(reference)
        if not reference.indices:
            return f"{cast}{self._known(value, value.text)}"
        if len(reference.indices) > 1:
            raise CannotExpress((), f"`{reference.label}`, which has more than one subscript")
        position = self._position(self._number(reference.indices[0], True), value.count, "TDL_MISSING")
        return f"(({position}) < {value.count} ? {cast}{value.text}[{self._last_position}] : 0)"

    def _known(self, value: Value, text: str) -> str:
        if value.bit in self.proved:
            return text
        if self._sure:
            self._asked.append(value.bit)
        self._fails = True
        return f"({self.environment.test(value)} ? {text} : tdl_problem(TDL_MISSING, &problem))"

    def _position(self, index: str, count: str, code: str) -> str:
        self._fails = True
        self.positions += 1
        return f"{self._last_position} = tdl_position({index}, {count}, {code}, &problem)"

    @property
    def _last_position(self) -> str:
        return f"k{self.positions}"

    def _contains(self, expression: Contains) -> str:
        holder = expression.set
        outer, self._fails = self._fails, False
        member, before = self._number(expression.member, True), ""
        failing, self._fails = self._fails, False
        if failing:
            name = f"t{len(self.temporaries) + 1}"
            self.temporaries.append((name, "int64_t"))
            before, member = f"{name} = {member}, ", name
        if isinstance(holder, External):
            if holder.indices:
                raise CannotExpress((), f"a set in an array, `{holder.label}`")
            value = self.environment.value(holder, is_set=True)
            text = self._known(value, f"tdl_member({value.text}, {value.count}, {member})")
        else:
            text = self._local_set(holder, member)
        self._fails = self._fails or failing or outer
        if before and member not in text:  # a set without octets asks for no member
            before += f"(void){member}, "
        return f"({before}{text})" if before else text

    def _local_set(self, reference: Local, member: str) -> str:
        text, certain = _ABSENT, False
        for seen in self._candidates(reference):
            self._want(seen)
            shape = seen.location.shape
            match seen.op:
                case plan.Bytes(form="set") if isinstance(shape, Octets):
                    count = seen.location.counter or f"{shape.extent.most}u"
                    found, is_set = f"tdl_member({seen.location.text}, {count}, {member})", True
                case plan.Bytes(form="set"):
                    found, is_set = "0u", True  # a set without octets
                case plan.Repeat():
                    raise CannotExpress(seen.op.path, "a list as a set")
                case _:
                    found, is_set = "tdl_problem(TDL_MISSING, &problem)", False
            text = f"({seen.flag} != 0u ? {found} : {text})" if seen.flag else found
            certain = is_set and (certain or not seen.flag)
        self._fails = self._fails or not certain
        return text

    def _local(self, reference: Local, cast: str) -> str:
        if reference.indices:
            return self._in_array(reference, cast)
        text = f"{cast}{_ABSENT}"
        certain = False
        for seen in self._candidates(reference):
            self._want(seen)
            found, fails = self._value(seen, cast)
            text = f"({seen.flag} != 0u ? {found} : {text})" if seen.flag else found
            certain = not fails and (certain or not seen.flag)
        self._fails = self._fails or not certain
        return text

    def _value(self, seen: Seen, cast: str) -> tuple[str, bool]:
        """A number that was moved, and whether it may not be one."""
        op = seen.op
        if not is_number(op):
            return f"{cast}{_ABSENT}", True
        text = seen.location.text
        if isinstance(op, plan.Take) and op.kind == "uint" and op.octets == 8:
            return f"{cast}tdl_fitting({text}, &problem)", True
        if isinstance(op, plan.Field) and op.width == 64 and op.kind != "int":
            return f"{cast}tdl_fitting({text}, &problem)", True
        if isinstance(op, plan.Take | plan.Field) and op.form is not None and op.form != Const(value=0):
            width = 8 * op.octets if isinstance(op, plan.Take) else op.width
            if isinstance(op.form, Const):
                return f"{cast}tdl_plain({text}, {width}u, {op.form.value}u)", False
            if isinstance(op.form, External) and not op.form.indices:  # it was known when the number was moved
                form = self.environment.value(op.form).text
                return f"{cast}tdl_plain({text}, {width}u, (uint8_t){form})", False
            raise CannotExpress(op.path, "a number of a form that is not known, as what others depend on")
        return f"{cast}{text}", False

    def _want(self, seen: Seen) -> None:
        self.wanted.add(id(seen.op))
        if seen.flagged is not None:
            self.flags.add(id(seen.flagged))

    def _candidates(self, reference: Local) -> list[Seen]:
        """The elements a reference may mean, the last one that is there counts."""
        if reference.up >= len(self.frames):
            raise CannotExpress((), "a reference beyond the table")
        frame = self.frames[-1 - reference.up]
        name, *rest = reference.path
        if name in frame.open and rest:
            raise CannotExpress(frame.op.path, f"a reference into `{name}` while it is moved")
        found = frame.seen.get(name, [])
        for step in rest:
            if step == "[]":
                raise CannotExpress(frame.op.path, f"a reference into the array `{name}`")
            found = [below for seen in found for below in self._below(seen, step)]
        return found

    def _below(self, holder: Seen, step: str) -> Iterator[Seen]:
        op = holder.op
        if not isinstance(op, plan.Group | plan.Bits):
            return
        for frame in self.frames:
            if frame.op is op:  # it is being moved: what has come by of it counts
                yield from frame.seen.get(step, [])
                return
        members: Sequence[plan.AnyOp] = op.ops if isinstance(op, plan.Group) else op.fields
        for below in members:
            if isinstance(below, plan.When | plan.Choose) and not element_name(below):
                raise CannotExpress(op.path, f"a reference into `{element_name(op)}`, which has branches")
            if element_name(below) == step:
                yield Seen(
                    op=below, location=self.place(below, holder.location), flag=holder.flag, flagged=holder.flagged
                )

    def _in_array(self, reference: Local, cast: str) -> str:
        """An element of an array that is complete, and not in a branch."""
        name, *rest = reference.path
        frame = self.frames[-1 - reference.up]
        found = frame.seen.get(name, [])
        if len(found) != 1 or found[0].flag or rest != ["[]"] or name in frame.open:
            raise CannotExpress(frame.op.path, f"a reference into the array `{name}`")
        (seen,) = found
        op, shape = seen.op, seen.location.shape
        if not isinstance(op, plan.Repeat) or not isinstance(shape, Array) or not is_number(op.body):
            raise CannotExpress(frame.op.path, f"a reference into the array `{name}`")
        self._want(seen)
        self.wanted.add(id(op.body))
        if not seen.location.text:
            raise CannotExpress(frame.op.path, f"a reference into the array `{name}`")
        count = seen.location.counter or f"{shape.extent.most}u"
        position = self._position(self._number(reference.indices[0], True), count, "TDL_ABSENT")
        item = Seen(op=op.body, location=self.types.element(seen.location, self._last_position))
        text, _ = self._value(item, cast)
        return f"(({position}) < {count} ? {text} : 0)"


def literal(value: int, *, wide: bool) -> str:
    """A constant as C writes it."""
    if not wide:
        return str(value) if value >= 0 else f"({value})"
    if value == INT64_MIN:
        return f"(-INT64_C({-(value + 1)}) - 1)"
    return f"INT64_C({value})" if value >= 0 else f"(-INT64_C({-value}))"


def _operands(expression: Expr) -> tuple[Expr, ...]:
    match expression:
        case Unary(operand=operand):
            return (operand,)
        case Binary(left=left, right=right):
            return left, right
        case _:
            return ()
