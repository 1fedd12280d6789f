"""The environment: the values of other tables that the tables of a Plan depend on, as one flat struct."""

from __future__ import annotations

from collections.abc import Mapping

from tdl.backends.c.names import Identifiers
from tdl.backends.shapes.needs import values_needed
from tdl.deferred import dataclass
from tdl.ir import plan
from tdl.ir.expr import INT64_MAX, INT64_MIN, External, Range


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value of the environment.

    Attributes:
        reference: what it is, without subscripts.
        kind: ``number``, ``set`` or ``array``.
        member: its identifier in the struct.
        type: of a number, or of an array's elements.
        bit: its place among the flags that say what is known.
    """

    reference: External
    kind: str
    member: str
    type: str
    bit: int

    @property
    def text(self) -> str:
        return f"env->{self.member}"

    @property
    def narrow(self) -> bool:
        """Whether 32 bits hold it, and its negation."""
        return self.type in _NARROW

    @property
    def count(self) -> str:
        return f"env->{self.member}_{'length' if self.kind == 'set' else 'count'}"

    @property
    def flag(self) -> tuple[int, int]:
        """The octet of its flag, and the bit in it."""
        return self.bit // 8, 1 << self.bit % 8


class EnvironmentView:
    """The struct of a Plan's environment; without members where no table needs any.

    Attributes:
        values: its members.
        by_table: the same by the table that holds them.
    """

    def __init__(self, of: plan.Plan, prefix: str) -> None:
        self.type_name = f"{prefix}_env"
        names = Identifiers()
        names.take("known")
        self.values: list[Value] = []
        self.by_table: dict[int, list[Value]] = {}
        self._found: dict[tuple[int, tuple[str, ...], bool], Value] = {}
        for reference, is_set in values_needed(of):
            key = (reference.table, reference.path, is_set)
            if key not in self._found:
                self._found[key] = value = self._value(reference, is_set, names)
                self.values.append(value)
                self.by_table.setdefault(reference.table, []).append(value)

    def _value(self, reference: External, is_set: bool, names: Identifiers) -> Value:
        kind = "set" if is_set else "array" if reference.indices else "number"
        plain = "_".join(step for step in (reference.table_name, *reference.path) if step != "[]")
        member = names.member(plain)
        if kind != "number":
            names.take(f"{member}_{'length' if is_set else 'count'}")
        return Value(reference=reference, kind=kind, member=member, type=_type(reference.range), bit=len(self.values))

    @property
    def octets(self) -> int:
        """The octets of the flags."""
        return (len(self.values) + 7) // 8

    def value(self, reference: External, *, is_set: bool = False) -> Value:
        return self._found[reference.table, reference.path, is_set]

    def test(self, value: Value) -> str:
        octet, bit = value.flag
        return f"((env->known[{octet}] & 0x{bit:02X}u) != 0u)"

    def bounds(self, reference: External) -> Range:
        return RANGES[self.value(reference).type]


RANGES: Mapping[str, Range] = {
    **{f"uint{bits}_t": (0, (1 << bits) - 1) for bits in (8, 16, 32)},
    **{f"int{bits}_t": (-(1 << bits - 1), (1 << bits - 1) - 1) for bits in (8, 16, 32)},
    "int64_t": (INT64_MIN, INT64_MAX),
}

_NARROW = frozenset(name for name, (low, high) in RANGES.items() if low > -(2**31) and high < 2**31)


def _type(of: Range) -> str:
    """The smallest type that holds a range; unsigned if it can be."""
    return next(name for name, (low, high) in RANGES.items() if low <= of[0] and of[1] <= high)
