"""The units that a definition gives its elements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from tdl.ir import model

Place: TypeAlias = tuple[tuple[str, ...], int]
"""An element's path without the steps into arrays, and its position among the members around it."""


class Units:
    """The units of a definition's elements."""

    def __init__(self, definition: model.Definition) -> None:
        self.records = {r.name: r.members for r in definition.records}
        self.bit_fields = {b.name: b.members for b in definition.bit_fields}

    def of(self, type_: model.Type) -> dict[Place, str]:
        """The unit of each element below a type that has one, with its scale before it."""
        return dict(self.below(type_, ()))

    def below(self, type_: model.Type, path: tuple[str, ...]) -> Iterator[tuple[Place, str]]:
        match type_:
            case model.Array(of=of):
                yield from self.below(of, path)
            case model.RecordType(name=name):
                yield from self.members(self.records[name], path)
            case model.BitFieldType(name=name):
                yield from self.members(self.bit_fields[name], path)
            case _:
                return

    def members(self, members: tuple[model.Member, ...], path: tuple[str, ...]) -> Iterator[tuple[Place, str]]:
        for member in members:
            match member:
                case model.Element() | model.SubElement():
                    inner = (*path, member.name)
                    unit = _unit(dict(member.properties))
                    if unit:
                        yield (inner, member.index), unit
                    if isinstance(member, model.Element):
                        yield from self.below(member.type, inner)
                case model.If():
                    yield from self.members(member.then + member.otherwise, path)
                case model.Switch():
                    for arm in member.arms:
                        yield from self.members(arm.members, path)
                    yield from self.members(member.default or (), path)


def _unit(properties: dict[str, str | int]) -> str:
    unit, scale = properties.get("Unit"), properties.get("Scale")
    if unit is None:
        return ""
    return f"{unit}" if scale is None else f"x {scale} {unit}"
