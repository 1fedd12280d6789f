"""The code that decodes: a table's Plan as straight lines."""

from __future__ import annotations

from collections.abc import Callable

from tdl.backends.python.aims import Aimed
from tdl.backends.python.extracting import extracted
from tdl.backends.python.layouts import Layouts
from tdl.backends.python.leaves import Leaf, constant_length, run_of_octets
from tdl.backends.python.lookups import Lookup, lookups
from tdl.backends.python.members import covered, element_name, made, mask, referred_to
from tdl.backends.python.moments import attempted, parts_of
from tdl.backends.python.offsets import Offsets
from tdl.backends.python.packing import Items
from tdl.backends.python.ready import Ready
from tdl.backends.python.runs import Odd, Run
from tdl.backends.python.scope import Frame, Scope, TooComplex
from tdl.backends.python.series import in_series
from tdl.ir import plan
from tdl.ir.size import size_of

Store = Callable[[str], str]
"""The statement that stores an expression's value where it belongs."""


class Reading(Offsets):
    """Emits a function's body.

    A record that is there in any case is made when the function begins, so that a struct's items can be stored in it
    at once, if ``aiming``.
    """

    aiming = True

    def __init__(
        self, scope: Scope, classes: dict[str, str], attributes: dict[str, dict[str, str]], layouts: Layouts
    ) -> None:
        super().__init__(scope, classes, attributes, layouts)
        self.ahead: list[tuple[str, str]] = []
        self.near: dict[str, str] = {}
        self.ready = Ready(scope.constants)
        self.kept: set[str] = set()

    def table(self, root: plan.PlanOp) -> list[str]:
        """The body of ``decode(data, environment)``, whose data are `bytes`."""
        if not isinstance(root, plan.Group | plan.Bits):
            raise TooComplex
        low, high = size_of(root)
        self.size = low if low == high else None
        self.kept = referred_to(root)
        made = self.blank(of := self.classes[root.type_name])
        self.content(root, made)
        whole = self.whole()
        self.flush()
        if not whole:
            self.scope.begin("end", "len(data)")
            self.leave_if(f"{self.at()} != end")
        self.say(f"return {made}")
        self.flush()
        prologue = [f"    {name} = {value}" for name, value in self.scope.prologue.items()]
        return [*prologue, f"    {made}: records.{of}", *self.ready.lines(), *in_series(self.lines, self.scope)]

    def records(self, body: plan.Group) -> list[str]:
        """The body of a layout's ``read(octets)``."""
        self.uniform(body, "octets", lambda values: f"rows = {values}")
        self.say("return rows")
        self.flush()
        return self.lines

    def element(self, op: plan.AnyOp, offset: int, *, moving: bool) -> list[str]:
        """The body of a function that returns an element of constant layout.

        Args:
            offset: where it is in ``data``, or how far behind ``at`` if ``moving``.
        """
        self.moving, self.offset, self.kept = moving, offset, referred_to(op)
        self.op(op, lambda value: f"value = {value}")
        self.say("return value")
        self.flush()
        return [*self.ready.lines(), *self.lines]

    # --- ops ---------------------------------------------------------------------------------------------------

    def op(self, op: plan.AnyOp, store: Store) -> None:
        match op:
            case plan.Group() | plan.Bits():
                self.record(op, store)
            case plan.Repeat():
                self.repeat(op, store)
            case plan.Choose():
                self.atomic(op, store)
            case plan.Bytes() if not constant_length(op):
                self.octets(op, store)
            case plan.Bytes(form="set"):
                self.set(self.item(op), store)
            case plan.Builtin() if parts_of(op):
                self.moment(op, store)
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
        if isinstance(op, plan.Take) and len(items.codes) > 1:
            number = Odd(
                octets=op.octets,
                big=items.order is True,
                signed=op.kind == "int",
                codes=items.codes,
                merged=items.value,
            )
            return self.run.take_odd(number)
        return items.value(self.run.take(items.codes))

    def item(self, op: plan.Bytes) -> str:
        """The variable of the octets of a leaf that has a constant number of them."""
        items = self.items(op)
        self.join(items)
        (variable,) = self.run.take(items.codes)
        return variable

    def moment(self, op: plan.Builtin, store: Store) -> None:
        """A date or time of separate parts; where they make none, the codec keeps their octets."""
        self.join(Items(codes=("B",) * len(parts_of(op)), order=None, value=lambda items: items[0]))
        variables = self.run.take("B" * len(parts_of(op)))
        value, missed, otherwise = attempted(op, self.scope, variables)
        with self.inside("try:"):
            self.say(store(value))
        with self.inside(f"except {missed}:"):
            self.say(store(otherwise))

    def member(self, op: plan.AnyOp, frame: Frame) -> None:
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

                def store(value: str) -> str:
                    place = self.scope.place(frame.variable, frame.op.type_name, name)
                    if name in self.kept and value.isidentifier():
                        frame.values[name] = value
                    elif self.aiming and (self.uniform_depth or frame.variable in self.ready):
                        self.run.aims.set(value, frame.variable, place)
                    return f"{place} = {value}"

                self.op(self.scope.places.held(frame.op.type_name, op), store)

    def record(self, op: plan.Group | plan.Bits, store: Store) -> None:
        """A record, in its place before what is in it."""
        variable = self.blank(self.classes[op.type_name])
        self.say(store(variable))
        self.content(op, variable)

    def blank(self, of: str, prefix: str = "r") -> str:
        """The variable of an object without values; those of an array of one layout are made by its loop's head."""
        variable = self.scope.fresh(prefix)
        if self.uniform_depth:
            self.ahead.append((variable, of))
        elif self.level == 1:
            self.ready.add(variable, of)
        else:
            self.say(f"{variable} = next({self.scope.constants.blank(of)})")
        return variable

    def content(self, op: plan.Group | plan.Bits, variable: str) -> None:
        """The values of a record; elements that this meter need not have are None."""
        ops = op.ops if isinstance(op, plan.Group) else op.fields
        sure = {element_name(each) for each in ops}
        attributes = self.attributes[op.type_name]
        absent = [f"{variable}.{attributes[name]} = " for name in attributes if name not in sure]
        if absent:
            self.say(f"{''.join(absent)}None")
        with self.frame(variable, op) as frame:
            if isinstance(op, plan.Group):
                self.members(op.ops, frame, sure=True)
            else:
                self.bits(op, frame)

    # --- bit fields --------------------------------------------------------------------------------------------

    def bits(self, op: plan.Bits, frame: Frame) -> None:
        found = lookups(op)
        if found is not None:
            self.octetwise(found, self.each_octet(op), frame)
            return
        word = self.taken(plan.Take(octets=op.octets, kind="uint", order=op.order))
        if not word.isidentifier():
            merged, word = word, self.scope.fresh("w")
            self.say(f"{word} = {merged}")
        if self.scope.has_spare(op.type_name):
            free = (1 << 8 * op.octets) - 1 & ~covered(op)
            self.say(f"{frame.variable}.spare = {f'{word} & 0x{free:X}' if free else '0'}")
        self.fields(op.fields, frame, word, sure=True)

    def each_octet(self, op: plan.Bits) -> list[str]:
        """The variables of a container's octets, the least significant one first."""
        order = self.flag(op.order) if op.octets > 1 else False
        codes = ["B"] * op.octets if isinstance(order, bool) else [f"{op.octets}s"]
        self.join(Items(codes=tuple(codes), order=None, value=lambda items: items[0]))
        items = self.run.take(codes)
        if isinstance(order, bool):
            return items[::-1] if order else items
        octets = [self.scope.fresh("a") for _ in range(op.octets)]
        self.say(f"({', '.join(octets)},) = {items[0]}[::-1] if {order} else {items[0]}")
        return octets

    def octetwise(self, lookups: tuple[Lookup, ...], octets: list[str], frame: Frame) -> None:
        """The fields of a container whose octets are in variables."""
        variable, of = frame.variable, frame.op.type_name
        alone = sum(bool(each.spare) for each in lookups) == 1
        spare: list[str] = []
        for each, item in zip(lookups, octets, strict=True):
            targets = [self.scope.place(variable, of, field.name) for field in each.fields]
            if each.spare:
                spare.append(f"{variable}.spare" if alone else self.scope.fresh("s"))
                targets.append(spare[-1])
            if len(targets) > 1:
                self.say(f"{', '.join(targets)} = {self.close(self.scope.constants.fields(each.columns))}[{item}]")
            elif each.fields:
                whole = each.fields[0].width == 8 and each.fields[0].kind == "uint"
                self.say(f"{targets[0]} = {item if whole else self.field(each.fields[0], item)}")
            elif each.spare:
                self.say(f"{targets[0]} = {item} << {each.shift}" if each.shift else f"{targets[0]} = {item}")
            frame.sure.update(field.name for field in each.fields)
        if not alone and self.scope.has_spare(of):
            self.say(f"{variable}.spare = {' | '.join(spare) or '0'}")

    def close(self, constant: str) -> str:
        """A constant of the module where it is used; in a loop a variable costs less."""
        if not self.uniform_depth:
            return constant
        if constant not in self.near:
            self.near[constant] = self.scope.fresh("f")
        return self.near[constant]

    def fields(self, ops: tuple[plan.AnyOp, ...], frame: Frame, word: str, sure: bool) -> None:
        """The fields of a container; those of branches take their bits out of the spare ones."""
        for op in ops:
            match op:
                case plan.Field():
                    place = self.scope.place(frame.variable, frame.op.type_name, op.name)
                    self.say(f"{place} = {self.field(op, word)}")
                    if sure:
                        frame.sure.add(op.name)
                    else:
                        self.say(f"{frame.variable}.spare &= ~0x{mask(op):X}")
                case plan.When():
                    self.when(op, lambda below: self.fields(below, frame, word, sure=False))
                case plan.Choose():
                    self.choose(op, lambda below: self.fields(below, frame, word, sure=False))
                case _:
                    pass
            frame.perhaps.update(made((op,)))

    def field(self, op: plan.Field, word: str) -> str:
        return extracted(op, word, 0 if op.form is None else self.form_in_place(op), self.scope)

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
        made = self.blank("Members", "m")
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
        if isinstance(count, int) and size and not self.long(op):
            self.unrolled(op, count, store)
        elif size:
            layout = self.layouts.of(op.body)
            piece = self.piece(count, size)
            if layout is None:
                self.uniform(op.body, piece, store, count)
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
        if isinstance(op.body, plan.Group | plan.Bits):
            records = [self.blank(self.classes[op.body.type_name]) for _ in range(count)]
            self.say(store(f"[{', '.join(records)}]"))
            for position, variable in enumerate(records):
                with self.positions(str(position)):
                    self.content(op.body, variable)
            return
        values = self.growing(store)
        for position in range(count):
            with self.positions(str(position)):
                self.op(op.body, lambda value: f"{values}.append({value})")

    def growing(self, store: Store) -> str:
        values = self.scope.fresh("v")
        self.say(f"{values}: list[Any] = []")
        self.say(store(values))
        return values

    def piece(self, count: int | str, size: int) -> str:
        """The octets of an array, in a variable."""
        if not isinstance(count, int):
            return self.cut(f"{count} * {size}")
        self.start()
        codes = [f"{count * size}s"]
        self.codes += codes
        (piece,) = self.run.take(codes)
        return piece

    def uniform(self, body: plan.PlanOp, piece: str, store: Store, count: int | str = 0) -> None:
        """An array whose elements all have the same layout: the same structs, over and over.

        Args:
            count: how many they are, where that is known only to a variable.
        """
        outside = self.held, self.codes, self.run, self.order, self.ahead, self.near
        self.held, self.codes, self.run, self.order, self.ahead, self.near = [], [], Run(self.scope.fresh), None, [], {}
        self.uniform_depth += 1
        if isinstance(body, plan.Take | plan.Bytes | plan.Builtin):
            value = self.taken(body)
            sources, aimed, resolved = self.pieces(piece)
            targets = aimed.targets
            plain = self.codes == ["B"] and targets == [f"({value},)"]
            line = f"list({piece})" if plain else f"[{resolved(value)} for {targets[0]} in {sources[0]}]"
            numbers = targets == [f"({value},)"] and resolved(value) == value and len(self.codes[0]) == 1
            if isinstance(count, str) and numbers and not plain:
                struct = f'{self.scope.use("fields", "NUMBERS")}["{self.codes[0]}", {count}, {self.order or False}]'
                line = f"list({struct}.unpack({piece}))"
            lines = ["    " * self.level + store(line)]
        else:
            lines = self.elements(body, piece, store)
        self.uniform_depth -= 1
        held, self.codes, self.run, self.order, self.ahead, self.near = outside
        self.held = [*held, *lines]

    def pieces(self, octets: str) -> tuple[list[str], Aimed, Callable[[str], str]]:
        """What yields the items of an array's elements, what takes them, and what puts odd numbers in lines."""
        passes, resolved = self.run.end(whole=True)
        structs = [self.scope.constants.struct(each.codes, self.order or False) for each in passes]
        return [f"{struct}.iter_unpack({octets})" for struct in structs], self.aimed(passes), resolved

    def elements(self, body: plan.PlanOp, octets: str, store: Store) -> list[str]:
        """The loop that makes the elements of an array of one layout."""
        values, index = self.scope.fresh("v"), self.scope.fresh("i")
        with self.positions(index), self.loop(""):
            if isinstance(body, plan.Group | plan.Bits):
                self.content(body, self.blank(self.classes[body.type_name]))
            else:
                self.op(body, lambda value: f"{values}.append({value})")
        structs, aimed, resolved = self.pieces(octets)
        times = f"len({octets}) // {self.run.size}"
        made, sources, targets = "[]", list[str](), list[str]()
        if isinstance(body, plan.Group | plan.Bits):
            (first, of), *self.ahead = self.ahead
            made = f"list({self.scope.use('fields', 'blanks')}({self.scope.constants.type(of)}, {times}))"
            sources, targets = [values], [first]
        for variable, of in self.ahead:
            sources.append(self.scope.constants.blank(of))
            targets.append(variable)
        if index in self.scope.used:
            sources.append(f"range({times})")
            targets.append(index)
        sources, targets = [*sources, *structs], [*targets, *aimed.targets]  # these may be stored in those
        together = f"zip({', '.join(sources)})" if len(sources) > 1 else sources[0]
        named = [f"{near} = {constant}" for constant, near in self.near.items()]
        named += [f"{holder}: Any" for holder in aimed.holders]
        before = f"{values}: list[Any] = {made}", store(values), *named, f"for {', '.join(targets)} in {together}:"
        lines = self.held[1:] or ["    " * (self.level + 1) + "pass"]
        return [*("    " * self.level + line for line in before), *map(resolved, lines)]

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
        values = self.growing(store)
        index = self.scope.fresh("i")
        with self.positions(index), self.loop(f"for {index} in range({count}):"):
            self.flush()
            self.op(op.body, lambda value: f"{values}.append({value})")
            self.settle()
            self.leave_if("at > end")
