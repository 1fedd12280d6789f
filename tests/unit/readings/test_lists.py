"""Which entries of a list are valid, and in which order they came."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tdl.readings.lists import Status, valid_entries
from tests.work import counted


def played(descending: bool, capacity: int, written: int) -> tuple[Status, list[int]]:
    """A meter that writes into a list, round and round; what its header says, and the positions, oldest first."""
    step, at, order = (-1 if descending else 1), (0 if descending else -1), []
    for _ in range(written):
        at = (at + step) % capacity
        order = [position for position in order if position != at] + [at]
    last = order[-1] if order else 0
    status = Status(
        descending=descending, valid=len(order), last=last, sequence=(written - 1) % 65536, sequence_bits=16
    )
    return status, order


@given(descending=st.booleans(), capacity=st.integers(1, 9), written=st.integers(0, 40))
def test_the_oldest_comes_first_whichever_way_the_meter_writes(descending: bool, capacity: int, written: int) -> None:
    status, order = played(descending, capacity, written)
    entries, notes = valid_entries(status, capacity)
    assert [entry.position for entry in entries] == order
    assert [entry.newest for entry in entries] == [False] * (len(order) - 1) + [True] * bool(order)
    assert [entry.sequence for entry in entries] == list(range(written - len(order), written))
    assert notes == ()


def test_sequence_numbers_go_round() -> None:
    entries, _ = valid_entries(Status(valid=3, last=2, sequence=1, sequence_bits=16), 3)
    assert [entry.sequence for entry in entries] == [65535, 0, 1]
    entries, _ = valid_entries(Status(valid=3, last=2, sequence=1), 3)
    assert [entry.sequence for entry in entries] == [0xFFFFFFFF, 0, 1]


def test_the_newest_are_the_unread_ones() -> None:
    entries, notes = valid_entries(Status(valid=3, last=2, unread=2), 4)
    assert [entry.unread for entry in entries] == [False, True, True]
    assert notes == ()
    entries, notes = valid_entries(Status(valid=2, last=1, unread=9), 4)
    assert [entry.unread for entry in entries] == [True, True]
    assert notes == ("the list says 9 entries are unread, it has 2",)


def test_without_a_header_all_entries_stand_as_they_are() -> None:
    entries, notes = valid_entries(Status(), 3)
    assert [entry.position for entry in entries] == [0, 1, 2]
    assert not any(entry.newest for entry in entries)
    assert notes == ()


def test_a_header_that_lies_is_told_and_costs_nothing() -> None:
    with counted() as work:
        entries, notes = valid_entries(Status(valid=65535, last=65535, sequence=1), 2)
    assert [entry.position for entry in entries] == [0, 1]
    assert [entry.sequence for entry in entries] == [None, None]
    assert notes == (
        "the list says it has 65535 entries, its table has 2",
        "the list says its last entry is element 65535, its table has 2: order is not known",
    )
    assert work.calls < 50
    assert valid_entries(Status(valid=5, last=0), 0) == ((), ("the list says it has 5 entries, its table has 0",))
