"""Rules 4 and 13: bits are inside their container, have one owner at a time, and all have one."""

from __future__ import annotations

import pytest


def bits(members: str, container: str = "UINT8") -> str:
    more = "TYPE M_RCD = PACKED RECORD MODE : UINT8; END; TABLE 6 M_TBL = M_RCD;"
    return f"{more} TYPE A_BFLD = BIT FIELD OF {container} {members} END; TABLE 5 A_TBL = A_BFLD;"


@pytest.mark.parametrize(
    ("members", "span", "expected"),
    [
        ("X : UINT(0..8);", "UINT(0..8)", "bits of 0 to 7"),
        ("X : BOOL(8);", "BOOL(8)", "bits of 0 to 7"),
        ("X : FILL(7..0);", "FILL(7..0)", "the lower bit first"),
        ("X : BOOL(0..1);", "BOOL(0..1)", "one bit"),
        ("X : BITS(0..7);", "BITS(0..7)", "`UINT(a..b)`, `INT(a..b)`, `BOOL(a)` or `FILL(a..b)`"),
        ("X : UINT(0..18446744073709551615);", "UINT(0..18446744073709551615)", "bits of 0 to 7"),
    ],
)
def test_rule_4_ranges(look, members: str, span: str, expected: str) -> None:
    (found,) = look(bits(members))
    assert (found.code, found.primary.span.text) == ("TDL406", span)
    assert found.message == f"`{span}` found, {expected} expected"


def test_rule_4_one_owner_at_a_time(look) -> None:
    (found,) = look(bits("LOW : UINT(0..4); HIGH : UINT(3..7);"))
    assert (found.code, found.primary.span.text) == ("TDL407", "UINT(3..7)")
    assert found.message == "`HIGH` takes bits 3..4 that `LOW` has"
    assert [s.span.text for s in found.secondary] == ["UINT(0..4)"]
    (found,) = look(bits("HIGH : UINT(4..7); LOW : UINT(0..4);"))
    assert found.message == "`LOW` takes bit 4 that `HIGH` has"


@pytest.mark.parametrize(
    ("members", "found"),
    [
        ("IF M_TBL.MODE THEN X : UINT(0..7); ELSE Y : INT(0..7); END;", []),
        ("SWITCH M_TBL.MODE OF CASE 0 : X : UINT(0..7); DEFAULT Y : UINT(0..3); Z : FILL(4..7); END;", []),
        ("IF M_TBL.MODE THEN X : UINT(0..7); ELSE Y : INT(0..7); END; Z : BOOL(7);", [("TDL407", "BOOL(7)")]),
        ("IF M_TBL.MODE THEN Z : BOOL(7); END; X : UINT(0..7);", [("TDL407", "UINT(0..7)")]),
        ("Z : BOOL(7); IF M_TBL.MODE THEN X : UINT(0..7); ELSE Y : FILL(0..6); END;", [("TDL407", "UINT(0..7)")]),
        ("C : UINT(4..7); A : UINT(0..1); B : UINT(2..3);", []),
    ],
)
def test_rule_4_exclusive_branches_share_bits(spans, members: str, found: list) -> None:
    assert spans(bits(members)) == found


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ("X : UINT(0..3);", "bits 4..7 of `A_BFLD` belong to no member"),
        ("X : UINT(0..6);", "bit 7 of `A_BFLD` belongs to no member"),
        ("X : BOOL(1); Y : UINT(3..5);", "bits 0, 2, 6..7 of `A_BFLD` belong to no member"),
        ("IF M_TBL.MODE THEN X : UINT(0..7); END;", "bits 0..7 of `A_BFLD` belong to no member"),
        ("SWITCH M_TBL.MODE OF CASE 0..254 : X : UINT(0..7); END;", "bits 0..7 of `A_BFLD` belong to no member"),
        ("SWITCH M_TBL.MODE OF CASE 0..255 : X : UINT(0..7); END;", ""),
    ],
)
def test_rule_4_every_bit_has_an_owner(look, members: str, message: str) -> None:
    found = look(bits(members))
    assert [d.message for d in found] == ([message] if message else [])
    assert all((d.code, d.primary.span.text) == ("TDL408", "A_BFLD") for d in found)


def test_rule_4_branches_are_told_apart(look) -> None:
    (found,) = look(bits("IF M_TBL.MODE THEN X : UINT(0..7); ELSE Y : UINT(0..6); END;"))
    assert found.message == "bit 7 of `A_BFLD` belongs to no member"
    assert found.notes == ("in some of the branches",)
