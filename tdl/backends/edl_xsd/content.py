"""What stands in a record: its elements in order, conditionals as choices.

XML Schema asks that each element can be told from its name alone. Where the branches of a record use a name more than
once, the record's content is the elements of all branches in their common order, each of which may be absent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import assert_never

from tdl.backends.edl_xsd.nodes import Node, node
from tdl.deferred import dataclass
from tdl.ir import plan

Declare = Callable[[str, tuple[plan.AnyOp, ...], bool], Node]
"""The declaration of an element: its name, the ops that it can be, and whether it may be absent."""


def content(ops: Iterable[plan.AnyOp], declare: Declare) -> Node:
    """The sequence of a record's elements."""
    members = tuple(ops)
    names = [name for op in members for name in _all_names(op)]
    if len(names) == len(set(names)):
        return node("sequence", *_exact(members, declare))
    return _merged(members, declare)


def branches(op: plan.When | plan.Choose) -> tuple[tuple[plan.AnyOp, ...], ...]:
    """What an op can run."""
    match op:
        case plan.When():
            return op.then, op.otherwise
        case plan.Choose():
            rest = () if op.otherwise is None else (op.otherwise,)
            return (*(arm.ops for arm in op.arms), *rest)
        case _:
            assert_never(op)


def element_name(op: plan.AnyOp) -> str:
    """The name of an op that is one element."""
    return op.path[-1] if isinstance(op, plan.Choose) else op.name


def _all_names(op: plan.AnyOp) -> list[str]:
    """The names of the elements of an op, in the order they are declared."""
    if isinstance(op, plan.Fill):
        return []
    if isinstance(op, plan.When) or (isinstance(op, plan.Choose) and not op.atomic):
        return [name for branch in branches(op) for below in branch for name in _all_names(below)]
    return [element_name(op)]


# --- each name once --------------------------------------------------------------------------------------------------


def _exact(ops: Iterable[plan.AnyOp], declare: Declare) -> tuple[Node, ...]:
    found: list[Node] = []
    for op in ops:
        if isinstance(op, plan.Fill):
            continue
        if isinstance(op, plan.When) or (isinstance(op, plan.Choose) and not op.atomic):
            found += _choice(op, declare)
        else:
            found.append(declare(element_name(op), (op,), False))
    return tuple(found)


def _choice(op: plan.When | plan.Choose, declare: Declare) -> tuple[Node, ...]:
    parts = [_exact(branch, declare) for branch in branches(op)]
    full = [part for part in parts if part]
    if not full:
        return ()
    optional = 0 if len(full) < len(parts) else None
    if len(full) == 1:
        return (node("sequence", *full[0], minOccurs=optional),)
    each = (part[0] if len(part) == 1 else node("sequence", *part) for part in full)
    return (node("choice", *each, minOccurs=optional),)


# --- names more than once --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Merged:
    """Names in an order that all branches keep; None if there is none."""

    order: tuple[str, ...] | None
    always: frozenset[str]


def _merged(ops: tuple[plan.AnyOp, ...], declare: Declare) -> Node:
    variants: dict[str, list[plan.AnyOp]] = {}
    _collect(ops, variants)
    merged = _merge(ops)
    if merged.order is None:
        any_order = (declare(name, tuple(found), False) for name, found in variants.items())
        return node("choice", *any_order, minOccurs=0, maxOccurs="unbounded")
    return node(
        "sequence",
        *(declare(name, tuple(variants[name]), name not in merged.always) for name in merged.order),
    )


def _collect(ops: Iterable[plan.AnyOp], variants: dict[str, list[plan.AnyOp]]) -> None:
    for op in ops:
        if isinstance(op, plan.When) or (isinstance(op, plan.Choose) and not op.atomic):
            for branch in branches(op):
                _collect(branch, variants)
        elif not isinstance(op, plan.Fill):
            variants.setdefault(element_name(op), []).append(op)


def _merge(ops: Iterable[plan.AnyOp]) -> _Merged:
    order: list[str] = []
    always: set[str] = set()
    for op in ops:
        if isinstance(op, plan.When) or (isinstance(op, plan.Choose) and not op.atomic):
            below = [_merge(branch) for branch in branches(op)]
            found: tuple[str, ...] | None = ()
            for each in below:
                found = None if found is None or each.order is None else _interleaved(found, each.order)
            if found is None:
                return _Merged(order=None, always=frozenset())
            order += found
            always |= frozenset.intersection(*(each.always for each in below)) if below else frozenset()
        elif not isinstance(op, plan.Fill):
            order.append(element_name(op))
            always.add(element_name(op))
    if len(order) != len(set(order)):
        return _Merged(order=None, always=frozenset())
    return _Merged(order=tuple(order), always=frozenset(always))


def _interleaved(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...] | None:
    """An order that keeps both; None if there is none."""
    shared, done = set(first) & set(second), 0
    found: list[str] = []
    for name in first:
        if name in shared:
            place = second.index(name)
            if place < done:
                return None
            found += second[done:place]
            done = place + 1
        found.append(name)
    found += second[done:]
    return tuple(found) if len(found) == len(set(found)) else None
