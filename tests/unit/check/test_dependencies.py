"""Rules 8, 9, 10 and 12: what tables need of each other and of themselves."""

from __future__ import annotations

import pytest


def tables(*bodies: str) -> str:
    """Tables 11, 12 ... called A_TBL, B_TBL ..."""
    return " ".join(
        f"TYPE {name}_RCD = PACKED RECORD {body} END; TABLE {number} {name}_TBL = {name}_RCD;"
        for number, (name, body) in enumerate(zip("ABCDEFGHIJKLMNOP", bodies, strict=False), 11)
    )


def test_rule_8_cycles_are_named_in_full(look) -> None:
    text = tables(
        "N : UINT8; D : BINARY(B_TBL.N);", "N : UINT8; D : BINARY(C_TBL.N);", "N : UINT8; D : BINARY(A_TBL.N);"
    )
    (found,) = look(text)
    assert found.code == "TDL501"
    assert found.message == "the layout of `A_TBL` depends on itself: A_TBL -> B_TBL -> C_TBL -> A_TBL"
    assert found.primary.span.text == "B_TBL.N"
    assert [s.span.text for s in found.secondary] == ["C_TBL.N", "A_TBL.N"]
    assert [s.text for s in found.secondary] == ["`C_TBL` is needed here", "`A_TBL` is needed here"]


def test_rule_8_cycles_through_types_and_conditions(spans) -> None:
    more = "TYPE INNER_RCD = PACKED RECORD IF B_TBL.N == 1 THEN X : UINT8; END; END;"
    text = more + tables("N : UINT8; ROWS : ARRAY[2] OF INNER_RCD;", "N : UINT8; D : BINARY(A_TBL.N);")
    assert spans(text) == [("TDL501", "B_TBL.N")]


def test_rule_8_the_name_of_a_table_is_no_dependency(spans) -> None:
    assert spans(tables("USED : SET(4); IF USED[B_TBL] THEN X : UINT8; END;", "D : BINARY(A_TBL.X);")) == []


def test_rule_8_formats_of_table_0_are_dependencies(spans) -> None:
    zero = "TYPE Z_RCD = PACKED RECORD DATA_ORDER : UINT8; D : BINARY(A_TBL.N); END; TABLE 0 Z_TBL = Z_RCD;"
    assert spans(zero + tables("N : UINT8;")) == []
    assert spans(zero + tables("N : UINT8; M : UINT16;")) == [("TDL501", "A_TBL.N")]


LIMITS = """
    TYPE REGS_RCD = PACKED RECORD N : UINT8; END;
    TABLE 20 DIM_REGS_TBL = REGS_RCD; TABLE 21 ACT_REGS_TBL = REGS_RCD;
"""


def test_rule_9_data_is_laid_out_by_actual_values(look) -> None:
    assert look(LIMITS + tables("D : BINARY(ACT_REGS_TBL.N);")) == []
    (found,) = look(LIMITS + tables("D : BINARY(DIM_REGS_TBL.N);"))
    assert (found.code, found.primary.span.text) == ("TDL607", "DIM_REGS_TBL")
    assert found.help == "`ACT_REGS_TBL` holds the actual values"
    assert [e.replacement for e in found.fixes[0].edits] == ["ACT_REGS_TBL"]


def test_rule_9_the_role_tells_limits_too(spans) -> None:
    more = 'TYPE L_RCD = PACKED RECORD N : UINT8; END; TABLE 20 L_TBL = L_RCD WITH Role = "LIMITING";'
    assert spans(more + tables("D : BINARY(L_TBL.N);")) == [("TDL607", "L_TBL")]


def test_rule_9_limits_may_depend_on_limits(spans) -> None:
    more = "TYPE LP_RCD = PACKED RECORD D : BINARY(DIM_REGS_TBL.N); END; TABLE 60 DIM_LP_TBL = LP_RCD;"
    assert spans(LIMITS + more) == []
    assert spans(LIMITS + more + "TABLE 61 ACT_LP_TBL = LP_RCD;") == [("TDL607", "DIM_REGS_TBL")]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("N : UINT8; D : BINARY(A_TBL.N);", []),
        ("D : BINARY(A_TBL.N); N : UINT8;", [("TDL502", "N")]),
        ("D : BINARY(A_TBL.D);", [("TDL410", "D"), ("TDL502", "D")]),
        ("R : ROW_RCD; N : UINT8;", [("TDL502", "N")]),
        ("N : UINT8; R : ROW_RCD;", []),
        ("H : HEAD_RCD; R : LATE_RCD;", []),
        ("R : LATE_RCD; H : HEAD_RCD;", [("TDL502", "LENGTH")]),
        ("H : HEAD_RCD; R : LATE_RCD; S : LATE_RCD;", []),
        ("R : LATE_RCD; H : HEAD_RCD; S : LATE_RCD;", [("TDL502", "LENGTH")]),
        ("M : UINT8; IF M THEN N : UINT8; ELSE D : BINARY(A_TBL.N); END;", [("TDL502", "N")]),
        ("M : UINT8; IF M THEN N : UINT8; D : BINARY(A_TBL.N); END;", []),
    ],
)
def test_rule_10_a_table_knows_what_came_before(spans, body: str, found: list) -> None:
    more = """
        TYPE ROW_RCD = PACKED RECORD X : BINARY(A_TBL.N); END;
        TYPE HEAD_RCD = PACKED RECORD LENGTH : UINT8; REST : BINARY(A_TBL.LENGTH); END;
        TYPE LATE_RCD = PACKED RECORD X : BINARY(A_TBL.H.LENGTH); END;
    """
    used = [line for line in more.splitlines() if line.split()[1:2] and line.split()[1] in body]
    assert spans("\n".join(used) + tables(body)) == found


