"""What is wrong in an XML text is found, named, and pointed at."""

from __future__ import annotations

import pytest

from tdl.report import Report
from tdl.sources import SourceFile
from tdl.syntax import ast
from tdl.syntax.notation import parse
from tests.unit.syntax.xml.reading import NAMESPACE, document, findings, findings_in, findings_in_record, read

GOOD = '<element name="B" type="UINT8"/>'


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("<elem/>", [("TDL122", "elem")]),
        ("<table/>", [("TDL128", "table")]),
        ('<if condition="1"/>', [("TDL124", '<if condition="1"/>')]),
        ('<if condition="1"><then/><then/></if>', [("TDL128", "then")]),
        ('<element type="UINT8"/>', [("TDL124", '<element type="UINT8"/>')]),
        ('<element name="B" type="UINT8" lable="x"/>', [("TDL123", "lable")]),
        ('<element name="B C" type="UINT8"/>', [("TDL125", "B C")]),
        ('<element name="B" type="STRING" size="1 +"/>', [("TDL101", '"')]),
        ('<element name="B" type="STRING" size="(A &lt;&lt; B)"/>', [("TDL101", "&lt;")]),
        ('<element name="B" type="STRING" size="99999999999999999999"/>', [("TDL108", "99999999999999999999")]),
        ('<element name="B" type="UINT8 UINT8"/>', [("TDL101", "UINT8")]),
        ('<element name="B" type=""/>', [("TDL101", '"')]),
        ('<element name="B" type="ARRAY"/>', [("TDL101", '"')]),
        ('<element name="B" type="ARRAY" size="3"/>', [("TDL101", '"')]),
        ('<element name="B" type="UINT" size="3"/>', [("TDL109", "UINT")]),
        ('<element name="B" type="3..4"/>', [("TDL109", "3..4")]),
        ('<element name="B" type="STD.X" size="4"/>', [("TDL125", "STD.X")]),
        ('<subElement name="B" type="UINT" start="1"/>', [("TDL109", '<subElement name="B" type="UINT" start="1"/>')]),
        ("text", [("TDL129", "text")]),
        ("<![CDATA[text]]>", [("TDL129", "<![CDATA[text]]>")]),
        ('<switch selector="1"><case values="1, x"/></switch>', [("TDL125", "1, x")]),
        ("<comment>x<b/></comment>", [("TDL122", "b")]),
    ],
)
def test_in_a_record(content: str, found: list[tuple[str, str]]) -> None:
    errors = findings_in_record(content + GOOD)
    if content == "text" or content.startswith("<!["):
        errors = [(code, marked.partition("<element")[0]) for code, marked in errors]
    assert errors == found


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ('<table number="ST0" name="T" type="R"/>', [("TDL125", "ST0")]),
        ('<table number="1" group="mfg" name="T" type="R"/>', [("TDL125", "mfg")]),
        ('<table number="1" name="T" type="UINT(0..1)"/>', [("TDL109", "UINT(0..1)")]),
        ('<procedure number="1" name="T" parameter="STRING(3)"/>', [("TDL125", "STRING(3)")]),
        ('<alias name="T" type="UINT8"><property name="P" value="5x" as="number"/></alias>', [("TDL125", "5x")]),
        ('<alias name="T" type="UINT8"><property name="P" value="5 x" as="word"/></alias>', [("TDL125", "5 x")]),
        ('<enumeration name="E"><enumerator name="A" value="1, 2"/></enumeration>', [("TDL125", "1, 2")]),
        ('<include href="x"/>', [("TDL122", "include")]),
        ('<decade number="1"><decade number="2"/></decade>', [("TDL128", "decade")]),
        ('<decade number="1"><table number="20" name="T" type="R"/></decade>', [("TDL125", "20")]),
        ('<decade number="1"><table number="9" name="T" type="R"/></decade>', [("TDL125", "9")]),
        (
            '<decade number="1" group="MFG"><table number="9" group="MFG" name="T" type="R"/></decade>',
            [("TDL125", "9")],
        ),
        ('<decade number="1"><table number="9" group="MFG" name="T" type="R"/></decade>', []),
        (f'<decade number="{"9" * 50}"><table number="9" name="T" type="R"/></decade>', [("TDL108", "9" * 50)]),
    ],
)
def test_in_a_document(content: str, found: list[tuple[str, str]]) -> None:
    assert findings_in(content) == found


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('<remove kind="type" number="5"/>', "TDL125"),
        ('<remove kind="type"/>', "TDL124"),
        ('<remove kind="document"/>', "TDL125"),
        ('<modify kind="table" name="T"/>', "TDL125"),
        ('<modify kind="table" number="1"><remove name="X"/></modify>', "TDL128"),
        ('<modify kind="type" name="T"><move name="X"/></modify>', "TDL124"),
        ('<modify kind="type" name="T"><move name="X" at="first" after="Y"/></modify>', "TDL125"),
        ('<modify kind="type" name="T"><add at="middle"><element name="A" type="B"/></add></modify>', "TDL125"),
        ("<add/>", "TDL124"),
        ('<add><alias name="A" type="B"/><alias name="B" type="B"/></add>', "TDL128"),
        ('<alias name="A" type="B"/>', "TDL128"),
    ],
)
def test_in_a_fragment(content: str, code: str) -> None:
    assert [each[0] for each in findings(f'<fragment {NAMESPACE} of="A">{content}</fragment>')] == [code]


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("<html><body/></html>", "TDL122", "1:2"),
        ("<table/>", "TDL128", "1:2"),
        ('<x:tdl xmlns:x="urn:C1219TDL"><x:tbl/></x:tdl>', "TDL122", "1:32"),
        (f"<fragment {NAMESPACE}/>", "TDL124", "1:1"),
        (f"<tdl {NAMESPACE}>\n  <alias>\n</tdl>", "TDL120", "3:3"),
        (f"<tdl {NAMESPACE}>&nbsp;</tdl>", "TDL120", "1:31"),
        ("<", "TDL120", "1:1"),
        ("<?xml version='1.0'?>", "TDL120", "1:21"),
        ("<?xml version='1.0' encoding='ISO-8859-1'?>\n<tdl name='é'/>", "TDL120", "1:1"),
    ],
)
def test_roots(text: str, code: str, place: str) -> None:
    assert (code, place) in [each[:2] for each in findings(text)]


