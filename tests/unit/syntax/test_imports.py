"""Imports: followed once, relative to the importing text, and never in a circle."""

from __future__ import annotations

from tdl.report import Report
from tdl.sources import Resolver
from tdl.syntax import ast
from tdl.syntax.imports import load


def loaded(files: dict[str, str], name: str) -> tuple[ast.Document | ast.Fragment | None, list[tuple[str, str]]]:
    report = Report()
    node = load(name, Resolver(files), report)
    return node, [(d.code, d.primary.span.place if d.primary else d.place) for d in report]


def test_each_file_is_taken_once_in_order_of_mention() -> None:
    files = {
        "a.tdl": 'DOCUMENT A;\nIMPORT "sub/b.tdl";\nIMPORT "sub/c.tdl";\nTYPE A = UINT8;\n',
        "sub/b.tdl": 'IMPORT "c.tdl";\nTYPE B = UINT8;\n',
        "sub/c.tdl": "TYPE C = UINT8;\n",
    }
    node, findings = loaded(files, "a.tdl")
    assert findings == []
    assert isinstance(node, ast.Document)
    assert [d.name for d in node.declarations] == ["C", "B", "A"]


def test_a_circle_is_named_at_the_import_that_closes_it() -> None:
    files = {"a.tdl": 'IMPORT "b.tdl";\nTYPE A = UINT8;\n', "b.tdl": 'IMPORT "a.tdl";\nTYPE B = UINT8;\n'}
    node, findings = loaded(files, "a.tdl")
    assert findings == [("TDL110", "b.tdl:1:8")]
    assert node is not None


def test_a_fragment_that_imports_itself() -> None:
    _, findings = loaded({"f.tdl": 'FRAGMENT F OF "A";\nIMPORT "f.tdl";\nREMOVE TYPE X;\n'}, "f.tdl")
    assert findings == [("TDL110", "f.tdl:2:8")]


def test_kinds_do_not_mix() -> None:
    files = {"a.tdl": 'IMPORT "f.tdl";\nTYPE A = UINT8;\n', "f.tdl": 'FRAGMENT F OF "A";\n'}
    assert loaded(files, "a.tdl")[1] == [("TDL111", "a.tdl:1:8")]


def test_a_missing_import_is_shown_where_it_is_asked_for() -> None:
    assert loaded({"a.tdl": 'IMPORT "no.tdl";\nTYPE A = UINT8;\n'}, "a.tdl")[1] == [("TDL001", "a.tdl:1:8")]


def test_a_missing_text_has_its_name_for_a_place() -> None:
    assert loaded({}, "no.tdl") == (None, [("TDL001", "no.tdl")])


def test_imports_of_a_fragment_bring_its_verbs() -> None:
    files = {
        "f.tdl": 'FRAGMENT F OF "A";\nIMPORT "g.tdl";\nREMOVE TYPE X;\n',
        "g.tdl": 'FRAGMENT G OF "A";\nREMOVE TYPE Y;\n',
    }
    node, findings = loaded(files, "f.tdl")
    assert findings == []
    assert isinstance(node, ast.Fragment)
    assert [str(e.target) for e in node.edits if isinstance(e, ast.Remove)] == ["TYPE Y", "TYPE X"]
