"""Tables and elements over HTTP: forms, ranges, tags and rights."""

from __future__ import annotations

import cbor2
import pytest

from tdl.systems.gateway.access import Caller, Rule, digest_of
from tests.unit.gateway.gateways import NONE, NOW, PART, READS, gateway

ST1, ST6 = "/meters/house-1/tables/ST1", "/meters/house-1/tables/ST6"
OCTETS = "application/octet-stream"


def test_a_table_in_every_form() -> None:
    with gateway() as opened:
        held = opened.meter.tables.octets("ST23")
        where = "/meters/house-1/tables/ST23"
        told = opened.get(where)
        assert told.headers["content-type"] == "application/json"
        assert "Accept" in told.headers["vary"]
        document = told.json()
        assert document["byte_order"] == "little"
        assert document["read_at"] == NOW
        assert document["layout"] == opened.meter.tables.definition.hash
        assert document["values"]["NBR_DEMAND_RESETS"] == 0
        assert cbor2.loads(opened.get(where, accept="application/cbor").content) == document
        raw = opened.get(where, accept=OCTETS)
        assert raw.content == held
        tags = {opened.get(where, accept=kind).headers["etag"] for kind in (OCTETS, "*/*", "application/cbor")}
        assert len(tags) == 3
        assert opened.get(where, accept="text/html").status_code == 406


def test_only_the_octets_of_a_range_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with gateway() as opened:
        whole, asked = opened.meter.tables.octets("ST1"), opened.watch(monkeypatch)
        part = opened.get(ST1, accept=OCTETS, range="bytes=4-7")
        assert (part.status_code, part.content) == (206, whole[4:8])
        assert part.headers["content-range"] == "bytes 4-7/*"
        assert asked == [(1, 4, 4)]
        size = len(whole)
        cut = opened.get(ST1, accept=OCTETS, range=f"bytes={size - 2}-{size + 90}")
        assert (cut.content, cut.headers["content-range"]) == (whole[-2:], f"bytes {size - 2}-{size - 1}/{size}")
        last = opened.get(ST1, accept=OCTETS, range="bytes=-3")
        assert (last.status_code, last.content) == (206, whole[-3:])
        assert opened.get(ST1, accept=OCTETS, range="bytes=30-").content == whole[30:]
        behind = opened.get(ST1, accept=OCTETS, range=f"bytes={size}-{size + 9}")
        assert (behind.status_code, behind.headers["content-range"]) == (416, f"bytes */{size}")
        for strange in ("bytes=7-4", "octets=1-2", "bytes=a-b", "bytes=1-2,4-5"):
            assert opened.get(ST1, accept=OCTETS, range=strange).content == whole
        held = {"if_range": '"another"', "range": "bytes=1-2"}
        assert opened.get(ST1, accept=OCTETS, **held).content == whole


def test_an_element_is_read_by_itself_where_the_layout_tells_where_it_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    with gateway() as opened:
        asked = opened.watch(monkeypatch)
        told = opened.get("/meters/house-1/tables/ST23/elements/TOT_DATA_BLOCK.SUMMATIONS[0]")
        assert told.status_code == 200
        assert [each for each in asked if each[0] == 23] == [(23, 1, 4)]
        whole = opened.get("/meters/house-1/tables/ST23").json()["values"]
        assert told.json()["value"] == whole["TOT_DATA_BLOCK"]["SUMMATIONS"][0]
        field = opened.get("/meters/house-1/tables/ST0/elements/FORMAT_CONTROL_1.CHAR_FORMAT")
        assert (
            field.json()["value"]
            == opened.get("/meters/house-1/tables/ST0").json()["values"]["FORMAT_CONTROL_1"]["CHAR_FORMAT"]
        )
        where = "/meters/house-1/tables/ST0/elements/FORMAT_CONTROL_1.CHAR_FORMAT"
        assert opened.get(where, accept=OCTETS).status_code == 406, "its octet has other fields"
        for nothing in ("NOTHING", "OWNER_NAME[0]", "OWNER_NAME..X", "[0]", "%00", "A" * 2000):
            assert opened.get(f"{ST6}/elements/{nothing}").status_code == 404


