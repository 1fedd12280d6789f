"""The layout of a table without its data: a row for each element, with where it lies and under which index.

What stays dynamic, and why, is told by `tdl.ir.bind.dynamic`; single elements are found by `tdl.ir.locating`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias, assert_never

from tdl.deferred import dataclass
from tdl.ir import plan
from tdl.ir.expr import Const, Expr, show_expr
from tdl.ir.size import size_of

Path: TypeAlias = tuple[str | int, ...]
"""Names and array positions from the table's root."""

MAX_ROWS = 1_000_000
"""How many rows one table may be listed in when its arrays are written out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What a branch asks for: ``expression`` is true (``labels`` is "IF") or false ("ELSE"), or one of the labels."""

    expression: Expr
    labels: str

    def __str__(self) -> str:
        shown = show_expr(self.expression)
        match self.labels:
            case "IF":
                return f"IF {shown}"
            case "ELSE":
                return f"IF NOT ({shown})"
            case _:
                return f"CASE {shown} OF {self.labels}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One element of a layout.

    Attributes:
        path: array positions are numbers; ``[0]`` stands for all of them unless arrays are written out.
        indices: the index path of partial access.
        offset: octets from the start of the table; None if it is not the same in every image.
        size: the least and most octets.
        bits: lowest bit and width within the container, for a field.
        type: as documents write it.
        count, stride: for an array, how many elements and octets from one to the next, where constant.
        branch: the conditions under which it is there, outermost first.
        op: what moves it.
    """

    op: plan.AnyOp
    path: Path
    indices: tuple[int, ...]
    offset: int | None
    size: tuple[int, int]
    type: str
    bits: tuple[int, int] | None = None
    count: int | None = None
    stride: int | None = None
    branch: tuple[Condition, ...] = ()


def rows(table: plan.TablePlan, *, expand: bool = False) -> Iterator[Row]:
    """The rows of a table in order, at most `MAX_ROWS`.

    Args:
        expand: write out every element of arrays of constant count.
    """
    budget = MAX_ROWS
    for row in _rows((table.root,), _At(path=(), indices=(), offset=0, branch=()), expand):
        yield row
        budget -= 1
        if budget == 0:
            return


@dataclass(frozen=True, slots=True, kw_only=True)
class _At:
    path: Path
    indices: tuple[int, ...]
    offset: int | None
    branch: tuple[Condition, ...]


def _rows(ops: Sequence[plan.AnyOp], at: _At, expand: bool) -> Iterator[Row]:
    offset = at.offset
    for op in ops:
        here = _inside(op, _At(path=at.path, indices=at.indices, offset=offset, branch=at.branch))
        yield from _op_rows(op, here, expand)
        low, high = size_of(op)
        offset = offset + low if offset is not None and low == high else None


def _inside(op: plan.AnyOp, at: _At) -> _At:
    """The place of the value that an op makes; an op without a name adds nothing to it."""
    name = op.name or (op.path[-1] if isinstance(op, plan.Choose) and op.atomic and op.path[-1] != "[]" else "")
    if not name:
        return at
    return _At(path=(*at.path, name), indices=(*at.indices, op.index), offset=at.offset, branch=at.branch)


def _row(op: plan.AnyOp, at: _At) -> Row:
    return Row(
        op=op,
        path=at.path,
        indices=at.indices,
        offset=at.offset,
        size=size_of(op),
        type=type_text(op),
        branch=at.branch,
    )


def _op_rows(op: plan.AnyOp, at: _At, expand: bool) -> Iterator[Row]:
    match op:
        case plan.Take() | plan.Bytes() | plan.Builtin() | plan.Opaque():
            yield _row(op, at)
        case plan.Group():
            if at.path:
                yield _row(op, at)
            yield from _rows(op.ops, at, expand)
        case plan.Bits():
            if at.path:
                yield _row(op, at)
            yield from _field_rows(op.fields, at, op.octets)
        case plan.Field() | plan.Fill():
            raise AssertionError("a field outside a bit field")
        case plan.When():
            for condition, branch in _branches(op):
                yield from _rows(branch, _under(at, condition), expand)
        case plan.Choose(atomic=""):
            for condition, branch in _branches(op):
                yield from _rows(branch, _under(at, condition), expand)
        case plan.Choose():
            yield _row(op, at)
        case plan.Repeat():
            yield from _repeat_rows(op, at, expand)
        case _:
            assert_never(op)


def _repeat_rows(op: plan.Repeat, at: _At, expand: bool) -> Iterator[Row]:
    count, stride = _constant(op.count), fixed_size(op.body)
    yield Row(
        op=op,
        path=at.path,
        indices=at.indices,
        offset=at.offset,
        size=size_of(op),
        type=type_text(op),
        count=count,
        stride=stride,
        branch=at.branch,
    )
    offset = at.offset
    for i in range((count or 0) if expand else 1 if count is None or count > 0 else 0):
        inner = _At(path=(*at.path, i), indices=(*at.indices, i), offset=offset, branch=at.branch)
        yield from _op_rows(op.body, inner, expand)
        offset = None if offset is None or stride is None else offset + stride


def _field_rows(ops: Sequence[plan.AnyOp], at: _At, octets: int) -> Iterator[Row]:
    for op in ops:
        match op:
            case plan.Field(low=low, width=width):
                here = _inside(op, at)
                yield Row(
                    op=op,
                    path=here.path,
                    indices=here.indices,
                    offset=at.offset,
                    size=(octets, octets),
                    type=type_text(op),
                    bits=(low, width),
                    branch=at.branch,
                )
            case plan.When() | plan.Choose():
                for condition, branch in _branches(op):
                    yield from _field_rows(branch, _under(at, condition), octets)
            case _:
                pass  # a fill has no value


def _branches(op: plan.When | plan.Choose) -> Iterator[tuple[Condition, tuple[plan.AnyOp, ...]]]:
    if isinstance(op, plan.When):
        yield Condition(expression=op.condition, labels="IF"), op.then
        yield Condition(expression=op.condition, labels="ELSE"), op.otherwise
        return
    for arm in op.arms:
        labels = ", ".join(str(a) if a == b else f"{a}..{b}" for a, b in arm.labels)
        yield Condition(expression=op.selector, labels=labels), arm.ops
    if op.otherwise:
        yield Condition(expression=op.selector, labels="DEFAULT"), op.otherwise


def _under(at: _At, condition: Condition) -> _At:
    return _At(path=at.path, indices=at.indices, offset=at.offset, branch=(*at.branch, condition))


def type_text(op: plan.AnyOp) -> str:
    """An op's type as documents write it."""
    match op:
        case plan.Take(kind=kind, octets=octets, decimals=decimals):
            return f"{kind.upper()}{8 * octets}" + (f" / 10**{decimals}" if decimals else "")
        case plan.Bytes(form=form, length=length):
            name = {"text": "STRING", "binary": "BINARY", "bcd": "BCD", "set": "SET"}[form]
            return f"{name}({show_expr(length)})"
        case plan.Builtin(kind=kind, octets=octets):
            return f"{kind}{octets}" if kind in ("FLOAT_CHAR", "FIXED_BCD") else kind
        case plan.Opaque(limit=limit):
            return "OPAQUE" if _constant(limit) == plan.MAX_OCTETS else f"OPAQUE({show_expr(limit)})"
        case plan.Group(type_name=name) | plan.Bits(type_name=name):
            return name
        case plan.Field(kind="bool", low=low):
            return f"BOOL({low})"
        case plan.Field(kind=kind, low=low, width=width):
            return f"{kind.upper()}({low}..{low + width - 1})"
        case plan.Fill(low=low, width=width):
            return f"FILL({low}..{low + width - 1})"
        case plan.Repeat(count=count, body=body):
            return f"ARRAY[{show_expr(count)}] OF {type_text(body)}"
        case plan.Choose(atomic=atomic) if atomic:
            return atomic
        case plan.When() | plan.Choose():
            return ""
        case _:
            assert_never(op)


def path_text(path: Path) -> str:
    """``A[2].B`` for ``("A", 2, "B")``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def _constant(expression: Expr) -> int | None:
    return expression.value if isinstance(expression, Const) else None


def fixed_size(op: plan.AnyOp) -> int | None:
    """The octets of an op that has the same number in every image."""
    low, high = size_of(op)
    return low if low == high else None
