"""Writes and procedures: what is needed for one, what is written, and what is in the log."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tdl.systems.gateway.access import Caller, Rule, digest_of
from tdl.systems.gateway.audit import BrokenAudit, follow
from tests.unit.gateway.gateways import ALL, PART, READS, Opened, gateway

ST6, OWNER = "/meters/house-1/tables/ST6", "/meters/house-1/tables/ST6/elements/OWNER_NAME"
FLAGS = {"DEMAND_RESET": True, "SELF_READ": False, "SEASON_CHANGE": False, "NEW_SEASON": 0}
RESET: dict[str, Any] = {"ACTION_FLAG": FLAGS}
SP9 = "/meters/house-1/procedures/SP9"


def test_a_table_is_written_if_it_is_what_was_read() -> None:
    with gateway() as opened:
        read = opened.get(ST6)
        document, tag = read.json(), read.headers["etag"]
        document["values"]["OWNER_NAME"] = "A" * 20
        assert opened.put(ST6, document).status_code == 428
        assert opened.put(ST6, document, if_match="*").status_code == 428
        assert opened.put(ST6, document, if_match='"another"').status_code == 412
        assert opened.meter.tables.octets("ST6")[:20] == bytes(20)
        written = opened.put(ST6, document, if_match=tag)
        assert written.status_code == 200
        assert opened.meter.tables.octets("ST6")[:20] == b"A" * 20
        assert written.headers["etag"] == opened.get(ST6).headers["etag"]
        assert opened.put(ST6, document, if_match=tag).status_code == 412, "its own write changed it"


def test_octets_are_written_too_and_only_as_many_as_there_are() -> None:
    with gateway() as opened:
        read = opened.get(ST6, accept="application/octet-stream")
        octets = b"B" * 20 + read.content[20:]
        short = opened.put(ST6, octets[:-1], if_match=read.headers["etag"])
        assert short.status_code == 422
        assert opened.put(ST6, octets, if_match=read.headers["etag"]).status_code == 200
        assert opened.meter.tables.octets("ST6") == octets


def test_one_element_is_written_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    with gateway() as opened:
        heard = opened.watch(monkeypatch)
        tag = opened.get(OWNER).headers["etag"]
        assert opened.put(OWNER, {"value": "C" * 20}, token=PART, if_match=tag).status_code == 200
        written = [each for each in heard if isinstance(each[2], bytes)]
        assert written == [(6, 0, b"C" * 20)]
        other = f"{ST6}/elements/UTILITY_DIV"
        assert opened.put(other, {"value": "D" * 20}, token=PART, if_match=tag).status_code == 403
        assert opened.put(other, {"value": "D" * 20}, if_match=tag).status_code == 412, "the tag of another element"
        assert opened.put(ST6, {"values": {}}, token=READS, if_match=tag).status_code == 403
        assert len([each for each in heard if isinstance(each[2], bytes)]) == 1


def test_what_became_of_a_write_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    with gateway() as opened:
        tag = opened.get(OWNER).headers["etag"]

        async def elsewhere(table: int, octets: bytes, *, offset: int | None = None) -> None:
            """As if somebody else had written at the same time."""

        monkeypatch.setattr(opened.desk.meters["house-1"].line, "write", elsewhere)
        told = opened.put(OWNER, {"value": "E" * 20}, if_match=tag)
        assert told.status_code == 409
        assert told.json()["written"] is True


@pytest.mark.parametrize("value", [17, ["x"], {"$raw": "zz"}, {"$odd": 1}, "far too long for the element's octets"])
def test_a_value_that_does_not_fit_is_the_callers(value: object) -> None:
    with gateway() as opened:
        tag = opened.get(OWNER).headers["etag"]
        assert opened.put(OWNER, {"value": value}, if_match=tag).status_code == 422
        assert not any(opened.meter.tables.octets("ST6"))


def test_the_meters_refusal_comes_with_its_code() -> None:
    with gateway() as opened:
        where = "/meters/house-1/tables/ST3"
        read = opened.get(where, accept="application/octet-stream")
        refused = opened.put(where, read.content, if_match=read.headers["etag"])
        assert refused.status_code == 422
        assert refused.json()["c12"] == {"layer": "service", "table": "ST3", "code": 5, "name": "IAR"}
        assert "does not list ST3 as one that can be written" in refused.json()["detail"]


def test_table_7_is_no_way_around_the_rights_to_procedures() -> None:
    with gateway() as opened:
        told = opened.put("/meters/house-1/tables/ST7", b"\x09\x00\x01\x01", if_match='"x"')
        assert told.status_code == 403


def test_a_procedure_runs_once_for_a_key() -> None:
    with gateway() as opened:
        assert opened.post(SP9, {"parameters": RESET}).status_code == 400
        first = opened.post(SP9, {"parameters": RESET}, idempotency_key="one")
        again = opened.post(SP9, {"parameters": RESET}, idempotency_key="one")
        assert first.status_code == again.status_code == 200, first.text
        assert first.json() == again.json()
        registers = opened.meter.tables.record("ST23")
        assert registers is not None
        assert registers["NBR_DEMAND_RESETS"] == 1
        other = opened.post(SP9, {"parameters": {"ACTION_FLAG": FLAGS | {"SELF_READ": True}}}, idempotency_key="one")
        assert other.status_code == 422
        assert opened.post(SP9, {"parameters": RESET}, token=PART, idempotency_key="one").status_code == 200
        assert opened.post(SP9, {"parameters": RESET}, token=READS, idempotency_key="two").status_code == 403
        assert opened.post(SP9, {"parameters": {"WRONG": 1}}, idempotency_key="three").status_code == 422
        assert opened.post(SP9, {"parameters": RESET}, idempotency_key="three").status_code == 200
        assert (
            opened.post("/meters/house-1/procedures/SP999", {"parameters": None}, idempotency_key="x").status_code
            == 404
        )


def test_the_log_holds_what_was_done_and_refused(tmp_path: Path) -> None:
    log = tmp_path / "audit.log"
    with gateway(log) as opened:
        tag = opened.get(OWNER).headers["etag"]
        opened.put(OWNER, {"value": "F" * 20}, if_match=tag)
        opened.put(OWNER, {"value": "G" * 20}, if_match=tag)
        opened.put(OWNER, {"value": "G" * 20}, token=READS, if_match=tag)
        opened.get(OWNER, token="tdl_wrong")
        opened.post(SP9, {"parameters": RESET}, idempotency_key="one")
        with pytest.raises(BrokenAudit, match="another gateway"), gateway(log):
            pass
    entries = [json.loads(line) for line in log.read_text("ascii").splitlines()]
    told = [(each["who"], each["act"], each.get("stage"), each.get("status")) for each in entries]
    assert told == [
        ("all", "write", "begins", None),
        ("all", "write", "ended", 200),
        ("all", "write", "begins", None),
        ("all", "write", "ended", 412),
        ("reads", "write", None, 403),
        ("", "GET", None, 401),
        ("all", "run", "begins", None),
        ("all", "run", "ended", 200),
    ]
    assert follow(log) == (8, entries[-1]["hash"])
    text = log.read_text("ascii")
    assert not any(secret in text for secret in (ALL, "tdl_wrong", "master"))
    lines = text.splitlines(keepends=True)
    for broken in (lines[:3] + lines[4:], [lines[0].replace("all", "any"), *lines[1:]], [*lines, '{"n": 9']):
        log.write_text("".join(broken), "ascii")
        with pytest.raises(BrokenAudit):
            follow(log)
        with pytest.raises(BrokenAudit), gateway(log):
            pass


def test_what_cannot_be_recorded_is_not_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with gateway(tmp_path / "audit.log") as opened:
        tag = opened.get(OWNER).headers["etag"]

        def full(_: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("tdl.systems.gateway.audit.os.fsync", full)
        told = opened.put(OWNER, {"value": "H" * 20}, if_match=tag)
        monkeypatch.undo()
        assert told.status_code == 507
        assert not any(opened.meter.tables.octets("ST6"))
    assert follow(tmp_path / "audit.log")[0] == 0


def test_what_was_done_and_cannot_be_recorded_is_said_to_be_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with gateway(tmp_path / "audit.log") as opened:
        tag, calls = opened.get(OWNER).headers["etag"], []

        def full_later(_: int) -> None:
            calls.append(1)
            if len(calls) > 1:
                raise OSError(28, "No space left on device")

        monkeypatch.setattr("tdl.systems.gateway.audit.os.fsync", full_later)
        told = opened.put(OWNER, {"value": "H" * 20}, if_match=tag)
        assert (told.status_code, told.json()["ended"]) == (507, 200)
        assert opened.meter.tables.octets("ST6")[:20] == b"H" * 20


def test_a_run_that_cannot_be_remembered_is_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    with gateway() as opened:
        runs = opened.desk._runs
        monkeypatch.setattr(runs, "_base", _Full(runs._base, "INSERT"))
        told = opened.post(SP9, {"parameters": RESET}, idempotency_key="one")
        assert (told.status_code, "cannot be written" in told.json()["detail"]) == (507, True)
        assert _resets(opened) == 0


def test_a_run_whose_end_cannot_be_remembered_is_said_to_have_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with gateway(tmp_path / "audit.log") as opened:
        runs = opened.desk._runs
        monkeypatch.setattr(runs, "_base", _Full(runs._base, "UPDATE"))
        told = opened.post(SP9, {"parameters": RESET}, idempotency_key="one")
        assert (told.status_code, told.json()["ended"]) == (507, 200)
        assert opened.post(SP9, {"parameters": RESET}, idempotency_key="one").status_code == 409
        assert _resets(opened) == 1
    entries = [json.loads(line).get("status") for line in (tmp_path / "audit.log").read_text("ascii").splitlines()]
    assert entries == [None, 200]


class _Full:
    """A database that has no room for some statements."""

    def __init__(self, base: sqlite3.Connection, statement: str) -> None:
        self._base, self._statement = base, statement

    def execute(self, statement: str, values: tuple[object, ...] = ()) -> sqlite3.Cursor:
        if statement.startswith(self._statement):
            raise sqlite3.OperationalError("database or disk is full")
        return self._base.execute(statement, values)


def _resets(opened: Opened) -> object:
    registers = opened.meter.tables.record("ST23")
    assert registers is not None
    return registers["NBR_DEMAND_RESETS"]


def test_callers_that_nobody_knows_cannot_fill_the_log(tmp_path: Path) -> None:
    with gateway(tmp_path / "audit.log") as opened:
        for _ in range(50):
            assert opened.get(OWNER, token="tdl_wrong").status_code == 401
    assert 1 <= follow(tmp_path / "audit.log")[0] <= 10


def test_who_may_only_write_does_not_read_by_writing() -> None:
    writes = Caller(name="w", digest=digest_of("tdl_w"), rules=(Rule(meters=("*",), write=("*",)),))
    with gateway(callers=(writes,)) as opened:
        assert opened.put(OWNER, {"value": "H" * 20}, token="tdl_w", if_match='"x"').status_code == 403
