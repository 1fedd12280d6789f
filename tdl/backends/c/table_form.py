"""The form that is small first: a table's Plan as constant operations, which one engine runs in both directions.

A table has this form if nothing in its layout depends on values; others keep code of their own.
"""

from __future__ import annotations

from collections.abc import Iterator

from tdl.backends.c.capacity import octets_of
from tdl.backends.c.frames import member_location
from tdl.backends.c.functions import Function, Functions
from tdl.backends.c.lines import Context
from tdl.backends.c.structs import Location
from tdl.backends.shapes.shape import Array, BitRecord, Record
from tdl.deferred import dataclass
from tdl.frozen import replace
from tdl.ir import plan
from tdl.ir.expr import Const

_DEPTH, _MOST = 8, 0x7FFF
"""What `tdl_op` has room for: loops in loops, and counts and offsets (structs have gaps, too)."""


class _Varies(Exception):
    """The layout is not one of constant operations."""


def operations(context: Context) -> tuple[str, ...] | None:
    """The initialisers of a table's operations; None if it does not have this form."""
    root, shape = context.table.root, context.shapes.of(context.table.root)
    if not isinstance(shape, Record | BitRecord) or octets_of(shape) > _MOST or context.table.size[1] > _MOST:
        return None
    try:
        rows = _Operations(context).root(root, shape)
    except _Varies:
        return None
    return tuple(map(str, rows)) or None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One operation; ``plain`` if it cannot fail, so that one more of its kind right behind it may join it."""

    kind: str
    octets: int = 0
    count: int = 0
    flags: str = ""
    offset: str = "0u"
    element: int | str = 0
    plain: bool = False

    def joined(self, other: _Row) -> _Row | None:
        """This one with another that moves what follows it in image and struct."""
        alike = self.plain and other.plain and (self.kind, self.octets) == (other.kind, other.octets)
        return replace(self, count=self.count + other.count) if alike and self.count + other.count <= _MOST else None

    def __str__(self) -> str:
        element = f"{self.element}u" if isinstance(self.element, int) else self.element
        return f"{{{self.kind}, {self.octets}u, {self.count}u{self.flags}, {self.offset}, {element}}}"


class _Operations:
    def __init__(self, context: Context) -> None:
        self.context = context
        self.holder = ""
        self.depth = 0

    def root(self, op: plan.PlanOp, shape: Record | BitRecord) -> list[_Row]:
        self.holder = self.context.types.of(shape).name
        return self.value(op, Location(text="->", counter="", shape=shape))

    def value(self, op: plan.AnyOp, location: Location) -> list[_Row]:
        """The operations of one value; ``location`` is a member designator in the struct of the innermost loop."""
        if isinstance(op, plan.When | plan.Choose):
            raise _Varies
        element = self.context.elements.number(op)
        match op:
            case plan.Group():
                return self.members(op, location)
            case plan.Take():
                return [self.number(op, location, 1, element)]
            case plan.Bytes(length=Const(value=octets)) | plan.Builtin(octets=octets):
                return self.octets(octets, location, element)
            case plan.Bits():
                return self.bits(op, location, element)
            case plan.Repeat(count=Const(value=count)) if 0 <= count <= _MOST and not op.empty_body:
                return self.array(op, count, location, element) if count else []
            case _:
                raise _Varies

    def members(self, op: plan.Group, location: Location) -> list[_Row]:
        """The members of a record, those that follow each other and are alike as one operation."""
        rows: list[_Row] = []
        direct = False  # whether the last row is a member of this record itself
        for below in op.ops:
            found = self.value(below, self.member(below, location))
            joined = rows[-1].joined(found[0]) if direct and len(found) == 1 else None
            if joined is not None:
                rows[-1] = joined
            elif found:
                rows += found
                direct = not isinstance(below, plan.Group)
        return rows

    def number(self, op: plan.Take, location: Location, count: int, element: int) -> _Row:
        if not isinstance(op.order, Const) or op.form not in (None, Const(value=0)):
            raise _Varies
        if op.octets == 1:
            return _Row(kind="TDL_OP_OCTETS", count=count, offset=self.offset(location), element=element, plain=True)
        kind = "TDL_OP_INT" if op.kind == "int" else "TDL_OP_UINT"
        return _Row(
            kind=kind + self.big(op.order),
            octets=op.octets,
            count=count,
            offset=self.offset(location),
            element=element,
            plain=op.octets in (2, 4, 8),
        )

    def octets(self, octets: int, location: Location, element: int) -> list[_Row]:
        if not 0 <= octets <= _MOST:
            raise _Varies
        if not octets:
            return []
        return [_Row(kind="TDL_OP_OCTETS", count=octets, offset=self.offset(location), element=element, plain=True)]

    def array(self, op: plan.Repeat, count: int, location: Location, element: int) -> list[_Row]:
        body = op.body
        below = self.context.elements.number(body)
        match body:
            case plan.Take():
                return [self.number(body, location, count, below)]
            case plan.Bytes(length=Const(value=octets)) | plan.Builtin(octets=octets):
                return self.octets(octets * count, location, below)
            case plan.Group() | plan.Bits() if isinstance(location.shape, Array):
                of = location.shape.of
                assert isinstance(of, Record | BitRecord)
                struct = self.context.types.of(of).name
                self.depth += 1
                if self.depth > _DEPTH:
                    raise _Varies
                offset, stride = self.offset(location), f"(uint16_t)sizeof({struct})"
                outer, self.holder = self.holder, struct
                rows = self.value(body, Location(text="->", counter="", shape=of))
                self.holder = outer
                self.depth -= 1
                loop = _Row(kind="TDL_OP_LOOP", count=count, offset=offset, element=stride)
                return [loop, *rows, _Row(kind="TDL_OP_NEXT", element=element)]
            case _:
                raise _Varies

    def bits(self, op: plan.Bits, location: Location, element: int) -> list[_Row]:
        if not isinstance(op.order, Const):
            raise _Varies
        big = self.big(op.order)
        rows = [_Row(kind="TDL_OP_BITS" + big, octets=op.octets, element=element)]
        for field in op.fields:
            match field:
                case plan.Field() if field.form in (None, Const(value=0)):
                    rows.append(
                        _Row(
                            kind="TDL_OP_FIELD",
                            octets=field.low,
                            count=field.width,
                            flags=" | TDL_OP_SIGNED" if field.kind == "int" else "",
                            offset=self.offset(self.member(field, location)),
                            element=self.context.elements.number(field),
                        )
                    )
                case plan.Fill():
                    pass
                case _:
                    raise _Varies
        shape = location.shape
        if isinstance(shape, BitRecord) and shape.spare:
            spare = Location(text=f"{location.text}{_dot(location)}spare", counter="", shape=shape)
            rows.append(_Row(kind="TDL_OP_SPARE", octets=op.octets, offset=self.offset(spare), element=element))
        return [*rows, _Row(kind="TDL_OP_WHOLE" + big, octets=op.octets, element=element)]

    def member(self, op: plan.AnyOp, holder: Location) -> Location:
        return member_location(self.context.types, self.context.shapes, holder, op)

    def offset(self, location: Location) -> str:
        designator = location.text.removeprefix("->").removeprefix(".")
        return f"(uint16_t)offsetof({self.holder}, {designator})"

    def big(self, order: Const) -> str:
        return " | TDL_OP_BIG" if order.value == 1 else ""


def _dot(location: Location) -> str:
    return "" if location.text.endswith("->") else "."


class TableFunctions(Functions):
    """The functions of a table that the engine moves."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        assert self.fixed is not None
        self.octets: int = self.fixed

    def decoding(self) -> Iterator[Function]:
        parameters = [f"{self.context.struct} *value", "const uint8_t *image", "size_t size", "tdl_error *error"]
        body = f"return tdl_table_decode(&{self.name}_table, value, image, size, error);"
        about = "Octets over an existing value; every image has all of it."
        yield self.made(f"{self.name}_update", parameters, [body], about)
        yield self.made(f"{self.name}_decode", parameters, [body], "Octets to a fresh value.")

    def checking(self) -> Function:
        parameters = ["const uint8_t *image", "size_t size", "tdl_error *error"]
        body = ["(void)image;", f"return tdl_table_check(&{self.name}_table, size, error);"]
        return self.made(f"{self.name}_check", parameters, body, "Whether octets are this table, without a value.")

    def encoding(self) -> Function:
        parameters = [
            f"const {self.context.struct} *value", "uint8_t *image", "size_t capacity", "size_t *size",
            "tdl_error *error",
        ]  # fmt: skip
        body = f"return tdl_table_encode(&{self.name}_table, value, image, capacity, size, error);"
        return self.made(f"{self.name}_encode", parameters, [body], "A value to octets.")

    def sizing(self) -> Function:
        parameters = [f"const {self.context.struct} *value", "size_t *size", "tdl_error *error"]
        body = ["(void)value;", "(void)error;", f"*size = {self.octets}u;", "return TDL_OK;"]
        return self.made(f"{self.name}_size", parameters, body, "How many octets a value takes.")

    def made(self, name: str, parameters: list[str], body: list[str], about: str) -> Function:
        lines = tuple(f"    {line}" for line in body)
        return Function(name=name, head=self.head(name, parameters), body=lines, about=about)
