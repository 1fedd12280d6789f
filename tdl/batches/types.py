"""The Arrow types of elements: the same for a table whose layout is constant and for one whose layout is not.

Numbers have the smallest type that holds them; implied decimals are `decimal128`; a date or time is a timestamp, date32
or time32 in the finest unit that its octets can say, without a zone; text and digits are strings, a SET is a list of
flags, one for each number. FLOAT_CHAR and FIXED_BCD, whose decimals move, are the nearest float64, and so is an element
that is an integer in some images and has decimals in others. Codes are numbers: the names that an enumeration gives
them are in the field's metadata, as the lists are open. An array of constant length is a FixedSizeList, but for one of
no elements, which Parquet does not have.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias, assert_never

from tdl.batches.arrow import pa
from tdl.batches.layout import Wanted
from tdl.codec.moments import PARTS
from tdl.ir import plan
from tdl.ir.expr import Const
from tdl.ir.model import Enumeration

ERROR = "$error"
"""The column that says why an image could not be decoded; no element can have a name with ``$``."""

ENUMERATION = b"tdl.enumeration"
"""The key of a field's metadata under which the names of its codes are: JSON, names by number or ``low..high``."""

Members: TypeAlias = dict[str, pa.Field]


def schema_of(
    root: plan.PlanOp, wanted: Wanted, enumerations: Mapping[str, Enumeration], *, error: bool = True
) -> pa.Schema:
    """The columns of a table: the members of its records by path; what is inside an array is nested in its column."""
    fields = list(_flat("", _Types(wanted, enumerations).below(root, ())))
    if error:
        fields.append(pa.field(ERROR, pa.string()))
    return pa.schema(fields)


def _flat(path: str, members: Members) -> Iterator[pa.Field]:
    for name, field in members.items():
        here = f"{path}.{name}" if path else name
        if pa.types.is_struct(field.type):
            yield from _flat(here, {each.name: each for each in field.type})
        else:
            yield field.with_name(here)


class _Types:
    def __init__(self, wanted: Wanted, enumerations: Mapping[str, Enumeration]) -> None:
        self.wanted, self.enumerations = wanted, enumerations

    def below(self, op: plan.PlanOp, path: tuple[str, ...]) -> Members:
        """The members of a record or bit field."""
        match op:
            case plan.Group(ops=ops):
                return self.members(ops, path)
            case plan.Bits(fields=fields):
                return self.members(fields, path)
            case _:
                raise AssertionError(op)

    def members(self, ops: Iterable[plan.AnyOp], path: tuple[str, ...]) -> Members:
        found: Members = {}
        for op in ops:
            for name, field in self.made(op, path).items():
                found[name] = field if name not in found else _either(found[name], field)
        return found

    def made(self, op: plan.AnyOp, path: tuple[str, ...]) -> Members:
        """What an op adds to the record or array around it, by name."""
        match op:
            case plan.When():
                return self.members((*op.then, *op.otherwise), path)
            case plan.Choose():
                arms = [below for arm in op.arms for below in arm.ops]
                return self.members((*arms, *(op.otherwise or ())), path)
            case plan.Fill():
                return {}
            case _:
                here = (*path, op.name) if op.name else path
                type_ = self.type(op, here)
                return {} if type_ is None else {op.name: pa.field(op.name, type_, metadata=self.names(op))}

    def type(self, op: plan.PlanOp | plan.Field, path: tuple[str, ...]) -> pa.DataType | None:
        match op:
            case plan.Group() | plan.Bits():
                members = self.below(op, path)
                return pa.struct(list(members.values())) if members else None
            case plan.Repeat():
                items = self.made(op.body, path)
                return _list(op, items[""]) if items else None
            case plan.When() | plan.Choose():
                raise AssertionError(op)
            case _:
                return leaf_type(op) if self.wanted.holds(path) else None

    def names(self, op: plan.AnyOp) -> dict[bytes, bytes] | None:
        if not isinstance(op, plan.Take | plan.Field) or op.enumeration is None:
            return None
        if op.enumeration not in self.enumerations:
            return None
        enumerators = self.enumerations[op.enumeration].enumerators
        names = {str(e.low) if e.low == e.high else f"{e.low}..{e.high}": e.name for e in enumerators}
        return {ENUMERATION: json.dumps(names).encode()}


def _list(op: plan.Repeat, item: pa.Field) -> pa.DataType:
    item = item.with_name("item")
    if isinstance(op.count, Const) and 0 < op.count.value <= plan.MAX_OCTETS:
        return pa.list_(item, op.count.value)
    return pa.list_(item)


