"""What is around the place where code stands: records that are being moved, and the elements that have come by."""

from __future__ import annotations

from typing import NamedTuple

from tdl.backends.c.structs import Location, Types
from tdl.backends.shapes.making import Shapes, element_name
from tdl.backends.shapes.shape import BitMember, BitRecord, Member, Record
from tdl.deferred import dataclass, field
from tdl.ir import plan
from tdl.ir.expr import Const, Range


class CannotExpress(Exception):
    """Something that this target has no code for; the message says what."""

    def __init__(self, path: tuple[str, ...], what: str) -> None:
        super().__init__(what)
        self.path, self.what = path, what


class Seen(NamedTuple):
    """An element that has been moved: where it is kept, and the flag that says whether it is there (or "").

    ``flagged`` is the op whose presence the flag tells: its own, or that of a record around it.
    """

    op: plan.AnyOp
    location: Location
    flag: str = ""
    flagged: plan.AnyOp | None = None


@dataclass(slots=True)
class Frame:
    """A record around: its own place, the elements that have come by, the last one of a name last, and arrays that
    are being moved.
    """

    op: plan.Group | plan.Bits
    location: Location
    seen: dict[str, list[Seen]] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)


def member_location(types: Types, shapes: Shapes, holder: Location, op: plan.AnyOp) -> Location:
    """Where a record keeps the value of one of its ops."""
    structure = holder.shape
    dot = "" if holder.text.endswith("->") else "."
    if isinstance(structure, BitRecord) and isinstance(op, plan.Field):
        for field, slot in types.of(structure).named.get(op.name, ()):
            if isinstance(field, BitMember) and _is_field(field, op):
                return Location(text=f"{holder.text}{dot}{slot.name}", counter="", shape=structure)
    shape = shapes.of(op)
    if isinstance(structure, Record) and shape is not None:
        for member, slot in types.of(structure).named.get(element_name(op), ()):
            if isinstance(member, Member) and member.shape == shape:
                counter = f"{holder.text}{dot}{slot.counter}" if slot.counter else ""
                return Location(text=f"{holder.text}{dot}{slot.name}", counter=counter, shape=shape)
    return Location(text="", counter="", shape=structure)


def _is_field(found: BitMember, op: plan.Field) -> bool:
    zeros = op.form is not None and op.form != Const(value=0)
    mine = (op.name, op.width, op.kind, zeros, op.enumeration)
    return (found.name, found.width, found.kind, found.zeros, found.enumeration) == mine


def is_number(op: plan.AnyOp) -> bool:
    """Whether the value that an op makes is a whole number."""
    match op:
        case plan.Take(kind=kind, decimals=decimals):
            return kind != "float" and not decimals
        case plan.Field():
            return True
        case _:
            return False


def number_range(op: plan.AnyOp, *, whole: bool) -> Range:
    """What a number can be; ``whole``: what the type that C keeps it in can be."""
    match op:
        case plan.Take(octets=octets, kind=kind):
            width, signed = 8 * octets, kind == "int"
        case plan.Field(width=width, kind=kind):
            signed = kind == "int"
        case _:
            raise AssertionError(op)
    if whole:
        width = next(each for each in (8, 16, 32, 64) if width <= each)
    return (-(1 << width - 1), (1 << width - 1) - 1) if signed else (0, (1 << width) - 1)