def test_what_has_not_changed_is_not_sent_again() -> None:
    with gateway() as opened:
        tag = opened.get(ST6).headers["etag"]
        again = opened.get(ST6, if_none_match=tag)
        assert (again.status_code, again.content) == (304, b"")
        assert opened.get(ST6, accept=OCTETS, if_none_match=tag).status_code == 200, "another form"
        for same in ("*", f"W/{tag}", f'"another",{tag}'):
            assert opened.get(ST6, if_none_match=same).status_code == 304


def test_a_name_leads_to_the_key_and_nothing_to_nowhere() -> None:
    with gateway() as opened:
        found = opened.client.get(
            "/meters/house-1/tables/UTIL_INFO_TBL", headers={"Authorization": "Bearer tdl_all"}, follow_redirects=False
        )
        assert (found.status_code, found.headers["location"]) == (308, ST6)
        absent = opened.get("/meters/house-1/tables/ST99")
        assert absent.status_code == 404
        assert absent.json()["c12"]["name"] == "ONP"
        assert absent.headers["content-type"] == "application/problem+json"
        assert opened.get("/meters/house-9/tables/ST1").status_code == 404


def test_every_caller_sees_what_is_theirs() -> None:
    with gateway() as opened:
        assert opened.client.get("/meters").status_code == 401
        assert opened.get("/meters", token="tdl_wrong").headers["www-authenticate"].startswith("Bearer")
        assert opened.get("/meters", token=NONE).json() == {"meters": []}
        assert opened.get(ST6, token=NONE).status_code == 404
        assert "house-1" not in opened.get("/openapi.json", token=NONE).text
        assert opened.client.get("/openapi.json").status_code == 401
        assert opened.get(ST1, token=READS).status_code == 200
        assert opened.get(ST1, token=PART).status_code == 403
        assert opened.get(f"{ST1}/elements/MFG_SERIAL_NUMBER", token=PART).status_code == 200
        assert opened.get(f"{ST1}/elements/MFG_SERIAL_NUMBERS", token=PART).status_code == 403
        assert opened.get(f"{ST1}/elements/ED_MODEL", token=PART).status_code == 403
        range = {"accept": OCTETS, "range": "bytes=0-3"}
        assert opened.get(ST1, token=PART, **range).status_code == 403


@pytest.mark.parametrize("table", ["ST42", "ST45", "ST46", "ST42P", "ST45P", "SECURITY_TBL"])
def test_passwords_and_keys_do_not_pass(table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with gateway() as opened:

        async def read(*_: object, **__: object) -> bytes:
            raise AssertionError("the meter was asked")

        monkeypatch.setattr(opened.desk.meters["house-1"].line, "read", read)
        where = f"/meters/house-1/tables/{table}"
        assert opened.get(where).status_code == 403
        assert opened.get(where, accept=OCTETS, range="bytes=0-1").status_code == 403
        assert opened.get(f"{where}/elements/SECURITY_ENTRIES").status_code in (403, 404)
        assert opened.client.put(
            where, content=b"x", headers={"Authorization": "Bearer tdl_all", "If-Match": '"x"'}
        ).status_code in (403, 415)


def test_a_token_of_one_meter_is_none_of_another() -> None:
    rule = Rule(meters=("mill-*",), read=("*",), write=("*",), procedures=("*",))
    with gateway(callers=(Caller(name="mill", digest=digest_of("tdl_mill"), rules=(rule,)),)) as opened:
        assert opened.get("/meters", token="tdl_mill").json() == {"meters": []}
        for path in ("tables", "tables/ST1", "tables/ST1?elements=ED_MODEL", "tables/ST1/elements/ED_MODEL"):
            assert opened.get(f"/meters/house-1/{path}", token="tdl_mill").status_code == 404
        where = "/meters/house-1/procedures/SP9"
        assert opened.post(where, {"parameters": None}, token="tdl_mill", idempotency_key="x").status_code == 404
        assert opened.patch(ST6, {"values": {}}, token="tdl_mill", if_match='"x"').status_code == 404


def test_another_name_of_the_host_is_refused() -> None:
    with gateway() as opened:
        assert opened.get("/meters", host="evil.example").status_code == 421
        answered = opened.get("/")
        assert answered.headers["content-security-policy"].startswith("default-src 'none'")
        assert answered.headers["cache-control"] == "no-store"