def test_rule_10_other_tables_of_the_same_record(spans) -> None:
    text = "TYPE A_RCD = PACKED RECORD D : BINARY(ACT_TBL.N); N : UINT8; END; TABLE 21 ACT_TBL = A_RCD; "
    assert spans(text) == [("TDL502", "N")]
    assert spans(text.replace("ACT_TBL = A_RCD", "ACT_TBL = B_RCD") + "TYPE B_RCD = PACKED RECORD N : UINT8; END; "
                 "TABLE 20 X_TBL = A_RCD;") == []  # fmt: skip


def zero(members: str, more: str = "") -> str:
    return f"{more} TYPE Z_RCD = PACKED RECORD {members} END; TABLE 0 GEN_CONFIG_TBL = Z_RCD;"


SELECTORS = "DATA_ORDER : UINT8; CHAR_FORMAT : UINT8; INT_FORMAT : UINT8; TM_FORMAT : UINT8; NI_FORMAT1 : UINT8;"


@pytest.mark.parametrize(
    ("members", "selector"),
    [
        ("X : UINT16;", "DATA_ORDER"),
        ("X : STRING(4);", "CHAR_FORMAT"),
        ("X : ARRAY[4] OF CHAR;", "CHAR_FORMAT"),
        ("X : INT8;", "INT_FORMAT"),
        ("X : F_BFLD;", "DATA_ORDER"),
        ("X : ARRAY[2] OF UINT32;", "DATA_ORDER"),
    ],
)
def test_rule_12_nothing_depends_on_a_later_selector(look, members: str, selector: str) -> None:
    more = "TYPE F_BFLD = BIT FIELD OF UINT16 Y : UINT(0..15); END;" if "F_BFLD" in members else ""
    assert look(zero(SELECTORS + members, more)) == []
    (found,) = look(zero(members + SELECTORS, more))
    said = members.removeprefix("X : ").rstrip(";")
    assert (found.code, found.primary.span.text) == ("TDL503", said)
    assert found.message == f"`X` of Table 0 depends on `{selector}`, which comes later"
    assert [s.span.text for s in found.secondary] == [selector]


def test_rule_12_a_time_depends_on_two(look) -> None:
    found = look(zero("X : STIME_DATE;" + SELECTORS))
    assert [d.data["selector"] for d in found] == ["DATA_ORDER", "TM_FORMAT"]


def test_rule_12_selectors_inside_bit_fields(spans) -> None:
    control = "TYPE C_BFLD = BIT FIELD OF {} DATA_ORDER : UINT(0..0); FILLER : FILL(1..7); END;"
    assert spans(zero("C : C_BFLD; X : UINT16;", control.format("UINT8"))) == []
    assert spans(zero("X : UINT16; C : C_BFLD;", control.format("UINT8"))) == [("TDL503", "UINT16")]
    wide = control.format("UINT16").replace("1..7", "1..15")
    assert spans(zero("C : C_BFLD; X : UINT16;", wide)) == [("TDL503", "C_BFLD")]


def test_rule_12_selectors_in_arrays_are_none(look) -> None:
    more = "TYPE ROW_RCD = PACKED RECORD DATA_ORDER : UINT8; END;"
    (found,) = look(zero("ROWS : ARRAY[2] OF ROW_RCD; X : UINT16;", more))
    assert found.message == "`X` of Table 0 depends on `DATA_ORDER`, which it does not hold"
    assert found.severity.value == "warning"


def test_rule_12_is_about_table_0(spans) -> None:
    assert spans("TYPE Z_RCD = PACKED RECORD X : UINT16; DATA_ORDER : UINT8; END; TABLE 5 A_TBL = Z_RCD;") == []
