"""The code that encodes: a table's Plan as straight lines, read from values to octets.

Only values as the decoder makes them are written here; what else the reference codec takes, it takes. Numbers are
looked at by what writes them: `struct` refuses whatever is no whole number, and one that does not fit.
"""

from __future__ import annotations

from tdl.backends.python.emitter import Emitter
from tdl.backends.python.layouts import Layouts
from tdl.backends.python.leaves import Leaf, constant_length
from tdl.backends.python.members import covered, element_name, made, mask, referred_to
from tdl.backends.python.packing import compact
from tdl.backends.python.pieces import joined
from tdl.backends.python.scope import Frame, Scope, TooComplex
from tdl.backends.python.storing import Stored, stored, stored_octets
from tdl.backends.python.words import CODES, Part, computed, limits, parts, whole, word
from tdl.ir import plan
from tdl.ir.expr import Expr, Local


class Writing(Emitter):
    """Emits a function's body. Expressions look at the values to be written, which are checked when a run ends."""

    def __init__(
        self, scope: Scope, classes: dict[str, str], attributes: dict[str, dict[str, str]], layouts: Layouts
    ) -> None:
        super().__init__(scope, classes, attributes, layouts)
        self.arguments: list[str] = []
        self.kept: set[str] = set()

    def table(self, root: plan.PlanOp) -> list[str]:
        """The body of ``encode(record, environment)``."""
        if not isinstance(root, plan.Group | plan.Bits):
            raise TooComplex
        self.kept = referred_to(root)
        self.op(root, "given")
        self.flush()
        prologue = ["    given: Any = record"]  # whose parts are looked at, whatever its class says of them
        prologue += [f"    {name} = {value}" for name, value in self.scope.prologue.items()]
        return [*prologue, *joined(self.lines, self.scope.fresh)]

    def flush(self) -> None:
        if self.codes:
            struct = self.scope.constants.struct(compact(self.codes), self.order or False)
            self.put(f"{struct}.pack({', '.join(self.arguments)})")
        self.lines += self.held
        self.held, self.codes, self.arguments, self.order = [], [], [], None

    def put(self, octets: str) -> None:
        self.say(f"out.append({octets})")

    # --- ops ---------------------------------------------------------------------------------------------------

    def op(self, op: plan.AnyOp, source: str) -> None:
        match op:
            case plan.Group():
                self.group(op, source)
            case plan.Bits():
                self.bits(op, source)
            case plan.Repeat():
                self.repeat(op, source)
            case plan.Choose():
                self.atomic(op, source)
            case plan.Bytes() if not constant_length(op):
                length = self.count(op.length, calculated=op.form == "bcd")
                charset = 0 if op.charset is None else self.charset(op.charset)
                self.flush()
                self.put(stored_octets(self.scope, op.form, length, charset).in_one(source, self.scope.fresh))
            case plan.Take() | plan.Bytes() | plan.Builtin():
                self.leaf(op, source)
            case plan.Opaque():
                self.opaque(op, source)
            case _:
                raise TooComplex

    def leaf(self, op: Leaf, source: str) -> None:
        leaf = stored(op, self.scope, *self.formats(op))
        if not leaf.codes:
            self.leave_if(f"{source} is not None")
            return
        self.join(leaf)
        variable = source if leaf.once else self.value(source)
        if leaf.real:
            self.leave_if(f"{variable}.__class__ not in {self.scope.use('arithmetic', 'REAL')}")
        self.arguments += self.expressions(leaf, variable)

    def expressions(self, leaf: Stored, variable: str) -> list[str]:
        """What a leaf is in its struct, after the lines that it takes."""
        own = [self.scope.fresh("a") for _ in leaf.codes] if leaf.lines else []
        for line in leaf.said(variable, own):
            self.say(line)
        return leaf.of(variable, own)

    def value(self, source: str) -> str:
        """A value in a variable."""
        if source.isidentifier():
            return source
        variable = self.scope.fresh("a")
        self.say(f"{variable} = {source}")
        return variable

    def member(self, op: plan.AnyOp, frame: Frame) -> None:
        def branch(ops: tuple[plan.AnyOp, ...]) -> None:
            self.here(ops, frame)
            self.members(ops, frame, sure=False)
            self.flush()

        match op:
            case plan.When():
                self.flush()
                self.when(op, branch)
            case plan.Choose() if not element_name(op):
                self.flush()
                self.choose(op, branch)
            case _:
                name = element_name(op)
                source = self.attribute(frame, name)
                if name in self.kept and isinstance(op, plan.Take | plan.Group | plan.Bits):
                    source = frame.values[name] = self.value(source)
                self.op(self.scope.places.held(frame.op.type_name, op), source)

    def attribute(self, frame: Frame, name: str) -> str:
        return self.scope.place(frame.variable, frame.op.type_name, name)

    # --- records -----------------------------------------------------------------------------------------------

    def group(self, op: plan.Group, source: str) -> None:
        with self.frame(self.record(op, source), op) as frame:
            self.extra(op, op.ops, frame)
            self.members(op.ops, frame, sure=True)
            self.nothing_more(op, op.ops, frame)

    def record(self, op: plan.Group | plan.Bits, source: str) -> str:
        variable = source
        if not source.isidentifier():
            variable = self.scope.fresh("r")
            self.say(f"{variable} = {source}")
        self.leave_if(f"{variable}.__class__ is not {self.scope.constants.compared(self.classes[op.type_name])}")
        return variable

    def optional(self, op: plan.Group | plan.Bits, ops: tuple[plan.AnyOp, ...]) -> list[str]:
        """The elements that a record of this class can have, but need not have in this layout."""
        sure = {element_name(each) for each in ops}
        return [name for name in self.attributes[op.type_name] if name not in sure]

    def extra(self, op: plan.Group | plan.Bits, ops: tuple[plan.AnyOp, ...], frame: Frame) -> None:
        """Count the optional elements that are there: as many must be written."""
        optional = self.optional(op, ops)
        if optional:
            self.say(f"extra{frame.variable} = {self.present(optional, frame)}")

    def here(self, ops: tuple[plan.AnyOp, ...], frame: Frame) -> None:
        """Take the elements of a branch off that count."""
        names = [element_name(each) for each in ops if element_name(each)]
        if names:
            self.say(f"extra{frame.variable} -= {self.present(names, frame)}")

    def present(self, names: list[str], frame: Frame) -> str:
        """How many of a record's elements are there."""
        return " + ".join(["0", *(f"({self.attribute(frame, name)} is not None)" for name in names)])

    def nothing_more(self, op: plan.Group | plan.Bits, ops: tuple[plan.AnyOp, ...], frame: Frame) -> None:
        if self.optional(op, ops):
            self.leave_if(f"extra{frame.variable}")

    # --- bit fields --------------------------------------------------------------------------------------------

    def bits(self, op: plan.Bits, source: str) -> None:
        number = plan.Take(octets=op.octets, kind="uint", order=op.order)
        container = stored(number, self.scope, *self.formats(number))
        if all(isinstance(field, plan.Fill) or _is_plain(field) for field in op.fields):
            self.plain_bits(op, container, source)
            return
        self.join(container)
        variable = self.record(op, source)
        word_, taken = self.scope.fresh("w"), self.scope.fresh("m")
        self.say(f"{word_} = 0")
        self.say(f"{taken} = 0x{covered(op):X}")
        with self.frame(variable, op) as frame:
            self.extra(op, op.fields, frame)
            self.fields(op.fields, frame, word_, taken, sure=True)
            self.nothing_more(op, op.fields, frame)
        if self.scope.has_spare(op.type_name):
            spare = self.value(f"{variable}.spare")
            self.leave_if(f"{spare}.__class__ is not int or {spare} & {taken} or {spare} >> {8 * op.octets}")
            self.say(f"{word_} |= {spare}")
        self.arguments += container.of(word_, [])

    def plain_bits(self, op: plan.Bits, container: Stored, source: str) -> None:
        """Fields that are there in every branch and no function looks at: one check for all of them."""
        order = self.flag(op.order)
        cut = (whole(op),) if isinstance(order, str) else parts(op)
        items = [container] if isinstance(order, str) else [_item(part, order) for part in cut]
        step = -1 if order is True else 1
        self.join(_together(items[::step]))
        variable = self.record(op, source)
        with self.frame(variable, op) as frame:
            self.extra(op, op.fields, frame)
            allowed = sum(part.spare for part in cut)
            spare = self.value(f"{variable}.spare") if allowed else f"{variable}.spare"
            values = {
                field.name: self.value(self.attribute(frame, field.name)) for part in cut for field in part.fields
            }
            self.nothing_more(op, op.fields, frame)
        unfit = [limit for part in cut for limit in limits(part, values)]
        if self.scope.has_spare(op.type_name):
            unfit.append(
                f"{spare} & ~0x{allowed:X}" if allowed else f"{spare} is not {self.scope.use('arithmetic', 'ZERO')}"
            )
        if unfit:
            self.leave_if(" or ".join(unfit))
        for part, item in list(zip(cut, items, strict=True))[::step]:
            self.arguments += item.of(self.number(part, word(part, values, spare, allowed)), [])

    def number(self, part: Part, value: str) -> str:
        """A part's number in a variable; one computed of other integers than Python's own may be another number."""
        if not computed(part):
            return value
        variable = self.scope.fresh("w")
        self.say(f"{variable} = {value}")
        if part.octets > 1:
            self.leave_if(f"{variable}.__class__ is not int")
        return variable

    def fields(self, ops: tuple[plan.AnyOp, ...], frame: Frame, word: str, taken: str, sure: bool) -> None:
        def branch(below: tuple[plan.AnyOp, ...]) -> None:
            self.here(below, frame)
            self.fields(below, frame, word, taken, sure=False)

        for op in ops:
            match op:
                case plan.Field():
                    self.field(op, frame, word)
                    if sure:
                        frame.sure.add(op.name)
                    else:
                        self.say(f"{taken} |= 0x{mask(op):X}")
                case plan.When():
                    self.when(op, branch)
                case plan.Choose():
                    self.choose(op, branch)
                case _:
                    pass
            frame.perhaps.update(made((op,)))

    def field(self, op: plan.Field, frame: Frame, word: str) -> None:
        value = self.scope.fresh("a")
        self.say(f"{value} = {self.attribute(frame, op.name)}")
        shifted = f"{value} << {op.low}" if op.low else value
        if op.kind == "uint":
            self.leave_if(f"{value}.__class__ is not int or {value} >> {op.width}")
        elif op.kind == "bool" and op.width == 1:
            self.leave_if(f"{value}.__class__ is not bool")
        else:
            form = 0 if op.form is None else self.form_in_place(op)
            insert = self.scope.use("octets", "insert")
            shifted = f'{insert}({value}, {op.low}, {op.width}, "{op.kind}", {form})'
        self.say(f"{word} |= {shifted}")

    # --- what has no constant size -------------------------------------------------------------------------------

    def opaque(self, op: plan.Opaque, source: str) -> None:
        limit = self.count(op.limit)
        self.flush()
        value = self.value(source)
        self.leave_if(f"{value}.__class__ is not bytes or len({value}) > {limit}")
        self.put(value)

    def atomic(self, op: plan.Choose, source: str) -> None:
        pair = self.arms(op, "writer")
        self.flush()
        if pair is not None:
            self.put(f"{pair[1]}({source})")
            return

        def branch(ops: tuple[plan.AnyOp, ...]) -> None:
            for below in ops:
                self.op(below, source)
            self.flush()

        self.choose(op, branch)

    # --- arrays ------------------------------------------------------------------------------------------------

    def repeat(self, op: plan.Repeat, source: str) -> None:
        count = self.count(op.count)
        constant = isinstance(count, int) and self.fixed(op.body) is not None and not self.long(op)
        layout = self.layouts.of(op.body) if self.fixed(op.body) and not constant else None
        if layout is not None:
            self.rows(op, layout, source, count)
            return
        values = self.value(source)
        self.scope.arrays.append(op.path)
        if isinstance(count, int) and self.fixed(op.body) and not self.long(op):
            self.unrolled(op, count, values)
        else:
            self.leave_if(f"{values}.__class__ is not list or len({values}) != {count}")
            self.looped(op, count, values)
        self.scope.arrays.pop()

    def rows(self, op: plan.Repeat, layout: str, source: str, count: int | str) -> None:
        """An array that may still be octets."""
        self.flush()
        self.put(f"{self.scope.use('rows', 'octets_of')}({source}, {layout}, {count})")

    def unrolled(self, op: plan.Repeat, count: int, values: str) -> None:
        if not count:
            self.leave_if(f"{values}.__class__ is not list or {values}")
            return
        self.leave_if(f"{values}.__class__ is not list")
        elements = [self.scope.fresh("e") for _ in range(count)]
        self.say(f"({', '.join(elements)},) = {values}")
        for position, element in enumerate(elements):
            with self.positions(str(position)):
                self.op(op.body, element)

    def looped(self, op: plan.Repeat, count: int | str, values: str) -> None:
        self.flush()
        self.pay(op, count)
        if self.fixed(op.body) and isinstance(op.body, plan.Take | plan.Bytes | plan.Builtin):
            self.row(stored(op.body, self.scope, *self.formats(op.body)), count, values)
            return
        pair = self.arms(op.body, "writer") if isinstance(op.body, plan.Choose) else None
        if pair is not None:
            self.flush()
            self.put(f'b"".join(map({pair[1]}, {values}))')
            return
        element, index = self.scope.fresh("e"), self.scope.fresh("i")
        self.flush()
        with self.positions(index), self.loop(f"for {index}, {element} in enumerate({values}):"):
            self.op(op.body, element)
            self.flush()

    def row(self, leaf: Stored, count: int | str, values: str) -> None:
        """An array of leaves of one size."""
        if leaf.real:
            self.leave_if(f"not {self.scope.use('arithmetic', 'REAL')}.issuperset(map(type, {values}))")
        if leaf.items == ("@",) and isinstance(count, int):
            struct = self.scope.constants.struct(f"{count}{leaf.codes[0]}", leaf.order or False)
            self.put(f"{struct}.pack(*{values})")
            return
        if leaf.items == ("@",) and len(leaf.codes[0]) == 1:
            numbers = self.scope.use("fields", "NUMBERS")
            self.put(f'{numbers}["{leaf.codes[0]}", {count}, {leaf.order or False}].pack(*{values})')
            return
        variable = self.scope.fresh("e")
        if leaf.lines:
            with self.loop(f"for {variable} in {values}:"):
                self.join(leaf)
                self.arguments += self.expressions(leaf, variable)
                self.flush()
            return
        piece = leaf.of(variable, [])[0]
        if not leaf.codes[0].endswith("s"):
            struct = self.scope.constants.struct(compact(list(leaf.codes)), leaf.order or False)
            piece = f"{struct}.pack({', '.join(leaf.of(variable, []))})"
        self.put(f'b"".join([{piece} for {variable} in {values}])')

    # --- numbers that elements have ------------------------------------------------------------------------------

    def count(self, expression: Expr, calculated: bool = True) -> int | str:
        """A count or length; what writes an element has seen that its type can hold it.

        Args:
            calculated: whether somebody calculates with it, for which it must be one of Python's own integers.
        """
        text, sure = self.scope.element(expression) if isinstance(expression, Local) else ("", False)
        if not isinstance(expression, Local) or not sure or not _in_bounds(expression):
            return super().count(expression)
        self.flush()
        if not calculated:
            return text
        count = self.value(text)
        self.leave_if(f"{count}.__class__ is not int")
        return count

    def charset(self, expression: Expr) -> int | str:
        if not isinstance(expression, Local) or not self.scope.element(expression)[1]:
            return super().charset(expression)
        return self.scope.element(expression)[0]


def _in_bounds(reference: Local) -> bool:
    low, high = reference.range
    return low >= 0 and high <= plan.MAX_OCTETS


def _is_plain(op: plan.BitOp) -> bool:
    return isinstance(op, plan.Field) and (op.kind == "uint" or (op.kind == "bool" and op.width == 1))


def _together(items: list[Stored]) -> Stored:
    """Items that no other run may begin between."""
    order = next((item.order for item in items if item.order is not None), None)
    return Stored(codes=tuple(code for item in items for code in item.codes), order=order, items=())


def _item(part: Part, big: bool) -> Stored:
    """The item of a part."""
    code = CODES.get(part.octets)
    if code is None:
        order = "big" if big else "little"
        return Stored(codes=(f"{part.octets}s",), order=None, items=(f'@.to_bytes({part.octets}, "{order}")',))
    return Stored(codes=(code,), order=big if part.octets > 1 else None, items=("@",))
