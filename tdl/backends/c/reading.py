"""Decoding as C: octets to a struct, or only a verdict on them."""

from __future__ import annotations

from tdl.backends.c.emitter import Emitter, sum_text
from tdl.backends.c.frames import Frame, is_number
from tdl.backends.c.lines import Context
from tdl.backends.c.structs import Location, integer
from tdl.backends.shapes.shape import Array, BitRecord
from tdl.ir import plan
from tdl.ir.expr import Const

_MOST_OCTETS = 0xFFFFFFFF


class Reading(Emitter):
    """Walks octets from ``p`` to ``end``.

    Args:
        keep: whether values are stored; else those that expressions read are kept in variables of the function.
    """

    def __init__(
        self, context: Context, flags: frozenset[int] = frozenset(), wanted: frozenset[int] = frozenset(), *, keep: bool
    ) -> None:
        super().__init__(context, flags, wanted)
        self.keep = keep

    def run(self) -> None:
        """The whole function."""
        octets = self.whole()
        if octets is not None:
            with self.inside(f"if (size != {octets}u)"):
                self.say(f"return tdl_misfit(error, TDL_ELEMENTS({self.context.name}_elements), size, {octets}u);")
            self.uncounted += 1
            self.root()
            return
        self.root()
        self.settle()
        with self.inside("if (p != end)"):
            self.say(self.failure("TDL_TRAILING", 0))

    # --- runs --------------------------------------------------------------------------------------------------

    def run_check(self, octets: int, element: int, leaves: int) -> None:
        with self.inside(f"if ((size_t)(end - p) < {octets + self.ahead}u)"):
            self.truncated(element, fused=leaves > 1)

    def truncated(self, element: int, *, fused: bool) -> None:
        if not fused:
            self.say(self.failure("TDL_TRUNCATED", element))
            return
        left = "(size_t)(end - p)" + (f" - {self.ahead}u" if self.ahead else "")
        elements = f"TDL_ELEMENTS({self.context.name}_elements)"
        self.say(f"return tdl_truncated(error, {elements}, {element}u, {self.offset(self.ahead)}, {left});")

    def need(self, octets: int, element: int) -> None:
        """An element that can fail otherwise, too, has a check that comes before that."""
        self.close()
        self.grow(octets, element)
        self.close()

    def check_counted(self, run: list[plan.Bytes], counts: list[str]) -> None:
        with self.inside(f"if ((size_t)(end - p) < {sum_text(counts)})"):
            left = self.fresh("l")
            self.say(f"size_t {left} = (size_t)(end - p);")
            for op, count in zip(run, counts, strict=True):
                element = self.context.elements.number(op)
                failure = f"return TDL_FAIL(error, TDL_TRUNCATED, {element}u, (uint32_t)(size - {left}));"
                if op is run[-1]:
                    self.say(failure)
                else:
                    with self.inside(f"if ({left} < {count})"):
                        self.say(failure)
                    self.say(f"{left} -= {count};")

    # --- leaves ------------------------------------------------------------------------------------------------

    def leaf(self, op: plan.Take | plan.Bytes | plan.Builtin | plan.Opaque, location: Location) -> None:
        element = self.context.elements.number(op)
        match op:
            case plan.Take(octets=octets):
                if self.obligations(op.order) or self.form_may_fail(op.form):
                    self.need(octets, element)
                    self.oblige_order(op.order, element)
                    self.oblige_form(op.form, element)
                else:
                    self.grow(octets, element)
                self.take(op, location)
                self.ahead += octets
            case plan.Builtin(octets=octets):
                if self.obligations(op.order):
                    self.need(octets, element)
                    self.oblige_order(op.order, element)
                else:
                    self.grow(octets, element)
                if octets:
                    self.copy(location, f"{octets}u")
                self.ahead += octets
            case plan.Bytes(length=Const(value=octets)) if 0 <= octets <= plan.MAX_OCTETS:
                if self.obligations(op.charset):
                    self.need(octets, element)
                    if op.charset is not None:
                        self.attempt(op.charset, element)
                else:
                    self.grow(octets, element)
                if octets:
                    self.copy(location, f"{octets}u")
                    self.want_octets(op, f"{octets}u")
                self.ahead += octets
            case plan.Bytes():
                self.dynamic_octets(op, location, element)
            case plan.Opaque():
                self.opaque(op, location, element)

    def take(self, op: plan.Take, location: Location) -> None:
        bits = self.load(op.octets, self.flag(op.order))
        if self.keep and op.kind == "float":
            self.say(f"{location.text}.bits = {bits};")
        elif self.keep:
            self.say(f"{location.text} = {self.converted(op, bits)};")
        elif id(op) in self.wanted and is_number(op):
            self.say(f"{self.use(self.variable_of(op))} = {self.converted(op, bits)};")

    def converted(self, op: plan.Take, bits: str) -> str:
        """The bits of a whole number as its type."""
        width, signed = 8 * op.octets, op.kind == "int"
        type_ = integer(width, signed=signed)
        if not signed:
            return f"({type_}){bits}" if width == 16 else bits
        if op.form is not None and op.form != Const(value=0):
            return f"({type_})tdl_signed({bits}, {width}u, {self.form(op.form)})"
        if width == 64:
            return f"tdl_to_int64({bits})"
        if op.octets > 4:
            return f"tdl_signed64({bits}, {width}u)"
        if width == 32:
            return f"tdl_to_int32({bits})"
        text = f"tdl_signed32({bits}, {width}u)"
        return text if type_ == "int32_t" else f"({type_}){text}"

    def load(self, octets: int, flag: str) -> str:
        """The octets ahead as a number without sign: of 8 bits for one octet, else of 32 or 64."""
        if octets == 1:
            return f"{self.pointer}[{self.ahead}]"
        if flag in ("le", "be"):
            return f"tdl_{flag}{octets}({self.here()})"
        return f"({flag} ? tdl_be{octets}({self.here()}) : tdl_le{octets}({self.here()}))"

    def copy(self, location: Location, octets: str) -> None:
        if self.keep:
            self.say(f"tdl_copy({location.text}, {self.here()}, {octets});")

    def want_octets(self, op: plan.Bytes, octets: str) -> None:
        """Keep where a set is that expressions ask."""
        if not self.keep and id(op) in self.wanted:
            name = self.use(self.variable_of(op))
            self.say(f"{name} = {self.here()};")
            self.say(f"{self.use(f'{name}_length')} = {octets};")

    def dynamic_octets(self, op: plan.Bytes, location: Location, element: int) -> None:
        self.settle()
        count = self.count(op.length, element)
        if count is None:
            return
        if id(op) not in self.checked:
            with self.inside(f"if ((size_t)(end - p) < {count})"):
                self.truncated(element, fused=False)
        if op.charset is not None and self.obligations(op.charset):
            self.attempt(op.charset, element)
        self.room(op, location, count, element)
        if self.context.shapes.of(op) is not None:
            self.copy(location, count)
        self.want_octets(op, count)
        self.jump(count)

    def opaque(self, op: plan.Opaque, location: Location, element: int) -> None:
        if op.limit == Const(value=0):
            return
        self.settle()
        limit = self.count(op.limit, element)
        if limit is None:
            return
        count = self.fresh("n")
        text = f"((size_t)(end - p) < {limit}) ? (uint32_t)(end - p) : {limit}"
        self.say(f"const uint32_t {count} = {text};")
        shape = self.context.shapes.of(op)
        if not self.context.types.is_view(shape):
            self.room(op, location, count, element)
            if shape is not None:
                self.copy(location, count)
        elif self.keep:
            self.say(f"{location.text} = p;")
            self.say(f"{location.counter} = {count};")
        self.jump(count)

    def room(self, op: plan.Bytes | plan.Opaque | plan.Repeat, location: Location, count: str, element: int) -> None:
        """Find room for so many elements or octets, and note how many they are."""
        if self.context.shapes.of(op) is None:
            return
        if self.context.owned:
            self.check_capacity(op, count, element)
        elif not self.context.shapes.extent(op).fixed:
            self.from_arena(location, count, element)
        if self.keep and location.counter:
            self.say(f"{location.counter} = {count};")

    def from_arena(self, location: Location, count: str, element: int) -> None:
        self.use("arena")
        size = f"sizeof({self.context.types.pointed(location.shape, '')})"
        if not self.keep:
            self.say(f"*needed += tdl_taken({count}, {size});")
            return
        pointer = self.context.types.pointed(location.shape, "*")
        self.say(f"{location.text} = ({pointer})tdl_take(arena, {count}, {size});")
        self.fail_if(f"{location.text} == NULL", "TDL_ARENA", element)

    # --- arrays ------------------------------------------------------------------------------------------------

    def counted_array(self, op: plan.Repeat, location: Location, element: int, stride: int | None, count: str) -> None:
        self.pay(op, count, element)
        self.room(op, location, count, element)
        if stride and not op.empty_body:
            self.plain_array(op, location, element, stride, count)
        else:
            self.elements(op, location, count)

    def fixed_array(self, op: plan.Repeat, location: Location, element: int, stride: int) -> None:
        """Elements that are part of the run."""
        assert isinstance(op.count, Const)
        count = op.count.value
        self.grow(count * stride, element)
        self.run_leaves += 1
        if self.keep:
            with self.steps(op, count, stride, "const uint8_t") as index:
                self.value(op.body, self.inner(op, location, index))
        else:
            self.ahead += count * stride

    def plain_array(self, op: plan.Repeat, location: Location, element: int, stride: int, count: str) -> None:
        """Elements of one size, with one check for all."""
        most = self.scope.bounds(op.count)[1]
        if most * stride <= _MOST_OCTETS:
            condition = f"(size_t)(end - p) < ({count} * {stride}u)"
        else:
            condition = f"((size_t)(end - p) / {stride}u) < {count}"
        with self.inside(f"if ({condition})"):
            self.truncated(element, fused=True)
        if not self.keep:
            self.jump(f"{count} * {stride}u")
            return
        self.at = None
        self.uncounted += 1
        self.body(op, location, count, min(most, plan.MAX_OCTETS))
        self.uncounted -= 1

    def elements(self, op: plan.Repeat, location: Location, count: str) -> None:
        """Elements that need checks of their own."""
        start, size = self.at, self.context.fixed_size(op)
        self.at = None
        self.body(op, location, count, min(self.scope.bounds(op.count)[1], plan.MAX_OCTETS))
        self.at = start + size if start is not None and size is not None else None

    def body(self, op: plan.Repeat, location: Location, count: str, most: int) -> None:
        with self.loop(op, count, most) as index:
            inner = self.inner(op, location, index)
            self.value(op.body, inner)
            if self.uncounted:
                self.advance()
            else:
                self.settle()

    def inner(self, op: plan.Repeat, location: Location, index: str) -> Location:
        """The place of one element; records get a pointer."""
        if not isinstance(location.shape, Array):
            return Location(text="", counter="", shape=location.shape)
        inner = self.context.types.element(location, index)
        if self.keep and isinstance(op.body, plan.Group | plan.Bits):
            pointer = self.fresh("r")
            struct = self.context.types.declaration(inner.shape, f"*const {pointer}")
            self.say(f"{struct} = &{inner.text};")
            return Location(text=f"{pointer}->", counter="", shape=inner.shape)
        return inner

    # --- bit fields --------------------------------------------------------------------------------------------

    def bits(self, op: plan.Bits, location: Location) -> None:
        element = self.context.elements.number(op)
        outer, self.element = self.element, element
        settled = self.settled_fields(op.fields)
        if self.obligations(op.order) or not settled:
            self.need(op.octets, element)
            self.oblige_order(op.order, element)
        else:
            self.grow(op.octets, element)
        self.entered(op)
        if self.keep or not settled or any(id(f) in self.wanted for f in op.fields):
            self.word(op, location, settled)
        self.ahead += op.octets
        self.element = outer

    def word(self, op: plan.Bits, location: Location, settled: bool) -> None:
        self.reset_flags(op.fields)
        with self.inside(""):
            word = self.fresh("w")
            type_ = "uint64_t" if op.octets > 4 else "uint32_t"
            self.say(f"const {type_} {word} = {self.load(op.octets, self.flag(op.order))};")
            self.scope.frames.append(Frame(op, location))
            shape = self.context.shapes.of(op)
            spare = self.keep and isinstance(shape, BitRecord) and shape.spare
            whole = (1 << 8 * op.octets) - 1
            covered = ""
            if spare and not settled:
                covered = self.fresh("c")
                self.say(f"{type_} {covered} = 0u;")
            if not self.keep and settled and not any(id(f) in self.wanted for f in op.fields):
                self.say(f"(void){word};")
            self.fields(op.fields, op.octets, word, covered)
            if not self.keep:
                self.say(f"(void){word};")
            if spare:
                assert isinstance(shape, BitRecord)
                container = integer(8 * op.octets, signed=False)
                dot = "" if location.text.endswith("->") else "."
                mask = f"~{covered}" if covered else f"0x{whole & ~_covered(op.fields):X}u"
                limit = f" & 0x{whole:X}u" if covered else ""
                self.say(f"{location.text}{dot}spare = ({container})({word} & {mask}{limit});")
            self.scope.frames.pop()

    def field(self, op: plan.Field, octets: int, word: str, covered: str) -> None:
        frame = self.scope.frames[-1]
        element = self.context.elements.number(op)
        location = self.own_place(op, frame.location)
        self.oblige_form(op.form, element)
        text = self.field_text(op, octets, word)
        if self.keep:
            self.say(f"{location.text} = {text};")
        elif id(op) in self.wanted:
            self.say(f"{self.use(self.variable_of(op))} = {text};")
        if covered:
            self.say(f"{covered} |= 0x{((1 << op.width) - 1) << op.low:X}u;")
        if id(op) in self.flags:
            self.say(f"{self.use(self.flag_of(op))} = 1u;")
        self.see(op)

    def field_text(self, op: plan.Field, octets: int, word: str) -> str:
        """A field of a container's word as its type."""
        mask = (1 << op.width) - 1
        shifted = f"({word} >> {op.low}u)" if op.low else word
        bits = shifted if op.low + op.width == 8 * octets and octets in (4, 8) else f"({shifted} & 0x{mask:X}u)"
        signed = op.kind == "int"
        type_ = integer(op.width, signed=signed)
        if not signed:
            text = f"({type_}){bits}"
        elif op.form is not None and op.form != Const(value=0):
            text = f"({type_})tdl_signed({bits}, {op.width}u, {self.form(op.form)})"
        elif op.width > 32:
            text = f"({type_})tdl_signed64({bits}, {op.width}u)"
        else:
            narrow = f"(uint32_t){bits}" if octets > 4 else bits
            text = f"({type_})tdl_signed32({narrow}, {op.width}u)"
        return text

    # --- a type that another value selects -------------------------------------------------------------------------

    def variant_leaf(
        self, op: plan.Choose, leaf: plan.Take | plan.Builtin, location: Location, selector: str, element: int
    ) -> None:
        if leaf.octets:
            self.grow(leaf.octets, element)
            self.close()
        self.oblige_order(leaf.order, element)
        if isinstance(leaf, plan.Take):
            self.oblige_form(leaf.form, element)
        if self.keep and self.context.shapes.of(op) is not None:
            self.say(f"{location.text}.format = (uint8_t){selector};")
            self.say(f"{location.text}.length = {leaf.octets}u;")
            if leaf.octets:
                self.say(f"tdl_copy({location.text}.octets, p, {leaf.octets}u);")

    # --- what expressions read ------------------------------------------------------------------------------------

    def place(self, op: plan.AnyOp, holder: Location) -> Location:
        location = self.own_place(op, holder)
        if self.keep:
            return location
        name = self.variable_of(op)
        if isinstance(op, plan.Bytes):
            if id(op) in self.wanted:
                self.uses.update((name, f"{name}_length"))
            return Location(text=name, counter=f"{name}_length", shape=location.shape)
        scalar = isinstance(op, plan.Take | plan.Field)
        return Location(text=name if scalar else "", counter="", shape=location.shape)

    def variable_of(self, op: plan.AnyOp) -> str:
        return f"e{self.context.elements.number(op)}"


def _covered(ops: tuple[plan.AnyOp, ...]) -> int:
    covered = 0
    for op in ops:
        if isinstance(op, plan.Field):
            covered |= ((1 << op.width) - 1) << op.low
    return covered
