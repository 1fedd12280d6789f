"""Views as Rust: lazy readers of an image that read only what is asked for.

A view of a record knows where it begins. Elements behind others of fixed sizes lie at constant offsets; for all others
`seek` walks to them. A view of an array is an iterator.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tdl.backends.rust.emitter import Context, Holder, elements_of
from tdl.backends.rust.names import camel
from tdl.backends.rust.naming import Naming
from tdl.backends.rust.notes import line
from tdl.backends.rust.reading import Reading
from tdl.backends.rust.slots import Frame, Slots
from tdl.backends.rust.types import Field, Struct, wrapper
from tdl.backends.shapes.making import Shapes
from tdl.backends.shapes.shape import Array, BitRecord, Octets, Record, Shape
from tdl.deferred import dataclass
from tdl.ir import plan
from tdl.ir.formats import MOMENT_OCTETS
from tdl.ir.traverse import children

_NTH = (
    "    /// The element `n` further on, at once: all have as many octets.",
    "    fn nth(&mut self, n: usize) -> Option<Self::Item> {",
    "        let passed = n.min(self.len());",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A record or array that has a view: what is around it, and the view's name."""

    op: plan.Group | plan.Repeat
    frames: tuple[Frame, ...]
    arrays: int
    name: str


class Viewed(NamedTuple):
    """A record or array that is to have a view: what is around it, and the name that the view would have."""

    op: plan.Group | plan.Repeat
    frames: tuple[Frame, ...]
    arrays: tuple[plan.Repeat, ...]
    wanted: str


def viewed(table: plan.TablePlan, shapes: Shapes, struct: str) -> Iterator[Viewed]:
    """What of a table has a view, in order; ``struct`` is the name of its struct."""

    def below(op: plan.AnyOp, frames: tuple[Frame, ...], arrays: tuple[plan.Repeat, ...]) -> Iterator[Viewed]:
        if isinstance(op, plan.Group | plan.Repeat) and (shapes.of(op) is not None or not frames):
            kind = "View" if isinstance(op, plan.Group) else "Rows"
            inner = "".join(camel(step) for step in op.path if step != "[]") + "Item" * (op.path[-1:] == ("[]",))
            yield Viewed(op, frames, arrays, f"{struct}{inner}{kind}")
        elif not isinstance(op, plan.When | plan.Choose):
            return
        inside = (*frames, op) if isinstance(op, plan.Group) else frames
        around = (*arrays, op) if isinstance(op, plan.Repeat) else arrays
        for each in children(op):
            yield from below(each, inside, around)

    return below(table.root, (), ())


