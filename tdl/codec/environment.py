# SPDX-License-Identifier: 0BSD
"""The environment: the values of other tables that a table's layout depends on."""

from __future__ import annotations

from tdl.codec.errors import MissingValue
from tdl.codec.values import Members

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Protocol

    from tdl.ir.expr import External

    class Named(Protocol):
        """Values by name: a `Record`, a mapping, or a record of generated code."""

        def __getitem__(self, name: str, /) -> object: ...


class Environment:
    """Values by table and path: those set one by one stand before those of whole tables.

    Satisfies `tdl.ir.bind.Known`.
    """

    __slots__ = ("_records", "_values")

    def __init__(self) -> None:
        self._values: dict[tuple[int, tuple[str, ...]], object] = {}
        self._records: dict[int, object] = {}

    def set(self, table: int, path: Iterable[str], value: object) -> None:
        """Set one element's value; ``path`` has ``[]`` behind each array, whose value is then a nested list.

        A set is `Members` or any collection of member numbers.
        """
        self._values[table, tuple(path)] = value

    def fill(self, table: int, record: Named) -> None:
        """Use the values of a whole decoded table."""
        self._records[table] = record

    def holds(self, table: int) -> bool:
        """Whether a whole table has been given."""
        return table in self._records

    def copy(self) -> Environment:
        other = Environment()
        other._values = dict(self._values)
        other._records = dict(self._records)
        return other

    def held(self, table: int, path: tuple[str, ...]) -> object | None:
        """The value at a path, nested lists for the arrays on the way; None if it is not known."""
        value = self._values.get((table, path))
        if value is not None or table not in self._records:
            return value
        try:
            return _columns(self._records[table], path)
        except LookupError:
            return None

    def find(self, reference: External, indices: tuple[int, ...]) -> object:
        """The value at a reference.

        Raises:
            MissingValue: it is not known, or the table that should hold it does not have it.
        """
        held = self._values.get((reference.table, reference.path))
        if held is not None:
            for index in indices:
                if not isinstance(held, list | tuple) or not 0 <= index < len(held):
                    raise MissingValue(reference.label)
                held = held[index]
            return held
        record = self._records.get(reference.table)
        if record is None:
            raise MissingValue(reference.label)
        try:
            return follow(record, reference.path, indices)
        except LookupError:
            raise MissingValue(reference.label) from None

    def number(self, reference: External, indices: tuple[int, ...]) -> int | None:
        """The integer at a reference, or None if it is not known."""
        try:
            value = self.find(reference, indices)
        except MissingValue:
            return None
        return int(value) if isinstance(value, int) else None

    def member(self, reference: External, indices: tuple[int, ...], member: int) -> bool | None:
        """Whether the set at a reference has a member, or None if the set is not known."""
        try:
            return contains(self.find(reference, indices), member)
        except MissingValue:
            return None


def follow(holder: object, path: tuple[str, ...], indices: tuple[int, ...]) -> object:
    """The value at a path below a record.

    Raises:
        LookupError: something on the way is not there, or is no record or list.
    """
    subscripts = list(indices)
    for step in path:
        key: str | int = subscripts.pop(0) if step == "[]" else step
        if isinstance(key, int) and (key < 0 or not (isinstance(holder, list | tuple) or _are_rows(holder))):
            raise IndexError(key)
        try:
            holder = holder[key]  # type: ignore[index]
        except TypeError:
            raise LookupError(step) from None
    return holder


def _are_rows(holder: object) -> bool:
    from tdl.codec.rows import Rows  # not at the top: few tables have any

    return isinstance(holder, Rows)


def _columns(holder: object, path: tuple[str, ...]) -> object:
    """The values at a path in every element of the arrays on the way."""
    for at, step in enumerate(path):
        if step == "[]":
            return [_columns(element, path[at + 1 :]) for element in holder]  # type: ignore[attr-defined]
        holder = holder[step]  # type: ignore[index]
    return holder


def contains(holder: object, member: int) -> bool:
    """Whether a set, or any collection of member numbers, has a member."""
    if isinstance(holder, Members | set | frozenset | list | tuple):
        return member in holder
    raise MissingValue("a set")
