"""Some elements written at once: what is written, what is compared, and what is not done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tdl.image import Image
from tdl.project.definition import load
from tdl.project.reading import read_image
from tdl.systems.client.simulated import simulated
from tdl.systems.gateway.changing import Change, changed
from tdl.systems.gateway.lines import Line
from tdl.systems.gateway.meters import Meter
from tdl.systems.gateway.problems import Problem
from tdl.systems.gateway.snapshots import Snapshot
from tdl.systems.wire.answers import Code
from tdl.systems.wire.errors import ServiceRefused
from tests.unit.gateway.gateways import NOW, PART, READS, WHO, gateway
from tests.unit.meter.meters import meter as house

ST6, ST62 = "/meters/house-1/tables/ST6", "/meters/house-1/tables/ST62"
TWO = f"{ST6}?elements=OWNER_NAME,SERVICE_POINT_ID"
A, B = "A" * 20, "B" * 20


def _written(heard: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    return [each for each in heard if isinstance(each[2], bytes)]


def test_a_patch_is_one_write_of_what_it_names(monkeypatch: pytest.MonkeyPatch) -> None:
    with gateway() as opened:
        before, heard = opened.meter.tables.octets("ST6"), opened.watch(monkeypatch)
        read = opened.get(ST6)
        patch = {"values": {"OWNER_NAME": A, "SERVICE_POINT_ID": B}}
        told = opened.patch(ST6, patch, if_match=read.headers["etag"])
        assert told.status_code == 200, told.text
        assert told.json()["values"] == read.json()["values"] | patch["values"]
        assert told.headers["etag"] == opened.get(ST6).headers["etag"]
        assert _written(heard) == [(6, 0, A.encode() + before[20:40] + B.encode())], "all of it or nothing"
        assert opened.meter.tables.octets("ST6")[60:] == before[60:]


def test_a_write_rests_on_the_layout_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    with gateway() as opened:
        tag = opened.get(TWO).headers["etag"]
        heard = opened.watch(monkeypatch)
        opened.get(TWO)
        assert 0 not in [each[0] for each in heard], "to read, what was read within a minute does"
        assert opened.patch(TWO, {"elements": {"OWNER_NAME": A}}, if_match=tag).status_code == 200
        tables = [each[0] for each in heard]
        assert 0 in tables[: heard.index(_written(heard)[0])]


def test_a_patch_reaches_into_records_and_arrays(monkeypatch: pytest.MonkeyPatch) -> None:
    with gateway() as opened:
        place = "LP_SEL_SET1[0].CHNL_FLAG"
        view, heard = f"{ST62}?elements={place}", opened.watch(monkeypatch)
        tag = opened.get(view).headers["etag"]
        told = opened.patch(view, {"elements": {place: {"END_RDG_FLAG": False}}}, if_match=tag)
        assert told.json()["elements"] == {place: {"END_RDG_FLAG": False}}, told.text
        assert [each[:2] for each in _written(heard)] == [(62, 0)]
        assert opened.get(ST62).json()["values"]["INT_FMT_CDE1"] == 2


def test_a_patch_takes_the_tag_of_what_it_changes() -> None:
    with gateway() as opened:
        patch = {"elements": {"OWNER_NAME": A}}
        tag = opened.get(TWO).headers["etag"]
        assert opened.patch(TWO, patch).status_code == 428
        assert opened.patch(TWO, patch, if_match="*").status_code == 428
        assert opened.patch(TWO, patch, if_match=f"W/{tag}").status_code == 412, "a weak one is no promise"
        assert opened.patch(TWO, patch, if_match=opened.get(ST6).headers["etag"]).status_code == 412
        assert not any(opened.meter.tables.octets("ST6"))
        assert opened.patch(TWO, patch, if_match=f'"another", {tag}').status_code == 200
        assert opened.patch(TWO, patch, if_match=tag).status_code == 412


def test_what_others_write_meanwhile_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elements that the tag is not about may change between the read and the patch."""
    with gateway() as opened:
        tag = opened.get(TWO).headers["etag"]
        other = f"{ST6}/elements/UTILITY_DIV"
        opened.put(other, {"value": "X" * 20}, if_match=opened.get(other).headers["etag"])
        assert opened.patch(TWO, {"elements": {"OWNER_NAME": A}}, if_match=tag).status_code == 200
        assert opened.meter.tables.octets("ST6")[:40] == A.encode() + b"X" * 20


