"""The elements of a table, numbered in the order of their octets: what errors and partial access speak of."""

from __future__ import annotations

from collections.abc import Iterable

from tdl.backends.shapes.making import element_name
from tdl.deferred import dataclass
from tdl.ir import plan
from tdl.ir.expr import Const
from tdl.ir.size import Sizes

NOT_FIXED = 0xFFFFFFFF
"""Stands for what is not the same in every image."""


@dataclass(slots=True, kw_only=True)
class Element:
    """One element: a table itself, a member, or the body of an array.

    Attributes:
        name: of the member; "" for the table, ``[]`` for an array's body.
        path: names from the root, ``[]`` for each array passed.
        span: how many elements it is with those below.
        index: its position among the members around it; -1 for the table and for bodies.
        offset: octets from the start of the innermost body (or the table) around.
        octets: its size, `NOT_FIXED` if images differ.
        count: an array's number of elements, `NOT_FIXED` if images differ.
        branched: whether some images do not have it.
    """

    op: plan.AnyOp
    name: str
    path: tuple[str, ...]
    kind: str
    index: int
    offset: int
    octets: int
    count: int
    branched: bool
    span: int = 1


class Elements:
    """The elements of one table; ``number`` finds an op's.

    Attributes:
        all: in order.
        sizes: of the table's ops, for whoever asks for them again.
    """

    def __init__(self, table: plan.TablePlan) -> None:
        self.all: list[Element] = []
        self.sizes = Sizes()
        self._numbers: dict[int, int] = {}
        self._walk(table.root, (), "", 0, False)

    def number(self, op: plan.AnyOp) -> int:
        return self._numbers[id(op)]

    def _walk(self, op: plan.AnyOp, around: tuple[str, ...], name: str, offset: int, branched: bool) -> int | None:
        """Note an op and those below it; its size, if that is fixed."""
        number = self._numbers[id(op)] = len(self.all)
        path = (*around, name) if name else around
        size = self._fixed_size(op)
        count = op.count.value if isinstance(op, plan.Repeat) and isinstance(op.count, Const) else NOT_FIXED
        self.all.append(
            Element(
                op=op,
                name=name,
                path=path,
                kind=_kind(op),
                index=op.index,
                offset=offset,
                octets=NOT_FIXED if size is None or size > 0xFFFFFF else size,
                count=count if count >= 0 else 0,
                branched=branched,
            )
        )
        match op:
            case plan.Group():
                self._sequence(op.ops, path, offset, False)
            case plan.Bits():
                self._fields(op.fields, path, offset, False)
                for field in self.all[number + 1 :]:
                    field.octets = op.octets  # a field is moved with its container
            case plan.Repeat():
                self._walk(op.body, path, "[]", 0, False)
            case plan.Choose():
                for arm in op.arms:
                    for below in arm.ops:
                        self._numbers[id(below)] = number
            case _:
                pass
        self.all[number].span = len(self.all) - number
        return size

    def _sequence(self, ops: Iterable[plan.AnyOp], path: tuple[str, ...], offset: int, branched: bool) -> None:
        for op in ops:
            if isinstance(op, plan.When | plan.Choose) and not (isinstance(op, plan.Choose) and op.atomic):
                for branch in branches(op):
                    self._sequence(branch, path, offset, True)
                size = self._fixed_size(op)
            else:
                size = self._walk(op, path, element_name(op), offset, branched)
            offset = NOT_FIXED if size is None or offset == NOT_FIXED else offset + size

    def _fixed_size(self, op: plan.AnyOp) -> int | None:
        """See `tdl.ir.layout.fixed_size`."""
        low, high = self.sizes.of(op)
        return low if low == high else None

    def _fields(self, ops: Iterable[plan.AnyOp], path: tuple[str, ...], offset: int, branched: bool) -> None:
        for op in ops:
            if isinstance(op, plan.When | plan.Choose):
                for branch in branches(op):
                    self._fields(branch, path, offset, True)
            elif isinstance(op, plan.Field):
                self._walk(op, path, op.name, offset, branched)


def branches(op: plan.When | plan.Choose) -> tuple[tuple[plan.AnyOp, ...], ...]:
    """The branches of a selection, one of which is taken."""
    if isinstance(op, plan.When):
        return op.then, op.otherwise
    return (*(arm.ops for arm in op.arms), op.otherwise or ())


def _kind(op: plan.AnyOp) -> str:
    match op:
        case plan.Group():
            return "RECORD"
        case plan.Bits():
            return "BITS"
        case plan.Field():
            return "FIELD"
        case plan.Repeat():
            return "ARRAY"
        case _:
            return "LEAF"
