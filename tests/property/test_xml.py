"""XML TDL and the document form hold the same trees: made-up ones, and the whole library."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from lxml import etree

from tdl.report import Report
from tdl.sources import Resolver, SourceFile
from tdl.syntax import ast
from tdl.syntax.notation import parse
from tdl.syntax.printer import print_document, print_fragment
from tdl.syntax.xml.schema import FILE
from tdl.syntax.xml.writer import write_xml
from tests.property.documents import documents, fragments
from tests.property.test_notation import HEADERS, generous, texts
from tests.spec.manual import blocks

LIBRARY = Path(__file__).parents[2] / "tdl" / "library"
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "xml.md"
FILES = sorted(LIBRARY.rglob("*.tdl"))

Tree = ast.Document | ast.Fragment


@cache
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(FILE))


def read(text: str) -> Tree:
    report = Report()
    tree = parse(SourceFile("text", text), report)
    assert not list(report), [(d.code, d.message) for d in report]
    return tree


def shown(tree: Tree) -> str:
    return print_document(tree) if isinstance(tree, ast.Document) else print_fragment(tree)


def check_round_trip(tree: Tree) -> None:
    """Tree to XML and back: the same tree, the same text with its comments, the same XML, and the schema holds."""
    written = write_xml(tree)
    again = read(written)
    assert again == tree
    assert shown(again) == shown(tree)
    assert write_xml(again) == written
    schema().assertValid(etree.fromstring(written.encode()))


@given(documents())
def test_a_document_is_the_same_in_xml(document: ast.Document) -> None:
    check_round_trip(document)


@given(documents(), st.data())
def test_a_fragment_is_the_same_in_xml(base: ast.Document, data: st.DataObject) -> None:
    check_round_trip(data.draw(fragments(base)))


@given(documents())
def test_text_to_xml_to_text_is_the_identity(document: ast.Document) -> None:
    text = print_document(document)
    assert shown(read(write_xml(read(text)))) == text


@pytest.mark.parametrize("notation", ["document", "fragment"])
def test_all_that_the_grammar_allows_is_the_same_in_xml(notation: str) -> None:
    @given(texts(notation))
    @generous
    def check(text: str) -> None:
        report = Report()
        tree = parse(SourceFile("text", HEADERS[notation] + text), report)
        assume(not report.failed)
        check_round_trip(tree)

    check()


PIECES = (
    "END", "IF", "ARRAY", "PACKED", "UINT", "TYPE", "MFG", "1", "-1", "0x1F", "2..3", "..", "(", ")", "[1]", ".",
    "STD.", "&lt;", "&#65;", "&#10;", "\r\n", "\u201c", "\u201d", "&quot;", "{", "}", "é", "<then>", "</then>",
    "<else/>", "/>", "<comment>}</comment>", "<!-- } -->", "<?x?>",
    ' count="2"', ' size="3"', ' as="word"', ' at="first"', "",
)  # fmt: skip


@st.composite
def altered(draw: st.DrawFn) -> str:
    """One of the page's examples with a few pieces put in, or put over what an attribute says."""
    text = draw(st.sampled_from([block.body for block in blocks(PAGE) if block.info == "xml"]))
    for _ in range(draw(st.integers(1, 3))):
        piece = draw(st.sampled_from(PIECES))
        if draw(st.booleans()):
            start, end = draw(st.sampled_from([match.span(1) for match in re.finditer('"([^"]*)"', text)]))
        else:
            start = end = draw(st.integers(0, len(text)))
        text = text[:start] + piece + text[end:]
    return text


@given(altered())
@generous
def test_whatever_is_read_from_xml_can_be_said_in_the_document_form(text: str) -> None:
    report = Report()
    tree = parse(SourceFile("text.xml", text), report)
    assert all(d.primary is not None and d.primary.span.place for d in report)
    if not report.failed:
        assert read(shown(tree)) == tree
        check_round_trip(tree)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(LIBRARY)))
def test_the_library_is_the_same_in_xml(path: Path) -> None:
    source = Resolver().read(str(path))
    tree = parse(source, Report())
    check_round_trip(tree)
    assert len(write_xml(tree)) > len(shown(tree)), "something of a real document is in it"
