"""One element by its path, its octets or its index path: the ways in which people, meters and programs name it.

All of it comes from the Plan, without data; a bound Plan knows more. Where an element lies only an image can tell,
`tdl.project.located` takes it from there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from tdl.deferred import dataclass
from tdl.frozen import replace
from tdl.ir import plan
from tdl.ir.expr import Const
from tdl.ir.layout import Path, fixed_size, path_text
from tdl.ir.size import size_of


class NotFixed(ValueError):
    """The answer depends on values that the Plan does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """The octets of an element, and for a field its lowest bit and width inside them."""

    offset: int
    octets: int
    bits: tuple[int, int] | None = None


def locate(table: plan.TablePlan, path: Path) -> Location:
    """The octets of the element at a path: the offset and count of partial access.

    Raises:
        LookupError: the table has no such element.
        NotFixed: where it lies is not the same in every image.
    """
    found = {_location(place) for place in _at_path(table, path)}
    location = found.pop()
    if found or location is None:
        raise NotFixed(f"where `{path_text(path)}` of {table.key} lies depends on the meter's values")
    return location


def element_at(table: plan.TablePlan, offset: int) -> Path:
    """The path of the innermost element that holds an octet; for a bit field that is the container.

    Raises:
        LookupError: the octet lies behind the end.
        NotFixed: what lies there is not the same in every image.
    """
    place: _Place | None = _root(table)
    path: Path = ()
    while place is not None:
        path = place.path
        found, doubt = None, False
        for below in _below(place, offset):
            low, high = size_of(below.op)
            if below.offset is None or below.branched or low != high:
                doubt = doubt or below.offset is None or below.offset <= offset < below.offset + high
            elif below.offset <= offset < below.offset + low:
                found = below
                break
        if found is None and doubt:
            raise NotFixed(f"which element of {table.key} holds octet {offset} depends on the meter's values")
        place = found
    if not path and not (isinstance(table.root, plan.Bits) and 0 <= offset < table.root.octets):
        raise LookupError(f"octet {offset} lies behind the end of {table.key}")
    return path


def path_of(table: plan.TablePlan, indices: Sequence[int]) -> Path:
    """The path of the element with an index path.

    Raises:
        LookupError: the table has no such element.
    """
    places = _descend(table, indices, by_index=True)
    if not places or not indices:
        raise LookupError(f"{table.key} has no element of indices {', '.join(map(str, indices)) or 'none'}")
    return places[0].path


def indices_of(table: plan.TablePlan, path: Path) -> tuple[int, ...]:
    """The index path of the element at a path.

    Raises:
        LookupError: the table has no such element.
        NotFixed: it stands in several branches, each with an index of its own.
    """
    found = {place.indices for place in _at_path(table, path)}
    if len(found) > 1:
        raise NotFixed(f"the index of `{path_text(path)}` of {table.key} depends on the branch that is taken")
    return found.pop()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """An op and where its value is: ``branched`` if a condition that is not known decides whether it is there."""

    op: plan.AnyOp
    path: Path = ()
    indices: tuple[int, ...] = ()
    offset: int | None = 0
    octets: int | None = None
    branched: bool = False


def _root(table: plan.TablePlan) -> _Place:
    return _Place(op=table.root, octets=fixed_size(table.root))


def _at_path(table: plan.TablePlan, path: Path) -> list[_Place]:
    places = _descend(table, path, by_index=False)
    if not places or not path:
        raise LookupError(f"{table.key} has no element `{path_text(path)}`")
    return places


def _location(place: _Place) -> Location | None:
    if place.offset is None or place.octets is None:
        return None
    bits = (place.op.low, place.op.width) if isinstance(place.op, plan.Field) else None
    return Location(offset=place.offset, octets=place.octets, bits=bits)


_Steps: TypeAlias = Sequence[str | int]


def _descend(table: plan.TablePlan, steps: _Steps, *, by_index: bool) -> list[_Place]:
    """The places that steps lead to: several if branches that exclude each other hold elements of one name."""
    places = [_root(table)]
    for step in steps:
        places = [below for place in places for below in _step(place, step, by_index)]
    return places


def _step(place: _Place, step: str | int, by_index: bool) -> Iterator[_Place]:
    if isinstance(place.op, plan.Repeat):
        if isinstance(step, int):
            yield from _element(place, place.op, step)
        return
    for below in _members(place):
        if (below.indices[-1] if by_index else below.path[-1]) == step:
            yield below


def _below(place: _Place, offset: int) -> Iterator[_Place]:
    """The elements right below one, of an array the one that may hold an octet."""
    if not isinstance(place.op, plan.Repeat):
        if not isinstance(place.op, plan.Bits):
            yield from _members(place)
        return
    stride = fixed_size(place.op.body)
    if not stride or place.offset is None:
        yield replace(place, offset=None)
    else:
        yield from _element(place, place.op, (offset - place.offset) // stride)


def _element(place: _Place, op: plan.Repeat, i: int) -> Iterator[_Place]:
    if i < 0 or (isinstance(op.count, Const) and i >= op.count.value):
        return
    stride = fixed_size(op.body)
    offset = None if place.offset is None or stride is None else place.offset + i * stride
    yield replace(place, op=op.body, path=(*place.path, i), indices=(*place.indices, i), offset=offset, octets=stride)


def _members(place: _Place) -> Iterator[_Place]:
    match place.op:
        case plan.Group(ops=ops):
            yield from _sequence(ops, place)
        case plan.Bits(fields=fields, octets=octets):
            yield from _fields(fields, place, octets)
        case _:
            return


def _sequence(ops: Sequence[plan.AnyOp], around: _Place) -> Iterator[_Place]:
    offset = around.offset
    for op in ops:
        size = fixed_size(op)
        atomic = isinstance(op, plan.Choose) and bool(op.atomic)
        if isinstance(op, plan.When | plan.Choose) and not atomic:
            for branch in _branches(op):
                yield from _sequence(branch, replace(around, offset=offset, branched=True))
        else:
            name = op.name or op.path[-1]
            yield replace(
                around,
                op=op,
                path=(*around.path, name),
                indices=(*around.indices, op.index),
                offset=offset,
                octets=size,
            )
        offset = None if offset is None or size is None else offset + size


def _fields(ops: Sequence[plan.AnyOp], around: _Place, octets: int) -> Iterator[_Place]:
    for op in ops:
        if isinstance(op, plan.Field):
            yield replace(
                around, op=op, path=(*around.path, op.name), indices=(*around.indices, op.index), octets=octets
            )
        elif isinstance(op, plan.When | plan.Choose):
            for branch in _branches(op):
                yield from _fields(branch, around, octets)


def _branches(op: plan.When | plan.Choose) -> tuple[tuple[plan.AnyOp, ...], ...]:
    if isinstance(op, plan.When):
        return op.then, op.otherwise
    return (*(arm.ops for arm in op.arms), op.otherwise or ())
