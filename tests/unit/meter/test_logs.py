"""The history log and the event log, and lists that go round."""

from __future__ import annotations

from typing import Any

import pytest

from tdl.codec.values import Record
from tdl.readings.events import events
from tdl.systems.meter import rings
from tdl.systems.wire.requests import Logoff
from tests.unit.meter.meters import Peer, described, image, meter, standard

EVENT_LOG = {"ACT_LOG_TBL": {"NBR_EVENT_ENTRIES": 4, "EVENT_DATA_LENGTH": 3, "EVENT_NUMBER_FLAG": 1}}
USED = [*range(9), *range(10, 17), 21, 22, 23, 26, 41, 51, 52, 53, 55, 71, 72, 73, 74, 75, 76]


def names(peer: Peer, key: str = "ST74") -> list[tuple[str, int | None, int | None]]:
    """What the reader of real meters' logs finds: event, user, sequence number."""
    return [(event.name, event.user, event.sequence) for event in events(peer.reading(key))]


def test_events_are_read_back_by_name() -> None:
    peer = Peer(meter(), user=7)
    assert peer.write("ST5", b"A" * 20) == "OK"
    peer.run("SP4", {"LIST": 2})
    assert names(peer) == [
        ("PRIMARY_POWER_UP", 0, 1),
        ("TABLE_WRITTEN", 7, 2),
        ("LIST_POINTERS_RESET", 7, 3),
        ("PROCEDURE_INVOKED", 7, 4),
    ]
    written, invoked = (events(peer.reading("ST74"))[i].argument for i in (1, 3))
    assert written is not None
    assert invoked is not None
    assert written["TABLE"]["TBL_PROC_NBR"] == 5
    assert invoked["PROCEDURE"]["TBL_PROC_NBR"] == 4


@pytest.mark.parametrize(
    ("code", "read", "reset"),
    [
        (7, "HISTORY_LOG_POINTERS_UPDATED", "HISTORY_LOG_CLEARED"),
        (3, "LIST_POINTERS_UPDATED", "LIST_POINTERS_RESET"),
        (2, "LIST_POINTERS_UPDATED", "LIST_POINTERS_RESET"),
    ],
)
def test_what_is_cleared_and_read_is_logged_by_its_list(code: int, read: str, reset: str) -> None:
    held = meter()
    held.advance(3600)
    peer = Peer(held)
    assert peer.run("SP5", {"LIST": code, "ENTRIES_READ": 0})[0] == 0
    assert names(peer)[-2][0] == read
    assert peer.run("SP4", {"LIST": code})[0] == 0
    assert names(peer)[-2][0] == reset


def test_reading_is_no_event() -> None:
    peer = Peer(meter())
    peer.read(23)
    peer.done(Logoff())
    peer = Peer(peer.meter)
    assert [name for name, _, _ in names(peer)] == ["PRIMARY_POWER_UP"]


def test_only_what_is_monitored_is_logged() -> None:
    control: Any = described()["ST73"]
    control["STD_EVENTS_MONITORED_FLAGS"] = [9, 10]
    control["STD_TBLS_MONITORED_FLAGS"] = [5]
    control["STD_PROC_MONITORED_FLAGS"] = [8]
    peer = Peer(meter(image({"ST73": control})))
    peer.write("ST5", b"A" * 20)
    peer.write("ST6", bytes(230))
    peer.run("SP7")
    peer.run("SP8")
    assert [name for name, _, _ in names(peer)] == ["TABLE_WRITTEN", "PROCEDURE_INVOKED"]


@pytest.mark.parametrize("edition", ["1997", "2012"])
def test_the_event_log_has_its_own_control(edition: str) -> None:
    control: Any = described(edition)["ST73"]
    only = {**control, "STD_EVENTS_MONITORED_FLAGS": [10]}
    held = image({"ST75": only}, EVENT_LOG, general={"STD_TBLS_USED": USED, "MODEL_SELECT": 0}, edition=edition)
    peer = Peer(meter(without_profile(held), edition=edition))
    for _ in range(6):
        peer.write("ST5", b"A" * 20)
    assert names(peer, "ST76") == [("TABLE_WRITTEN", 2, sequence) for sequence in (3, 4, 5, 6)]
    log = peer.values("ST76")
    assert log["EVENT_FLAGS"]["OVERFLOW_FLAG"] is True
    assert [entry["EVENT_NUMBER"] for entry in log["ENTRIES"]] == [5, 6, 3, 4]


def without_profile(held: Any) -> Any:
    """No load profile: its tables are not used here."""
    from dataclasses import replace

    return replace(held, tables={key: values for key, values in held.tables.items() if key not in ("ST27", "ST62")})


def header(**values: Any) -> Record:
    flags = Record({"ORDER": 0, "OVERFLOW_FLAG": False, "INHIBIT_OVERFLOW_FLAG": False})
    for name in list(values):
        if name in flags:
            flags[name] = values.pop(name)
    plain = {"NBR_VALID_ENTRIES": 0, "LAST_ENTRY_ELEMENT": 0, "LAST_ENTRY_SEQ_NBR": 0, "NBR_UNREAD_ENTRIES": 0}
    return Record({"FLAGS": flags, **plain, **values})


TABLE = standard().table("ST74")


@pytest.mark.parametrize(("order", "places"), [(0, [0, 1, 2, 0, 1]), (1, [0, 2, 1, 0, 2])])
def test_a_list_goes_round_in_its_order(order: int, places: list[int]) -> None:
    head = header(ORDER=order)
    found = [rings.append(head, rings.ENTRIES, 3, TABLE) for _ in places]
    assert found == [(place, sequence) for sequence, place in enumerate(places, 1)]
    assert (head["NBR_VALID_ENTRIES"], head["NBR_UNREAD_ENTRIES"], head["FLAGS"]["OVERFLOW_FLAG"]) == (3, 3, True)


def test_a_list_that_is_read_does_not_overflow() -> None:
    head = header()
    for _ in range(5):
        assert rings.append(head, rings.ENTRIES, 3, TABLE) is not None
        assert rings.read(head, rings.ENTRIES, 1)
    assert head["FLAGS"]["OVERFLOW_FLAG"] is False
    assert not rings.read(head, rings.ENTRIES, 1)


def test_a_list_may_stop_when_it_is_full() -> None:
    head = header(INHIBIT_OVERFLOW_FLAG=True, NBR_VALID_ENTRIES=3, NBR_UNREAD_ENTRIES=3, LAST_ENTRY_ELEMENT=1)
    assert rings.append(head, rings.ENTRIES, 3, TABLE) is None
    assert (head["LAST_ENTRY_ELEMENT"], head["FLAGS"]["OVERFLOW_FLAG"]) == (1, True)


def test_sequence_numbers_begin_again() -> None:
    head = header(LAST_ENTRY_SEQ_NBR=0xFFFF_FFFF, NBR_VALID_ENTRIES=1)
    assert rings.append(head, rings.ENTRIES, 3, TABLE) == (1, 0)


def test_a_list_without_entries_takes_none() -> None:
    assert rings.append(header(), rings.ENTRIES, 0, TABLE) is None
