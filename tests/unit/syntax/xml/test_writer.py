"""What is written: its form, what has no form in XML, and what happens without lxml."""

from __future__ import annotations

import sys

import pytest
from lxml import etree

from tdl.report import Report
from tdl.sources import SourceFile
from tdl.syntax import ast
from tdl.syntax.notation import parse
from tdl.syntax.xml.names import NAMESPACE
from tdl.syntax.xml.schema import FILE, schema
from tdl.syntax.xml.writer import LxmlMissing, NotInXml, write_xml


def tree(text: str) -> ast.Document | ast.Fragment:
    report = Report()
    found = parse(SourceFile("text.tdl", text), report)
    assert not report.failed, [d.message for d in report]
    return found


def lines(text: str) -> list[str]:
    """The lines of a document's XML inside its root."""
    return write_xml(tree(f"DOCUMENT A;\n{text}")).splitlines()[2:-1]


def test_the_whole_form() -> None:
    written = write_xml(tree("DOCUMENT A;\nTYPE A_RCD = PACKED RECORD\n    B : UINT8;\nEND;\n"))
    assert written == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<tdl xmlns="urn:tdl:C1219TDL" name="A">\n'
        '  <packedRecord name="A_RCD">\n'
        '    <element name="B" type="UINT8"/>\n'
        "  </packedRecord>\n"
        "</tdl>\n"
    )


def test_the_namespace_is_a_choice() -> None:
    document = tree("DOCUMENT A;\nTYPE B = UINT8;\n")
    written = write_xml(document, "urn:other:C1219TDL")
    assert written == write_xml(document).replace(NAMESPACE, "urn:other:C1219TDL")
    etree.XMLSchema(etree.fromstring(schema("urn:other:C1219TDL").encode())).assertValid(
        etree.fromstring(written.encode())
    )


def test_text_beyond_ascii_is_written_as_it_is() -> None:
    assert lines('TYPE B = UINT8 WITH Label = "é <µ>";') == ['  <alias name="B" type="UINT8" label="é &lt;µ&gt;"/>']


def test_properties_keep_their_order() -> None:
    assert lines('TYPE B = UINT8 WITH Label = "a", Default = 5, Role = "b", Enum = E;') == [
        '  <alias name="B" type="UINT8" label="a">',
        '    <property name="Default" value="5" as="number"/>',
        '    <property name="Role" value="b"/>',
        '    <property name="Enum" value="E" as="word"/>',
        "  </alias>",
    ]


def test_a_property_of_another_kind_or_a_second_time_is_an_element() -> None:
    assert lines('TYPE B = UINT8 WITH Label = X, Enum = "E";')[1] == '    <property name="Label" value="X" as="word"/>'
    assert lines('TYPE B = UINT8 WITH Label = "a", Label = "b";')[1] == '    <property name="Label" value="b"/>'


def test_comments() -> None:
    assert lines("{ one }\n\n{ -- two }\nTYPE R = PACKED RECORD\n    A : UINT8; { three }\nEND;") == [
        '  <packedRecord name="R">',
        '    <comment apart="true">one</comment>',
        "    <comment>-- two</comment>",
        '    <element name="A" type="UINT8">',
        '      <comment place="behind">three</comment>',
        "    </element>",
        "  </packedRecord>",
    ]


def test_imports_are_includes() -> None:
    written = write_xml(tree('DOCUMENT A;\nIMPORT "a b/50%é.tdl";\nIMPORT "std:2012";\n')).splitlines()
    assert 'xmlns:xi="http://www.w3.org/2001/XInclude"' in written[1]
    assert written[2:4] == ['  <xi:include href="a%20b/50%25%C3%A9.tdl"/>', '  <xi:include href="std:2012"/>']


