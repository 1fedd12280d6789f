"""One behaviour in every format that Table 0 can choose."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from tdl.readings.events import events
from tdl.systems.wire.requests import Write
from tests.unit.meter.meters import Peer, described, image, meter
from tests.unit.meter.test_procedures import reset, set_time

MODERN = {"STD_VERSION_NO": 2}
PLAIN: dict[str, Any] = {"ST4": None}

TIMES = [(edition, code) for edition in ("1997", "2012") for code in (1, 2, 3, 4) if (edition, code) != ("1997", 4)]


def held(edition: str, general: Mapping[str, Any]) -> Peer:
    return Peer(meter(image(PLAIN, edition=edition, general=dict(general)), edition=edition))


def works(peer: Peer, order: str) -> None:
    """Metering, a procedure with parameters and a response, a log, a pending table, partial access."""
    peer.meter.advance(2 * 3600)
    assert peer.values("ST23")["TOT_DATA_BLOCK"]["SUMMATIONS"] == [8000]
    demand = peer.values("ST23")["TOT_DATA_BLOCK"]["DEMANDS"][0]
    assert demand["DEMAND"] == [4000]
    result, response = peer.run("SP9", reset("DEMAND_RESET", "SELF_READ"))
    assert result == 0
    assert response is not None
    assert response["SUCCESS_FLAG"]["SELF_READ"] is True
    block = peer.values("ST64")["LP_DATA_SET1"][0]
    assert [interval["INT_DATA"][0]["ITEM"] for interval in block["LP_INT"]] == [1000] * 8
    logged = events(peer.reading("ST74"))
    assert [event.code for event in logged] == [2, 21, 20, 9]
    assert logged[-1].octets == (9).to_bytes(2, order)  # type: ignore[arg-type]
    assert not logged[-1].notes


@pytest.mark.parametrize(("order", "name"), [(0, "little"), (1, "big")])
@pytest.mark.parametrize("edition", ["1997", "2012"])
def test_orders_of_octets(edition: str, order: int, name: str) -> None:
    peer = held(edition, {"DATA_ORDER": order} | (MODERN if edition == "2012" else {}))
    works(peer, name)
    assert peer.read(23)[1:5] == (8000).to_bytes(4, name)  # type: ignore[arg-type]


@pytest.mark.parametrize(("edition", "code"), TIMES)
def test_formats_of_times(edition: str, code: int) -> None:
    peer = held(edition, {"TM_FORMAT": code})
    works(peer, "little")
    assert peer.values("ST25")["REGISTER_INFO"]["END_DATE_TIME"] == datetime(2024, 5, 1, 14, 0)
    assert peer.values("ST64")["LP_DATA_SET1"][0]["BLK_END_TIME"] == datetime(2024, 5, 1, 14, 0)
    then = datetime(2031, 12, 31, 23, 59, 30)
    result, response = peer.run("SP10", set_time(then, "SET_TIME", "SET_DATE"))
    assert result == 0
    assert response is not None
    assert response["DATE_TIME_AFTER"] == then
    peer.meter.advance(31)
    assert (
        peer.values("ST52")["CLOCK_CALENDAR"] == peer.values("ST55")["CLOCK_CALENDAR"] == datetime(2032, 1, 1, 0, 0, 1)
    )


@pytest.mark.parametrize("edition", ["1997", "2012"])
def test_a_meter_without_a_clock_meters(edition: str) -> None:
    peer = held(edition, {"TM_FORMAT": 0})
    works(peer, "little")
    assert peer.values("ST52")["CLOCK_CALENDAR"] is None


@pytest.mark.parametrize("code", range(14))
def test_formats_of_numbers(code: int) -> None:
    peer = held("2012", {"NI_FORMAT1": code, "NI_FORMAT2": code})
    works(peer, "little")
    again = peer.values("ST23")["TOT_DATA_BLOCK"]["DEMANDS"][0]
    assert (again["CUM_DEMAND"], again["DEMAND"]) == (4000, [0])


@pytest.mark.parametrize("code", [0, 1, 2])
def test_formats_of_signs(code: int) -> None:
    works(held("1997", {"INT_FORMAT": code}), "little")


@pytest.mark.parametrize(("form", "octets"), [(0, b"ABCDEFGHIJKLMNOPQRST"), (1, bytes.fromhex("01234567890123456789"))])
def test_forms_of_identifications(form: int, octets: bytes) -> None:
    peer = held("1997", {"ID_FORM": form})
    works(peer, "little")
    assert peer.write("ST5", octets) == "OK"
    assert peer.read(5) == octets
    assert peer.write("ST5", octets + b"\0") == "IAR"
    assert len(peer.read(1)) == (24 if form else 32)


@pytest.mark.parametrize("code", [1, 2, 4, 8, 16, 32, 64, 128])
def test_formats_of_intervals(code: int) -> None:
    tables = described()
    tables["ST62"]["INT_FMT_CDE1"] = code
    peer = Peer(meter(image(tables)))
    peer.meter.advance(1800)
    found = [i["INT_DATA"][0]["ITEM"] for i in peer.values("ST64")["LP_DATA_SET1"][0]["LP_INT"][:3]]
    most = {1: 255, 8: 127}.get(code, 1000)
    assert found == [most, most, 0]


@pytest.mark.parametrize("code", [1, 2, 3])
def test_a_pending_table_waits_for_its_time_in_every_format(code: int) -> None:
    peer = Peer(meter(image({"ST4": None}, general={"TM_FORMAT": code, "NBR_PENDING": 1})))
    definition, environment = peer.meter.tables.definition, peer.meter.tables.environment
    status: Any = peer.values("ST4")
    status["STD_PENDING_SUPPORTED"] = [5]
    peer.meter.tables.write("ST4", definition.encode("ST4", status, environment))
    selector = {"EVENT_CODE": 0, "SELF_READ_FLAG": False, "DEMAND_RESET_FLAG": False}
    event = {"EVENT_SELECTOR": selector, "EVENT_TIME": datetime(2024, 5, 1, 12, 30), "FILLER": bytes(1)}
    if code != 3:
        del event["FILLER"]
    octets = definition.encode("ST5P", {"ACTIVATION": event, "TABLE": {"IDENTIFICATION": "N" * 20}}, environment)
    assert peer.code(Write(table=0x1005, octets=octets)) == "OK"
    assert peer.values("ST4")["PENDING_TABLES"][0]["EVENT"]["EVENT_TIME"] == datetime(2024, 5, 1, 12, 30)
    peer.meter.advance(1799)
    assert peer.read(5) != b"N" * 20
    peer.meter.advance(1)
    assert peer.read(5) == b"N" * 20


def test_the_zone_of_table_53_is_applied() -> None:
    offset = {"DST_TIME_EFF": bytes(3), "DST_TIME_AMT": 60, "TIME_ZONE_OFFSET": -300}
    peer = Peer(meter(image({"ST53": offset})))
    assert peer.values("ST52")["CLOCK_CALENDAR"] == datetime(2024, 5, 1, 7, 0)
    peer.run("SP10", set_time(datetime(2024, 6, 1, 1, 2, 3), "SET_TIME", "SET_DATE"))
    assert peer.values("ST55")["CLOCK_CALENDAR"] == datetime(2024, 6, 1, 1, 2, 3)
