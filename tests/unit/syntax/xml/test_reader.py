"""XML TDL says what the document form says."""

from __future__ import annotations

import pytest

from tdl.report import Report
from tdl.sources import SourceFile
from tdl.syntax import ast
from tdl.syntax.notation import parse
from tdl.syntax.printer import print_document, print_fragment
from tests.unit.syntax.xml.reading import NAMESPACE, document, findings, findings_in, fragment, read


def text_of(content: str) -> str:
    """A document's content in the document form, without the header."""
    return print_document(document(content)).partition("\n\n")[2]


def edits_of(content: str) -> str:
    return print_fragment(fragment(content)).partition("\n\n")[2]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ('<alias name="A" type="UINT8"/>', "TYPE A = UINT8;\n"),
        ('<alias name="A" type="STD.B_RCD"/>', "TYPE A = STD.B_RCD;\n"),
        ('<alias name="A" type="STRING" size="N + 1"/>', "TYPE A = STRING(N + 1);\n"),
        ('<alias name="A" type="STRING(N)" count="2"/>', "TYPE A = ARRAY[2] OF STRING(N);\n"),
        ('<alias name="A" type="ARRAY[3] OF UINT8" count="2"/>', "TYPE A = ARRAY[2] OF ARRAY[3] OF UINT8;\n"),
        ('<alias name="A" type="SET" size="T.B &gt; 1" count="N"/>', "TYPE A = ARRAY[N] OF SET(T.B > 1);\n"),
        ('<table number="0x10" name="T" type="R"/>', "TABLE 16 T = R;\n"),
        ('<table number="5" group="MFG" name="T" type="R" role="DATA"/>', 'TABLE MFG 5 T = R WITH Role = "DATA";\n'),
        ('<procedure number="3" name="P"/>', "PROCEDURE 3 P;\n"),
        (
            '<procedure number="3" group="MFG" name="P" parameter="P_RCD" response="STD.R_RCD"/>',
            "PROCEDURE MFG 3 P = PARAMETER P_RCD RESPONSE STD.R_RCD;\n",
        ),
        (
            '<enumeration name="E"><enumerator name="A" value="1"/>'
            '<enumerator name="B" value="2 .. 0xF"/></enumeration>',
            "TYPE E = ENUMERATION\n    A : 1;\n    B : 2..15;\nEND;\n",
        ),
        (
            '<bitField name="B" container="UINT8"><subElement name="A" type="BOOL" start="0"/>'
            '<subElement name="C" type="FILL" start="1" end="7"/></bitField>',
            "TYPE B = BIT FIELD OF UINT8\n    A : BOOL(0);\n    C : FILL(1..7);\nEND;\n",
        ),
    ],
)
def test_declarations(content: str, text: str) -> None:
    assert text_of(content) == text


def test_conditionals() -> None:
    content = """
    <packedRecord name="R">
      <if condition=".lastIndex == 0 &amp;&amp; N &lt;&gt; 1">
        <else><element name="B" type="UINT8"/></else>
        <then><element name="A" type="UINT8"/></then>
      </if>
      <switch selector="N">
        <case values="1, 4..5"><element name="C" type="UINT8"/></case>
        <default/>
      </switch>
    </packedRecord>"""
    assert text_of(content) == (
        "TYPE R = PACKED RECORD\n"
        "    IF .lastIndex == 0 AND N != 1 THEN\n        A : UINT8;\n    ELSE\n        B : UINT8;\n    END;\n"
        "    SWITCH N OF\n        CASE 1, 4..5 :\n            C : UINT8;\n        DEFAULT :\n    END;\nEND;\n"
    )


