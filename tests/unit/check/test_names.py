"""Rules 1 to 3 and 19: names are declared once, found, and of a known scope."""

from __future__ import annotations

import pytest

TABLE = "TABLE 5 A_TBL = A_RCD;"


def record(members: str, more: str = "") -> str:
    return f"{more} TYPE A_RCD = PACKED RECORD {members} END; {TABLE}"


def test_rule_1_members_are_declared_once(look) -> None:
    found = look(record("FIRST : UINT8; COUNT : UINT8; COUNT : INT8;"))
    assert [(d.code, d.primary.span.text) for d in found] == [("TDL201", "COUNT")]
    (first,) = found[0].secondary
    assert first.span.start < found[0].primary.span.start
    assert first.span.text == "COUNT"


@pytest.mark.parametrize(
    ("members", "found"),
    [
        ("M : UINT8; IF M THEN X : UINT8; ELSE X : INT8; END;", []),
        ("M : UINT8; SWITCH M OF CASE 0 : X : UINT8; CASE 1 : X : INT8; DEFAULT X : BINARY(2); END;", []),
        ("M : UINT8; IF M THEN IF M > 1 THEN X : UINT8; END; ELSE X : INT8; END;", []),
        ("M : UINT8; IF M THEN X : UINT8; X : UINT8; END;", [("TDL201", "X")]),
        ("M : UINT8; IF M THEN X : UINT8; END; X : UINT8;", [("TDL201", "X")]),
        ("M : UINT8; X : UINT8; IF M THEN X : UINT8; END;", [("TDL201", "X")]),
        ("M : UINT8; IF M THEN X : UINT8; END; IF M > 1 THEN X : UINT8; END;", [("TDL201", "X")]),
        ("M : UINT8; IF M THEN X : UINT8; IF M > 1 THEN X : UINT8; END; END;", [("TDL201", "X")]),
    ],
)
def test_rule_1_names_stand_again_in_exclusive_branches_only(spans, members: str, found: list) -> None:
    assert spans(record(members)) == found


def test_rule_1_fillers_have_no_name(spans) -> None:
    text = (
        "TYPE A_BFLD = BIT FIELD OF UINT8 FILLER : FILL(0..3); {last} FILLER : FILL(4..7); END; TABLE 5 A_TBL = A_BFLD;"
    )
    assert spans(text.replace("{last}", "")) == []
    assert spans(text.replace("{last}", "X : BOOL(3); X : BOOL(2);").replace("0..3", "0..1")) == [("TDL201", "X")]


def test_rule_1_enumerators(spans) -> None:
    text = record("M : UINT8 WITH Enum = M_ENUM;", "TYPE M_ENUM = ENUMERATION A : 0; A : 1; END;")
    assert spans(text) == [("TDL201", "A")]


def test_rule_2_types_and_tables_are_declared_once(look) -> None:
    found = look(record("A : B_RCD;", "TYPE B_RCD = UINT8; TYPE B_RCD = UINT16;") + " TABLE 6 A_TBL = A_RCD;")
    assert [(d.message, d.primary.span.text) for d in found] == [
        ("type `B_RCD` is declared twice", "B_RCD"),
        ("table `A_TBL` is declared twice", "A_TBL"),
    ]
    assert all(d.secondary[0].span.text == d.primary.span.text for d in found)


def test_a_built_in_type_keeps_its_name(spans) -> None:
    assert spans(record("A : UINT8;", "TYPE STRING = UINT8;")) == [("TDL207", "STRING"), ("TDL703", "STRING")]


@pytest.mark.parametrize(
    ("members", "span", "help"),
    [
        ("A : UINT9;", "UINT9", "did you mean `UINT8`?"),
        ("A : STD.B_RDC;", "B_RDC", "did you mean `B_RCD`?"),
        ("A : ARRAY[2] OF uint8;", "uint8", "did you mean `UINT8`?"),
        ("A : TEXT(4);", "TEXT", ""),
        ("A : BOOL;", "BOOL", "bits stand in a bit field: `TYPE X_BFLD = BIT FIELD OF UINT8`"),
    ],
)
def test_rule_3_types_are_declared(look, members: str, span: str, help: str) -> None:
    found = [d for d in look(record(members, "TYPE B_RCD = PACKED RECORD X : UINT8; END;")) if d.code == "TDL203"]
    assert [(d.primary.span.text, d.help) for d in found] == [(span, help)]


