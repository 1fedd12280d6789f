"""The canonical print: what it keeps, and that it reads back."""

from __future__ import annotations

import pytest

from tdl.report import Report
from tdl.sources import SourceFile
from tdl.syntax import ast
from tdl.syntax.canonical import canonical, content_hash
from tdl.syntax.notation import parse
from tdl.syntax.printer import print_document, print_fragment

DOCUMENT = """\
{ what this is }
DOCUMENT ACME EDITION "2012" VERSION "1.0" WITH PendingHeader = P_RCD, Level = -3;

{ about several declarations }

{ leading }
TYPE A_RCD = PACKED RECORD
    { before a member }
    X : UINT8; { behind a member }
    IF NOT T_TBL.FLAGS[OTHER_TBL] AND .lastIndex == 0 THEN
        Y : ARRAY[(X + 7) / 8] OF STRING(12) WITH Unit = "min";
    ELSE
        Z : STD.OTHER_RCD;
    END;
    SWITCH X OF
        CASE 1, 3..4 :
            W : BCD(8);
        CASE 2 :
        DEFAULT :
            V : NIL;
    END;
END WITH Label = "say \u201cno\u201d";

TYPE B_BFLD = BIT FIELD OF UINT16
    FLAG : BOOL(15);
    FILLER : FILL(0..14);
END;

TYPE C_ENUM = ENUMERATION
    ONE : 1 WITH Label = "one";
    MORE : 2..255;
END;

TYPE D = UINT8;

TABLE MFG 3 T_TBL = A_RCD WITH Role = "DATA";

TABLE MFG 4 LONG_TBL = A_RCD
    WITH Role = "DATA", Accessibility = "READONLY", Label = "a label long enough to need a second line of properties",
         Confidence = "high", Source = "E";

PROCEDURE 4 RESET = PARAMETER A_RCD RESPONSE B_BFLD;

PROCEDURE MFG 5 STOP;
"""

FRAGMENT = """\
FRAGMENT AX200 OF "ACME@1.0" SHA256 "abc" EDITION "2012" VERSION "1.4.0";

ADD TYPE F_RCD = PACKED RECORD
    X : UINT8;
END;

{ before a verb }
MODIFY TYPE A_RCD
    { before a verb inside }
    ADD N : UINT8 AFTER X; { behind it }
    ADD IF X > 1 THEN
        M : UINT8;
    END FIRST;
    REPLACE X : UINT16 WITH Unit = "s" WAS UINT8;
    RENAME W TO WW;
    REMOVE V;
    MOVE Z BEFORE Y;
    SET X.Unit = "min" WAS "s";
    UNSET Label WAS "x";
    { at the end }
END;

MODIFY TABLE MFG 3
    SET Role = "CONTROL" WAS "DATA";
END;

MODIFY DOCUMENT
    SET Level = 4;
END;

{ why it goes }
REMOVE TABLE 41;

RENAME TYPE D TO DD;

REPLACE TYPE D = UINT16;
"""


def read(text: str) -> ast.Document | ast.Fragment:
    report = Report()
    node = parse(SourceFile("text.tdl", text), report)
    assert [d.message for d in report] == []
    return node


def test_a_document_in_canonical_form_prints_as_it_stands() -> None:
    node = read(DOCUMENT)
    assert isinstance(node, ast.Document)
    assert print_document(node) == DOCUMENT


def test_a_fragment_in_canonical_form_prints_as_it_stands() -> None:
    node = read(FRAGMENT)
    assert isinstance(node, ast.Fragment)
    assert print_fragment(node) == FRAGMENT


@pytest.mark.parametrize(
    "expression",
    [
        "(A + B) * C",
        "A - (B - C)",
        "A - B - C",
        "-(A + B)",
        "NOT (A AND B)",
        "NOT A AND B",
        "(A == B) == C",
        "A % (B / C)",
    ],
)
def test_parentheses_are_kept_where_they_matter(expression: str) -> None:
    text = f"TYPE A_RCD = PACKED RECORD\n    IF {expression} THEN\n        X : UINT8;\n    END;\nEND;\n"
    node = read(text)
    assert isinstance(node, ast.Document)
    assert f"IF {expression} THEN" in print_document(node)


def test_several_comments_behind_one_member_stay_there() -> None:
    text = "DOCUMENT A;\n\nTYPE A_RCD = PACKED RECORD\n    X : UINT8; { one } { two }\n    Y : UINT8;\nEND;\n"
    node = read(text)
    assert isinstance(node, ast.Document)
    assert print_document(node) == text


def test_content_is_independent_of_order_comments_and_names_of_documents() -> None:
    one = read("DOCUMENT A;\nTYPE X = UINT8 WITH B = 1, A = 2;\nTYPE Y = UINT8;\n")
    other = read('DOCUMENT B VERSION "2";\n{ c }\nTYPE Y = UINT8;\nTYPE X = UINT8 WITH A = 2, B = 1;\n')
    assert isinstance(one, ast.Document)
    assert isinstance(other, ast.Document)
    assert canonical(one) == canonical(other)
    assert content_hash(one) == content_hash(other)


@pytest.mark.parametrize(
    "changed",
    [
        "DOCUMENT A;\nTYPE X = UINT16;\n",
        'DOCUMENT A EDITION "2012";\nTYPE X = UINT8;\n',
        "DOCUMENT A WITH P = 1;\nTYPE X = UINT8;\n",
        "DOCUMENT A;\nTYPE X = UINT8 WITH P = 1;\n",
        "DOCUMENT A;\nTYPE X = UINT8;\nTABLE 1 X_TBL = X;\n",
    ],
)
def test_every_change_of_content_changes_the_hash(changed: str) -> None:
    one, other = read("DOCUMENT A;\nTYPE X = UINT8;\n"), read(changed)
    assert isinstance(one, ast.Document)
    assert isinstance(other, ast.Document)
    assert content_hash(one) != content_hash(other)
