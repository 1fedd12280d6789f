"""Encoding as Rust: a value to octets."""

from __future__ import annotations

from tdl.backends.rust.emitter import Context, Emitter, Holder, elements_of
from tdl.backends.rust.leaves import covered_by, slot_number, variant_call
from tdl.backends.rust.slots import CannotExpress, Slots
from tdl.backends.rust.types import Field, integer, moment_kind
from tdl.backends.shapes.shape import Array, BitRecord, Record
from tdl.ir import plan
from tdl.ir.expr import Const
from tdl.ir.formats import MOMENT_OCTETS


class Writing(Emitter):
    """Walks a value with the writer ``w``."""

    walk = "w"

    def __init__(self, context: Context, slots: Slots) -> None:
        super().__init__(context, slots)
        self.expressions.column = self.item_of
        self.lists: dict[str, str] = {}
        self.branched = 0

    def body(self) -> list[str]:
        """The lines of the function."""
        op = self.context.table.root
        assert isinstance(op, plan.Group | plan.Bits)
        holder = Holder(op=op, struct=self.context.struct, text="value")
        if isinstance(op, plan.Group):
            self.group(op, holder)
        else:
            self.bits(op, holder)
        self.say("Ok(w.size())")
        return self.lines

    # --- records -----------------------------------------------------------------------------------------------

    def group(self, op: plan.Group, holder: Holder) -> None:
        self.declare(holder)
        with self.frame(holder):
            self.members(op.ops)
        self.nothing_more(holder, op.ops)

    def declare(self, holder: Holder) -> None:
        holder.suffix = f"_{self.context.elements.number(holder.op)}"
        for field in holder.struct.fields.values() if holder.struct else ():
            if field.optional:
                self.say(f"let mut {field.variable}{holder.suffix} = false;")

    def nothing_more(self, holder: Holder, ops: tuple[plan.AnyOp, ...]) -> None:
        """A value that the layout does not have here would be lost: refuse it."""
        outer, self.holders = self.holders, [*self.holders, holder]
        elements: dict[str, int] = {}
        for op in elements_of(ops):
            field = self.field_of(op)
            if field is not None:
                elements.setdefault(field.name, self.context.elements.number(op))
        self.holders = outer
        for field in holder.struct.fields.values() if holder.struct else ():
            if field.optional:
                written = f"{field.variable}{holder.suffix}"
                self.say(f"w.nothing(&{holder.text}.{field.name}, {written}, {elements[field.name]})?;")

    def member(self, op: plan.AnyOp) -> None:
        field = self.field_of(op)
        text = "" if field is None else self.given(op, field)
        self.value(op, text)

    def given(self, op: plan.AnyOp, field: Field) -> str:
        """The place of an element's value, which must be there."""
        holder = self.holders[-1]
        place = f"{holder.text}.{field.name}"
        if not field.optional:
            return place
        element = self.context.elements.number(op)
        name = self.fresh("v")
        self.say(f"let {name} = w.given(&{place}, {element})?;")
        self.say(f"{field.variable}{holder.suffix} = true;")
        return f"*{name}"

    def value(self, op: plan.AnyOp, text: str) -> None:
        """Move the value at a place, "" if it has none."""
        match op:
            case plan.Group():
                self.come_by(op)
                shape = self.context.shapes.of(op)
                struct = self.context.types.of(shape) if text and isinstance(shape, Record) else None
                self.group(op, Holder(op=op, struct=struct, text=dot(text)))
            case plan.Bits():
                shape = self.context.shapes.of(op)
                struct = self.context.types.of(shape) if text and isinstance(shape, BitRecord) else None
                self.come_by(op)
                self.bits(op, Holder(op=op, struct=struct, text=dot(text)))
            case plan.Repeat():
                self.come_by(op)
                self.repeat(op, text)
            case plan.Choose():
                self.variant(op, text)
            case plan.Take():
                self.take(op, text)
            case plan.Builtin():
                self.builtin(op, text)
            case plan.Bytes():
                element = self.context.elements.number(op)
                length = self.dimension(op.length, element)
                self.charset(op.charset, element)
                if text:
                    self.say(f"w.exactly({dot(text)}.octets(), {length}, {element})?;")
                elif length != "0":
                    self.say(f"w.count(0, {length}, {element})?;")
                self.come_by(op, octets=f"{dot(text)}.octets()" if text else "&[]")
            case plan.Opaque():
                element = self.context.elements.number(op)
                limit = self.dimension(op.limit, element)
                if text:
                    self.say(f"w.at_most({dot(text)}.octets(), {limit}, {element})?;")
                self.come_by(op)
            case _:
                raise AssertionError(op)

    # --- leaves ------------------------------------------------------------------------------------------------

    def take(self, op: plan.Take, text: str) -> None:
        element = self.context.elements.number(op)
        order, form = self.order(op.order, element), self.form(op.form, element)
        if op.kind == "float":
            bits = f"{dot(text)}.to_bits()" if op.octets == 8 else f"u64::from({dot(text)}.to_bits())"
            self.say(f"w.number::<{op.octets}>({bits}, {order}, {element})?;")
            self.come_by(op)
            return
        width, signed = 8 * op.octets, op.kind == "int"
        number = self.raw(text, op.enumeration, integer(width, signed=signed), scaled=bool(op.decimals))
        bits = self.bits_of(number, width, form, element, signed=signed)
        self.say(f"w.number::<{op.octets}>({bits}, {order}, {element})?;")
        self.come_by(op, number="" if op.decimals else slot_number(number, op.kind, width, form))

    def raw(self, text: str, enumeration: str | None, base: str, *, scaled: bool = False) -> str:
        """The integer in a value."""
        return f"{dot(text)}.0" if scaled or self.context.types.codes.find(enumeration, base) else text

    def bits_of(self, number: str, width: int, form: str, element: int, *, signed: bool) -> str:
        """The bits of a number that has as many, as 64 of them."""
        if signed:
            wide = number if width > 32 else f"i64::from({number})"
            return f"w.signed({wide}, {width}, {form}, {element})?"
        wide = number if width > 32 else f"u64::from({number})"
        return wide if width in (8, 16, 32, 64) else f"w.unsigned({wide}, {width}, {element})?"

    def builtin(self, op: plan.Builtin, text: str) -> None:
        element = self.context.elements.number(op)
        order = self.order(op.order, element)
        if op.octets and op.kind in MOMENT_OCTETS:
            self.say(f"w.same_moment({borrowed(text)}, {moment_kind(op.kind)}, {op.variant}, {order}, {element})?;")
        elif op.octets:
            self.say(f"w.exactly({dot(text)}.octets(), {op.octets}, {element})?;")
        self.come_by(op)

    def variant(self, op: plan.Choose, text: str) -> None:
        element = self.context.elements.number(op)
        leaves = [leaf for arm in op.arms for leaf in arm.ops]
        if not leaves:
            self.say(f"w.refuse({element})?;")
            return
        call = variant_call(self, op, leaves, self.number(op.selector, element), element)
        self.say(f"w.{call.replace('(', f'({borrowed(text)}, ', 1)}?;")
        self.come_by(op)

    # --- arrays ------------------------------------------------------------------------------------------------

    def repeat(self, op: plan.Repeat, text: str) -> None:
        if self.is_empty(op):
            for slot, _ in self.columns(op):
                self.lists[slot.name] = "None"
            return
        element = self.context.elements.number(op)
        count = self.dimension(op.count, element)
        if text:
            self.say(f"w.count({dot(text)}.len(), {count}, {element})?;")
        if op.empty_body:
            self.say(f"w.pay({count}, {element})?;")
        index, item = self.fresh("i"), self.fresh("e")
        kept = text and isinstance(self.context.shapes.of(op), Array)
        head = f"for ({index}, {item}) in {dot(text)}.iter().enumerate()" if kept else f"for {index} in 0..{count}"
        with self.loop(op, head, index):
            self.value(op.body, f"*{item}" if kept else "")
        for slot, path in self.columns(op):
            self.say(f"{slot.name} = Some(Column::of_octets(&[]));")
            self.lists[slot.name] = self.item(op, text, path)

    def item(self, op: plan.Repeat, text: str, path: tuple[str, ...]) -> str:
        """The number that the array's element at ``at`` has at a path."""
        shape, found = self.context.shapes.of(op), "each"
        body: plan.AnyOp = op.body
        inner = shape.of if isinstance(shape, Array) else None
        for name in path:
            if not isinstance(inner, Record | BitRecord):
                raise CannotExpress(op.path, "a reference into an array whose elements are not alike")
            struct = self.context.types.of(inner)
            below = body.ops if isinstance(body, plan.Group) else body.fields if isinstance(body, plan.Bits) else ()
            body = next(each for each in below if each.name == name)
            field = next(field for field in struct.fields.values() if field.element == name)
            found = f"{found}.{field.name}"
            inner = self.context.shapes.of(body)
        if (
            not isinstance(body, plan.Take | plan.Field)
            or not text
            or "v" in text.partition(".")[0].removeprefix("value")
        ):
            raise CannotExpress(op.path, "a reference into an array that is in a branch")
        width = 8 * body.octets if isinstance(body, plan.Take) else body.width
        base = integer(width, signed=body.kind == "int")
        if isinstance(body, plan.Field) and body.kind == "bool" and body.width == 1:
            raw = f"i64::from({found})"
        else:
            raw = self.raw("*each" if found == "each" else found, body.enumeration, base)
            raw = f"i64::try_from({raw}).unwrap_or(i64::MAX)" if base == "u64" else f"i64::from({raw})"
        if body.form is not None and not (isinstance(body.form, Const) and body.form.value == 0):
            raise CannotExpress(op.path, "a number of a form that is not known, as what others depend on")
        return f"usize::try_from(at).ok().and_then(|at| {dot(text)}.get(at)).map(|each| {raw})"

    def item_of(self, slot: str, at: str) -> str:
        if slot not in self.lists:
            raise CannotExpress((), "a reference into an array that has not come by")
        return f"{slot}.and_then(|_| {self.lists[slot]})"

    # --- bit fields --------------------------------------------------------------------------------------------

    def bits(self, op: plan.Bits, holder: Holder) -> None:
        element = self.context.elements.number(op)
        order = self.order(op.order, element)
        word = self.fresh("w")
        struct = holder.struct
        assert struct is not None or not op.fields or not holder.text
        branches = any(not isinstance(each, plan.Field | plan.Fill) for each in op.fields)
        spare = struct is not None and bool(struct.spare)
        covered = self.fresh("c") if spare and branches else ""
        self.say(f"let mut {word} = 0_u64;")
        if covered:
            self.say(f"let mut {covered} = 0_u64;")
        self.declare(holder)
        with self.frame(holder):
            self.fields(op.fields, word, covered)
        self.nothing_more(holder, op.fields)
        if spare and struct is not None:
            wide = f"{holder.text}.spare" if struct.spare == "u64" else f"u64::from({holder.text}.spare)"
            mask = covered or f"0x{covered_by(op.fields):X}"
            self.say(f"{word} |= w.spare({wide}, {mask}, {8 * op.octets}, {element})?;")
        self.say(f"w.number::<{op.octets}>({word}, {order}, {element})?;")

    def bit_field(self, op: plan.Field, word: str, covered: str) -> None:
        element = self.context.elements.number(op)
        field = self.field_of(op)
        assert field is not None
        text = self.given(op, field)
        form = self.form(op.form, element)
        signed = op.kind == "int"
        if field.type == "bool":
            number, bits = text, f"u64::from({text})"
        else:
            number = self.raw(text, op.enumeration if op.kind != "bool" else None, integer(op.width, signed=signed))
            bits = self.bits_of(number, op.width, form, element, signed=signed)
        self.say(f"{word} |= {f'({bits}) << {op.low}' if op.low else bits};")
        if covered:
            self.say(f"{covered} |= 0x{((1 << op.width) - 1) << op.low:X};")
        self.come_by(op, number=slot_number(number, op.kind, op.width, form))


def dot(place: str) -> str:
    """A place before a point, where Rust finds what a reference refers to by itself."""
    return place.removeprefix("*")


def borrowed(place: str) -> str:
    """A reference to a place."""
    return place[1:] if place.startswith("*") else f"&{place}"
