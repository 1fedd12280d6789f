"""Every verb does what it says, and says what is wrong when it cannot."""

from __future__ import annotations

import pytest

from tdl.merge import merge
from tdl.report import Report
from tdl.syntax import ast
from tdl.syntax.printer import print_document
from tests.unit.merge.running import codes, declaration, document, failed, merged, modify, run


def items(text: str) -> str:
    """The record's items after some edits, one line."""
    return " ".join(declaration(merged(modify("TYPE A_RCD", text)), "TYPE A_RCD").split()[5:-1])


@pytest.mark.parametrize(
    ("position", "before", "after"),
    [
        ("", "LAST_ONE : UINT8;", None),
        (" LAST", "LAST_ONE : UINT8;", None),
        (" FIRST", "RECORD", "COUNT"),
        (" AFTER COUNT", 'COUNT : UINT8 WITH Label = "how many";', "FLAGS"),
        (" BEFORE COUNT", "RECORD", "COUNT"),
        (" AFTER DATA", "DATA : ARRAY[COUNT] OF UINT8;", "TOTAL : UINT16"),
        (" BEFORE REST", "TOTAL : UINT8;", "REST"),
        (" BEFORE LAST_ONE", "END;", "LAST_ONE"),
    ],
)
def test_a_member_goes_where_it_is_sent(position: str, before: str, after: str | None) -> None:
    text = " ".join(declaration(merged(modify("TYPE A_RCD", f"ADD NEW : UINT8{position};")), "TYPE A_RCD").split())
    assert f"{before} NEW : UINT8; {after or 'END'}" in text
    moved = merged(
        modify("TYPE A_RCD", "ADD NEW : UINT8;"),
        'FRAGMENT F OF "CHANGE";\n' + modify("TYPE A_RCD", f"MOVE NEW{position or ' LAST'};"),
    )
    assert " ".join(declaration(moved, "TYPE A_RCD").split()) == text


def test_members_move_out_of_conditionals_and_within_a_block() -> None:
    assert items("MOVE DATA FIRST;").startswith("DATA : ARRAY[COUNT] OF UINT8; COUNT")
    assert "FLAGS : FLAGS_BFLD; COUNT : UINT8" in items("MOVE COUNT AFTER FLAGS;")
    assert "FLAGS : FLAGS_BFLD; COUNT : UINT8" in items("MOVE FLAGS BEFORE COUNT;")
    # already there
    for same in ("MOVE COUNT BEFORE FLAGS;", "MOVE COUNT FIRST;", "MOVE LAST_ONE LAST;", "MOVE COUNT AFTER COUNT;"):
        assert items(same) == items('SET Label = "a";')


def test_conditionals_can_be_added() -> None:
    text = items("ADD IF COUNT > 1 THEN EXTRA : UINT8; ELSE OTHER : UINT16; END BEFORE FLAGS;")
    assert "IF COUNT > 1 THEN EXTRA : UINT8; ELSE OTHER : UINT16; END; FLAGS" in text


def test_replacing_keeps_properties_unless_they_are_named() -> None:
    assert 'COUNT : UINT16 WITH Label = "how many";' in items("REPLACE COUNT : UINT16;")
    text = items('REPLACE COUNT : UINT16 WITH Unit = "kWh" WAS UINT8;')
    assert 'COUNT : UINT16 WITH Label = "how many", Unit = "kWh";' in text
    assert 'COUNT : UINT16 WITH Label = "n";' in items('REPLACE COUNT : UINT16 WITH Label = "n";')


def test_members_in_conditionals_are_named_like_others() -> None:
    text = items("REPLACE DATA : BINARY(COUNT) WAS ARRAY[COUNT] OF UINT8; REMOVE REST;")
    assert "IF FLAGS.ON THEN DATA : BINARY(COUNT); TOTAL : UINT16; ELSE TOTAL : UINT8; END;" in text


