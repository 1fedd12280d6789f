"""Answers over HTTP: forms, tags, ranges of octets, and problems."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from tdl.systems.gateway.forms import Form, has_tag, wanted, written
from tdl.systems.gateway.problems import Problem
from tdl.systems.gateway.showing import Shown

_RANGE = re.compile(r"bytes=([0-9]{1,9})-([0-9]{0,9})|bytes=-([0-9]{1,9})")
_VARY = {"Vary": "Accept, Authorization"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Octets that are asked for: from the first to the last, to the end without a last, or so many at the end."""

    first: int | None
    last: int | None

    def of(self, size: int) -> tuple[int, int]:
        """The first of them and the one behind, of so many octets.

        Raises:
            Problem: none of them is there.
        """
        if self.first is None:
            first, end = max(size - (self.last or 0), 0), size
        else:
            first, end = self.first, size if self.last is None else min(self.last + 1, size)
        if first >= end:
            raise no_range(str(size))
        return first, end


def range_of(request: Request) -> Range | None:
    """The range that a request asks for; None if it wants all, or what it asks for is no range."""
    found = _RANGE.fullmatch(request.headers.get("range", "").strip())
    if found is None or "if-none-match" in request.headers:
        return None
    if found[3]:
        return Range(first=None, last=int(found[3]))
    first, last = int(found[1]), int(found[2]) if found[2] else None
    return None if last is not None and last < first else Range(first=first, last=last)


def document(request: Request, told: object, headers: dict[str, str] | None = None, status: int = 200) -> Response:
    """A document that has no octets."""
    form = wanted(request.headers.get("accept"))
    if form is Form.OCTETS:
        raise Problem(406, "`application/json` or `application/cbor` expected in `Accept`")
    return Response(written(form, told), status, media_type=form.value, headers=_VARY | (headers or {}))


def conditional(request: Request, shown: Shown, form: Form) -> Response:
    """What is shown, unless the caller has it."""
    if has_tag(request.headers.get("if-none-match", ""), shown.tag(form)):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=_headers(shown.tag(form)))
    return sent(shown, form)


def sent(shown: Shown, form: Form) -> Response:
    """What is shown."""
    body = shown.octets if form is Form.OCTETS else written(form, shown.document)
    return Response(body, media_type=form.value, headers=_headers(shown.tag(form)))


def partial(octets: bytes, first: int, size: str, tag: str | None = None) -> Response:
    """Octets from the first on, of a table of a size that may be ``*``."""
    told = {"Content-Range": f"bytes {first}-{first + len(octets) - 1}/{size}"}
    more = {} if tag is None else {"ETag": tag}
    return Response(octets, HTTPStatus.PARTIAL_CONTENT, media_type=Form.OCTETS.value, headers={**_VARY, **told, **more})


def no_range(size: str) -> Problem:
    return Problem(416, "no octets there", headers={"Content-Range": f"bytes */{size}"})


def problem_response(problem: Problem) -> Response:
    body = written(Form.JSON, problem.document())
    return Response(body, problem.status, media_type="application/problem+json", headers=problem.headers)


def _headers(tag: str) -> dict[str, str]:
    return {"ETag": tag, "Accept-Ranges": "bytes", **_VARY}