def test_properties_come_as_attributes_and_as_elements_with_their_kind() -> None:
    content = (
        '<alias name="A" type="UINT8" label="&lt;x&gt;" enum="E"><property name="Default" value="-5" as="number"/>'
        '<property name="Own" value="TRUE" as="word"/><property name="Text" value="5"/></alias>'
    )
    assert document(content).declarations[0].properties == (
        ast.Property(name="Label", value="<x>"),
        ast.Property(name="Enum", value=ast.Word(name="E")),
        ast.Property(name="Default", value=-5),
        ast.Property(name="Own", value=ast.Word(name="TRUE")),
        ast.Property(name="Text", value="5"),
    )


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ('<remove kind="type" name="R"/>', "REMOVE TYPE R;\n"),
        ('<remove kind="table" number="5" group="MFG"/>', "REMOVE TABLE MFG 5;\n"),
        ('<rename kind="procedure" number="5" to="X"/>', "RENAME PROCEDURE 5 TO X;\n"),
        ('<add><alias name="A" type="UINT8"/></add>', "ADD TYPE A = UINT8;\n"),
        ('<replace><table number="1" name="T" type="R"/></replace>', "REPLACE TABLE 1 T = R;\n"),
        (
            '<modify kind="document"><set name="Label" value="x"><was value="Y" as="word"/></set></modify>',
            'MODIFY DOCUMENT\n    SET Label = "x" WAS Y;\nEND;\n',
        ),
        (
            '<modify kind="table" number="1"><unset member="M" name="Label"/></modify>',
            "MODIFY TABLE 1\n    UNSET M.Label;\nEND;\n",
        ),
        (
            '<modify kind="type" name="R"><add before="B"><element name="A" type="UINT8"/></add>'
            '<replace><element name="B" type="UINT8"/><was type="STRING(3)"/></replace>'
            '<remove name="C"/><rename name="D" to="E"/><move name="F" at="first"/></modify>',
            "MODIFY TYPE R\n    ADD A : UINT8 BEFORE B;\n    REPLACE B : UINT8 WAS STRING(3);\n"
            "    REMOVE C;\n    RENAME D TO E;\n    MOVE F FIRST;\nEND;\n",
        ),
    ],
)
def test_edits(content: str, text: str) -> None:
    assert edits_of(content) == text


def test_headers() -> None:
    text = f'<tdl {NAMESPACE} name="N" edition="2012" version="1" label="x"/>'
    assert read(text)[0].header == ast.Header(
        name="N", edition="2012", version="1", properties=(ast.Property(name="Label", value="x"),)
    )
    text = f'<fragment {NAMESPACE} name="N" of="std:2012" sha256="00"/>'
    assert read(text)[0].header == ast.Header(name="N", base="std:2012", base_hash="00")


def test_a_definition_without_a_name_is_called_after_its_file() -> None:
    assert read(f"<tdl {NAMESPACE}/>")[0].header.name == "DEFINITION"


def test_text_in_front_of_the_first_tag_is_still_xml() -> None:
    tree, report = read(f'\n  <tdl {NAMESPACE}><alias name="A" type="UINT8"/></tdl>\n')
    assert not report.failed
    assert isinstance(tree, ast.Document)
    assert len(tree.declarations) == 1


# --- decades and comments ------------------------------------------------------------------------------------------


def test_decades_are_taken_apart_and_what_they_say_of_themselves_is_kept() -> None:
    content = (
        '<decade number="1" name="X_DEC" label="extra"><description>All\n  of it.</description>'
        '<table number="10" name="T" type="R"/></decade><alias name="A" type="UINT8"/>'
    )
    assert text_of(content) == ("{ X_DEC: extra }\n\n{ All of it. }\n\nTABLE 10 T = R;\n\nTYPE A = UINT8;\n")


def test_a_comment_at_the_end_of_a_decade_goes_with_what_follows() -> None:
    content = '<decade number="1"><table number="10" name="T" type="R"/><!-- x --></decade>'
    assert text_of(content) == "TABLE 10 T = R;\n{ x }\n"
    assert text_of(content + '<alias name="A" type="UINT8"/>') == "TABLE 10 T = R;\n\n{ x }\nTYPE A = UINT8;\n"


def test_a_decade_may_be_a_file_of_its_own() -> None:
    tree, report = read(f'<decade {NAMESPACE} number="1" name="X_DEC"><table number="10" name="T" type="R"/></decade>')
    assert not list(report)
    assert isinstance(tree, ast.Document)
    assert [d.name for d in tree.declarations] == ["T"]


def test_comments_go_where_the_document_form_has_them() -> None:
    content = """<!-- one -->
    <packedRecord name="R"><comment>two</comment><comment place="behind">three</comment>
      <!-- four -->
      <element name="A" type="UINT8"><comment place="behind">five</comment></element>
      <if condition="1"><then><!-- six --><element name="B" type="UINT8"/><!-- seven --></then></if>
      <!-- eight -->
    </packedRecord>
    <!-- nine -->"""
    assert text_of(content) == (
        "{ one }\n{ two }\nTYPE R = PACKED RECORD\n    { four }\n    A : UINT8; { five }\n"
        "    IF 1 THEN\n        { six }\n        B : UINT8;\n    END; { seven }\n"
        "    { three }\n    { eight }\n    { nine }\nEND;\n"
    )


