"""HTTP in front of the desk: headers, forms, ranges and tags, and nothing that decides over rights or meters."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from urllib.parse import quote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response

from tdl.systems.gateway.access import Caller, Callers
from tdl.systems.gateway.desk import Desk
from tdl.systems.gateway.forms import Form, read, sent_form, tags, wanted, written
from tdl.systems.gateway.meters import Meter
from tdl.systems.gateway.names import TableName, element_path
from tdl.systems.gateway.problems import Problem
from tdl.systems.gateway.showing import Shown

MAX_BODY = 1 << 20
"""Octets of a request's content."""

BODY_SECONDS = 20.0
"""For the whole of a request's content to arrive."""

_RANGE = re.compile(r"bytes=([0-9]{1,9})-([0-9]{0,9})|bytes=-([0-9]{1,9})")
_LAST = 0xFFFFFF
"""The highest offset that the meters' services have."""

Handler = Callable[[Request], Awaitable[Response]]


class Api:
    """The resources of the gateway."""

    def __init__(self, desk: Desk, callers: Callers) -> None:
        self._desk, self._callers = desk, callers

    async def meters(self, request: Request) -> Response:
        """Which meters there are for a caller."""
        who = self._who(request)
        seen = [meter for meter in self._desk.meters.values() if who.sees(meter.name)]
        told = [{"meter": m.name, "definition": m.definition.name, "layout": m.definition.hash} for m in seen]
        return self._document(request, {"meters": told})

    async def tables(self, request: Request) -> Response:
        """Which tables a meter has."""
        who = self._who(request)
        meter = self._meter(who, request)
        return self._document(request, {"meter": meter.name, "tables": await self._desk.tables(who, meter)})

    async def table(self, request: Request) -> Response:
        """A table: read, in part read, or written."""
        who = self._who(request)
        meter = self._meter(who, request)
        asked = request.path_params["table"]
        table = meter.find(asked)
        if table.key != asked:
            return RedirectResponse(f"/meters/{quote(meter.name)}/tables/{table.key}", 308)
        if request.method == "PUT":
            return await self._put_table(request, who, meter, table)
        form = wanted(request.headers.get("accept"))
        if form is Form.OCTETS:
            return await self._octets(request, who, meter, table)
        return _conditional(request, await self._desk.read(who, meter, table), form)

    async def element(self, request: Request) -> Response:
        """An element: read or written."""
        who = self._who(request)
        meter = self._meter(who, request)
        table = meter.find(request.path_params["table"])
        path = element_path(request.path_params["path"])
        if path is None:
            raise Problem(404, "no path of an element, such as `TOT_DATA_BLOCK.SUMMATIONS[0]`")
        if request.method == "PUT":
            form, content = await _content(request)
            if form is Form.OCTETS:
                raise Problem(415, "the value of an element is sent as JSON or CBOR")
            matches = _matches(request)
            shown = await self._desk.write_element(who, meter, table, path, matches, _member(content, "value"))
        else:
            shown = await self._desk.read_element(who, meter, table, path)
        form = wanted(request.headers.get("accept"))
        if form is Form.OCTETS and not shown.octets:
            raise Problem(406, "a field has no octets of its own: `application/json` or `application/cbor`")
        return _conditional(request, shown, form)

    async def procedure(self, request: Request) -> Response:
        """A procedure: run once for a key."""
        who = self._who(request)
        meter = self._meter(who, request)
        key = request.headers.get("idempotency-key")
        if key is None:
            raise Problem(400, "an `Idempotency-Key` expected: what is sent again must not be done again")
        form, content = await _content(request)
        parameters = content if form is Form.OCTETS else _member(content, "parameters")
        answer = await self._desk.run(who, meter, request.path_params["procedure"], key, parameters)
        kind = "application/problem+json" if answer.status >= 400 else "application/json"
        return Response(answer.body, answer.status, media_type=kind)

    def _who(self, request: Request) -> Caller:
        try:
            return self._callers.find(request.headers.get("authorization"))
        except Problem:
            self._desk.unknown(request.method, request.url.path[:200])
            raise

    def _meter(self, who: Caller, request: Request) -> Meter:
        return self._desk.meter(who, request.path_params["meter"])

    def _document(self, request: Request, document: object) -> Response:
        form = wanted(request.headers.get("accept"))
        if form is Form.OCTETS:
            raise Problem(406, "`application/json` or `application/cbor` expected in `Accept`")
        return Response(written(form, document), media_type=form.value, headers={"Vary": "Accept, Authorization"})

    # --- tables ------------------------------------------------------------------------------------------------------

    async def _put_table(self, request: Request, who: Caller, meter: Meter, table: TableName) -> Response:
        if "content-range" in request.headers:
            raise Problem(400, "a table is written as a whole, or by its elements")
        form, content = await _content(request)
        what = content if form is Form.OCTETS else _member(content, "values")
        shown = await self._desk.write(who, meter, table, _matches(request), what)
        form = wanted(request.headers.get("accept"))
        return _sent(shown, form if shown.document is not None else Form.OCTETS)

    async def _octets(self, request: Request, who: Caller, meter: Meter, table: TableName) -> Response:
        part = None if "if-none-match" in request.headers else _RANGE.fullmatch(request.headers.get("range", ""))
        if part is not None and part[1] and "if-range" not in request.headers:
            first, last = int(part[1]), min(int(part[2] or _LAST), _LAST)
            if first <= last:
                return await self._part(who, meter, table, first, last, to_end=not part[2])
        shown = await self._desk.read_bare(who, meter, table)
        tag, whole = shown.tag(Form.OCTETS), len(shown.octets)
        if part is None or request.headers.get("if-range", tag) != tag:
            return _conditional(request, shown, Form.OCTETS)
        if part[1]:
            first, last = int(part[1]), min(int(part[2] or whole), whole - 1)
            if part[2] and int(part[2]) < first:
                return _conditional(request, shown, Form.OCTETS)  # no range at all, and so passed over
        else:
            first, last = max(whole - int(part[3]), 0), whole - 1
        if first > last:
            raise _no_range(str(whole))
        octets = shown.octets[first : last + 1]
        return _partial(octets, first, str(whole), {"ETag": tag})

    async def _part(
        self, who: Caller, meter: Meter, table: TableName, first: int, last: int, *, to_end: bool
    ) -> Response:
        """Octets read by themselves. How many the table has is not known then, nor a tag of the whole."""
        try:
            octets = await self._desk.read_octets(
                who, meter, table, offset=first, count=None if to_end else last - first + 1
            )
        except Problem as problem:
            if problem.status != 422:
                raise
            # Behind the end, or a range that reaches over it: only the whole can tell which.
            whole = await self._desk.read_octets(who, meter, table)
            octets = whole[first : last + 1]
            if not octets:
                raise _no_range(str(len(whole))) from None
            return _partial(octets, first, str(len(whole)), {})
        if not octets:
            raise _no_range("*")
        return _partial(octets, first, "*", {})


