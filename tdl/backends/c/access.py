"""Reading and writing single numbers straight in an image, where their places are the same in every image."""

from __future__ import annotations

from collections.abc import Iterator

from tdl.backends.c.lines import Context
from tdl.backends.c.names import Identifiers
from tdl.backends.c.reading import Reading
from tdl.backends.c.structs import Location, integer
from tdl.backends.c.writing import Purpose, Writing
from tdl.backends.shapes.elements import NOT_FIXED, Element
from tdl.backends.shapes.shape import Record
from tdl.deferred import dataclass
from tdl.ir import plan
from tdl.ir.expr import Const


@dataclass(frozen=True, slots=True, kw_only=True)
class Accessor:
    """A pair of functions for one number, each with its parameters and lines."""

    element: str
    get: str
    get_lines: tuple[str, ...]
    set: str
    set_lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """The place of an element outside all arrays."""

    name: str
    offset: int
    octets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an element lies: a constant, and for each array around it a stride."""

    number: int
    element: Element
    offset: int
    strides: tuple[int, ...]

    @property
    def name(self) -> str:
        return "_".join(step for step in self.element.path if step != "[]")


class Access:
    """The elements of one table that have constant places."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._names = Identifiers()

    def constants(self) -> Iterator[Constant]:
        for place in self.places():
            fixed = place.element.octets != NOT_FIXED and place.element.kind != "FIELD"
            if fixed and place.element.path and not place.strides:
                name = self._names.take(f"{self.context.name}_{place.name}")
                yield Constant(name=name, offset=place.offset, octets=place.element.octets)

    def accessors(self) -> Iterator[Accessor]:
        for place in self.places():
            accessor = self.accessor(place)
            if accessor is not None:
                yield accessor

    def places(self) -> Iterator[Place]:
        """The elements that every image has at one place, or at one for each position in arrays."""
        around: list[tuple[Element, int, tuple[int, ...], int]] = []
        for number, element in enumerate(self.context.elements.all):
            while around and around[-1][3] <= number:
                around.pop()
            holder = around[-1] if around else None
            base, strides = (0, ()) if holder is None else holder[1:3]
            offset = NOT_FIXED if NOT_FIXED in (base, element.offset) or element.branched else base + element.offset
            inner = (offset, strides)
            if element.kind == "ARRAY":
                stride = self.context.elements.all[number + 1].octets
                known = offset != NOT_FIXED and stride != NOT_FIXED and element.count != NOT_FIXED
                inner = (offset, (*strides, stride)) if known else (NOT_FIXED, strides)
            elif holder is not None and (element.kind in ("RECORD", "BITS")):
                inner = (base if offset != NOT_FIXED else NOT_FIXED, strides)
            around.append((element, *inner, number + element.span))
            if offset != NOT_FIXED:
                yield Place(number=number, element=element, offset=offset, strides=strides)

    def accessor(self, place: Place) -> Accessor | None:
        op = place.element.op
        parameters = "".join(f", uint32_t i{n}" for n in range(len(place.strides)))
        steps = "".join(f" + ((size_t)i{n} * {stride}u)" for n, stride in enumerate(place.strides))
        base = f"image + {place.offset}u{steps}"
        match op:
            case plan.Take(order=Const(), kind="uint" | "int") if op.form in (None, Const(value=0)):
                type_ = integer(8 * op.octets, signed=op.kind == "int")
                getting, setting = self.number(op)
            case plan.Field() if op.form in (None, Const(value=0)):
                container = self.container(place.number)
                if container is None:
                    return None
                type_ = integer(op.width, signed=op.kind == "int")
                getting, setting = self.field(op, container)
            case _:
                return None
        name = self._names.take(place.name or "VALUE")
        return Accessor(
            element=".".join(place.element.path).replace(".[]", "[]"),
            get=f"{type_} {self.context.name}_get_{name}(const uint8_t *image{parameters})",
            get_lines=(f"const uint8_t *const p = {base};", *getting),
            set=f"tdl_code {self.context.name}_set_{name}(uint8_t *image{parameters}, {type_} value)",
            set_lines=(f"uint8_t *const p = {base};", *setting),
        )

    def number(self, op: plan.Take) -> tuple[list[str], list[str]]:
        reading, writing = Reading(self.context, keep=True), _Setting(self.context)
        bits = reading.load(op.octets, reading.flag(op.order))
        writing.take(op, _VALUE, 0)
        return [f"return {reading.converted(op, bits)};"], [*writing.plain, "return TDL_OK;"]

    def container(self, number: int) -> plan.Bits | None:
        """The bit field of a field, where its order of octets is constant."""
        for before in range(number - 1, -1, -1):
            op = self.context.elements.all[before].op
            if isinstance(op, plan.Bits):
                return op if isinstance(op.order, Const) else None
        return None

    def field(self, op: plan.Field, container: plan.Bits) -> tuple[list[str], list[str]]:
        reading, writing = Reading(self.context, keep=True), _Setting(self.context)
        octets = container.octets
        bits = reading.load(octets, reading.flag(container.order))
        type_ = "uint64_t" if octets > 4 else "uint32_t"
        mask = ((1 << op.width) - 1) << op.low
        rest = ((1 << 8 * octets) - 1) & ~mask
        writing.field_bits(op, octets, "w", _VALUE, 0)
        writing.store(octets, writing.flag(container.order), "w", type_ if octets > 1 else "")
        getting = [f"const {type_} w = {bits};", f"return {reading.field_text(op, octets, 'w')};"]
        return getting, [f"{type_} w = {bits} & 0x{rest:X}u;", *writing.plain, "return TDL_OK;"]


_VALUE = Location(text="value", counter="", shape=Record(type_name="", members=()))


class _Setting(Writing):
    """Lines that put one number to ``p``."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, purpose=Purpose.ENCODE)
        self.level = 0

    @property
    def plain(self) -> list[str]:
        return self.lines

    def failure(self, code: str, element: int) -> str:
        return f"return {code};"