@pytest.mark.parametrize(
    "edit",
    [
        "REPLACE TOTAL : UINT32;",
        "REMOVE TOTAL;",
        "RENAME TOTAL TO SUM;",
        "MOVE TOTAL FIRST;",
        "MOVE COUNT AFTER TOTAL;",
        "ADD NEW : UINT8 BEFORE TOTAL;",
        'SET TOTAL.Label = "x";',
    ],
)
def test_a_name_in_several_branches_is_ambiguous(edit: str) -> None:
    (found,) = failed(modify("TYPE A_RCD", edit))
    assert found.code == "TDL312"
    assert found.help == "write the whole declaration with `REPLACE TYPE A_RCD`"
    assert [label.span.text for label in found.secondary] == ["TOTAL : UINT16", "TOTAL : UINT8"]


def test_bit_fields_and_enumerations_take_the_same_verbs() -> None:
    text = merged(
        modify("TYPE FLAGS_BFLD", "REPLACE FILLER : FILL(5..7) WAS FILL(4..7);", "ADD OFF : BOOL(4) BEFORE FILLER;")
        + modify("TYPE KIND_ENUM", "REPLACE SOME : 1..8;", "ADD MANY : 9 LAST;")
    )
    assert declaration(text, "TYPE FLAGS_BFLD").split("\n")[3:5] == ["    OFF : BOOL(4);", "    FILLER : FILL(5..7);"]
    assert declaration(text, "TYPE KIND_ENUM").split("\n")[2:4] == ["    SOME : 1..8;", "    MANY : 9;"]


def test_one_bit_is_a_range_of_bits() -> None:
    """Notations that do not know where a specification stands leave this to the merge."""

    def bit(kind: str, number: int) -> ast.Sized:
        return ast.Sized(name=kind, size=ast.Integer(value=number))

    edits = (
        ast.AddMember(item=ast.Member(name="OFF", specification=bit("BOOL", 4))),
        ast.ReplaceMember(name="ON", specification=bit("UINT", 7), was=bit("BOOL", 0)),
    )
    change = ast.Modify(target=ast.Target(kind="TYPE", name="FLAGS_BFLD"), edits=edits)
    header = ast.Header(name="CHANGE", base="BASE")
    result = merge(document(), [ast.Fragment(header=header, edits=(change,))], Report())
    assert result is not None
    text = declaration(print_document(result), "TYPE FLAGS_BFLD")
    assert "    ON : UINT(7..7);" in text
    assert "    OFF : BOOL(4);" in text


@pytest.mark.parametrize(
    ("target", "edit", "found", "where"),
    [
        ("A_RCD", "ADD NEW : UINT(0..3);", "UINT(0..3)", "a record"),
        ("A_RCD", "REPLACE COUNT : 7;", "7", "a record"),
        ("A_RCD", "REPLACE COUNT : UINT16 WAS BOOL(1);", "BOOL(1)", "a record"),
        ("FLAGS_BFLD", "ADD NEW : UINT8;", "UINT8", "a bit field"),
        ("FLAGS_BFLD", "ADD IF 1 == 1 THEN NEW : 7; END;", "7", "a bit field"),
        ("KIND_ENUM", "REPLACE NONE : UINT8;", "UINT8", "an enumeration"),
        ("KIND_ENUM", "ADD IF 1 == 1 THEN NEW : 7; END;", "a conditional", "an enumeration"),
    ],
)
def test_a_specification_must_fit_the_declaration(target: str, edit: str, found: str, where: str) -> None:
    (diagnostic,) = failed(modify(f"TYPE {target}", edit))
    assert diagnostic.code == "TDL109"
    assert diagnostic.data == {"found": found, "where": where}


