"""What writing code for decoding and for encoding share: lines, runs, selectors, counts and selections."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from tdl.backends.python.constants import Arms
from tdl.backends.python.layouts import Layouts, long
from tdl.backends.python.leaves import Leaf, items_of, settled_leaf
from tdl.backends.python.members import element_name, times_made
from tdl.backends.python.packing import Items
from tdl.backends.python.scope import MAX_FORM, Frame, Scope, TooComplex, constant_or_external
from tdl.backends.python.storing import Stored
from tdl.ir import plan
from tdl.ir.expr import Const, Expr

_LINES, _LEVELS, _LOOPS, _ARMS, _RUN = 20_000, 40, 12, 100, 400
"""Beyond these Python itself has limits, or the code would be no use."""


class Emitter:
    """The lines of one function.

    A run is a series of leaves that one struct moves. Its lines are held back until it is flushed, since decoding has
    the struct before them and encoding behind.

    Args:
        classes: the class of each type of record.
        attributes: for each type of record, the attribute that holds each element's value.
        layouts: of the arrays that stay octets.
    """

    def __init__(
        self,
        scope: Scope,
        classes: Mapping[str, str],
        attributes: Mapping[str, Mapping[str, str]],
        layouts: Layouts,
    ) -> None:
        self.scope, self.classes, self.attributes, self.layouts = scope, classes, attributes, layouts
        self.lines: list[str] = []
        self.held: list[str] = []
        self.codes: list[str] = []
        self.order: bool | str | None = None
        self.level, self.loops, self.said = 1, 0, 0

    # --- lines -------------------------------------------------------------------------------------------------

    def say(self, text: str) -> None:
        self.said += 1
        if self.said > _LINES or self.level > _LEVELS:
            raise TooComplex
        self.held.append("    " * self.level + text)

    def leave_if(self, condition: str) -> None:
        with self.inside(f"if {condition}:"):
            self.say(self.scope.leave())

    @contextmanager
    def inside(self, head: str) -> Iterator[None]:
        """A block, with `pass` in it if nothing else is said."""
        self.say(head)
        self.level += 1
        before = self.said
        yield
        if self.said == before:
            self.say("pass")
        self.level -= 1

    @contextmanager
    def loop(self, head: str) -> Iterator[None]:
        self.loops += 1
        if self.loops > _LOOPS:
            raise TooComplex
        with self.inside(head):
            yield
        self.loops -= 1

    @contextmanager
    def positions(self, index: str) -> Iterator[None]:
        """The elements of an array, the one being moved at ``index``."""
        outer, self.scope.index = self.scope.index, index
        yield
        self.scope.index = outer

    def flush(self) -> None:
        """End the run."""
        raise NotImplementedError

    def start(self) -> None:
        """Prepare for an item: what was said before the first one of a run stays before it."""

    def join(self, items: Items | Stored) -> None:
        """Add a leaf to the run, or to a new one if the orders of octets differ."""
        differs = None not in (items.order, self.order) and items.order != self.order
        if differs or len(self.codes) > _RUN:
            self.flush()
        self.start()
        self.codes += items.codes
        self.order = self.order if items.order is None else items.order

    # --- leaves ------------------------------------------------------------------------------------------------

    def items(self, op: Leaf) -> Items:
        """A leaf's items; what decides their form is worked out first."""
        return items_of(op, self.scope, *self.formats(op))

    def formats(self, op: Leaf) -> tuple[bool | str, int | str, int | str]:
        """A leaf's order of octets, INT_FORMAT and CHAR_FORMAT, as far as it has them."""
        order: bool | str = False
        form: int | str = 0
        charset: int | str = 0
        if isinstance(op, plan.Take | plan.Builtin):
            order = self.flag(op.order)
        if isinstance(op, plan.Take) and op.form is not None:
            form = self.form(op.form)
        if isinstance(op, plan.Bytes) and op.charset is not None:
            charset = self.charset(op.charset)
        return order, form, charset

    def flag(self, expression: Expr) -> bool | str:
        """Whether octets come most significant first."""
        flag = self.scope.flag(expression)
        if flag is None:
            flag = self.variable("order", f"{self.scope.number(expression)} == 1")
        return flag

    def form(self, expression: Expr) -> int | str:
        form = self.scope.settled(expression, MAX_FORM)
        if form is None:
            form = self.variable("sign", self.scope.number(expression))
            self.leave_if(f"not 0 <= {form} <= {MAX_FORM}")
        elif isinstance(form, int) and not 0 <= form <= MAX_FORM:
            raise TooComplex
        return form

    def form_in_place(self, op: plan.Field) -> int | str:
        """A field's INT_FORMAT, which may be in the same container."""
        assert op.form is not None
        if self.scope.settled(op.form, MAX_FORM) is not None:
            return self.form(op.form)
        form = self.scope.fresh("sign")
        self.say(f"{form} = {self.scope.number(op.form)}")
        self.leave_if(f"not 0 <= {form} <= {MAX_FORM}")
        return form

    def charset(self, expression: Expr) -> int | str:
        charset = self.scope.settled(expression)
        if charset is None:  # no run ends for it, since it does not tell where octets are
            charset = self.scope.fresh("charset")
            self.say(f"{charset} = {self.scope.number(expression)}")
        return charset

    def variable(self, prefix: str, value: str) -> str:
        """A variable for what depends on the table's own content so far."""
        self.flush()
        name = self.scope.fresh(prefix)
        self.say(f"{name} = {value}")
        return name

    # --- counts ------------------------------------------------------------------------------------------------

    def count(self, expression: Expr) -> int | str:
        """A count or length within its bounds."""
        if isinstance(expression, Const):
            if not 0 <= expression.value <= plan.MAX_OCTETS:
                raise TooComplex
            return expression.value
        if not constant_or_external(expression):
            self.flush()
        text = self.scope.number(expression)
        count = text if text.isidentifier() else self.variable("count", text)
        low, high = self.scope.bounds(expression)
        if low < 0 or high > plan.MAX_OCTETS:
            self.leave_if(f"not 0 <= {count} <= {plan.MAX_OCTETS}")
        return count

    def pay(self, op: plan.Repeat, count: int | str) -> None:
        """Count the elements that may have no octets against what a table may have of them."""
        if op.empty_body:
            self.scope.begin("steps", "0")
            self.say(f"steps += {count}")
            self.leave_if(f"steps > {plan.MAX_EMPTY_STEPS}")

    def long(self, op: plan.Repeat) -> bool:
        """Whether an array of constant size is too long for its elements to be written out one by one."""
        return long(op)

    def fixed(self, op: plan.AnyOp) -> int | None:
        """The octets of an op that are a run wherever it stands; None for one that is not."""
        match op:
            case plan.Take(octets=octets) | plan.Builtin(octets=octets):
                return octets if settled_leaf(op, self.scope) else None
            case plan.Bytes(length=Const(value=octets)):
                return octets if settled_leaf(op, self.scope) else None
            case plan.Bits():
                return op.octets if self.scope.flag(op.order) is not None else None
            case plan.Group():
                return self.sum(op.ops)
            case plan.Repeat(count=Const(value=count), empty_body=False) if 0 <= count <= plan.MAX_OCTETS:
                body = self.fixed(op.body)
                return None if body is None else count * body
            case _:
                return None

    def sum(self, ops: tuple[plan.AnyOp, ...]) -> int | None:
        sizes = [self.fixed(op) for op in ops]
        return None if None in sizes else sum(size for size in sizes if size is not None)

    # --- records -----------------------------------------------------------------------------------------------

    @contextmanager
    def frame(self, variable: str, op: plan.Group | plan.Bits) -> Iterator[Frame]:
        """The members of a record."""
        ops = op.ops if isinstance(op, plan.Group) else op.fields
        if any(times > 1 for times in times_made(ops).values()):
            raise TooComplex
        frame = Frame(variable, op)
        self.scope.frames.append(frame)
        yield frame
        self.scope.frames.pop()

    def members(self, ops: tuple[plan.AnyOp, ...], frame: Frame, sure: bool) -> None:
        """The members of a record or of one of its branches."""
        for op in ops:
            name = element_name(op)
            if isinstance(op, plan.Group | plan.Bits | plan.Repeat):
                frame.perhaps.add(name)  # it is in its place before what is in it
            if sure and isinstance(op, plan.Group | plan.Bits):
                frame.sure.add(name)
            self.member(op, frame)
            if sure and name:
                frame.sure.add(name)
            frame.perhaps.update(times_made((op,)))

    def member(self, op: plan.AnyOp, frame: Frame) -> None:
        raise NotImplementedError

    def when(self, op: plan.When, branch: Callable[[tuple[plan.AnyOp, ...]], None]) -> None:
        """The branch that the condition takes."""
        with self.inside(f"if {self.scope.text(op.condition)}:"):
            branch(op.then)
        if op.otherwise:
            with self.inside("else:"):
                branch(op.otherwise)

    def choose(self, op: plan.Choose, branch: Callable[[tuple[plan.AnyOp, ...]], None]) -> None:
        """A selection, arm by arm."""
        if not 0 < len(op.arms) <= _ARMS:
            raise TooComplex
        selector = self.scope.fresh("selected")
        self.say(f"{selector} = {self.scope.number(op.selector)}")
        word = "if"
        for arm in op.arms:
            tests = [f"{selector} == {a}" if a == b else f"{a} <= {selector} <= {b}" for a, b in arm.labels]
            with self.inside(f"{word} {' or '.join(tests) or 'False'}:"):
                branch(arm.ops)
            word = "elif"
        with self.inside("else:"):
            if op.otherwise is None:
                self.say(self.scope.leave())
            else:
                branch(op.otherwise)

    def arms(self, op: plan.Choose, function: str) -> tuple[str, str] | None:
        """Variables for the octets and the function of the arm that a type's selector takes.

        None if the arms are not all leaves of fixed size, or not of one order and form.
        """
        arms: list[tuple[int, tuple[str, int, int, int]]] = []
        orders: set[Expr] = set()
        forms: set[Expr] = set()
        for arm in op.arms:
            match arm.ops:
                case (plan.Take() as leaf,):
                    arms += [(value, (leaf.kind, 0, leaf.octets, leaf.decimals)) for value in _values(arm)]
                    forms |= {leaf.form} if leaf.form is not None else set()
                case (plan.Builtin() as leaf,):
                    arms += [(value, (leaf.kind, leaf.variant, leaf.octets, 0)) for value in _values(arm)]
                case _:
                    return None
            orders |= {leaf.order} if leaf.order != plan.LEAST_FIRST else set()
        if not op.atomic or op.otherwise is not None or len(orders) > 1 or len(forms) > 1:
            return None
        if any(kind == "NIL" for _, (kind, *_) in arms) or len({value for value, _ in arms}) < len(arms):
            return None
        big = self.flag(orders.pop()) if orders else False
        form = self.form(forms.pop()) if forms else 0
        return self.selected(op.selector, tuple(arms), f"{big}, {form}", function)

    def selected(self, selector: Expr, arms: Arms, formats: str, function: str) -> tuple[str, str]:
        constant = self.scope.constants.arms(arms)
        settled = constant_or_external(selector)
        if not settled:
            self.flush()
        call = f"{self.scope.use('arms', function)}({constant}, {self.scope.number(selector)}, {formats})"
        if settled:
            return self.scope.pair(call)
        size, move = self.scope.fresh("size"), self.scope.fresh("move")
        self.say(f"{size}, {move} = {call}")
        return size, move


def _values(arm: plan.Arm) -> list[int]:
    if any(high - low > _ARMS for low, high in arm.labels):
        raise TooComplex
    return [value for low, high in arm.labels for value in range(low, high + 1)]
