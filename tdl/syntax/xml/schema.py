"""The XML Schema of XML TDL, made from the table of names: ``python -m tdl.syntax.xml.schema`` writes ``tdl.xsd``.

The schema describes what the writer writes; the reader takes more, for example other orders of children.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.sax.saxutils import quoteattr

from tdl.syntax.xml import names
from tdl.syntax.xml.names import ATTRIBUTES, KINDS, Attribute, Form, Kind, Part

FILE: Final = Path(__file__).with_name("tdl.xsd")

_NUMBER = r"(0[xX][0-9A-Fa-f]+|[0-9]+)"
_RANGE = rf"\s*{_NUMBER}\s*(\.\.\s*{_NUMBER}\s*)?"
_PATTERNS = {
    Form.NAME: r"[A-Za-z_][A-Za-z0-9_]*",
    Form.NUMBER: _NUMBER,
    Form.VALUES: rf"{_RANGE}(,{_RANGE})*",
    Form.EXPRESSION: r"(.|\s)*\S(.|\s)*",
    Form.SPECIFICATION: r"(.|\s)*\S(.|\s)*",
    Form.TYPE_NAME: r"([A-Za-z_][A-Za-z0-9_]*\.)?[A-Za-z_][A-Za-z0-9_]*",
}


def schema(namespace: str = names.NAMESPACE) -> str:
    """The schema as text, for documents in the given namespace."""
    return "\n".join(_schema(namespace)) + "\n"


def _schema(namespace: str) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"'
    yield f"           xmlns={quoteattr(namespace)} targetNamespace={quoteattr(namespace)}"
    yield '           elementFormDefault="qualified">'
    for root in names.ROOTS:
        yield f'  <xs:element name="{KINDS[root].tag}" type="{root}"/>'
    for form, pattern in _PATTERNS.items():
        yield f'  <xs:simpleType name="{_form(form)}">'
        yield f'    <xs:restriction base="xs:string"><xs:pattern value={quoteattr(pattern)}/></xs:restriction>'
        yield "  </xs:simpleType>"
    yield '  <xs:attributeGroup name="properties">'
    for name, (_, form) in names.PROPERTIES.items():
        yield f'    <xs:attribute name="{name}" type="{_type(form)}"/>'
    yield "  </xs:attributeGroup>"
    for key, kind in KINDS.items():
        if key != "include":  # the W3C describes that one
            yield from _complex(key, kind)
    yield "</xs:schema>"


def _complex(key: str, kind: Kind) -> Iterator[str]:
    yield f'  <xs:complexType name="{key}"{" mixed=" + quoteattr("true") if kind.text else ""}>'
    if kind.content:
        yield "    <xs:sequence>"
        for part in kind.content:
            yield from _part(part)
        yield "    </xs:sequence>"
    for each in (*kind.required, *kind.optional):
        yield from _attribute(ATTRIBUTES[each], each in kind.required)
    if kind.properties:
        yield '    <xs:attributeGroup ref="properties"/>'
    yield "  </xs:complexType>"


def _part(part: Part) -> Iterator[str]:
    most = "unbounded" if part.most is None else str(part.most)
    yield f'      <xs:choice minOccurs="{part.least}" maxOccurs="{most}">'
    for each in part.kinds:
        if each == "include":
            yield f'        <xs:any namespace="{names.XINCLUDE}" processContents="skip"/>'
        else:
            yield f'        <xs:element name="{KINDS[each].tag}" type="{each}"/>'
    yield "      </xs:choice>"


def _attribute(attribute: Attribute, required: bool) -> Iterator[str]:
    use = ' use="required"' if required else ""
    if not attribute.choices:
        yield f'    <xs:attribute name="{attribute.name}" type="{_type(attribute.form)}"{use}/>'
        return
    choices = "".join(f'<xs:enumeration value="{choice}"/>' for choice in attribute.choices)
    yield f'    <xs:attribute name="{attribute.name}"{use}>'
    yield f'      <xs:simpleType><xs:restriction base="xs:string">{choices}</xs:restriction></xs:simpleType>'
    yield "    </xs:attribute>"


def _type(form: Form) -> str:
    return "xs:string" if form is Form.TEXT else _form(form)


def _form(form: Form) -> str:
    return f"{form.name.lower()}_text"


if __name__ == "__main__":
    FILE.write_text(schema(), "utf-8")
