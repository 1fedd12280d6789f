"""Lists of a meter: which entries of an array are valid, in which order they came, and their sequence numbers.

Tables 26, 63, 74 and 76 describe a list in the same way. LAST_ENTRY_ELEMENT is the newest entry. In ascending order
the entry before it is the next older one, in descending order the entry behind it; both go round at the end of the
array.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What a list's header says; None for what is not known."""

    descending: bool = False
    valid: int | None = None
    last: int | None = None
    sequence: int | None = None
    sequence_bits: int = 32
    unread: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One valid entry.

    Attributes:
        position: in the array.
        newest: whether it is the newest of all.
        sequence: its sequence number, as far as the header tells.
    """

    position: int
    newest: bool = False
    sequence: int | None = None
    unread: bool = False


def valid_entries(status: Status, capacity: int) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """The valid entries of an array, oldest first, and what is odd about the header."""
    notes = []
    valid = capacity if status.valid is None else status.valid
    if valid > capacity:
        notes.append(f"the list says it has {valid} entries, its table has {capacity}")
        valid = capacity
    last = status.last
    if last is not None and last >= capacity and valid:
        notes.append(f"the list says its last entry is element {last}, its table has {capacity}: order is not known")
        last = None
    if last is None:
        return tuple(Entry(position=position) for position in range(valid)), tuple(notes)
    unread = status.unread or 0
    if unread > valid:
        notes.append(f"the list says {unread} entries are unread, it has {valid}")
    step = 1 if status.descending else -1
    found = [
        Entry(
            position=(last + step * age) % capacity,
            newest=age == 0,
            sequence=None if status.sequence is None else (status.sequence - age) % (1 << status.sequence_bits),
            unread=age < unread,
        )
        for age in range(valid)
    ]
    return tuple(reversed(found)), tuple(notes)
