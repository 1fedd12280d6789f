"""Which confidence and source are in force: what is said closest to an element."""

from __future__ import annotations

import pytest

from tdl.project import load
from tdl.project.evidence import Evidence, evidence
from tdl.sources import Resolver
from tdl.syntax import ast
from tdl.syntax.shapes import ElementFound, Shapes

TEXT = """
DOCUMENT D;
TYPE INNER_RCD = PACKED RECORD
    OWN : UINT8 WITH Confidence = "low", Source = "A";
    PLAIN : UINT8;
END;
TYPE SAID_RCD = PACKED RECORD
    PLAIN : UINT8;
    OWN : UINT8 WITH Confidence = "high";
END WITH Confidence = "med", Source = "B";
TYPE OUTER_RCD = PACKED RECORD
    FIRST : INNER_RCD;
    SECOND : INNER_RCD WITH Confidence = "med";
    THIRD : ARRAY[2] OF SAID_RCD WITH Confidence = "low";
END;
TABLE 1 OUTER_TBL = OUTER_RCD WITH Confidence = "high", Source = "C";
TABLE 2 SILENT_TBL = SAID_RCD;
TABLE 3 EMPTY_TBL = OUTER_RCD;
"""


@pytest.fixture(scope="module")
def shapes() -> Shapes:
    return Shapes(load("d.tdl", (), Resolver({"d.tdl": TEXT})).document)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("OUTER_TBL.FIRST", ("high", "C", "OUTER_TBL")),
        ("OUTER_TBL.FIRST.OWN", ("low", "A", "INNER_RCD.OWN")),
        ("OUTER_TBL.FIRST.PLAIN", ("high", "C", "OUTER_TBL")),
        ("OUTER_TBL.SECOND.PLAIN", ("med", "C", "OUTER_RCD.SECOND")),
        ("OUTER_TBL.THIRD", ("low", "C", "OUTER_RCD.THIRD")),
        ("OUTER_TBL.THIRD.PLAIN", ("med", "B", "SAID_RCD")),
        ("OUTER_TBL.THIRD.OWN", ("high", "B", "SAID_RCD.OWN")),
        ("SILENT_TBL.OWN", ("high", "B", "SAID_RCD.OWN")),
        ("EMPTY_TBL.FIRST", ("", "", "")),
    ],
)
def test_what_is_said_closest_counts(shapes: Shapes, path: str, expected: tuple[str, str, str]) -> None:
    found = shapes.find(ast.Reference(steps=tuple(ast.Name(name=name) for name in path.split("."))))
    assert isinstance(found, ElementFound)
    assert found.table is not None
    told = evidence(shapes, found.table, found.steps)
    assert (told.confidence, told.source, told.said_by) == expected


def test_tables_and_types(shapes: Shapes) -> None:
    assert str(evidence(shapes, shapes.tables["OUTER_TBL"])) == "confidence high, from C"
    assert evidence(shapes, shapes.tables["SILENT_TBL"]).said_by == "SAID_RCD"
    assert str(evidence(shapes, shapes.tables["EMPTY_TBL"])) == ""
    assert evidence(shapes, shapes.types["SAID_RCD"]).confidence == "med"


def test_what_is_doubtful() -> None:
    assert [Evidence(confidence=c).doubtful for c in ("low", "med", "high", "")] == [True, True, False, False]
