"""Kinds of types, sizes, containers, recursion, depth and opaque elements."""

from __future__ import annotations

import pytest

from tdl.check import check
from tdl.report import Report
from tdl.syntax import ast

TABLE = "TABLE 5 A_TBL = A_RCD;"


def record(members: str, more: str = "") -> str:
    return f"{more} TYPE A_RCD = PACKED RECORD {members} END; {TABLE}"


@pytest.mark.parametrize(
    ("members", "found"),
    [
        ("A : STRING;", ("TDL404", "STRING")),
        ("A : ARRAY[3] OF SET;", ("TDL404", "SET")),
        ("A : UINT8(4);", ("TDL405", "UINT8")),
        ("A : CHAR(4);", ("TDL405", "CHAR")),
        ("A : B_RCD(4);", ("TDL405", "B_RCD")),
        ("A : M_ENUM;", ("TDL208", "M_ENUM")),
        ("A : ARRAY[3] OF UINT(0..3);", ("TDL109", "UINT(0..3)")),
    ],
)
def test_specifications(spans, members: str, found: tuple[str, str]) -> None:
    more = "TYPE B_RCD = PACKED RECORD X : UINT8; END; TYPE M_ENUM = ENUMERATION IDLE : 0; END;"
    assert found in spans(record(members, more))


@pytest.mark.parametrize(
    "members", ["A : BCD; B : BCD(3); C : ARRAY[3] OF BCD;", "A : OPAQUE;", "A : OPAQUE(9);", "A : NIL;"]
)
def test_sizes_that_may_be_left_out(spans, members: str) -> None:
    assert spans(record(members)) == []


@pytest.mark.parametrize("container", ["INT8", "FLOAT32", "UINT12", "A_RCD"])
def test_rule_5_containers_are_unsigned_integers(spans, container: str) -> None:
    text = f"TYPE A_BFLD = BIT FIELD OF {container} X : UINT(0..7); END; TABLE 5 A_TBL = A_BFLD;"
    assert spans(text) == [("TDL409", container)]


@pytest.mark.parametrize("octets", range(1, 9))
def test_rule_5_all_sizes_of_containers(spans, octets: int) -> None:
    bits = 8 * octets
    text = f"TYPE A_BFLD = BIT FIELD OF UINT{bits} X : UINT(0..{bits - 1}); END; TABLE 5 A_TBL = A_BFLD;"
    assert spans(text) == []


def test_recursion_is_named_in_full(look) -> None:
    text = record("X : B_RCD;", "TYPE B_RCD = PACKED RECORD Y : ARRAY[2] OF C_T; END; TYPE C_T = A_RCD;")
    (found,) = look(text)
    assert found.code == "TDL401"
    assert found.message in (
        "`B_RCD` contains itself: B_RCD -> A_RCD -> B_RCD",
        "`A_RCD` contains itself: A_RCD -> B_RCD -> A_RCD",
    )
    assert {found.primary.span.text, *(s.span.text for s in found.secondary)} == {"B_RCD", "ARRAY[2] OF C_T"}


@pytest.mark.parametrize("alias", ["B_T", "ARRAY[2] OF B_T"])
def test_aliases_do_not_lead_back(look, alias: str) -> None:
    found = look(record("X : B_T;", f"TYPE B_T = C_T; TYPE C_T = {alias};"))
    assert ("TDL401", "`B_T` contains itself: B_T -> C_T -> B_T") in [(d.code, d.message) for d in found]


def test_levels_of_one_element(spans) -> None:
    arrays = "ARRAY[1] OF " * 33
    assert spans(record(f"X : {arrays}UINT8;")) == [("TDL402", f"{arrays}UINT8")]
    assert spans(record(f"X : {arrays[12:]}UINT8;")) == []
    chain = "".join(f"TYPE A{i}_T = A{i + 1}_T; " for i in range(40)) + "TYPE A40_T = UINT8; "
    assert ("TDL402", "A0_T") in spans(record("X : A0_T;", chain))


def test_depth_of_records(look) -> None:
    chain = "".join(f"TYPE B{i}_RCD = PACKED RECORD X : B{i + 1}_RCD; END; " for i in range(40))
    found = look(record("X : B0_RCD;", chain + "TYPE B40_RCD = PACKED RECORD X : UINT8; END;"))
    assert [(d.code, d.primary.span.text) for d in found] == [("TDL403", "B8_RCD")]


def test_depth_of_conditionals() -> None:
    item: ast.Item = ast.Member(name="X", specification=ast.Named(name="UINT8"))
    for _ in range(5000):
        item = ast.If(condition=ast.Integer(value=1), then=(item,))
    declared = ast.Record(name="A_RCD", items=(item,))
    report = Report()
    check(ast.Document(header=ast.Header(name="A"), declarations=(declared,)), report)
    assert [d.code for d in report] == ["TDL403"]


def test_tables_that_multiply(look) -> None:
    chain = "TYPE B0_RCD = PACKED RECORD X : UINT8; END; "
    for i in range(1, 12):
        members = "".join(f"X{j} : B{i - 1}_RCD; " for j in range(10))
        chain += f"TYPE B{i}_RCD = PACKED RECORD {members} END; "
    (found,) = look(record("X : B11_RCD;", chain))
    assert (found.code, found.primary.span.text) == ("TDL491", "A_TBL")


@pytest.mark.parametrize(
    ("members", "found"),
    [
        ("R : OPAQUE; X : UINT8;", ("TDL421", "OPAQUE")),
        ("R : OPAQUE(4); X : UINT8;", ("TDL421", "OPAQUE(4)")),
        ("R : ARRAY[2] OF OPAQUE;", ("TDL421", "ARRAY[2] OF OPAQUE")),
        ("R : ARRAY[2] OF B_RCD;", ("TDL421", "ARRAY[2] OF B_RCD")),
        ("R : B_RCD; X : UINT8;", ("TDL421", "B_RCD")),
        ("X : UINT8; IF X THEN R : OPAQUE; END; Y : UINT8;", ("TDL421", "OPAQUE")),
        ("X : UINT8; R : OPAQUE; IF X THEN Y : UINT8; END;", ("TDL421", "OPAQUE")),
        ("X : UINT8; SWITCH X OF CASE 0 : R : B_RCD; Y : UINT8; END;", ("TDL421", "B_RCD")),
    ],
)
def test_opaque_elements_are_last(spans, members: str, found: tuple[str, str]) -> None:
    assert found in spans(record(members, "TYPE B_RCD = PACKED RECORD R : OPAQUE; END;"))


@pytest.mark.parametrize(
    "members",
    [
        "X : UINT8; R : OPAQUE;",
        "X : UINT8; R : OPAQUE; Z : NIL;",
        "X : UINT8; IF X THEN R : OPAQUE; ELSE R : UINT8; END;",
        "X : UINT8; SWITCH X OF CASE 0 : R : OPAQUE; CASE 1 : R : UINT8; END;",
    ],
)
def test_opaque_elements_that_are_last(spans, members: str) -> None:
    assert spans(record(members)) == []


def test_nothing_opaque_stands_before_a_pending_table(spans) -> None:
    header = "DOCUMENT A WITH PendingHeader = E_RCD; TYPE E_RCD = PACKED RECORD R : OPAQUE; END;"
    assert spans(record("X : UINT8;", header)) == [("TDL421", "PendingHeader = E_RCD")]
