"""Who made what: places and origins in words that are the same on every machine."""

from __future__ import annotations

import re

from tdl.sources import NOWHERE, Span
from tdl.syntax import ast

_LIBRARY = "library:"
_FOLDERS = r"[/\\:]"


def place(span: Span | None) -> str:
    """``std/1997/decade2.tdl:20`` in the library; elsewhere the last part of a text's name and the line, since where
    its folder lies differs from machine to machine."""
    if span is None or span == NOWHERE:
        return ""
    line, _ = span.source.position(span.start)
    name = span.source.name
    inside = name.removeprefix(_LIBRARY)
    return f"{inside if inside != name else re.split(_FOLDERS, name)[-1]}:{line}"


def history(declared: ast.Declaration | ast.Member) -> tuple[str, ...]:
    """What happened, oldest first, where it is more than that the base declares it: ``added by ACME, acme.tdl:7``.

    Of properties, only those are told that changed on their own.
    """
    own = declared.origins
    told = tuple(map(_told, own)) if any(o.verb != "DECLARE" for o in own) else ()
    steps = {(o.document, o.verb) for o in own}
    for p in declared.properties:
        told += tuple(f"{p.name} {_told(o)}" for o in p.origins if (o.document, o.verb) not in steps)
    return told


def _told(origin: ast.Origin) -> str:
    return f"{origin.done} by {origin.document}, {place(origin.span)}"
