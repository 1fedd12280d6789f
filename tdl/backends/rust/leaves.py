"""The numbers in octets: what is the same in both directions, or needs no walk around it."""

from __future__ import annotations

from tdl.backends.rust.emitter import Emitter
from tdl.backends.rust.types import integer, moment_kind
from tdl.ir import plan
from tdl.ir.formats import MOMENT_OCTETS


def load(run: str, at: int, octets: int, order: str, *, signed: bool = False) -> str:
    """Octets of a run as a number of the smallest type that holds them; ``signed`` only where they fill it."""
    type_ = integer(8 * octets, signed=signed)
    if octets == 1:
        return f"{run}[{at}] as i8" if signed else f"{run}[{at}]"
    zeros = ["0"] * (int(type_[1:]) // 8 - octets)
    taken = [f"{run}[{at + i}]" for i in range(octets)]
    little = f"{type_}::from_le_bytes([{', '.join([*taken, *zeros])}])"
    big = f"{type_}::from_be_bytes([{', '.join([*zeros, *taken])}])"
    if order in ("true", "false"):
        return big if order == "true" else little
    return f"if {order} {{ {big} }} else {{ {little} }}"


def widened(bits: str, octets: int) -> str:
    """A number without sign as 64 bits."""
    return bits if octets > 4 else f"u64::from({bits})"


def slot_number(name: str, kind: str, width: int, form: str) -> str:
    """A number as expressions see it."""
    if kind == "int" and form != "0":
        wide = name if width > 32 else f"i64::from({name})"
        return f"i128::from(plain({wide}, {width}, {form}))"
    return f"i128::from({name})"


def variant_call(emitter: Emitter, op: plan.Choose, leaves: list[plan.AnyOp], selector: str, element: int) -> str:
    """The call that moves a type which a value selects: its order of octets and form are asked for when needed."""
    walk = emitter.walk
    expressions = [leaf.order for leaf in leaves if isinstance(leaf, plan.Take | plan.Builtin)]
    order = next((each for each in expressions if each != plan.LEAST_FIRST), plan.LEAST_FIRST)
    asked = f"|{walk}| Ok({emitter.number(order, element)} == 1)"
    if op.atomic in MOMENT_OCTETS:
        return f"moment({moment_kind(op.atomic)}, {selector}, {asked}, {element})"
    forms = [leaf.form for leaf in leaves if isinstance(leaf, plan.Take) and leaf.form is not None]
    form = emitter.number(forms[0], element) if forms else "0"
    return f"non_integer({selector}, {asked}, |{walk}| {walk}.form({form}, {element}), {element})"


def covered_by(ops: tuple[plan.AnyOp, ...]) -> int:
    """The bits of fields that do not depend on anything."""
    covered = 0
    for op in ops:
        if isinstance(op, plan.Field):
            covered |= ((1 << op.width) - 1) << op.low
    return covered
