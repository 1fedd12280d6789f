"""What the scheduling works out while ops are made is what a look at the finished Plan finds."""

from __future__ import annotations

import pytest

from tdl.ir import model, plan
from tdl.ir.expr import Const, External
from tdl.ir.place import place
from tdl.ir.schedule import pending_plan, schedule, table_plan
from tdl.ir.size import Sizes, size_of
from tdl.ir.traverse import expressions, needs_of, walk
from tdl.project import load
from tests.work import counted

EDITIONS = ("std:1997", "std:2008", "std:2012")


@pytest.mark.parametrize("edition", EDITIONS)
def test_offsets_sizes_and_needs(edition: str) -> None:
    definition = load(edition).model
    pending = [pending_plan(definition, table) for table in definition.tables if definition.pending_header]
    for table in (*schedule(definition).tables, *pending):
        assert table.root == place(table.root), table.key
        assert table.size == size_of(table.root)
        assert table.needs == needs_of(table.root)


def test_a_table_alone_is_what_it_is_among_others() -> None:
    definition = load("std:2012").model
    plans = {table.key: table for table in schedule(definition).tables}
    for table in definition.tables[::10]:
        assert table_plan(definition, table) == plans[str(table.id)]


def test_tables_share_the_selectors_of_table_0() -> None:
    orders = {
        id(found)
        for table in schedule(load("std:2012").model).tables[1:40]
        for op in walk(table.root)
        for found in expressions(op)
        if isinstance(found, External) and found.path[-1] == "DATA_ORDER"
    }
    assert len(orders) == 1


def nested(depth: int) -> plan.PlanOp:
    """Arrays of records, each in another."""
    op: plan.PlanOp = plan.Take(name="X", octets=2, kind="uint", order=plan.LEAST_FIRST)
    for _ in range(depth):
        group = plan.Group(type_name="A_RCD", ops=(op, op))
        op = plan.Repeat(count=Const(value=1), body=group, empty_body=False)
    return op


def test_a_size_is_worked_out_once_however_deep() -> None:
    found = []
    for depth in (10, 20):
        with counted() as work:
            assert Sizes().of(nested(depth)) == (2 ** (depth + 1), 2 ** (depth + 1))
        found.append(work.calls)
    shallow, deep = found
    assert deep < 3 * shallow


def test_a_pending_copy_needs_a_header() -> None:
    definition = model.Definition(
        name="A",
        edition=None,
        version=None,
        tables=(),
        procedures=(),
        records=(),
        bit_fields=(),
        enumerations=(),
        hash="",
    )
    table = model.Table(name="A_TBL", id=model.TableId(1), type=model.Nil())
    with pytest.raises(ValueError, match="PendingHeader"):
        pending_plan(definition, table)