@pytest.mark.parametrize(
    ("declarations", "decades"),
    [
        ("TABLE 0 A = R; TABLE 9 B = R; TABLE 10 C = R;", ["0: A B", "1: C"]),
        ("TABLE 0 A = R; TABLE MFG 0 B = R; TABLE USER 0 C = R;", ["0: A", "MFG 0: B", "C"]),
        ("TYPE X = UINT8; TABLE 0 A = R; TYPE Y = UINT8; TABLE 10 B = R; TYPE Z = UINT8;", ["X", "0: A Y", "1: B Z"]),
        ("TYPE S = UINT8; TYPE R = S; TABLE 0 A = R; TYPE T = S; TABLE 10 B = ARRAY[2] OF T;", ["0: S R A", "1: T B"]),
        ("TABLE 0 A = R; PROCEDURE 0 P; TABLE 1 B = R;", ["0: A", "P", "0: B"]),
        ("TABLE 0 A = R; TYPE T = UINT8; PROCEDURE 0 P = PARAMETER T;", ["0: A", "T P"]),
        ("TABLE 0 A = R; TABLE 10 B = R; TABLE 1 C = R;", ["0: A", "1: B", "0: C"]),
    ],
)
def test_tables_are_grouped_by_decade_in_their_order(declarations: str, decades: list[str]) -> None:
    written = etree.fromstring(write_xml(tree("DOCUMENT A;\n" + declarations.replace("; ", ";\n"))).encode())
    found: list[str] = []
    loose: list[str] = []
    for child in written:
        if etree.QName(child).localname == "decade":
            found += [" ".join(loose)] if loose else []
            loose = []
            number = " ".join(filter(None, (child.get("group"), child.get("number"))))
            found.append(f"{number}: {' '.join(each.get('name', '') for each in child)}")
        else:
            loose.append(child.get("name", ""))
    assert [*found, *([" ".join(loose)] if loose else [])] == decades


@pytest.mark.parametrize(
    "text",
    [
        'TYPE B = UINT8 WITH Label = "\x01";',
        "{ a\x0cb }\nTYPE B = UINT8;",
        'IMPORT "\ufffe";',
        'TYPE B = UINT8 WITH X = "\x00";',
    ],
)
def test_characters_that_xml_cannot_hold_are_refused(text: str) -> None:
    with pytest.raises(NotInXml) as caught:
        write_xml(tree(f"DOCUMENT A;\n{text}\n"))
    assert caught.value.character in caught.value.span.text


def test_without_lxml_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    document = tree("DOCUMENT A;\nTYPE B = UINT8;\n")
    written = write_xml(document)
    monkeypatch.setitem(sys.modules, "lxml", None)
    with pytest.raises(LxmlMissing, match=r"pip install 'tdl-compiler\[xml\]'"):
        write_xml(document)
    assert parse(SourceFile("text.xml", written), Report()) == document, "reading needs no extra"


# --- the schema ----------------------------------------------------------------------------------------------------


def test_the_schema_is_up_to_date() -> None:
    assert FILE.read_text("utf-8") == schema(), "python -m tdl.syntax.xml.schema writes it"


@pytest.mark.parametrize(
    "content",
    [
        '<alias name="A"/>',
        '<alias name="A B" type="UINT8"/>',
        '<alias name="A" type="UINT8" rol="x"/>',
        '<table number="-1" name="A" type="UINT8"/>',
        '<table number="1" group="X" name="A" type="UINT8"/>',
        '<packedRecord name="A"><if condition="1"/></packedRecord>',
        '<packedRecord name="A"><enumerator name="A" value="1"/></packedRecord>',
        '<enumeration name="A"><enumerator name="A" value="1..x"/></enumeration>',
        "<add/>",
        "text",
    ],
)
def test_the_schema_refuses_what_is_not_xml_tdl(content: str) -> None:
    found = etree.XMLSchema(etree.parse(FILE))
    assert not found.validate(etree.fromstring(f'<tdl xmlns="{NAMESPACE}" name="A">{content}</tdl>'))
    assert found.validate(etree.fromstring(f'<tdl xmlns="{NAMESPACE}" name="A"/>'))
