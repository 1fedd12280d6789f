"""A bit field's value as an expression of its container's number."""

from __future__ import annotations

from tdl.backends.python.scope import Scope
from tdl.ir import plan


def extracted(op: plan.Field, word: str, form: int | str, scope: Scope) -> str:
    """The value of a field, where its INT_FORMAT is known or in a variable."""
    shifted = f"{word} >> {op.low}" if op.low else word
    bits = f"{shifted} & 0x{(1 << op.width) - 1:X}"
    if op.kind == "uint":
        return bits
    if op.kind == "bool" and op.width == 1:
        return f"{word} & 0x{1 << op.low:X} != 0"
    if op.kind == "int" and form == 0:
        sign = 1 << (op.width - 1)
        return f"(({bits}) ^ 0x{sign:X}) - 0x{sign:X}"
    return f'{scope.use("octets", "extract")}({word}, {op.low}, {op.width}, "{op.kind}", {form})'
