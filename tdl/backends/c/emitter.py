"""What functions that walk a table's Plan share: records, branches, loops."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import takewhile

from tdl.backends.c.frames import CannotExpress, Frame, Seen, member_location
from tdl.backends.c.lines import Lines, Selected
from tdl.backends.c.structs import Location
from tdl.backends.shapes.making import element_name
from tdl.backends.shapes.shape import Record
from tdl.ir import plan
from tdl.ir.expr import Const, Expr, Local, references
from tdl.ir.traverse import expressions


class Emitter(Lines):
    """Walks a Plan; what moving a value means is said by those below."""

    # --- records -----------------------------------------------------------------------------------------------

    def root(self) -> None:
        """Walk the whole table, up to what is settled at its end."""
        op = self.context.table.root
        assert isinstance(op, plan.Group | plan.Bits)
        shape = self.context.shapes.of(op)
        location = Location(text="value->", counter="", shape=shape or Record(type_name="", members=()))
        if isinstance(op, plan.Group):
            self.group(op, location)
        else:
            self.bits(op, location)

    def whole(self) -> int | None:
        """The octets of every image, where their number is all that can be wrong with one; None if there is more."""
        return self.stride(self.context.table.root)

    def group(self, op: plan.Group, location: Location) -> None:
        outer, self.element = self.element, self.context.elements.number(op)
        self.reset_flags(op.ops)
        self.scope.frames.append(Frame(op, location))
        self.members(op.ops)
        self.scope.frames.pop()
        self.element = outer

    def reset_flags(self, ops: Iterable[plan.AnyOp]) -> None:
        """Elements of branches have not come by yet in this record."""
        for op in ops:
            match op:
                case plan.When():
                    self.reset_flags(op.then + op.otherwise)
                case plan.Choose(atomic=""):
                    for arm in op.arms:
                        self.reset_flags(arm.ops)
                    self.reset_flags(op.otherwise or ())
                case _ if id(op) in self.flags:
                    self.say(f"{self.use(self.flag_of(op))} = 0u;")

    def flag_of(self, op: plan.AnyOp) -> str:
        return f"has{self.context.elements.number(op)}"

    def members(self, ops: tuple[plan.AnyOp, ...]) -> None:
        for position, op in enumerate(ops):
            if id(op) not in self.checked:
                self.check_ahead(ops[position:])
            match op:
                case plan.When():
                    self.when(op, self.members)
                case plan.Choose(atomic=""):
                    self.choose(op, self.members)
                case _:
                    self.member(op)

    def check_ahead(self, ops: tuple[plan.AnyOp, ...]) -> None:
        """One check for octets that follow each other and whose lengths are known before."""
        run = [op for op in takewhile(self.is_counted, ops) if isinstance(op, plan.Bytes)]
        if len(run) > 1:
            self.settle()
            counts = [self.count(op.length, self.context.elements.number(op)) for op in run]
            self.checked.update(id(op) for op in run)
            self.check_counted(run, [count for count in counts if count is not None])

    def is_counted(self, op: plan.AnyOp) -> bool:
        """Whether an op is of octets whose length cannot be wrong."""
        if not isinstance(op, plan.Bytes) or isinstance(op.length, Const) or self.obligations(op.charset):
            return False
        low, high = self.scope.bounds(op.length)
        within = low >= 0 and high <= plan.MAX_OCTETS
        return within and not self.scope.missing(op.length) and not self.obligations(op.length)

    def member(self, op: plan.AnyOp) -> None:
        frame = self.scope.frames[-1]
        location = self.own_place(op, frame.location)
        name = element_name(op)
        if id(op) in self.flags:
            self.say(f"{self.use(self.flag_of(op))} = 1u;")
        match op:
            case plan.Group():
                self.see(op)
                self.value(op, location)
            case plan.Bits():  # it can be referred to only when its order of octets is known
                self.entering = op
                self.value(op, location)
            case plan.Repeat():
                self.see(op)
                frame.open.add(name)
                self.value(op, location)
                frame.open.discard(name)
            case _:
                self.value(op, location)
                self.see(op)

    def entered(self, op: plan.Bits) -> None:
        """A container's order of octets is known: from here on expressions can refer to it."""
        if self.entering is op:
            self.see(op)

    def see(self, op: plan.AnyOp) -> None:
        """From here on expressions can refer to the element."""
        frame = self.scope.frames[-1]
        found = frame.seen.setdefault(element_name(op), [])
        found.append(Seen(op=op, location=self.place(op, frame.location)))

    def own_place(self, op: plan.AnyOp, holder: Location) -> Location:
        """Where the struct has the value of an op."""
        places, key = self.context.places, (id(op), holder.text)
        if key not in places:
            places[key] = member_location(self.context.types, self.context.shapes, holder, op)
        return places[key]

    def place(self, op: plan.AnyOp, holder: Location) -> Location:
        """Where expressions find the value of an op."""
        return self.own_place(op, holder)

    def value(self, op: plan.AnyOp, location: Location) -> None:
        """Move one value."""
        match op:
            case plan.Group():
                self.group(op, location)
            case plan.Bits():
                self.bits(op, location)
            case plan.Repeat():
                self.repeat(op, location)
            case plan.Choose():
                self.variant(op, location)
            case plan.Bytes() | plan.Opaque() | plan.Take() | plan.Builtin():
                self.leaf(op, location)
            case _:
                raise AssertionError(op)

    def leaf(self, op: plan.Take | plan.Bytes | plan.Builtin | plan.Opaque, location: Location) -> None:
        raise NotImplementedError

    def check_counted(self, run: list[plan.Bytes], counts: list[str]) -> None:
        """The check of octets that follow each other."""
        raise NotImplementedError

    def bits(self, op: plan.Bits, location: Location) -> None:
        raise NotImplementedError

    def fixed_array(self, op: plan.Repeat, location: Location, element: int, stride: int) -> None:
        """Move an array whose elements lie at constant offsets."""
        raise NotImplementedError

    def counted_array(self, op: plan.Repeat, location: Location, element: int, stride: int | None, count: str) -> None:
        """Move any other array; its count has been looked at."""
        raise NotImplementedError

    def field(self, op: plan.Field, octets: int, word: str, covered: str) -> None:
        raise NotImplementedError

    def variant_leaf(
        self, op: plan.Choose, leaf: plan.Take | plan.Builtin, location: Location, selector: str, element: int
    ) -> None:
        """Move one of the types that a value selects."""
        raise NotImplementedError

    # --- what both directions do alike -------------------------------------------------------------------------

    def repeat(self, op: plan.Repeat, location: Location) -> None:
        if op.count == Const(value=0):
            return
        element = self.context.elements.number(op)
        stride = self.stride(op.body)
        if stride is not None and self.is_fixed(op, stride):
            self.fixed_array(op, location, element, stride)
            return
        self.settle()
        count = self.count(op.count, element)
        if count is not None:
            self.counted_array(op, location, element, stride, count)

    def fields(self, ops: tuple[plan.AnyOp, ...], octets: int, word: str, covered: str) -> None:
        for op in ops:
            match op:
                case plan.Field():
                    self.field(op, octets, word, covered)
                case plan.When():
                    self.when(op, lambda below: self.fields(below, octets, word, covered), moves=False)
                case plan.Choose():
                    self.choose(op, lambda below: self.fields(below, octets, word, covered), moves=False)
                case _:
                    pass

    def variant(self, op: plan.Choose, location: Location) -> None:
        element = self.context.elements.number(op)
        outer, self.element = self.element, element
        self.settle()
        with self.inside(""):
            if not op.arms:
                self.say(self.failure("TDL_REFUSED", element))
            else:
                self.variant_arms(op, location, element)
        self.element = outer
        self.at = None

    def variant_arms(self, op: plan.Choose, location: Location, element: int) -> None:
        selector = self.selector(op, element)
        start = self.at
        word = "if"
        known = self.context.selected
        if id(op) not in known:
            known[id(op)] = alike(op.arms)
        for leaf, labels in known[id(op)]:
            with self.inside(f"{word} ({labels_text(selector, labels)})", optional=True):
                self.at = start
                self.variant_leaf(op, leaf, location, selector, element)
                self.ahead = leaf.octets
                self.advance()
            word = "else if"
        with self.inside("else"):
            self.at = start
            self.say(self.failure("TDL_REFUSED", element))

    # --- branches ----------------------------------------------------------------------------------------------

    def when(self, op: plan.When, branch: Callable[[tuple[plan.AnyOp, ...]], None], *, moves: bool = True) -> None:
        if moves:
            self.settle()
        condition = self.truth(op.condition, self.element)
        arms = [(condition, op.then), ("", op.otherwise)] if op.otherwise else [(condition, op.then)]
        self.arms(arms, branch, moves=moves)

    def choose(self, op: plan.Choose, branch: Callable[[tuple[plan.AnyOp, ...]], None], *, moves: bool = True) -> None:
        if moves:
            self.settle()
        if not op.arms:
            if op.otherwise is None:
                self.say(self.failure("TDL_REFUSED", self.element))
            else:
                branch(op.otherwise)
            return
        selector = self.selector(op, self.element)
        arms = [(labels_text(selector, arm.labels), arm.ops) for arm in op.arms]
        if op.otherwise is None:
            refused = plan.Fill(low=-1, width=0)  # stands for the failure
            arms.append(("", (refused,)))
        elif op.otherwise:
            arms.append(("", op.otherwise))
        self.arms(arms, branch, moves=moves)

    def selector(self, op: plan.Choose, element: int) -> str:
        text, type_ = self.number(op.selector, element)
        if text.isidentifier() or isinstance(op.selector, Const):
            return text
        name = self.fresh("s")
        self.say(f"const {type_} {name} = {text};")
        return name

    def arms(
        self,
        arms: list[tuple[str, tuple[plan.AnyOp, ...]]],
        branch: Callable[[tuple[plan.AnyOp, ...]], None],
        *,
        moves: bool,
    ) -> None:
        start, sizes = self.at, set()
        seen = self.scope.frames[-1].seen
        for position, (condition, ops) in enumerate(arms):
            word = "if" if position == 0 else "else if"
            counts = {name: len(found) for name, found in seen.items()}
            with self.inside(f"{word} ({condition})" if condition else "else", optional=True):
                self.at = start
                if ops and isinstance(ops[0], plan.Fill) and ops[0].low < 0:
                    self.say(self.failure("TDL_REFUSED", self.element))
                else:
                    branch(ops)
                    if moves:
                        self.settle()
                        sizes.add(self.at)
            # what the branch has moved is out of sight in the next one
            self.hide(seen, counts)
        if moves:
            if arms[-1][0]:
                sizes.add(start)
            self.at = sizes.pop() if len(sizes) == 1 else None

    def hide(self, seen: dict[str, list[Seen]], counts: dict[str, int]) -> None:
        """Mark what came by in a branch with the flag that says whether it was taken."""
        for name, found in seen.items():
            for position in range(counts.get(name, 0), len(found)):
                each = found[position]
                if not each.flag:
                    flag = self.flag_of(each.op)
                    found[position] = Seen(op=each.op, location=each.location, flag=flag, flagged=each.op)

    # --- arrays ------------------------------------------------------------------------------------------------

    @contextmanager
    def loop(self, op: plan.Repeat, count: str, most: int) -> Iterator[str]:
        """The elements of an array, one after the other."""
        if count == "1u":
            with self.inside("", optional=True):
                outer = self.scope.index, self.scope.index_range
                self.scope.index, self.scope.index_range = "", (0, 0)
                yield "0"
                self.scope.index, self.scope.index_range = outer
            return
        index = self.fresh("i")
        outer = self.scope.index, self.scope.index_range
        self.say(f"uint32_t {index};")
        with self.inside(f"for ({index} = 0u; {index} < {count}; {index}++)", optional=True):
            self.scope.index, self.scope.index_range = index, (0, max(most - 1, 0))
            yield index
        self.scope.index, self.scope.index_range = outer

    @contextmanager
    def steps(self, op: plan.Repeat, count: int, stride: int, type_: str) -> Iterator[str]:
        """The elements of an array that is part of a run: each has a pointer of its own, ``p`` stays."""
        start = self.pointer, self.ahead, self.at
        base = self.here()
        self.uncounted += 1
        with self.inside(""), self.loop(op, f"{count}u", count) as index:
            if count > 1:
                self.pointer, self.ahead, self.at = self.fresh("q"), 0, None
                self.say(f"{type_} *const {self.pointer} = {base} + ((size_t){index} * {stride}u);")
            yield index
        self.uncounted -= 1
        self.pointer, self.ahead, self.at = start
        self.ahead += count * stride

    def count(self, expression: Expr, element: int) -> str | None:
        """A count or length within its bounds; None if it never is."""
        if isinstance(expression, Const):
            if 0 <= expression.value <= plan.MAX_OCTETS:
                return f"{expression.value}u"
            self.say(self.failure("TDL_DIMENSION", element))
            return None
        made_from, _ = self.number(expression, element)
        if made_from in self.counts:
            return self.counts[made_from]
        text = made_from
        low, high = self.scope.bounds(expression)
        if low < 0 or high > plan.MAX_OCTETS:
            if not text.isidentifier():
                name = self.fresh("v")
                self.say(f"const int64_t {name} = {text};")
                text = name
            self.check_within(text, (low, high), plan.MAX_OCTETS, "TDL_DIMENSION", element)
        name = self.fresh("n")
        self.say(f"const uint32_t {name} = (uint32_t){text};")
        self.counts[made_from] = name
        return name

    def check_capacity(self, op: plan.Bytes | plan.Opaque | plan.Repeat, count: str, element: int) -> None:
        """Refuse more than a struct has room for, where the layout alone allows it."""
        match op:
            case plan.Bytes(length=expression) | plan.Opaque(limit=expression) | plan.Repeat(count=expression):
                most = self.context.shapes.extent(op).most or 0
                if self.scope.bounds(expression)[1] > most:
                    self.fail_if(f"{count} > {most}u", "TDL_CAPACITY", element)

    def pay(self, op: plan.Repeat, count: str, element: int) -> None:
        """Count elements that may have no octets against what a table may have of them."""
        if op.empty_body:
            self.say(f"{self.use('steps')} += {count};")
            self.fail_if(f"steps > {plan.MAX_EMPTY_STEPS}u", "TDL_STEPS", element)

    def stride(self, op: plan.PlanOp) -> int | None:
        """The octets of an op that needs no check of its own; None if it does."""
        if any(isinstance(r, Local) for e in expressions(op) for r in references(e)):
            return None
        match op:
            case plan.Take(octets=octets):
                return None if self.obligations(op.order) or self.form_may_fail(op.form) else octets
            case plan.Builtin(octets=octets):
                return None if self.obligations(op.order) else octets
            case plan.Bytes(length=Const(value=octets)) if 0 <= octets <= plan.MAX_OCTETS:
                return None if self.obligations(op.charset) else octets
            case plan.Bits(octets=octets):
                return None if self.obligations(op.order) or not self.settled_fields(op.fields) else octets
            case plan.Group(ops=ops):
                sizes = [self.stride(below) if not isinstance(below, plan.When) else None for below in ops]
                return None if None in sizes else sum(size for size in sizes if size is not None)
            case plan.Repeat(count=Const(value=count), empty_body=False) if 0 <= count <= plan.MAX_OCTETS:
                body = self.stride(op.body)
                return None if body is None else count * body
            case _:
                return None

    def is_fixed(self, op: plan.Repeat, stride: int) -> bool:
        """Whether an array is part of a run: of so many elements in every image, each of one size."""
        if not isinstance(op.count, Const) or op.empty_body:
            return False
        return 0 < op.count.value * stride <= plan.MAX_OCTETS

    def settled_fields(self, ops: Iterable[plan.AnyOp]) -> bool:
        """Whether no field of a container can fail, and none is in a branch."""
        for op in ops:
            if isinstance(op, plan.When | plan.Choose):
                return False
            if isinstance(op, plan.Field) and op.form is not None and not isinstance(op.form, Const):
                return False
            if isinstance(op, plan.Field) and self.form_may_fail(op.form):
                return False
        return True