class Views:
    """The views of one table."""

    def __init__(self, context: Context, slots: Slots, names: Naming) -> None:
        self.context, self.slots = context, slots
        self.places: dict[int, Place] = {}
        self.arrays: dict[int, tuple[plan.Repeat, ...]] = {}
        found = [*viewed(context.table, context.shapes, context.struct.name)]
        own = names.of_views(context.table.key, [each.wanted for each in found if each.frames])
        named = iter(own)
        for each in found:
            name = next(named) if each.frames else each.wanted  # a table's own name is taken already
            self.places[id(each.op)] = Place(op=each.op, frames=each.frames, arrays=len(each.arrays), name=name)
            self.arrays[id(each.op)] = each.arrays
        self.env = bool(context.table.needs)
        self.seen = f"{context.struct.name}Seen" if slots.all and self.places else ""

    def lines(self) -> Iterator[str]:
        if self.seen:
            yield "#[derive(Clone, Copy, Debug)]"
            yield f"struct {self.seen}<'a> {{"
            for slot in self.slots.all:
                yield f"    {slot.name}: {slot.type.replace(chr(39) + '_', chr(39) + 'a')},"
            yield "    marker: core::marker::PhantomData<&'a [u8]>,"
            yield "}"
            yield ""
        for place in self.places.values():
            yield from self.struct(place)
            yield from self.record(place) if isinstance(place.op, plan.Group) else self.rows(place)

    def struct(self, place: Place) -> Iterator[str]:
        what = ".".join(place.op.path).replace(".[]", "[]") or self.context.table.name
        rows = isinstance(place.op, plan.Repeat)
        yield f"/// {'The elements' if rows else 'A view'} of `{line(what)}` in an image."
        yield f"#[derive(Clone, {'' if rows else 'Copy, '}Debug)]"
        yield f"pub struct {place.name}<'a> {{"
        yield "    r: Reader<'a>,"
        if self.env:
            yield "    env: &'a Env<'a>,"
        if self.seen:
            yield f"    seen: {self.seen}<'a>,"
        if rows:
            yield "    index: usize,"
            yield "    count: usize,"
            yield "    failed: Option<Error>,"
        yield "}"
        yield ""

    def made(self, place: Place, rows: str = "") -> str:
        """A view of what begins where the reader is."""
        parts = ["r", *(["env"] * self.env)]
        if self.seen:
            parts.append(f"seen: {self.all_seen()}")
        if rows:
            parts.append(rows)
        return f"{place.name} {{ {', '.join(parts)} }}"

    def all_seen(self) -> str:
        return f"{self.seen} {{ {', '.join(slot.name for slot in self.slots.all)}, marker: core::marker::PhantomData }}"

    def prologue(self, reader: str) -> Iterator[str]:
        """The variables that walks use, from a view."""
        yield f"let mut r = {reader}.r;"
        if self.env:
            yield f"let env = {reader}.env;"
        for slot in self.slots.all:
            yield f"let mut {slot.name} = {reader}.seen.{slot.name};"

    # --- records -----------------------------------------------------------------------------------------------

    def record(self, place: Place) -> Iterator[str]:
        op = place.op
        assert isinstance(op, plan.Group)
        shape = self.context.shapes.of(op)
        root = not place.frames
        struct = self.context.struct if root else self.context.types.of(shape) if isinstance(shape, Record) else None
        assert struct is not None
        yield f"impl<'a> {place.name}<'a> {{"
        seeking: list[plan.AnyOp] = []
        for field in struct.fields.values():
            yield from self.accessor(place, struct, field, seeking)
        if seeking:
            yield from self.seek(place, seeking)
        yield "}"
        yield ""

    def accessor(self, place: Place, struct: Struct, field: Field, seeking: list[plan.AnyOp]) -> Iterator[str]:
        op = place.op
        assert isinstance(op, plan.Group)
        probe = _Viewing(self, place)
        holder = Holder(op=op, struct=struct)
        probe.holders = [holder]
        ops = [each for each in elements_of(op.ops) if probe.field_of(each) is field]
        type_ = self.type(ops[0], field)
        shown = f"Option<{type_}>" if field.optional else type_
        yield f"    /// `{line(field.element)}`: {field.about}."
        yield "    ///"
        yield "    /// # Errors"
        yield "    /// The image ends before, or is of no layout up to here."
        yield f"    pub fn {field.name}(&self) -> Result<{shown}, Error> {{"
        lines: list[str] = []
        before = op.ops[: next((at for at, each in enumerate(op.ops) if each is ops[0]), 0)]
        if not field.optional and op.ops[len(before)] is ops[0] and probe.are_plain(before):
            emitter = _Viewing(self, place)
            emitter.holders = [holder]
            lines += [f"        {line}" for line in self.prologue("self")]
            lines += [f"        {line}" for line in emitter.position()]
            for earlier in before:
                emitter.member(earlier)
            value = emitter.shown(ops[0])
            emitter.settle()
            emitter.say(f"Ok({value})")
            lines += [f"    {line}" for line in emitter.lines]
        else:
            for each in reversed(ops):
                seeking.append(each)
                lines += self.found(place, holder, each, optional=field.optional)
            if field.optional:
                lines.append("        Ok(None)")
            else:
                lines.append(f"        Err(self.r.fail(Code::Absent, {self.context.elements.number(ops[0])}))")
        yield from lines
        yield "    }"
        yield ""

    def found(self, place: Place, holder: Holder, op: plan.AnyOp, *, optional: bool) -> Iterator[str]:
        """The value of an element if the walk comes by it."""
        emitter = _Viewing(self, place)
        emitter.holders = [holder]
        emitter.level = 2
        yield f"        if let Some(at) = self.seek({self.context.elements.number(op)})? {{"
        yield from (f"            {line}" for line in self.prologue("at"))
        yield from (f"            {line}" for line in emitter.position())
        value = emitter.shown(op)
        emitter.settle()
        emitter.say(f"return Ok({f'Some({value})' if optional else value});")
        yield from (f"    {line}" for line in emitter.lines)
        yield "        }"

    def seek(self, place: Place, stops: list[plan.AnyOp]) -> Iterator[str]:
        op = place.op
        assert isinstance(op, plan.Group)
        emitter = _Viewing(self, place)
        emitter.holders = [Holder(op=op, struct=None)]
        emitter.stops = {id(each): self.context.elements.number(each) for each in stops}
        lines = [f"        {line}" for line in (*self.prologue("self"), *emitter.position())]
        emitter.members(op.ops)
        emitter.settle()
        yield "    /// Where an element begins, if the image has it."
        yield "    fn seek(&self, element: u16) -> Result<Option<Self>, Error> {"
        yield from (*lines, *(f"    {line}" for line in emitter.lines))
        yield "        Ok(None)"
        yield "    }"

    # --- arrays ------------------------------------------------------------------------------------------------

    def rows(self, place: Place) -> Iterator[str]:
        op = place.op
        assert isinstance(op, plan.Repeat)
        shape = self.context.shapes.of(op)
        assert isinstance(shape, Array)
        item = self.item_type(op.body, shape.of)
        emitter = _Viewing(self, place)
        emitter.arrays = place.arrays + 1
        emitter.expressions.open.append(op.path)
        emitter.expressions.index = "self.index"
        lines = [f"        {line}" for line in self.prologue("self")]
        emitter.say(f"r.enter({place.arrays}, self.index);")
        if isinstance(op.body, plan.Group):
            emitter.come_by(op.body)
            emitter.say(f"let item = {self.made(self.places[id(op.body)])};")
            emitter.keep = False
            emitter.value(op.body, wanted=False)
        elif isinstance(op.body, plan.Repeat):
            emitter.say("let item = {")  # it reads for itself how long it is; this walk goes on to the next one
            emitter.level += 1
            emitter.say("let mut r = r;")
            emitter.say(emitter.shown(op.body))
            emitter.level -= 1
            emitter.say("};")
            emitter.keep = False
            emitter.value(op.body, wanted=False)
        else:
            value = emitter.shown(op.body)
            emitter.settle()
            emitter.say(f"let item = {value};")
        emitter.settle()
        emitter.say("self.r = r;")
        emitter.say("Ok(item)")
        lines += [f"    {line}" for line in emitter.lines]
        yield f"impl<'a> {place.name}<'a> {{"
        yield f"    fn element(&mut self) -> Result<{item}, Error> {{"
        yield from lines
        yield "    }"
        yield "}"
        yield ""
        yield f"impl<'a> Iterator for {place.name}<'a> {{"
        yield f"    type Item = Result<{item}, Error>;"
        yield ""
        yield "    /// The next element; all behind one that cannot be read have its error."
        yield "    fn next(&mut self) -> Option<Self::Item> {"
        yield "        if self.index >= self.count {"
        yield "            return None;"
        yield "        }"
        yield "        let item = match self.failed {"
        yield "            Some(error) => Err(error),"
        yield "            None => self.element(),"
        yield "        };"
        yield "        self.failed = item.as_ref().err().copied();"
        yield "        self.index = self.index.saturating_add(1);"
        yield "        Some(item)"
        yield "    }"
        yield ""
        stride = self.context.sizes.of(op.body)[0]
        if stride and emitter.is_plain(op.body):
            yield from _NTH
            yield f"        if self.failed.is_none() && self.r.skip(passed, {stride}) {{"
            yield "            self.index = self.index.saturating_add(passed);"
            yield "        } else {"
            yield "            self.by_ref().take(n).for_each(drop);"
            yield "        }"
            yield "        self.next()"
            yield "    }"
            yield ""
        yield "    fn size_hint(&self) -> (usize, Option<usize>) {"
        yield "        let left = self.count.saturating_sub(self.index);"
        yield "        (left, Some(left))"
        yield "    }"
        yield "}"
        yield ""
        yield f"impl ExactSizeIterator for {place.name}<'_> {{}}"
        yield ""

    # --- types -------------------------------------------------------------------------------------------------

    def type(self, op: plan.AnyOp, field: Field) -> str:
        shape = self.context.shapes.of(op)
        assert shape is not None
        return self.item_type(op, shape)

    def item_type(self, op: plan.AnyOp, shape: Shape) -> str:
        """What a view gives for a value."""
        if id(op) in self.places:
            return f"{self.places[id(op)].name}<'a>"
        if isinstance(shape, Octets) and shape.form not in MOMENT_OCTETS:
            return f"{wrapper(shape.form)}<&'a [u8]>"
        return self.context.types.type(shape)