def test_comments_before_the_root_and_those_apart() -> None:
    tree, _ = read(f'<!-- first --><tdl {NAMESPACE} name="A"><comment apart="true">second</comment></tdl>')
    assert print_document(tree) == "{ first }\n{ second }\n\nDOCUMENT A;\n"  # type: ignore[arg-type]


def test_a_comment_cannot_end_itself_in_the_document_form() -> None:
    text = text_of('<!-- a } TYPE B = UINT8; { --><alias name="A" type="UINT8"/>')
    assert text == "{ a ) TYPE B = UINT8; { }\nTYPE A = UINT8;\n"
    assert len(parse(SourceFile("again", text), Report()).declarations) == 1  # type: ignore[union-attr]


def test_comments_behind_the_last_edit_are_kept() -> None:
    assert edits_of('<remove kind="type" name="R"/><!-- x -->') == "{ x }\nREMOVE TYPE R;\n"
    assert edits_of('<add><alias name="A" type="UINT8"/></add><!-- x -->') == "ADD TYPE A = UINT8;\n{ x }\n"


# --- namespaces ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "root",
    [
        '<tdl xmlns="http://www.nema.org/1997/C1219TDLSchema" name="A"',
        '<x:tdl xmlns:x="urn:C1219TDL:other" name="A"',
        '<tdl xmlns="urn:tdl:C1219TDL" name="A" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xsi:schemaLocation="urn:tdl:C1219TDL tdl.xsd"',
        '<tdl xmlns="urn:tdl:C1219TDL" name="A" xml:lang="en"',
    ],
)
def test_elements_are_known_by_their_local_names(root: str) -> None:
    tag, prefix = root[1:].split()[0], "x:" if root.startswith("<x:") else ""
    tree, report = read(f'{root}><{prefix}alias name="B" type="UINT8"/></{tag}>')
    assert not list(report)
    assert isinstance(tree, ast.Document)
    assert len(tree.declarations) == 1


def test_another_namespace_is_a_warning_and_read_all_the_same() -> None:
    tree, report = read(
        '<tdl xmlns="urn:x" name="A"><alias name="B" type="UINT8"/><alias name="C" type="UINT8"/></tdl>'
    )
    assert [d.code for d in report] == ["TDL127"]
    assert not report.failed
    assert len(tree.declarations) == 2  # type: ignore[union-attr]
    assert findings('<tdl name="A"><alias name="B" type="UINT8"/></tdl>') == [("TDL127", "1:1", '<tdl name="A">')]


# --- what the document form could not hold -------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["IF", "SWITCH", "CASE", "END"])
def test_keywords_that_would_not_read_back_are_no_names(name: str) -> None:
    element = f'<element name="{name}" type="UINT8"/>'
    assert findings_in(f'<packedRecord name="R">{element}</packedRecord>') == [("TDL125", name)]


@pytest.mark.parametrize("name", ["SET", "TABLE", "ELSE", "DEFAULT", "FIRST", "WITH"])
def test_other_keywords_are_names(name: str) -> None:
    text = text_of(f'<packedRecord name="R"><element name="{name}" type="UINT8"/></packedRecord>')
    assert (
        parse(SourceFile("again", text), Report()).declarations
        == document(  # type: ignore[union-attr]
            f'<packedRecord name="R"><element name="{name}" type="UINT8"/></packedRecord>'
        ).declarations
    )


@pytest.mark.parametrize("text", ["a&#10;b", '"”'])
def test_texts_that_the_document_form_has_no_way_to_write_are_refused(text: str) -> None:
    value = text.replace('"', "&quot;")
    assert findings_in(f'<alias name="A" type="UINT8" label="{value}"/>') == [("TDL125", value)]


def test_one_kind_of_quotes_is_fine() -> None:
    assert text_of('<alias name="A" type="UINT8" label="a &quot;b&quot;"/>') == 'TYPE A = UINT8 WITH Label = “a "b"”;\n'
