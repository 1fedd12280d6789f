"""Bit fields whose octets can be looked up one by one: no field of theirs has bits in two octets."""

from __future__ import annotations

from tdl.backends.python.members import covered
from tdl.deferred import dataclass
from tdl.frozen import replace
from tdl.ir import plan
from tdl.ir.expr import Const

Column = tuple[str, int, int]
"""What `tdl.backends.python.runtime.fields` makes a column of its table of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """One octet of a container.

    Attributes:
        fields: those that it holds, their bits counted from the octet's lowest.
        spare: the octet's bits that no field covers.
        shift: how far the octet is from the container's lowest bit.
    """

    fields: tuple[plan.Field, ...]
    spare: int
    shift: int

    @property
    def columns(self) -> tuple[Column, ...]:
        """The fields, then the spare bits if there are any."""
        fields = tuple((field.kind, field.low, field.width) for field in self.fields)
        return (*fields, ("spare", self.spare, self.shift)) if self.spare else fields


def lookups(op: plan.Bits) -> tuple[Lookup, ...] | None:
    """The octets of a container, the least significant one first; None if they cannot be looked up."""
    by_octet: list[list[plan.Field]] = [[] for _ in range(op.octets)]
    for field in op.fields:
        match field:
            case plan.Field() if _in_one_octet(field):
                by_octet[field.low // 8].append(replace(field, low=field.low % 8))
            case plan.Fill():
                pass
            case _:
                return None
    free = ~covered(op)
    return tuple(
        Lookup(fields=tuple(fields), spare=free >> 8 * place & 0xFF, shift=8 * place)
        for place, fields in enumerate(by_octet)
    )


def _in_one_octet(op: plan.Field) -> bool:
    """Whether a field is of bits of one octet, whose value depends on nothing else."""
    if op.low // 8 != (op.low + op.width - 1) // 8:
        return False
    match op.kind:
        case "uint":
            return True
        case "bool":
            return op.width == 1
        case _:
            return op.form is None or op.form == Const(value=0)
