"""Counts that cannot be: over their limits, or of lists that have less room."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tdl.check.dependencies import ACTUAL, LIMITS
from tdl.codec.values import Record
from tdl.project.reading import Reading
from tdl.report import Diagnostic
from tdl.report.rules import meters


def _at(reading: Reading, key: str) -> str:
    return f"{reading.image.name}: {key}"


def pairs(reading: Reading) -> Iterator[tuple[str, str]]:
    """The keys of the ``ACT_...`` tables of an image that has their ``DIM_...`` table, too, each with that one's."""
    names = {table.name: str(table.id) for table in reading.definition.model.tables}
    for name, key in names.items():
        other = names.get(LIMITS + name.removeprefix(ACTUAL), "")
        if name.startswith(ACTUAL) and key in reading.values and other in reading.values:
            yield key, other


def limits(reading: Reading) -> Iterator[Diagnostic]:
    """No actual value is over its limit."""
    for key, other in pairs(reading):
        for path, actual, most in _over(reading.values[key], reading.values[other], ()):
            yield meters.OVER_LIMIT.at(
                None,
                place=_at(reading, key),
                element=f"{key} {'.'.join(path)}",
                found=actual,
                limits=other,
                expected=most,
            )


def _over(actual: Record, most: Record, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """Counts that are over their limit, and flags that are set where the limit's is not."""
    for name, value in actual.items():
        limit = most.get(name)
        if isinstance(value, Record) and isinstance(limit, Record):
            yield from _over(value, limit, (*path, name))
        elif isinstance(value, int) and isinstance(limit, int) and value > limit and _is_amount(name, value):
            yield (*path, name), int(value), int(limit)


def _is_amount(name: str, value: int) -> bool:
    """A count, or a flag; formats and times are no amounts."""
    return isinstance(value, bool) or name.startswith("NBR_")


# --- lists -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    """The names of the elements in a list's header."""

    valid: str
    last: str
    unread: str


_ENTRIES = _Header(valid="NBR_VALID_ENTRIES", last="LAST_ENTRY_ELEMENT", unread="NBR_UNREAD_ENTRIES")
_BLOCKS = _Header(valid="NBR_VALID_BLOCKS", last="LAST_BLOCK_ELEMENT", unread="NBR_UNREAD_BLOCKS")


def lists(reading: Reading, key: str) -> Iterator[Diagnostic]:
    """What the header of a list says fits the array behind it."""
    for path, record in _records(reading.values[key]):
        arrays = [value for _, value in record.items() if isinstance(value, list)]
        if len(arrays) == 1:
            yield from _contradictions(reading, key, path, record, _ENTRIES, len(arrays[0]))


def load_profile(reading: Reading) -> Iterator[Diagnostic]:
    """What Table 63 says of the blocks of load profile fits what Table 61 says there are."""
    status, actual = reading.values.get("ST63"), reading.values.get("ST61")
    if status is None or actual is None:
        return
    sizes = {name: value for _, record in _records(actual) for name, value in record.items() if isinstance(value, int)}
    for path, record in _records(status):
        number = path[-1][-1] if path else ""
        blocks, intervals = sizes.get(f"NBR_BLKS_SET{number}"), sizes.get(f"NBR_BLK_INTS_SET{number}")
        if blocks is not None:
            yield from _contradictions(reading, "ST63", path, record, _BLOCKS, int(blocks))
        if intervals is not None:
            yield from _over_most(reading, "ST63", path, record, "NBR_VALID_INT", int(intervals))


def _records(record: Record) -> Iterator[tuple[tuple[str, ...], Record]]:
    """A record and those inside it, but for rows of arrays."""
    waiting: list[tuple[tuple[str, ...], Record]] = [((), record)]
    while waiting:
        path, each = waiting.pop()
        yield path, each
        waiting += [((*path, name), value) for name, value in each.items() if isinstance(value, Record)]


def _contradictions(
    reading: Reading, key: str, path: tuple[str, ...], record: Record, names: _Header, room: int
) -> Iterator[Diagnostic]:
    """The elements of a list's header that are over what they can be."""
    valid = record.get(names.valid)
    if isinstance(valid, int):
        yield from _over_most(reading, key, path, record, names.valid, room)
        if valid and room:
            yield from _over_most(reading, key, path, record, names.last, room - 1)
        yield from _over_most(reading, key, path, record, names.unread, int(valid))


def _over_most(
    reading: Reading, key: str, path: tuple[str, ...], record: Record, name: str, most: int
) -> Iterator[Diagnostic]:
    value = record.get(name)
    if isinstance(value, int) and value > most:
        element = f"{key} {'.'.join((*path, name))}"
        yield meters.CONTRADICTION.at(
            None, place=_at(reading, key), element=element, found=int(value), expected=f"at most {most}"
        )
