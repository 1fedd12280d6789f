"""What functions that walk a table's Plan share: lines, records, branches, loops."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from tdl.backends.rust.environment import EnvironmentView
from tdl.backends.rust.expressions import Expressions, literal
from tdl.backends.rust.slots import CannotExpress, Frame, Slot, Slots
from tdl.backends.rust.types import Field, Struct, Types
from tdl.backends.shapes.elements import Elements
from tdl.backends.shapes.making import Shapes, element_name
from tdl.backends.shapes.shape import BitMember, Member
from tdl.deferred import dataclass, field
from tdl.ir import plan
from tdl.ir.expr import Const, Expr, External
from tdl.ir.size import Sizes

MAX_FORM = 2
"""The last INT_FORMAT that is not refused."""

Branch = Callable[[tuple[plan.AnyOp, ...]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One table as its functions are made from it; ``struct`` is the type of its value.

    ``kept`` are the fields that keep values, by struct and op: its functions ask for the same ones, and for the same
    sizes.
    """

    table: plan.TablePlan
    shapes: Shapes
    types: Types
    environment: EnvironmentView
    elements: Elements
    struct: Struct
    kept: dict[tuple[int, int], Field | None] = field(default_factory=dict)
    sizes: Sizes = field(default_factory=Sizes)


@dataclass(slots=True)
class Holder:
    """A record that is being moved: its struct, if it has one, and what its values are called.

    ``text`` is where they are in a value that is written; ``suffix`` is behind the variables of those that are read.
    """

    op: Frame
    struct: Struct | None
    text: str = ""
    suffix: str = ""
    moved: set[str] = field(default_factory=set)


