"""Leaves of EDL: what JSON says with its own types, XML says with the attribute ``type``.

| type | content | in JSON |
|---|---|---|
| none | ``12``, ``true`` | a number without fraction, a flag |
| ``float`` | ``1.5``, ``INF``, ``NaN`` | a number, or text |
| ``decimal``, ``dateTime``, ``date``, ``time``, ``text`` | as it is | text |
| ``hex`` | ``454C53`` | text |
| ``escaped`` | text with the escapes of JSON, for characters that XML does not have | text |
| ``set`` | ``0 1 5`` | a list of numbers |
| ``nil`` | nothing | null |
| ``raw`` | ``454C53``, octets that mean no value | ``$raw`` |

The attribute ``raw`` holds the octets of a value that would be written with others: ``$raw`` beside ``$value`` in JSON.
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import TypeAlias

from tdl.codec.json_values import to_json
from tdl.codec.values import Members, Raw

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

NAMESPACE = "urn:tdl:edl:1"

LIST, ITEM, PROFILE = "list", "item", "profile"

KINDS = ("float", "decimal", "dateTime", "date", "time", "text", "hex", "escaped", "set", "nil", "raw")

_INTEGER = re.compile(r"[+-]?[0-9]+")
_FLOAT = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,5})?")
_NOT_FINITE = {"Infinity": "INF", "-Infinity": "-INF", "NaN": "NaN"}
_FINITE = {written: name for name, written in _NOT_FINITE.items()}
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MAX_DIGITS = 4000
"""Longer numbers than Python reads from text."""


class LeafProblem(ValueError):
    """A content that is not of its type; the words say what was found and expected."""


def leaf(value: object) -> tuple[str, str | None, str]:
    """A leaf's type (``""`` for none), its octets in hexadecimal if they are kept, and its content.

    Raises:
        TypeError: nothing that a codec makes.
    """
    kind, plain = _kind(value), to_json(value)
    raw: str | None = None
    if isinstance(plain, dict):
        raw, plain = str(plain["$raw"]), plain.get("$value", "")
    if isinstance(value, Raw):
        return kind, None, str(value)
    content = _content(plain)
    if raw is not None and kind == "text":
        content = _NOT_IN_XML.sub("\ufffd", content)  # a readable form; the octets are what counts
    elif kind == "text" and _NOT_IN_XML.search(content):
        kind, content = "escaped", _NOT_IN_XML.sub(_escape, content.replace("\\", "\\\\").replace('"', '\\"'))
    return kind, raw, content


def parse_leaf(kind: str, raw: str | None, content: str) -> Json:
    """What JSON has for a leaf.

    Raises:
        LeafProblem: the content is not of this type.
    """
    if raw is None:
        return _parsed(kind, content)
    if kind in ("set", "nil", "raw"):
        raise LeafProblem(f"the attribute `raw` found, which the type `{kind}` does not have")
    return {"$raw": raw, "$value": _parsed(kind, content)}


def _kind(value: object) -> str:
    match value:
        case None:
            return "nil"
        case bool() | int():
            return ""
        case float():
            return "float"
        case Decimal():
            return "decimal"
        case str():
            return "text"
        case Raw():
            return "raw"
        case bytes():
            return "hex"
        case datetime():
            return "dateTime"
        case date():
            return "date"
        case time():
            return "time"
        case Members():
            return "set"
        case _:
            raise TypeError(f"no leaf of EDL for a value of type `{type(value).__name__}`")


def _content(plain: Json) -> str:
    match plain:
        case None:
            return ""
        case bool():
            return "true" if plain else "false"
        case list():
            return " ".join(str(member) for member in plain)
        case float():
            return repr(plain)
        case str():
            return _NOT_FINITE.get(plain, plain)
        case _:
            return str(plain)


def _parsed(kind: str, content: str) -> Json:
    match kind:
        case "text":
            return content
        case "escaped":
            return _unescaped(content)
        case "decimal" | "dateTime" | "date" | "time":
            return content.strip()
        case "hex":
            return "".join(content.split())
        case "float":
            return _float(content.strip())
        case "raw":
            return {"$raw": "".join(content.split())}
        case "set":
            return [_integer(member) for member in content.split()]
        case "nil":
            if content.strip():
                raise LeafProblem(f"{shown(content)} found, nothing expected")
            return None
        case _:
            return _number(content.strip())


def _number(content: str) -> Json:
    if content in ("true", "false"):
        return content == "true"
    if not _INTEGER.fullmatch(content):
        raise LeafProblem(f"{shown(content)} found, an integer, `true`, `false` or the attribute `type` expected")
    return _integer(content)


def _integer(content: str) -> int:
    if not _INTEGER.fullmatch(content) or len(content) > _MAX_DIGITS:
        raise LeafProblem(f"{shown(content)} found, an integer expected")
    return int(content)


def _float(content: str) -> Json:
    if content in _FINITE:
        return _FINITE[content]
    if not _FLOAT.fullmatch(content) or len(content) > _MAX_DIGITS:
        raise LeafProblem(f"{shown(content)} found, a number, `INF`, `-INF` or `NaN` expected")
    return float(content)


def _unescaped(content: str) -> str:
    try:
        found = json.loads(f'"{content}"', strict=False)
    except ValueError:
        found = None
    if not isinstance(found, str):
        raise LeafProblem(f"{shown(content)} found, text with the escapes of JSON expected")
    return found


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def shown(content: str) -> str:
    """A content in a message: short, and on one line."""
    short = content if len(content) <= 40 else f"{content[:40]}..."
    return f"`{short.encode('unicode_escape').decode('ascii')}`"
