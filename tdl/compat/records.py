"""Records that no table lays out, compared by their declarations: arguments of events, what precedes pending tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias, assert_never

from tdl.ir import model
from tdl.ir.expr import Expr

_Shape: TypeAlias = tuple[object, ...]
_Holder: TypeAlias = model.Record | model.BitField


class Records:
    """The records and bit fields of two definitions."""

    def __init__(self, old: model.Definition, new: model.Definition) -> None:
        self._old, self._new = _holders(old), _holders(new)

    def alike(self, old: str, new: str) -> bool:
        """Whether a record of one definition is laid out as one of the other; names of types do not count."""
        waiting, seen = [(old, new)], set()
        while waiting:
            pair = waiting.pop()
            if pair in seen:
                continue
            seen.add(pair)
            before, after = self._old.get(pair[0]), self._new.get(pair[1])
            if before is None or after is None:
                if before is not after:
                    return False
                continue
            if _own(before) != _own(after):
                return False
            waiting += zip(_named(before.members), _named(after.members), strict=True)
        return True


def _holders(definition: model.Definition) -> dict[str, _Holder]:
    holders: list[_Holder] = [*definition.records, *definition.bit_fields]
    return {each.name: each for each in holders}


def _own(declared: _Holder) -> _Shape:
    """A declaration without properties, and without the names of the types inside."""
    octets = declared.octets if isinstance(declared, model.BitField) else 0
    return octets, _members(declared.members)


def _members(members: tuple[model.Member, ...]) -> _Shape:
    return tuple(_member(member) for member in members)


def _member(member: model.Member) -> _Shape:
    match member:
        case model.Element(name=name, type=type_):
            return name, _type(type_)
        case model.SubElement(name=name, kind=kind, low=low, high=high):
            return name, kind, low, high
        case model.If(condition=condition, then=then, otherwise=otherwise):
            return "IF", condition, _members(then), _members(otherwise)
        case model.Switch(selector=selector, arms=arms, default=default):
            inside = tuple((arm.labels, _members(arm.members)) for arm in arms)
            return "SWITCH", selector, inside, _members(default or ())
        case _:
            assert_never(member)


def _type(type_: model.Type) -> _Shape:
    counts: list[Expr] = []
    while isinstance(type_, model.Array):
        counts.append(type_.count)
        type_ = type_.of
    if isinstance(type_, model.RecordType | model.BitFieldType):
        return tuple(counts), type(type_).__name__
    return tuple(counts), type_


def _named(members: tuple[model.Member, ...]) -> Iterator[str]:
    """The names of the records and bit fields that members are made of, in order."""
    for member in members:
        match member:
            case model.Element(type=type_):
                while isinstance(type_, model.Array):
                    type_ = type_.of
                if isinstance(type_, model.RecordType | model.BitFieldType):
                    yield type_.name
            case model.SubElement():
                pass
            case model.If(then=then, otherwise=otherwise):
                yield from _named(then + otherwise)
            case model.Switch(arms=arms, default=default):
                yield from _named(tuple(each for arm in arms for each in arm.members) + (default or ()))
            case _:
                assert_never(member)
