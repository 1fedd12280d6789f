"""What references name: exact paths, elided ones, and neither."""

from __future__ import annotations

import pytest

from tdl.report import Report
from tdl.sources import SourceFile
from tdl.syntax import ast
from tdl.syntax.notation import parse
from tdl.syntax.shapes import ElementFound, NotFound, Shapes, TableFound

TEXT = """
TYPE FLAGS_BFLD = BIT FIELD OF UINT8 FIRST : BOOL(0); BOTH : BOOL(1); FILLER : FILL(2..7); END;
TYPE INNER_RCD = PACKED RECORD FLAGS : FLAGS_BFLD; COUNT : UINT8; BOTH : UINT8; END;
TYPE OUTER_RCD = PACKED RECORD
    COUNT : UINT8;
    INNER : INNER_RCD;
    ROWS : ARRAY[COUNT] OF FLAGS_BFLD;
    IF COUNT THEN KIND : UINT8; ELSE KIND : UINT16; END;
END;
TYPE RENAMED = OUTER_RCD;
TABLE 1 ONE_TBL = RENAMED;
TABLE 2 TWO_TBL = INNER_RCD;
"""


def reference(text: str) -> ast.Reference:
    source = f"TYPE A_RCD = PACKED RECORD IF {text} THEN X : UINT8; END; END;"
    document = parse(SourceFile("r", source), Report())
    assert isinstance(document, ast.Document)
    record = document.declarations[0]
    assert isinstance(record, ast.Record)
    assert isinstance(record.items[0], ast.If)
    condition = record.items[0].condition
    assert isinstance(condition, ast.Reference)
    return condition


@pytest.fixture(scope="module")
def shapes() -> Shapes:
    document = parse(SourceFile("t", TEXT), Report())
    assert isinstance(document, ast.Document)
    return Shapes(document)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("ONE_TBL.COUNT", "COUNT"),  # exact before elided
        ("ONE_TBL.INNER.COUNT", "INNER.COUNT"),
        ("ONE_TBL.FIRST", "INNER.FLAGS.FIRST"),
        ("ONE_TBL.INNER.FIRST", "INNER.FLAGS.FIRST"),
        ("ONE_TBL.KIND", "KIND"),
        ("ONE_TBL.ROWS[0].FIRST", "ROWS.FIRST"),
        ("TWO_TBL.BOTH", "BOTH"),
    ],
)
def test_elements_of_tables(shapes: Shapes, text: str, path: str) -> None:
    found = shapes.find(reference(text))
    assert isinstance(found, ElementFound)
    assert found.table is not None
    assert ".".join(step.member.name for step in found.steps) == path


def test_local_names_come_before_tables(shapes: Shapes) -> None:
    found = shapes.find(reference("COUNT"), shapes.types["INNER_RCD"])
    assert isinstance(found, ElementFound)
    assert found.table is None


def test_a_table_alone_is_its_number(shapes: Shapes) -> None:
    found = shapes.find(reference("TWO_TBL"), shapes.types["INNER_RCD"])
    assert isinstance(found, TableFound)
    assert found.table.number.value == 2


def test_arrays_are_not_looked_into_without_a_subscript(shapes: Shapes) -> None:
    # FIRST is in ROWS too: only the one outside the array counts, so the reference is not ambiguous
    assert isinstance(shapes.find(reference("ONE_TBL.FIRST")), ElementFound)


def test_ambiguity_lists_the_candidates(shapes: Shapes) -> None:
    found = shapes.find(reference("ONE_TBL.BOTH"))
    assert isinstance(found, NotFound)
    assert found.candidates == ("INNER.BOTH", "INNER.FLAGS.BOTH")


@pytest.mark.parametrize(
    ("text", "close"), [("ONE_TBL.COUNTS", ("COUNT",)), ("ONE_TBLS.COUNT", ("ONE_TBL",)), ("ONE_TBL.COUNT.X", ())]
)
def test_what_is_not_there_has_a_neighbour(shapes: Shapes, text: str, close: tuple[str, ...]) -> None:
    found = shapes.find(reference(text))
    assert isinstance(found, NotFound)
    assert found.close == close
