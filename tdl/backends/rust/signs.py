"""Signs of structures: a few octets that are the same for equal ones, whenever and wherever they were made."""

from __future__ import annotations

import marshal
from hashlib import sha256
from typing import Any, assert_never

from tdl.backends.shapes.shape import Array, BitRecord, Number, Octets, Real, Record, Shape, Structure, Variant
from tdl.backends.since import PLAIN

_OCTETS = 16


class Signs:
    """The signs of structures, each worked out once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Structure, bytes]] = {}  # by identity: large structures are slow to hash

    def of(self, structure: Structure) -> bytes:
        if id(structure) not in self._known:
            said = marshal.dumps(self._said(structure), PLAIN)
            self._known[id(structure)] = structure, sha256(said).digest()[:_OCTETS]
        return self._known[id(structure)][1]

    def _said(self, structure: Structure) -> Any:
        if isinstance(structure, Record):
            members = tuple((each.name, self._shape(each.shape), each.optional) for each in structure.members)
            return "record", structure.type_name, members
        fields = tuple(
            (each.name, each.width, each.kind, each.zeros, each.enumeration, each.optional) for each in structure.fields
        )
        return "bits", structure.type_name, structure.octets, fields, structure.spare

    def _shape(self, shape: Shape) -> Any:
        match shape:
            case Number():
                return "number", shape.octets, shape.signed, shape.decimals, shape.zeros, shape.enumeration
            case Real():
                return "real", shape.octets
            case Octets():
                return "octets", shape.form, shape.extent.most, shape.extent.fixed, shape.variant
            case Variant():
                return "variant", shape.atomic, shape.octets
            case Array():
                return "array", self._shape(shape.of), shape.extent.most, shape.extent.fixed
            case Record() | BitRecord():
                return self.of(shape)
            case _:
                assert_never(shape)
