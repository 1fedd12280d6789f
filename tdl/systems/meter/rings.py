"""Lists that go round: where the next entry goes, what it is called, and what happens when the list is full.

The newest entry is LAST_ENTRY_ELEMENT; in ascending order the next one follows it, in descending order it stands
before it (`tdl.readings.lists` reads them so). Entries are unread until a procedure says otherwise. A list whose
entries are all unread overflows: it then loses its oldest entry, or stops if it is told to.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tdl.codec.values import Record
from tdl.ir.plan import TablePlan
from tdl.systems.meter.elements import holder_of, modulus, number, put


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What a header calls its parts."""

    valid: str = "NBR_VALID_ENTRIES"
    last: str = "LAST_ENTRY_ELEMENT"
    sequence: str = "LAST_ENTRY_SEQ_NBR"
    unread: str = "NBR_UNREAD_ENTRIES"
    inhibit: Iterable[str] = ("INHIBIT_OVERFLOW_FLAG", "BLOCK_INHIBIT_OVERFLOW_FLAG")


ENTRIES = Names()
BLOCKS = Names(
    valid="NBR_VALID_BLOCKS",
    last="LAST_BLOCK_ELEMENT",
    sequence="LAST_BLOCK_SEQ_NBR",
    unread="NBR_UNREAD_BLOCKS",
)

_OVERFLOW, _ORDER = "OVERFLOW_FLAG", "ORDER"


def append(header: Record, names: Names, capacity: int, table: TablePlan) -> tuple[int, int] | None:
    """Make room for an entry in a header: its position and sequence number; None if there is none to be had."""
    if not capacity:
        return None
    valid, unread = min(number(header, names.valid), capacity), number(header, names.unread)
    flags = holder_of(header, _OVERFLOW)
    if unread >= capacity:
        if flags is not None:
            flags[_OVERFLOW] = True
        if any(number(header, name) for name in names.inhibit):
            return None
    step = -1 if number(header, _ORDER) else 1
    position = (number(header, names.last) + step) % capacity if valid else 0
    sequence = (number(header, names.sequence) + 1) % (modulus(table, names.sequence) or 1)
    put(header, names.valid, min(valid + 1, capacity))
    put(header, names.last, position)
    put(header, names.sequence, sequence)
    put(header, names.unread, min(unread + 1, capacity))
    return position, sequence


def reset(header: Record, names: Names) -> None:
    """Make a list empty; its sequence numbers go on."""
    for name in (names.valid, names.last, names.unread, "NBR_VALID_INT"):
        put(header, name, 0)
    _clear_overflow(header)


def read(header: Record, names: Names, entries: int) -> bool:
    """Take the oldest entries as read; False if there are not so many."""
    unread = number(header, names.unread)
    if entries > unread:
        return False
    put(header, names.unread, unread - entries)
    _clear_overflow(header)
    return True


def _clear_overflow(header: Record) -> None:
    flags = holder_of(header, _OVERFLOW)
    if flags is not None:
        flags[_OVERFLOW] = False
