"""Shapes as Rust has them: structs, their fields, and how each type is spelled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from tdl.backends.rust.codes import Codes
from tdl.backends.rust.names import Identifiers, camel, member
from tdl.backends.rust.naming import CodeKey, Naming
from tdl.backends.rust.notes import Notes, line
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
from tdl.ir.formats import MOMENT_OCTETS

MAX_INLINE = 1024
"""The most octets that an array or text inside a struct has about; larger ones are in a `Vec`, off the stack."""

MAX_ELEMENTS = 32
"""The most elements of an array inside a struct."""

_WRAPPERS = {
    "text": "Text",
    "binary": "Binary",
    "opaque": "Binary",
    "bcd": "Bcd",
    "set": "Set",
    "FLOAT_CHAR": "CharNumber",
    "FIXED_BCD": "BcdNumber",
}


_TAKEN = frozenset({"as_ref", "borrow", "check", "clone", "deref", "new", "seek", "spare", "to_owned"})
"""What no field is called: views have methods of its name beside these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a struct; ``type`` is without the `Option` of an optional one."""

    name: str
    type: str
    default: str
    about: str
    element: str
    optional: bool

    @property
    def variable(self) -> str:
        """What local variables of its value begin with."""
        return self.name.rstrip("_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Struct:
    """A struct with its fields in order, by the members of its structure.

    Attributes:
        spare: the type of the bits without a field, or "".
        alloc: whether a value has a `Vec` somewhere.
        codes: the enumerations of its own fields.
    """

    name: str
    about: str
    fields: Mapping[Member | BitMember, Field]
    structure: Structure
    spare: str = ""
    alloc: bool = False
    codes: tuple[CodeKey, ...] = ()


class Types(Structs[Struct]):
    """The structs of a definition: one for each table, and one for each distinct structure below."""

    def __init__(self, codes: Codes, names: Naming, notes: Notes) -> None:
        self.codes, self.names, self.notes = codes, names, notes
        super().__init__()

    def root(self, shape: Shape | None, name: str, about: str, offsets: Mapping[str, int]) -> Struct:
        """The struct of a table, whose shape may be like another's; ``offsets`` are those of some elements."""
        structure = shape if isinstance(shape, Record | BitRecord) else Record(type_name="", members=())
        self.add_below(structure)
        return self._with_fields(structure, name, about, offsets)

    def _struct(self, structure: Structure) -> Struct:
        name = self.names.struct(structure)
        return self._with_fields(structure, name, f"`{line(structure.type_name)}`.")

    def _with_fields(
        self, structure: Structure, name: str, about: str, offsets: Mapping[str, int] | None = None
    ) -> Struct:
        names, asked = Identifiers(_TAKEN), len(self.codes.asked)
        fields: dict[Member | BitMember, Field] = {}
        alloc = False
        if isinstance(structure, BitRecord):
            for bits in structure.fields:
                fields[bits] = self._bits(bits, names, structure.type_name)
        else:
            for each in structure.members:
                fields[each] = Field(
                    name=names.take(member(each.name)),
                    type=self.type(each.shape),
                    default="None" if each.optional else self.default(each.shape),
                    about=self._note(structure.type_name, each.name, _about(each.shape), offsets),
                    element=each.name,
                    optional=each.optional,
                )
                alloc = alloc or self.allocates(each.shape)
        spare = structure.spare if isinstance(structure, BitRecord) else False
        kind = integer(8 * structure.octets, signed=False) if isinstance(structure, BitRecord) and spare else ""
        codes = tuple(self.codes.asked[asked:])
        return Struct(name=name, about=about, fields=fields, structure=structure, spare=kind, alloc=alloc, codes=codes)

    def _note(self, holder: str, element: str, about: str, offsets: Mapping[str, int] | None) -> str:
        """What the documentation of a field says behind its name."""
        place = f", from octet {offsets[element]} on" if offsets and element in offsets else ""
        note = self.notes.get((holder, element))
        return f"{about}{place}{f'; {note}' if note else ''}"

    def _bits(self, bits: BitMember, names: Identifiers, holder: str) -> Field:
        base = integer(bits.width, signed=bits.kind == "int")
        type_, default = base, "0"
        if bits.kind == "bool" and bits.width == 1:
            type_, default = "bool", "false"
        elif (code := self.codes.find(bits.enumeration, base)) is not None:
            type_, default = code, f"{code}(0)"
        about = f"{bits.width} bit{'s' if bits.width > 1 else ''}"
        return Field(
            name=names.take(member(bits.name)),
            type=type_,
            default="None" if bits.optional else default,
            about=self._note(holder, bits.name, about, None),
            element=bits.name,
            optional=bits.optional,
        )

    # --- spelling ----------------------------------------------------------------------------------------------

    def type(self, shape: Shape) -> str:
        """The type of a value."""
        match shape:
            case Number(octets=octets, signed=signed, decimals=decimals, enumeration=enumeration):
                base = integer(8 * octets, signed=signed)
                if decimals:
                    return f"Scaled<{base}, {decimals}>"
                return self.codes.find(enumeration, base) or base
            case Real(octets=octets):
                return f"f{8 * octets}"
            case Variant(atomic=atomic):
                return "NonInteger" if atomic not in MOMENT_OCTETS else "Moment"
            case Octets(form=form, extent=extent):
                if form in MOMENT_OCTETS:
                    return "Moment"
                return f"{_WRAPPERS[form]}<{f'[u8; {extent.most}]' if is_inline(extent, 1) else 'Vec<u8>'}>"
            case Array(of=of, extent=extent):
                inner = self.type(of)
                return f"[{inner}; {extent.most}]" if is_array(shape) else f"Vec<{inner}>"
            case Record() | BitRecord():
                return self.of(shape).name
            case _:
                assert_never(shape)

    def default(self, shape: Shape) -> str:
        """A value of zeros."""
        match shape:
            case Number(decimals=decimals):
                type_ = self.type(shape)
                return "Scaled(0)" if decimals else "0" if type_[0].islower() else f"{type_}(0)"
            case Real():
                return "0.0"
            case Variant(atomic=atomic):
                return moment_default(atomic, 0) if atomic in MOMENT_OCTETS else "NonInteger::default()"
            case Octets(form=form, extent=extent, variant=variant):
                if form in MOMENT_OCTETS:
                    return moment_default(form, variant)
                return f"{_WRAPPERS[form]}({f'[0; {extent.most}]' if is_inline(extent, 1) else 'Vec::new()'})"
            case Array(of=of, extent=extent):
                if is_array(shape):
                    return f"core::array::from_fn(|_| {self.default(of)})"
                return "Vec::new()"
            case Record() | BitRecord():
                return f"{self.of(shape).name}::default()"
            case _:
                assert_never(shape)

    def allocates(self, shape: Shape) -> bool:
        """Whether a value has a `Vec` somewhere."""
        match shape:
            case Octets(form=form, extent=extent):
                return form not in MOMENT_OCTETS and not is_inline(extent, 1)
            case Array(of=of, extent=extent):
                return not is_array(shape) or self.allocates(of)
            case Record():
                return self.of(shape).alloc
            case _:
                return False


