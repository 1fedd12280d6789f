"""What tables need from outside: the values that make them readable on their own."""

from __future__ import annotations

from collections.abc import Iterable

from tdl.codec.values import Members
from tdl.ir.table_id import TableId
from tdl.project.reading import Reading


def outside_values(reading: Reading, keys: Iterable[str]) -> dict[str, object]:
    """The values that some tables of a reading were decoded with and do not hold themselves, as a profile has them.

    Whatever they came from, a profile, a setting or a table left out, these tables and this profile encode to the
    same octets.
    """
    within = set(keys)
    profile: dict[str, object] = {}
    for key in sorted(within):
        for need in reading.definition.table(key).needs:
            reference = need.reference
            value = reading.environment.held(reference.table, reference.path)
            if value is not None and str(TableId(reference.table)) not in within:
                _put(profile, (reference.table_name, *(name for name in reference.path if name != "[]")), _plain(value))
    return profile


def _put(profile: dict[str, object], names: tuple[str, ...], value: object) -> None:
    *outer, last = names
    for name in outer:
        inner = profile.setdefault(name, {})
        assert isinstance(inner, dict)
        profile = inner
    profile[last] = value


def _plain(value: object) -> object:
    match value:
        case Members() | set() | frozenset():
            return sorted(value)
        case list() | tuple():
            return [_plain(each) for each in value]
        case int():
            return int(value)
        case _:
            return value
