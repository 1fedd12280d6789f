"""Several elements of one table in one answer: what is read for them, who may, and what has not changed."""

from __future__ import annotations

import cbor2
import pytest

from tdl.systems.wire.answers import Code
from tdl.systems.wire.errors import ServiceRefused
from tests.unit.gateway.gateways import PART, READS, gateway

ST1, ST6, ST23 = (f"/meters/house-1/tables/ST{number}" for number in (1, 6, 23))
FAR = f"{ST6}?elements=OWNER_NAME,MISC_ID"
SUMMATION = "TOT_DATA_BLOCK.SUMMATIONS[0]"


def test_elements_come_together_and_from_no_more_reads_than_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    with gateway() as opened:
        whole = opened.get(ST6).json()
        asked = opened.watch(monkeypatch)
        near = opened.get(f"{ST6}?elements=OWNER_NAME,UTILITY_DIV").json()
        assert near["elements"] == {name: whole["values"][name] for name in ("OWNER_NAME", "UTILITY_DIV")}
        assert (near["reads"], near["octets"], asked) == (1, 40, [(6, 0, 40)]), "they lie beside each other"
        asked.clear()
        far = opened.get(FAR)
        assert far.json()["elements"] == {name: whole["values"][name] for name in ("OWNER_NAME", "MISC_ID")}
        assert far.json()["reads"] == len(asked) == 2
        assert cbor2.loads(opened.get(FAR, accept="application/cbor").content) == far.json()
        assert opened.get(f"{ST6}?elements=MISC_ID&elements=OWNER_NAME,MISC_ID").json()["reads"] == 2


def test_a_meter_without_partial_access_is_read_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    with gateway(general={"DATA_ACCESS_METHOD": 0}) as opened:
        asked = opened.watch(monkeypatch)
        assert opened.get(FAR).json()["reads"] == 1
        assert (6, None, None) in asked
        told = opened.get(f"{ST23}/elements/{SUMMATION}")
        assert told.status_code == 200
        assert {each[1:] for each in asked} == {(None, None)}


def test_a_meter_that_refuses_a_part_is_read_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Table 0 may say what the meter does not do."""
    with gateway() as opened:
        whole = opened.get(ST23).json()["values"]["TOT_DATA_BLOCK"]["SUMMATIONS"][0]
        line = opened.desk.meters["house-1"].line
        read = line.read

        async def refusing(table: int, *, offset: int | None = None, count: int | None = None) -> bytes:
            if offset is not None:
                raise ServiceRefused("a read", Code.IAR, "IAR")
            return await read(table)

        monkeypatch.setattr(line, "read", refusing)
        assert opened.get(f"{ST23}?elements={SUMMATION}").json()["elements"] == {SUMMATION: whole}


def test_a_tag_is_of_these_elements_alone() -> None:
    with gateway() as opened:
        tag = opened.get(FAR).headers["etag"]
        assert opened.get(FAR, if_none_match=tag).status_code == 304
        assert opened.get(FAR, if_none_match=f'"another", W/"weak", {tag}').status_code == 304
        assert opened.get(f"{ST6}?elements=MISC_ID", if_none_match=tag).status_code == 200
        other = f"{ST6}/elements/UTILITY_DIV"
        done = opened.put(other, {"value": "X" * 20}, if_match=opened.get(other).headers["etag"])
        assert done.status_code == 200
        assert opened.get(FAR, if_none_match=tag).status_code == 304, "another element has changed"


def test_each_element_takes_the_right_to_it() -> None:
    with gateway() as opened:
        serial = f"{ST1}?elements=MFG_SERIAL_NUMBER"
        assert opened.get(serial, token=PART).status_code == 200
        assert opened.get(f"{serial},ED_MODEL", token=PART).status_code == 403
        assert opened.get(f"{serial},ED_MODEL", token=READS).status_code == 200
        assert opened.get("/meters/house-1/tables/ST42?elements=SECURITY_ENTRIES").status_code == 403


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("elements=NOTHING", 404),
        ("elements=", 404),
        ("elements=OWNER_NAME,,MISC_ID", 404),
        ("elements=OWNER_NAME[0]", 404),
        ("elements=%2e%2e%2fST42", 404),
        ("elements=OWNER_NAME%00", 404),
        ("element=OWNER_NAME", 400),
        ("elements=" + ",".join(f"A{n}" for n in range(201)), 400),
    ],
)
def test_queries_that_name_nothing(query: str, status: int) -> None:
    with gateway() as opened:
        told = opened.get(f"{ST6}?{query}")
        assert (told.status_code, told.json()["status"]) == (status, status), told.text


def test_elements_together_have_no_octets_and_are_not_put() -> None:
    with gateway() as opened:
        assert opened.get(FAR, accept="application/octet-stream").status_code == 406
        told = opened.put(FAR, {"values": {}}, if_match='"x"')
        assert (told.status_code, told.headers["allow"]) == (405, "GET, HEAD, PATCH")
        named = opened.client.get(
            FAR.replace("ST6", "UTIL_INFO_TBL"), headers={"Authorization": "Bearer tdl_all"}, follow_redirects=False
        )
        assert (named.status_code, named.headers["location"]) == (308, FAR)
