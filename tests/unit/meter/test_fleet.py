"""Many meters in one process: they share what is compiled, and a read costs the same however many there are."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from tdl.image import Image
from tdl.project.definition import Definition
from tdl.systems.meter.load import Random
from tdl.systems.meter.meter import Meter, MeterError, prepared
from tdl.systems.meter.store import Store
from tdl.systems.wire import answers, requests
from tdl.systems.wire.answers import TableData
from tdl.systems.wire.data import padded
from tdl.systems.wire.requests import Logon, Read
from tests.unit.meter.meters import StandingClock, meter, profile, standard
from tests.work import counted

METERS = 500
READ = requests.encode(Read(table=23))
MOST_CALLS = 500
"""Of a read of Table 23 by a peer who is logged on, nothing having changed; it is about 300."""

MOST_TO_OPEN = 80_000
"""Of a meter whose image has all tables; it is about 40 000, where a compilation takes millions."""


def fleet(number: int, store: Store | None = None) -> list[Meter]:
    image = Image(tables=meter().tables.all_octets())
    return [
        Meter.open(standard(), image, store, name=f"meter {i}", clock=StandingClock(), load=Random(seed=i))
        for i in range(number)
    ]


def test_each_of_many_answers_a_read_of_its_registers(tmp_path: Path) -> None:
    meters = fleet(METERS, Store(tmp_path / "meters.db"))
    sessions = [each.connect() for each in meters]
    logon = requests.encode(Logon(user_id=1, user=padded(b"FLEET", 10)))
    for session in sessions:
        assert session.answer(logon) == b"\0"
    for each in meters[:20]:
        each.advance(3600)
    found = []
    for session in sessions:
        answer = answers.decode(session.answer(READ), Read(table=23))
        assert isinstance(answer, TableData)
        found.append(answer.octets)
    assert all(octets == each.tables.octets("ST23") for octets, each in zip(found, meters, strict=True))
    assert len(set(found)) == 21, "twenty have metered, each something else"
    with counted() as work:
        for session in sessions:
            session.answer(READ)
    assert work.calls <= MOST_CALLS * METERS


def test_what_is_compiled_is_shared() -> None:
    meters = fleet(10)
    assert {id(each.tables.definition) for each in meters} == {id(standard())}
    gc.collect()
    before = sum(isinstance(each, Definition) for each in gc.get_objects())
    more = fleet(10)
    assert sum(isinstance(each, Definition) for each in gc.get_objects()) == before
    assert len(more) == 10


def test_what_is_made_up_is_made_up_once() -> None:
    """A profile's tables, and what it says of others, for as many meters as there are."""
    image = Image(profile=profile())
    full = prepared(standard(), image)
    assert full.profile is not None
    assert set(full.profile.values) == {"ACT_TELEPHONE_TBL"}, "its tables say the rest"
    with counted() as work:
        made = Meter.open(standard(), full, clock=StandingClock())
    assert work.calls <= MOST_TO_OPEN
    assert made.tables.all_octets() == Meter.open(standard(), image, clock=StandingClock()).tables.all_octets()
    with pytest.raises(MeterError, match="profile: ST0 "):
        prepared(standard(), Image(name="profile", profile=profile(general={"STD_PROC_USED": [33]})))


def test_opening_one_costs_no_compilation() -> None:
    image = Image(tables=meter().tables.all_octets())
    with counted() as work:
        Meter.open(standard(), image, clock=StandingClock())
    assert work.calls <= MOST_TO_OPEN
