"""Rules 11 and 14: labels of selections and values of enumerations."""

from __future__ import annotations

import pytest


def switch(arms: str, selector: str = "UINT8") -> str:
    more = "TYPE M_ENUM = ENUMERATION IDLE : 0; BUSY : 1..3; FAULT : 9; RESERVED_4 : 4..8; END;"
    return (
        f"{more} TYPE A_RCD = PACKED RECORD MODE : {selector}; SWITCH MODE OF {arms} END; "
        "USED : UINT8 WITH Enum = M_ENUM; END; TABLE 5 A_TBL = A_RCD;"
    )


@pytest.mark.parametrize(
    ("arms", "found"),
    [
        ("CASE 0 : X : UINT8; CASE 0 : Y : UINT8;", [("TDL416", "CASE 0")]),
        ("CASE 0..5 : X : UINT8; CASE 1, 5..7 : Y : UINT8;", [("TDL416", "CASE 1, 5..7"), ("TDL416", "CASE 1, 5..7")]),
        ("CASE 0, 0 : X : UINT8;", [("TDL416", "CASE 0, 0")]),
        ("CASE 256 : X : UINT8;", [("TDL417", "CASE 256")]),
        ("CASE 5..3 : X : UINT8;", [("TDL417", "CASE 5..3")]),
        ("CASE 0..300 : X : UINT8; DEFAULT Y : UINT8;", []),
    ],
)
def test_rule_11_labels(spans, arms: str, found: list) -> None:
    assert spans(switch(arms)) == found


def test_rule_11_labels_of_the_older_spelling(spans) -> None:
    text = (
        "TYPE A_RCD = PACKED RECORD M : UINT8; CASE M OF 0, 2 : X : UINT8; 0x02 : Y : UINT8; ELSE Z : UINT8; END; END;"
    )
    assert spans(text + "TABLE 5 A_TBL = A_RCD;") == [("TDL416", "0x02")]


def test_rule_11_the_bits_of_the_selector_count(look) -> None:
    text = """
        TYPE F_BFLD = BIT FIELD OF UINT8 MODE : UINT(0..1); FILLER : FILL(2..7); END;
        TYPE A_RCD = PACKED RECORD F : F_BFLD; SWITCH MODE OF CASE 3 : X : UINT8; CASE 4 : Y : UINT8; END; END;
        TABLE 5 A_TBL = A_RCD;
    """
    (found,) = look(text)
    assert (found.code, found.primary.span.text) == ("TDL417", "CASE 4")
    assert found.message == "4 is never selected: the selector is 0 to 3"


def test_rule_11_codes_without_an_arm(look) -> None:
    (found,) = look(switch("CASE 0 : X : UINT8; CASE 1..2 : Y : UINT8;", "UINT8 WITH Enum = M_ENUM"))
    assert (found.code, found.primary.span.text) == ("TDL418", "MODE")
    assert found.message == "no arm for `BUSY` and 1 more of `M_ENUM`, and no default"
    assert [s.span.text for s in found.secondary] == ["BUSY"]


@pytest.mark.parametrize(
    ("arms", "missing"),
    [
        ("CASE 0 : X : UINT8; CASE 9 : Y : UINT8;", "`BUSY`"),
        ("CASE 0..1 : X : UINT8; CASE 3, 9 : Y : UINT8;", "`BUSY`"),
        ("CASE 1..3, 9 : Y : UINT8;", "`IDLE`"),
        ("CASE 0..8 : X : UINT8;", "`FAULT`"),
    ],
)
def test_rule_11_a_code_is_covered_whole(look, arms: str, missing: str) -> None:
    (found,) = look(switch(arms, "UINT8 WITH Enum = M_ENUM"))
    assert found.message == f"no arm for {missing} of `M_ENUM`, and no default"


@pytest.mark.parametrize("arms", ["CASE 0..3 : X : UINT8; CASE 9 : Y : UINT8;", "CASE 0 : X : UINT8; DEFAULT"])
def test_rule_11_reserved_codes_need_no_arm(spans, arms: str) -> None:
    assert spans(switch(arms, "UINT8 WITH Enum = M_ENUM")) == []


def enumeration(codes: str, element: str = "UINT8") -> str:
    return (
        f"TYPE M_ENUM = ENUMERATION {codes} END; TYPE A_RCD = PACKED RECORD M : {element} WITH Enum = M_ENUM; END; "
        "TABLE 5 A_TBL = A_RCD;"
    )


@pytest.mark.parametrize(
    ("codes", "found"),
    [
        ("A : 0; B : 0;", [("TDL419", "0")]),
        ("A : 0..5; B : 6; C : 3..4;", [("TDL419", "3..4")]),
        ("C : 3..4; A : 0..5;", [("TDL419", "0..5")]),
        ("A : 5..3;", [("TDL422", "5..3")]),
        ("A : 0..255;", []),
    ],
)
def test_rule_14_codes_have_one_name(spans, codes: str, found: list) -> None:
    assert spans(enumeration(codes)) == found


@pytest.mark.parametrize(
    ("codes", "element", "problem"),
    [
        ("A : 0..256;", "UINT8", "256 is more than 255"),
        ("A : 128;", "ARRAY[3] OF INT8", "128 is more than 127"),
        ("A : 0;", "STRING(4)", "it is no number"),
        ("A : 0;", "NI_FMAT1", "it is no number"),
    ],
)
def test_rule_14_codes_fit_their_element(look, codes: str, element: str, problem: str) -> None:
    (found,) = look(enumeration(codes, element))
    assert (found.code, found.primary.span.text) == ("TDL420", "Enum = M_ENUM")
    assert found.message == f"`M_ENUM` cannot name the values of `M`: {problem}"


def test_rule_14_bits_and_sets(spans) -> None:
    text = """
        TYPE M_ENUM = ENUMERATION A : 0..4; END;
        TYPE F_BFLD = BIT FIELD OF UINT8 X : UINT(0..1) WITH Enum = M_ENUM; Y : UINT(2..7) WITH Enum = M_ENUM; END;
        TYPE A_RCD = PACKED RECORD F : F_BFLD; S : SET(1) WITH Enum = M_ENUM; END; TABLE 5 A_TBL = A_RCD;
    """
    assert spans(text) == [("TDL420", "Enum = M_ENUM")]


@pytest.mark.parametrize("value", ["N_ENUM", '"N_ENUM"', "A_RCD"])
def test_rule_14_the_enumeration_is_declared(spans, value: str) -> None:
    text = f"TYPE A_RCD = PACKED RECORD M : UINT8 WITH Enum = {value}; END; TABLE 5 A_TBL = A_RCD;"
    assert spans(text) == [("TDL210", f"Enum = {value}")]


def test_the_record_of_an_argument_is_declared_and_used(look, spans) -> None:
    text = """
        TYPE M_ENUM = ENUMERATION A : 0 WITH Argument = X_RCD; END; {X}
        TYPE A_RCD = PACKED RECORD M : UINT8 WITH Enum = M_ENUM; END; TABLE 5 A_TBL = A_RCD;
    """
    assert spans(text.replace("{X}", "TYPE X_RCD = PACKED RECORD N : UINT8; END;")) == []
    assert spans(text.replace("{X}", "TYPE X_RCD = UINT8;")) == [("TDL203", "Argument = X_RCD")]
    (found,) = look(text.replace("{X}", "").replace("X_RCD", "A_RDC"))
    assert (found.code, found.help) == ("TDL203", "did you mean `A_RCD`?")