def test_properties_of_everything() -> None:
    result, _ = run(
        modify("DOCUMENT", 'SET Owner = "us" WAS "nobody";', "SET Version = 2;")
        + modify("TABLE 1", 'SET Role = "CONTROL" WAS "DATA";', "UNSET Kind WAS KIND_ENUM;")
        + modify("TABLE MFG 2", "SET Role = A_WORD;")
        + modify("PROCEDURE 3", "SET Role = -1;")
        + modify("TYPE NAME_STR", 'SET Label = "n";')
        + modify("TYPE A_RCD", "UNSET Label;", 'SET COUNT.Label = "n" WAS "how many";', "SET DATA.Unit = 3;")
    )
    assert result is not None
    assert [(p.name, p.value) for p in result.header.properties] == [("Owner", "us"), ("Version", 2)]
    text = merged(modify("TYPE A_RCD", "UNSET Label;", 'SET COUNT.Label = "n" WAS "how many";', "SET DATA.Unit = 3;"))
    assert 'COUNT : UINT8 WITH Label = "n";' in text
    assert "DATA : ARRAY[COUNT] OF UINT8 WITH Unit = 3;" in text
    assert declaration(text, "TYPE A_RCD").endswith("\nEND;")


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (
            modify("TYPE A_RCD", "REPLACE COUNT : UINT32 WAS UINT16;"),
            "`A_RCD.COUNT` is `UINT8`, `UINT16` expected by `WAS`",
        ),
        (
            modify("TYPE A_RCD", 'SET COUNT.Label = "n" WAS "x";'),
            '`A_RCD.COUNT.Label` is `"how many"`, `"x"` expected by `WAS`',
        ),
        (
            modify("TABLE 1", 'SET Access = "R" WAS "RW";'),
            '`TABLE 1.Access` is not set, `"RW"` expected by `WAS`',
        ),
        (modify("DOCUMENT", "UNSET Owner WAS 1;"), '`DOCUMENT.Owner` is `"nobody"`, `1` expected by `WAS`'),
        (
            modify("TABLE 1", 'UNSET Kind WAS "KIND_ENUM";'),
            '`TABLE 1.Kind` is `KIND_ENUM`, `"KIND_ENUM"` expected by `WAS`',
        ),
    ],
)
def test_was_must_hold(edit: str, message: str) -> None:
    (found,) = failed(edit)
    assert (found.code, found.message) == ("TDL311", message)


@pytest.mark.parametrize(
    ("edit", "message", "help"),
    [
        ("REMOVE TYPE A_RDC;", "no `TYPE A_RDC` to remove", "did you mean `TYPE A_RCD`?"),
        ("REMOVE TABLE 7;", "no `TABLE 7` to remove", None),
        ("RENAME PROCEDURE MFG 3 TO X;", "no `PROCEDURE MFG 3` to rename", None),
        ("REPLACE TYPE NAMES_STR = STRING(9);", "no `TYPE NAMES_STR` to replace", "did you mean `TYPE NAME_STR`?"),
        (modify("TABLE 2"), "no `TABLE 2` to modify", None),
        (modify("TYPE A_RCD", "REMOVE CUONT;"), "no member `CUONT` in `A_RCD` to remove", "did you mean `COUNT`?"),
        (modify("TYPE A_RCD", "REPLACE X : UINT8;"), "no member `X` in `A_RCD` to replace", ""),
        (modify("TYPE A_RCD", "RENAME X TO Y;"), "no member `X` in `A_RCD` to rename", ""),
        (modify("TYPE A_RCD", "MOVE X FIRST;"), "no member `X` in `A_RCD` to move", ""),
        (modify("TYPE A_RCD", "SET X.Label = 1;"), "no member `X` in `A_RCD` to change", ""),
        (modify("TYPE A_RCD", "ADD Y : UINT8 AFTER X;"), "no member `X` in `A_RCD` to put something beside", ""),
        (modify("TYPE A_RCD", "MOVE COUNT AFTER X;"), "no member `X` in `A_RCD` to move `COUNT` beside", ""),
        (modify("TYPE A_RCD", "UNSET Lable;"), "no property `Lable` of `TYPE A_RCD` to unset", "did you mean `Label`?"),
        (modify("TYPE A_RCD", "UNSET DATA.Unit;"), "no property `Unit` of `A_RCD.DATA` to unset", ""),
        (modify("DOCUMENT", "UNSET X;"), "no property `X` of `DOCUMENT` to unset", ""),
    ],
)
def test_a_target_must_exist(edit: str, message: str, help: str | None) -> None:
    (found,) = failed(edit)
    assert (found.code, found.message) == ("TDL309", message)
    assert help is None or found.help == help


