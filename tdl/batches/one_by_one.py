"""Columns of tables whose layout varies from image to image: each is decoded by the reference codec."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from tdl.batches.arrow import pa
from tdl.batches.columns import float_value, text_value
from tdl.batches.types import is_list
from tdl.codec.json_values import to_json
from tdl.codec.values import Members, Raw, Record


def columns_of(records: Iterable[Record | None], schema: pa.Schema) -> list[pa.Array]:
    """The columns of decoded images; None is one that was not decoded."""
    held = list(records)
    return [
        pa.array([arrow_value(_at(record, field.name), field.type) for record in held], field.type) for field in schema
    ]


def _at(record: Record | None, path: str) -> object:
    """The value at a column's path; None where this image does not have it."""
    value: object = record
    for name in path.split("."):
        if not isinstance(value, Record):
            return None
        value = value.get(name)
    return value


def arrow_value(value: Any, type_: pa.DataType) -> object:
    """What Arrow takes for a decoded value; None for octets that mean nothing."""
    if value is None or (isinstance(value, Raw) and not pa.types.is_binary(type_)):
        return None
    if pa.types.is_struct(type_):
        return {field.name: arrow_value(value.get(field.name), field.type) for field in type_}
    if isinstance(value, Members) and is_list(type_):
        return [member in value for member in range(8 * len(value.octets))]
    if is_list(type_):
        return [arrow_value(item, type_.value_type) for item in value]
    if pa.types.is_integer(type_):
        return int(value)
    if pa.types.is_floating(type_):
        return float_value(value) if isinstance(value, Decimal) else float(value)
    if pa.types.is_decimal(type_):
        return Decimal(value)
    if pa.types.is_string(type_):
        return text_value(value) if isinstance(value, str) else json.dumps(to_json(value))
    return bytes(value) if isinstance(value, bytes) else value