def test_rule_3_types_of_procedures_and_tables(spans) -> None:
    text = "TABLE 5 A_TBL = X_RCD; PROCEDURE MFG 1 P = PARAMETER Y_RCD RESPONSE Z_RCD;"
    assert spans(text) == [("TDL203", "X_RCD"), ("TDL203", "Y_RCD"), ("TDL203", "Z_RCD")]


@pytest.mark.parametrize(
    ("members", "span", "message", "help"),
    [
        ("A : BINARY(LENGHT);", "LENGHT", "`LENGHT` is not found in `A_RCD` or the tables", "did you mean `LENGTH`?"),
        ("A : BINARY(B_TBL.LENGHT);", "LENGHT", "`LENGHT` is not found in `B_TBL`", "did you mean `LENGTH`?"),
        ("A : BINARY(B_TBL.FLAGS.X[3]);", "X", "`X` is not found in `B_TBL.FLAGS`", ""),
        ("A : BINARY(B_TBL.LENGTH.X);", "X", "`X` is not found in `B_TBL.LENGTH`", ""),
        (
            "A : BINARY(B_TBL.USED[C_TBL]);",
            "C_TBL",
            "`C_TBL` is not found in `A_RCD` or the tables",
            "did you mean `B_TBL`?",
        ),
        ("IF B_TBL.READY THEN A : UINT8; END;", "READY", "", ""),
    ],
)
def test_rule_3_elements_are_found(look, members: str, span: str, message: str, help: str) -> None:
    more = """
        TYPE B_BFLD = BIT FIELD OF UINT8 READY : BOOL(0); FILLER : FILL(1..7); END;
        TYPE B_RCD = PACKED RECORD LENGTH : UINT8; FLAGS : B_BFLD; USED : SET(4); END; TABLE 6 B_TBL = B_RCD;
    """
    found = [d for d in look(record("LENGTH : UINT8; " + members, more)) if d.code == "TDL204"]
    assert [(d.primary.span.text, d.message, d.help) for d in found] == ([(span, message, help)] if message else [])


def test_rule_3_a_guess_becomes_a_fix(look) -> None:
    (found,) = look(record("LENGTH : UINT8; A : BINARY(LENGHT);"))
    (fix,) = found.fixes
    assert [(e.span.text, e.replacement) for e in fix.edits] == [("LENGHT", "LENGTH")]
    assert not fix.safe


def test_rule_3_elided_members_are_unambiguous(look) -> None:
    more = """
        TYPE F_BFLD = BIT FIELD OF UINT8 READY : BOOL(0); FILLER : FILL(1..7); END;
        TYPE B_RCD = PACKED RECORD FIRST : F_BFLD; SECOND : F_BFLD; END; TABLE 6 B_TBL = B_RCD;
    """
    (found,) = look(record("IF B_TBL.READY THEN A : UINT8; END;", more))
    assert (found.code, found.primary.span.text) == ("TDL205", "READY")
    assert found.help == "write `FIRST.READY` or `SECOND.READY`"
    assert look(record("IF B_TBL.FIRST.READY THEN A : UINT8; END;", more)) == []


def test_rule_3_arrays_are_not_left_out(spans) -> None:
    more = "TYPE B_RCD = PACKED RECORD X : UINT8; END;"
    assert spans(record("ROWS : ARRAY[2] OF B_RCD; A : BINARY(X);", more)) == [("TDL204", "X")]
    assert spans(record("ROW : B_RCD; A : BINARY(X);", more)) == []


@pytest.mark.parametrize("scope", ["STD", "TDL", "METER"])
def test_rule_19_scopes_of_the_definition(spans, scope: str) -> None:
    more = "DOCUMENT METER; TYPE B_RCD = PACKED RECORD X : UINT8; END;"
    assert spans(record(f"A : {scope}.B_RCD;", more)) == []


def test_rule_19_other_scopes(look) -> None:
    more = "DOCUMENT METER; TYPE B_RCD = PACKED RECORD X : UINT8; END;"
    (found,) = look(record("A : ACME.B_RCD;", more))
    assert (found.code, found.primary.span.text) == ("TDL206", "ACME")
    assert found.message == "`ACME` is not a scope here, `STD`, `TDL` or `METER` expected"


def test_broken_names_hide_nothing_else(spans) -> None:
    text = record("A : BINARY(NOPE); B : NOPE_RCD; C : BINARY(0 - 1); D : BINARY(C);")
    assert spans(text) == [("TDL204", "NOPE"), ("TDL203", "NOPE_RCD"), ("TDL412", "0 - 1"), ("TDL410", "C")]
