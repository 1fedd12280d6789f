"""How large structs become, and which ones no meter could hold."""

from __future__ import annotations

from typing import assert_never

from tdl.backends.api import BackendError
from tdl.backends.shapes.making import Shapes
from tdl.backends.shapes.shape import Array, BitRecord, Number, Octets, Real, Record, Shape, Variant
from tdl.ir import plan
from tdl.ir.expr import Expr, show_expr
from tdl.ir.traverse import walk
from tdl.report.rules import targets

MAX_DYNAMIC = 1 << 16
"""The most octets of a struct for one element whose number of parts depends on values of the image."""

MAX_STRUCT = 1 << 24
"""The most octets of a table's struct."""


def check_bounded(table: plan.TablePlan, shapes: Shapes) -> None:
    """Refuse a table whose value has no fixed place in memory.

    Raises:
        BackendError: it names the element and the expression that nothing bounds.
    """
    for op in walk(table.root):
        match op:
            case plan.Repeat(count=expression) | plan.Bytes(length=expression) | plan.Opaque(limit=expression):
                _check_op(table, shapes, op, expression)
            case _:
                pass
    if octets_of(shapes.of(table.root)) > MAX_STRUCT:
        raise BackendError(
            targets.TABLE_TOO_LARGE.at(table.span, table=table.name, octets=octets_of(shapes.of(table.root)))
        )


def _check_op(
    table: plan.TablePlan, shapes: Shapes, op: plan.Repeat | plan.Bytes | plan.Opaque, expression: Expr
) -> None:
    extent = shapes.extent(op)
    if extent.fixed or (isinstance(op, plan.Opaque) and extent.most is None):  # a view of the image takes no room
        return
    if extent.most is None or octets_of(shapes.of(op)) > MAX_DYNAMIC:
        element = ".".join((table.name, *op.path)).replace(".[]", "[]")
        most = "any number of" if extent.most is None else f"up to {extent.most}"
        help = (
            f"say in the profile how large `{show_expr(expression)}` gets, under `[max]` if it is no constant, or "
            f"leave `{table.name}` out with `--option tables=`"
        )
        raise BackendError(
            targets.UNBOUNDED.at(op.span, element=element, most=most, expression=show_expr(expression), help=help)
        )


def octets_of(shape: Shape | None) -> int:
    """About as many octets as a value of a shape takes in memory."""
    match shape:
        case None:
            return 0
        case Number(octets=octets) | Real(octets=octets):
            return next(each for each in (1, 2, 4, 8) if octets <= each)
        case Octets(extent=extent):
            return (extent.most or 0) + (0 if extent.fixed else 4)
        case Variant(octets=octets):
            return octets + 2
        case Array(of=of, extent=extent):
            return (extent.most or 0) * octets_of(of) + (0 if extent.fixed else 4)
        case Record(members=members):
            return sum(octets_of(member.shape) for member in members)
        case BitRecord(fields=fields, octets=octets):
            return sum((field.width + 7) // 8 for field in fields) + octets
        case _:
            assert_never(shape)
