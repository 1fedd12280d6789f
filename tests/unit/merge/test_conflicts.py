"""Fragments that do not know of each other: what they may both do, and what is a conflict in either order."""

from __future__ import annotations

import pytest

from tdl.merge import blame
from tests.unit.merge.running import BASE, codes, declaration, failed, merged, modify, run

A = "TYPE A_RCD"
ADDED = "ADD TYPE NEW_RCD = PACKED RECORD X : UINT8; END;"


def both(one: str, other: str, parent: str = "BASE") -> tuple[str, str]:
    return f'FRAGMENT ONE OF "BASE";\n{one}', f'FRAGMENT OTHER OF "{parent}";\n{other}'


CONFLICTS = {
    "two specifications": (modify(A, "REPLACE COUNT : UINT16;"), modify(A, "REPLACE COUNT : UINT32;"), "A_RCD.COUNT"),
    "two values": (modify("TABLE 1", "SET Role = 1;"), modify("TABLE 1", "SET Role = 2;"), "TABLE 1.Role"),
    "set and unset": (modify(A, "SET COUNT.Label = 1;"), modify(A, "UNSET COUNT.Label;"), "A_RCD.COUNT.Label"),
    "a value by two verbs": (
        modify(A, "REPLACE COUNT : UINT16 WITH Label = 1;"),
        modify(A, "SET COUNT.Label = 2;"),
        "A_RCD.COUNT.Label",
    ),
    "document properties": (modify("DOCUMENT", "SET X = 1;"), modify("DOCUMENT", "SET X = 2;"), "DOCUMENT.X"),
    "removed and changed": (modify(A, "REMOVE COUNT;"), modify(A, "SET COUNT.Label = 1;"), "A_RCD.COUNT"),
    "removed and an anchor": (modify(A, "REMOVE COUNT;"), modify(A, "ADD X : UINT8 AFTER COUNT;"), "A_RCD.COUNT"),
    "moved and an anchor": (modify(A, "MOVE COUNT LAST;"), modify(A, "ADD X : UINT8 AFTER COUNT;"), "A_RCD.COUNT"),
    "moved to two places": (modify(A, "MOVE COUNT LAST;"), modify(A, "MOVE COUNT AFTER FLAGS;"), "A_RCD.COUNT"),
    "renamed and changed": (
        modify(A, "RENAME COUNT TO NUMBER;"),
        modify(A, "REPLACE COUNT : UINT16;"),
        "A_RCD.COUNT",
    ),
    "renamed to two names": (
        modify(A, "RENAME COUNT TO NUMBER;"),
        modify(A, "RENAME COUNT TO AMOUNT;"),
        "A_RCD.COUNT",
    ),
    "one name for two": (modify(A, "RENAME COUNT TO X;"), modify(A, "ADD X : UINT8;"), "A_RCD.X"),
    "one new name": (modify(A, "ADD X : UINT8 FIRST;"), modify(A, "ADD X : UINT16 LAST;"), "A_RCD.X"),
    "one new name at one place": (modify(A, "ADD X : UINT8;"), modify(A, "ADD X : UINT16;"), "A_RCD.X"),
    "a name in a conditional": (
        modify(A, "ADD X : UINT8 FIRST;"),
        modify(A, "ADD IF 1 == 1 THEN X : UINT8; END LAST;"),
        "A_RCD.X",
    ),
    "whole and part": (
        "REPLACE TYPE A_RCD = PACKED RECORD X : UINT8; END;",
        modify(A, "REMOVE COUNT;"),
        "TYPE A_RCD",
    ),
    "type removed and changed": ("REMOVE TYPE A_RCD;", modify(A, "REMOVE COUNT;", "REMOVE DATA;"), "TYPE A_RCD"),
    "type renamed and changed": ("RENAME TYPE A_RCD TO X_RCD;", modify(A, "REMOVE COUNT;"), "TYPE A_RCD"),
    "type renamed and its name taken": ("RENAME TYPE A_RCD TO NEW_RCD;", ADDED, "TYPE NEW_RCD"),
    "table renamed twice": ("RENAME TABLE 1 TO X_TBL;", "RENAME TABLE 1 TO Y_TBL;", "TABLE 1 NAME"),
    "table removed and changed": ("REMOVE TABLE 1;", modify("TABLE 1", "SET Role = 1;"), "TABLE 1"),
    "two declarations": (ADDED, "ADD TYPE NEW_RCD = STRING(1);", "TYPE NEW_RCD"),
}


