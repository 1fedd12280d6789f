"""Blame: who did what, for every node and property."""

from __future__ import annotations

import pytest

from tdl.merge import blame, merge
from tdl.report import Report
from tdl.syntax import ast
from tests.unit.merge.running import document, fragment, modify

MAKER = 'FRAGMENT MAKER OF "BASE" WITH Owner = "maker";\n' + (
    modify(
        "TYPE A_RCD",
        'REPLACE COUNT : UINT16 WITH Label = "n";',
        "ADD NEW : UINT8 WITH Unit = 1 AFTER COUNT;",
        "MOVE LAST_ONE FIRST;",
        "UNSET Label;",
    )
    + "RENAME TABLE 1 TO MAIN_TBL;\n"
    + modify("TABLE 1", 'SET Role = "X";')
)
MODEL = 'FRAGMENT MODEL OF "MAKER";\n' + (
    modify("TYPE A_RCD", "RENAME NEW TO NEWER;", "REPLACE COUNT : UINT32;", "ADD IF 1 == 1 THEN INNER : UINT8; END;")
    + "REPLACE TYPE B_RCD = PACKED RECORD VALUES : UINT8; OTHER : UINT8; END WITH Label = 1;\n"
    + "ADD TYPE C_STR = STRING(1);\n"
)


@pytest.fixture(scope="module")
def result() -> ast.Document:
    merged = merge(document(), [fragment(MAKER, "maker.tdl"), fragment(MODEL, "model.tdl")], Report())
    assert merged is not None
    return merged


@pytest.mark.parametrize(
    ("path", "history"),
    [
        ("A_RCD", "BASE DECLARE, MAKER MODIFY, MODEL MODIFY"),
        ("A_RCD.COUNT", "BASE DECLARE, MAKER REPLACE, MODEL REPLACE"),
        ("A_RCD.COUNT.Label", "BASE DECLARE, MAKER REPLACE"),
        ("A_RCD.NEWER", "MAKER ADD, MODEL RENAME"),
        ("A_RCD.NEWER.Unit", "MAKER ADD"),
        ("A_RCD.LAST_ONE", "BASE DECLARE, MAKER MOVE"),
        ("A_RCD.DATA", "BASE DECLARE"),
        ("A_RCD.INNER", "MODEL ADD"),
        ("TABLE 1", "BASE DECLARE, MAKER RENAME, MAKER MODIFY"),
        ("TABLE 1.Role", "BASE DECLARE, MAKER SET"),
        ("B_RCD", "BASE DECLARE, MODEL REPLACE"),
        ("B_RCD.VALUES", "BASE DECLARE, MODEL REPLACE"),
        ("B_RCD.OTHER", "MODEL REPLACE"),
        ("B_RCD.Label", "MODEL REPLACE"),
        ("C_STR", "MODEL ADD"),
        ("DOCUMENT.Owner", "BASE DECLARE, MAKER SET"),
    ],
)
def test_histories(result: ast.Document, path: str, history: str) -> None:
    (row,) = [row for row in blame(result) if row.path == path]
    assert ", ".join(f"{o.document} {o.verb}" for o in row.origins) == history


def test_origins_point_into_their_documents(result: ast.Document) -> None:
    files = {"BASE": "base.tdl", "MAKER": "maker.tdl", "MODEL": "model.tdl"}
    origins = [origin for row in blame(result) for origin in row.origins]
    assert all(origin.span.source.name == files[origin.document] for origin in origins)
    (row,) = blame(result, "A_RCD.COUNT.Label")
    assert [origin.span.text for origin in row.origins] == ['Label = "how many"', 'Label = "n"']


def test_a_merged_document_keeps_its_history_as_a_base(result: ast.Document) -> None:
    again = merge(
        result, [fragment('FRAGMENT LATER OF "MODEL";\n' + modify("TYPE A_RCD", "MOVE COUNT LAST;"))], Report()
    )
    assert again is not None
    (row, _) = blame(again, "A_RCD.COUNT")
    assert [o.document for o in row.origins] == ["BASE", "MAKER", "MODEL", "LATER"]


def test_spans_are_those_of_the_text_that_declares_now(result: ast.Document) -> None:
    record = next(d for d in result.declarations if d.name == "A_RCD")
    assert isinstance(record, ast.Record)
    count = next(i for i in record.items if isinstance(i, ast.Member) and i.name == "COUNT")
    assert count.specification.span.text == "UINT32"
    assert count.span.source.name == "model.tdl"
    assert record.span.source.name == "base.tdl"
    assert result.header.span.source.name == "model.tdl"


@pytest.mark.parametrize(
    ("path", "rows"),
    [
        ("A_RCD.COUNT", ["A_RCD.COUNT", "A_RCD.COUNT.Label"]),
        ("TABLE 1", ["TABLE 1", "TABLE 1.Role", "TABLE 1.Kind"]),
        ("TABLE MFG 2", ["TABLE MFG 2"]),
        ("TYPE C_STR", ["C_STR"]),
        ("MAIN_TBL.COUNT", ["A_RCD.COUNT", "A_RCD.COUNT.Label"]),
        ("MAIN_TBL.LEVEL", ["FLAGS_BFLD.LEVEL"]),
        ("MAIN_TBL.Role", ["TABLE 1.Role"]),
        ("MAIN_TBL.COUNT.Label", ["A_RCD.COUNT.Label"]),
        ("B_TBL", ["B_RCD", "B_RCD.Label", "B_RCD.VALUES", "B_RCD.OTHER", "TABLE MFG 2"]),
        ("DOCUMENT", ["DOCUMENT.Owner"]),
        ("NOTHING", []),
        ("A_RCD.COUN", []),
        ("MAIN_TBL.NOTHING.AT.ALL", []),
        ("not a [path", []),
    ],
)
def test_a_path_filters(result: ast.Document, path: str, rows: list[str]) -> None:
    assert [row.path for row in blame(result, path)] == rows
