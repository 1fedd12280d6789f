"""The environment: the values of other tables that the tables of a Plan depend on, as the fields of one struct."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from tdl.backends.rust.names import Identifiers, member
from tdl.deferred import dataclass
from tdl.ir.expr import INT64_MAX, INT64_MIN, External, Range

RANGES: dict[str, Range] = {
    **{f"u{bits}": (0, (1 << bits) - 1) for bits in (8, 16, 32)},
    **{f"i{bits}": (-(1 << bits - 1), (1 << bits - 1) - 1) for bits in (8, 16, 32)},
    "i64": (INT64_MIN, INT64_MAX),
}


Needed: TypeAlias = tuple[External, bool]
"""A value that a table needs, and whether it is a set (see `tdl.backends.shapes.needs`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value of the environment; ``kind`` is ``number``, ``set`` or ``column``, ``base`` a number's type."""

    reference: External
    kind: str
    name: str
    base: str

    @property
    def type(self) -> str:
        return {"number": self.base, "set": "&'a [u8]", "column": "Column<'a>"}[self.kind]


class EnvironmentView:
    """The struct of the environment for what tables need; without fields where none needs any."""

    def __init__(self, needed: Iterable[Needed]) -> None:
        names = Identifiers()
        self._found: dict[tuple[int, tuple[str, ...], bool], Value] = {}
        for reference, is_set in needed:
            key = (reference.table, reference.path, is_set)
            if key not in self._found:
                self._found[key] = _value(reference, is_set, names)
        self.values = tuple(self._found.values())

    def value(self, reference: External, *, is_set: bool = False) -> Value:
        return self._found[reference.table, reference.path, is_set]

    def of_table(self, identity: int) -> tuple[Value, ...]:
        """The values that a table holds."""
        return tuple(value for value in self.values if value.reference.table == identity)


def _value(reference: External, is_set: bool, names: Identifiers) -> Value:
    plain = "_".join(step for step in (reference.table_name, *reference.path) if step != "[]")
    base = next(
        name for name, (low, high) in RANGES.items() if low <= reference.range[0] and reference.range[1] <= high
    )
    kind = "set" if is_set else "column" if reference.indices else "number"
    return Value(reference=reference, kind=kind, name=names.take(member(plain)), base=base)
