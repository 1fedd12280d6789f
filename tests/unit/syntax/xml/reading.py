"""XML texts read for a test."""

from __future__ import annotations

from tdl.report import Report
from tdl.sources import SourceFile
from tdl.syntax import ast
from tdl.syntax.notation import parse

NAMESPACE = 'xmlns="urn:tdl:C1219TDL"'


def read(text: str) -> tuple[ast.Document | ast.Fragment, Report]:
    """What a whole XML text says, and what is wrong with it."""
    report = Report()
    return parse(SourceFile("definition.xml", text), report), report


def document(content: str) -> ast.Document:
    """A document with this content, in which nothing is wrong."""
    tree, report = read(f'<tdl {NAMESPACE} name="A">{content}</tdl>')
    assert [(d.code, d.message) for d in report] == []
    assert isinstance(tree, ast.Document)
    return tree


def fragment(content: str) -> ast.Fragment:
    """A fragment with this content, in which nothing is wrong."""
    tree, report = read(f'<fragment {NAMESPACE} name="F" of="A">{content}</fragment>')
    assert [(d.code, d.message) for d in report] == []
    assert isinstance(tree, ast.Fragment)
    return tree


def findings(text: str) -> list[tuple[str, str, str]]:
    """What is wrong with a whole text: code, line and column, and the text that is marked."""
    found = []
    for each in read(text)[1]:
        assert each.primary is not None
        span = each.primary.span
        line, column = span.source.position(span.start)
        found.append((each.code, f"{line}:{column}", span.text))
    return found


def findings_in(content: str) -> list[tuple[str, str]]:
    """What is wrong with the content of a document: code and the text that is marked."""
    return [(code, marked) for code, _, marked in findings(f'<tdl {NAMESPACE} name="A">{content}</tdl>')]


def findings_in_record(content: str) -> list[tuple[str, str]]:
    return findings_in(f'<packedRecord name="A_RCD">{content}</packedRecord>')
