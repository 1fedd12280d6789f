"""The gateway as an ASGI application: its resources, and what holds for every answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tdl.systems.gateway.access import Callers
from tdl.systems.gateway.answering import Front, answering
from tdl.systems.gateway.desk import Desk
from tdl.systems.gateway.forms import Form, written
from tdl.systems.gateway.openapi import openapi
from tdl.systems.gateway.page import POLICY, asset
from tdl.systems.gateway.problems import Problem
from tdl.systems.gateway.resources import Api
from tdl.systems.gateway.responses import problem_response

_HEADERS: Mapping[bytes, bytes] = {
    b"cache-control": b"no-store",
    b"content-security-policy": POLICY.encode("ascii"),
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
}
"""Of every answer: values of meters are kept nowhere, and no other page may use them."""

_NAMES = ("127.0.0.1", "localhost", "::1")


def application(desk: Desk, callers: Callers, hosts: tuple[str, ...] = _NAMES) -> ASGIApp:
    """The gateway.

    Args:
        hosts: the names under which it answers; a page from elsewhere that has its name lead here has another one.
    """
    front = Front(desk, callers)
    described: dict[tuple[str, ...], bytes] = {}
    describing = asyncio.Lock()

    async def document(request: Request) -> Response:
        who = front.who(request)
        seen = tuple(name for name in desk.meters if who.sees(name))
        async with describing:
            if seen not in described:  # at most one for each caller that is known
                made = await asyncio.to_thread(openapi, [desk.meters[name] for name in seen])
                described[seen] = await asyncio.to_thread(written, Form.JSON, made)
        return Response(described[seen], media_type="application/openapi+json")

    async def page(request: Request) -> Response:
        content, kind = asset(request.path_params.get("name", "page.html"))
        return Response(content, media_type=kind)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await front.close()
        for meter in desk.meters.values():
            await meter.line.close()

    table = "/meters/{meter}/tables/{table}"
    routes = [
        Route("/", answering(page)),
        Route("/assets/{name}", answering(page)),
        Route("/openapi.json", answering(document)),
        Route("/meters", front.answering(Api.meters)),
        Route("/meters/{meter}/tables", front.answering(Api.tables)),
        Route(table, front.answering(Api.table), methods=["GET", "PUT", "PATCH"]),
        Route(f"{table}/elements/{{path:path}}", front.answering(Api.element), methods=["GET", "PUT"]),
        Route("/meters/{meter}/procedures/{procedure}", front.answering(Api.procedure), methods=["POST"]),
        Route("/jobs", answering(front.jobs)),
        Route("/jobs/{job}", answering(front.job), methods=["GET", "DELETE"]),
        Route("/jobs/{job}/answer", answering(front.answer)),
    ]
    app = Starlette(routes=routes, lifespan=lifespan, exception_handlers={HTTPException: _refused})
    app.router.redirect_slashes = False
    return _Guarded(app, hosts)


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = "nothing is at this address" if error.status_code == 404 else error.detail.lower()
    return problem_response(Problem(error.status_code, detail, headers=error.headers or {}))


class _Guarded:
    """What holds for every answer, whatever made it."""

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...]) -> None:
        self._app, self._hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = [(name, value) for name, value in message["headers"] if name.lower() not in _HEADERS]
                message = {**message, "headers": [*given, *_HEADERS.items()]}
            await send(message)

        if self._known(scope):
            await self._app(scope, receive, guarded)
        else:
            response = problem_response(Problem(421, "the name in `Host` is not one of this gateway"))
            await response(scope, receive, guarded)

    def _known(self, scope: Scope) -> bool:
        given = [value for name, value in scope["headers"] if name == b"host"]
        if len(given) != 1:
            return False
        try:
            return urlsplit(f"//{given[0].decode('latin-1')}").hostname in self._hosts
        except ValueError:
            return False
