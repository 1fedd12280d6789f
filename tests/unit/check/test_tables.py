"""Rules 6, 7, 15 and 17: numbers of tables and procedures, what they are made of, how long they are."""

from __future__ import annotations

import pytest

A = "TYPE A_RCD = PACKED RECORD X : UINT8; END; "


@pytest.mark.parametrize(
    ("declaration", "span", "expected"),
    [
        ("TABLE 2040 A_TBL = A_RCD;", "2040", "0..2039"),
        ("TABLE MFG 2040 A_TBL = A_RCD;", "MFG 2040", "MFG 0..2039"),
        ("TABLE MFG 4096 A_TBL = A_RCD;", "MFG 4096", "MFG 0..2039"),
        ("TABLE USER 2053 A_TBL = A_RCD;", "USER 2053", "USER 0..2039"),
        ("PROCEDURE 2048 A = PARAMETER A_RCD;", "2048", "0..2047"),
    ],
)
def test_rule_6_numbers(look, declaration: str, span: str, expected: str) -> None:
    (found,) = [d for d in look(A + declaration) if d.code != "TDL703"]
    assert (found.code, found.primary.span.text) == ("TDL601", span)
    assert found.message.endswith(f"{span} found, {expected} expected")


@pytest.mark.parametrize("number", ["0", "2039", "MFG 0", "MFG 2039", "MFG 2048", "MFG 4087", "USER 0", "USER 8192"])
def test_rule_6_all_groups(spans, number: str) -> None:
    assert spans(f"{A} TABLE {number} A_TBL = A_RCD;") == []


@pytest.mark.parametrize(
    ("number", "fixed"),
    [("2047", []), ("2048", ["MFG 0"]), ("2053", ["MFG 5"]), ("4087", ["MFG 2039"]), ("4088", []), ("MFG 2047", [])],
)
def test_rule_6_a_manufacturer_s_number_gets_a_fix(look, number: str, fixed: list[str]) -> None:
    (found,) = look(f"{A} TABLE {number} A_TBL = A_RCD;")
    assert [e.replacement for fix in found.fixes for e in fix.edits] == fixed


@pytest.mark.parametrize(
    ("first", "second"),
    [("TABLE 5", "TABLE 5"), ("TABLE MFG 5", "TABLE MFG 2053"), ("TABLE USER 1", "TABLE USER 8193")],
)
def test_rule_7_one_table_of_a_number(look, first: str, second: str) -> None:
    (found,) = look(f"{A} {first} A_TBL = A_RCD; {second} B_TBL = A_RCD;")
    assert (found.code, found.primary.span.text) == ("TDL602", second.removeprefix("TABLE "))
    assert found.secondary[0].span.text == first.removeprefix("TABLE ")


def test_rule_7_groups_and_procedures_are_apart(spans) -> None:
    text = "TABLE 5 A_TBL = A_RCD; TABLE MFG 5 B_TBL = A_RCD; PROCEDURE 5 P; PROCEDURE MFG 5 Q;"
    assert spans(A + text) == []
    assert spans(A + text + "PROCEDURE 5 R;") == [("TDL602", "5")]


@pytest.mark.parametrize(
    ("specification", "found"),
    [
        ("UINT8", "a built-in type"),
        ("STRING(4)", "a built-in type"),
        ("B_T", "a built-in type"),
        ("ARRAY[2] OF A_RCD", "an array"),
        ("R_T", "an array"),
        ("M_ENUM", "an enumeration"),
    ],
)
def test_rule_7_tables_are_records(look, specification: str, found: str) -> None:
    more = "TYPE B_T = UINT8; TYPE R_T = ARRAY[2] OF A_RCD; TYPE M_ENUM = ENUMERATION X : 0; END;"
    (diagnostic,) = [d for d in look(f"{A} {more} TABLE 5 A_TBL = {specification};") if d.code != "TDL703"]
    assert (diagnostic.code, diagnostic.primary.span.text) == ("TDL208", specification)
    assert diagnostic.message == f"`{specification}` is {found}, a record or bit field expected"


def test_rule_7_records_by_another_name(spans) -> None:
    bits = "TYPE F_BFLD = BIT FIELD OF UINT8 X : UINT(0..7); END;"
    assert spans(f"{A} {bits} TYPE B_T = A_RCD; TABLE 5 A_TBL = B_T; TABLE 6 B_TBL = F_BFLD;") == []


def test_rule_15_procedures_take_records(spans) -> None:
    assert spans("PROCEDURE MFG 1 P = PARAMETER UINT8 RESPONSE STRING;") == [
        ("TDL208", "UINT8"),
        ("TDL208", "STRING"),
    ]


def test_rule_15_procedures_fit_their_tables(look) -> None:
    text = "TYPE B_RCD = PACKED RECORD D : ARRAY[{}] OF NI_FMAT1; END; PROCEDURE MFG 1 P = RESPONSE B_RCD;"
    assert look(text.format(85)) == []
    (found,) = look(text.format(86))
    assert (found.code, found.primary.span.text) == ("TDL603", "B_RCD")
    assert found.message == "procedure `P` has 258 octets of response or more, at most 255 expected"


def test_rule_17_tables_are_within_reach(look) -> None:
    text = "TYPE B_RCD = PACKED RECORD D : ARRAY[60000] OF C_RCD; END; TYPE C_RCD = PACKED RECORD X : BINARY({}); END; "
    text += "TABLE 5 B_TBL = B_RCD;"
    assert look(text.format(279)) == []
    (found,) = look(text.format(280))
    assert (found.code, found.primary.span.text) == ("TDL423", "B_TBL")
    assert found.message == "table `B_TBL` can be no less than 16800000 octets, services reach 16777215"


@pytest.mark.parametrize(
    ("value", "found"), [("E_RCD", []), ("NOPE_RCD", ["not declared"]), ("UINT8", ["a built-in type"])]
)
def test_what_stands_before_pending_tables(look, value: str, found: list[str]) -> None:
    text = f"DOCUMENT A WITH PendingHeader = {value}; TYPE E_RCD = PACKED RECORD X : UINT8; END; TABLE 5 E_TBL = E_RCD;"
    assert [d.message for d in look(text)] == [f"`{value}` is {each}, a record or bit field expected" for each in found]
