"""`xi:include` is `IMPORT`: the same resolver, the same rules, other files in either notation."""

from __future__ import annotations

import pytest

from tdl.report import Report
from tdl.sources import Resolver
from tdl.syntax import ast
from tdl.syntax.imports import MAX_IMPORT_DEPTH, load
from tests.unit.syntax.xml.reading import NAMESPACE, read

XI = 'xmlns:xi="http://www.w3.org/2001/XInclude"'


def tdl(content: str, name: str = "A") -> str:
    return f'<tdl {NAMESPACE} {XI} name="{name}">{content}</tdl>'


def include(href: str) -> str:
    return f'<xi:include href="{href}"/>'


def alias(name: str) -> str:
    return f'<alias name="{name}" type="UINT8"/>'


def loaded(overlay: dict[str, str], name: str = "meters/a.xml") -> tuple[list[str], list[str]]:
    """The names declared, and the codes of what is wrong."""
    report = Report()
    tree = load(name, Resolver(overlay), report)
    assert isinstance(tree, ast.Document)
    return [d.name for d in tree.declarations], [d.code for d in report]


@pytest.mark.parametrize("namespace", ["http://www.w3.org/2001/XInclude", "http://www.w3.org/1999/XML/XInclude"])
def test_both_namespaces(namespace: str) -> None:
    text = tdl(include("b.xml") + alias("A")).replace("http://www.w3.org/2001/XInclude", namespace)
    assert loaded({"meters/a.xml": text, "meters/b.xml": tdl(alias("B"))}) == (["B", "A"], [])


def test_either_notation_takes_in_the_other() -> None:
    text = {"meters/b.tdl": "TYPE B = UINT8;\n"}
    assert loaded({"meters/a.xml": tdl(include("b.tdl") + alias("A"))} | text) == (["B", "A"], [])
    xml = {"meters/b.xml": tdl(alias("B"))}
    assert loaded({"a.tdl": 'DOCUMENT A;\nIMPORT "meters/b.xml";\nTYPE A = UINT8;\n'} | xml, "a.tdl") == (
        ["B", "A"],
        [],
    )


def test_decades_and_includes_inside_them() -> None:
    decade = f'<decade {NAMESPACE} {XI} number="1">{include("b.xml")}<table number="10" name="T" type="R"/></decade>'
    inner = f'<decade number="2">{include("../decades/one.xml")}</decade>'
    overlay = {"meters/a.xml": tdl(inner), "meters/../decades/one.xml": decade}
    assert loaded(overlay | {"meters/../decades/b.xml": tdl(alias("B"))}) == (["B", "T"], [])


def test_library_names() -> None:
    names, codes = loaded({"meters/a.xml": tdl(include("std:1997"))})
    assert codes == []
    assert "GEN_CONFIG_TBL" in names


def test_a_cycle_is_named() -> None:
    overlay = {"meters/a.xml": tdl(include("b.xml")), "meters/b.xml": tdl(include("a.xml"))}
    assert loaded(overlay)[1] == ["TDL110"]


def test_a_chain_has_an_end() -> None:
    overlay = {f"meters/{i}.xml": tdl(include(f"{i + 1}.xml")) for i in range(100)}
    assert loaded(overlay, "meters/0.xml")[1] == ["TDL110"]
    assert MAX_IMPORT_DEPTH < 100


def test_a_missing_file_is_shown_where_it_is_named() -> None:
    report = Report()
    load("a.xml", Resolver({"a.xml": tdl(include("no%20such.xml"))}), report)
    (found,) = report
    assert found.code == "TDL001"
    assert found.primary is not None
    assert found.primary.span.text == "no%20such.xml"
    assert "no such.xml" in found.message


def test_a_fragment_cannot_include_a_document() -> None:
    text = f'<fragment {NAMESPACE} {XI} of="A">{include("b.xml")}</fragment>'
    report = Report()
    load("a.xml", Resolver({"a.xml": text, "b.xml": tdl(alias("B"))}), report)
    assert [d.code for d in report] == ["TDL111"]


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ('<xi:include href="b.xml" parse="text"/>', "TDL125"),
        ('<xi:include href="b.xml" xpointer="x"/>', "TDL123"),
        ('<xi:include href="b.xml"><xi:fallback/></xi:include>', "TDL122"),
        ("<xi:include/>", "TDL124"),
        ('<alias name="A" type="UINT8" xml:base="other/"/>', "TDL123"),
        ('<xi:alias name="A" type="UINT8"/>', "TDL122"),
    ],
)
def test_what_is_not_supported_is_an_error(tag: str, code: str) -> None:
    assert [d.code for d in read(tdl(tag))[1]] == [code]