def test_a_bad_declaration_costs_itself_alone() -> None:
    tree, report = read(
        f'<tdl {NAMESPACE} name="A"><alias name="B" type="UINT8"/><alias name="C" type="("/><alias name="D"/>'
        '<alias name="E" type="UINT8"/></tdl>'
    )
    assert [d.code for d in report] == ["TDL101", "TDL124"]
    assert [d.name for d in tree.declarations] == ["B", "E"]  # type: ignore[union-attr]


def test_the_close_name_is_offered() -> None:
    for content, close in (("<elem/>", "element"), ("<subelement/>", "subElement"), ("<swich/>", "switch")):
        report = read(f'<tdl {NAMESPACE} name="A"><packedRecord name="R">{content}</packedRecord></tdl>')[1]
        assert [d.help for d in report] == [f"did you mean `{close}`?"]
    report = read(f'<tdl {NAMESPACE} name="A" versoin="1"/>')[1]
    assert "did you mean `version`?" in [d.help for d in report]


# --- positions -----------------------------------------------------------------------------------------------------


def test_positions_are_exact_behind_anything() -> None:
    text = (
        f'<tdl {NAMESPACE}\n  name="A" label="é µ &amp; 😀">\r\n'
        '  <packedRecord name="R">\n    <element name="B" label="é" type="STRING"\n'
        '             size="é"/>\n  </packedRecord>\n</tdl>\n'
    )
    assert findings(text) == [("TDL101", "5:20", "é")]


def test_spans_of_nodes_are_what_they_were_read_from() -> None:
    tree = document('<table number="5" name="T_TBL" type="ARRAY[(N&#x9; &gt;= 12)] OF R_RCD" count="3"/>')
    table = tree.declarations[0]
    assert isinstance(table, ast.Table)
    assert (table.name_span.text, table.number_span.text) == ("T_TBL", "5")
    outer = table.specification
    assert isinstance(outer, ast.Array)
    assert isinstance(outer.of, ast.Array)
    assert outer.count.span.text == "3"
    assert outer.of.count.span.text == "N&#x9; &gt;= 12"
    assert outer.of.of.span.text == "R_RCD"
    assert table.span.text.startswith("<table")
    assert table.span.text.endswith("/>")


def test_properties_span_name_and_value() -> None:
    (alias,) = document(
        '<alias name="A" type="UINT8" label="a"><property name="P" value="b"/><property value="c" name="Q"/></alias>'
    ).declarations
    assert [each.span.text for each in alias.properties] == ['label="a', 'P" value="b', "Q"]


def test_a_record_spans_its_element() -> None:
    (record,) = document('<packedRecord name="R"><element name="A" type="UINT8"></element></packedRecord>').declarations
    assert isinstance(record, ast.Record)
    assert record.span.text.endswith("</packedRecord>")
    assert record.items[0].span.text == '<element name="A" type="UINT8"></element>'


def test_a_prefix_belongs_to_what_is_marked() -> None:
    assert findings('<x:tdl xmlns:x="urn:C1219TDL"><x:tbl/></x:tdl>') == [("TDL122", "1:32", "x:tbl")]


def test_errors_are_cut_off() -> None:
    report = Report()
    parse(SourceFile("many.xml", f"<tdl {NAMESPACE}>{'<x/>' * 1000}</tdl>"), report)
    assert len(report) == 101
    assert [d.code for d in report].count("TDL122") == 100
