"""The code that decodes: a table's Plan as straight lines."""

from __future__ import annotations

from collections.abc import Callable

from tdl.backends.python.emitter import Emitter
from tdl.backends.python.layouts import Layouts, long
from tdl.backends.python.leaves import Leaf, constant_length, run_of_octets
from tdl.backends.python.members import covered, element_name, made, mask
from tdl.backends.python.packing import compact, octets
from tdl.backends.python.scope import Frame, Scope, TooComplex
from tdl.ir import plan
from tdl.ir.size import size_of

Store = Callable[[str], str]
"""The statement that stores an expression's value where it belongs."""


class Reading(Emitter):
    """Emits a function's body; ``at`` is the offset reached, in a variable as soon as it is not constant."""

    def __init__(
        self, scope: Scope, classes: dict[str, str], attributes: dict[str, dict[str, str]], layouts: Layouts
    ) -> None:
        super().__init__(scope, classes, attributes, layouts)
        self.moving = False
        self.offset = 0
        self.items_taken: list[str] = []
        self.uniform_depth = 0

    def table(self, root: plan.PlanOp) -> list[str]:
        """The body of ``_decode(data, environment)``."""
        if not isinstance(root, plan.Group | plan.Bits):
            raise TooComplex
        self.op(root, lambda value: f"root = {value}")
        self.flush()
        self.leave_if(f"{self.at()} != end")
        self.say("return root")
        self.flush()
        prologue = [f"    {name} = {value}" for name, value in self.scope.prologue.items()]
        return [*prologue, "    end = len(data)", *self.lines]

    def records(self, body: plan.Group) -> list[str]:
        """The body of a layout's ``read(octets)``."""
        self.uniform(body, "octets", lambda values: f"rows = {values}")
        self.flush()
        self.say("return rows")
        self.flush()
        return self.lines

    # --- where we are ------------------------------------------------------------------------------------------

    def at(self) -> str:
        if not self.moving:
            return str(self.offset)
        return f"at + {self.offset}" if self.offset else "at"

    def settle(self) -> None:
        """Put the offset into its variable."""
        self.flush()
        if not self.moving:
            self.say(f"at = {self.offset}")
        elif self.offset:
            self.say(f"at += {self.offset}")
        self.moving, self.offset = True, 0

    def flush(self) -> None:
        if self.uniform_depth:
            raise TooComplex  # an element of a uniform array is one run
        if self.codes:
            struct = self.scope.constants.struct(compact(self.codes), self.order or False)
            targets = "".join(f"{item}, " for item in self.items_taken)
            self.lines.append("    " * self.level + f"({targets.rstrip()}) = {struct}.unpack_from(data, {self.at()})")
            self.offset += sum(map(octets, self.codes))
        self.lines += self.held
        self.held, self.codes, self.items_taken, self.order = [], [], [], None

    def start(self) -> None:
        if self.held and not self.codes and not self.uniform_depth:
            self.flush()

    # --- ops ---------------------------------------------------------------------------------------------------

    def op(self, op: plan.AnyOp, store: Store) -> None:
        match op:
            case plan.Group():
                self.group(op, store)
            case plan.Bits():
                self.bits(op, store)
            case plan.Repeat():
                self.repeat(op, store)
            case plan.Choose():
                self.atomic(op, store)
            case plan.Bytes() if not constant_length(op):
                self.octets(op, store)
            case plan.Bytes(form="set"):
                variable = self.item(op)
                self.set(variable, store)
            case plan.Take() | plan.Bytes() | plan.Builtin():
                self.say(store(self.taken(op)))
            case plan.Opaque():
                self.opaque(op, store)
            case _:
                raise TooComplex

    def taken(self, op: Leaf) -> str:
        """A leaf's value once the run it joins is unpacked."""
        items = self.items(op)
        self.join(items)
        variables = [self.scope.fresh("a") for _ in items.codes]
        self.items_taken += variables
        return items.value(variables)

    def item(self, op: plan.Bytes) -> str:
        """The variable of the octets of a leaf that has a constant number of them."""
        self.join(self.items(op))
        variable = self.scope.fresh("a")
        self.items_taken.append(variable)
        return variable

    def member(self, op: plan.AnyOp, frame: Frame) -> None:
        attributes = self.attributes[frame.op.type_name]

        def branch(ops: tuple[plan.AnyOp, ...]) -> None:
            self.flush()
            self.members(ops, frame, sure=False)
            self.settle()

        match op:
            case plan.When():
                self.settle()
                self.when(op, branch)
            case plan.Choose() if not element_name(op):
                self.settle()
                self.choose(op, branch)
            case _:
                name = element_name(op)
                self.op(op, lambda value: f"{frame.variable}.{attributes[name]} = {value}")

    def group(self, op: plan.Group, store: Store) -> None:
        variable = self.record(op, store)
        with self.frame(variable, op) as frame:
            self.members(op.ops, frame, sure=True)

    def record(self, op: plan.Group | plan.Bits, store: Store) -> str:
        """An empty record, in its place; elements that this meter need not have are None."""
        variable = self.scope.fresh("r")
        ops = op.ops if isinstance(op, plan.Group) else op.fields
        self.say(f"{variable} = _new({self.scope.constants.type(self.classes[op.type_name])})")
        self.say(store(variable))
        sure = {element_name(each) for each in ops}
        attributes = self.attributes[op.type_name]
        absent = [f"{variable}.{attributes[name]} = " for name in attributes if name not in sure]
        if absent:
            self.say(f"{''.join(absent)}None")
        return variable

    # --- bit fields --------------------------------------------------------------------------------------------

    def bits(self, op: plan.Bits, store: Store) -> None:
        word = self.taken(plan.Take(octets=op.octets, kind="uint", order=op.order))
        if not word.isidentifier():
            merged, word = word, self.scope.fresh("w")
            self.say(f"{word} = {merged}")
        variable = self.record(op, store)
        free = (1 << 8 * op.octets) - 1 & ~covered(op)
        self.say(f"{variable}.spare = {f'{word} & 0x{free:X}' if free else '0'}")
        with self.frame(variable, op) as frame:
            self.fields(op.fields, frame, word, sure=True)

    def fields(self, ops: tuple[plan.AnyOp, ...], frame: Frame, word: str, sure: bool) -> None:
        """The fields of a container; those of branches take their bits out of the spare ones."""
        spare = f"{frame.variable}.spare"
        for op in ops:
            match op:
                case plan.Field():
                    attribute = self.attributes[frame.op.type_name][op.name]
                    self.say(f"{frame.variable}.{attribute} = {self.field(op, word)}")
                    if sure:
                        frame.sure.add(op.name)
                    else:
                        self.say(f"{spare} &= ~0x{mask(op):X}")
                case plan.When():
                    self.when(op, lambda below: self.fields(below, frame, word, sure=False))
                case plan.Choose():
                    self.choose(op, lambda below: self.fields(below, frame, word, sure=False))
                case _:
                    pass
            frame.perhaps.update(made((op,)))

    def field(self, op: plan.Field, word: str) -> str:
        shifted = f"{word} >> {op.low}" if op.low else word
        bits = f"{shifted} & 0x{(1 << op.width) - 1:X}"
        if op.kind == "uint":
            return bits
        if op.kind == "bool" and op.width == 1:
            return f"{word} & 0x{1 << op.low:X} != 0"
        form = 0 if op.form is None else self.form_in_place(op)
        if op.kind == "int" and form == 0:
            sign = 1 << (op.width - 1)
            return f"(({bits}) ^ 0x{sign:X}) - 0x{sign:X}"
        return f'{self.scope.use("octets", "extract")}({word}, {op.low}, {op.width}, "{op.kind}", {form})'

    # --- what has no constant size -------------------------------------------------------------------------------

    def octets(self, op: plan.Bytes, store: Store) -> None:
        length = self.count(op.length)
        charset = 0 if op.charset is None else self.charset(op.charset)
        piece = self.slice(length)
        if op.form == "set":
            self.set(piece, store)
        else:
            self.say(store(run_of_octets(self.scope, op.form, length, charset).value([piece])))

    def set(self, piece: str, store: Store) -> None:
        """A set of octets, made without a call."""
        made = self.scope.fresh("m")
        self.say(f"{made} = _new({self.scope.use('values', 'Members')})")
        self.say(f"{made}.octets = {piece}")
        self.say(store(made))

    def slice(self, length: int | str) -> str:
        """So many octets, as an expression that must be used before the next is asked for.

        They may be fewer than that; `at` is then beyond the end, and whoever goes on for long has to look at it. The
        table is left at its own end if nobody does.
        """
        self.settle()
        return f"data[at : (at := at + {length})]"

    def cut(self, length: str) -> str:
        """The octets of an array, in a variable."""
        piece = self.scope.fresh("a")
        expression = self.slice(length)
        self.say(f"{piece} = {expression}")
        self.leave_if("at > end")
        return piece

    def opaque(self, op: plan.Opaque, store: Store) -> None:
        limit = self.count(op.limit)
        self.settle()
        rest = self.scope.fresh("a")
        self.say(f"{rest} = data[at : at + {limit}]")
        self.say(f"at += len({rest})")
        self.say(store(rest))

    def atomic(self, op: plan.Choose, store: Store) -> None:
        """A type that Table 0 selects."""
        pair = self.arms(op, "reader")
        if pair is not None:
            size, read = pair
            self.say(store(f"{read}({self.slice(size)})"))
            return
        self.settle()

        def branch(ops: tuple[plan.AnyOp, ...]) -> None:
            self.flush()
            for below in ops:
                self.op(below, store)
            self.settle()

        self.choose(op, branch)

    # --- arrays ------------------------------------------------------------------------------------------------

    def repeat(self, op: plan.Repeat, store: Store) -> None:
        count = self.count(op.count)
        size = self.fixed(op.body)
        self.scope.arrays.append(op.path)
        if isinstance(count, int) and size and not long(op):
            self.unrolled(op, count, store)
        elif size:
            layout = self.layouts.of(op.body)
            piece = self.piece(count, size)
            if layout is None:
                self.uniform(op.body, piece, store)
            else:
                self.layouts.keep(op, layout)
                self.say(store(f"{self.scope.use('rows', 'Rows')}({layout}, {piece})"))
        else:
            self.looped(op, count, store)
        self.scope.arrays.pop()

    def unrolled(self, op: plan.Repeat, count: int, store: Store) -> None:
        if isinstance(op.body, plan.Take | plan.Bytes | plan.Builtin):
            body = op.body
            self.say(store(f"[{', '.join(self.taken(body) for _ in range(count))}]"))
            return
        values = self.list(store)
        for position in range(count):
            with self.positions(str(position)):
                self.op(op.body, lambda value: f"{values}.append({value})")

    def list(self, store: Store) -> str:
        values = self.scope.fresh("v")
        self.say(f"{values}: list[Any] = []")
        self.say(store(values))
        return values

    def piece(self, count: int | str, size: int) -> str:
        """The octets of an array, in a variable."""
        if not isinstance(count, int):
            return self.cut(f"{count} * {size}")
        piece = self.scope.fresh("a")
        self.start()
        self.codes.append(f"{count * size}s")
        self.items_taken.append(piece)
        return piece

    def uniform(self, body: plan.PlanOp, piece: str, store: Store) -> None:
        """An array whose elements all have the same layout: one struct, over and over."""
        held, codes, items, order = self.held, self.codes, self.items_taken, self.order
        self.held, self.codes, self.items_taken, self.order = [], [], [], None
        self.uniform_depth += 1
        if isinstance(body, plan.Take | plan.Bytes | plan.Builtin):
            value = self.taken(body)
            head = f"for {', '.join(self.items_taken)}, in {self.struct()}.iter_unpack({piece})"
            line = store(
                f"list({piece})" if self.codes == ["B"] and value == self.items_taken[0] else f"[{value} {head}]"
            )
            self.held = [*held, "    " * self.level + line]
        else:
            values = self.scope.fresh("v")
            index = self.scope.fresh("i")
            before = ["    " * self.level + line for line in (f"{values}: list[Any] = []", store(values))]
            with self.positions(index), self.loop(""):
                self.op(body, lambda value: f"{values}.append({value})")
            targets = f"({', '.join(self.items_taken)},)"
            source = f"{self.struct()}.iter_unpack({piece})"
            if index in self.scope.used:
                targets, source = f"{index}, {targets}", f"enumerate({source})"
            head = "    " * self.level + f"for {targets} in {source}:"
            self.held = [*held, *before, head, *self.held[1:]]
        self.uniform_depth -= 1
        self.codes, self.items_taken, self.order = codes, items, order

    def struct(self) -> str:
        return self.scope.constants.struct(compact(self.codes), self.order or False)

    def looped(self, op: plan.Repeat, count: int | str, store: Store) -> None:
        self.settle()
        self.pay(op, count)
        pair = self.arms(op.body, "reader") if isinstance(op.body, plan.Choose) else None
        if pair is not None:
            size, read = pair
            piece = self.cut(f"{count} * {size}")
            position = self.scope.fresh("i")
            cut = f"{piece}[{position} * {size} : {position} * {size} + {size}]"
            self.say(store(f"[{read}({cut}) for {position} in range({count})]"))
            return
        least = size_of(op.body)[0]
        if least:
            self.leave_if(f"{count} * {least} > end - at")
        values = self.list(store)
        index = self.scope.fresh("i")
        with self.positions(index), self.loop(f"for {index} in range({count}):"):
            self.flush()
            self.op(op.body, lambda value: f"{values}.append({value})")
            self.settle()
            self.leave_if("at > end")
