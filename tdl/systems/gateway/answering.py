"""From a request to its answer: at once while somebody hears it, or later as a job."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Message

from tdl.systems.gateway.access import Caller, Callers
from tdl.systems.gateway.contents import body_of
from tdl.systems.gateway.desk import Desk
from tdl.systems.gateway.forms import Form, written
from tdl.systems.gateway.jobs import Job, Jobs
from tdl.systems.gateway.lines import Wait
from tdl.systems.gateway.problems import Problem
from tdl.systems.gateway.resources import Api
from tdl.systems.gateway.responses import document, problem_response

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]
Handler: TypeAlias = Callable[[Api, Request, Caller], Awaitable[Response]]

_SAFE = ("GET", "HEAD")
_WAIT = re.compile(r"wait=([0-9]{1,9})")
_LONGEST = 30
"""Seconds that a caller may want to wait before it is sent away with a job."""


class Front:
    """Answers what is asked about meters, and about jobs.

    A request with ``Prefer: respond-async`` (RFC 7240) becomes a job; with ``wait=N`` beside it, if it takes longer
    than so many seconds.
    """

    def __init__(self, desk: Desk, callers: Callers) -> None:
        self._desk, self._callers = desk, callers
        self._api, self._jobs = Api(desk), Jobs()

    def who(self, request: Request) -> Caller:
        """Who asks.

        Raises:
            Problem: nobody that is known.
        """
        try:
            return self._callers.find(request.headers.get("authorization"))
        except Problem:
            self._desk.recorder.unknown(request.method, request.url.path[:200])
            raise

    def answering(self, handler: Handler) -> Endpoint:
        """What is about meters, at once or as a job."""

        async def answer(request: Request) -> Response:
            who, patience = self.who(request), _patience(request)
            if patience is None:
                return await handler(self._api, request, who)
            return await self._later(request, who, handler, patience)

        return answering(answer)

    async def jobs(self, request: Request) -> Response:
        """All jobs of a caller."""
        found = self._jobs.of(self.who(request))
        return document(request, {"jobs": [job.told() for job in found]})

    async def job(self, request: Request) -> Response:
        """How far a job has got; or its end."""
        found = self._job(request)
        if request.method != "DELETE":
            return document(request, found.told())
        self._jobs.remove(found)
        return Response(status_code=204)

    async def answer(self, request: Request) -> Response:
        """What a job's caller would have been told."""
        return self._job(request).answer()

    async def close(self) -> None:
        """End what is under way."""
        await self._jobs.close()

    def _job(self, request: Request) -> Job:
        return self._jobs.find(self.who(request), request.path_params["job"])

    async def _later(self, request: Request, who: Caller, handler: Handler, patience: float) -> Response:
        body = b"" if request.method in _SAFE else await body_of(request)

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def work(wait: Wait) -> Response:
            return await told(handler(Api(self._desk.waiting(wait)), Request(request.scope, receive), who))

        query = f"?{request.url.query}" if request.url.query else ""
        asked = f"{request.method} {request.url.path}{query}"[:200]
        job = self._jobs.begin(who, asked, work, changes=request.method not in _SAFE)
        await asyncio.wait((job.task,), timeout=patience)
        if job.task.done():
            self._jobs.remove(job)
            return job.answer()
        where = f"/jobs/{job.name}"
        head = {"Location": where, "Preference-Applied": "respond-async", "Retry-After": "1"}
        return Response(written(Form.JSON, job.told()), 202, media_type=Form.JSON.value, headers=head)


def answering(endpoint: Endpoint) -> Endpoint:
    """A handler whose problems are answers, and which is ended when whoever asked for something to read goes."""

    async def answer(request: Request) -> Response:
        try:
            if request.method in _SAFE:
                return await _while_heard(request, endpoint)
            return await told(endpoint(request))
        except ClientDisconnect:
            return Response(status_code=400)

    return answer


async def told(work: Awaitable[Response]) -> Response:
    """What a caller is told, whatever happens."""
    try:
        return await work
    except Problem as problem:
        return problem_response(problem)
    except ClientDisconnect:
        raise
    except Exception as error:  # what nobody thought of
        # Its kind is said to whoever runs the gateway; its text may hold what is secret.
        print(f"tdl gateway: {type(error).__name__} in a request", file=sys.stderr)
        return problem_response(Problem(500, "this is a fault of the gateway"))


async def _while_heard(request: Request, endpoint: Endpoint) -> Response:
    """What a handler answers, unless nobody is there any more to hear it."""
    work = asyncio.ensure_future(told(endpoint(request)))
    gone = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait((work, gone), return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            raise ClientDisconnect
        return work.result()
    finally:
        gone.cancel()
        if not work.done():
            work.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass  # what comes with a question to read is not looked at


def _patience(request: Request) -> float | None:
    """Seconds until a request is made a job; None if its caller did not ask for one."""
    preferred = [each.strip().lower() for text in request.headers.getlist("prefer") for each in text.split(",")]
    if "respond-async" not in preferred:
        return None
    waits = [found for each in preferred if (found := _WAIT.fullmatch(each))]
    return float(min(int(waits[0][1]), _LONGEST)) if waits else 0.0