@pytest.mark.parametrize("case", CONFLICTS, ids=str)
def test_conflicts(case: str) -> None:
    one, other, what = CONFLICTS[case]
    for first, second in ((one, other), (other, one)):
        (found,) = failed(*both(first, second))
        assert (found.code, found.message) == ("TDL307", f"`ONE` and `OTHER` change `{what}` differently")
        assert found.primary is not None
        spans = [found.primary.span, *(label.span for label in found.secondary)]
        assert [span.source.name for span in spans] == ["change1.tdl", "change0.tdl", "base.tdl"]
        assert found.help == 'make one of them a fragment `OF` the other, for example `OTHER` of "ONE"'
    # the child decides over its parent, or finds what its parent has left
    report = [c for c in codes_of_chain(one, other) if c in ("TDL307", "TDL308")]
    assert not report


def codes_of_chain(one: str, other: str) -> list[str]:
    try:
        merged(*both(one, other, "ONE"))
    except AssertionError:
        return codes(failed(*both(one, other, "ONE")))
    return []


@pytest.mark.parametrize(
    ("one", "other", "where"),
    [
        ("ADD X : UINT8;", "ADD Y : UINT8 LAST;", "at the end"),
        ("ADD X : UINT8 FIRST;", "ADD IF 1 == 1 THEN Y : UINT8; END FIRST;", "at the start"),
        ("ADD X : UINT8 AFTER DATA;", "ADD Y : UINT8 AFTER DATA;", "after `DATA`"),
        ("ADD X : UINT8 BEFORE DATA;", "MOVE COUNT BEFORE DATA;", "before `DATA`"),
        ("ADD X : UINT8; ADD Y : UINT8;", "ADD X : UINT8;", "at the end"),
        ("ADD X : UINT8; ADD Y : UINT8;", "ADD Y : UINT8;", "at the end"),
    ],
)
def test_insertions_at_one_place_conflict(one: str, other: str, where: str) -> None:
    for first, second in ((one, other), (other, one)):
        (found,) = failed(*both(modify(A, first), modify(A, second)))
        assert (found.code, found.message) == ("TDL308", f"`ONE` and `OTHER` both insert {where} of `A_RCD`")
        assert [label.span.source.name for label in found.secondary] == ["change0.tdl", "base.tdl"]


