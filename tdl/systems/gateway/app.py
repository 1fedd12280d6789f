"""The gateway as an ASGI application: its resources, and what holds for every answer."""

from __future__ import annotations

import sys
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
from tdl.systems.gateway.desk import Desk
from tdl.systems.gateway.forms import Form, written
from tdl.systems.gateway.openapi import openapi
from tdl.systems.gateway.page import POLICY, asset
from tdl.systems.gateway.problems import Problem
from tdl.systems.gateway.resources import Api, answering, problem_response

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
    api = Api(desk, callers)
    described: dict[tuple[str, ...], bytes] = {}

    async def document(request: Request) -> Response:
        who = callers.find(request.headers.get("authorization"))
        seen = tuple(name for name in desk.meters if who.sees(name))
        if seen not in described:  # at most one for each caller that is known
            described[seen] = written(Form.JSON, openapi([desk.meters[name] for name in seen]))
        return Response(described[seen], media_type="application/openapi+json")

    async def page(request: Request) -> Response:
        content, kind = asset(request.path_params.get("name", "page.html"))
        return Response(content, media_type=kind)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        for meter in desk.meters.values():
            await meter.line.close()

    inside = "/meters/{meter}/tables"
    routes = [
        Route("/", answering(page)),
        Route("/assets/{name}", answering(page)),
        Route("/openapi.json", answering(document)),
        Route("/meters", answering(api.meters)),
        Route(inside, answering(api.tables)),
        Route(f"{inside}/{{table}}", answering(api.table), methods=["GET", "PUT"]),
        Route(f"{inside}/{{table}}/elements/{{path:path}}", answering(api.element), methods=["GET", "PUT"]),
        Route("/meters/{meter}/procedures/{procedure}", answering(api.procedure), methods=["POST"]),
    ]
    app = Starlette(routes=routes, lifespan=lifespan, exception_handlers={HTTPException: _refused, Exception: _failed})
    app.router.redirect_slashes = False
    return _Guarded(app, hosts)


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return problem_response(Problem(error.status_code, error.detail.lower(), headers=error.headers or {}))


async def _failed(_: Request, error: Exception) -> Response:
    """What nobody thought of. Its kind is said to whoever runs the gateway; its text may hold what is secret."""
    print(f"tdl gateway: {type(error).__name__} in a request", file=sys.stderr)
    return problem_response(Problem(500, "this is a fault of the gateway"))


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
