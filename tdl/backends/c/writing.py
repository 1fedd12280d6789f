"""Encoding as C: a struct to octets; also only their number, or only what other tables depend on."""

from __future__ import annotations

from enum import Enum

from tdl.backends.c.emitter import Emitter, sum_text
from tdl.backends.c.environment import RANGES, Value
from tdl.backends.c.frames import Frame, is_number, number_range
from tdl.backends.c.lines import Context
from tdl.backends.c.structs import Location, integer
from tdl.backends.shapes.making import always_covered
from tdl.backends.shapes.shape import Array, BitRecord
from tdl.ir import plan
from tdl.ir.expr import Const


class Purpose(Enum):
    """What a walk over a value is for."""

    ENCODE = "encode"
    SIZE = "size"
    FILL = "fill"


class Writing(Emitter):
    """Walks a value; ``p`` is where its octets go, or only counts them.

    Args:
        values: for `Purpose.FILL`, the values of the environment that the table holds.
    """

    def __init__(
        self,
        context: Context,
        flags: frozenset[int] = frozenset(),
        wanted: frozenset[int] = frozenset(),
        *,
        purpose: Purpose,
        values: tuple[Value, ...] = (),
    ) -> None:
        super().__init__(context, flags, wanted)
        self.purpose = purpose
        self.values = {value.reference.path: value for value in values}
        self.scope.trusted = False

    @property
    def stores(self) -> bool:
        return self.purpose is Purpose.ENCODE

    def run(self) -> None:
        """The whole function."""
        octets = self.whole() if self.stores else None
        if octets is not None:
            if octets:
                self.fail_if(f"capacity < {octets}u", "TDL_BUFFER", 0)
            self.uncounted += 1
        self.root()
        if octets is None:
            self.settle()
        match self.purpose:
            case Purpose.ENCODE if octets is not None:
                self.say(f"*size = {octets}u;")
            case Purpose.ENCODE:
                self.say("*size = (size_t)(p - image);")
            case Purpose.SIZE:
                self.say("*size = p;")
            case Purpose.FILL:
                self.say("(void)p;")
        self.say("return TDL_OK;")

    def offset(self, ahead: int) -> str:
        if self.stores or self.at is not None:
            return super().offset(ahead)
        return f"(uint32_t)(p + {ahead}u)" if ahead else "(uint32_t)p"

    def run_check(self, octets: int, element: int, leaves: int) -> None:
        if self.stores:
            self.fail_if(f"(size_t)(end - p) < {octets + self.ahead}u", "TDL_BUFFER", element)

    def room(self, octets: str, element: int) -> None:
        """The check for octets that are counted at run time."""
        if self.stores:
            self.fail_if(f"(size_t)(end - p) < {octets}", "TDL_BUFFER", element)

    def check_counted(self, run: list[plan.Bytes], counts: list[str]) -> None:
        if self.stores:
            self.room(sum_text(counts), self.context.elements.number(run[0]))

    # --- leaves ------------------------------------------------------------------------------------------------

    def leaf(self, op: plan.Take | plan.Bytes | plan.Builtin | plan.Opaque, location: Location) -> None:
        element = self.context.elements.number(op)
        match op:
            case plan.Take(octets=octets):
                self.grow(octets, element)
                if self.stores:
                    self.oblige_order(op.order, element)
                    self.oblige_form(op.form, element)
                    self.take(op, location, element)
                self.ahead += octets
                self.fill_number(op, location, element)
            case plan.Builtin(octets=octets):
                self.grow(octets, element)
                if self.stores:
                    self.oblige_order(op.order, element)
                    self.copy(location, octets)
                self.ahead += octets
            case plan.Bytes(length=Const(value=octets)) if 0 <= octets <= plan.MAX_OCTETS:
                self.grow(octets, element)
                if self.stores:
                    if op.charset is not None and self.obligations(op.charset):
                        self.attempt(op.charset, element)
                    self.copy(location, octets)
                self.ahead += octets
                self.fill_set(op, location, f"{octets}u")
            case plan.Bytes():
                self.dynamic_octets(op, location, element)
            case plan.Opaque():
                self.opaque(op, location, element)

    def take(self, op: plan.Take, location: Location, element: int) -> None:
        text, octets, signed = location.text, op.octets, op.kind == "int"
        width = 8 * octets
        if op.kind == "float":
            self.store(octets, self.flag(op.order), f"{text}.bits", "uint32_t" if octets == 4 else "uint64_t")
        elif signed and op.form is not None and op.form != Const(value=0):
            bits = self.fresh("b")
            self.use("problem")
            self.say(f"const uint64_t {bits} = tdl_bits({text}, {width}u, {self.form(op.form)}, &problem);")
            self.check_problem(element)
            self.store(octets, self.flag(op.order), bits, "uint64_t")
        else:
            self.check_range(text, width, element, signed=signed)
            self.store(octets, self.flag(op.order), text, integer(width, signed=signed))

    def check_range(self, text: str, width: int, element: int, *, signed: bool) -> None:
        """Refuse what so many bits do not hold, where the type has more."""
        if width in (8, 16, 32, 64):
            return
        high = (1 << width - (1 if signed else 0)) - 1
        if not signed:
            self.fail_if(f"{text} > 0x{high:X}u", "TDL_RANGE", element)
        else:
            top = f"INT64_C({high})" if width > 32 else str(high)
            self.fail_if(f"({text} < (-{top} - 1)) || ({text} > {top})", "TDL_RANGE", element)

    def store(self, octets: int, flag: str, text: str, type_: str) -> None:
        at = self.here()
        if octets == 1:
            self.say(f"{self.pointer}[{self.ahead}] = {text if type_ == 'uint8_t' else f'(uint8_t){text}'};")
        elif flag in ("le", "be"):
            wanted = "uint64_t" if octets > 4 else "uint32_t"
            cast = f"({wanted})" if type_.startswith("int") or (type_ == "uint64_t" and octets <= 4) else ""
            self.say(f"tdl_put_{flag}{octets}({at}, {cast}{text});")
        else:
            cast = "(uint64_t)" if type_.startswith("int") else ""
            self.say(f"tdl_store({at}, {cast}{text}, {octets}u, {flag} ? 1u : 0u);")

    def copy(self, location: Location, octets: int) -> None:
        if octets:
            self.say(f"tdl_copy({self.here()}, {location.text}, {octets}u);")

    def dynamic_octets(self, op: plan.Bytes, location: Location, element: int) -> None:
        self.settle()
        count = self.count(op.length, element)
        if count is None:
            return
        if self.stores and op.charset is not None and self.obligations(op.charset):
            self.attempt(op.charset, element)
        self.matches(op, location, count, element)
        if id(op) not in self.checked:
            self.room(count, element)
        if self.stores and self.context.shapes.of(op) is not None:
            self.say(f"tdl_copy(p, {location.text}, {count});")
        self.fill_set(op, location, count)
        self.jump(count)

    def opaque(self, op: plan.Opaque, location: Location, element: int) -> None:
        if op.limit == Const(value=0):
            return
        self.settle()
        limit = self.count(op.limit, element)
        if limit is None or self.context.shapes.of(op) is None:
            return
        self.fail_if(f"{location.counter} > {limit}", "TDL_LENGTH", element)
        if self.context.owned and not self.context.types.is_view(self.context.shapes.of(op)):
            self.check_capacity(op, location.counter, element)
        self.room(location.counter, element)
        if self.stores:
            self.say(f"tdl_copy(p, {location.text}, {location.counter});")
        self.jump(location.counter)

    def matches(self, op: plan.Bytes | plan.Repeat, location: Location, count: str, element: int) -> None:
        """Refuse a value of another number of elements or octets than its layout has."""
        if location.counter:
            self.fail_if(f"{location.counter} != {count}", "TDL_LENGTH", element)
            if self.context.owned:
                self.check_capacity(op, count, element)

    # --- arrays ------------------------------------------------------------------------------------------------

    def counted_array(self, op: plan.Repeat, location: Location, element: int, stride: int | None, count: str) -> None:
        self.matches(op, location, count, element)
        self.pay(op, count, element)
        start, size = self.at, self.context.fixed_size(op)
        self.at = None
        self.body(op, location, count, min(self.scope.bounds(op.count)[1], plan.MAX_OCTETS))
        self.at = start + size if start is not None and size is not None else None

    def fixed_array(self, op: plan.Repeat, location: Location, element: int, stride: int) -> None:
        """Elements that are part of the run."""
        assert isinstance(op.count, Const)
        count = op.count.value
        self.grow(count * stride, element)
        if self.stores:
            with self.steps(op, count, stride, "uint8_t") as index:
                self.value(op.body, self.inner(op, location, index))
        elif not self.fills_below(op):
            self.ahead += count * stride
        else:
            self.fill_array(op, location, count, stride)

    def fill_array(self, op: plan.Repeat, location: Location, count: int, stride: int) -> None:
        """Elements that the environment wants, in a run."""
        self.advance()
        start = self.at
        self.uncounted += 1
        with self.inside(""):
            self.at = None
            self.body(op, location, f"{count}u", count)
        self.uncounted -= 1
        self.at = None if start is None else start + count * stride

    def body(self, op: plan.Repeat, location: Location, count: str, most: int) -> None:
        value = self.values.get((*op.path, "[]"))
        array = value if value is not None and is_number(op.body) and not self.context.owned else None
        if array is not None:
            element = self.context.elements.number(op)
            elements = self.fresh("a")
            self.say(f"int64_t *const {elements} = (int64_t *)tdl_take(arena, {count}, sizeof(int64_t));")
            self.use("arena")
            self.fail_if(f"{elements} == NULL", "TDL_ARENA", element)
        with self.loop(op, count, most) as index:
            inner = self.inner(op, location, index)
            if array is not None:
                self.say(f"{elements}[{index}] = (int64_t){inner.text};")
            self.value(op.body, inner)
            if self.uncounted:
                self.advance()
            else:
                self.settle()
        if array is not None:
            self.say(f"{array.text} = {elements};")
            self.say(f"{array.count} = {count};")
            self.known(array)

    def inner(self, op: plan.Repeat, location: Location, index: str) -> Location:
        """The place of one element; records get a pointer."""
        if not isinstance(location.shape, Array):
            return Location(text="", counter="", shape=location.shape)
        inner = self.context.types.element(location, index)
        if self.stores and isinstance(op.body, plan.Group | plan.Bits):
            pointer = self.fresh("r")
            struct = self.context.types.declaration(inner.shape, f"*const {pointer}")
            self.say(f"const {struct} = &{inner.text};")
            return Location(text=f"{pointer}->", counter="", shape=inner.shape)
        return inner

    def fills_below(self, op: plan.Repeat) -> bool:
        return (*op.path, "[]") in self.values

    # --- bit fields --------------------------------------------------------------------------------------------

    def bits(self, op: plan.Bits, location: Location) -> None:
        element = self.context.elements.number(op)
        outer, self.element = self.element, element
        self.grow(op.octets, element)
        self.reset_flags(op.fields)
        if self.stores:
            self.oblige_order(op.order, element)
        self.entered(op)
        with self.inside(""):
            self.scope.frames.append(Frame(op, location))
            if self.stores:
                self.word(op, location, element)
            else:
                self.fields(op.fields, op.octets, "", "")
            self.scope.frames.pop()
        self.ahead += op.octets
        self.element = outer

    def word(self, op: plan.Bits, location: Location, element: int) -> None:
        type_ = "uint64_t" if op.octets > 4 else "uint32_t"
        if self.settled_fields(op.fields) and all(getattr(field, "kind", "uint") != "int" for field in op.fields):
            self.plain_word(op, location, element, type_)
            return
        word = self.fresh("w")
        self.say(f"{type_} {word} = 0u;")
        shape = self.context.shapes.of(op)
        covered = ""
        if isinstance(shape, BitRecord) and shape.spare:
            covered = self.fresh("c")
            self.say(f"{type_} {covered} = 0u;")
        self.fields(op.fields, op.octets, word, covered)
        if covered:
            dot = "" if location.text.endswith("->") else "."
            spare = f"{location.text}{dot}spare"
            test = f"({spare} & {covered}) != 0u"
            if op.octets not in (1, 2, 4, 8):
                test = f"({test}) || ({spare} > 0x{(1 << 8 * op.octets) - 1:X}u)"
            self.fail_if(test, "TDL_RANGE", element)
            self.say(f"{word} |= {spare};")
        self.store(op.octets, self.flag(op.order), word, type_ if op.octets > 1 else "")

    def plain_word(self, op: plan.Bits, location: Location, element: int, type_: str) -> None:
        """A container whose fields have no sign and stand in no branch: one test for all of them."""
        tests: dict[int, list[str]] = {}
        causes, parts = [], []
        for field in op.fields:
            if not isinstance(field, plan.Field):
                continue
            text = self.own_place(field, location).text
            most = (1 << field.width) - 1
            parts.append(f"(({type_}){text} << {field.low}u)" if field.low else f"({type_}){text}")
            if field.width not in (8, 16, 32, 64):
                tests.setdefault(most, []).append(text)
                causes.append((f"{text} > 0x{most:X}u", self.context.elements.number(field)))
            self.see(field)
        conditions = [f"{_any_bits(texts, type_)} > 0x{most:X}u" for most, texts in tests.items()]
        shape = self.context.shapes.of(op)
        if isinstance(shape, BitRecord) and shape.spare:
            spare = f"{location.text}{'' if location.text.endswith('->') else '.'}spare"
            rest = ((1 << 8 * op.octets) - 1) & ~always_covered(op.fields)
            parts.append(f"({type_}){spare}")
            causes.append(("", element))
            conditions.append(f"({spare} | 0x{rest:X}u) != 0x{rest:X}u")
        if conditions:
            self.refuse_first(conditions, causes)
        word = self.fresh("w")
        self.say(f"const {type_} {word} = {' | '.join(parts)};")
        self.store(op.octets, self.flag(op.order), word, type_ if op.octets > 1 else "")

    def refuse_first(self, conditions: list[str], causes: list[tuple[str, int]]) -> None:
        """Refuse a number that its element cannot hold; the last cause needs no test."""
        *others, (_, last) = causes
        if len(conditions) == 1:
            (condition,) = conditions
        else:
            condition = " || ".join(f"({each})" for each in conditions)
        element = "".join(f"({test}) ? {number}u : " for test, number in others) + f"{last}u"
        with self.inside(f"if ({condition})"):
            self.say(f"return TDL_FAIL(error, TDL_RANGE, {element}, {self.offset(self.ahead)});")

    def field(self, op: plan.Field, octets: int, word: str, covered: str) -> None:
        frame = self.scope.frames[-1]
        element = self.context.elements.number(op)
        location = self.own_place(op, frame.location)
        if word:
            self.oblige_form(op.form, element)
            self.field_bits(op, octets, word, location, element)
            if covered:
                self.say(f"{covered} |= 0x{((1 << op.width) - 1) << op.low:X}u;")
        self.fill_number(op, location, element)
        if id(op) in self.flags:
            self.say(f"{self.use(self.flag_of(op))} = 1u;")
        self.see(op)

    def field_bits(self, op: plan.Field, octets: int, word: str, location: Location, element: int) -> None:
        type_ = "uint64_t" if octets > 4 else "uint32_t"
        mask = (1 << op.width) - 1
        text = location.text
        if op.kind == "int" and op.form is not None and op.form != Const(value=0):
            bits = self.fresh("b")
            self.use("problem")
            self.say(f"const uint64_t {bits} = tdl_bits({text}, {op.width}u, {self.form(op.form)}, &problem);")
            self.check_problem(element)
            text = bits if octets > 4 else f"({type_}){bits}"
        elif op.kind == "int":
            self.check_range(text, op.width, element, signed=True)
            text = f"(({type_}){text} & 0x{mask:X}u)"
        else:
            self.check_range(text, op.width, element, signed=False)
            text = f"({type_}){text}"
        self.say(f"{word} |= {f'({text} << {op.low}u)' if op.low else text};")

    # --- a type that another value selects -------------------------------------------------------------------------

    def variant_leaf(
        self, op: plan.Choose, leaf: plan.Take | plan.Builtin, location: Location, selector: str, element: int
    ) -> None:
        if self.stores:
            self.oblige_order(leaf.order, element)
            if isinstance(leaf, plan.Take):
                self.oblige_form(leaf.form, element)
            if self.context.shapes.of(op) is not None:
                self.fail_if(f"{location.text}.length != {leaf.octets}u", "TDL_LENGTH", element)
        if leaf.octets:
            self.grow(leaf.octets, element)
            self.close()
            if self.stores:
                self.say(f"tdl_copy(p, {location.text}.octets, {leaf.octets}u);")

    # --- what other tables depend on -------------------------------------------------------------------------------

    def fill_number(self, op: plan.Take | plan.Field, location: Location, element: int) -> None:
        value = self.values.get(op.path)
        if value is None or value.kind != "number" or not is_number(op):
            return
        low, high = number_range(op, whole=True)
        least, most = RANGES[value.type]
        if high > most:
            self.fail_if(f"{location.text} > {_bound(most)}", "TDL_RANGE", element)
        if low < least:
            self.fail_if(f"{location.text} < {_bound(least)}", "TDL_RANGE", element)
        self.say(f"{value.text} = ({value.type}){location.text};")
        self.known(value)

    def fill_set(self, op: plan.Bytes, location: Location, octets: str) -> None:
        value = self.values.get(op.path)
        if value is not None and value.kind == "set" and op.form == "set":
            self.say(f"{value.text} = {location.text or 'NULL'};")
            self.say(f"{value.count} = {octets};")
            self.known(value)

    def known(self, value: Value) -> None:
        octet, bit = value.flag
        self.say(f"env->known[{octet}] = (uint8_t)(env->known[{octet}] | 0x{bit:02X}u);")


def _any_bits(texts: list[str], type_: str) -> str:
    """The bits that some of several numbers has."""
    return texts[0] if len(texts) == 1 else f"({' | '.join(f'({type_}){text}' for text in texts)})"


def _bound(value: int) -> str:
    if -(2**31) < value < 2**31:
        return str(value)
    return f"0x{value:X}u" if value > 0 else f"(-INT64_C({-value}))"
