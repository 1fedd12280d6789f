"""Bit fields.

Fields that are always there are read as bits in the order that the octets have them. Where some depend on conditions,
the container is read as one number, and each field is calculated from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from tdl.backends.kaitai.choosing import conditions_of
from tdl.backends.kaitai.leaves import NATIVE, Orders, check_order, int_form, signed
from tdl.backends.kaitai.places import Names, Place
from tdl.backends.kaitai.text import Spec
from tdl.ir import plan
from tdl.ir.expr import Const

Describe = Callable[[plan.Field], Spec]
"""The keys that say what a field is: its description and its codes."""


def bit_field(op: plan.Bits, place: Place, orders: Orders, describe: Describe) -> Spec:
    """The keys of a bit field's type."""
    check_order(op.order)
    names = place.members.of(op)
    fields = sorted((each for each in op.fields if isinstance(each, plan.Field)), key=lambda field: field.low)
    plain = all(isinstance(each, plan.Field | plan.Fill) for each in op.fields)
    apart = all(one.low + one.width <= other.low for one, other in pairwise(fields))
    big = op.order == Const(value=1)
    if plain and apart:
        return _in_order(op, fields, names, orders.bits(big), big, describe)
    return _calculated(op, place, names, orders.of(op.order), describe)


def _in_order(op: plan.Bits, fields: list[plan.Field], names: Names, order: str, big: bool, describe: Describe) -> Spec:
    runs: list[tuple[int, plan.Field | None]] = []
    at = 0
    for field in fields:
        runs += [(field.low - at, None)] * (field.low > at)
        runs.append((field.width, field))
        at = field.low + field.width
    runs += [(8 * op.octets - at, None)] * (8 * op.octets > at)
    seq: list[Spec] = []
    instances: Spec = {}
    for width, found in reversed(runs) if big else runs:
        bits = {"type": f"b{width}{order}"}
        if found is None:
            seq.append(bits)
        elif found.kind == "int" or (found.kind == "uint" and width == 1):
            raw = names.new(f"{names.of(found)}_raw")
            seq.append({"id": raw} | bits)
            number = f"{raw}.to_i" if width == 1 else raw  # one bit is a truth there
            value = signed(number, width, int_form(found.form)) if found.kind == "int" else number
            instances[names.of(found)] = describe(found) | {"value": value}
        else:
            seq.append({"id": names.of(found)} | describe(found) | bits)
    return {"seq": seq} | ({"instances": instances} if instances else {})


def _calculated(op: plan.Bits, place: Place, names: Names, order: str, describe: Describe) -> Spec:
    word = names.new("word")
    letter = "u" if op.octets in NATIVE else "b"
    width = op.octets if op.octets in NATIVE else 8 * op.octets
    seq: list[Spec] = [{"id": word, "type": f"{letter}{width}{order if op.octets > 1 else ''}"}]
    instances: Spec = {}
    for conditions, below in _flat(op.fields, place, names, ()):
        if isinstance(below, plan.Field):
            instances[names.of(below)] = describe(below) | {"value": _value(word, below)} | condition_of(conditions)
        else:
            seq.append(below | condition_of(conditions))
    return {"seq": seq} | ({"instances": instances} if instances else {})


def _flat(
    ops: Iterable[plan.AnyOp], place: Place, names: Names, conditions: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], plan.Field | Spec]]:
    """Each field and each check with the conditions it stands under."""
    for op in ops:
        match op:
            case plan.Field():
                yield conditions, op
            case plan.When():
                condition = place.writer().truth(op.condition)
                yield from _flat(op.then, place, names, (*conditions, condition))
                yield from _flat(op.otherwise, place, names, (*conditions, f"not {condition}"))
            case plan.Choose():
                each, any_ = conditions_of(op, place.writer())
                if op.otherwise is None:
                    yield conditions, {"id": names.new("check"), "size": 0, "valid": {"expr": any_}}
                else:
                    yield from _flat(op.otherwise, place, names, (*conditions, f"not {any_}"))
                for condition, arm in zip(each, op.arms, strict=True):
                    yield from _flat(arm.ops, place, names, (*conditions, condition))
            case _:
                pass


def condition_of(conditions: tuple[str, ...]) -> Spec:
    return {"if": " and ".join(conditions)} if conditions else {}


def _value(word: str, field: plan.Field) -> str:
    bits = f"(({word} >> {field.low}) & {(1 << field.width) - 1})"
    if field.kind == "int":
        return signed(bits, field.width, int_form(field.form))
    return f"{bits} == 1" if field.kind == "bool" and field.width == 1 else bits
