"""Formatting: comments and blanks anywhere, and nothing of what is said is lost."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from tdl.report import Report
from tdl.sources import SourceFile
from tdl.syntax import ast
from tdl.syntax.canonical import content_hash
from tdl.syntax.chunks import cut
from tdl.syntax.formatting import format_text
from tdl.syntax.notation import parse
from tdl.syntax.printer import print_document, print_fragment
from tests.property.documents import Chooser, documents, fragments
from tests.property.test_notation import generous
from tests.work import counted

_TOKEN = re.compile(r'"[^"\n]*"|\u201c[^\u201d\n]*\u201d|\w+|\.\.|[<>=!]=|<>|&&|\|\||\S')
_OPENING = re.compile(r"DOCUMENT|FRAGMENT|IMPORT|TYPE|TABLE|PROCEDURE|ADD|REPLACE|REMOVE|RENAME|MODIFY")
_VERB = re.compile(r"\b(?:ADD|REPLACE|REMOVE|RENAME|MODIFY)$")
_BETWEEN = (" ", "\n", "\n\n", "\t", " \r\n ", "{ # }", " { # }\n", "\n{#\n  more }", "\n{ # }\n\n", " {#} {#}\n", "{}")


def read(text: str) -> ast.Document | ast.Fragment:
    report = Report()
    tree = parse(SourceFile("text.tdl", text), report)
    assert not report.failed, [d.message for d in report]
    return tree


def formatted(text: str) -> str:
    found = format_text(SourceFile("text.tdl", text), Report())
    assert found is not None
    return found


def comments(text: str) -> list[str]:
    return [" ".join(text[start + 1 : end - 1].split()) for start, end in cut(text)[1]]


def strewn(text: str, choose: Chooser) -> str:
    """A text with other blanks, and comments of different words, wherever they may stand."""
    made, count = "", 0
    for token in _TOKEN.findall(text):
        between = choose.among(_BETWEEN)
        while "#" in between:
            between, count = between.replace("#", f"c{count}", 1), count + 1
        if _VERB.search(made) and token in ("TYPE", "TABLE", "PROCEDURE", "DOCUMENT"):
            between = " "  # the two words are one
        elif _OPENING.fullmatch(token) and made[-1:] in ("", ";"):
            between += "\n"  # a declaration begins a line
        if not between and made[-1:].isalnum():
            between = " "
        made += between + token
    return made + choose.among(("", "\n", " { last }", "\n{ last }\n\n{ of all }"))


def check(text: str) -> None:
    once = formatted(text)
    assert comments(once) == comments(text), once
    assert read(once) == read(text)
    assert formatted(once) == once


@given(documents(), st.data())
@generous
def test_a_document_says_what_it_said(document: ast.Document, data: st.DataObject) -> None:
    text = strewn(print_document(document, comments=False), Chooser(data.draw))
    check(text)
    tree = read(formatted(text))
    assert isinstance(tree, ast.Document)
    assert content_hash(tree) == content_hash(document)


@given(documents(), st.data())
@generous
def test_a_fragment_says_what_it_said(base: ast.Document, data: st.DataObject) -> None:
    fragment = data.draw(fragments(base))
    check(strewn(print_fragment(fragment, comments=False), Chooser(data.draw)))


@given(documents())
@example(ast.Document(header=ast.Header(name="X"), declarations=()))
@generous
def test_without_comments_it_is_what_the_printer_prints(document: ast.Document) -> None:
    printed = print_document(document, comments=False)
    if document.declarations:
        assert formatted(" ".join(_TOKEN.findall(printed)).replace("; ", ";\n")) == printed


def test_comments_stay_where_they_are() -> None:
    text = """{ first }{ second }
DOCUMENT X; { of X }
{ before the import }
IMPORT "other.tdl";
{ a section }

{ of A
  in two lines } { and more }
TYPE A_RCD = PACKED RECORD { opens }
  { of COUNT } COUNT { inside } : UINT8; { behind } { too }
  IF COUNT = 1 { when } THEN { then } X : UINT8;
  { end of then }
  ELSE
  { of Y }

  Y : UINT8;
  { end of else }
  END; { of IF }
  CASE COUNT OF
    { of one }
    1: Z : UINT8;
    { of the rest }
    ELSE { rest } Q : UINT8;
  END;
  { end of A }
END; { of A_RCD }
{ apart }

Global Default Table Property Overrides : ROLE="CONTROL" { of the line }
{ of the table }
TABLE 0 A_TBL = { what } A_RCD;
{ end }

{ very end }"""
    expected = """{ first }
{ second }
DOCUMENT X; { of X }
{ before the import }
IMPORT "other.tdl";

{ a section }

{ of A
  in two lines }
{ and more }
TYPE A_RCD = PACKED RECORD { opens }
    { of COUNT }
    COUNT : UINT8; { inside } { behind } { too }
    IF COUNT == 1 THEN { when } { then }
        X : UINT8;
        { end of then }
    ELSE
        { of Y }

        Y : UINT8;
        { end of else }
    END; { of IF }
    SWITCH COUNT OF
        { of one }
        CASE 1 :
            Z : UINT8;
        { of the rest }
        DEFAULT : { rest }
            Q : UINT8;
    END;
    { end of A }
END; { of A_RCD }

{ apart }

{ of the line }
{ of the table }
TABLE 0 A_TBL = A_RCD WITH ROLE = "CONTROL"; { what }

{ end }

{ very end }
"""
    assert formatted(text) == expected
    assert formatted(expected) == expected


def test_no_comment_passes_another() -> None:
    label = "a text so long that it does not stay on the line of its element, whatever else that line says"
    check(f"""TYPE A_RCD = PACKED RECORD
        X : STRING(-(2 + 3
        {{ of its own }} ) {{ behind that }} ) WITH Label = "{label}"; {{ behind all }}
    END;""")


def test_the_work_grows_with_the_text() -> None:
    def work(count: int) -> int:
        members = "".join(f"{{ c }} A{n} : UINT8; {{ d }}" for n in range(count))
        with counted() as spent:
            formatted(f"TYPE A_RCD = PACKED RECORD {members} END; TABLE 0 A_TBL = A_RCD;")
        return spent.calls

    assert work(800) < 9 * work(100)
