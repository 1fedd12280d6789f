"""The reference page of XML TDL: its examples are what is written, and its tables name all there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tdl.report import Report
from tdl.sources import SourceFile
from tdl.syntax import ast
from tdl.syntax.notation import parse
from tdl.syntax.printer import print_document, print_fragment
from tdl.syntax.xml.names import ATTRIBUTES, KINDS, PROPERTIES
from tdl.syntax.xml.writer import write_xml
from tests.spec.console import renewed
from tests.spec.manual import blocks

PAGE = Path(__file__).parents[4] / "docs" / "reference" / "xml.md"


def read(text: str) -> ast.Document | ast.Fragment:
    report = Report()
    tree = parse(SourceFile("page", text), report)
    assert not list(report), [d.message for d in report]
    return tree


def test_the_examples_say_the_same_in_both_notations(request: pytest.FixtureRequest) -> None:
    found = [block for block in blocks(PAGE) if block.info != "console"]
    assert [block.info for block in found] == ["tdl", "xml", "tdl fragment", "xml"]
    for text, xml in ((found[0].body, found[1].body), (found[2].body, found[3].body)):
        tree = read(text)
        written = write_xml(tree)
        if request.config.getoption("--snapshot-update"):
            page = PAGE.read_text("utf-8")
            PAGE.write_text(
                page.replace(f"{text}```\n\n```xml\n{xml}```", f"{text}```\n\n```xml\n{written}```"), "utf-8"
            )
            xml = written
        assert written == xml, "what is written has changed; look at the difference, then --snapshot-update"
        again = read(xml)
        assert again == tree
        assert (print_document(again) if isinstance(again, ast.Document) else print_fragment(again)) == text


def test_the_session_prints_what_it_says(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    made = renewed(PAGE)
    if request.config.getoption("--snapshot-update"):
        PAGE.write_text(made, "utf-8")
    assert made == PAGE.read_text("utf-8")
    assert (tmp_path / "standard.xml").read_text("utf-8").startswith("<?xml")


def test_every_name_is_on_the_page() -> None:
    words = set(re.findall(r"`(?:xi:)?(\w+)`", PAGE.read_text("utf-8")))
    named = {kind.tag for kind in KINDS.values()} | {each.name for each in ATTRIBUTES.values()} | set(PROPERTIES)
    assert named <= words
