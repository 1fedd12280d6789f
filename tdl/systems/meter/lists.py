"""Tables that are lists: a header and entries of one size, each moved on its own however many there are."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tdl.codec.decoder import decode
from tdl.codec.encoder import encode
from tdl.codec.values import Record
from tdl.ir import plan
from tdl.ir.expr import Const
from tdl.ir.layout import fixed_size


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """How a list lies in its octets.

    Attributes:
        header, entry: the Plans of what stands before the entries, and of one entry.
        start, size: octets of the one and of the other.
        count: how many entries there are.
    """

    header: plan.TablePlan
    entry: plan.TablePlan
    start: int
    size: int
    count: int

    def head(self, octets: bytes) -> Record:
        return decode(self.header, octets[: self.start])

    def with_head(self, octets: bytes, values: Record) -> bytes:
        """The list with another header.

        Raises:
            EncodeError: the values do not fit.
        """
        return encode(self.header, values) + octets[self.start :]

    def octets_at(self, octets: bytes, position: int) -> bytes:
        start = self.start + position * self.size
        return octets[start : start + self.size]

    def with_octets(self, octets: bytes, position: int, entry: bytes) -> bytes:
        start = self.start + position * self.size
        return octets[:start] + entry + octets[start + self.size :]

    def at(self, octets: bytes, position: int) -> Record:
        return decode(self.entry, self.octets_at(octets, position))

    def with_entry(self, octets: bytes, position: int, values: Record) -> bytes:
        """The list with another entry.

        Raises:
            EncodeError: the values do not fit.
        """
        return self.with_octets(octets, position, encode(self.entry, values))

    def without_entries(self, octets: bytes) -> bytes:
        """The list with entries of zeros."""
        return octets[: self.start] + bytes(self.size * self.count)


def listing(table: plan.TablePlan) -> Listing | None:
    """The list that a bound Plan is: all of it fixed, an array of records at its end; None if it is none."""
    root = table.root
    if not isinstance(root, plan.Group) or not root.ops:
        return None
    *before, last = root.ops
    if not isinstance(last, plan.Repeat) or not isinstance(last.count, Const):
        return None
    sizes = [fixed_size(op) for op in before]
    size = fixed_size(last.body)
    if None in sizes or size is None:
        return None
    start = sum(each or 0 for each in sizes)
    return Listing(
        header=replace(table, root=replace(root, ops=tuple(before)), size=(start, start)),
        entry=replace(table, root=last.body, size=(size, size)),
        start=start,
        size=size,
        count=last.count.value,
    )
