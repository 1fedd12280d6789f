"""Rules 8 and 13, and a record's own elements: numbers, subscripts, order, `.lastIndex`, ranges of dimensions."""

from __future__ import annotations

import pytest

from tdl.report import Severity

OTHER = """
    TYPE F_BFLD = BIT FIELD OF UINT8 READY : BOOL(0); LEVEL : INT(1..3); FILLER : FILL(4..7); END;
    TYPE ROW_RCD = PACKED RECORD X : UINT8; END;
    TYPE B_RCD = PACKED RECORD
        N : UINT8; NAME : STRING(4); WHEN : DATE; RATIO : FLOAT32; VALUE : NI_FMAT1; USED : SET(4); F : F_BFLD;
        COUNTS : ARRAY[4] OF UINT16; ROWS : ARRAY[4] OF ROW_RCD; GRID : ARRAY[2] OF ARRAY[2] OF UINT8;
        SETS : ARRAY[2] OF SET(1); TEXT : ARRAY[4] OF CHAR; DIGITS : BCD(2); RAW : BINARY(2);
    END;
    TABLE 6 B_TBL = B_RCD;
"""


def record(members: str, more: str = OTHER) -> str:
    return f"{more} TYPE A_RCD = PACKED RECORD {members} END; TABLE 5 A_TBL = A_RCD;"


@pytest.mark.parametrize(
    ("reference", "span", "found"),
    [
        ("B_TBL.NAME", "NAME", "a text"),
        ("B_TBL.TEXT[1]", "TEXT", "a text"),
        ("B_TBL.WHEN", "WHEN", "a date or time"),
        ("B_TBL.RATIO", "RATIO", "a number with decimals"),
        ("B_TBL.VALUE", "VALUE", "a number with decimals"),
        ("B_TBL.USED", "USED", "a set"),
        ("B_TBL.SETS[0]", "SETS", "a set"),
        ("B_TBL.F", "F", "a bit field"),
        ("B_TBL.ROWS[1]", "ROWS", "a record"),
        ("B_TBL.DIGITS", "DIGITS", "digits"),
        ("B_TBL.RAW", "RAW", "binary octets"),
        ("B_TBL.F.FILLER", "FILLER", "a filler"),
    ],
)
@pytest.mark.parametrize("member", ["D : BINARY({});", "IF 1 + {} THEN D : UINT8; END;", "SWITCH {} OF DEFAULT END;"])
def test_rule_8_only_numbers(look, member: str, reference: str, span: str, found: str) -> None:
    (diagnostic,) = look(record(member.format(reference)))
    assert (diagnostic.code, diagnostic.primary.span.text) == ("TDL410", span)
    assert diagnostic.message == f"`{span}` is {found}, a number expected"


@pytest.mark.parametrize(
    "reference",
    [
        "B_TBL.N", "B_TBL.F.READY", "B_TBL.LEVEL", "B_TBL.COUNTS[B_TBL.N]", "B_TBL.ROWS[3].X", "B_TBL.GRID[0][1]",
        "B_TBL.USED[B_TBL]", "B_TBL.SETS[1][7]", "B_TBL",
    ],
)  # fmt: skip
def test_rule_8_numbers(spans, reference: str) -> None:
    assert spans(record(f"IF {reference} THEN D : UINT8; END;")) == []


@pytest.mark.parametrize(
    ("reference", "span", "message"),
    [
        ("B_TBL.COUNTS", "COUNTS", "`COUNTS` has no subscript, 1 subscript expected"),
        ("B_TBL.N[0]", "N", "`N` has 1 subscript, none expected"),
        ("B_TBL.GRID[0]", "GRID", "`GRID` has 1 subscript, 2 subscripts expected"),
        ("B_TBL.ROWS.X", "ROWS", "`ROWS` has no subscript, 1 subscript expected"),
        ("B_TBL.ROWS[0].X[1]", "X", "`X` has 1 subscript, none expected"),
        ("B_TBL.USED[0][1]", "USED", "`USED` has 2 subscripts, none expected"),
        ("B_TBL[0]", "B_TBL", "`B_TBL` has 1 subscript, none expected"),
        ("B_TBL[0].N", "B_TBL", "`B_TBL` has 1 subscript, none expected"),
        ("B_TBL.COUNTS[B_TBL.COUNTS]", "COUNTS", "`COUNTS` has no subscript, 1 subscript expected"),
    ],
)
def test_subscripts(look, reference: str, span: str, message: str) -> None:
    (found,) = look(record(f"IF {reference} THEN D : UINT8; END;"))
    assert (found.code, found.primary.span.text, found.message) == ("TDL411", span, message)


