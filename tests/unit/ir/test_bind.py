"""Binding: known values become constants, arms not taken go, and what stays dynamic says why."""

from __future__ import annotations

import pytest

from tdl.codec.environment import Environment
from tdl.codec.values import Members
from tdl.ir import plan
from tdl.ir.bind import bind, bind_table, dynamic
from tdl.ir.show import table_lines
from tdl.project import Definition
from tdl.project.definition import load
from tdl.sources import Resolver

TEXT = """
DOCUMENT BOUND EDITION "2012";
TYPE LIMITS_RCD = PACKED RECORD
    FLAG : UINT8; OTHER : UINT8; COUNT : UINT8; KIND : UINT8; DIM : UINT8;
    USED : SET(ACT_TBL.DIM); COUNTS : ARRAY[2] OF UINT8;
END;
TABLE MFG 0 ACT_TBL = LIMITS_RCD;
TYPE A_RCD = PACKED RECORD %s END;
TABLE MFG 1 A_TBL = A_RCD;
"""
ACT, A = 2048, "MT1"


def definition(members: str) -> Definition:
    return load("b.tdl", resolver=Resolver({"b.tdl": TEXT % members}))


def bound(members: str, **values: object) -> plan.TablePlan:
    environment = Environment()
    for name, value in values.items():
        path = (name, "[]") if name == "COUNTS" else (name,)
        environment.set(ACT, path, value)
    return bind_table(definition(members).table(A), environment)


def ops(table: plan.TablePlan) -> list[str]:
    """The lines of a Plan without its head, needs and root."""
    return [line.strip() for line in table_lines(table) if not line.startswith(("table", "  need", "  @0 group A_RCD"))]


@pytest.mark.parametrize(
    ("condition", "values", "left"),
    [
        ("ACT_TBL.FLAG", {"FLAG": 1}, ["@0 take uint8 X order 0"]),
        ("ACT_TBL.FLAG", {"FLAG": 0}, []),
        # the other side is not known, and does not matter
        ("ACT_TBL.FLAG AND ACT_TBL.OTHER", {"FLAG": 0}, []),
        ("ACT_TBL.FLAG OR ACT_TBL.OTHER", {"FLAG": 2}, ["@0 take uint8 X order 0"]),
        ("NOT ACT_TBL.FLAG", {"FLAG": 0}, ["@0 take uint8 X order 0"]),
        ("ACT_TBL.USED[A_TBL]", {"USED": Members(b"\x02")}, ["@0 take uint8 X order 0"]),
        ("ACT_TBL.USED[A_TBL]", {"USED": Members(b"\x01")}, []),
        ("ACT_TBL.USED[A_TBL]", {"USED": [1, 5]}, ["@0 take uint8 X order 0"]),
        ("ACT_TBL.COUNTS[1] == 7", {"COUNTS": [0, 7]}, ["@0 take uint8 X order 0"]),
    ],
)
def test_conditions_that_are_settled(condition: str, values: dict[str, object], left: list[str]) -> None:
    assert ops(bound(f"IF {condition} THEN X : UINT8; END;", **values)) == left


@pytest.mark.parametrize("condition", ["ACT_TBL.FLAG AND ACT_TBL.OTHER", "ACT_TBL.OTHER OR ACT_TBL.FLAG"])
def test_what_is_not_settled_stays(condition: str) -> None:
    table = bound(f"IF {condition} THEN X : UINT8; END;", FLAG=1 if "AND" in condition else 0)
    assert ops(table)[0].startswith("@0 when ")
    assert [need.reference.label for need in table.needs] == ["ACT_TBL.OTHER"]
    assert table.size == (0, 1)


@pytest.mark.parametrize(
    ("kind", "left"),
    [(1, ["@0 take uint8 X order 0"]), (4, ["@0 bytes binary 3 Y"]), (9, ["@0 bytes binary 5 Z"])],
)
def test_selections_that_are_settled(kind: int, left: list[str]) -> None:
    members = "SWITCH ACT_TBL.KIND OF CASE 1 : X : UINT8; CASE 2, 4..6 : Y : BINARY(3); DEFAULT : Z : BINARY(5); END;"
    assert ops(bound(members, KIND=kind)) == left


def test_offsets_and_sizes_become_constant() -> None:
    table = bound("ITEMS : ARRAY[ACT_TBL.COUNT * 2] OF BINARY(ACT_TBL.DIM); LAST : UINT8;", COUNT=3, DIM=4)
    assert ops(table) == ["@0 repeat 6 ITEMS", "@0 bytes binary 4", "@24 take uint8 LAST order 0"]
    assert table.size == (25, 25)
    assert table.needs == ()
    assert list(dynamic(table)) == []


def test_an_expression_without_a_value_stays_for_the_codec_to_refuse() -> None:
    table = bound("ITEMS : ARRAY[10 / ACT_TBL.COUNT] OF UINT8;", COUNT=0)
    assert ops(table) == ["@0 repeat 10 / 0 ITEMS", "@0 take uint8 order 0"]


def test_a_selector_that_nothing_takes_is_refused_whenever_it_runs() -> None:
    environment = Environment()
    environment.set(0, ("NI_FORMAT1",), 14)
    table = bind_table(definition("X : NI_FMAT1;").table(A), environment)
    assert ops(table) == [
        "@0 choose 14 as NI_FMAT1",
        "otherwise refuse, a format code of 0 to 13 expected",
    ]


def test_what_stays_dynamic_says_why() -> None:
    table = bound("N : UINT8; OWN : ARRAY[N] OF UINT8; THEIRS : ARRAY[ACT_TBL.COUNT] OF UINT8; REST : OPAQUE;")
    assert [(".".join(d.path), d.what, d.reason) for d in dynamic(table)] == [
        ("OWN", "count", "depends on the table's own content"),
        ("THEIRS", "count", "`ACT_TBL.COUNT` not known"),
        ("REST", "extent", "depends on the position in the array or on how long the table is"),
    ]


def test_a_bound_plan_names_what_it_is_bound_to() -> None:
    environment = Environment()
    environment.set(ACT, ("COUNT",), 3)
    whole = bind(definition("X : ARRAY[ACT_TBL.COUNT] OF UINT8;").plan, environment)
    assert whole.bound == (("ACT_TBL.COUNT", "3"),)