class Emitter:
    """Walks a Plan; what moving a value means is said by those below."""

    walk = "r"

    def __init__(self, context: Context, slots: Slots) -> None:
        self.context, self.slots = context, slots
        self.expressions = Expressions(self.walk, context.environment, slots)
        self.lines: list[str] = []
        self.level = 1
        self.holders: list[Holder] = []
        self.arrays = 0
        self.made = 0
        self.element = 0
        self.proved: dict[tuple[Expr, str], str] = {}

    # --- lines -------------------------------------------------------------------------------------------------

    def say(self, text: str) -> None:
        self.lines.append("    " * self.level + text)

    @contextmanager
    def inside(self, head: str, tail: str = "}") -> Iterator[None]:
        """A block; what is proved in it is not proved behind it."""
        proved = dict(self.proved)
        self.say(f"{head} {{" if head else "{")
        self.level += 1
        yield
        self.level -= 1
        self.say(tail)
        self.proved = proved

    def fresh(self, prefix: str) -> str:
        self.made += 1
        return f"{prefix}{self.made}"

    def settle(self) -> None:
        """Before what can go more than one way."""

    def slot_lines(self) -> Iterator[str]:
        """The declarations of the slots."""
        for slot in self.slots.all:
            yield f"    let mut {slot.name}: {slot.type} = {slot.empty};"

    # --- expressions -------------------------------------------------------------------------------------------

    def number(self, expression: Expr, element: int) -> str:
        return self.expressions.number(expression, element)

    def is_sure(self, expression: Expr | None, what: str) -> bool:
        """Whether a format is known here, so that asking for it cannot fail."""
        if expression is None:
            return True
        if isinstance(expression, Const):
            return what != "form" or 0 <= expression.value <= MAX_FORM
        return (expression, what) in self.proved

    def order(self, expression: Expr, element: int) -> str:
        """Whether octets come most significant first: ``true``, ``false`` or a variable."""
        if isinstance(expression, Const):
            return "true" if expression.value == 1 else "false"
        return self._proved(expression, "order", "big", lambda: f"{self.number(expression, element)} == 1")

    def form(self, expression: Expr | None, element: int) -> str:
        """How a number has its sign: ``0`` to ``2`` or a variable."""
        if expression is None:
            return "0"
        if isinstance(expression, Const) and 0 <= expression.value <= MAX_FORM:
            return str(expression.value)
        text = f"{self.walk}.form({self.number(expression, element)}, {element})?"
        return self._proved(expression, "form", "form", lambda: text)

    def charset(self, expression: Expr | None, element: int) -> None:
        """Ask for a character format only to see whether it is known."""
        if expression is not None and not isinstance(expression, Const):
            self._proved(expression, "charset", "_charset", lambda: self.number(expression, element))

    def _proved(self, expression: Expr, what: str, prefix: str, text: Callable[[], str]) -> str:
        known = self.proved.get((expression, what))
        if known is not None:
            return known
        name = self.fresh(prefix)
        self.say(f"let {name} = {text()};")
        if isinstance(expression, External) and not expression.indices:
            self.proved[expression, what] = name
        return name

    def dimension(self, expression: Expr, element: int) -> str:
        """A count or length within its bounds, as a variable or constant of type ``usize``."""
        if isinstance(expression, Const) and 0 <= expression.value <= plan.MAX_OCTETS:
            return str(expression.value)
        name = self.fresh("n")
        self.say(f"let {name} = {self.walk}.dimension({self.number(expression, element)}, {element})?;")
        return name

    # --- records -----------------------------------------------------------------------------------------------

    @contextmanager
    def frame(self, holder: Holder) -> Iterator[None]:
        """The elements of a record."""
        for slot in self.slots.in_frame(holder.op):
            if self.holders:
                self.say(f"{slot.name} = {slot.empty};")
        self.holders.append(holder)
        self.expressions.frames = (*self.expressions.frames, holder.op)
        outer, self.element = self.element, self.context.elements.number(holder.op)
        yield
        self.element = outer
        self.expressions.frames = self.expressions.frames[:-1]
        self.holders.pop()

    def members(self, ops: Iterable[plan.AnyOp]) -> None:
        for op in ops:
            match op:
                case plan.When():
                    self.when(op, self.members)
                case plan.Choose(atomic=""):
                    self.choose(op, self.members)
                case _:
                    self.member(op)

    def member(self, op: plan.AnyOp) -> None:
        """Move one element of the innermost record."""
        raise NotImplementedError

    def fields(self, ops: tuple[plan.AnyOp, ...], word: str, covered: str) -> None:
        """Move the fields of a container: ``word`` has its bits, ``covered`` gets those that a field covers."""
        for op in ops:
            match op:
                case plan.Field():
                    self.bit_field(op, word, covered)
                case plan.When():
                    self.when(op, lambda below: self.fields(below, word, covered))
                case plan.Choose():
                    self.choose(op, lambda below: self.fields(below, word, covered))
                case _:
                    pass

    def bit_field(self, op: plan.Field, word: str, covered: str) -> None:
        raise NotImplementedError

    def field_of(self, op: plan.AnyOp) -> Field | None:
        """The field of the innermost record's struct that keeps an op's value."""
        struct = self.holders[-1].struct
        if struct is None:
            return None
        key = id(struct), id(op)
        if key not in self.context.kept:
            self.context.kept[key] = self._field_of(struct, op)
        return self.context.kept[key]

    def _field_of(self, struct: Struct, op: plan.AnyOp) -> Field | None:
        if isinstance(op, plan.Field):
            for part, found in struct.fields.items():
                if isinstance(part, BitMember) and _is_field(part, op):
                    return found
            return None
        shape = self.context.shapes.of(op)
        name = element_name(op)
        for part, found in struct.fields.items():
            if isinstance(part, Member) and part.name == name and part.shape == shape:
                return found
        return None

    # --- slots -------------------------------------------------------------------------------------------------

    def come_by(self, op: plan.AnyOp, number: str = "", octets: str = "") -> None:
        """Note that an element is there; ``number`` is its ``i128``, ``octets`` those of a set."""
        frames = self.expressions.frames
        if not self.slots.all or not any(self.slots.in_frame(frame) for frame in frames):
            return
        for slot in self.slots.below(frames, op):
            self.say(f"{slot.name} = {slot.empty};")
        for slot in self.slots.at(frames, op):
            match slot.kind:
                case "number":
                    self.say(f"{slot.name} = {f'Some({number})' if number else 'None'};")
                case "set":
                    if isinstance(op, plan.Repeat):
                        raise CannotExpress(op.path, "a list as a set")
                    self.say(f"{slot.name} = {f'Known::Octets({octets})' if octets else 'Known::Other'};")
                case _:
                    pass

    def wants(self, op: plan.AnyOp, kind: str) -> bool:
        """Whether a slot of a kind takes the value of an op."""
        return bool(self.slots.all) and any(slot.kind == kind for slot in self.slots.at(self.expressions.frames, op))

    def columns(self, op: plan.Repeat) -> list[tuple[Slot, tuple[str, ...]]]:
        return list(self.slots.columns(self.expressions.frames, op)) if self.slots.all else []

    # --- branches ----------------------------------------------------------------------------------------------

    def when(self, op: plan.When, branch: Branch) -> None:
        self.settle()
        condition = _bare(self.expressions.truth(op.condition, self.element))
        before = len(self.lines)
        with self.inside(f"if {condition}"):
            self._branch(op.then, branch)
        start = len(self.lines)
        with self.inside("} else"):
            self._branch(op.otherwise, branch)
        if len(self.lines) == start + 2:
            del self.lines[start:]  # nothing is moved there
            if start == before + 2:
                del self.lines[before:]  # nor here
                self.say(f"let _ = {condition};")
        else:
            del self.lines[start - 1]

    def choose(self, op: plan.Choose, branch: Branch) -> None:
        self.settle()
        if not op.arms and op.otherwise is None:
            self.say(f"{self.walk}.refuse({self.element})?;")
            return
        with self.inside(f"match {self.number(op.selector, self.element)}"):
            for arm in op.arms:
                with self.inside(f"{' | '.join(_label(*each) for each in arm.labels)} =>"):
                    self._branch(arm.ops, branch)
            with self.inside("_ =>"):
                if op.otherwise is None:
                    self.say(f"return Err({self.walk}.fail(Code::Refused, {self.element}));")
                else:
                    self._branch(op.otherwise, branch)

    def _branch(self, ops: tuple[plan.AnyOp, ...], branch: Branch) -> None:
        branch(ops)
        self.settle()

    def is_empty(self, op: plan.Repeat) -> bool:
        """Whether an array never has elements: there is nothing then but a count that may be refused."""
        if not isinstance(op.count, Const) or 0 < op.count.value <= plan.MAX_OCTETS:
            return False
        if op.count.value != 0:
            count = self.number(op.count, self.context.elements.number(op))
            self.say(f"{self.walk}.dimension({count}, {self.context.elements.number(op)})?;")
        for slot, _ in self.columns(op):
            self.say(f"{slot.name} = Some(Column::of_octets(&[]));")
        return True

    # --- arrays ------------------------------------------------------------------------------------------------

    @contextmanager
    def loop(self, op: plan.Repeat, head: str, index: str) -> Iterator[None]:
        """The elements of an array, one after the other."""
        outer = self.expressions.index
        with self.inside(head):
            self.say(f"{self.walk}.enter({self.arrays}, {index});")
            self.arrays += 1
            self.expressions.index = index
            self.expressions.open.append(op.path)
            yield
            self.settle()
            self.expressions.open.pop()
            self.expressions.index = outer
            self.arrays -= 1


