"""What callers send: octets, or what JSON and CBOR say, within bounds of size and time."""

from __future__ import annotations

import asyncio

from starlette.requests import Request

from tdl.systems.gateway.forms import PATCH, Form, read, sent_form
from tdl.systems.gateway.problems import Problem

MAX_BODY = 1 << 20
"""Octets of a request's content."""

BODY_SECONDS = 20.0
"""For the whole of a request's content to arrive."""


async def body_of(request: Request) -> bytes:
    """All of what a caller sends.

    Raises:
        Problem: it is too large or too slow.
    """
    said = request.headers.get("content-length", "")
    if said.isdecimal() and int(said[:20]) > MAX_BODY:
        raise Problem(413, f"more than {MAX_BODY} octets")
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for piece in request.stream():
                body += piece
                if len(body) > MAX_BODY:
                    raise Problem(413, f"more than {MAX_BODY} octets")
    except TimeoutError:
        raise Problem(408, f"not all of it came within {BODY_SECONDS:g} seconds") from None
    return bytes(body)


async def content_of(request: Request) -> tuple[Form, object]:
    """Octets, or what JSON or CBOR says.

    Raises:
        Problem: it is none of these, too large or too slow.
    """
    form = sent_form(request.headers.get("content-type"))
    body = await body_of(request)
    return form, body if form is Form.OCTETS else read(form, body)


async def patch_of(request: Request) -> object:
    """What a merge patch says.

    Raises:
        Problem: it is none, too large or too slow.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != PATCH:
        raise Problem(415, f"`{PATCH}` expected", headers={"Accept-Patch": PATCH})
    return read(Form.JSON, await body_of(request))


def member(content: object, name: str) -> object:
    """A member of an object.

    Raises:
        Problem: it is no object, or does not have it.
    """
    if not isinstance(content, dict) or name not in content:
        raise Problem(422, f"an object with `{name}` expected")
    return content[name]
