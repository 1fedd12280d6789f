"""The code that encodes: a table's Plan as straight lines, read from values to octets.

Only values as the decoder makes them are written here; what else the reference codec takes, it takes.
"""

from __future__ import annotations

from tdl.backends.python.emitter import Emitter
from tdl.backends.python.layouts import Layouts, long
from tdl.backends.python.leaves import Leaf, constant_length, run_of_octets
from tdl.backends.python.members import covered, element_name, made, mask
from tdl.backends.python.packing import Items, compact
from tdl.backends.python.scope import Frame, Scope, TooComplex
from tdl.ir import plan

_OUTPUT = ("    out: list[bytes] = []", "    put = out.append")


class Writing(Emitter):
    """Emits a function's body. Expressions look at the values to be written, which are checked when a run ends."""

    def __init__(
        self, scope: Scope, classes: dict[str, str], attributes: dict[str, dict[str, str]], layouts: Layouts
    ) -> None:
        super().__init__(scope, classes, attributes, layouts)
        self.arguments: list[str] = []
        self.plain: list[str] = []

    def table(self, root: plan.PlanOp) -> list[str]:
        """The body of ``_encode(record, environment)``."""
        if not isinstance(root, plan.Group | plan.Bits):
            raise TooComplex
        self.op(root, "record")
        self.flush()
        self.say('return b"".join(out)')
        self.flush()
        prologue = [f"    {name} = {value}" for name, value in self.scope.prologue.items()]
        return [*prologue, *_OUTPUT, *self.lines]

    def records(self, body: plan.Group) -> list[str]:
        """The body of a layout's ``write(values)``."""
        with self.loop("for record in values:"):
            self.op(body, "record")
            self.flush()
        self.say('return b"".join(out)')
        self.flush()
        return [*_OUTPUT, *self.lines]

    def flush(self) -> None:
        if self.plain:
            self.must_be_plain(f"({', '.join(self.plain)},)")
        if self.codes:
            struct = self.scope.constants.struct(compact(self.codes), self.order or False)
            self.say(f"put({struct}.pack({', '.join(self.arguments)}))")
        self.lines += self.held
        self.held, self.codes, self.arguments, self.plain, self.order = [], [], [], [], None

    def must_be_plain(self, values: str) -> None:
        self.leave_if(f"not {self.scope.use('arithmetic', 'PLAIN')}.issuperset(map(type, {values}))")

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
                length = self.count(op.length)
                charset = 0 if op.charset is None else self.charset(op.charset)
                self.flush()
                if op.form == "set":
                    self.set(source, length)
                    return
                (argument,) = run_of_octets(self.scope, op.form, length, charset).items(source)
                self.say(f"put({argument})")
            case plan.Take() | plan.Bytes() | plan.Builtin():
                self.leaf(op, source)
            case plan.Opaque():
                self.opaque(op, source)
            case _:
                raise TooComplex

    def leaf(self, op: Leaf, source: str) -> None:
        items = self.items(op)
        if not items.codes:
            self.leave_if(f"{source} is not None")
            return
        self.join(items)
        variable = self.value(source)
        if items.parts is not None:
            parts = [self.scope.fresh("a") for _ in items.codes]
            self.say(f"({', '.join(parts)},) = {items.parts(variable)}")
            self.arguments += parts
            return
        self.arguments += items.items(variable)
        self.plain += [variable] if items.plain else []

    def value(self, source: str) -> str:
        """A value in a variable."""
        if source.isidentifier():
            return source
        variable = self.scope.fresh("a")
        self.say(f"{variable} = {source}")
        return variable

    def set(self, source: str, length: int | str) -> None:
        """A set as it was decoded; other collections are left to the codec's function."""
        value, octets = self.value(source), self.scope.fresh("a")
        of, write = self.scope.use("values", "Members"), self.scope.use("octets", "write_set")
        self.say(f"{octets} = {value}.octets if {value}.__class__ is {of} else {write}({value}, {length})")
        self.leave_if(f"len({octets}) != {length}")
        self.say(f"put({octets})")

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
                self.op(op, self.attribute(frame, element_name(op)))

    def attribute(self, frame: Frame, name: str) -> str:
        return f"{frame.variable}.{self.attributes[frame.op.type_name][name]}"

    # --- records -----------------------------------------------------------------------------------------------

    def group(self, op: plan.Group, source: str) -> None:
        with self.frame(self.record(op, source), op) as frame:
            self.extra(op, op.ops, frame)
            self.members(op.ops, frame, sure=True)
            self.nothing_more(op, op.ops, frame)

    def record(self, op: plan.Group | plan.Bits, source: str) -> str:
        variable = self.scope.fresh("r")
        self.say(f"{variable} = {source}")
        self.leave_if(f"{variable}.__class__ is not {self.scope.constants.type(self.classes[op.type_name])}")
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
        container = self.items(plan.Take(octets=op.octets, kind="uint", order=op.order))
        self.join(container)
        variable = self.record(op, source)
        word = self.scope.fresh("w")
        if all(isinstance(field, plan.Fill) or _is_plain(field) for field in op.fields):
            with self.frame(variable, op) as frame:
                self.extra(op, op.fields, frame)
                self.plain_fields(op, frame, word)
                self.nothing_more(op, op.fields, frame)
            self.arguments += container.items(word)
            return
        taken = self.scope.fresh("m")
        self.say(f"{word} = 0")
        self.say(f"{taken} = 0x{covered(op):X}")
        with self.frame(variable, op) as frame:
            self.extra(op, op.fields, frame)
            self.fields(op.fields, frame, word, taken, sure=True)
            self.nothing_more(op, op.fields, frame)
        spare = self.scope.fresh("a")
        self.say(f"{spare} = {variable}.spare")
        self.leave_if(f"{spare}.__class__ is not int or {spare} & {taken} or {spare} >> {8 * op.octets}")
        self.say(f"{word} |= {spare}")
        self.arguments += container.items(word)

    def plain_fields(self, op: plan.Bits, frame: Frame, word: str) -> None:
        """Fields that are there in every branch and no function looks at: one check for all of them."""
        spare = self.value(f"{frame.variable}.spare")
        self.plain.append(spare)
        terms, too_much, no_flags = [spare], [f"{spare} & 0x{covered(op):X}", f"{spare} >> {8 * op.octets}"], []
        for field in op.fields:
            if isinstance(field, plan.Field):
                value = self.value(self.attribute(frame, field.name))
                terms.append(f"{value} << {field.low}" if field.low else value)
                if field.kind == "bool":
                    no_flags.append(f"{value}.__class__ is not bool")
                else:
                    too_much.append(f"{value} >> {field.width}")
                    self.plain.append(value)
        self.leave_if(" or ".join([" | ".join(too_much), *no_flags]))
        self.say(f"{word} = {' | '.join(terms)}")

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
        value = self.scope.fresh("a")
        self.say(f"{value} = {source}")
        self.leave_if(f"{value}.__class__ is not bytes or len({value}) > {limit}")
        self.say(f"put({value})")

    def atomic(self, op: plan.Choose, source: str) -> None:
        pair = self.arms(op, "writer")
        self.flush()
        if pair is not None:
            self.say(f"put({pair[1]}({source}))")
            return

        def branch(ops: tuple[plan.AnyOp, ...]) -> None:
            for below in ops:
                self.op(below, source)
            self.flush()

        self.choose(op, branch)

    # --- arrays ------------------------------------------------------------------------------------------------

    def repeat(self, op: plan.Repeat, source: str) -> None:
        count = self.count(op.count)
        constant = isinstance(count, int) and self.fixed(op.body) is not None and not long(op)
        layout = self.layouts.of(op.body) if self.fixed(op.body) and not constant else None
        if layout is not None:
            self.flush()
            self.say(f"put({self.scope.use('rows', 'octets_of')}({source}, {layout}, {count}))")
            return
        values = self.scope.fresh("v")
        self.say(f"{values} = {source}")
        self.leave_if(f"{values}.__class__ is not list or len({values}) != {count}")
        self.scope.arrays.append(op.path)
        if isinstance(count, int) and self.fixed(op.body) and not long(op):
            self.unrolled(op, count, values)
        else:
            self.looped(op, count, values)
        self.scope.arrays.pop()

    def unrolled(self, op: plan.Repeat, count: int, values: str) -> None:
        elements = [self.scope.fresh("e") for _ in range(count)]
        if elements:
            self.say(f"({', '.join(elements)},) = {values}")
        for position, element in enumerate(elements):
            with self.positions(str(position)):
                self.op(op.body, element)

    def looped(self, op: plan.Repeat, count: int | str, values: str) -> None:
        self.flush()
        self.pay(op, count)
        if self.fixed(op.body) and isinstance(op.body, plan.Take | plan.Bytes | plan.Builtin):
            self.row(self.items(op.body), count, values)
            return
        pair = self.arms(op.body, "writer") if isinstance(op.body, plan.Choose) else None
        if pair is not None:
            self.flush()
            self.say(f'put(b"".join(map({pair[1]}, {values})))')
            return
        element, index = self.scope.fresh("e"), self.scope.fresh("i")
        self.flush()
        with self.positions(index), self.loop(f"for {index}, {element} in enumerate({values}):"):
            self.op(op.body, element)
            self.flush()

    def row(self, items: Items, count: int | str, values: str) -> None:
        """An array of leaves of one size."""
        variable = self.scope.fresh("a")
        parts = items.parts
        arguments = ", ".join(items.items(variable)) if parts is None else f"*({parts(variable)})"
        if items.plain:
            self.must_be_plain(values)
        if items.codes[0].endswith("s"):
            self.say(f'put(b"".join([{arguments} for {variable} in {values}]))')
            return
        struct = self.scope.constants.struct(compact(list(items.codes)), items.order or False)
        self.say(f'put(b"".join([{struct}.pack({arguments}) for {variable} in {values}]))')


def _is_plain(op: plan.BitOp) -> bool:
    return isinstance(op, plan.Field) and (op.kind == "uint" or (op.kind == "bool" and op.width == 1))
