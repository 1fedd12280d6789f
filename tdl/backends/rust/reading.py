"""Decoding as Rust: octets to a value, or only a verdict on them."""

from __future__ import annotations

from tdl.backends.rust.emitter import Context, Emitter, Holder
from tdl.backends.rust.leaves import covered_by, load, slot_number, variant_call, widened
from tdl.backends.rust.slots import Cell, Slots, cell
from tdl.backends.rust.types import Struct, integer, is_array, is_inline, moment_kind, wrapper
from tdl.backends.shapes.shape import Array, BitRecord, Octets, Record
from tdl.ir import plan
from tdl.ir.expr import Const
from tdl.ir.formats import MOMENT_OCTETS
from tdl.ir.traverse import walk


class Reading(Emitter):
    """Walks octets with the reader ``r``.

    A run is what one check covers: fixed octets that follow each other without anything between them that can fail.

    Args:
        keep: whether values are made; else only the slots are.
    """

    def __init__(self, context: Context, slots: Slots, *, keep: bool) -> None:
        super().__init__(context, slots)
        self.keep = keep
        self.run = ""
        self.run_line = self.run_octets = self.run_element = self.run_level = 0
        self.in_row = False

    def body(self) -> list[str]:
        """The lines of the function up to its value, which the last one is."""
        op = self.context.table.root
        assert isinstance(op, plan.Group | plan.Bits)
        struct = self.context.struct if self.keep else None
        value = self.group(op, struct) if isinstance(op, plan.Group) else self.bits(op, struct)
        self.settle()
        self.say("r.end()?;")
        if self.keep:
            self.say(f"Ok({value or f'{self.context.struct.name} {{}}'})")
        return self.lines

    # --- runs --------------------------------------------------------------------------------------------------

    def grow(self, octets: int, element: int) -> tuple[str, int]:
        """Take octets into the run, or into a new one; the run's variable, and where in it they are."""
        if not self.run:
            self.run = self.fresh("run")
            self.run_line, self.run_octets, self.run_element = len(self.lines), 0, element
            self.run_level = self.level
        at = self.run_octets
        self.run_octets += octets
        return self.run, at

    def settle(self) -> None:
        """End the run: put its check where it began."""
        if self.run and not self.in_row:
            if self.run_octets:
                line = f"let {self.run} = r.run::<{self.run_octets}>({self.run_element})?;"
                self.lines.insert(self.run_line, "    " * self.run_level + line)
            self.run = ""

    def need(self, octets: int, element: int) -> None:
        """An element that can fail otherwise, too, has a check that comes before that."""
        self.settle()
        self.say(f"r.need({octets}, {element})?;")

    # --- records -----------------------------------------------------------------------------------------------

    def group(self, op: plan.Group, struct: Struct | None) -> str:
        """Move a record; its value, or "" without one."""
        holder = Holder(op=op, struct=struct, suffix=f"_{self.context.elements.number(op)}")
        self.declare(holder)
        with self.frame(holder):
            self.members(op.ops)
        return literal_of(holder)

    def declare(self, holder: Holder) -> None:
        """The variables of elements that some images do not have."""
        for field in holder.struct.fields.values() if holder.struct else ():
            if field.optional:
                self.say(f"let mut {field.variable}{holder.suffix}: Option<{field.type}> = None;")

    def member(self, op: plan.AnyOp) -> None:
        field = self.field_of(op) if self.keep else None
        if isinstance(op, plan.Group | plan.Repeat):
            self.come_by(op)
        value = self.value(op, wanted=field is not None)
        if field is not None:
            name = f"{field.variable}{self.holders[-1].suffix}"
            self.say(f"{name} = Some({value});" if field.optional else f"let {name} = {value};")

    def value(self, op: plan.AnyOp, *, wanted: bool) -> str:
        """Move one value; its text if it is wanted."""
        match op:
            case plan.Group():
                shape = self.context.shapes.of(op)
                inner = self.context.types.of(shape) if wanted and isinstance(shape, Record) else None
                return self.group(op, inner)
            case plan.Bits():
                shape = self.context.shapes.of(op)
                return self.bits(op, self.context.types.of(shape) if wanted and isinstance(shape, BitRecord) else None)
            case plan.Repeat():
                return self.repeat(op, wanted=wanted)
            case plan.Choose():
                return self.variant(op)
            case plan.Take():
                return self.take(op, wanted=wanted)
            case plan.Builtin():
                return self.builtin(op, wanted=wanted)
            case plan.Bytes():
                return self.octets(op, wanted=wanted)
            case plan.Opaque():
                return self.opaque(op, wanted=wanted)
            case _:
                raise AssertionError(op)

    # --- leaves ------------------------------------------------------------------------------------------------

    def take(self, op: plan.Take, *, wanted: bool) -> str:
        element = self.context.elements.number(op)
        if not (self.is_sure(op.order, "order") and self.is_sure(op.form, "form")):
            self.need(op.octets, element)
        order, form = self.order(op.order, element), self.form(op.form, element)
        run, at = self.grow(op.octets, element)
        noted = self.wants(op, "number")
        if not (wanted or noted):
            self.come_by(op)
            return ""
        bits = load(run, at, op.octets, order)
        if op.kind == "float":
            self.come_by(op)
            return f"f{8 * op.octets}::from_bits({bits})"
        direct = op.kind == "int" and op.octets in (1, 2, 4, 8) and form == "0"
        text = load(run, at, op.octets, order, signed=True) if direct else self.whole(op, bits, form)
        if noted and not op.decimals:
            name = self.fresh("x")
            self.say(f"let {name} = {text};")
            self.come_by(op, number=slot_number(name, op.kind, 8 * op.octets, form))
            text = name
        else:
            self.come_by(op)
        if op.decimals:
            return f"Scaled({text})"
        code = self.context.types.codes.find(op.enumeration, integer(8 * op.octets, signed=op.kind == "int"))
        return f"{code}({text})" if code else text

    def whole(self, op: plan.Take, bits: str, form: str) -> str:
        """The bits of a whole number as its type."""
        width = 8 * op.octets
        if op.kind == "uint":
            return bits
        type_ = integer(width, signed=True)
        return f"signed({widened(bits, op.octets)}, {width}, {form}) as {type_}".replace(" as i64", "")

    def builtin(self, op: plan.Builtin, *, wanted: bool) -> str:
        element = self.context.elements.number(op)
        if not self.is_sure(op.order, "order"):
            self.need(op.octets, element)
        order = self.order(op.order, element)
        if not op.octets:
            self.settle()
            self.come_by(op)
            return ""
        run, at = self.grow(op.octets, element)
        self.come_by(op)
        if not wanted:
            return ""
        if op.kind in MOMENT_OCTETS:
            raw = f"&part::<{op.octets}>({run}, {at})"
            return f"Moment::from_octets({moment_kind(op.kind)}, {op.variant}, {order}, {raw})"
        return self.digits(op, run, at)

    def digits(self, op: plan.Builtin, run: str, at: int) -> str:
        """A number in characters or digits."""
        return f"{wrapper(op.kind)}(part({run}, {at}))"

    def octets(self, op: plan.Bytes, *, wanted: bool) -> str:
        element = self.context.elements.number(op)
        constant = op.length.value if isinstance(op.length, Const) else -1
        fixed = 0 <= constant <= plan.MAX_OCTETS
        if fixed and self.is_sure(op.charset, "charset"):
            run, at = self.grow(constant, element)
            if self.wants(op, "set"):
                self.come_by(op, octets=f"slice({run}, {at}, {constant})" if constant else "&[]")
            else:
                self.come_by(op)
            text = f"slice({run}, {at}, {constant})"
            inline = f"part({run}, {at})"
        else:
            self.settle()
            length = self.dimension(op.length, element)
            if not self.is_sure(op.charset, "charset"):
                self.say(f"r.need({length}, {element})?;")
                self.charset(op.charset, element)
            name = self.fresh("o")
            used = wanted or self.wants(op, "set")
            self.say(f"{f'let {name} = ' if used else ''}r.octets({length}, {element})?;")
            self.come_by(op, octets=name)
            text, inline = name, f"part({name}, 0)"
        return self.wrapped(op, text, inline) if wanted else ""

    def wrapped(self, op: plan.AnyOp, text: str, inline: str) -> str:
        shape = self.context.shapes.of(op)
        assert isinstance(shape, Octets)
        return f"{wrapper(shape.form)}({inline if is_inline(shape.extent, 1) else f'{text}.to_vec()'})"

    def opaque(self, op: plan.Opaque, *, wanted: bool) -> str:
        self.settle()
        element = self.context.elements.number(op)
        name = self.fresh("o")
        limit = self.dimension(op.limit, element)
        self.say(f"let {name} = r.up_to({limit});" if wanted else f"r.up_to({limit});")
        self.come_by(op)
        return self.wrapped(op, name, "") if wanted else ""

    def variant(self, op: plan.Choose) -> str:
        """A type that another value selects."""
        self.settle()
        element = self.context.elements.number(op)
        name = self.fresh("x")
        leaves = [leaf for arm in op.arms for leaf in arm.ops]
        if not leaves:
            self.say(f"r.refuse({element})?;")
            shape = self.context.shapes.of(op)
            return self.context.types.default(shape) if shape is not None else ""
        selector = self.number(op.selector, element)
        self.say(f"let {name} = r.{variant_call(self, op, leaves, selector, element)}?;")
        self.come_by(op)
        return name

    # --- arrays ------------------------------------------------------------------------------------------------

    def repeat(self, op: plan.Repeat, *, wanted: bool) -> str:
        element = self.context.elements.number(op)
        shape = self.context.shapes.of(op)
        if isinstance(op.count, Const) and op.count.value and self.is_plain(op):
            run, at = self.grow(op.count.value * self.context.sizes.of(op.body)[0], element)
            octets = f"slice({run}, {at}, {op.count.value * self.context.sizes.of(op.body)[0]})"
            return self.rows(op, shape, octets, str(op.count.value)) if wanted and isinstance(shape, Array) else ""
        self.settle()
        if self.is_empty(op):
            return ""
        count = self.dimension(op.count, element)
        if op.empty_body:
            self.say(f"r.pay({count}, {element})?;")
        columns = [(slot, cell(op.body, path)) for slot, path in self.columns(op)]
        start = self.fresh("o") if columns else ""
        if start:
            self.say(f"let {start} = r.rest();")
        if not op.empty_body and self.is_plain(op.body):
            stride, number = self.context.sizes.of(op.body)[0], self.context.elements.number(op.body)
            octets = f"r.rows({count}, {stride}, {self.arrays}, {number})?"
            kept = wanted and isinstance(shape, Array)
            text = self.rows(op, shape, octets, count) if kept and isinstance(shape, Array) else ""
            if not kept:
                self.say(f"{octets};")
        elif wanted and isinstance(shape, Array):
            text = self.kept_array(op, shape, count)
        else:
            text = self.passed(op, count)
        for slot, found in columns:
            if self.is_sure(found.order, "order") and self.is_sure(found.form, "form"):
                self.say(f"{slot.name} = Some({self.column(found, start, count, element)});")
            else:
                self.say(f"{slot.name} = Some(Column::of_octets(&[]));")
                with self.inside(f"if {count} > 0"):
                    self.say(f"{slot.name} = Some({self.column(found, start, count, element)});")
        return text

    def rows(self, op: plan.Repeat, shape: Array, octets: str, count: str) -> str:
        """An array whose octets have been taken, all elements having as many."""
        name, row = self.fresh("a"), self.fresh("run")
        stride, inner = self.context.sizes.of(op.body)[0], self.context.types.type(shape.of)
        inline = is_array(shape)
        if not inline:
            self.say(f"let mut {name}: Vec<{inner}> = Vec::with_capacity({count});")
        chunks = f"{octets}.chunks_exact({stride})"
        if inline:
            default = self.context.types.default(shape.of)
            self.say(f"let mut {name}: [{inner}; {count}] = core::array::from_fn(|_| {default});")
            head = f"for (item, octets) in {name}.iter_mut().zip({chunks})"
        elif chunks.startswith("r."):
            taken = self.fresh("o")
            self.lines.insert(len(self.lines) - 1, "    " * self.level + f"let {taken} = {octets};")
            head = f"for octets in {taken}.chunks_exact({stride})"
        else:
            head = f"for octets in {chunks}"
        outer = self.run, self.run_octets, self.in_row
        with self.inside(head):
            self.say(f"let {row} = row::<{stride}>(octets);")
            self.run, self.run_octets, self.in_row = row, 0, True
            value = self.value(op.body, wanted=True)
            self.say(f"*item = {value};" if inline else f"{name}.push({value});")
        self.run, self.run_octets, self.in_row = outer
        return name

    def kept_array(self, op: plan.Repeat, shape: Array, count: str) -> str:
        name, index = self.fresh("a"), self.fresh("i")
        inner = self.context.types.type(shape.of)
        if is_array(shape):
            default = self.context.types.default(shape.of)
            self.say(f"let mut {name}: [{inner}; {shape.extent.most}] = core::array::from_fn(|_| {default});")
            with self.loop(op, f"for ({index}, item) in {name}.iter_mut().enumerate()", index):
                value = self.element_value(op, wanted=True)
                self.say(f"*item = {value};")
            return name
        least = self.context.sizes.of(op.body)[0]
        self.say(f"let mut {name}: Vec<{inner}> = Vec::with_capacity(r.room({count}, {least}));")
        with self.loop(op, f"for {index} in 0..{count}", index):
            value = self.element_value(op, wanted=True)
            self.say(f"{name}.push({value});")
        return name

    def passed(self, op: plan.Repeat, count: str) -> str:
        index = self.fresh("i")
        with self.loop(op, f"for {index} in 0..{count}", index):
            self.element_value(op, wanted=False)
        return ""

    def element_value(self, op: plan.Repeat, *, wanted: bool) -> str:
        if isinstance(op.body, plan.Group):
            self.come_by(op.body)
        return self.value(op.body, wanted=wanted)

    def column(self, found: Cell, start: str, count: str, element: int) -> str:
        shape = (
            f"ColumnShape {{ stride: {found.stride}, offset: {found.offset}, octets: {found.octets}, "
            f"low: {found.low}, width: {found.width}, signed: {str(found.signed).lower()} }}"
        )
        order, form = self.order(found.order, element), self.form(found.form, element)
        return f"Column::new({start}, {count}, {shape}, {order}, {form})"

    # --- bit fields --------------------------------------------------------------------------------------------

    def bits(self, op: plan.Bits, struct: Struct | None) -> str:
        element = self.context.elements.number(op)
        settled = self.settled_fields(op.fields)
        sure = self.is_sure(op.order, "order")
        if not (sure and settled):
            self.need(op.octets, element)
        order = self.order(op.order, element)
        holder = Holder(op=op, struct=struct, suffix=f"_{element}")
        if self.holders:
            self.come_by(op)
        frames = (*self.expressions.frames, op)
        noted = (slot for below in walk(op) for slot in self.slots.at(frames, below) if below is not op)
        wanted = struct is not None or any(slot.kind == "number" for slot in noted)
        word = self.fresh("w") if wanted else "_"
        if settled:
            run, at = self.grow(op.octets, element)
            text = widened(load(run, at, op.octets, order), op.octets)
        else:
            text = f"word(r.rest().get(..{op.octets}).unwrap_or(&[]), {order})"
        if wanted:
            self.say(f"let {word} = {text};")
        self.declare(holder)
        spare = struct is not None and bool(struct.spare)
        covered = self.fresh("c") if spare and not settled else ""
        if covered:
            self.say(f"let mut {covered} = 0_u64;")
        with self.frame(holder):
            self.fields(op.fields, word, covered)
        if not settled:
            self.say(f"r.octets({op.octets}, {element})?;")
        if struct is not None and spare:
            whole = (1 << 8 * op.octets) - 1
            mask = f"!{covered} & 0x{whole:X}" if covered else f"0x{whole & ~covered_by(op.fields):X}"
            cast = "" if struct.spare == "u64" else f" as {struct.spare}"
            text = f"{word} & {mask}"
            self.say(f"let spare_{element} = {f'({text}){cast}' if cast else text};")
        return literal_of(holder)

    def bit_field(self, op: plan.Field, word: str, covered: str) -> None:
        element = self.context.elements.number(op)
        form = self.form(op.form, element)
        field = self.field_of(op) if self.keep else None
        if covered:
            self.say(f"{covered} |= 0x{((1 << op.width) - 1) << op.low:X};")
        noted = self.wants(op, "number")
        if field is None and not noted:
            self.come_by(op)
            return
        mask = f" & 0x{(1 << op.width) - 1:X}" if op.width < 64 else ""
        bits = f"{word} >> {op.low}{mask}" if op.low else f"{word}{mask}"
        base = integer(op.width, signed=op.kind == "int")
        if op.kind == "int":
            text = f"signed({bits}, {op.width}, {form}) as {base}".replace(" as i64", "")
        else:
            text = bits if base == "u64" else f"({bits}) as {base}"
        if noted:
            name = self.fresh("x")
            self.say(f"let {name} = {text};")
            self.come_by(op, number=slot_number(name, op.kind, op.width, form))
            text = name
        else:
            self.come_by(op)
        if field is not None:
            if field.type == "bool":
                value = f"{text} != 0"
            else:
                value = text if field.type == base else f"{field.type}({text})"
            name = f"{field.variable}{self.holders[-1].suffix}"
            self.say(f"{name} = Some({value});" if field.optional else f"let {name} = {value};")

    def is_plain(self, op: plan.AnyOp) -> bool:
        """Whether an op has a constant size, and nothing in it can fail but the end of the octets."""
        frames = self.expressions.frames
        if any(True for _ in (*self.slots.at(frames, op), *self.slots.below(frames, op))):
            return False
        match op:
            case plan.Take():
                return self.is_sure(op.order, "order") and self.is_sure(op.form, "form")
            case plan.Builtin():
                return self.is_sure(op.order, "order")
            case plan.Bytes(length=Const(value=length)):
                return 0 <= length <= plan.MAX_OCTETS and self.is_sure(op.charset, "charset")
            case plan.Group(ops=ops):
                return not any(self.slots.in_frame(op)) and all(self.is_plain(each) for each in ops)
            case plan.Bits():
                sure = self.is_sure(op.order, "order") and self.settled_fields(op.fields)
                return sure and not any(self.slots.in_frame(op))
            case plan.Repeat(count=Const(value=count), body=body):
                return 0 <= count <= plan.MAX_OCTETS and (not count or not op.empty_body) and self.is_plain(body)
            case _:
                return False

    def settled_fields(self, ops: tuple[plan.AnyOp, ...]) -> bool:
        """Whether nothing can fail between the octets of a container and its fields."""
        return all(
            isinstance(op, plan.Fill) or (isinstance(op, plan.Field) and self.is_sure(op.form, "form")) for op in ops
        )


def literal_of(holder: Holder) -> str:
    """A struct whose fields are the variables that were made."""
    struct = holder.struct
    if struct is None:
        return ""
    parts = [f"{field.name}: {field.variable}{holder.suffix}" for field in struct.fields.values()]
    if struct.spare:
        parts.append(f"spare: spare{holder.suffix}")
    return f"{struct.name} {{ {', '.join(parts)} }}" if parts else f"{struct.name} {{}}"
