"""HTTP in front of the desk: which resource a request is about, and nothing that decides over rights or meters."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tdl.ir.layout import Path
from tdl.systems.gateway.access import Caller
from tdl.systems.gateway.changing import MOST, Change, merged
from tdl.systems.gateway.contents import content_of, member, patch_of
from tdl.systems.gateway.desk import Desk
from tdl.systems.gateway.forms import Form, tags, wanted
from tdl.systems.gateway.meters import Meter
from tdl.systems.gateway.names import TableName, element_path
from tdl.systems.gateway.problems import Problem
from tdl.systems.gateway.responses import Range, conditional, document, no_range, partial, range_of, sent
from tdl.systems.gateway.showing import View, bare

_LAST = 0xFFFFFF
"""The highest offset that the meters' services have."""


class Api:
    """The resources that meters are."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def meters(self, request: Request, who: Caller) -> Response:
        """Which meters there are for a caller."""
        seen = [meter for meter in self._desk.meters.values() if who.sees(meter.name)]
        told = [{"meter": m.name, "definition": m.definition.name, "layout": m.definition.hash} for m in seen]
        return document(request, {"meters": told})

    async def tables(self, request: Request, who: Caller) -> Response:
        """Which tables a meter has."""
        meter = self._meter(who, request)
        return document(request, {"meter": meter.name, "tables": await self._desk.tables(who, meter)})

    async def table(self, request: Request, who: Caller) -> Response:
        """A table or some of its elements: read, in part read, or written."""
        meter = self._meter(who, request)
        asked = request.path_params["table"]
        table = meter.find(asked)
        if table.key != asked:
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(f"/meters/{quote(meter.name)}/tables/{table.key}{query}", 308)
        view = View(table=table, paths=_paths(request))
        match request.method:
            case "PUT" if not view.paths:
                return await self._put(request, who, meter, table)
            case "PUT":
                raise Problem(405, "elements of a table are written by `PATCH`", headers={"Allow": "GET, HEAD, PATCH"})
            case "PATCH":
                return await self._patch(request, who, meter, view)
        form = _accepted(request, view)
        if form is Form.OCTETS:
            return await self._octets(request, who, meter, table)
        return conditional(request, await self._desk.read(who, meter, view), form)

    async def element(self, request: Request, who: Caller) -> Response:
        """An element: read or written."""
        meter = self._meter(who, request)
        path = _path(request.path_params["path"])
        view = View(table=meter.find(request.path_params["table"]), paths=(path,), single=True)
        accepted = _accepted(request, view)
        if request.method == "PUT":
            form, content = await content_of(request)
            if form is Form.OCTETS:
                raise Problem(415, "the value of an element is sent as JSON or CBOR")
            changes = [Change(path=path, value=member(content, "value"))]
            shown = await self._desk.patch(who, meter, view, _matches(request), changes)
            return sent(shown, accepted if shown.octets else Form.JSON)
        shown = await self._desk.read(who, meter, view)
        if accepted is Form.OCTETS and not shown.octets:
            raise Problem(406, "a field has no octets of its own: `application/json` or `application/cbor`")
        return conditional(request, shown, accepted)

    async def procedure(self, request: Request, who: Caller) -> Response:
        """A procedure: run once for a key."""
        meter = self._meter(who, request)
        key = request.headers.get("idempotency-key")
        if key is None:
            raise Problem(400, "an `Idempotency-Key` expected: what is sent again must not be done again")
        form, content = await content_of(request)
        parameters = content if form is Form.OCTETS else member(content, "parameters")
        answer = await self._desk.run(who, meter, request.path_params["procedure"], key, parameters)
        kind = "application/problem+json" if answer.status >= 400 else "application/json"
        return Response(answer.body, answer.status, media_type=kind)

    def _meter(self, who: Caller, request: Request) -> Meter:
        return self._desk.meter(who, request.path_params["meter"])

    # --- tables ------------------------------------------------------------------------------------------------------

    async def _put(self, request: Request, who: Caller, meter: Meter, table: TableName) -> Response:
        if "content-range" in request.headers:
            raise Problem(400, "a table is written as a whole, or by its elements")
        accepted = wanted(request.headers.get("accept"))
        form, content = await content_of(request)
        what = content if form is Form.OCTETS else member(content, "values")
        shown = await self._desk.write(who, meter, table, _matches(request), what)
        return sent(shown, accepted if shown.document is not None else Form.OCTETS)

    async def _patch(self, request: Request, who: Caller, meter: Meter, view: View) -> Response:
        accepted = _accepted(request, view)
        changes = _changes(view, await patch_of(request))
        return sent(await self._desk.patch(who, meter, view, _matches(request), changes), accepted)

    async def _octets(self, request: Request, who: Caller, meter: Meter, table: TableName) -> Response:
        wished = range_of(request)
        if wished is not None and wished.first is not None and "if-range" not in request.headers:
            return await self._part(who, meter, table, wished, wished.first)
        shown = bare(meter, table, await self._desk.read_octets(who, meter, table))
        tag = shown.tag(Form.OCTETS)
        if wished is None or request.headers.get("if-range", tag) != tag:
            return conditional(request, shown, Form.OCTETS)
        first, end = wished.of(len(shown.octets))
        return partial(shown.octets[first:end], first, str(len(shown.octets)), tag)

    async def _part(self, who: Caller, meter: Meter, table: TableName, wished: Range, first: int) -> Response:
        """Octets read by themselves. How many the table has is not known then, nor a tag of the whole."""
        count = None if wished.last is None else min(wished.last, _LAST) - first + 1
        try:
            if first > _LAST:
                raise no_range("*")
            octets = await self._desk.read_octets(who, meter, table, offset=first, count=count)
        except Problem as problem:
            if problem.status != 422:
                raise
            # Behind the end, or a range that reaches over it: only the whole can tell which.
            whole = await self._desk.read_octets(who, meter, table)
            first, end = wished.of(len(whole))
            return partial(whole[first:end], first, str(len(whole)))
        if not octets:
            raise no_range("*")
        return partial(octets, first, "*")


def _accepted(request: Request, view: View) -> Form:
    """The form that a caller wants of what is looked at; nothing is written for one that there is not."""
    form = wanted(request.headers.get("accept"))
    if form is Form.OCTETS and view.paths and not view.single:
        raise Problem(406, "elements together are sent as `application/json` or `application/cbor`")
    return form


def _path(text: str) -> Path:
    path = element_path(text)
    if path is None:
        raise Problem(404, "no path of an element, such as `TOT_DATA_BLOCK.SUMMATIONS[0]`")
    return path


def _paths(request: Request) -> tuple[Path, ...]:
    """The elements that a query names; none if it is about the whole table."""
    if request.query_params.keys() - {"elements"}:
        raise Problem(400, "`elements` expected in the query, and nothing else")
    given = request.query_params.getlist("elements")
    if not given:
        return ()
    found = tuple(dict.fromkeys(_path(text.strip()) for each in given for text in each.split(",")))
    if len(found) > MOST:
        raise Problem(400, f"more than {MOST} elements")
    return found


def _changes(view: View, content: object) -> tuple[Change, ...]:
    """What a patch sets of what somebody looks at."""
    name = "elements" if view.paths else "values"
    patch = member(content, name)
    if not isinstance(content, dict) or len(content) > 1 or not isinstance(patch, dict):
        raise Problem(422, f"an object of elements as `{name}` expected, and nothing beside it")
    changes: list[Change] = [] if view.paths else list(merged(patch))
    for text, value in patch.items() if view.paths else ():
        path = _path(text)
        if path not in view.paths:
            raise Problem(422, f"`{text}` is not one of the elements in the query")
        changes += merged(value, path)
    if len(changes) > MOST:
        raise Problem(422, f"more than {MOST} elements: write the table")
    return tuple(changes)


def _matches(request: Request) -> tuple[str, ...]:
    """The tags that a write depends on; any will not do, as a write must know what it replaces."""
    header = request.headers.get("if-match", "").strip()
    if header in ("", "*"):
        raise Problem(428, "an `If-Match` with the tag of what was read expected")
    return tags(header)
