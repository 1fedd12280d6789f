"""Renames take every reference along."""

from __future__ import annotations

from tests.unit.merge.running import codes, declaration, failed, merged, modify


def test_a_member_is_renamed_wherever_it_is_named() -> None:
    text = merged(modify("TYPE A_RCD", "RENAME COUNT TO NUMBER;"))
    assert "NUMBER : UINT8 WITH" in text
    assert "DATA : ARRAY[NUMBER] OF UINT8;" in text
    assert "SEEN : SET(A_TBL.NUMBER);" in text
    assert "COUNT" not in text


def test_short_and_long_paths() -> None:
    text = merged(modify("TYPE FLAGS_BFLD", "RENAME LEVEL TO GRADE;", "RENAME ON TO LIVE;"))
    assert "ARRAY[A_TBL.GRADE]" in text
    assert "BINARY(A_TBL.FLAGS.GRADE * 2)" in text
    assert "IF FLAGS.LIVE THEN" in text
    text = merged(modify("TYPE A_RCD", "RENAME FLAGS TO BITS;"))
    assert "ARRAY[A_TBL.LEVEL]" in text
    assert "BINARY(A_TBL.BITS.LEVEL * 2)" in text
    assert "IF BITS.ON THEN" in text


def test_a_type_is_renamed_wherever_it_is_named() -> None:
    text = merged("RENAME TYPE A_RCD TO C_RCD;\nRENAME TYPE FLAGS_BFLD TO BITS_BFLD;\nRENAME TYPE KIND_ENUM TO KINDS;")
    assert 'TABLE 1 A_TBL = C_RCD WITH Role = "DATA", Kind = KINDS;' in text
    assert "PROCEDURE 3 RESET = PARAMETER C_RCD RESPONSE B_RCD;" in text
    assert "FLAGS : BITS_BFLD;" in text
    assert not {"A_RCD", "FLAGS_BFLD", "KIND_ENUM"} & set(text.replace(";", " ").replace(",", " ").split())


def test_a_scoped_type_is_the_same_type() -> None:
    base = "DOCUMENT BASE;\nTYPE X_STR = STRING(1);\nTYPE Y_RCD = PACKED RECORD A : ARRAY[2] OF STD.X_STR; END;\n"
    assert "ARRAY[2] OF STD.Z_STR" in merged("RENAME TYPE X_STR TO Z_STR;", base=base)


def test_a_table_is_renamed_as_a_name_and_as_a_number() -> None:
    base = """
DOCUMENT BASE;
TYPE GEN_RCD = PACKED RECORD N : UINT8; USED : SET(GEN_TBL.N); END;
TABLE 0 GEN_TBL = GEN_RCD;
TYPE X_RCD = PACKED RECORD IF GEN_TBL.USED[X_TBL] THEN A : BINARY(GEN_TBL.N); END; B : ARRAY[GEN_TBL.N] OF UINT8; END;
TABLE 7 X_TBL = X_RCD;
"""
    text = merged("RENAME TABLE 7 TO Y_TBL;\nRENAME TABLE 0 TO G_TBL;", base=base)
    assert "IF G_TBL.USED[Y_TBL] THEN" in text
    assert "USED : SET(G_TBL.N);" in text
    assert "A : BINARY(G_TBL.N);" in text


def test_only_the_member_that_is_meant_is_renamed() -> None:
    base = """
DOCUMENT BASE;
TYPE A_RCD = PACKED RECORD N : UINT8; END;
TYPE B_RCD = PACKED RECORD N : UINT8; X : BINARY(N); Y : BINARY(A_TBL.N); Z : BINARY(B_TBL.N); END;
TABLE 1 A_TBL = A_RCD;
TABLE 2 B_TBL = B_RCD;
"""
    text = declaration(merged(modify("TYPE B_RCD", "RENAME N TO M;"), base=base), "TYPE B_RCD")
    assert text.split("\n")[1:5] == [
        "    M : UINT8;",
        "    X : BINARY(M);",
        "    Y : BINARY(A_TBL.N);",
        "    Z : BINARY(B_TBL.M);",
    ]


def test_a_short_path_that_would_lead_elsewhere_is_written_out() -> None:
    text = merged(modify("TYPE A_RCD", "RENAME COUNT TO LEVEL;"))
    assert "VALUES : ARRAY[A_TBL.FLAGS.LEVEL] OF UINT8;" in text
    assert "USED : BINARY(A_TBL.FLAGS.LEVEL * 2);" in text
    assert "SEEN : SET(A_TBL.LEVEL);" in text


def test_names_may_be_swapped() -> None:
    text = merged(
        modify("TYPE A_RCD", "RENAME COUNT TO X;", "RENAME LAST_ONE TO COUNT;", "RENAME X TO LAST_ONE;")
        + "RENAME TYPE A_RCD TO X_RCD;\nRENAME TYPE B_RCD TO A_RCD;\nRENAME TYPE X_RCD TO B_RCD;\n"
        + "RENAME TABLE 1 TO X_TBL;\nRENAME TABLE MFG 2 TO A_TBL;\nRENAME TABLE 1 TO B_TBL;\n"
    )
    assert "SEEN : SET(B_TBL.LAST_ONE);" in text
    assert "TABLE 1 B_TBL = B_RCD" in text
    assert "TABLE MFG 2 A_TBL = A_RCD;" in text
    assert "PARAMETER B_RCD RESPONSE A_RCD" in text
    assert declaration(text, "TYPE B_RCD").split("\n")[1] == '    LAST_ONE : UINT8 WITH Label = "how many";'


