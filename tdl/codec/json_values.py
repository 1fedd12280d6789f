# SPDX-License-Identifier: 0BSD
"""Values in JSON, so that what was decoded can be stored, edited and encoded again octet for octet.

Numbers, flags, None and text are themselves; a Decimal or a moment is text, as are the infinities and NaN, which
JSON does not have; octets are hexadecimal text and a set is a list of its members. The leaves' ``write_`` functions
take these forms. What holds octets is an object: ``{"$raw": "FFFF"}``, with its ``"$value"`` if it has one. A record
is an object of its elements, and ``"$spare"`` is the number of a bit field's spare bits; an element's name cannot
begin with ``$``. The JSON text is valid UTF-8 whatever the octets were.
"""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from math import isfinite, isnan

from tdl.codec.decimals import ExactDecimal
from tdl.codec.numerals import parse_decimal
from tdl.codec.values import ExactFloat, ExactInt, Members, Raw, Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None

MAX_DEPTH = 200
"""How deep objects and lists may be nested; far more than any definition needs."""

_NOT_FINITE = ("NaN", "Infinity", "-Infinity")


def to_json(value: object) -> Json:
    """What `json.dumps` takes for a decoded value, a list of values or a record.

    Raises:
        TypeError: nothing that a codec makes.
        ValueError: text with surrogates that stand for no octet.
    """
    match value:
        case None | bool():
            return value
        case ExactInt() | ExactFloat() | ExactDecimal():
            return {"$raw": _hex(value.raw), "$value": _plain(value)}
        case int() | float() | Decimal():
            return _plain(value)
        case str():
            return _text(value)
        case Raw():
            return {"$raw": _hex(value)}
        case bytes():
            return _hex(value)
        case date() | time():
            return value.isoformat()
        case Members():
            return list(value)
        case list() | tuple():
            return [to_json(element) for element in value]
        case Record():
            elements = {name: to_json(element) for name, element in value.items()}
            return elements | {"$spare": value.spare} if value.spare else elements
        case _:
            raise TypeError(f"no JSON form for a value of type `{type(value).__name__}`")


def from_json(value: Json) -> object:
    """The value that an encoder takes for what `json.loads` made: records of their elements, all else as it is.

    Raises:
        ValueError: an object that `to_json` would not make, or one nested deeper than `MAX_DEPTH`.
    """
    return _value(value, 0)


def _value(value: Json, depth: int) -> object:
    if not isinstance(value, dict | list):
        return value
    if depth >= MAX_DEPTH:
        raise ValueError(f"nested more than {MAX_DEPTH} levels deep")
    if isinstance(value, list):
        return [_value(element, depth + 1) for element in value]
    if "$raw" in value:
        return _holder(value)
    record = Record()
    for name, element in value.items():
        if name == "$spare":
            if not isinstance(element, int) or isinstance(element, bool) or element < 0:
                raise ValueError("`$spare` is no number of bits")
            record.spare = element
        elif name.startswith("$"):
            raise ValueError(f"`{name}` is no element, `$raw`, `$value` or `$spare` expected")
        else:
            record[name] = _value(element, depth + 1)
    return record


def _holder(value: dict[str, Json]) -> object:
    """What ``$raw`` and ``$value`` stand for."""
    if value.keys() - {"$raw", "$value"}:
        raise ValueError("`$raw` stands beside other names than `$value`")
    try:
        raw = bytes.fromhex(value["$raw"] if isinstance(value["$raw"], str) else "?")
    except ValueError:
        raise ValueError("`$raw` is no text of hexadecimal digits") from None
    match value.get("$value"):
        case None:
            return Raw(raw)
        case int(number) if not isinstance(number, bool):
            return ExactInt(number, raw)
        case float(number):
            return ExactFloat(number, raw)
        case str(text) if text in _NOT_FINITE:
            return ExactFloat(float(text), raw)
        case str(text):
            # Text is garbled here, and only its octets are sure: see `_text`.
            decimal = parse_decimal(text)
            return Raw(raw) if decimal is None else ExactDecimal(decimal, raw)
        case _:
            raise ValueError("`$value` is neither number nor text")


def _plain(number: float | Decimal) -> Json:
    match number:
        case int():
            return int(number)
        case Decimal():
            return str(number)
        case _:
            if isfinite(number):
                return float(number)
            return "NaN" if isnan(number) else "Infinity" if number > 0 else "-Infinity"


def _text(text: str) -> Json:
    """Text; where octets of it are no characters, JSON holds the octets and a readable form.

    The lone surrogates that stand for them in Python have no UTF-8, and many readers of JSON refuse them.
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raw = text.encode("utf-8", "surrogateescape")
        return {"$raw": _hex(raw), "$value": raw.decode("utf-8", "replace")}
    return text


def _hex(octets: bytes) -> str:
    return octets.hex().upper()