def leaf_type(op: plan.Take | plan.Bytes | plan.Builtin | plan.Opaque | plan.Field) -> pa.DataType:
    match op:
        case plan.Take(kind="float", octets=octets):
            return pa.float32() if octets == 4 else pa.float64()
        case plan.Take(decimals=decimals, octets=octets) if decimals:
            return pa.decimal128(max(len(str(1 << 8 * octets - 1)), decimals), decimals)
        case plan.Take(octets=octets):
            return integer(8 * octets, signed=op.kind == "int")
        case plan.Field(kind="bool", width=1):
            return pa.bool_()
        case plan.Field():
            return integer(op.width, signed=op.kind == "int")
        case plan.Bytes(form="text" | "bcd"):
            return pa.string()
        case plan.Bytes(form="set", length=length):
            count = length.value if isinstance(length, Const) else 0
            return pa.list_(pa.bool_(), 8 * count) if 0 < count <= plan.MAX_OCTETS else pa.list_(pa.bool_())
        case plan.Bytes(length=length):
            count = length.value if isinstance(length, Const) else 0
            return pa.binary(count) if 0 < count <= plan.MAX_OCTETS else pa.binary()
        case plan.Opaque():
            return pa.binary()
        case plan.Builtin():
            return _builtin_type(op)
        case _:
            assert_never(op)


def integer(width: int, *, signed: bool) -> pa.DataType:
    """The smallest type for integers of so many bits."""
    types = (pa.int8, pa.int16, pa.int32, pa.int64) if signed else (pa.uint8, pa.uint16, pa.uint32, pa.uint64)
    return types[max(0, (width - 1).bit_length() - 3)]()


def _builtin_type(op: plan.Builtin) -> pa.DataType:
    if not op.octets:
        return pa.null()
    match op.kind:
        case "FLOAT_CHAR" | "FIXED_BCD":
            return pa.float64()
        case "RDATE":
            return pa.uint16()
        case "DATE":
            return pa.date32()
        case _:
            unit = "ms" if PARTS[op.kind].endswith("c") else "s"
            return pa.timestamp(unit) if "Y" in PARTS[op.kind] else pa.time32(unit)


# --- elements that are of several types --------------------------------------------------------------------------


def _either(one: pa.Field, other: pa.Field) -> pa.Field:
    """The field of an element that other images have with another type."""
    metadata = one.metadata if one.metadata == other.metadata else None
    return pa.field(one.name, either(one.type, other.type), metadata=metadata)


def either(one: pa.DataType, other: pa.DataType) -> pa.DataType:
    """The type for values of two."""
    if one.equals(other) or pa.types.is_null(other):
        return one
    if pa.types.is_null(one):
        return other
    if pa.types.is_struct(one) and pa.types.is_struct(other):
        fields = {field.name: field for field in one}
        for field in other:
            fields[field.name] = _either(fields[field.name], field) if field.name in fields else field
        return pa.struct(list(fields.values()))
    if is_list(one) and is_list(other):
        return pa.list_(_either(one.value_field, other.value_field))
    if pa.types.is_integer(one) and pa.types.is_integer(other):
        return _wider(one, other)
    if _is_number(one) and _is_number(other):
        return pa.float64()
    return pa.binary() if _is_binary(one) and _is_binary(other) else pa.string()


def _is_binary(type_: pa.DataType) -> bool:
    return bool(pa.types.is_binary(type_) or pa.types.is_fixed_size_binary(type_))


def is_list(type_: pa.DataType) -> bool:
    return bool(pa.types.is_list(type_) or pa.types.is_fixed_size_list(type_))


def _wider(one: pa.DataType, other: pa.DataType) -> pa.DataType:
    """The integers that hold those of two types; where none do, a decimal number without decimals."""
    signed = [type_ for type_ in (one, other) if pa.types.is_signed_integer(type_)]
    width = max(one.bit_width, other.bit_width)
    if len(signed) == 1:
        unsigned = next(type_ for type_ in (one, other) if pa.types.is_unsigned_integer(type_))
        width = max(signed[0].bit_width, 2 * unsigned.bit_width)
    return pa.decimal128(20, 0) if width > 64 else integer(width, signed=bool(signed))


def _is_number(type_: pa.DataType) -> bool:
    return bool(pa.types.is_integer(type_) or pa.types.is_floating(type_) or pa.types.is_decimal(type_))