def test_what_is_gone_is_remembered() -> None:
    parent = 'FRAGMENT MAKER OF "BASE";\n'
    child = 'FRAGMENT CHILD OF "MAKER";\n'
    (found,) = failed(
        parent + modify("TYPE A_RCD", "REMOVE COUNT;"), child + modify("TYPE A_RCD", "REPLACE COUNT : UINT16;")
    )
    assert [label.text for label in found.secondary] == ["`MAKER` removed it here"]
    assert found.secondary[0].span.text == "REMOVE COUNT;"
    (found,) = failed(parent + "RENAME TYPE A_RCD TO C_RCD;", child + "REMOVE TYPE A_RCD;")
    assert [label.text for label in found.secondary] == ["`MAKER` renamed it to `C_RCD` here"]
    assert found.help == "name it `C_RCD`"
    (found,) = failed(parent + "REMOVE TABLE 1;", child + modify("TABLE 1"))
    assert [label.text for label in found.secondary] == ["`MAKER` removed it here"]
    (found,) = failed(modify("TABLE 1", "UNSET Role;", "UNSET Role;"))
    assert [label.text for label in found.secondary] == ["`CHANGE` removed it here"]


@pytest.mark.parametrize(
    ("edit", "what", "existing"),
    [
        ("ADD TYPE NAME_STR = STRING(9);", "TYPE NAME_STR", "TYPE NAME_STR = STRING(8);"),
        ("ADD TABLE MFG 2 C_TBL = A_RCD;", "TABLE MFG 2", "TABLE MFG 2 B_TBL = B_RCD;"),
        ("ADD PROCEDURE 3 AGAIN;", "PROCEDURE 3", "PROCEDURE 3 RESET = PARAMETER A_RCD RESPONSE B_RCD;"),
        ("RENAME TABLE 1 TO B_TBL;", "B_TBL", "TABLE MFG 2 B_TBL = B_RCD;"),
        ("RENAME TYPE A_RCD TO NAME_STR;", "NAME_STR", "TYPE NAME_STR = STRING(8);"),
        (modify("TYPE A_RCD", "ADD REST : UINT8;"), "A_RCD.REST", "REST : NAME_STR"),
        (modify("TYPE A_RCD", "RENAME COUNT TO REST;"), "A_RCD.REST", "REST : NAME_STR"),
        (modify("TYPE A_RCD", "ADD IF 1 == 1 THEN NEW : UINT8; REST : UINT8; END;"), "A_RCD.REST", "REST : NAME_STR"),
    ],
)
def test_new_names_must_be_new(edit: str, what: str, existing: str) -> None:
    (found,) = failed(edit)
    assert (found.code, found.message) == ("TDL310", f"`{what}` exists already")
    assert [label.span.text for label in found.secondary] == [existing]


@pytest.mark.parametrize(
    ("edit", "kind"),
    [
        (modify("TYPE NAME_STR", "ADD X : UINT8;"), "an alias"),
        (modify("TABLE 1", "SET X.Label = 1;"), "a table"),
        (modify("PROCEDURE 3", "UNSET X.Label;"), "a procedure"),
        (modify("DOCUMENT", "SET X.Label = 1;"), "the whole definition"),
    ],
)
def test_not_everything_has_members(edit: str, kind: str) -> None:
    (found,) = failed(edit)
    assert found.code == "TDL313"
    assert found.data["kind"] == kind


