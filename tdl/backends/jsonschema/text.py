"""A schema's text: that of `json.dumps` with ``indent=2``, which takes five times as long to write it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from json.encoder import encode_basestring_ascii as quoted

from tdl.deferred import dataclass


@dataclass(frozen=True, slots=True)
class Reference:
    """A string with holes (see `tdl.backends.holes`), of plain characters otherwise."""

    text: str


def json_text(value: object, line: str = "\n") -> str:
    """The text of a value that JSON has, in ASCII.

    Args:
        line: how its lines begin.
    """
    match value:
        case str():
            return quoted(value)
        case dict() if value:
            inner = f"{line}  "
            members = [f"{quoted(name)}: {json_text(each, inner)}" for name, each in value.items()]
            return f"{{{inner}{f',{inner}'.join(members)}{line}}}"
        case list() | tuple() if value:
            inner = f"{line}  "
            elements = [json_text(each, inner) for each in value]
            return f"[{inner}{f',{inner}'.join(elements)}{line}]"
        case bool():
            return "true" if value else "false"
        case int():
            return int.__repr__(value)
        case Reference():
            return f'"{value.text}"'
        case _:
            return json.dumps(value)


def json_members(texts: Mapping[str, str], line: str) -> str:
    """The text of an object whose members have texts of their own."""
    inner = f"{line}  "
    return f"{{{inner}{f',{inner}'.join([f'{quoted(name)}: {text}' for name, text in texts.items()])}{line}}}"
