"""Bit fields written apart: each member as a number of its own, so that `struct` looks at it.

What brings the numbers together works on all records at once; see `tdl.backends.python.runtime.merging`.
"""

from __future__ import annotations

from tdl.backends.python.members import covered
from tdl.backends.python.words import CODES, computed, parts
from tdl.deferred import dataclass
from tdl.ir import plan

Term = tuple[int, int]
"""The place of an octet in a record, and by how many bits it is shifted up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """A container in a record that is written apart.

    Attributes:
        codes: of the members, in the order of declaration, and of the spare bits if there are any.
        checks: places of octets, and the bits that each may have.
        words: the places of the container's octets, and what each is of.
        surplus: the places that are left over.
    """

    codes: tuple[str, ...]
    checks: tuple[tuple[int, int], ...]
    words: tuple[tuple[int, tuple[Term, ...]], ...]
    surplus: tuple[int, ...]


def spread(op: plan.Bits, big: bool, start: int) -> Spread | None:
    """A container at a place in a record; None if it has as many numbers as members anyway."""
    if not any(map(computed, parts(op))):
        return None
    free = (1 << 8 * op.octets) - 1 & ~covered(op)
    members = [(field.low, (1 << field.width) - 1) for field in op.fields if isinstance(field, plan.Field)]
    codes: list[str] = []
    checks: list[tuple[int, int]] = []
    terms: list[list[Term]] = [[] for _ in range(op.octets)]
    place = start
    for low, mask in [*members, *([(0, free)] if free else [])]:
        size = next(size for size in CODES if mask < 1 << 8 * size)
        codes.append(CODES[size])
        for octet in range(size):
            source, bits = place + (size - 1 - octet if big else octet), mask >> 8 * octet & 0xFF
            checks += [(source, bits)] if bits < 0xFF else []
            first = low + 8 * octet
            for target in (first // 8, first // 8 + 1):
                shift = first - 8 * target
                if (bits << shift if shift >= 0 else bits >> -shift) & 0xFF:
                    terms[target].append((source, shift))
            if not bits:  # it is looked at where it does no harm
                terms[0].append((source, 0))
        place += size
    targets = [start + (op.octets - 1 - octet if big else octet) for octet in range(op.octets)]
    return Spread(
        codes=tuple(codes),
        checks=tuple(checks),
        words=tuple((at, tuple(of)) for at, of in zip(targets, terms, strict=True) if of != [(at, 0)]),
        surplus=tuple(range(start + op.octets, place)),
    )
