"""What stands in a record: which elements an object has, conditionals as alternatives.

All elements of a record and its branches are its properties. Of the branches of one conditional an object has those
of exactly one; a schema does not say which, as that depends on values that mostly stand in other tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tdl.backends.jsonschema.leaves import Schema, either
from tdl.backends.shapes.making import element_name
from tdl.ir import plan

Declare = Callable[[plan.AnyOp], Schema]
"""The schema of an op that is one element."""


def record_schema(ops: tuple[plan.AnyOp, ...], declare: Declare) -> Schema:
    """The keywords for the elements of a record."""
    properties = _declared(_elements(ops), declare)
    return {"type": "object", "properties": properties, **_presence(ops, declare), "additionalProperties": False}


def branches(op: plan.When | plan.Choose) -> tuple[tuple[plan.AnyOp, ...], ...]:
    """What an op can run."""
    if isinstance(op, plan.When):
        return op.then, op.otherwise
    return (*(arm.ops for arm in op.arms), *(() if op.otherwise is None else (op.otherwise,)))


def is_branching(op: plan.AnyOp) -> bool:
    """Whether an op holds elements of the record around it."""
    return isinstance(op, plan.When) or (isinstance(op, plan.Choose) and not op.atomic)


def _elements(ops: Iterable[plan.AnyOp]) -> Iterable[plan.AnyOp]:
    """Every element of a record and its branches, in the order they are declared."""
    for op in ops:
        if isinstance(op, plan.When | plan.Choose) and is_branching(op):
            for branch in branches(op):
                yield from _elements(branch)
        elif not isinstance(op, plan.Fill):
            yield op


def _declared(ops: Iterable[plan.AnyOp], declare: Declare) -> dict[str, Schema]:
    """What each name can be."""
    found: dict[str, list[Schema]] = {}
    for op in ops:
        found.setdefault(element_name(op), []).append(declare(op))
    return {name: either(schemas) for name, schemas in found.items()}


def _presence(ops: tuple[plan.AnyOp, ...], declare: Declare) -> Schema:
    """Which elements are there: always, and together in a branch."""
    required: list[str] = []
    conditions: list[Schema] = []
    for op in ops:
        if isinstance(op, plan.When | plan.Choose) and is_branching(op):
            choices = _choices(op, declare)
            if len(choices) > 1:
                conditions.append({"anyOf": choices})
            elif choices:
                required += choices[0].get("required", [])
                conditions += choices[0].get("allOf", [])
        elif not isinstance(op, plan.Fill) and not _has_no_octets(op):
            required.append(element_name(op))
    kept = {"required": list(dict.fromkeys(required))} if required else {}
    return kept | ({"allOf": conditions} if conditions else {})


def _choices(op: plan.When | plan.Choose, declare: Declare) -> list[Schema]:
    """What each branch of an op says of an object."""
    parts = branches(op)
    kinds = _declared((each for part in parts for each in _elements(part)), declare)
    found: list[Schema] = []
    for part in parts:
        own = _declared(_elements(part), declare)
        said: Schema = {}
        for name, kind in kinds.items():
            if name not in own:
                said[name] = False
            elif own[name] != kind:
                said[name] = own[name]
        choice = ({"properties": said} if said else {}) | _presence(part, declare)
        if choice not in found:
            found.append(choice)
    return found


def _has_no_octets(op: plan.AnyOp) -> bool:
    """Whether an element is nothing, which may be left out; a format that can be nothing counts."""
    if isinstance(op, plan.Choose):
        return any(_has_no_octets(below) for branch in branches(op) for below in branch)
    return isinstance(op, plan.Builtin) and not op.octets
