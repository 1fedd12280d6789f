"""What the leaves of a Plan look like in JSON (see `tdl.codec.json_values`).

A schema accepts what a decoder can write there, and of what an encoder takes besides that what people would write: a
number for a decimal one, an integer for digits. Lengths of text are in characters, never more than its octets.
"""

from __future__ import annotations

from typing import Any, TypeAlias, assert_never

from tdl.ir import plan
from tdl.ir.expr import Const, Expr, Range
from tdl.ir.interval import interval

Schema: TypeAlias = dict[str, Any]
Leaf: TypeAlias = plan.Take | plan.Bytes | plan.Builtin | plan.Opaque | plan.Field

NOTHING: Schema = {"type": "null"}

_DECIMAL = r"^[+\-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+\-]?[0-9]+)?$"
_YEAR = "(199[0-9]|20[0-8][0-9])"
_DAY = "(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?"
_CLOCKS = ("TIME", "STIME", "HTIME")
_CHARACTERS = {1: r"^[\u0000-\u007f]*$", 2: r"^[\u0000-\u00ff]*$", 3: None}
"""What text can hold under each CHAR_FORMAT."""

_FLOAT32_MAX = 3.4028234663852886e38
_MAX_DIGITS = 300
"""Longer runs of BCD have no limit as a number: readers of JSON differ on integers of this size."""


def leaf_schema(op: Leaf, index: Range) -> Schema:
    """What the value of a leaf can be; ``index`` is the interval of the position in the array around it."""
    match op:
        case plan.Take(kind="float"):
            return _float(op.octets)
        case plan.Take(kind="uint"):
            return _between(0, (1 << 8 * op.octets) - 1)
        case plan.Take(decimals=decimals) if decimals:
            return _decimal(op.octets)
        case plan.Take():
            return _signed(8 * op.octets, op.form)
        case plan.Bytes():
            return _octets(op, index)
        case plan.Builtin():
            return _builtin(op)
        case plan.Opaque():
            return _hex(0, 2 * _extent(op.limit, index)[1])
        case plan.Field(kind="bool"):
            return {"type": ["boolean", "integer"], "minimum": 0, "maximum": (1 << op.width) - 1}
        case plan.Field(kind="int"):
            return _signed(op.width, op.form)
        case plan.Field():
            return _between(0, (1 << op.width) - 1)
        case _:
            assert_never(op)


def either(schemas: list[Schema]) -> Schema:
    """A value that one of some schemas accepts."""
    flat = [each for schema in schemas for each in (schema["anyOf"] if schema.keys() == {"anyOf"} else [schema])]
    distinct = [each for at, each in enumerate(flat) if each not in flat[:at]]
    return distinct[0] if len(distinct) == 1 else {"anyOf": distinct}


def extent_schema(expression: Expr, index: Range, least: str, most: str, each: int = 1) -> Schema:
    """The keywords for the interval of a length or count, of so many characters each."""
    low, high = _extent(expression, index)
    return ({least: each * low} if low else {}) | ({most: each * high} if high < plan.MAX_OCTETS else {})


def _extent(expression: Expr, index: Range) -> Range:
    low, high = interval(expression, index)
    return min(max(low, 0), plan.MAX_OCTETS), min(max(high, 0), plan.MAX_OCTETS)


# --- numbers ---------------------------------------------------------------------------------------------------------


def _between(low: int, high: int) -> Schema:
    return {"type": "integer", "minimum": low, "maximum": high}


def _signed(bits: int, form: Expr | None) -> Schema:
    high = (1 << bits - 1) - 1
    if form is None or form == Const(value=0):
        return _between(-high - 1, high)
    low = -high if isinstance(form, Const) else -high - 1
    return either([_between(low, high), _exact((bits + 7) // 8, "integer")])


def _float(octets: int) -> Schema:
    number: Schema = {"type": "number"}
    if octets == 4:
        number |= {"minimum": -_FLOAT32_MAX, "maximum": _FLOAT32_MAX}
    return either([number, {"enum": ["Infinity", "-Infinity", "NaN"]}, _exact(octets, "string")])


def _decimal(octets: int) -> Schema:
    return either([{"type": "number"}, {"type": "string", "pattern": _DECIMAL}, _exact(octets, "string")])


def _exact(octets: int, value: str) -> Schema:
    """A value that holds its octets, since writing it would give others."""
    return {
        "type": "object",
        "properties": {"$raw": _hex(2 * octets, 2 * octets), "$value": {"type": value}},
        "required": ["$raw"],
        "additionalProperties": False,
    }


# --- octets ----------------------------------------------------------------------------------------------------------


def _hex(low: int, high: int) -> Schema:
    least = {"minLength": low} if low else {}
    most = {"maxLength": high} if high < 2 * plan.MAX_OCTETS else {}
    return {"type": "string", "pattern": "^([0-9A-Fa-f]{2})*$"} | least | most


def _octets(op: plan.Bytes, index: Range) -> Schema:
    low, high = _extent(op.length, index)
    match op.form:
        case "text":
            return _text(op.charset, low, high)
        case "bcd":
            largest = {"maximum": 10 ** (2 * high) - 1} if 2 * high <= _MAX_DIGITS else {}
            number: Schema = {"type": "integer", "minimum": 0} | largest
            return either([_hex(2 * low, 2 * high), *([number] if high else [])])
        case "set":
            return {"type": "array", "items": _between(0, max(8 * high - 1, 0)), **({} if high else {"maxItems": 0})}
        case _:
            return _hex(2 * low, 2 * high)


def _text(charset: Expr | None, low: int, high: int) -> Schema:
    raw: Schema = {
        "type": "object",
        "properties": {"$raw": _hex(2 * low, 2 * high), "$value": {"type": "string"}},
        "required": ["$raw"],
        "additionalProperties": False,
    }
    text: Schema = {"type": "string"} | ({"maxLength": high} if high < plan.MAX_OCTETS else {})
    if isinstance(charset, Const):
        if charset.value not in _CHARACTERS:
            return raw
        pattern = _CHARACTERS[charset.value]
        text |= {"pattern": pattern} if pattern else {}
    return either([text, raw])


def _builtin(op: plan.Builtin) -> Schema:
    if not op.octets:
        return NOTHING
    match op.kind:
        case "FLOAT_CHAR" | "FIXED_BCD":
            return _decimal(op.octets)
        case "RDATE":
            return _between(0, 0xFFFF)
        case "DATE":
            format, pattern = "date", f"{_YEAR}-{_DAY}"
        case kind if kind in _CLOCKS:
            format, pattern = "", _CLOCK
        case _:
            year = _YEAR if op.variant in (1, 2) else "[0-9]{4}"
            format, pattern = "", f"{year}-{_DAY}[T ]{_CLOCK}"
    moment: Schema = {"type": "string", "pattern": f"^{pattern}$"} | ({"format": format} if format else {})
    raw = {key: value for key, value in _exact(op.octets, "").items() if key != "properties"}
    return either([moment, raw | {"properties": {"$raw": _hex(2 * op.octets, 2 * op.octets)}}])