PEACEFUL = {
    "two facets of a member": (modify(A, "REPLACE COUNT : UINT16;"), modify(A, "SET COUNT.Label = 1;")),
    "two properties": (modify("TABLE 1", "SET Role = 1;"), modify("TABLE 1", "SET Access = 2;")),
    "renamed table and its properties": ("RENAME TABLE 1 TO X_TBL;", modify("TABLE 1", "SET Role = 1;")),
    "two sides of one gap": (modify(A, "ADD X : UINT8 AFTER COUNT;"), modify(A, "ADD Y : UINT8 BEFORE FLAGS;")),
    "start and first member": (modify(A, "ADD X : UINT8 FIRST;"), modify(A, "ADD Y : UINT8 BEFORE COUNT;")),
    "end and last member": (modify(A, "ADD X : UINT8 LAST;"), modify(A, "ADD Y : UINT8 AFTER LAST_ONE;")),
    "an anchor with another type": (
        modify(A, "ADD X : UINT8 AFTER COUNT;"),
        modify(A, "REPLACE COUNT : UINT16;"),
    ),
    "renamed member and a reference to it": (
        modify("TYPE FLAGS_BFLD", "RENAME LEVEL TO GRADE;"),
        "ADD TYPE NEW_RCD = PACKED RECORD X : SET(A_TBL.LEVEL); Y : SET(A_TBL.FLAGS.LEVEL); END;",
    ),
    "renamed type, renamed member of it, and a reference to it": (
        modify(A, "RENAME COUNT TO NUMBER;") + "RENAME TYPE A_RCD TO NEW_RCD;",
        "ADD TYPE C_RCD = PACKED RECORD X : SET(A_TBL.COUNT); Y : NEW_STR; END;\nRENAME TYPE NAME_STR TO NEW_STR;",
    ),
    "renames on both sides": (
        modify("TYPE FLAGS_BFLD", "RENAME LEVEL TO GRADE;"),
        "RENAME TYPE A_RCD TO NEW_RCD;\nADD TYPE C_RCD = PACKED RECORD X : SET(A_TBL.LEVEL); END;",
    ),
    "renamed table and type and uses of them": (
        "RENAME TABLE 1 TO NEW_TBL;\nRENAME TYPE NAME_STR TO NEW_STR;\nRENAME TYPE KIND_ENUM TO NEW_ENUM;",
        "ADD TYPE NEW_RCD = PACKED RECORD X : SET(A_TBL.COUNT); Y : NAME_STR WITH Enum = KIND_ENUM; END;\n"
        + modify(A, "ADD IF A_TBL.COUNT > 1 THEN Z : NAME_STR; END FIRST;", "SET COUNT.Enum = KIND_ENUM;"),
    ),
    "renamed type and a `WAS` of it": (
        "RENAME TYPE NAME_STR TO NEW_STR;\nRENAME TYPE KIND_ENUM TO NEW_ENUM;",
        modify(A, "REPLACE REST : UINT8 WAS NAME_STR;") + modify("TABLE 1", "SET Kind = 1 WAS KIND_ENUM;"),
    ),
    "renamed member and a `WAS` of it": (
        modify(A, "RENAME COUNT TO NUMBER;"),
        modify(A, "REPLACE DATA : ARRAY[COUNT] OF UINT16 WAS ARRAY[COUNT] OF UINT8;")
        + modify("TYPE B_RCD", "REPLACE SEEN : SET(A_TBL.COUNT + 1) WAS SET(A_TBL.COUNT);"),
    ),
}


@pytest.mark.parametrize("case", PEACEFUL, ids=str)
def test_what_is_apart_commutes(case: str) -> None:
    one, other = PEACEFUL[case]
    assert blocks(merged(*both(one, other))) == blocks(merged(*both(other, one)))


def blocks(text: str) -> list[str]:
    return sorted(text.split("\n\n"))


SAME = {
    "specification": modify(A, "REPLACE COUNT : UINT16 WAS UINT8;"),
    "with properties": modify(A, 'REPLACE COUNT : UINT16 WITH Label = "x" WAS UINT8;'),
    "value": modify("TABLE 1", 'SET Role = "X" WAS "DATA";'),
    "value, in two steps": modify("TABLE 1", 'SET Role = "X" WAS "DATA";', 'SET Role = "Y" WAS "X";'),
    "unset": modify("TABLE 1", 'UNSET Role WAS "DATA";'),
    "document": modify("DOCUMENT", 'SET Owner = "us" WAS "nobody";'),
    "members": modify(A, "ADD X : UINT8;", "ADD Y : UINT8;", "REMOVE REST;", "RENAME COUNT TO N;", "MOVE FLAGS FIRST;"),
    "declarations": ADDED + "\nREMOVE TABLE MFG 2;\nRENAME TABLE 1 TO X_TBL;\nREPLACE TYPE NAME_STR = STRING(9);",
    "changed, then gone": modify(
        A,
        "REPLACE COUNT : UINT16 WAS UINT8;",
        'SET COUNT.Label = 1 WAS "how many";',
        "RENAME COUNT TO N;",
        "REPLACE REST : UINT8 WAS NAME_STR;",
        "REMOVE REST;",
    )
    + modify("TABLE 1", "SET Kind = 1 WAS KIND_ENUM;")
    + "RENAME TYPE NAME_STR TO X_STR;\nRENAME TYPE KIND_ENUM TO X_ENUM;\nREMOVE TABLE 1;\nRENAME TYPE A_RCD TO X_RCD;",
    "renamed types": "RENAME TYPE KIND_ENUM TO X_ENUM;\nRENAME TYPE A_RCD TO X_RCD;",
}


@pytest.mark.parametrize("case", SAME, ids=str)
def test_the_same_edit_twice_happens_once(case: str) -> None:
    assert merged(*both(SAME[case], SAME[case])) == merged(SAME[case])
    twice, _ = run(*both(SAME[case], SAME[case]))
    assert twice is not None
    assert "OTHER" not in {origin.document for row in blame(twice) for origin in row.origins}


