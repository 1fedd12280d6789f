"""What is missing is quietly absent, and the meter says so."""

from __future__ import annotations

from typing import Any

import pytest

from tdl.image import Image, Profile
from tdl.image.directory import read_profile
from tdl.systems.meter.meter import Meter
from tdl.systems.wire.requests import Read, Write
from tests.unit.meter.meters import GENERAL, Peer, StandingClock, image, meter, security, standard

ALL_BUT_TWO = {"seasons", "event log", "tiers by a calendar", "passwords"}


def bare(*tables: int) -> Meter:
    """A meter of some tables of the residential profile."""
    values: Any = read_profile("std:residential").values
    general = values["GEN_CONFIG_TBL"] | GENERAL | {"STD_TBLS_USED": list(tables)}
    profile = Profile(values={**values, "GEN_CONFIG_TBL": general})
    return Meter.open(standard(), Image(profile=profile), clock=StandingClock())


def test_what_a_whole_meter_can_do() -> None:
    assert {name for name, there in meter().features().items() if not there} == ALL_BUT_TWO
    assert meter(image(security())).features()["passwords"]


@pytest.mark.parametrize("number", [*range(22), 32])
def test_a_meter_of_four_tables_does_what_it_can(number: int) -> None:
    held = bare(0, 1, 7, 8)
    assert {name for name, there in held.features().items() if there} == {"procedures"}
    held.advance(86_400)
    peer = Peer(held)
    for parameters in (b"", bytes(8), b"\xff" * 8):
        peer.done(Write(table=7, octets=bytes([number, 0, 1]) + parameters))
        if number < 2 and not any(parameters):
            peer = Peer(held)  # it was started anew
        assert peer.values("ST8")["RESULT_CODE"] in (0, 2, 3, 6)
    assert peer.code(Read(table=23)) == "ONP"


@pytest.mark.parametrize(
    "missing", [3, 4, 11, 12, 13, 16, 21, 22, 26, 27, 51, 52, 53, 54, 55, 61, 62, 63, 64, 71, 73, 74]
)
def test_any_table_may_be_missing(missing: int) -> None:
    """Whatever depends on it is missing as well; the rest works."""
    values: Any = read_profile("std:residential").values["GEN_CONFIG_TBL"]
    held = bare(*(number for number in values["STD_TBLS_USED"] if number != missing))
    held.advance(7200)
    peer = Peer(held)
    assert peer.code(Read(table=missing)) == "ONP"
    for octets in (b"\x09\x00\x01\x07", b"\x04\x00\x02\xff", b"\x03\x00\x03", b"\x0b\x00\x04", b"\x0c\x00\x05"):
        peer.done(Write(table=7, octets=octets))
        assert peer.values("ST8")["RESULT_CODE"] in (0, 3)
    assert len(peer.read(1)) == 32


@pytest.mark.parametrize(
    ("edition", "profile"),
    [("1997", "residential"), ("2012", "polyphase-tou"), ("2012", "load-profile-recorder")],
)
def test_a_profile_of_the_library_is_a_meter(edition: str, profile: str) -> None:
    """All that it says is there decodes, and stays so while time goes by."""
    made = Image(profile=read_profile(f"std:{profile}"))
    held = Meter.open(standard(edition), made, clock=StandingClock())
    held.advance(90_000)
    tables = held.tables
    assert len(list(tables)) > 40
    for key in tables:
        octets = tables.octets(key)
        if len(octets) < 10_000:
            tables.definition.decode(key, octets, tables.environment)
        bound = tables.bound(key)
        assert bound is not None
        assert bound.size[0] <= len(octets) <= bound.size[1]
