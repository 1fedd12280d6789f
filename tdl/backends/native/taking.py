"""Encoding as C that reads records of generated Python: the walk of the C encoder, which looks elsewhere.

Only values as the decoder makes them are taken. What else Python's own functions take, they take.
"""

from __future__ import annotations

from dataclasses import replace

from tdl.backends.c.frames import CannotExpress
from tdl.backends.c.lines import Context
from tdl.backends.c.structs import Location, integer
from tdl.backends.c.writing import Purpose, Writing
from tdl.backends.native.arrays import Arrays
from tdl.backends.native.making import NOWHERE, charset, least, order, variable_place
from tdl.backends.native.slots import Slots
from tdl.backends.python.members import covered as always
from tdl.backends.python.members import mask
from tdl.backends.shapes.making import element_name
from tdl.codec.moments import PARTS
from tdl.ir import plan
from tdl.ir.expr import Const, Expr
from tdl.ir.size import size_of


class Taking(Writing):
    """Walks a value and writes its octets.

    What expressions read is kept in variables of the function. Functions of Python that are called on the way could
    change lists and records, so each that is being read is held on to in a place of its own: ``holds`` of them.
    """

    def __init__(
        self,
        context: Context,
        flags: frozenset[int] = frozenset(),
        wanted: frozenset[int] = frozenset(),
        *,
        slots: Slots,
        arrays: Arrays,
    ) -> None:
        super().__init__(context, flags, wanted, purpose=Purpose.ENCODE)
        self.scope.trusted = True
        self.slots, self.arrays = slots, arrays
        self.moved: plan.AnyOp = context.table.root
        self.holds = 0
        self.extras: list[tuple[str, frozenset[str]]] = []

    def root(self) -> None:
        self.value(self.context.table.root, Location(text="value", counter="", shape=NOWHERE))

    def records(self, body: plan.Group) -> None:
        """The whole function for a list of the records of an array that stays octets."""
        size = size_of(body)[0]
        self.leave_if("!PyList_CheckExact(value)")
        self.say(f"const size_t rows = capacity / {size}u;")
        self.say("size_t row;")
        self.leave_if("(size_t)PyList_GET_SIZE(value) != rows")
        self.at = None
        settled = self.stride(body) is not None
        self.uncounted += settled
        with self.inside("for (row = 0u; row < rows; row++)"):
            self.value(body, Location(text="tdl_item(value, row)", counter="", shape=NOWHERE))
            if settled:
                self.advance()
            else:
                self.settle()
        self.uncounted -= settled
        self.say("*size = (size_t)(p - image);")
        self.say("return TDL_OK;")

    def leave_if(self, condition: str) -> None:
        with self.inside(f"if ({condition})"):
            self.say("return TDL_LEFT;")

    def unless(self, done: str) -> None:
        self.leave_if(f"!{done}")

    def hold(self, text: str, prefix: str) -> str:
        """An object in a variable, held on to until the next one comes by here."""
        variable = self.fresh(prefix)
        self.say(f"PyObject *const {variable} = tdl_hold(held, {self.holds}u, {text});")
        self.holds += 1
        return variable

    # --- records -----------------------------------------------------------------------------------------------

    def own_place(self, op: plan.AnyOp, holder: Location) -> Location:
        of = self.scope.frames[-1].op.type_name
        slot = self.slots.slot(of, element_name(op))
        return Location(text=f"SLOT({holder.text}, {slot})", counter="", shape=NOWHERE)

    def place(self, op: plan.AnyOp, holder: Location) -> Location:
        return variable_place(self, self.variable_of(op), op)

    def variable_of(self, op: plan.AnyOp) -> str:
        return f"e{self.context.elements.number(op)}"

    def record(self, op: plan.Group | plan.Bits, location: Location) -> str:
        variable = self.hold(location.text, "r")
        self.unless(f"tdl_is({variable}, {self.slots.of(op.type_name)}u)")
        return variable

    def begin_extras(self, op: plan.Group | plan.Bits, variable: str) -> None:
        """Count the elements that are there and need not be: as many must be written."""
        ops = op.ops if isinstance(op, plan.Group) else op.fields
        sure = {element_name(each) for each in ops}
        names = [name for name in self.slots.elements(op.type_name) if name not in sure]
        counter = self.fresh("x")
        if names:
            present = [f"tdl_present(SLOT({variable}, {self.slots.slot(op.type_name, name)}))" for name in names]
            self.say(f"int {counter} = {' + '.join(present)};")
        self.extras.append((counter, frozenset(names)))

    def end_extras(self) -> None:
        counter, names = self.extras.pop()
        if names:
            self.leave_if(f"{counter} != 0")

    def group(self, op: plan.Group, location: Location) -> None:
        variable = self.record(op, location)
        self.begin_extras(op, variable)
        super().group(op, replace(location, text=variable))
        self.end_extras()

    def member(self, op: plan.AnyOp) -> None:
        self.count_extra(op)
        super().member(op)

    def count_extra(self, op: plan.AnyOp) -> None:
        counter, names = self.extras[-1]
        if element_name(op) in names:
            place = self.own_place(op, self.scope.frames[-1].location)
            self.say(f"{counter} -= tdl_present({place.text});")

    # --- leaves ------------------------------------------------------------------------------------------------

    def leaf(self, op: plan.Take | plan.Bytes | plan.Builtin | plan.Opaque, location: Location) -> None:
        self.moved = op
        if isinstance(op, plan.Builtin) and not op.octets:
            self.leave_if(f"{location.text} != Py_None")
        if isinstance(op, plan.Bytes) and op.length == Const(value=0):
            self.put_octets(op, location, "0u")
        super().leaf(op, location)

    def take(self, op: plan.Take, location: Location, element: int) -> None:
        text, octets = location.text, op.octets
        if op.decimals:
            rest = f"{order(self, op)}, {self.form(op.form)}, {op.decimals}"
            self.unless(f"tdl_put_decimal({self.here()}, {octets}u, {text}, {rest})")
            return
        number = self.fresh("x")
        if op.kind == "float":
            bits = "uint32_t" if octets == 4 else "uint64_t"
            self.say(f"{bits} {number};")
            self.unless(f"tdl_get_float{8 * octets}({text}, &{number})")
            self.store(octets, self.flag(op.order), number, bits)
            return
        self.number_of(number, text, 8 * octets, signed=op.kind == "int")
        if id(op) in self.wanted:
            self.say(f"{self.use(self.variable_of(op))} = ({integer(8 * octets, signed=op.kind == 'int')}){number};")
        type_ = "int64_t" if op.kind == "int" else "uint64_t"
        if is_formed(op.form):
            number, type_ = self.formed(number, 8 * octets, op.form, element), "uint64_t"
        self.store(octets, self.flag(op.order), number, type_)

    def formed(self, number: str, width: int, form: Expr | None, element: int) -> str:
        """The bits of a number under an INT_FORMAT."""
        bits = self.fresh("b")
        self.use("problem")
        self.say(f"const uint64_t {bits} = tdl_bits({number}, {width}u, {self.form(form)}, &problem);")
        self.check_problem(element)
        return bits

    def number_of(self, name: str, text: str, width: int, *, signed: bool) -> None:
        """A whole number that so many bits hold, in a new variable."""
        if signed:
            self.say(f"int64_t {name};")
            self.unless(f"tdl_get_int({text}, {least(width)}, INT64_C({(1 << width - 1) - 1}), &{name})")
        else:
            self.say(f"uint64_t {name};")
            self.unless(f"tdl_get_uint({text}, UINT64_C({(1 << width) - 1}), &{name})")

    def copy(self, location: Location, octets: int) -> None:
        op = self.moved
        match op:
            case plan.Bytes():
                if octets:  # without any there is nothing to copy: `leaf` has looked at the value
                    self.put_octets(op, location, f"{octets}u")
            case plan.Builtin():
                if octets:
                    self.unless(self.builtin(op, location))
            case _:
                raise CannotExpress(op.path, "octets of this kind")

    def put_octets(self, op: plan.Bytes, location: Location, octets: str) -> None:
        at = self.here()
        match op.form:
            case "text":
                self.unless(f"tdl_put_text({at}, {octets}, {location.text}, {charset(self, op)})")
            case form:
                self.unless(f"tdl_put_{form}({at}, {octets}, {location.text})")
        if id(op) in self.wanted:
            name = self.use(self.variable_of(op))
            self.say(f"{name} = {at};")
            self.say(f"{self.use(f'{name}_length')} = {octets};")

    def builtin(self, op: plan.Builtin, location: Location) -> str:
        at, kind, text = self.here(), f'"{op.kind}", {op.variant}', location.text
        if op.kind == "FLOAT_CHAR":
            return f"tdl_put_octets({at}, {op.octets}u, {text}, TDL_WRITE_CHAR_NUMBER)"
        if op.kind == "FIXED_BCD":
            return f"tdl_put_octets({at}, {op.octets}u, {text}, TDL_WRITE_BCD_NUMBER)"
        if op.kind in PARTS and op.variant in (1, 2):
            return f"tdl_put_parts({at}, {op.octets}u, {text}, {kind}, {int('Y' in PARTS[op.kind])})"
        return f"tdl_put_moment({at}, {op.octets}u, {text}, {kind}, {order(self, op)})"

    def dynamic_octets(self, op: plan.Bytes, location: Location, element: int) -> None:
        self.settle()
        count = self.count(op.length, element)
        if count is None:
            return
        if id(op) not in self.checked:
            self.room(count, element)
        self.put_octets(op, location, count)
        self.jump(count)

    def opaque(self, op: plan.Opaque, location: Location, element: int) -> None:
        self.settle()
        limit = self.count(op.limit, element)
        if limit is None:
            return
        value, count = self.hold(location.text, "r"), self.fresh("n")
        self.leave_if(f"{value} == NULL || !PyBytes_CheckExact({value})")
        self.leave_if(f"(size_t)PyBytes_GET_SIZE({value}) > {limit}")
        self.say(f"const uint32_t {count} = (uint32_t)PyBytes_GET_SIZE({value});")
        self.room(count, element)
        self.unless(f"tdl_put_binary(p, {count}, {value})")
        self.jump(count)

    def matches(self, op: plan.Bytes | plan.Repeat, location: Location, count: str, element: int) -> None:
        """Lists have been looked at, and so have octets."""

    def variant_leaf(
        self, op: plan.Choose, leaf: plan.Take | plan.Builtin, location: Location, selector: str, element: int
    ) -> None:
        raise CannotExpress(op.path, "a type that an image selects")

    # --- bit fields --------------------------------------------------------------------------------------------

    def word(self, op: plan.Bits, location: Location, element: int) -> None:
        type_ = "uint64_t" if op.octets > 4 else "uint32_t"
        variable = self.record(op, location)
        self.scope.frames[-1].location = replace(location, text=variable)
        word, slot = self.fresh("w"), self.slots.spare(op.type_name)
        spare, taken = ("", "") if slot is None else (self.fresh("x"), self.fresh("c"))
        self.begin_extras(op, variable)
        self.say(f"{type_} {word} = 0u;")
        if spare:
            self.say(f"uint64_t {spare};")
            self.say(f"{type_} {taken} = 0x{always(op):X}u;")
            most = f"UINT64_C({(1 << 8 * op.octets) - 1})"
            self.unless(f"tdl_get_uint(SLOT({variable}, {slot}), {most}, &{spare})")
        self.fields(op.fields, op.octets, word, taken)
        self.end_extras()
        if spare:
            self.leave_if(f"({spare} & {taken}) != 0u")
            self.say(f"{word} |= ({type_}){spare};")
        self.store(op.octets, self.flag(op.order), word, type_ if op.octets > 1 else "")

    def field(self, op: plan.Field, octets: int, word: str, covered: str) -> None:
        frame, element = self.scope.frames[-1], self.context.elements.number(op)
        self.count_extra(op)
        text = self.own_place(op, frame.location).text
        self.oblige_form(op.form, element)
        number, type_ = self.fresh("x"), "uint64_t" if octets > 4 else "uint32_t"
        if op.kind == "bool":
            self.say(f"uint64_t {number};")
            self.unless(f"tdl_get_flag({text}, UINT64_C({(1 << op.width) - 1}), &{number})")
        else:
            self.number_of(number, text, op.width, signed=op.kind == "int")
        if id(op) in self.wanted:
            self.say(f"{self.use(self.variable_of(op))} = ({integer(op.width, signed=op.kind == 'int')}){number};")
        if is_formed(op.form):
            number = self.formed(number, op.width, op.form, element)
        bits_text = f"(({type_}){number} & 0x{(1 << op.width) - 1:X}u)"
        self.say(f"{word} |= {f'({bits_text} << {op.low}u)' if op.low else bits_text};")
        if covered:
            self.say(f"{covered} |= 0x{mask(op):X}u;")
        if id(op) in self.flags:
            self.say(f"{self.use(self.flag_of(op))} = 1u;")
        self.see(op)

    # --- arrays ------------------------------------------------------------------------------------------------

    def repeat(self, op: plan.Repeat, location: Location) -> None:
        layout = self.arrays.layout(op)
        if op.count == Const(value=0) and layout is None:
            self.list(location, "0u")
        elif layout is None:
            super().repeat(op, location)
        else:
            self.rows(op, location, layout)

    def rows(self, op: plan.Repeat, location: Location, layout: str) -> None:
        """An array that stays octets."""
        element, size = self.context.elements.number(op), size_of(op.body)[0]
        rest = f"{location.text}, LAYOUT({self.arrays.number(layout)})"
        if isinstance(op.count, Const):
            octets = op.count.value * size
            self.grow(octets, element)
            self.unless(f"tdl_put_rows({self.here()}, {octets}u, {rest}, {op.count.value}u)")
            self.ahead += octets
            return
        self.settle()
        count = self.count(op.count, element)
        if count is not None:
            octets_text = f"(size_t){count} * {size}u"
            self.room(octets_text, element)
            self.unless(f"tdl_put_rows(p, {octets_text}, {rest}, {count})")
            self.jump(octets_text)

    def fixed_array(self, op: plan.Repeat, location: Location, element: int, stride: int) -> None:
        assert isinstance(op.count, Const)
        with self.inside(""):
            super().fixed_array(op, self.list(location, f"{op.count.value}u"), element, stride)

    def counted_array(self, op: plan.Repeat, location: Location, element: int, stride: int | None, count: str) -> None:
        with self.inside(""):
            super().counted_array(op, self.list(location, count), element, stride, count)

    def list(self, location: Location, count: str) -> Location:
        variable = self.hold(location.text, "v")
        self.unless(f"tdl_is_list({variable}, {count})")
        return replace(location, text=variable)

    def inner(self, op: plan.Repeat, location: Location, index: str) -> Location:
        return replace(location, text=f"tdl_item({location.text}, {index})")


def is_formed(form: Expr | None) -> bool:
    """Whether a number may be in another form than two's complement."""
    return form is not None and form != Const(value=0)
