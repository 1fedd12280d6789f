"""Differences are made of the smallest verbs that say them."""

from __future__ import annotations

import pytest

from tdl.merge import diff, merge
from tdl.report import Report
from tdl.syntax.canonical import canonical
from tdl.syntax.printer import print_fragment
from tests.unit.merge.running import BASE, document


def difference(old: str, new: str) -> str:
    """The edits between two texts, after a check that they do what they should."""
    fragment = diff(document(old), document(new), "BASE", "CHANGE")
    report = Report()
    result = merge(document(old), [fragment], report)
    assert result is not None, [d.message for d in report]
    assert canonical(result) == canonical(document(new))
    header, _, edits = print_fragment(fragment).partition("\n\n")
    assert header.startswith('FRAGMENT CHANGE OF "BASE"')
    return edits.strip()


def inside(old: str, new: str) -> str:
    """The edits between two records' items, on one line."""
    texts = [f"DOCUMENT BASE;\nTYPE X_RCD = PACKED RECORD {items} END;\n" for items in (old, new)]
    return " ".join(difference(*texts).split())


def modified(edits: str) -> str:
    return f"MODIFY TYPE X_RCD {edits} END;"


def test_no_difference() -> None:
    assert difference(BASE, BASE) == ""
    assert difference(BASE, BASE.replace('Role = "DATA", Kind = KIND_ENUM', 'Kind = KIND_ENUM, Role = "DATA"')) == ""


@pytest.mark.parametrize(
    ("old", "new", "edits"),
    [
        ("A : UINT8;", "A : UINT8; B : UINT8;", "ADD B : UINT8 AFTER A;"),
        ("A : UINT8;", "B : UINT8; A : UINT8;", "ADD B : UINT8 FIRST;"),
        ("A : UINT8;", "A : UINT8; B : UINT8; C : UINT8;", "ADD B : UINT8 AFTER A; ADD C : UINT8 AFTER B;"),
        ("A : UINT8;", "A : UINT16;", "REPLACE A : UINT16 WAS UINT8;"),
        ("A : UINT8; B : UINT8;", "B : UINT8;", "REMOVE A;"),
        ("A : UINT8; B : UINT8; C : UINT8;", "B : UINT8; C : UINT8; A : UINT8;", "MOVE A AFTER C;"),
        ("A : UINT8; B : UINT8; C : UINT8;", "C : UINT8; A : UINT8; B : UINT8;", "MOVE C FIRST;"),
        ("A : UINT8 WITH L = 1;", "A : UINT8 WITH L = 2;", "SET A.L = 2 WAS 1;"),
        ("A : UINT8 WITH L = 1;", "A : UINT8 WITH M = X;", "SET A.M = X; UNSET A.L WAS 1;"),
        (
            "A : UINT8; IF A THEN B : UINT8; END;",
            "A : UINT16; IF A THEN B : UINT8; END;",
            "REPLACE A : UINT16 WAS UINT8;",
        ),
        ("A : UINT8;", "A : UINT8; IF A THEN B : UINT8; END;", "ADD IF A THEN B : UINT8; END AFTER A;"),
        (
            "A : UINT8; IF A THEN B : UINT8; END; C : UINT8;",
            "A : UINT8; IF A THEN B : UINT8; END; D : UINT8; C : UINT8;",
            "ADD D : UINT8 BEFORE C;",
        ),
        (
            "A : UINT8; IF A THEN B : UINT8; END;",
            "A : UINT8; IF A THEN B : UINT8; END; D : UINT8;",
            "ADD D : UINT8 LAST;",
        ),
    ],
)
def test_member_verbs(old: str, new: str, edits: str) -> None:
    assert inside(old, new) == modified(edits)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("A : UINT8; IF A THEN B : UINT8; END;", "A : UINT8; IF A > 1 THEN B : UINT8; END;"),
        ("A : UINT8; IF A THEN B : UINT8; END;", "A : UINT8;"),
        ("A : UINT8; IF A THEN B : UINT8; END;", "IF A THEN B : UINT8; END; A : UINT8;".replace("IF A", "IF 1")),
        (
            "X : UINT8; IF 1 THEN A : UINT8; END; IF 2 THEN B : UINT8; END;",
            "X : UINT8; IF 1 THEN A : UINT8; END; C : UINT8; IF 2 THEN B : UINT8; END;",
        ),
        (
            "IF 1 THEN A : UINT8; ELSE A : UINT16; END; B : UINT8;",
            "IF 1 THEN A : UINT8; ELSE A : UINT16; END; C : UINT8;",
        ),
        ("A : UINT8;", "B : UINT8;"),
        ("A : UINT8; B : UINT8; IF A THEN C : UINT8; END;", "IF A THEN C : UINT8; END; A : UINT8; B : UINT8;"),
        ("A : UINT8 WITH L = 1, L = 2;", "A : UINT8 WITH L = 2, L = 1;"),
    ],
)
def test_what_only_the_whole_declaration_can_say(old: str, new: str) -> None:
    assert inside(old, new).startswith("REPLACE TYPE X_RCD = PACKED RECORD ")


