"""Hostile XML costs no more than its size, reads nothing else, and ends in a finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from tdl.report import Report
from tdl.sources import Resolver, SourceFile
from tdl.syntax import ast
from tdl.syntax.imports import load
from tdl.syntax.notation import parse
from tests.unit.syntax.xml.reading import NAMESPACE, findings, read
from tests.work import counted

HEAD = f'<tdl {NAMESPACE} name="A">'
RECORD = f'{HEAD}<packedRecord name="R">'
END = "</packedRecord></tdl>"

LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
BILLION_LAUGHS = f'<?xml version="1.0"?>\n<!DOCTYPE tdl [<!ENTITY l0 "lol">{LAUGHS}]>\n{HEAD}&l9;</tdl>'


def test_a_billion_laughs_are_refused_unread() -> None:
    with counted() as work:
        found = findings(BILLION_LAUGHS)
    assert found == [("TDL121", "2:1", "<!DOCTYPE")]
    assert work.calls < 50_000


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE tdl SYSTEM "{url}">',
        '<!DOCTYPE tdl [<!ENTITY x SYSTEM "{url}">]>',
        '<!DOCTYPE tdl [<!ENTITY % x SYSTEM "{url}"> %x;]>',
        '<!DOCTYPE tdl PUBLIC "-//X" "{url}">',
        "<!DOCTYPE tdl>",
    ],
)
def test_no_file_is_reached_through_a_document_type(declaration: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    text = declaration.format(url=secret.as_uri()) + f"<tdl {NAMESPACE} name='A'>&x;</tdl>"
    tree, report = read(text)
    assert [d.code for d in report] == ["TDL121"]
    assert tree == ast.Document(header=ast.Header(name="DEFINITION"))
    assert not any("the secret" in d.message for d in report)


DEEP = 100_000


@pytest.mark.parametrize(
    "text",
    [
        RECORD + '<if condition="1"><then>' * DEEP,
        RECORD + '<if condition="1"><then>' * DEEP + "</then></if>" * DEEP + "</packedRecord></tdl>",
        HEAD + "<decade>" * DEEP,
        HEAD + "<unknown>" * DEEP,
        RECORD + '<switch selector="1"><case values="1">' * DEEP,
        RECORD + f'<element name="A" type="STRING" size="{"(" * DEEP}1{")" * DEEP}"/></packedRecord></tdl>',
        RECORD + f'<element name="A" type="{"ARRAY[1] OF " * DEEP}UINT8"/></packedRecord></tdl>',
        RECORD + f'<element name="A" type="STRING" size="1{" + 1" * DEEP}"/></packedRecord></tdl>',
    ],
)
def test_deep_nesting_is_one_finding(text: str) -> None:
    with counted() as work:
        found = findings(text)
    assert [code for code, _, _ in found if code != "TDL122" and code != "TDL128" and code != "TDL124"] == ["TDL103"]
    assert work.calls < 10 * DEEP


def nested(blocks: int, operators: int) -> str:
    condition = "1" + " + 1" * operators
    opened = '<if condition="1"><then>' * (blocks - 1) + f'<if condition="{condition}"><then>'
    return f"{RECORD}{opened}{'</then></if>' * blocks}</packedRecord></tdl>"


@pytest.mark.parametrize(
    ("blocks", "operators", "good"), [(64, 0, True), (65, 0, False), (60, 4, True), (60, 5, False), (1, 63, True)]
)
def test_the_limit_on_nesting_is_that_of_the_document_form(blocks: int, operators: int, good: bool) -> None:
    condition = "1" + " + 1" * operators
    text = "IF 1 THEN " * (blocks - 1) + f"IF {condition} THEN " + "END; " * blocks
    report = Report()
    document_form = parse(SourceFile("text", f"DOCUMENT A;\nTYPE R = PACKED RECORD {text} END;"), report)
    tree, in_xml = read(nested(blocks, operators))
    assert report.failed is not good
    assert in_xml.failed is not good
    assert not good or tree == document_form


@pytest.mark.parametrize(("blocks", "found"), [(64, []), (65, ["TDL103"])])
def test_the_limit_is_the_same_in_a_fragment(blocks: int, found: list[str]) -> None:
    nest = '<if condition="1"><then>' * blocks + "</then></if>" * blocks
    text = f'<fragment {NAMESPACE} of="A"><modify kind="type" name="R"><add>{nest}</add></modify></fragment>'
    assert [code for code, _, _ in findings(text)] == found


@pytest.mark.parametrize(("operators", "good"), [(30, True), (31, False)])
def test_operators_of_one_member_add_up_as_they_do_in_the_document_form(operators: int, good: bool) -> None:
    number = "1" + " + 1" * operators
    report = Report()
    text = f"TYPE R = PACKED RECORD A : ARRAY[{number}] OF STRING({number} + 1); END;"
    document_form = parse(SourceFile("text", f"DOCUMENT A;\n{text}"), report)
    assert report.failed is not good
    tree, in_xml = read(f'{RECORD}<element name="A" type="STRING" size="{number} + 1" count="{number}"/>{END}')
    assert in_xml.failed is not good
    assert not good or tree == document_form


@pytest.mark.parametrize(
    "piece",
    [
        '<alias name="A" type="UINT8"/>',
        "<!-- x -->",
        "<?x y?>",
        "\n",
        '<alias name="A" type="UINT8" label="&amp;é"/>',
        '<packedRecord name="R"><element name="A" type="STRING" size="A &lt; 1"/></packedRecord>',
        "x ",
        "<x/>",
    ],
)
def test_work_grows_with_the_size_alone(piece: str) -> None:
    def work(count: int) -> int:
        with counted() as counter:
            read(f"{HEAD}é{piece * count}</tdl>")
        return counter.calls

    work(1)  # what is only done once
    small, large = work(500), work(2000)
    assert large < 6 * small + 10_000


@pytest.mark.parametrize("values", ["1," * 50_000 + "1", "1.." * 50_000 + "1", "9" * 100_000, " " * 100_000])
def test_long_attributes(values: str) -> None:
    with counted() as work:
        read(f'{RECORD}<switch selector="1"><case values="{values}"/></switch></packedRecord></tdl>')
    assert work.calls < 3_000_000


def test_places_in_a_long_attribute_are_worked_out_once() -> None:
    with counted() as work:
        found = findings(f'{RECORD}<element name="A" type="STRING" size="&#65;{"[1]" * 5000} )"/></packedRecord></tdl>')
    assert [(code, marked) for code, _, marked in found] == [("TDL101", ")")]
    assert work.calls < 3_000_000


def test_a_reference_to_the_network_is_a_file_that_is_not_there() -> None:
    xi = 'xmlns:xi="http://www.w3.org/2001/XInclude"'
    text = f'<tdl {NAMESPACE} {xi} name="A"><xi:include href="http://127.0.0.1:9/x.xml"/></tdl>'
    report = Report()
    load("a.xml", Resolver({"a.xml": text}), report)
    assert [d.code for d in report] == ["TDL001"]


def test_characters_that_are_no_xml_end_in_a_finding() -> None:
    for text in ("<tdl>\x00</tdl>", "<tdl>\ud800</tdl>", "<tdl\ufffe/>", "<\ud800"):
        assert [code for code, _, _ in findings(text) if code != "TDL127"] == ["TDL120"]
