"""Facts about ops that both directions ask for: names, bits and how much there is."""

from __future__ import annotations

from collections import Counter

from tdl.ir import plan
from tdl.ir.expr import Const, Local, references
from tdl.ir.traverse import children, expressions, walk


def direct(holder: plan.Group | plan.Bits, name: str) -> plan.AnyOp | None:
    """The member of a record that is there whatever the meter, by its name."""
    ops = holder.ops if isinstance(holder, plan.Group) else holder.fields
    return next((op for op in ops if element_name(op) == name), None)


def element_name(op: plan.AnyOp) -> str:
    """The name of the one value that an op makes; "" if it makes none or several."""
    if isinstance(op, plan.Choose) and op.atomic:
        return op.path[-1] if op.path and op.path[-1] != "[]" else ""
    return op.name


def times_made(ops: tuple[plan.AnyOp, ...]) -> Counter[str]:
    """How often each name can be made in one record: branches that exclude each other count once."""
    names: Counter[str] = Counter()
    for op in ops:
        name = element_name(op)
        if name:
            names[name] += 1
            continue
        match op:
            case plan.When():
                names += times_made(op.then) | times_made(op.otherwise)
            case plan.Choose():
                branches = [times_made(arm.ops) for arm in op.arms] + [times_made(op.otherwise or ())]
                most: Counter[str] = Counter()
                for branch in branches:
                    most |= branch
                names += most
            case _:
                pass
    return names


def made(ops: tuple[plan.AnyOp, ...]) -> list[str]:
    """The names that ops can make, in order."""
    return list(times_made(ops))


def referred_to(op: plan.AnyOp) -> set[str]:
    """The names of elements that expressions of an op refer to, and of those below it."""
    found = (reference for each in walk(op) for expression in expressions(each) for reference in references(expression))
    return {name for reference in found if isinstance(reference, Local) for name in reference.path}


def leaves(op: plan.AnyOp) -> int:
    """How many leaves an op comes to, arrays of constant size unrolled."""
    match op:
        case plan.Repeat(count=Const(value=count)):
            return max(count, 0) * leaves(op.body)
        case plan.Group() | plan.Bits():
            return 1 + sum(leaves(below) for below in children(op))
        case _:
            return 1


def mask(op: plan.Field) -> int:
    """A field's bits in place."""
    return (1 << op.width) - 1 << op.low


def covered(op: plan.Bits) -> int:
    """The bits that a field covers in every branch."""
    bits = 0
    for field in op.fields:
        bits |= mask(field) if isinstance(field, plan.Field) else 0
    return bits