def test_what_is_added_before_and_after_a_rename_is_written_in_the_names_of_that_moment() -> None:
    text = merged(
        modify(
            "TYPE A_RCD",
            "ADD EARLY : BINARY(COUNT);",
            "RENAME COUNT TO NUMBER;",
            "ADD LATE : BINARY(NUMBER);",
            "RENAME NUMBER TO AMOUNT;",
            "ADD COUNT : UINT8;",
            "ADD NEW : BINARY(COUNT);",
            "RENAME COUNT TO COUNTER;",
            "REPLACE DATA : BINARY(AMOUNT) WAS ARRAY[AMOUNT] OF UINT8;",
        )
    )
    for line in (
        "EARLY : BINARY(AMOUNT);",
        "LATE : BINARY(AMOUNT);",
        "NEW : BINARY(COUNTER);",
        "DATA : BINARY(AMOUNT);",
    ):
        assert line in text


def test_a_type_renamed_and_made_anew() -> None:
    text = merged(
        "RENAME TYPE NAME_STR TO OLD_STR;\nADD TYPE NAME_STR = STRING(9);\n" + modify("TYPE A_RCD", "ADD N : NAME_STR;")
    )
    assert "REST : OLD_STR;" in text
    assert "N : NAME_STR;" in text


def test_a_new_type_is_written_in_the_names_of_its_moment() -> None:
    text = merged(
        "RENAME TYPE NAME_STR TO OLD_STR;\nADD TYPE C_RCD = PACKED RECORD N : NAME_STR; END;\n"
        "ADD TYPE NAME_STR = STRING(9);"
    )
    assert "    N : NAME_STR;" in text
    assert "    REST : OLD_STR;" in text


def test_a_type_and_its_member_in_either_order() -> None:
    member = modify("TYPE {}", "RENAME COUNT TO NUMBER;")
    for edits in (
        member.format("A_RCD") + "RENAME TYPE A_RCD TO X_RCD;",
        "RENAME TYPE A_RCD TO X_RCD;\n" + member.format("X_RCD"),
    ):
        text = merged(edits)
        assert "DATA : ARRAY[NUMBER] OF UINT8;" in text
        assert "SEEN : SET(A_TBL.NUMBER);" in text


def test_the_container_of_a_bit_field_is_a_type_too() -> None:
    base = "DOCUMENT BASE;\nTYPE W_INT = UINT8;\nTYPE X_BFLD = BIT FIELD OF W_INT A : BOOL(0); END;\n"
    assert "BIT FIELD OF V_INT" in merged("RENAME TYPE W_INT TO V_INT;", base=base)


def test_a_reference_that_leads_nowhere_keeps_its_table() -> None:
    base = "DOCUMENT BASE;\nTYPE X_RCD = PACKED RECORD A : BINARY(X_TBL.B); END;\nTABLE 1 X_TBL = X_RCD;\n"
    assert "BINARY(Y_TBL.B)" in merged("RENAME TABLE 1 TO Y_TBL;", base=base)


def test_what_is_removed_stays_removed() -> None:
    text = merged(
        "RENAME TYPE A_RCD TO X_RCD;\nREMOVE TABLE 1;\nADD TYPE C_RCD = PACKED RECORD N : A_RCD; END;\n"
        "RENAME TABLE MFG 2 TO A_TBL;"
    )
    assert "TABLE MFG 2 A_TBL = B_RCD;" in text


def test_a_rename_that_leaves_no_name_for_a_reference_is_refused() -> None:
    found = failed(modify("TYPE B_RCD", "ADD FLAGS : A_RCD;") + "RENAME TABLE 1 TO FLAGS;")
    assert set(codes(found)) == {"TDL314"}
    assert {d.primary.span.text for d in found if d.primary} == {"RENAME TABLE 1 TO FLAGS;"}
    assert {d.secondary[0].span.text for d in found} == {"A_TBL.LEVEL", "A_TBL.COUNT", "A_TBL.FLAGS.LEVEL"}


def test_references_of_unrelated_fragments_follow_in_both_orders() -> None:
    one = 'FRAGMENT ONE OF "BASE";\n' + modify("TYPE A_RCD", "RENAME COUNT TO LEVEL;")
    other = 'FRAGMENT OTHER OF "BASE";\nADD TYPE C_RCD = PACKED RECORD X : SET(A_TBL.LEVEL); Y : SET(A_TBL.COUNT); END;'
    for changes in ((one, other), (other, one)):
        text = merged(*changes)
        assert "X : SET(A_TBL.FLAGS.LEVEL);" in text
        assert "Y : SET(A_TBL.LEVEL);" in text
    assert codes(failed(one, other, 'FRAGMENT T OF "ONE";\nREMOVE TYPE COUNT;')) == ["TDL309"]