def wrapper(form: str) -> str:
    """The type around octets of a form."""
    return _WRAPPERS[form]


def is_inline(extent: Extent, each: int) -> bool:
    """Whether so many octets, or elements of about so many, are part of the struct."""
    if not extent.fixed or extent.most is None:
        return False
    return extent.most * each <= MAX_INLINE


def is_array(array: Array) -> bool:
    """Whether an array's elements are part of the struct; traits of Rust and serde end at so many."""
    return is_inline(array.extent, weight(array.of)) and (array.extent.most or 0) <= MAX_ELEMENTS


def weight(shape: Shape) -> int:
    """About how many octets a value has in a struct."""
    match shape:
        case Number(octets=octets) | Real(octets=octets):
            return octets
        case Octets(extent=extent):
            return (extent.most or 0) if is_inline(extent, 1) else 24
        case Variant():
            return 24
        case Array(of=of, extent=extent):
            return (extent.most or 0) * weight(of) if is_array(shape) else 24
        case Record(members=members):
            return sum(weight(each.shape) for each in members)
        case BitRecord(fields=fields, octets=octets):
            return octets + len(fields)
        case _:
            assert_never(shape)


def integer(bits: int, *, signed: bool) -> str:
    """The smallest integer type with so many bits."""
    return f"{'i' if signed else 'u'}{next(width for width in (8, 16, 32, 64) if bits <= width)}"


def moment_kind(kind: str) -> str:
    """The variant of `MomentKind`."""
    return f"MomentKind::{camel(kind)}"


def moment_default(kind: str, variant: int) -> str:
    return f"Moment::unset({moment_kind(kind)}, {variant}, false)"


def _about(shape: Shape) -> str:
    match shape:
        case Number(octets=octets, signed=signed, decimals=decimals):
            sign = "with" if signed else "without"
            scale = f", in units of 10^-{decimals}" if decimals else ""
            return f"{8 * octets} bits {sign} sign{scale}"
        case Real(octets=octets):
            return f"a float of {8 * octets} bits"
        case Octets(form=form, extent=extent):
            many = "" if extent.most is None else f", {'' if extent.fixed else 'at most '}{extent.most} octets"
            return f"{'`' * form.isupper()}{form}{'`' * form.isupper()}{many}"
        case Variant(atomic=atomic):
            return f"`{atomic}` in the format that the meter selects"
        case Array(of=of, extent=extent):
            many = f"{extent.most} of " if extent.fixed else ""
            return f"{many}{_about(of)}"
        case Record(type_name=name) | BitRecord(type_name=name):
            return f"`{name}`"
        case _:
            assert_never(shape)