@pytest.mark.parametrize("general", [{"DATA_ACCESS_METHOD": 0}, {"DATA_ACCESS_METHOD": 2}])
def test_a_meter_without_writes_by_offset_gets_the_whole_table(general: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with gateway(general=general) as opened:
        before, heard = opened.meter.tables.octets("ST6"), opened.watch(monkeypatch)
        tag = opened.get(TWO).headers["etag"]
        assert opened.patch(TWO, {"elements": {"OWNER_NAME": A}}, if_match=tag).status_code == 200
        assert _written(heard) == [(6, None, A.encode() + before[20:])]


def test_a_meter_that_lacks_what_it_says_gets_the_whole_table(monkeypatch: pytest.MonkeyPatch) -> None:
    with gateway() as opened:
        line = opened.desk.meters["house-1"].line
        write = line.write

        async def refusing(table: int, octets: bytes, *, offset: int | None = None) -> None:
            if offset is not None:
                raise ServiceRefused("a write", Code.SNS, "SNS")
            await write(table, octets)

        tag = opened.get(TWO).headers["etag"]
        monkeypatch.setattr(line, "write", refusing)
        assert opened.patch(TWO, {"elements": {"OWNER_NAME": A}}, if_match=tag).status_code == 200
        assert opened.meter.tables.octets("ST6")[:20] == A.encode()


def test_each_element_takes_the_right_to_it() -> None:
    with gateway() as opened:
        tag = opened.get(TWO).headers["etag"]
        both = {"elements": {"OWNER_NAME": A, "SERVICE_POINT_ID": B}}
        assert opened.patch(TWO, both, token=PART, if_match=tag).status_code == 403
        assert opened.patch(TWO, {"elements": {}}, token=READS, if_match=tag).status_code == 200, "nothing is written"
        assert opened.patch(TWO, {"elements": {"OWNER_NAME": A}}, token=READS, if_match=tag).status_code == 403
        assert not any(opened.meter.tables.octets("ST6"))
        assert opened.patch(TWO, {"elements": {"OWNER_NAME": A}}, token=PART, if_match=tag).status_code == 200


@pytest.mark.parametrize(
    ("where", "patch", "status", "said"),
    [
        (ST6, {"values": {"OWNER_NAME": None}}, 422, "would take OWNER_NAME out"),
        (ST6, {"values": {"NOTHING": 1}}, 404, "no element `NOTHING`"),
        (ST6, {"values": {"OWNER_NAME": {"DEEPER": 1}}}, 404, "no element `OWNER_NAME.DEEPER`"),
        (ST6, {"values": {"A B": 1}}, 422, "elements that no table has"),
        (ST6, {"values": {"OWNER_NAME": 17}}, 422, "OWNER_NAME"),
        (ST6, {"values": {"OWNER_NAME": "A" * 21}}, 422, "OWNER_NAME"),
        (ST6, {"values": []}, 422, "`values` expected"),
        (ST6, {"values": {}, "read_at": "now"}, 422, "nothing beside it"),
        (ST6, {"elements": {"OWNER_NAME": A}}, 422, "`values` expected"),
        (TWO, {"values": {"OWNER_NAME": A}}, 422, "`elements` expected"),
        (TWO, {"elements": {"UTILITY_DIV": A}}, 422, "not one of the elements in the query"),
        (ST62, {"values": {"LP_SEL_SET1": []}}, 422, ""),
    ],
)
def test_patches_that_do_not_fit(where: str, patch: Any, status: int, said: str) -> None:
    with gateway() as opened:
        held = {key: opened.meter.tables.octets(key) for key in ("ST6", "ST62")}
        told = opened.patch(where, patch, if_match=opened.get(where).headers["etag"])
        assert told.status_code == status, told.text
        assert said in told.json()["detail"]
        assert held == {key: opened.meter.tables.octets(key) for key in held}


TELLING = """DOCUMENT TELLING EDITION "2012";
TYPE TOLD_RCD = PACKED RECORD
    KIND : UINT8;
    IF KIND == 0 THEN
        TOLD : UINT8;
    ELSE
        TOLD : BCD(1);
    END;
    SMALL : UINT8;
END;
TABLE 5 TOLD_TBL = TOLD_RCD;
"""


def test_what_decides_over_other_elements_is_not_patched(tmp_path: Path) -> None:
    (tmp_path / "telling.tdl").write_text(TELLING, "utf-8")
    definition = load(str(tmp_path / "telling.tdl"))
    meter = Meter(name="house-1", definition=definition, line=Line(lambda: simulated(house(), WHO)), now=lambda: NOW)
    octets = b"\x00\x0c\x07"
    table = meter.find("ST5")
    reading = read_image(definition, Image(name="house-1", tables={"ST0": b"\x00", "ST5": octets}), only=["ST5"])
    before = Snapshot(table=table, octets=octets, reading=reading, read_at=NOW)
    made = changed(meter, before, [Change(path=("SMALL",), value=8)])
    assert (made.octets, made.start, made.end, made.own) == (b"\x00\x0c\x08", 2, 3, b"\x08")
    with pytest.raises(Problem, match="KIND decides over other elements of ST5"):
        changed(meter, before, [Change(path=("KIND",), value=1)])
    both = changed(meter, before, [Change(path=("KIND",), value=1), Change(path=("TOLD",), value=12)])
    assert (both.octets, both.own) == (b"\x01\x12\x07", b"\x01\x12")


def test_only_a_merge_patch_is_one() -> None:
    with gateway() as opened:
        tag = opened.get(ST6).headers["etag"]
        head = {"Authorization": "Bearer tdl_all", "If-Match": tag, "Content-Type": "application/json"}
        told = opened.client.patch(ST6, json={"values": {}}, headers=head)
        assert (told.status_code, told.headers["accept-patch"]) == (415, "application/merge-patch+json")
        assert opened.client.patch(f"{ST6}/elements/OWNER_NAME", headers=head).status_code == 405


def test_the_log_names_every_element(tmp_path: Path) -> None:
    log = tmp_path / "audit.log"
    with gateway(log) as opened:
        tag = opened.get(TWO).headers["etag"]
        opened.patch(TWO, {"elements": {"OWNER_NAME": A, "SERVICE_POINT_ID": B}}, if_match=tag)
    what = [json.loads(line)["what"] for line in log.read_text("ascii").splitlines()]
    assert what == ["ST6 OWNER_NAME, SERVICE_POINT_ID"] * 2


def test_a_patch_whose_line_in_the_log_would_be_too_long_is_not_done(tmp_path: Path) -> None:
    log = tmp_path / "audit.log"
    with gateway(log) as opened:
        tag = opened.get(ST6).headers["etag"]
        many = {f"{'A' * 120}{n}": 1 for n in range(190)}
        assert opened.patch(ST6, {"values": many}, if_match=tag).status_code == 422
        assert opened.patch(ST6, {"values": {f"A{n}": 1 for n in range(201)}}, if_match=tag).status_code == 422
    assert log.read_bytes() == b""
