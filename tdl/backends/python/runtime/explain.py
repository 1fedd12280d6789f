# SPDX-License-Identifier: 0BSD
"""The way that explains: the reference codec on the same Plan, taken when the straight line was left.

It raises the error that says where and why; where it succeeds its result counts.
"""

from __future__ import annotations

import json
from functools import lru_cache

from tdl.backends.python.runtime.structure import BitStructure, SpareBitStructure, Structure
from tdl.codec.decoder import Decoder
from tdl.codec.encoder import Encoder
from tdl.codec.environment import Environment
from tdl.codec.rows import Rows
from tdl.codec.values import Record
from tdl.ir.wire import from_wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from tdl.codec.rows import Layout
    from tdl.ir.plan import Bits, Group, TablePlan


def decode(
    plan: str,
    type_of: Callable[[str], type[Structure]],
    layouts: Mapping[tuple[str, ...], Layout],
    data: bytes,
    environment: Environment | None,
) -> Any:
    """The values of an image in generated classes; arrays of a layout, by path, stay octets as in the straight line.

    Raises:
        DecodeError: the octets do not have the layout.
    """
    record = _TypedDecoder(_table(plan), data, environment or Environment()).run()
    return _generated(record, type_of, layouts, ())


def encode(plan: str, record: object, environment: Environment | None) -> bytes:
    """The octets of a record: of a generated class, a `Record` or a dict.

    Raises:
        EncodeError: the values do not fit the layout.
    """
    return _TypedEncoder(_table(plan), environment or Environment()).run(record)


@lru_cache(maxsize=64)
def _table(plan: str) -> TablePlan:
    """A Plan by its text; those of late are kept, since a bad image seldom comes alone."""
    return from_wire(json.loads(plan))


class _TypedRecord(Record):
    """A record that knows the type it was made for."""

    __slots__ = ("type_name",)
    type_name: str


class _TypedDecoder(Decoder):
    def record(self, op: Group | Bits) -> Record:
        record = _TypedRecord()
        object.__setattr__(record, "type_name", op.type_name)
        return record


class _TypedEncoder(Encoder):
    flags_are_numbers = True

    def mapping(self, value: object) -> Record | dict[str, object]:
        if isinstance(value, Structure):
            spare = value.spare if isinstance(value, BitStructure) else 0
            return Record(((name, value[name]) for name in value), spare)
        return super().mapping(value)


def _generated(
    value: object,
    type_of: Callable[[str], type[Structure]],
    layouts: Mapping[tuple[str, ...], Layout],
    path: tuple[str, ...],
) -> Any:
    if isinstance(value, list):
        elements = [_generated(element, type_of, layouts, (*path, "[]")) for element in value]
        layout = layouts.get(path)
        return elements if layout is None else Rows(layout, layout.write(elements))
    if not isinstance(value, _TypedRecord):
        return value
    of = type_of(value.type_name)
    made = object.__new__(of)
    for name, attribute in of._attributes().items():
        setattr(made, attribute, _generated(value.get(name), type_of, layouts, (*path, name)))
    if isinstance(made, SpareBitStructure):
        made.spare = value.spare
    return made
