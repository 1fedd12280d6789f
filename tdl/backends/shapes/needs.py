"""What code for any meter must be given: the values of other tables that a Plan's expressions ask for."""

from __future__ import annotations

from collections.abc import Iterator

from tdl.ir import plan
from tdl.ir.expr import Binary, Contains, Expr, External, Local, Unary
from tdl.ir.traverse import expressions, walk


def values_needed(of: plan.Plan) -> Iterator[tuple[External, bool]]:
    """Each value with the subscripts it is asked for, and whether it is a set; the same one as often as it is used."""
    for table in of.tables:
        for op in walk(table.root):
            for expression in expressions(op):
                yield from _externals(expression)


def _externals(expression: Expr) -> Iterator[tuple[External, bool]]:
    match expression:
        case External(indices=indices) | Local(indices=indices):
            for index in indices:
                yield from _externals(index)
            if isinstance(expression, External):
                yield expression, False
        case Contains(set=holder, member=member):
            yield from _externals(member)
            for index in holder.indices:
                yield from _externals(index)
            if isinstance(holder, External):
                yield holder, True
        case Unary(operand=operand):
            yield from _externals(operand)
        case Binary(left=left, right=right):
            yield from _externals(left)
            yield from _externals(right)
        case _:
            pass
