"""Answers that are fetched later: what a caller asks to be done while it does not wait.

A job is of the token that made it. How many there are, and how long an answer is kept, has a bound.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.responses import Response

from tdl.systems.gateway.access import Caller
from tdl.systems.gateway.lines import Wait
from tdl.systems.gateway.problems import Problem

MOST, MOST_OF_ONE = 256, 16
"""Jobs of all callers and of one, ended ones that are still kept among them."""

KEPT = 600.0
"""Seconds for which an answer is kept."""

PATIENCE = 600.0
"""Seconds until what was asked must be answered, or a change must have begun."""


@dataclass(slots=True, kw_only=True)
class Job:
    """Something that is being done.

    Attributes:
        asked: the method and path.
        changes: whether it may change a meter.
        task: it ends with the answer.
    """

    name: str
    who: str
    asked: str
    changes: bool
    task: asyncio.Task[Response]
    wait: Wait
    ended: float | None = None

    @property
    def state(self) -> str:
        return "ended" if self.task.done() else "begun" if self.wait.begun else "waits"

    def answer(self) -> Response:
        """What the caller would have been told.

        Raises:
            Problem: that is not known yet, or never will be.
        """
        if self.task.cancelled():
            raise Problem(404, "the job was taken back")
        if not self.task.done():
            raise Problem(409, "the job has not ended", headers={"Retry-After": "1"})
        return self.task.result()

    def told(self) -> dict[str, object]:
        """How far it has got."""
        status = self.task.result().status_code if self.task.done() else None
        return {"job": self.name, "request": self.asked, "state": self.state, "status": status}


class Jobs:
    """The jobs of all callers."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._jobs: dict[str, Job] = {}

    def begin(self, who: Caller, asked: str, work: Callable[[Wait], Awaitable[Response]], *, changes: bool) -> Job:
        """Begin something that ends with an answer, whatever happens.

        Args:
            asked: the method and path.
            changes: whether it may change a meter.

        Raises:
            Problem: there are as many as there may be.
        """
        self._forget_old()
        if sum(job.who == who.name for job in self._jobs.values()) >= MOST_OF_ONE or len(self._jobs) >= MOST:
            raise Problem(503, f"{MOST_OF_ONE} jobs of a token, or {MOST} of all: `DELETE` those that are not needed")
        wait = Wait(seconds=PATIENCE)
        task = asyncio.ensure_future(work(wait))
        job = Job(name=secrets.token_urlsafe(16), who=who.name, asked=asked, changes=changes, task=task, wait=wait)
        self._jobs[job.name] = job
        task.add_done_callback(lambda _: self._end(job))
        return job

    def find(self, who: Caller, name: str) -> Job:
        """A job that a caller has made.

        Raises:
            Problem: there is none of that name.
        """
        self._forget_old()
        job = self._jobs.get(name)
        if job is None or job.who != who.name:
            raise Problem(404, "no job of that name")
        return job

    def of(self, who: Caller) -> list[Job]:
        """All that a caller has made, and that are kept."""
        self._forget_old()
        return [job for job in self._jobs.values() if job.who == who.name]

    def remove(self, job: Job) -> None:
        """End a job, or forget one that has ended.

        Raises:
            Problem: it has begun to change a meter, and runs to its end.
        """
        if job.changes and job.state == "begun":
            raise Problem(409, "the change has begun and runs to its end")
        self._jobs.pop(job.name, None)
        job.task.cancel()

    async def close(self) -> None:
        """End all jobs; a change that has begun is for its meter's line to wait for."""
        tasks = [job.task for job in self._jobs.values()]
        self._jobs.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _end(self, job: Job) -> None:
        job.ended = self._clock()

    def _forget_old(self) -> None:
        oldest = self._clock() - KEPT
        for job in [job for job in self._jobs.values() if job.ended is not None and job.ended < oldest]:
            del self._jobs[job.name]