def test_a_property_twice_is_said_by_the_whole_declaration() -> None:
    old, new = (f"DOCUMENT BASE;\nTYPE X_STR = STRING(1) WITH {both};\n" for both in ("L = 1, L = 2", "L = 2, L = 1"))
    assert difference(old, new) == "REPLACE TYPE X_STR = STRING(1) WITH L = 2, L = 1;"


def test_whole_declarations() -> None:
    new = (
        BASE.replace("TYPE NAME_STR = STRING(8);", "TYPE NAME_STR = STRING(9);")
        .replace("TABLE MFG 2 B_TBL = B_RCD;", "TABLE MFG 3 B_TBL = B_RCD;")
        .replace('Role = "DATA"', 'Role = "X"')
        .replace("BIT FIELD OF UINT8", "BIT FIELD OF UINT16")
        .replace("SOME : 1..9;", "SOME : 1..8; MORE : 9;")
        .replace("PARAMETER A_RCD RESPONSE", "RESPONSE")
    )
    edits = difference(BASE, new)
    assert [line for line in edits.splitlines() if line and not line.startswith(" ")] == [
        "REMOVE TABLE MFG 2;",
        "REPLACE TYPE FLAGS_BFLD = BIT FIELD OF UINT16",
        "END;",
        "MODIFY TYPE KIND_ENUM",
        "END;",
        "REPLACE TYPE NAME_STR = STRING(9);",
        "MODIFY TABLE 1",
        "END;",
        "ADD TABLE MFG 3 B_TBL = B_RCD;",
        "REPLACE PROCEDURE 3 RESET = RESPONSE B_RCD;",
    ]
    assert '    SET Role = "X" WAS "DATA";' in edits
    assert "    REPLACE SOME : 1..8 WAS 1..9;\n    ADD MORE : 9 AFTER SOME;" in edits


def test_headers() -> None:
    old = document('DOCUMENT OLD EDITION "2008" VERSION "1" WITH A = 1, B = 2;\nTYPE X_STR = STRING(1);\n')
    new = document("DOCUMENT NEW WITH A = 2, C = 3;\nTYPE X_STR = STRING(1);\n")
    fragment = diff(old, new, "std:2012")
    assert print_fragment(fragment).splitlines() == [
        'FRAGMENT NEW OF "std:2012" EDITION "" VERSION "";',
        "",
        "MODIFY DOCUMENT",
        "    SET A = 2 WAS 1;",
        "    SET C = 3;",
        "    UNSET B WAS 2;",
        "END;",
    ]
    result = merge(old, [fragment], Report(), ["std:2012"])
    assert result is not None
    assert result.header == new.header
    assert diff(old, old, "X").header.base_hash is None


def test_a_long_list_of_members_is_compared_in_little_time() -> None:
    names = [f"M_{n} : UINT8;" for n in range(3000)]
    turned = [*names[1500:], *names[:1500]]
    fragment = diff(
        document(f"DOCUMENT A;\nTYPE X_RCD = PACKED RECORD {' '.join(names)} END;\n"),
        document(f"DOCUMENT A;\nTYPE X_RCD = PACKED RECORD {' '.join(turned)} END;\n"),
        "A",
    )
    (edit,) = fragment.edits
    assert len(edit.edits) == 1500  # type: ignore[union-attr]
