"""What the first tag of an XML definition says of it, without reading the rest."""

from __future__ import annotations

from contextlib import suppress
from xml.parsers import expat

from tdl.syntax.xml.names import ATTRIBUTES, KINDS, ROOTS


class _Enough(Exception):
    """The first tag has been seen."""


def heading(text: str) -> tuple[str | None, str | None] | None:
    """The name that a definition gives itself, and what a fragment calls its base.

    The first part of a text is enough, if it holds the whole first tag. None if the text is not XML TDL.
    """
    found: list[tuple[str | None, str | None]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(" ")[2] in {KINDS[root].tag for root in ROOTS}:
            found.append((attributes.get(ATTRIBUTES["name"].name), attributes.get(ATTRIBUTES["base"].name)))
        raise _Enough

    def document_type(*said: object) -> None:
        raise _Enough

    parser = expat.ParserCreate("utf-8", " ")
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = document_type
    with suppress(_Enough, expat.ExpatError):
        parser.Parse(text.lstrip().encode("utf-8", "surrogatepass"), False)
    return found[0] if found else None
