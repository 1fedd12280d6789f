"""Ops to shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import assert_never

from tdl.backends.shapes.shape import (
    Array,
    BitMember,
    BitRecord,
    Extent,
    Member,
    Number,
    Octets,
    Real,
    Record,
    Shape,
    Variant,
)
from tdl.frozen import replace
from tdl.ir import plan
from tdl.ir.expr import Const, Expr, External, Local, Range
from tdl.ir.interval import interval
from tdl.ir.size import size_of
from tdl.ir.traverse import map_expr

_POSITIONS = (0, plan.MAX_OCTETS)


class Shapes:
    """The shapes of one table's ops.

    Args:
        limits: the largest values that a profile allows elements to have, by label (`tdl.ir.expr.External.label`).
    """

    def __init__(self, table: plan.TablePlan, limits: Mapping[str, int]) -> None:
        self.table, self.limits = table, limits
        self._made: dict[int, Shape | None] = {}
        self._extents: dict[int, Extent] = {}
        self._walk(table.root, _POSITIONS, [])

    def of(self, op: plan.AnyOp) -> Shape | None:
        """The shape of the value that an op of the table makes; None if it keeps nothing."""
        return self._made[id(op)]

    def extent(self, op: plan.Bytes | plan.Opaque | plan.Repeat) -> Extent:
        """How many elements or octets an op of the table moves."""
        return self._extents[id(op)]

    def _walk(self, op: plan.AnyOp, index: Range, holders: list[tuple[str, ...]]) -> Shape | None:
        shape = self._make(op, index, holders)
        self._made[id(op)] = shape
        return shape

    def _make(self, op: plan.AnyOp, index: Range, holders: list[tuple[str, ...]]) -> Shape | None:
        match op:
            case plan.Take(octets=octets, kind="float"):
                return Real(octets=octets)
            case plan.Take(octets=octets, kind=kind, decimals=decimals):
                return Number(
                    octets=octets,
                    signed=kind == "int",
                    decimals=decimals,
                    zeros=_has_zeros(op.form),
                    enumeration=op.enumeration,
                )
            case plan.Bytes(form=form):
                extent = self._extents[id(op)] = self._extent(op.length, index, holders)
                return Octets(form=form, extent=extent) if extent.most != 0 else None
            case plan.Opaque():
                extent = self._extent(op.limit, index, holders)
                extent = Extent(most=None if extent.most == plan.MAX_OCTETS else extent.most, fixed=False)
                self._extents[id(op)] = extent
                return Octets(form="opaque", extent=extent) if extent.most != 0 else None
            case plan.Builtin(kind=kind, octets=octets):
                extent = Extent(most=octets, fixed=True)
                return Octets(form=kind, extent=extent, variant=op.variant) if octets else None
            case plan.Group():
                members = self._members(op.ops, index, [*holders, op.path])
                return Record(type_name=op.type_name, members=members) if members else None
            case plan.Bits():
                return self._bits(op)
            case plan.Repeat():
                extent = self._extents[id(op)] = self._extent(op.count, index, holders)
                most = plan.MAX_OCTETS if extent.most is None else extent.most
                of = self._walk(op.body, (0, max(most - 1, 0)), holders)
                return None if of is None or extent.most == 0 else Array(of=of, extent=extent)
            case plan.Choose() if op.atomic:
                octets = size_of(op)[1]
                return Variant(atomic=op.atomic, octets=octets) if octets else None
            case plan.When() | plan.Choose() | plan.Field() | plan.Fill():
                return None
            case _:
                assert_never(op)

    def _extent(self, expression: Expr, index: Range, holders: list[tuple[str, ...]]) -> Extent:
        if isinstance(expression, Const):
            value = expression.value
            return Extent(most=value if 0 <= value <= plan.MAX_OCTETS else 0, fixed=True)

        def narrowed(reference: External | Local) -> External | Local:
            low, high = reference.range
            most = self.limits.get(self._label(reference, holders), high)
            return replace(reference, range=(min(low, most), min(high, most)))

        _, high = interval(map_expr(expression, narrowed), index)
        return Extent(most=max(high, 1) if high <= plan.MAX_OCTETS else None, fixed=False)

    def _label(self, reference: External | Local, holders: list[tuple[str, ...]]) -> str:
        if isinstance(reference, External):
            return reference.label
        if reference.up >= len(holders):
            return ""
        path = (self.table.name, *holders[-1 - reference.up], *reference.path)
        return ".".join(path).replace(".[]", "[]")

    # --- records -----------------------------------------------------------------------------------------------

    def _members(self, ops: Sequence[plan.AnyOp], index: Range, holders: list[tuple[str, ...]]) -> tuple[Member, ...]:
        found: list[Member] = []

        def add(op: plan.AnyOp, optional: bool) -> None:
            shape = self._walk(op, index, holders)
            if shape is not None:
                found.append(Member(name=element_name(op), shape=shape, optional=optional))

        def shallow(op: plan.AnyOp) -> None:
            self._made[id(op)] = None

        _flatten(ops, False, add, shallow)
        return _merged(found)

    def _bits(self, op: plan.Bits) -> BitRecord:
        found: list[BitMember] = []

        def add(below: plan.AnyOp, optional: bool) -> None:
            self._made[id(below)] = None
            if isinstance(below, plan.Field):
                found.append(
                    BitMember(
                        name=below.name,
                        width=below.width,
                        kind=below.kind,
                        zeros=_has_zeros(below.form),
                        enumeration=below.enumeration,
                        optional=optional,
                    )
                )

        _flatten(op.fields, False, add, lambda below: None)
        fields: dict[BitMember, bool] = {}
        for field in found:
            bare = replace(field, optional=False)
            fields[bare] = fields.get(bare, True) and field.optional
        spare = always_covered(op.fields) != (1 << 8 * op.octets) - 1
        members = tuple(replace(field, optional=optional) for field, optional in fields.items())
        return BitRecord(type_name=op.type_name, octets=op.octets, fields=members, spare=spare)


def element_name(op: plan.AnyOp) -> str:
    """The name of the element that an op makes; a selection made of one type has that of its arms."""
    if isinstance(op, plan.Choose) and op.atomic:
        return op.path[-1] if op.path and op.path[-1] != "[]" else ""
    return op.name


def always_covered(ops: Iterable[plan.AnyOp]) -> int:
    """The bits that some field holds whatever branches are taken."""
    covered = 0
    for op in ops:
        match op:
            case plan.Field(low=low, width=width):
                covered |= ((1 << width) - 1) << low
            case plan.When():
                covered |= always_covered(op.then) & always_covered(op.otherwise)
            case plan.Choose():
                arms = [always_covered(arm.ops) for arm in op.arms]
                if op.otherwise is not None:
                    arms.append(always_covered(op.otherwise))
                both = -1 if arms else 0
                for arm in arms:
                    both &= arm
                covered |= both
            case _:
                pass
    return covered


def _has_zeros(form: Expr | None) -> bool:
    return form is not None and form != Const(value=0)


def _flatten(
    ops: Iterable[plan.AnyOp],
    optional: bool,
    add: Callable[[plan.AnyOp, bool], None],
    branch: Callable[[plan.AnyOp], None],
) -> None:
    """Every element of a record, those of its branches with ``optional``."""
    for op in ops:
        match op:
            case plan.When():
                branch(op)
                _flatten(op.then + op.otherwise, True, add, branch)
            case plan.Choose(atomic=""):
                branch(op)
                for arm in op.arms:
                    _flatten(arm.ops, True, add, branch)
                _flatten(op.otherwise or (), True, add, branch)
            case _:
                add(op, optional)


def _merged(found: Iterable[Member]) -> tuple[Member, ...]:
    """Members with those that are equal but for the branch they stand in made one."""
    merged: dict[Member, bool] = {}
    for member in found:
        bare = replace(member, optional=False)
        merged[bare] = merged.get(bare, True) and member.optional
    return tuple(replace(member, optional=optional) for member, optional in merged.items())
