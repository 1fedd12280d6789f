# SPDX-License-Identifier: 0BSD
"""Values of other tables for straight-line code: each is looked up once, and what is not known hurts only when used.

An environment may be None: to ask that for anything raises, as nothing is known then.
"""

from __future__ import annotations

from tdl.backends.python.runtime.arithmetic import Leave

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Reference:
    """A value of another table: the table's identifier, names from its root, and what messages call it."""

    __slots__ = ("label", "path", "table")

    def __init__(self, table: int, path: tuple[str, ...], label: str) -> None:
        self.table, self.path, self.label = table, path, label


class Unknown:
    """A value that is not known: to compare it or to ask whether it is true raises, as all else does by itself."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        raise Leave

    def __bool__(self) -> bool:
        raise Leave


UNKNOWN = Unknown()


def number(environment: Any, reference: Any, low: int, high: int) -> Any:
    """An element's value, or `UNKNOWN` if it is not known or its type cannot hold it."""
    try:
        value = environment.find(reference, ())
    except _missing():
        return UNKNOWN
    return int(value) if isinstance(value, int) and low <= value <= high else UNKNOWN


def needed(environment: Any, reference: Any, low: int, high: int) -> int:
    """An element's value; unlike `number` at once, for what decides how everything else is read."""
    value = environment.find(reference, ())
    if not isinstance(value, int) or not low <= value <= high:
        raise Leave
    return int(value)


def number_at(environment: Any, reference: Any, indices: tuple[int, ...], low: int, high: int) -> int:
    """The value of an array's element."""
    value = environment.find(reference, indices)
    if not isinstance(value, int) or not low <= value <= high:
        raise Leave
    return int(value)


def members(environment: Any, reference: Any) -> Any:
    """A set, or `UNKNOWN`."""
    try:
        return environment.find(reference, ())
    except _missing():
        return UNKNOWN


def set_at(environment: Any, reference: Any, indices: tuple[int, ...]) -> Any:
    """A set in an array."""
    return environment.find(reference, indices)


def holds(found: Any, member: Any) -> bool:
    """Whether a set has a member, both of them known."""
    if member is UNKNOWN:
        raise Leave
    from tdl.codec.environment import contains  # whoever has found something has imported it

    return contains(found, member)


def has(held: Any, member: Any) -> bool:
    """As `holds`, of what a record has in the slot of a set: its octets, until somebody has asked for it."""
    if held.__class__ is not bytes or member is UNKNOWN:
        return holds(held, member)
    octets: bytes = held
    bit: int = member
    return 0 <= bit < 8 * len(octets) and octets[bit >> 3] >> (bit & 7) & 1 == 1


def _missing() -> type[Exception]:
    """What an environment raises; a table's module does not need it before it is given one."""
    from tdl.codec.errors import MissingValue

    return MissingValue
