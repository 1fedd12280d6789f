"""Code for the tables that are moved again and again: straight lines for one meter's layout, made in memory.

The reference codec looks everything up while it moves a table, and whoever moves a thousand images of one model waits
for the same answers a thousand times. So what a table's layout was taken from is remembered, and how many octets the
reference codec has moved with it. When that has cost what code for it costs, the code is made, and used from then on.
What it does not handle, errors before all, is left to the reference codec: results are the same, octet for octet.
"""

from __future__ import annotations

from tdl.codec.decoder import decode
from tdl.codec.encoder import encode
from tdl.codec.environment import Environment
from tdl.codec.values import Members
from tdl.ir.expr import INT64_MAX, INT64_MIN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, Literal, TypeAlias

    from tdl.codec.values import Record
    from tdl.ir.plan import TablePlan

    Direction: TypeAlias = Literal["decode", "encode"]
    Value: TypeAlias = "int | bytes | frozenset[int] | tuple[Value, ...] | None"
    Configuration: TypeAlias = tuple[Value, ...]
    """The values of a table's needs, in order; None for what is not known."""

WORTH = 2048
"""Octets that the reference codec moves in the time in which code is made."""

KEPT = 128
"""How many tables under a configuration are remembered, each direction for itself; never more than twice so many."""

_MEMBERS = 4096
"""A configuration with a longer array than this is left to the reference codec."""


class _Way:
    """A table under one configuration in one direction: octets moved so far, then the code if there can be one."""

    __slots__ = ("code", "made", "moved")

    def __init__(self) -> None:
        self.moved, self.made = 0, False
        self.code: Callable[[Any, Environment], Any] | None = None


class Specialised:
    """The codec of a definition's tables.

    Several threads may use it at once: what they do to one table at the same time is at worst done twice.

    Args:
        worth: octets of a table after which code for it is made.
    """

    __slots__ = ("_before", "_newest", "_worth")

    def __init__(self, worth: int = WORTH) -> None:
        self._worth = worth
        self._newest: dict[tuple[Direction, str, Configuration], _Way] = {}
        self._before: dict[tuple[Direction, str, Configuration], _Way] = {}

    def __reduce__(self) -> tuple[type[Specialised], tuple[int]]:
        return Specialised, (self._worth,)  # functions made in memory cannot be copied to another process

    def decode(self, table: TablePlan, data: bytes, environment: Environment | None) -> Record:
        """As `tdl.codec.decoder.decode`."""
        octets, known = bytes(data), environment or Environment()
        way = self._way("decode", table, known)
        if way.code is not None:
            try:
                record: Record = way.code(octets, known)
            except Exception:
                pass  # whatever it was, the reference codec finds it
            else:
                return record
        record = decode(table, octets, known)
        way.moved += len(octets)
        return record

    def encode(self, table: TablePlan, values: Record | Mapping[str, object], environment: Environment | None) -> bytes:
        """As `tdl.codec.encoder.encode`."""
        known = environment or Environment()
        way = self._way("encode", table, known)
        if way.code is not None:
            try:
                octets: bytes = way.code(values, known)
            except Exception:
                pass
            else:
                return octets
        octets = encode(table, values, known)
        way.moved += len(octets)
        return octets

    def _way(self, direction: Direction, table: TablePlan, known: Environment) -> _Way:
        try:
            configuration = tuple(
                [_settled(known.held(need.reference.table, need.reference.path)) for need in table.needs]
            )
        except Exception:  # values of other classes can do anything; the reference codec knows what to say of them
            return _Way()
        key = direction, table.key, configuration
        way = self._newest.get(key)
        if way is None:
            if len(self._newest) >= KEPT:
                self._newest, self._before = {}, self._newest
            way = self._newest[key] = self._before.get(key) or _Way()
        if way.moved >= self._worth and not way.made:
            way.code, way.made = _code(direction, table, configuration), True
        return way


def _settled(value: object) -> Value:
    """A value that a layout depends on, in a form that does not change and that equals no other value's.

    Raises:
        ValueError: no layout depends on such a value, or it is too much to compare.
    """
    match value:
        case None:
            return None
        case int() if INT64_MIN <= value <= INT64_MAX:
            return int(value)
        case Members():
            return value.octets
        case list() | tuple() if len(value) <= _MEMBERS:
            return tuple(map(_settled, value))
        case set() | frozenset() if len(value) <= _MEMBERS and all(type(member) is int for member in value):
            return frozenset(value)
        case _:
            raise ValueError(value)


def _given(value: Value) -> object:
    """The value of what `_settled` made of one."""
    match value:
        case bytes():
            return Members(value)
        case tuple():
            return tuple(map(_given, value))
        case _:
            return value


def _code(
    direction: Direction, table: TablePlan, configuration: Configuration
) -> Callable[[Any, Environment], Any] | None:
    """A table's code, bound to a configuration; None if its layout is too complex."""
    from tdl.backends.python.in_memory import decoder, encoder  # not for what is moved once or twice
    from tdl.ir.bind import bind_table

    known = Environment()
    for need, value in zip(table.needs, configuration, strict=True):
        if value is not None:
            known.set(need.reference.table, need.reference.path, _given(value))
    bound = bind_table(table, known)
    return decoder(bound) if direction == "decode" else encoder(bound)