def test_whole_declarations() -> None:
    text = merged(
        "REPLACE TYPE NAME_STR = STRING(9);\nREPLACE TABLE 1 C_TBL = B_RCD;\nREPLACE PROCEDURE 3 STOP;\n"
        "REMOVE TABLE MFG 2;\nADD TABLE MFG 4 D_TBL = NAME_STR;\nADD TYPE E_ENUM = ENUMERATION ONE : 1; END;\n"
        "RENAME PROCEDURE 3 TO HALT;"
    )
    for line in (
        "TYPE NAME_STR = STRING(9);",
        "TABLE 1 C_TBL = B_RCD;",
        "PROCEDURE 3 HALT;",
        "TABLE MFG 4 D_TBL = NAME_STR;",
        "TYPE E_ENUM = ENUMERATION",
    ):
        assert line in text
    assert "TABLE MFG 2" not in text
    assert text.index("C_TBL") < text.index("B_RCD = PACKED")  # in the place of what it replaces


def test_edits_see_what_the_edits_before_them_did() -> None:
    edits = ("ADD NEW : UINT8 AFTER COUNT;", "RENAME NEW TO NEWER;", "MOVE FLAGS AFTER NEWER;", "REMOVE NEWER;")
    assert declaration(merged(modify("TYPE A_RCD", *edits)), "TYPE A_RCD") == declaration(merged(""), "TYPE A_RCD")
    text = merged("REMOVE TYPE NAME_STR;\nADD TYPE NAME_STR = STRING(9);")
    assert "TYPE NAME_STR = STRING(9);" in text


def test_every_problem_is_reported_and_none_twice() -> None:
    found = failed(
        "REMOVE TABLE 8;\nADD TYPE NAME_STR = STRING(1);\n"
        + modify("TYPE A_RCD", "REPLACE COUNT : UINT16 WAS UINT32;", "REMOVE X;", "RENAME Y TO Z;", "REMOVE Z;")
        + "RENAME TYPE N_RCD TO O_RCD;\n"
        + modify("TYPE O_RCD", "REMOVE W;"),
        'FRAGMENT OTHER OF "BASE";\nREMOVE TABLE 9;',
    )
    # `Z` and `O_RCD` would be there if the renames had worked: that they are not is no news
    assert codes(found) == ["TDL309", "TDL310", "TDL311", "TDL309", "TDL309", "TDL309", "TDL309"]


def test_nesting_stays_readable() -> None:
    deep = "".join(f"IF COUNT > {n} THEN " for n in range(40)) + "INNER : UINT8; " + "END; " * 39 + "END"
    edit = modify("TYPE A_RCD", f"ADD {deep};")
    inner = 'FRAGMENT F OF "CHANGE";\n' + modify("TYPE A_RCD", "ADD " + deep.replace("INNER", "MORE") + " AFTER INNER;")
    (found,) = failed(edit, inner)
    assert found.code == "TDL103"
    moved = modify("TYPE A_RCD", "MOVE COUNT AFTER INNER;", "ADD " + deep.replace("INNER", "MORE") + " AFTER COUNT;")
    (found,) = failed(edit, 'FRAGMENT F OF "CHANGE";\n' + moved)
    assert found.code == "TDL103"
    shallow = 'FRAGMENT F OF "CHANGE";\n' + modify("TYPE A_RCD", "ADD IF COUNT > 1 THEN MORE : UINT8; END AFTER INNER;")
    assert "MORE" in merged(edit, shallow)
    long = "+".join("1" * 30)
    (found,) = failed(edit, 'FRAGMENT F OF "CHANGE";\n' + modify("TYPE A_RCD", f"REPLACE INNER : BINARY({long});"))
    assert found.code == "TDL103"
    (found,) = failed(
        edit, 'FRAGMENT F OF "CHANGE";\n' + modify("TYPE A_RCD", f"ADD N : BINARY({long});", "MOVE N AFTER INNER;")
    )
    assert found.code == "TDL103"
