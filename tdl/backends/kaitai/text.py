"""Kaitai's YAML as text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, TypeAlias

Spec: TypeAlias = dict[Any, Any]
"""A mapping of a ``.ksy`` file, its keys in the order they are written."""

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:[ .-][A-Za-z0-9_]+)*")
_OTHERWISE = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
"""Words that YAML does not read as text."""


def plain_number(expression: str) -> int | str:
    """An expression as a number where it is one."""
    return int(expression) if expression.isdecimal() else expression


def comment(*parts: str) -> str:
    """Text as a description; Kaitai's compilers put it into comments as it is, and nothing in it may end one."""
    text = "\n".join("".join(c if c.isprintable() else " " for c in part) for part in parts if part)
    return text.replace("\\", "/").replace('"', "'").replace("*/", "* /")


def lines(spec: Spec, indent: str = "") -> Iterator[str]:
    """The lines of a mapping."""
    for key, value in spec.items():
        yield from _entry(f"{indent}{_scalar(key)}:", value, indent)


def _entry(head: str, value: object, indent: str) -> Iterator[str]:
    match value:
        case dict() if value:
            yield head
            yield from lines(value, indent + "  ")
        case list() if value:
            yield head
            for item in value:
                first, *rest = lines(item, indent + "    ")
                yield f"{indent}  - {first.removeprefix(indent + '    ')}"
                yield from rest
        case _:
            yield f"{head} {_scalar(value)}"


def _scalar(value: object) -> str:
    if isinstance(value, str):
        if _PLAIN.fullmatch(value) and value.lower() not in _OTHERWISE:
            return value
        return re.sub(r"[^\x20-\x7e\xa0-\u1fff\u2070-\ud7ff]", _escaped, json.dumps(value, ensure_ascii=False))
    return json.dumps(value)


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\U{code:08X}" if code > 0xFFFF else f"\\u{code:04X}"
