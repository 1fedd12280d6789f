"""Shapes as C has them: structs, their members, and how each is declared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from tdl.backends.c.names import Identifiers, plain
from tdl.backends.shapes.shape import (
    Array,
    BitMember,
    BitRecord,
    Extent,
    Member,
    Number,
    Octets,
    Real,
    Record,
    Shape,
    Structure,
    Variant,
)
from tdl.backends.shapes.structs import Structs
from tdl.deferred import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A member of a struct.

    Attributes:
        name: its identifier.
        counter: that of the member that says how many of its elements or octets there are, or "".
        declaration: as C writes it.
        about: what it means, where its type does not say it.
    """

    name: str
    declaration: str
    counter: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Struct:
    """A struct with its members in order; ``slots`` has them by element, ``named`` by their elements' names."""

    name: str
    structure: Structure
    slots: Mapping[Member | BitMember, Slot]
    named: Mapping[str, list[tuple[Member | BitMember, Slot]]]
    declarations: tuple[Slot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where a value is kept, and the number of its elements or octets if that is kept too."""

    text: str
    counter: str
    shape: Shape


class Types(Structs[Struct]):
    """The structs of a definition: one for each distinct structure, and for each array's element that has a counter.

    Args:
        owned: whether arrays of bounded length are part of the struct; they are in an arena otherwise.
    """

    def __init__(self, prefix: str, identifiers: Identifiers, *, owned: bool) -> None:
        self.prefix, self.identifiers, self.owned = prefix, identifiers, owned
        super().__init__()

    # --- structs -----------------------------------------------------------------------------------------------

    def _struct(self, structure: Structure) -> Struct:
        return self.record(structure) if isinstance(structure, Record) else self.bit_record(structure)

    def record(self, record: Record) -> Struct:
        names = Identifiers()
        slots: dict[Member | BitMember, Slot] = {}
        declared: list[Slot] = []
        for member in record.members:
            name = names.member(member.name or "VALUE")
            counter = self.counter(member.shape)
            if counter:
                counter = names.member(f"{name}_{counter}")
                declared.append(Slot(name=counter, declaration=f"uint32_t {counter}"))
            slot = Slot(
                name=name,
                declaration=self.declaration(member.shape, name),
                counter=counter,
                about=about(member.shape, optional=member.optional),
            )
            slots[member] = slot
            declared.append(slot)
        return self.struct(record, slots, declared)

    def bit_record(self, record: BitRecord) -> Struct:
        names = Identifiers()
        spare = names.take("spare")
        slots: dict[Member | BitMember, Slot] = {}
        for field in record.fields:
            name = names.member(field.name)
            declaration = f"{integer(field.width, signed=field.kind == 'int')} {name}"
            slots[field] = Slot(
                name=name, declaration=declaration, about=f"{field.width} bit{'s' if field.width > 1 else ''}"
            )
        declared = list(slots.values())
        if record.spare:
            declared.append(
                Slot(
                    name=spare,
                    declaration=f"{integer(8 * record.octets, signed=False)} spare",
                    about="the bits without a field, in their places",
                )
            )
        return self.struct(record, slots, declared)

    def struct(self, structure: Structure, slots: Mapping[Member | BitMember, Slot], declared: list[Slot]) -> Struct:
        name = self.identifiers.take(plain(f"{self.prefix}_{structure.type_name}"))
        named: dict[str, list[tuple[Member | BitMember, Slot]]] = {}
        for member, slot in slots.items():
            named.setdefault(member.name, []).append((member, slot))
        return Struct(name=name, structure=structure, slots=slots, named=named, declarations=tuple(declared))

    def counter(self, shape: Shape) -> str:
        """What a member's counter is called; "" if its type says how many there are."""
        match shape:
            case Array(extent=Extent(fixed=False)):
                return "count"
            case Octets(extent=Extent(fixed=False)):
                return "length"
            case _:
                return ""

    # --- declarations ------------------------------------------------------------------------------------------

    def declaration(self, shape: Shape, name: str) -> str:
        """A member of a shape as C declares it; of ``(*)`` the type of a pointer to it."""
        match shape:
            case Octets(extent=extent):
                view = "const " if self.is_view(shape) else ""
                return f"{view}uint8_t {self.many(name, extent)}"
            case Array(of=of, extent=extent):
                cell, many = self.cell(of), self.many(name, extent)
                pointed = many.startswith("*") and isinstance(cell, Octets | Array)
                return self.declaration(cell, f"({many})" if pointed else many)
            case Number(octets=octets, signed=signed):
                return f"{integer(8 * octets, signed=signed)} {name}"
            case Real(octets=octets):
                return f"tdl_float{8 * octets} {name}"
            case Variant():
                return f"tdl_variant {name}"
            case Record() | BitRecord():
                return f"{self.of(shape).name} {name}"
            case _:
                assert_never(shape)

    def many(self, name: str, extent: Extent) -> str:
        return f"{name}[{extent.most}]" if extent.fixed or (self.owned and extent.most is not None) else f"*{name}"

    def is_view(self, shape: Shape | None) -> bool:
        """Whether a value stays in the image: octets that nothing bounds, where there is no arena."""
        return self.owned and isinstance(shape, Octets) and shape.extent.most is None

    def pointed(self, shape: Shape, star: str) -> str:
        """The type of what an array or octets in an arena are, or of ``*`` the pointer to it."""
        if not isinstance(shape, Array):
            return f"uint8_t {star}".rstrip()
        cell = self.cell(shape.of)
        inline = isinstance(cell, Octets | Array)
        return self.declaration(cell, f"({star})" if star and inline else star).rstrip()

    def cell(self, of: Shape) -> Shape:
        """What an array has for each element: a struct around one that needs a counter."""
        if isinstance(of, Octets | Array) and not of.extent.fixed:
            return Record(type_name="CELL", members=(Member(name="ITEM", shape=of),))
        return of

    def element(self, array: Location, index: str) -> Location:
        """The place of an array's element."""
        assert isinstance(array.shape, Array)
        of = array.shape.of
        text = f"{array.text}[{index}]"
        cell = self.cell(of)
        if cell == of:
            return Location(text=text, counter="", shape=of)
        assert isinstance(cell, Record)
        slot = self.structs[cell].slots[cell.members[0]]
        return Location(text=f"{text}.{slot.name}", counter=f"{text}.{slot.counter}", shape=of)


def integer(bits: int, *, signed: bool) -> str:
    """The smallest integer type of C with so many bits."""
    width = next(width for width in (8, 16, 32, 64) if bits <= width)
    return f"{'int' if signed else 'uint'}{width}_t"


def about(shape: Shape, *, optional: bool = False) -> str:
    """What a comment says of a member."""
    said = []
    match shape:
        case Number(octets=octets, decimals=decimals, enumeration=enumeration):
            if octets not in (1, 2, 4, 8):
                said.append(f"{8 * octets} bits")
            if decimals:
                said.append(f"in units of 10**-{decimals}")
            if enumeration is not None:
                said.append(enumeration)
        case Octets(form=form):
            said.append({"set": "a set", "bcd": "BCD digits"}.get(form, form))
        case Array(of=of):
            said.append(about(of))
        case _:
            pass
    if optional:
        said.append("not in every image")
    return ", ".join(part for part in said if part)
