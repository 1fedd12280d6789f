"""Printing and reading are each other's inverse, for trees that are made up and for texts that the grammar makes up."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.lark import from_lark
from lark import Lark
from lark.lexer import PatternStr

from tdl.report import Report
from tdl.sources import SourceFile
from tdl.syntax import ast
from tdl.syntax.grammar import grammar_text
from tdl.syntax.notation import parse
from tdl.syntax.printer import print_document, print_fragment
from tests.property.documents import documents, fragments

HEADERS = {"document": "DOCUMENT HERE;\n", "fragment": 'FRAGMENT HERE OF "BASE";\n'}
NAMES = ("COUNT", "A_RCD", "A_TBL", "UINT8", "SET", "LABEL", "VALUE", "LAST", "lower_2")

generous = settings(deadline=None, suppress_health_check=list(HealthCheck))


def read(text: str) -> tuple[ast.Document | ast.Fragment, Report]:
    report = Report()
    return parse(SourceFile("text.tdl", text), report), report


def shown(tree: ast.Document | ast.Fragment) -> str:
    return print_document(tree) if isinstance(tree, ast.Document) else print_fragment(tree)


@cache
def texts(notation: str) -> st.SearchStrategy[str]:
    """Texts of one declaration, made from the grammar; names and numbers from small pools, words kept apart."""
    start = "declaration" if notation == "document" else "edit"
    lark = Lark(grammar_text(notation), start=start, parser="lalr")
    words = {
        terminal.name: st.just(f" {terminal.pattern.value} ")
        for terminal in lark.terminals
        if isinstance(terminal.pattern, PatternStr) and terminal.pattern.value.isalpha()
    }
    pools = {
        "NAME": st.sampled_from(NAMES).map(lambda name: f" {name} "),
        "INTEGER": st.sampled_from((" 0 ", " 7 ", " 0x1F ", " 65535 ")),
        "STRING": st.sampled_from(('"text"', '"a {b}"', '\u201ca "b"\u201d', '""')),
        "COMMENT": st.sampled_from(("{ note }", "{}")),
        "BLANK": st.sampled_from((" ", "\n")),
    }
    return from_lark(lark, start=start, explicit={**words, **pools})


def check_text(text: str, notation: str) -> None:
    tree, report = read(HEADERS[notation] + text)
    assume(not report.failed)
    printed = shown(tree)
    again, report = read(printed)
    assert not report.failed, printed
    assert again == tree


@given(texts("document"))
@example("TYPE A_RCD = PACKED RECORD CASE COUNT OF 1, 3..4 : VALUE : BCD[4]; ELSE LABEL : UINT8; END; END;")
@generous
def test_a_declaration_prints_to_what_reads_the_same(text: str) -> None:
    check_text(text, "document")


@given(texts("fragment"))
@example("MODIFY TYPE A_RCD ADD IF COUNT = 1 THEN VALUE : UINT8; END AFTER COUNT; SET LABEL . VALUE = -7; END;")
@generous
def test_an_edit_prints_to_what_reads_the_same(text: str) -> None:
    check_text(text, "fragment")


@pytest.mark.parametrize("notation", ["document", "fragment"])
def test_the_grammar_makes_texts_that_are_read(notation: str) -> None:
    good = 0

    @given(texts(notation))
    @settings(generous, database=None, max_examples=60)
    def count(text: str) -> None:
        nonlocal good
        good += not read(HEADERS[notation] + text)[1].failed

    count()
    assert good > 5


@given(documents())
@generous
def test_a_document_reads_back(document: ast.Document) -> None:
    tree, report = read(print_document(document))
    assert not report.failed, [d.message for d in report]
    assert tree == document
    assert print_document(tree) == print_document(document)


@given(documents(), st.data())
@generous
def test_a_fragment_reads_back(base: ast.Document, data: st.DataObject) -> None:
    fragment = data.draw(fragments(base))
    tree, report = read(print_fragment(fragment))
    assert not report.failed, [d.message for d in report]
    assert tree == fragment
    assert print_fragment(tree) == print_fragment(fragment)
