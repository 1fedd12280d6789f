"""A schema's text: that of `json.dumps` with ``indent=2``, which takes five times as long to write it."""

from __future__ import annotations

import json
from json.encoder import encode_basestring_ascii as quoted


def json_text(value: object, line: str = "\n") -> str:
    """The text of a value that JSON has, in ASCII.

    Args:
        line: how its lines begin.
    """
    inner = f"{line}  "
    match value:
        case str():
            return quoted(value)
        case dict() if value:
            members = [f"{quoted(name)}: {json_text(each, inner)}" for name, each in value.items()]
            return f"{{{inner}{f',{inner}'.join(members)}{line}}}"
        case list() | tuple() if value:
            elements = [json_text(each, inner) for each in value]
            return f"[{inner}{f',{inner}'.join(elements)}{line}]"
        case _:
            return json.dumps(value)
