"""A meter against the plainest model of one: a dictionary of octets."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tdl.systems.meter.meter import Meter
from tdl.systems.meter.store import Store
from tdl.systems.wire import answers, requests
from tdl.systems.wire.answers import Answer, Code, Done, Refused, TableData
from tdl.systems.wire.data import padded
from tdl.systems.wire.requests import (
    Logon,
    Read,
    ReadIndex,
    ReadOffset,
    Request,
    Security,
    Write,
    WriteIndex,
    WriteOffset,
)
from tests.property.wire_messages import any_request
from tests.unit.meter.meters import WRITABLE, StandingClock, image, meter, security

SIZES = {5: 20, 6: 230}
"""Tables of one size that any octets fit."""

STILL = (1, 2, 12, 16, 40, 41, 60, 61)
"""Tables that stay as they are."""

LOGON = Logon(user_id=2, user=padded(b"TEST", 10))
FIELDS = (20, 20, 20, 20, 20, 20, 20, 10, 10, 10, 8, 4, 1, 1, 4, 1, 1, 10, 30)
"""Octets of the elements of Table 6, in the order of their indices; five of them have two."""


def octets(most: int) -> st.SearchStrategy[bytes]:
    return st.one_of(
        st.binary(max_size=30), st.just(most).map(lambda n: b"\x5a" * n), st.binary(min_size=20, max_size=20)
    )


tables = st.sampled_from([*SIZES, *STILL, 9, 99])
asked = st.one_of(
    st.builds(Read, table=tables),
    st.builds(ReadOffset, table=tables, offset=st.integers(0, 240), count=st.integers(0, 240)),
    st.builds(Write, table=tables, octets=octets(230)),
    st.builds(WriteOffset, table=tables, offset=st.integers(0, 240), octets=octets(230)),
    st.builds(ReadIndex, table=st.just(6), indices=st.tuples(st.integers(0, 1)), count=st.integers(0, 2)),
    st.builds(WriteIndex, table=st.just(6), indices=st.tuples(st.integers(0, 1)), octets=octets(40)),
)


class Model:
    """What a meter answers, table by table, without a layout."""

    def __init__(self, octets: dict[int, bytes]) -> None:
        self.octets = octets

    def answer(self, request: Request) -> Answer:
        assert isinstance(request, Read | ReadOffset | ReadIndex | Write | WriteOffset | WriteIndex)
        held = self.octets.get(request.table)
        if held is None:
            return Refused(code=Code.ONP)
        wrong = Refused(code=Code.IAR)
        match request:
            case Read():
                return TableData(octets=held)
            case ReadOffset(offset=offset, count=count):
                return TableData(octets=held[offset : offset + count]) if offset + count <= len(held) else wrong
            case ReadIndex(indices=(index,), count=count):
                # The two first elements of Table 6 are of 20 octets, and many follow.
                return TableData(octets=held[20 * index : 20 * (index + count)]) if count else wrong
            case Write(octets=octets):
                return self.put(request.table, held, 0, len(held), octets)
            case WriteOffset(offset=offset, octets=octets):
                return self.put(request.table, held, offset, offset + len(octets), octets)
            case WriteIndex(indices=(index,), octets=octets):
                return self.put(request.table, held, 20 * index, 20 * index + len(octets), octets, 20)
        raise AssertionError(request)

    def put(self, table: int, held: bytes, start: int, end: int, octets: bytes, step: int = 1) -> Answer:
        fits = table in SIZES and end - start == len(octets) and end <= len(held)
        if not fits or len(octets) % step or (step > 1 and not octets):
            return Refused(code=Code.IAR)
        self.octets[table] = held[:start] + octets + held[end:]
        return Done()


def ask(of: Meter, store: Store, sequence: list[Request]) -> list[Answer]:
    """The answers; after each of them the store holds what the meter does."""
    session = of.connect("property")
    session.answer(requests.encode(LOGON))
    found = []
    for each in sequence:
        found.append(answers.decode(session.answer(requests.encode(each)), each))
        kept = store.load("meter")
        assert kept is not None
        assert kept.tables == of.tables.all_octets()
        assert kept.state == of.tables.state.dump()
    return found


@given(first=st.lists(asked, max_size=12), second=st.lists(asked, max_size=6))
@settings(max_examples=60)
def test_it_answers_as_the_model_does_also_after_a_crash(first: list[Request], second: list[Request]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "meter.db")
        held = meter(store=store)
        model = Model({table: held.tables.octets(f"ST{table}") for table in (*SIZES, *STILL)})
        assert ask(held, store, first) == [model.answer(each) for each in first]
        before = held.tables.all_octets()
        store.close()
        store = Store(Path(folder) / "meter.db")
        again = meter(store=store)
        after = again.tables.all_octets()
        assert {key for key in before if after[key] != before[key]} <= {"ST74"}, "it was switched on"
        assert ask(again, store, second) == [model.answer(each) for each in second]
        store.close()


hostile = st.one_of(
    st.binary(max_size=40),
    any_request.map(requests.encode),
    st.builds(
        lambda table, octets: requests.encode(Write(table=table, octets=octets)),
        st.sampled_from([*WRITABLE, *(0x1000 | table for table in WRITABLE), 7, 7, 7]),
        st.one_of(
            st.binary(max_size=300),
            st.builds(lambda number, rest: bytes([number, 0, 1]) + rest, st.integers(0, 32), st.binary(max_size=40)),
        ),
    ),
)


@given(secured=st.booleans(), sequence=st.lists(hostile, max_size=12), seconds=st.integers(0, 5000))
@settings(max_examples=80)
def test_no_octets_do_any_harm(secured: bool, sequence: list[bytes], seconds: int) -> None:
    """Every answer is one, every table that decoded still does, and the meter goes on."""
    clock = StandingClock()
    held = meter(image(security() if secured else {}), clock=clock) if secured else meter(clock=clock)
    session = held.connect("hostile")
    session.answer(requests.encode(LOGON))
    for each in sequence:
        answer = session.answer(each)
        assert answer
        assert answer[0] in set(Code)
        clock.now += seconds
    peer = held.connect("other")
    assert peer.answer(requests.encode(LOGON))[0] == Code.OK
    assert peer.answer(requests.encode(Security(password=bytes(20))))[0] in (Code.OK, Code.ERR, Code.DLK)
    for key in held.tables:
        octets = held.tables.octets(key)
        if not key.endswith("P"):
            held.tables.definition.decode(key, octets, held.tables.environment)