def test_a_name_is_a_number_in_every_branch(spans) -> None:
    members = "M : UINT8; IF M THEN X : UINT8; ELSE X : STRING(2); END; D : BINARY(X);"
    assert spans(record(members)) == [("TDL410", "X")]


@pytest.mark.parametrize(
    ("members", "span", "problem"),
    [
        ("D : BINARY(N); N : UINT8;", "N", "it is declared later"),
        ("N : BINARY(N);", "N", "it is declared later"),
        ("IF N THEN D : UINT8; END; N : UINT8;", "N", "it is declared later"),
        ("D : BINARY(READY); F : F_BFLD;", "READY", "it is declared later"),
        ("M : UINT8; IF M THEN N : UINT8; ELSE D : BINARY(N); END;", "N", "it stands in another branch"),
        ("M : UINT8; SWITCH M OF CASE 0 : N : UINT8; CASE 1 : D : BINARY(N); END;", "N", "it stands in another branch"),
    ],
)
def test_own_elements_are_known_before(look, members: str, span: str, problem: str) -> None:
    (found,) = [d for d in look(record(members)) if d.code != "TDL410"]
    assert (found.code, found.primary.span.text) == ("TDL413", span)
    assert found.message == f"`{span}` is not known here: {problem}"
    assert found.secondary[0].span.text in ("N", "F")


@pytest.mark.parametrize(
    ("members", "found"),
    [
        ("M : UINT8; IF M THEN N : UINT8; END; D : BINARY(N);", [("TDL414", "N")]),
        ("M : UINT8; IF M THEN N : UINT8; END; IF M > 1 THEN D : BINARY(N); END;", [("TDL414", "N")]),
        ("M : UINT8; SWITCH M OF CASE 0 : N : UINT8; END; D : BINARY(N);", [("TDL414", "N")]),
        ("M : UINT8; IF M THEN N : UINT8; D : BINARY(N); END;", []),
        ("M : UINT8; IF M THEN N : UINT8; END; IF M THEN D : BINARY(N); END;", []),
        ("M : UINT8; IF M THEN N : UINT8; END; IF M AND N THEN D : UINT8; END;", [("TDL414", "N")]),
        ("M : UINT8; IF M THEN N : UINT8; END; IF M AND B_TBL.N THEN D : BINARY(N); END;", []),
        ("M : UINT8; IF NOT M THEN N : UINT8; END; IF M THEN E : UINT8; ELSE D : BINARY(N); END;", []),
        ("M : UINT8; IF M THEN N : UINT8; ELSE N : UINT16; END; D : BINARY(N);", []),
        ("M : UINT8; SWITCH M OF CASE 0 : N : UINT8; DEFAULT N : INT8; END; D : BINARY(N / 256);", []),
        ("M : F_BFLD; SWITCH READY OF CASE 0 : N : UINT8; CASE 1 : N : UINT8; END; D : BINARY(N);", []),
        ("M : UINT8; SWITCH M OF CASE 0 : N : UINT8; CASE 1 : N : UINT8; END; D : BINARY(N);", [("TDL414", "N")]),
        (
            "M : UINT8; SWITCH M OF CASE 0 : N : UINT8; CASE 1 : E : UINT8; DEFAULT N : UINT8; END; D : BINARY(N);",
            [("TDL414", "N")],
        ),
        (
            "M : UINT8; K : UINT8; IF M THEN N : UINT8; ELSE IF K THEN N : UINT8; END; END; D : BINARY(N);",
            [("TDL414", "N")],
        ),
        (
            "M : UINT8; K : UINT8; IF M OR K THEN E : UINT8; ELSE N : UINT8; END; "
            "IF NOT M AND NOT K THEN D : BINARY(N); END;",
            [],
        ),
        ("M : UINT8; SWITCH M OF CASE 0 : N : UINT8; END; SWITCH M OF CASE 0 : D : BINARY(N); END;", []),
    ],
)
def test_own_elements_may_be_absent(spans, members: str, found: list) -> None:
    assert spans(record(members)) == found