def test_a_wrong_was_is_found_in_the_second_of_two_same_edits_too() -> None:
    for right, wrong in (
        (modify(A, "REPLACE COUNT : UINT16 WAS UINT8;"), modify(A, "REPLACE COUNT : UINT16 WAS UINT32;")),
        (modify("TABLE 1", 'SET Role = 1 WAS "DATA";'), modify("TABLE 1", "SET Role = 1 WAS 1;")),
        (modify("TABLE 1", 'UNSET Role WAS "DATA";'), modify("TABLE 1", "UNSET Role WAS 1;")),
    ):
        assert codes(failed(*both(right, wrong))) == codes(failed(*both(wrong, right))) == ["TDL311"]


def test_what_both_add_may_be_built_on_by_one() -> None:
    more = ADDED + "\n" + modify("TYPE NEW_RCD", "ADD Y : UINT8 AFTER X;")
    for pair in (both(ADDED, more), both(more, ADDED)):
        assert declaration(merged(*pair), "TYPE NEW_RCD").count("UINT8") == 2


def test_headers_conflict_like_everything_else() -> None:
    def of(name: str, more: str) -> str:
        return f'FRAGMENT {name} OF "BASE" {more};'

    assert failed(of("A", 'EDITION "1"'), of("B", 'EDITION "2"'))[0].message == (
        "`A` and `B` change `DOCUMENT EDITION` differently"
    )
    assert failed(of("A", "WITH X = 1"), of("B", "WITH X = 2"))[0].data["what"] == "DOCUMENT.X"
    merged(of("A", 'VERSION "1" WITH X = 1'), of("B", 'VERSION "2" WITH X = 1, Y = 2'))


def test_each_pair_of_places_is_reported_once() -> None:
    found = failed(
        *both(
            modify(A, "REPLACE COUNT : UINT16;", "REMOVE REST;") + "REMOVE TYPE FLAGS_BFLD;",
            modify(A, "REPLACE COUNT : UINT32;", "SET REST.Label = 1;", "SET REST.Unit = 2;")
            + modify("TYPE FLAGS_BFLD", "REMOVE ON;", "REMOVE LEVEL;"),
        )
    )
    assert [d.data["what"] for d in found] == ["A_RCD.COUNT", "A_RCD.REST", "TYPE FLAGS_BFLD"]


def test_conflicts_come_with_the_other_problems_of_a_run() -> None:
    found = failed(
        *both(
            modify(A, "REPLACE COUNT : UINT16;") + "REMOVE TABLE 8;",
            modify(A, "REPLACE COUNT : UINT32;", "SET COUNT.Label = 1 WAS 2;") + "REMOVE TABLE 9;",
        )
    )
    assert sorted(codes(found)) == ["TDL307", "TDL309", "TDL309", "TDL311"]


def test_three_generations_of_two_branches() -> None:
    child = 'FRAGMENT CHILD OF "ONE";\n' + modify(A, "REPLACE LAST_ONE : UINT16;")
    (found,) = failed(*both(ADDED, modify(A, "REPLACE LAST_ONE : UINT32;")), child)
    assert found.message == "`OTHER` and `CHILD` change `A_RCD.LAST_ONE` differently"
    assert "LAST_ONE : UINT16" in merged(*both(modify(A, "REPLACE LAST_ONE : UINT32;"), ADDED), child)


def test_the_base_span_is_the_nearest_thing() -> None:
    def place(one: str, other: str) -> str:
        return failed(*both(one, other))[0].secondary[1].span.text

    assert place(modify(A, "SET COUNT.Label = 1;"), modify(A, "SET COUNT.Label = 2;")) == 'Label = "how many"'
    assert place(modify(A, "SET COUNT.Unit = 1;"), modify(A, "SET COUNT.Unit = 2;")).startswith("COUNT : UINT8")
    assert place(modify(A, "ADD X : UINT8;"), modify(A, "ADD Y : UINT8;")) == "A_RCD"
    assert place(ADDED, "ADD TYPE NEW_RCD = STRING(1);") == BASE.splitlines()[1]
