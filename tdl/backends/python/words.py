"""A bit field's container as it is written: cut between its octets where no field lies across.

An octet of its own costs one item of a struct, and saves the shifts that would bring its fields into a larger number.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from tdl.deferred import dataclass
from tdl.ir import plan

CODES = {1: "B", 2: "H", 4: "I", 8: "Q"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Octets of a container from a bit upwards, with the fields and the bits of no field that are in them."""

    low: int
    octets: int
    fields: tuple[plan.Field, ...]

    @property
    def spare(self) -> int:
        """The bits of no field, in place."""
        bits = (1 << 8 * self.octets) - 1
        for field in self.fields:
            bits &= ~((1 << field.width) - 1 << field.low - self.low)
        return bits << self.low

    def fills(self, field: plan.Field) -> bool:
        """Whether a field has all bits."""
        return field.width == 8 * self.octets


def parts(op: plan.Bits) -> tuple[Part, ...]:
    """The parts of a container, least significant first."""
    fields = tuple(field for field in op.fields if isinstance(field, plan.Field))
    cuts = [cut for cut in range(0, 8 * op.octets + 1, 8) if not any(_across(field, cut) for field in fields)]
    return tuple(
        Part(low=low, octets=(high - low) // 8, fields=tuple(f for f in fields if low <= f.low < high))
        for low, high in pairwise(cuts)
    )


def whole(op: plan.Bits) -> Part:
    """A container that is not cut."""
    fields = tuple(field for field in op.fields if isinstance(field, plan.Field))
    return Part(low=0, octets=op.octets, fields=fields)


def limits(part: Part, values: dict[str, str]) -> Iterator[str]:
    """What is true if a field's value has too many bits. That none is negative shows when the word is packed."""
    for field in part.fields:
        value = values[field.name]
        if field.kind == "bool":  # Python compares flags more slowly than numbers
            yield f"{value} is not True and {value} is not False and {value} > 1"
        elif not part.fills(field):
            yield f"{value} > {(1 << field.width) - 1}"


def word(part: Part, values: dict[str, str], spare: str, allowed: int) -> str:
    """A part's number. Multiplication costs half of what a shift does.

    Args:
        allowed: the container's spare bits, which ``spare`` has no others than.
    """
    terms = [_in_place(field, values[field.name], field.low - part.low) for field in part.fields]
    if part.spare:
        moved = f"{spare} >> {part.low}" if part.low else spare
        terms.append(moved if part.spare == allowed else f"({moved} & 0x{part.spare >> part.low:X})")
    return " | ".join(terms)


def computed(part: Part) -> bool:
    """Whether a part's number is not simply one of the values."""
    return len(part.fields) + bool(part.spare) > 1 or any(field.low > part.low for field in part.fields)


def _in_place(field: plan.Field, value: str, shift: int) -> str:
    if not shift:
        return value
    moved = f"{value} * {1 << shift}"
    return f"({1 << shift} if {value} is True else {value} and {moved})" if field.kind == "bool" else moved


def _across(field: plan.Field, cut: int) -> bool:
    return field.low < cut < field.low + field.width
