"""Which octets of a table hold its elements, where that is known before any of them is read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntFlag

from tdl.ir import plan
from tdl.ir.layout import fixed_size
from tdl.ir.locating import NotFixed, indices_of, locate
from tdl.ir.traverse import walk
from tdl.systems.client.elements import Element

NEAR = 16
"""Octets between two elements that are rather read with them than left out: about what another service takes."""


class Access(IntFlag):
    """The kinds of partial access, as Table 0 has them in `DATA_ACCESS_METHOD`."""

    WHOLE = 0
    OFFSET = 1
    INDEX = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Octets of a table.

    Attributes:
        indices: of the one element that they are; None to go by the offset.
    """

    offset: int
    count: int
    indices: tuple[int, ...] | None = None

    @property
    def end(self) -> int:
        return self.offset + self.count


def spans(table: plan.TablePlan, elements: Iterable[Element], access: Access) -> tuple[Span, ...] | None:
    """The octets to read for some elements; None if it takes the whole table.

    It does where a meter has no partial access, and where something in the table itself decides on its layout.

    Args:
        table: bound to all that the meter's other tables say.

    Raises:
        LookupError: the meter has no such element.
    """
    if not access or fixed_size(table.root) is None or _decides(table):
        return None
    found: set[Span] = set()
    for each in elements:
        if not each.fixed:
            return None
        try:
            place = locate(table, each.fixed)
            indices = indices_of(table, each.fixed if place.bits is None else each.fixed[:-1])
        except NotFixed:
            return None
        if place.octets:
            found.add(Span(offset=place.offset, count=place.octets, indices=indices))
    ordered = sorted(found, key=lambda span: (span.offset, span.count))
    return tuple(ordered) if access == Access.INDEX else merged(ordered, access)


def merged(ordered: Iterable[Span], access: Access, near: int = NEAR) -> tuple[Span, ...]:
    """Spans that lie close together as one; one that stayed alone is read by its index if the meter can."""
    result: list[Span] = []
    for span in ordered:
        if result and span.offset <= result[-1].end + near:
            last = result.pop()
            if not (span.offset == last.offset and span.count == last.count):
                span = Span(offset=last.offset, count=max(last.end, span.end) - last.offset)
        result.append(span)
    if Access.INDEX in access:
        return tuple(result)
    return tuple(Span(offset=span.offset, count=span.count) for span in result)


def _decides(table: plan.TablePlan) -> bool:
    return any(isinstance(op, plan.When | plan.Choose) for op in walk(table.root))
