"""Sizes: the least and most octets an op can move."""

from __future__ import annotations

from typing import assert_never

from tdl.ir import plan
from tdl.ir.expr import INT64_MAX, Expr, Range
from tdl.ir.interval import interval

ANYWHERE: Range = (0, plan.MAX_OCTETS)
"""The positions an op can have in an array around it, if nothing is known of that."""


def size_of(op: plan.AnyOp, index: Range = ANYWHERE) -> tuple[int, int]:
    """The interval of octets of an op, whatever the values it depends on; lengths over `plan.MAX_OCTETS` never move."""
    return Sizes().of(op, index)


class Sizes:
    """The sizes of ops that are asked for again and again while a Plan grows around them; each is worked out once."""

    def __init__(self) -> None:
        # an op is kept with its size, so that no other op gets its identity
        self._known: dict[tuple[int, Range], tuple[plan.AnyOp, tuple[int, int]]] = {}

    def of(self, op: plan.AnyOp, index: Range = ANYWHERE) -> tuple[int, int]:
        """See `size_of`."""
        match op:
            case plan.Take() | plan.Builtin() | plan.Bits():
                return op.octets, op.octets
            case plan.Field() | plan.Fill():
                return 0, 0
            case plan.Bytes():
                return _length(op.length, index)
            case plan.Opaque():
                return 0, _length(op.limit, index)[1]
            case _:
                key = id(op), index
                if key not in self._known:
                    self._known[key] = op, self._of_many(op, index)
                return self._known[key][1]

    def _of_many(self, op: plan.Group | plan.When | plan.Choose | plan.Repeat, index: Range) -> tuple[int, int]:
        match op:
            case plan.Group():
                return self._sum(op.ops, index)
            case plan.When():
                low, high = interval(op.condition, index)
                branches = []
                if not low == high == 0:
                    branches.append(self._sum(op.then, index))
                if low <= 0 <= high:
                    branches.append(self._sum(op.otherwise, index))
                return _hull(branches)
            case plan.Choose():
                return _hull(self._branches(op, index))
            case plan.Repeat():
                low, high = _length(op.count, index)
                body_low, body_high = self.of(op.body, (0, max(high - 1, 0)))
                return low * body_low, min(high * body_high, INT64_MAX)
            case _:
                assert_never(op)

    def _branches(self, op: plan.Choose, index: Range) -> list[tuple[int, int]]:
        low, high = interval(op.selector, index)
        reachable = [arm for arm in op.arms if any(a <= high and b >= low for a, b in arm.labels)]
        branches = [self._sum(arm.ops, index) for arm in reachable]
        labels = [label for arm in reachable for label in arm.labels]
        if op.otherwise is not None and not (low == high and any(a <= low <= b for a, b in labels)):
            branches.append(self._sum(op.otherwise, index))
        return branches

    def _sum(self, ops: tuple[plan.AnyOp, ...], index: Range) -> tuple[int, int]:
        least = most = 0
        for op in ops:
            low, high = self.of(op, index)
            least += low
            most += high
        return least, min(most, INT64_MAX)


def _length(expression: Expr, index: Range) -> tuple[int, int]:
    low, high = interval(expression, index)
    return min(max(low, 0), plan.MAX_OCTETS), min(max(high, 0), plan.MAX_OCTETS)


def _hull(sizes: list[tuple[int, int]]) -> tuple[int, int]:
    """The smallest interval around several; nothing moves where nothing is reachable."""
    return (min(low for low, _ in sizes), max(high for _, high in sizes)) if sizes else (0, 0)
