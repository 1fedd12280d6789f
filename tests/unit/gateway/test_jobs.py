"""What is asked for later: jobs, their answers, who sees them, how they end and how many there may be."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import Response

from tdl.systems.gateway.access import Caller
from tdl.systems.gateway.jobs import KEPT, MOST_OF_ONE, Job, Jobs
from tdl.systems.gateway.lines import Wait
from tdl.systems.gateway.problems import Problem
from tests.unit.gateway.gateways import READS, Opened, gateway

ST6, OWNER = "/meters/house-1/tables/ST6", "/meters/house-1/tables/ST6/elements/OWNER_NAME"
SP9 = "/meters/house-1/procedures/SP9"
LATER = "respond-async"
ME, OTHER = Caller(name="me"), Caller(name="other")


def _ended(opened: Opened, where: str) -> dict[str, Any]:
    """A job once it has ended."""
    for _ in range(1000):
        told: dict[str, Any] = opened.get(where).json()
        if told["state"] == "ended":
            return told
        time.sleep(0.01)
    raise AssertionError(told)


def _hold(opened: Opened, patched: pytest.MonkeyPatch, name: str) -> Callable[[], None]:
    """Make a meter wait with its reads or writes; what is returned lets it go on."""
    line = opened.desk.meters["house-1"].line
    done, gate = getattr(line, name), asyncio.Event()

    async def held(*given: Any, **named: Any) -> Any:
        await gate.wait()
        return await done(*given, **named)

    patched.setattr(line, name, held)
    portal = opened.client.portal
    assert portal is not None
    return lambda: portal.call(gate.set)


@contextmanager
def held(name: str, log: Path | None = None) -> Iterator[tuple[Opened, Callable[[], None]]]:
    with pytest.MonkeyPatch.context() as patched, gateway(log) as opened:
        release = _hold(opened, patched, name)
        yield opened, release
        release()


def test_a_read_is_answered_later_as_it_would_have_been_at_once() -> None:
    with held("read") as (opened, release):
        told = opened.get(ST6, prefer=LATER, accept="application/cbor")
        where = told.headers["location"]
        assert (told.status_code, told.headers["preference-applied"]) == (202, LATER)
        assert told.json() | {"job": "", "state": ""} == {
            "job": "",
            "request": f"GET {ST6}",
            "state": "",
            "status": None,
        }
        early = opened.get(f"{where}/answer")
        assert (early.status_code, early.headers["retry-after"]) == (409, "1")
        release()
        assert _ended(opened, where)["status"] == 200
        later, now = opened.get(f"{where}/answer"), opened.get(ST6, accept="application/cbor")
        assert (later.status_code, later.content) == (200, now.content)
        assert {name: later.headers[name] for name in ("etag", "content-type", "vary", "cache-control")} == {
            name: now.headers[name] for name in ("etag", "content-type", "vary", "cache-control")
        }
        assert [each["job"] for each in opened.get("/jobs").json()["jobs"]] == [where.rpartition("/")[2]]
        assert opened.client.delete(where, headers={"Authorization": "Bearer tdl_all"}).status_code == 204
        assert opened.get(where).status_code == 404


def test_a_change_is_done_later_with_all_that_it_takes(tmp_path: Path) -> None:
    with gateway(tmp_path / "audit.log") as opened:
        tag = opened.get(OWNER).headers["etag"]
        told = opened.put(OWNER, {"value": "L" * 20}, if_match=tag, prefer=LATER)
        assert _ended(opened, told.headers["location"])["status"] == 200
        assert opened.meter.tables.octets("ST6")[:20] == b"L" * 20
        again = opened.put(OWNER, {"value": "M" * 20}, if_match=tag, prefer=LATER)
        assert _ended(opened, again.headers["location"])["status"] == 412
        assert opened.get(again.headers["location"] + "/answer").json()["detail"].endswith("is not what the tag says")
        refused = opened.put(OWNER, {"value": "M" * 20}, token=READS, if_match=tag, prefer=LATER)
        assert refused.status_code == 403, "what is known at once is said at once"
        assert opened.client.get(ST6, headers={"Prefer": LATER}).status_code == 401, "nobody has no jobs"
    stages = [json.loads(line).get("status") for line in (tmp_path / "audit.log").read_text("ascii").splitlines()]
    assert stages == [None, 200, None, 412, 403, 401]


def test_who_waits_a_while_is_answered_at_once_if_that_is_enough() -> None:
    with held("read") as (opened, release):
        assert opened.get(ST6, prefer=f"{LATER}, wait=0").status_code == 202
        release()
        told = opened.get(ST6, prefer=f"wait=20, {LATER}")
        assert (told.status_code, told.json()["table"]) == (200, "ST6")
        assert len(opened.get("/jobs").json()["jobs"]) == 1
        assert opened.get(ST6, prefer="wait=20").status_code == 200, "who does not want a job gets none"


def test_a_job_is_seen_by_the_token_that_made_it_alone() -> None:
    with gateway() as opened:
        where = opened.get(ST6, prefer=LATER).headers["location"]
        for path in (where, f"{where}/answer"):
            assert opened.get(path, token=READS).status_code == 404
            assert opened.get(path, token="tdl_wrong").status_code == 401
        assert opened.client.delete(where, headers={"Authorization": f"Bearer {READS}"}).status_code == 404
        assert opened.get("/jobs", token=READS).json() == {"jobs": []}
        assert opened.get(where).status_code == 200


def test_a_read_that_is_no_longer_wanted_leaves_the_queue() -> None:
    with held("read") as (opened, _):
        line = opened.desk.meters["house-1"].line
        where = [opened.get(ST6, prefer=LATER).headers["location"] for _ in range(3)]
        assert line.taken == 3
        for each in where:
            assert opened.client.delete(each, headers={"Authorization": "Bearer tdl_all"}).status_code == 204
        for _ in range(1000):
            if not line.taken:
                break
            time.sleep(0.01)
        assert line.taken == 0


def test_who_waits_for_a_job_that_somebody_takes_back_is_told() -> None:
    with held("read") as (opened, _), ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(lambda: opened.get(ST6, prefer=f"{LATER}, wait=30"))
        while not (jobs := opened.get("/jobs").json()["jobs"]):
            time.sleep(0.01)
        assert opened.client.delete(f"/jobs/{jobs[0]['job']}", headers={"Authorization": "Bearer tdl_all"}).is_success
        told = waiting.result()
        assert (told.status_code, told.json()["detail"]) == (404, "the job was taken back")


def test_a_change_that_waits_can_be_taken_back_and_one_that_has_begun_cannot() -> None:
    head = {"Authorization": "Bearer tdl_all"}
    with gateway() as opened, pytest.MonkeyPatch.context() as patched:
        tag = opened.get(OWNER).headers["etag"]
        release = _hold(opened, patched, "write")
        first = opened.put(OWNER, {"value": "F" * 20}, if_match=tag, prefer=LATER).headers["location"]
        for _ in range(1000):
            if opened.get(first).json()["state"] == "begun":
                break
            time.sleep(0.01)
        second = opened.put(OWNER, {"value": "S" * 20}, if_match=tag, prefer=LATER).headers["location"]
        assert opened.get(second).json()["state"] == "waits"
        assert opened.client.delete(second, headers=head).status_code == 204
        kept = opened.client.delete(first, headers=head)
        assert (kept.status_code, "runs to its end" in kept.json()["detail"]) == (409, True)
        release()
        assert _ended(opened, first)["status"] == 200
        assert opened.meter.tables.octets("ST6")[:20] == b"F" * 20


def test_a_procedure_that_was_taken_back_may_be_asked_for_again() -> None:
    flags = {"DEMAND_RESET": True, "SELF_READ": False, "SEASON_CHANGE": False, "NEW_SEASON": 0}
    reset = {"parameters": {"ACTION_FLAG": flags}}
    with held("read") as (opened, release):
        opened.get(ST6, prefer=LATER)
        where = opened.post(SP9, reset, idempotency_key="one", prefer=LATER).headers["location"]
        assert opened.get(where).json()["state"] == "waits"
        assert opened.post(SP9, reset, idempotency_key="one").status_code == 409
        assert opened.client.delete(where, headers={"Authorization": "Bearer tdl_all"}).status_code == 204
        release()
        assert opened.post(SP9, reset, idempotency_key="one").status_code == 200


async def _never(_: Wait) -> Response:
    await asyncio.Event().wait()
    raise AssertionError


async def _at_once(_: Wait) -> Response:
    return Response(b"x")


def _begin(jobs: Jobs, who: Caller = ME, work: Any = _at_once) -> Job:
    return jobs.begin(who, "GET /", work, changes=False)


def test_there_are_so_many_jobs_of_one_token_and_no_more() -> None:
    async def run() -> None:
        jobs = Jobs()
        begun = [_begin(jobs, work=_never) for _ in range(MOST_OF_ONE)]
        with pytest.raises(Problem, match="503"):
            _begin(jobs)
        _begin(jobs, OTHER)
        jobs.remove(begun[0])
        _begin(jobs)
        with pytest.raises(Problem, match="503"):
            _begin(jobs)
        await jobs.close()
        assert all(job.task.done() for job in begun)

    asyncio.run(run())


def test_an_answer_is_kept_for_a_while() -> None:
    async def run() -> None:
        now = 0.0
        jobs = Jobs(lambda: now)
        ended, going = _begin(jobs), _begin(jobs, work=_never)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        now = KEPT - 1
        assert jobs.find(ME, ended.name).answer().body == b"x"
        now = KEPT + 1
        with pytest.raises(Problem, match="404"):
            jobs.find(ME, ended.name)
        assert jobs.of(ME) == [going], "what has not ended is not forgotten"
        await jobs.close()

    asyncio.run(run())