def elements_of(ops: tuple[plan.AnyOp, ...]) -> list[plan.AnyOp]:
    """The elements of a record, those of its branches included."""
    found: list[plan.AnyOp] = []
    for op in ops:
        match op:
            case plan.When():
                found += elements_of((*op.then, *op.otherwise))
            case plan.Choose(atomic=""):
                found += elements_of((*(each for arm in op.arms for each in arm.ops), *(op.otherwise or ())))
            case _:
                found.append(op)
    return found


def _is_field(found: BitMember, op: plan.Field) -> bool:
    zeros = op.form is not None and op.form != Const(value=0)
    mine = (op.name, op.width, op.kind, zeros, op.enumeration)
    return (found.name, found.width, found.kind, found.zeros, found.enumeration) == mine


def _label(low: int, high: int) -> str:
    first, last = literal(low), literal(high)
    return first if low == high else f"{first}..={last}"


def _bare(condition: str) -> str:
    """A condition without the brackets around all of it, which compilers warn of."""
    depth = 0
    for position, character in enumerate(condition):
        depth += (character == "(") - (character == ")")
        if depth == 0 and position < len(condition) - 1:
            return condition
    return condition[1:-1] if condition.startswith("(") else condition


__all__ = ["MAX_FORM", "Context", "Emitter", "Field", "Holder", "elements_of"]
