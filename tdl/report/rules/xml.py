"""12x: XML TDL."""

from tdl.report.diagnostic import Severity
from tdl.report.rule import Example, Rule

_ROOT = '<tdl xmlns="urn:tdl:C1219TDL" name="A">\n'
_RECORD = '  <packedRecord name="A_RCD">\n    <element name="COUNT" type="UINT8"/>\n  </packedRecord>\n'
_TABLE = '  <table number="0" name="A_TBL" type="A_RCD"/>\n'


def _xml(*parts: str) -> Example:
    return Example({"definition.xml": "".join(parts) or _ROOT + _RECORD + _TABLE + "</tdl>\n"}, _CHECK)


_CHECK = "tdl check definition.xml"

MALFORMED = Rule(
    code="TDL120",
    slug="malformed-xml",
    message="not well-formed XML: {problem}",
    why="""
A text that begins with `<` is read as XML, and here it stops being that. Nothing behind this place was read.
""",
    wrong=_xml(_ROOT, _RECORD, _TABLE.replace("/>", ">"), "</tdl>\n"),
    right=_xml(),
)

DOCUMENT_TYPE = Rule(
    code="TDL121",
    slug="xml-document-type",
    message="a document type declaration found, none is read",
    why="""
A `DOCTYPE` can declare entities, which can grow without bound or take in other files. XML TDL needs neither: files are
taken in with `xi:include`, and characters are written as they are or as `&#233;`.
""",
    wrong=_xml('<!DOCTYPE tdl [<!ENTITY name "A_RCD">]>\n', _ROOT, _RECORD, _TABLE, "</tdl>\n"),
    right=_xml(),
)

UNKNOWN_ELEMENT = Rule(
    code="TDL122",
    slug="unknown-xml-element",
    message="`{found}` is not an element of XML TDL",
    why="""
Nothing in a definition is passed over: what is not known is an error. The names are those of `docs/reference/xml.md`;
the published edition's may differ.
""",
    wrong=_xml(_ROOT, _RECORD.replace("packedRecord", "packedrecord"), _TABLE, "</tdl>\n"),
    right=_xml(),
)

UNKNOWN_ATTRIBUTE = Rule(
    code="TDL123",
    slug="unknown-xml-attribute",
    message="`{element}` has no attribute `{found}`",
    why="""
Properties that have no attribute of their own are written as `<property name="..." value="..."/>` inside the element.
""",
    wrong=_xml(_ROOT, _RECORD, _TABLE.replace("/>", ' rol="DATA"/>'), "</tdl>\n"),
    right=_xml(_ROOT, _RECORD, _TABLE.replace("/>", ' role="DATA"/>'), "</tdl>\n"),
)

MISSING = Rule(
    code="TDL124",
    slug="incomplete-xml-element",
    message="`{element}` without {missing}",
    why="The element says nothing without it.",
    wrong=_xml(_ROOT, _RECORD, _TABLE.replace('number="0" ', ""), "</tdl>\n"),
    right=_xml(),
)

BAD_VALUE = Rule(
    code="TDL125",
    slug="bad-xml-value",
    message="{found} found in `{attribute}`, {expected} expected",
    why="""
The attribute's text is not of the form that it must have. Texts must be such that the document form can hold them: on
one line, and without a straight and a closing curly quote in one.
""",
    wrong=_xml(_ROOT, _RECORD, _TABLE.replace('"0"', '"ST0"'), "</tdl>\n"),
    right=_xml(),
)

NOT_IN_XML = Rule(
    code="TDL126",
    slug="not-in-xml",
    message="the character U+{found} cannot be written in XML",
    why="XML has no way to write control characters, not even as a reference. Nothing was written.",
    wrong=Example(
        {"definition.tdl": 'DOCUMENT A;\nTYPE A_RCD = PACKED RECORD\n    COUNT : UINT8 WITH Label = "\x01";\nEND;\n'},
        "tdl merge definition.tdl --notation xml",
    ),
    right=Example(
        {"definition.tdl": 'DOCUMENT A;\nTYPE A_RCD = PACKED RECORD\n    COUNT : UINT8 WITH Label = "no. 1";\nEND;\n'},
        "tdl merge definition.tdl --notation xml",
    ),
)

FOREIGN_NAMESPACE = Rule(
    code="TDL127",
    slug="foreign-xml-namespace",
    message="{found} found, a namespace with `{expected}` in it expected",
    severity=Severity.WARNING,
    why="""
Elements are known by their local names, because the namespaces of the published editions are not all known. One that
does not look like any of them may belong to another format.
""",
    wrong=_xml(_ROOT.replace("urn:tdl:C1219TDL", "http://example.org/meters"), _RECORD, _TABLE, "</tdl>\n"),
    right=_xml(),
)

MISPLACED = Rule(
    code="TDL128",
    slug="misplaced-xml-element",
    message="{found} cannot stand {where}",
    why="The element is known, but means nothing here, or is there once too often.",
    wrong=_xml(_ROOT, '  <element name="COUNT" type="UINT8"/>\n', _RECORD, _TABLE, "</tdl>\n"),
    right=_xml(),
)

STRAY_CHARACTERS = Rule(
    code="TDL129",
    slug="stray-xml-text",
    message="text found in `{element}`, which holds elements only",
    why="Text stands in attributes, in `comment` and in `description`; anywhere else it would be lost.",
    wrong=_xml(_ROOT, "  every table:\n", _RECORD, _TABLE, "</tdl>\n"),
    right=_xml(),
)
