"""Decoding as C that makes records of generated Python: the walk of the C decoder, which stores elsewhere."""

from __future__ import annotations

from dataclasses import replace

from tdl.backends.c.emitter import Emitter
from tdl.backends.c.frames import CannotExpress, Frame, is_number
from tdl.backends.c.lines import Context
from tdl.backends.c.reading import Reading
from tdl.backends.c.structs import Location, integer
from tdl.backends.c.writing import Writing
from tdl.backends.native.arrays import Arrays
from tdl.backends.native.slots import Slots
from tdl.backends.python.members import covered as always
from tdl.backends.python.members import mask
from tdl.backends.shapes.making import element_name
from tdl.backends.shapes.shape import Record, Shape
from tdl.codec.moments import PARTS
from tdl.ir import plan
from tdl.ir.expr import Const
from tdl.ir.size import size_of

_SECONDS = {("STIME_DATE", 3): 60, ("STIME_DATE", 4): 1, ("LTIME_DATE", 4): 1, ("TIME_DATE", 4): 1}
"""Dates that are one count since 1970, and how many seconds its unit has."""

NOWHERE: Shape = Record(type_name="", members=())
"""The shape of a place that has none in C."""


class Making(Reading):
    """Walks octets and makes values of them.

    What expressions read is kept in variables of the function. A value is stored as soon as it is made, so that a
    function that ends early leaves one object to let go of: the root.
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
        super().__init__(context, flags, wanted, keep=True)
        self.slots, self.arrays = slots, arrays
        self.moved: plan.AnyOp = context.table.root

    def root(self) -> None:
        self.value(self.context.table.root, Location(text="*made", counter="", shape=NOWHERE))

    def records(self, body: plan.Group) -> None:
        """The whole function for the records of an array that has stayed octets."""
        size = size_of(body)[0]
        self.say(f"const uint32_t rows = (uint32_t)(size / {size}u);")
        self.fail_if(f"size % {size}u != 0u || size / {size}u > {plan.MAX_OCTETS}u", "TDL_LEFT", 0)
        self.new_list("*made", "rows")
        self.say("uint32_t row;")
        settled = self.stride(body) is not None
        self.uncounted += settled
        self.at = None
        with self.inside("for (row = 0u; row < rows; row++)"):
            self.value(body, Location(text="ITEM(*made, row)", counter="", shape=NOWHERE))
            if settled:
                self.advance()
            else:
                self.settle()
        self.uncounted -= settled

    def alone(self, op: plan.AnyOp) -> None:
        """The whole function for an element of a constant size; whoever calls it has counted the octets."""
        self.uncounted += 1
        self.value(op, Location(text="*made", counter="", shape=NOWHERE))
        self.uncounted -= 1

    # --- objects -----------------------------------------------------------------------------------------------

    def put(self, location: Location, made: str) -> None:
        """Store a new object; without one, whatever Python has to say about it is left to Python."""
        with self.inside(f"if (({location.text} = {made}) == NULL)"):
            self.say("return TDL_LEFT;")

    def new_list(self, place: str, count: str) -> None:
        self.put(Location(text=place, counter="", shape=NOWHERE), f"PyList_New((Py_ssize_t){count})")

    def new_record(self, op: plan.Group | plan.Bits, location: Location) -> str:
        self.put(location, f"tdl_new({self.slots.of(op.type_name)}u)")
        variable = self.fresh("r")
        self.say(f"PyObject *const {variable} = {location.text};")
        return variable

    def nothing_else(self, op: plan.Group | plan.Bits, variable: str) -> None:
        """Elements that this image does not have are None."""
        ops = op.ops if isinstance(op, plan.Group) else op.fields
        sure = {element_name(each) for each in ops}
        for name in self.slots.elements(op.type_name):
            if name not in sure:
                slot = f"SLOT({variable}, {self.slots.slot(op.type_name, name)})"
                with self.inside(f"if ({slot} == NULL)"):
                    self.say(f"{slot} = tdl_none();")

    def own_place(self, op: plan.AnyOp, holder: Location) -> Location:
        of = self.scope.frames[-1].op.type_name
        slot = self.slots.slot(of, element_name(op))
        return Location(text=f"SLOT({holder.text}, {slot})", counter="", shape=NOWHERE)

    def place(self, op: plan.AnyOp, holder: Location) -> Location:
        return variable_place(self, self.variable_of(op), op)

    def group(self, op: plan.Group, location: Location) -> None:
        variable = self.new_record(op, location)
        super().group(op, replace(location, text=variable))
        self.nothing_else(op, variable)

    # --- leaves ------------------------------------------------------------------------------------------------

    def leaf(self, op: plan.Take | plan.Bytes | plan.Builtin | plan.Opaque, location: Location) -> None:
        self.moved = op
        super().leaf(op, location)
        match op:
            case plan.Builtin(octets=0):
                self.say(f"{location.text} = tdl_none();")
            case plan.Bytes() if op.length == Const(value=0) or (
                not isinstance(op.length, Const) and self.context.shapes.of(op) is None
            ):
                self.copy(location, "0u")
            case plan.Opaque() if op.limit == Const(value=0) or self.context.shapes.of(op) is None:
                self.copy(location, "0u")
            case _:
                pass

    def take(self, op: plan.Take, location: Location) -> None:
        bits = self.load(op.octets, self.flag(op.order))
        if op.decimals:
            self.put(location, self.slow("TDL_READ_DECIMAL", op))
            return
        if op.kind == "float":
            value = f"tdl_float_of{8 * op.octets}({bits})"
            self.put(location, f"tdl_read_float({value}, {self.here()}, {op.octets}u, {order(self, op)})")
            return
        number, type_ = self.converted(op, bits), integer(8 * op.octets, signed=op.kind == "int")
        if id(op) in self.wanted:
            variable = self.use(self.variable_of(op))
            self.say(f"{variable} = {number};")
            number = variable
        if op.form is None or op.form == Const(value=0):
            self.put(location, integer_object(number, type_))
            return
        variable = self.fresh("x")
        self.say(f"const {type_} {variable} = {number};")
        second_zero = f"({self.form(op.form)} != 0u) && ({variable} == {least(8 * op.octets)})"
        self.put(location, f"({second_zero}) ? {self.slow('TDL_READ_INT', op)} : {integer_object(variable, type_)}")

    def slow(self, function: str, op: plan.Take) -> str:
        """The call of a function of the run-time that reads a number."""
        where = f"{self.here()}, {op.octets}u, {order(self, op)}"
        return f"tdl_read_number({function}, {where}, {self.form(op.form)}, {op.decimals})"

    def copy(self, location: Location, octets: str) -> None:
        """Make the value of octets that are ahead."""
        op, at = self.moved, self.here()
        match op:
            case plan.Bytes(form="text"):
                self.put(location, f"tdl_read_text({at}, {octets}, {charset(self, op)})")
            case plan.Bytes(form="set") if self.is_held(op):
                self.put(location, f"tdl_read_binary({at}, {octets})")
            case plan.Bytes(form="set" | "bcd" as form):
                self.put(location, f"tdl_read_{form}({at}, {octets})")
            case plan.Bytes() | plan.Opaque():
                self.put(location, f"tdl_read_binary({at}, {octets})")
            case plan.Builtin(kind="FLOAT_CHAR"):
                self.put(location, f"tdl_read_octets(TDL_READ_CHAR_NUMBER, {at}, {octets})")
            case plan.Builtin(kind="FIXED_BCD"):
                self.put(location, f"tdl_read_octets(TDL_READ_BCD_NUMBER, {at}, {octets})")
            case plan.Builtin():
                self.put(location, self.moment(op))
            case _:
                raise CannotExpress(op.path, "octets of this kind")
        if isinstance(op, plan.Bytes) and id(op) in self.wanted:
            name = self.use(self.variable_of(op))
            self.say(f"{name} = {at};")
            self.say(f"{self.use(f'{name}_length')} = {octets};")

    def is_held(self, op: plan.Bytes) -> bool:
        """Whether a set is an element of the record being made, whose slot holds octets."""
        frames = self.scope.frames
        return bool(frames) and self.slots.holds_octets(frames[-1].op.type_name, op.name)

    def moment(self, op: plan.Builtin) -> str:
        at, kind = self.here(), f'"{op.kind}", {op.variant}'
        if op.kind in PARTS and op.variant in (1, 2):
            return f"tdl_read_parts({kind}, {at}, {op.octets}u, {int('Y' in PARTS[op.kind])})"
        if (op.kind, op.variant) in _SECONDS:
            unit = _SECONDS[op.kind, op.variant]
            seconds = f"(uint64_t){self.load(4, self.flag(op.order))} * {unit}u"
            return f"tdl_read_seconds({kind}, {seconds}, {at}, {order(self, op)})"
        return f"tdl_read_moment({kind}, {at}, {op.octets}u, {order(self, op)})"

    def opaque(self, op: plan.Opaque, location: Location, element: int) -> None:
        if op.limit == Const(value=0):
            return
        self.settle()
        limit = self.count(op.limit, element)
        if limit is None or self.context.shapes.of(op) is None:
            return
        count = self.fresh("n")
        self.say(f"const uint32_t {count} = ((size_t)(end - p) < {limit}) ? (uint32_t)(end - p) : {limit};")
        self.copy(location, count)
        self.jump(count)

    def room(self, op: plan.Bytes | plan.Opaque | plan.Repeat, location: Location, count: str, element: int) -> None:
        """Objects find their own."""

    def variant_leaf(
        self, op: plan.Choose, leaf: plan.Take | plan.Builtin, location: Location, selector: str, element: int
    ) -> None:
        raise CannotExpress(op.path, "a type that an image selects")

    # --- bit fields --------------------------------------------------------------------------------------------

    def word(self, op: plan.Bits, location: Location, settled: bool) -> None:
        self.reset_flags(op.fields)
        with self.inside(""):
            word = self.fresh("w")
            type_ = "uint64_t" if op.octets > 4 else "uint32_t"
            self.say(f"const {type_} {word} = {self.load(op.octets, self.flag(op.order))};")
            variable = self.new_record(op, location)
            self.scope.frames.append(Frame(op, replace(location, text=variable)))
            slot = self.slots.spare(op.type_name)
            branched = slot is not None and any(isinstance(field, plan.When | plan.Choose) for field in op.fields)
            free = (1 << 8 * op.octets) - 1 & ~always(op)
            spare = f"{word} & 0x{free:X}u"
            rest = ""
            if branched:
                rest = self.fresh("c")
                self.say(f"{type_} {rest} = {spare};")
                spare = rest
            self.fields(op.fields, op.octets, word, rest)
            self.scope.frames.pop()
            if free < 256:
                spare, type_ = f"(uint8_t)({spare})" if free else "0u", "uint8_t"
            if slot is not None:
                self.put(replace(location, text=f"SLOT({variable}, {slot})"), integer_object(spare, type_))
            self.nothing_else(op, variable)

    def field(self, op: plan.Field, octets: int, word: str, covered: str) -> None:
        frame = self.scope.frames[-1]
        location = self.own_place(op, frame.location)
        self.oblige_form(op.form, self.context.elements.number(op))
        text, type_ = self.field_text(op, octets, word), integer(op.width, signed=op.kind == "int")
        if id(op) in self.wanted:
            self.say(f"{self.use(self.variable_of(op))} = {text};")
        if op.kind == "bool" and op.width == 1:
            self.put(location, f"tdl_flag(({word} & 0x{mask(op):X}u) != 0u)")
        elif op.kind == "bool":
            self.put(location, f"({text} < 2u) ? tdl_flag({text} == 1u) : {integer_object(text, type_)}")
        else:
            if op.form is not None and op.form != Const(value=0):
                second_zero = f"({self.form(op.form)} != 0u) && ({text} == {least(op.width)})"
                self.fail_if(second_zero, "TDL_LEFT", 0)
            self.put(location, integer_object(text, type_))
        if covered:
            self.say(f"{covered} &= ~({'uint64_t' if octets > 4 else 'uint32_t'})0x{mask(op):X}u;")
        if id(op) in self.flags:
            self.say(f"{self.use(self.flag_of(op))} = 1u;")
        self.see(op)

    # --- arrays ------------------------------------------------------------------------------------------------

    def repeat(self, op: plan.Repeat, location: Location) -> None:
        layout = self.arrays.layout(op)
        if op.count == Const(value=0) and layout is None:
            self.new_list(location.text, "0")
        elif layout is None:
            super().repeat(op, location)
        else:
            self.rows(op, location, layout)

    def rows(self, op: plan.Repeat, location: Location, layout: str) -> None:
        """An array that stays octets."""
        element, size = self.context.elements.number(op), size_of(op.body)[0]
        read = f"tdl_read_rows(LAYOUT({self.arrays.number(layout)})"
        if isinstance(op.count, Const):
            octets = op.count.value * size
            self.grow(octets, element)
            self.put(location, f"{read}, {self.here()}, {octets}u)")
            self.ahead += octets
            return
        self.settle()
        count = self.count(op.count, element)
        if count is not None:
            self.fail_if(f"(size_t)(end - p) / {size}u < {count}", "TDL_TRUNCATED", element)
            self.put(location, f"{read}, p, (size_t){count} * {size}u)")
            self.jump(f"(size_t){count} * {size}u")

    def fixed_array(self, op: plan.Repeat, location: Location, element: int, stride: int) -> None:
        assert isinstance(op.count, Const)
        with self.inside(""):
            super().fixed_array(op, self.list(location, f"{op.count.value}u"), element, stride)

    def counted_array(self, op: plan.Repeat, location: Location, element: int, stride: int | None, count: str) -> None:
        least = size_of(op.body)[0]
        if least:  # before there is a list: a count alone costs nobody memory
            self.fail_if(f"(size_t)(end - p) / {least}u < {count}", "TDL_TRUNCATED", element)
        else:
            self.fail_if(f"{count} > {plan.MAX_EMPTY_STEPS}u", "TDL_STEPS", element)
        with self.inside(""):
            super().counted_array(op, self.list(location, count), element, stride, count)

    def list(self, location: Location, count: str) -> Location:
        self.new_list(location.text, count)
        variable = self.fresh("v")
        self.say(f"PyObject *const {variable} = {location.text};")
        return replace(location, text=variable)

    def inner(self, op: plan.Repeat, location: Location, index: str) -> Location:
        return replace(location, text=f"ITEM({location.text}, {index})")


def variable_place(walk: Reading | Writing, name: str, op: plan.AnyOp) -> Location:
    """Where expressions find what has been moved: in a variable of this name."""
    shape = walk.context.shapes.of(op) or NOWHERE
    if isinstance(op, plan.Bytes):
        if id(op) in walk.wanted:
            walk.uses.update((name, f"{name}_length"))
        return Location(text=name, counter=f"{name}_length", shape=shape)
    return Location(text=name if is_number(op) else "", counter="", shape=shape)


def integer_object(number: str, type_: str) -> str:
    """The object of a number of a type."""
    match type_:
        case "uint64_t":
            return f"PyLong_FromUnsignedLongLong({number})"
        case "uint32_t" | "int64_t":
            return f"PyLong_FromLongLong((long long)({number}))"
        case "uint8_t":
            return f"tdl_small({number})"
        case _:
            return f"PyLong_FromLong((long)({number}))"


def least(width: int) -> str:
    """The least number of so many bits; under INT_FORMAT 1 and 2 it stands for the second zero."""
    return f"(-INT64_C({(1 << width - 1) - 1}) - 1)"


def order(walk: Emitter, op: plan.Take | plan.Builtin) -> str:
    """Whether octets come most significant first."""
    flag = walk.flag(op.order)
    return {"le": "0", "be": "1"}.get(flag, flag)


def charset(walk: Emitter, op: plan.Bytes) -> str:
    """The CHAR_FORMAT of a text."""
    return "0" if op.charset is None else walk.number(op.charset, walk.context.elements.number(op))[0]
