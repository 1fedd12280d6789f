"""Placing: the offsets that are the same in every image."""

from __future__ import annotations

from typing import TypeVar, assert_never

from tdl.frozen import replace
from tdl.ir import plan
from tdl.ir.size import Sizes

_Op = TypeVar("_Op", bound=plan.AnyOp)


def place(root: plan.PlanOp) -> plan.PlanOp:
    """The ops with ``at`` filled in, as far as offsets are constant."""
    return _place(root, 0, Sizes())


def _place(op: _Op, at: int | None, sizes: Sizes) -> _Op:
    placed: plan.AnyOp
    match op:
        case plan.Take() | plan.Bytes() | plan.Builtin() | plan.Opaque():
            placed = replace(op, at=at)
        case plan.Group():
            placed = replace(op, at=at, ops=_sequence(op.ops, at, sizes))
        case plan.Bits():
            placed = replace(op, at=at)
        case plan.Field() | plan.Fill():
            placed = op
        case plan.When():
            placed = replace(
                op, at=at, then=_sequence(op.then, at, sizes), otherwise=_sequence(op.otherwise, at, sizes)
            )
        case plan.Choose():
            arms = tuple(replace(arm, ops=_sequence(arm.ops, at, sizes)) for arm in op.arms)
            otherwise = None if op.otherwise is None else _sequence(op.otherwise, at, sizes)
            placed = replace(op, at=at, arms=arms, otherwise=otherwise)
        case plan.Repeat():
            placed = replace(op, at=at, body=_place(op.body, 0, sizes))
        case _:
            assert_never(op)
    return placed


def _sequence(ops: tuple[_Op, ...], at: int | None, sizes: Sizes) -> tuple[_Op, ...]:
    placed = []
    for op in ops:
        placed.append(_place(op, at, sizes))
        low, high = sizes.of(op)
        at = at + low if at is not None and low == high else None
    return tuple(placed)