def answering(handler: Handler) -> Handler:
    """A handler whose problems are answers, and which is ended when whoever asked for something to read goes."""

    async def answer(request: Request) -> Response:
        try:
            if request.method in ("GET", "HEAD"):
                return await _while_heard(request, handler)
            return await handler(request)
        except Problem as problem:
            return problem_response(problem)
        except ClientDisconnect:
            return Response(status_code=400)

    return answer


def problem_response(problem: Problem) -> Response:
    body = written(Form.JSON, problem.document())
    return Response(body, problem.status, media_type="application/problem+json", headers=problem.headers)


async def _while_heard(request: Request, handler: Handler) -> Response:
    """What a handler answers, unless nobody is there any more to hear it."""
    work = asyncio.ensure_future(handler(request))
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


async def _content(request: Request) -> tuple[Form, object]:
    """What a caller sends: octets, or what JSON or CBOR says."""
    form = sent_form(request.headers.get("content-type"))
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for piece in request.stream():
                body += piece
                if len(body) > MAX_BODY:
                    raise Problem(413, f"more than {MAX_BODY} octets")
    except TimeoutError:
        raise Problem(408, f"not all of it came within {BODY_SECONDS:g} seconds") from None
    return form, bytes(body) if form is Form.OCTETS else read(form, bytes(body))


def _member(content: object, name: str) -> object:
    if not isinstance(content, dict) or name not in content:
        raise Problem(422, f"an object with `{name}` expected")
    return content[name]


def _matches(request: Request) -> tuple[str, ...]:
    """The tags that a write depends on; any will not do, as a write must know what it replaces."""
    header = request.headers.get("if-match", "").strip()
    if header in ("", "*"):
        raise Problem(428, "an `If-Match` with the tag of what was read expected")
    return tags(header)


def _conditional(request: Request, shown: Shown, form: Form) -> Response:
    response = _sent(shown, form)
    if request.method != "PUT" and shown.tag(form) in tags(request.headers.get("if-none-match", "")):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=_headers(shown.tag(form)))
    return response


def _sent(shown: Shown, form: Form) -> Response:
    body = shown.octets if form is Form.OCTETS else written(form, shown.document)
    return Response(body, media_type=form.value, headers=_headers(shown.tag(form)))


def _headers(tag: str) -> dict[str, str]:
    return {"ETag": tag, "Vary": "Accept, Authorization", "Accept-Ranges": "bytes"}


def _partial(octets: bytes, first: int, size: str, headers: dict[str, str]) -> Response:
    told = f"bytes {first}-{first + len(octets) - 1}/{size}"
    more = {"Content-Range": told, "Vary": "Accept, Authorization", **headers}
    return Response(octets, HTTPStatus.PARTIAL_CONTENT, media_type=Form.OCTETS.value, headers=more)


def _no_range(size: str) -> Problem:
    return Problem(416, "no octets there", headers={"Content-Range": f"bytes */{size}"})
