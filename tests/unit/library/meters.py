"""What is known of made-up meters: values by element name, put where a table asks for them."""

from __future__ import annotations

from collections.abc import Mapping

from tdl.codec.environment import Environment
from tdl.ir.bind import bind_table
from tdl.ir.plan import Plan, TablePlan

FORMATS = {
    "DATA_ORDER": 0, "CHAR_FORMAT": 1, "MODEL_SELECT": 0, "TM_FORMAT": 2, "ID_FORM": 0, "INT_FORMAT": 0,
    "NI_FORMAT1": 8, "NI_FORMAT2": 8, "NAMEPLATE_TYPE": 2, "STD_VERSION_NO": 2, "STD_TBLS_USED": (64,),
}  # fmt: skip


def table(plan: Plan, key: str) -> TablePlan:
    found = plan.table(key)
    assert found is not None
    return found


def environment(table: TablePlan, values: Mapping[str, object]) -> Environment:
    """What a table needs to know, from values by element name; `FORMATS` stand for what is not named."""
    known = Environment()
    for need in table.needs:
        name = need.reference.path[-1]
        if name in values or name in FORMATS:
            known.set(need.reference.table, need.reference.path, {**FORMATS, **values}[name])
    return known


def bound_size(plan: Plan, key: str, values: Mapping[str, object]) -> tuple[int, int]:
    """The fewest and the most octets of a table of a meter."""
    unbound = table(plan, key)
    return bind_table(unbound, environment(unbound, values)).size