def test_rule_13_the_position_has_an_array(look) -> None:
    row = "TYPE ROW_RCD = PACKED RECORD IF .lastIndex == 0 THEN X : UINT8; END; END;"
    assert look(record("ROWS : ARRAY[3] OF ROW_RCD;", row)) == []
    (found,) = look(record("ROWS : ARRAY[3] OF ROW_RCD; EXTRA : ROW_RCD;", row))
    assert (found.code, found.primary.span.text) == ("TDL415", "ROW_RCD")
    assert [s.span.text for s in found.secondary] == [".lastIndex"]


def test_rule_13_all_the_way_to_the_table(spans) -> None:
    row = "TYPE ROW_RCD = PACKED RECORD IF .lastIndex == 0 THEN X : UINT8; END; END;"
    block = "TYPE BLOCK_RCD = PACKED RECORD ROW : ROW_RCD; END;"
    assert spans(record("BLOCKS : ARRAY[3] OF BLOCK_RCD;", row + block)) == []
    assert spans(record("BLOCK : BLOCK_RCD;", row + block)) == [("TDL415", "ROW_RCD")]
    assert spans(row + "TABLE 5 A_TBL = ROW_RCD;") == [("TDL415", ".lastIndex")]


@pytest.mark.parametrize(
    ("size", "found", "severity"),
    [
        ("0 - 1", "-1", Severity.ERROR),
        ("-B_TBL.N - 1", "-256 to -1", Severity.ERROR),
        ("16777216", "16777216", Severity.ERROR),
        ("B_TBL.N - 1", "-1", Severity.WARNING),
        ("B_TBL.LEVEL", "-4", Severity.WARNING),
    ],
)
def test_rule_8_dimensions_are_not_negative(look, size: str, found: str, severity: Severity) -> None:
    (diagnostic,) = look(record(f"D : ARRAY[{size}] OF UINT8;"))
    assert (diagnostic.code, diagnostic.primary.span.text, diagnostic.severity) == ("TDL412", size, severity)
    assert diagnostic.message == f"the count of `D` can be {found}, 0 to 16777215 expected"


def test_rule_8_the_largest_dimension(look) -> None:
    (found,) = look(record("D : BINARY(16777215);"))
    assert (found.code, found.severity) == ("TDL423", Severity.WARNING)


def test_rule_8_a_condition_may_rule_out_the_rest(spans) -> None:
    assert spans(record("IF B_TBL.N > 0 THEN D : BINARY(B_TBL.N - 1); END;")) == []


@pytest.mark.parametrize(
    ("member", "message"),
    [
        ("D : BINARY(65536);", "`D` can be 65536 octets, services reach 65535"),
        ("D : ARRAY[B_TBL.COUNTS[0] * 2] OF UINT8;", "`D` can be 131070 elements, services reach 65535"),
        ("D : BINARY(65535);", ""),
    ],
)
def test_rule_17_counts_fit_the_services(look, member: str, message: str) -> None:
    found = look(record(member))
    assert [d.message for d in found] == ([message] if message else [])
    assert all((d.code, d.severity) == ("TDL423", Severity.WARNING) for d in found)


def test_literals_fit_the_arithmetic(spans) -> None:
    text = record("IF B_TBL.N == 9223372036854775808 THEN D : UINT8; END;")
    assert spans(text) == [("TDL424", "9223372036854775808")]
    assert spans(text.replace("808", "807")) == []


def test_aliases_are_looked_at_where_they_are_used(spans) -> None:
    alias = "TYPE TEXT_T = STRING(LENGTH);"
    assert spans(record("LENGTH : UINT8; A : TEXT_T;", alias)) == []
    assert spans(record("A : TEXT_T; LENGTH : UINT8;", alias)) == [("TDL413", "LENGTH")]
    assert spans(record("A : TEXT_T;", alias)) == [("TDL204", "LENGTH")]