def alike(arms: tuple[plan.Arm, ...]) -> tuple[Selected, ...]:
    """The arms of a type's selection, those that move the same octets under the same conditions as one."""
    found: dict[object, Selected] = {}
    for arm in arms:
        match arm.ops:
            case (plan.Take() as leaf,):
                key: object = (leaf.octets, leaf.order, leaf.form)
            case (plan.Builtin() as leaf,):
                key = (leaf.octets, leaf.order, None)
            case _:
                raise CannotExpress(arm.ops[0].path if arm.ops else (), "a selection of this kind inside a type")
        first, labels = found.get(key, (leaf, ()))
        found[key] = first, (*labels, *arm.labels)
    return tuple(found.values())


def sum_text(counts: list[str]) -> str:
    """The sum of counts, which 32 bits may not hold."""
    return f"((size_t){' + '.join(counts)})"


def labels_text(selector: str, labels: Iterable[tuple[int, int]]) -> str:
    """The condition that a selector has one of the labels."""
    tests = []
    for low, high in labels:
        one, other = _label(low), _label(high)
        tests.append(f"{selector} == {one}" if low == high else f"({selector} >= {one}) && ({selector} <= {other})")
    return " || ".join(f"({test})" for test in tests) if len(tests) > 1 else tests[0] if tests else "0"


def _label(value: int) -> str:
    return str(value) if -(2**31) < value < 2**31 else f"INT64_C({value})"