class _Viewing(Reading):
    """A walk from the beginning of a view."""

    def __init__(self, views: Views, place: Place) -> None:
        super().__init__(views.context, views.slots, keep=False)
        self.views, self.place = views, place
        self.stops: dict[int, int] = {}
        self.arrays = place.arrays
        own = (place.op,) if isinstance(place.op, plan.Group) else ()
        self.expressions.frames = (*place.frames, *own)
        self.expressions.index = "around" if place.arrays else ""
        self.element = self.context.elements.number(place.op)
        self.expressions.open = [op.path for op in views.arrays[id(place.op)]]

    def position(self) -> Iterator[str]:
        """The variable that has the position in the array around."""
        if self.place.arrays:
            yield f"let around = r.position({self.place.arrays - 1});"

    def member(self, op: plan.AnyOp) -> None:
        if id(op) in self.stops:
            self.settle()
            parts = ["r"] + ["env"] * self.views.env
            if self.views.seen:
                parts.append(f"seen: {self.views.all_seen()}")
            with self.inside(f"if element == {self.stops[id(op)]}"):
                self.say(f"return Ok(Some(Self {{ {', '.join(parts)} }}));")
        super().member(op)

    def shown(self, op: plan.AnyOp) -> str:
        """What a view gives for an element here."""
        self.keep = True
        match op:
            case plan.Group():
                self.settle()
                self.come_by(op)
                return self.views.made(self.views.places[id(op)])
            case plan.Repeat():
                self.settle()
                self.come_by(op)
                element = self.context.elements.number(op)
                count = self.dimension(op.count, element)
                if op.empty_body:
                    self.say(f"r.pay({count}, {element})?;")
                return self.views.made(self.views.places[id(op)], f"index: 0, count: {count}, failed: None")
            case plan.Bits():
                shape = self.context.shapes.of(op)
                assert isinstance(shape, BitRecord)
                return self.bits(op, self.context.types.of(shape))
            case _:
                return self.value(op, wanted=True)

    def wrapped(self, op: plan.AnyOp, text: str, inline: str) -> str:
        shape = self.context.shapes.of(op)
        assert isinstance(shape, Octets)
        return f"{wrapper(shape.form)}({text})"

    def digits(self, op: plan.Builtin, run: str, at: int) -> str:
        return f"{wrapper(op.kind)}(slice({run}, {at}, {op.octets}))"

    def are_plain(self, ops: Sequence[plan.AnyOp]) -> bool:
        """Whether elements have constant sizes and nothing in them can fail but their end."""
        return all(self.is_plain(op) for op in ops)
