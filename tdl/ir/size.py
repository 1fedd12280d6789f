"""Sizes: the least and most octets an op can move."""

from __future__ import annotations

from typing import assert_never

from tdl.ir import plan
from tdl.ir.expr import INT64_MAX, Expr, Range
from tdl.ir.interval import interval


def size_of(op: plan.AnyOp, index: Range = (0, plan.MAX_OCTETS)) -> tuple[int, int]:
    """The interval of octets of an op, whatever the values it depends on; lengths over `plan.MAX_OCTETS` never move."""
    match op:
        case plan.Take() | plan.Builtin() | plan.Bits():
            return op.octets, op.octets
        case plan.Bytes():
            return _length(op.length, index)
        case plan.Opaque():
            return 0, _length(op.limit, index)[1]
        case plan.Group():
            return _sum(op.ops, index)
        case plan.Field() | plan.Fill():
            return 0, 0
        case plan.When():
            low, high = interval(op.condition, index)
            branches = []
            if not low == high == 0:
                branches.append(_sum(op.then, index))
            if low <= 0 <= high:
                branches.append(_sum(op.otherwise, index))
            return _hull(branches)
        case plan.Choose():
            return _hull(_branches(op, index))
        case plan.Repeat():
            low, high = _length(op.count, index)
            body_low, body_high = size_of(op.body, (0, max(high - 1, 0)))
            return low * body_low, min(high * body_high, INT64_MAX)
        case _:
            assert_never(op)


def _branches(op: plan.Choose, index: Range) -> list[tuple[int, int]]:
    low, high = interval(op.selector, index)
    reachable = [arm for arm in op.arms if any(a <= high and b >= low for a, b in arm.labels)]
    branches = [_sum(arm.ops, index) for arm in reachable]
    labels = [label for arm in reachable for label in arm.labels]
    if op.otherwise is not None and not (low == high and any(a <= low <= b for a, b in labels)):
        branches.append(_sum(op.otherwise, index))
    return branches


def _length(expression: Expr, index: Range) -> tuple[int, int]:
    low, high = interval(expression, index)
    return min(max(low, 0), plan.MAX_OCTETS), min(max(high, 0), plan.MAX_OCTETS)


def _sum(ops: tuple[plan.AnyOp, ...], index: Range) -> tuple[int, int]:
    sizes = [size_of(op, index) for op in ops]
    return sum(low for low, _ in sizes), min(sum(high for _, high in sizes), INT64_MAX)


def _hull(sizes: list[tuple[int, int]]) -> tuple[int, int]:
    """The smallest interval around several; nothing moves where nothing is reachable."""
    return (min(low for low, _ in sizes), max(high for _, high in sizes)) if sizes else (0, 0)
