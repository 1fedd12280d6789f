"""XML TDL written: a tree to XML that reads back to the same tree.

Two spaces a level, UTF-8, line feeds; the same tree gives the same octets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, assert_never
from urllib.parse import quote

from tdl.sources import Span
from tdl.syntax import ast
from tdl.syntax.printer import print_expression, print_specification, print_value
from tdl.syntax.xml import names
from tdl.syntax.xml.decades import grouped
from tdl.syntax.xml.names import ATTRIBUTES, KINDS, Form

if TYPE_CHECKING:
    from lxml.etree import _Element

_BY_PROPERTY = {name: (attribute, form) for attribute, (name, form) in names.PROPERTIES.items()}
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SAFE_IN_HREF = "/:@!$&'()*+,;=~"


class NotInXml(Exception):
    """A text holds a character that XML has no way to write.

    Attributes:
        span: what holds it.
        character: the character.
    """

    def __init__(self, span: Span, character: str) -> None:
        super().__init__(f"U+{ord(character):04X} cannot be written in XML")
        self.span, self.character = span, character


class LxmlMissing(Exception):
    """XML is written with lxml, which is not installed: the extra `xml` has it."""

    def __init__(self) -> None:
        super().__init__("lxml is not installed: pip install 'tdl-compiler[xml]'")


def write_xml(tree: ast.Document | ast.Fragment, namespace: str = names.NAMESPACE) -> str:
    """A document or fragment as XML text, its elements in the given namespace.

    Raises:
        NotInXml: a text of the tree has no XML form.
        LxmlMissing: the extra is not installed.
    """
    try:
        from lxml import etree
    except ImportError:
        raise LxmlMissing from None
    root = _Writer(namespace, includes=bool(tree.imports)).root(tree)
    etree.indent(root, space="  ")
    text: str = etree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


class _Writer:
    def __init__(self, namespace: str, includes: bool) -> None:
        from lxml import etree

        self.etree, self.namespace = etree, namespace
        self.prefixes: dict[Any, str] = {None: namespace} | ({"xi": names.XINCLUDE} if includes else {})

    def node(self, parent: _Element | None, kind: str, span: Span, /, **values: str | int | None) -> _Element:
        """An element of a kind with attributes by their keys; those that are None are left out."""
        namespace = names.XINCLUDE if kind == "include" else self.namespace
        tag = f"{{{namespace}}}{KINDS[kind].tag}"
        if parent is None:
            made = self.etree.Element(tag, nsmap=self.prefixes)
        else:
            made = self.etree.SubElement(parent, tag)
        for key, value in values.items():
            if value is not None:
                made.set(ATTRIBUTES[key].name, self.checked(str(value), span))
        return made

    def checked(self, text: str, span: Span) -> str:
        bad = _FORBIDDEN.search(text)
        if bad is not None:
            raise NotInXml(span, bad.group())
        return text

    # --- roots -------------------------------------------------------------------------------------------------

    def root(self, tree: ast.Document | ast.Fragment) -> _Element:
        header = tree.header
        said = {"name": header.name, "edition": header.edition, "version": header.version}
        if isinstance(tree, ast.Fragment):
            said |= {"base": header.base or "", "base_hash": header.base_hash}
        root = self.node(None, "fragment" if isinstance(tree, ast.Fragment) else "document", header.span, **said)
        self.comments(root, header.comments)
        self.properties(root, header.properties)
        for each in tree.imports:
            href = quote(self.checked(each.target, each.span), safe=_SAFE_IN_HREF)
            self.node(root, "include", each.span, href=href)
        if isinstance(tree, ast.Fragment):
            for edit in tree.edits:
                self.edit(root, edit)
        else:
            for decade, declarations in grouped(tree.declarations):
                inside = root
                if decade is not None:
                    group = decade.group or None
                    inside = self.node(root, "decade", header.span, number=decade.value, group=group)
                for declaration in declarations:
                    self.declaration(inside, declaration)
        return root

    # --- comments and properties -------------------------------------------------------------------------------

    def comments(self, element: _Element, comments: tuple[ast.Comment, ...]) -> None:
        for comment in comments:
            place = None if comment.before else "behind"
            made = self.node(element, "comment", comment.span, place=place, apart="true" if comment.apart else None)
            made.text = self.checked(comment.text, comment.span)

    def properties(self, element: _Element, properties: ast.Properties) -> None:
        """Properties in their order: attributes for those before the first that has none, elements for the rest."""
        left = list(properties)
        while left and self.as_attribute(element, left[0]):
            left.pop(0)
        for each in left:
            self.node(element, "property", each.span, name=each.name, **_valued(each.value))

    def as_attribute(self, element: _Element, each: ast.Property) -> bool:
        attribute, form = _BY_PROPERTY.get(each.name, ("", Form.TEXT))
        if not attribute or attribute in element.attrib or isinstance(each.value, int):
            return False
        if isinstance(each.value, ast.Word) is not (form is Form.NAME):
            return False
        text = each.value.name if isinstance(each.value, ast.Word) else each.value
        element.set(attribute, self.checked(text, each.span))
        return True

    # --- declarations ------------------------------------------------------------------------------------------

    def declaration(self, parent: _Element, declaration: ast.Declaration) -> None:
        name, span = declaration.name, declaration.span
        items: tuple[ast.Item, ...] = ()
        match declaration:
            case ast.Record():
                made, items = self.node(parent, "record", span, name=name), declaration.items
            case ast.BitField():
                made = self.node(parent, "bit_field", span, name=name, container=declaration.container)
                items = declaration.items
            case ast.Enumeration():
                made, items = self.node(parent, "enumeration", span, name=name), declaration.items
            case ast.Alias():
                made = self.node(parent, "alias", span, name=name, **_specified(declaration.specification))
            case ast.Table():
                number, of = _numbered(declaration.number), _specified(declaration.specification)
                made = self.node(parent, "table", span, **number, name=name, **of)
            case ast.Procedure():
                parts = {"parameter": declaration.parameter, "response": declaration.response}
                types = {key: print_specification(part) for key, part in parts.items() if part is not None}
                made = self.node(parent, "procedure", span, **_numbered(declaration.number), name=name, **types)
            case _:
                assert_never(declaration)
        self.comments(made, declaration.comments)
        self.properties(made, declaration.properties)
        self.items(made, items)

    def items(self, parent: _Element, items: Sequence[ast.Item]) -> None:
        for item in items:
            self.item(parent, item)

    def item(self, parent: _Element, item: ast.Item) -> None:
        match item:
            case ast.Member():
                made = self.member(parent, item.name, item.specification, item.span)
                self.comments(made, item.comments)
                self.properties(made, item.properties)
            case ast.If():
                made = self.node(parent, "if", item.span, condition=print_expression(item.condition))
                self.comments(made, item.comments)
                self.items(self.node(made, "then", item.span), item.then)
                if item.otherwise:
                    self.items(self.node(made, "else", item.span), item.otherwise)
            case ast.Switch():
                made = self.node(parent, "switch", item.span, selector=print_expression(item.selector))
                self.comments(made, item.comments)
                for arm in item.arms:
                    self.items(self.node(made, "case", arm.span, labels=", ".join(_ranges(arm.labels))), arm.items)
                if item.default is not None:
                    self.items(self.node(made, "default", item.span), item.default)
            case _:
                assert_never(item)

    def member(self, parent: _Element, name: str, of: ast.Specification, span: Span) -> _Element:
        match of:
            case ast.BitRange():
                return self.node(parent, "sub_element", span, name=name, bits=of.kind, start=of.low, end=of.high)
            case ast.CodeRange():
                return self.node(parent, "enumerator", span, name=name, codes=print_specification(of))
            case _:
                return self.node(parent, "element", span, name=name, **_specified(of))

    # --- fragments ---------------------------------------------------------------------------------------------

    def edit(self, root: _Element, edit: ast.Edit) -> None:
        match edit:
            case ast.Add() | ast.Replace():
                made = self.node(root, "add" if isinstance(edit, ast.Add) else "replace", edit.span)
                self.comments(made, edit.comments)
                self.declaration(made, edit.declaration)
            case ast.Remove():
                made = self.node(root, "remove", edit.span, **_target(edit.target, "kind"))
                self.comments(made, edit.comments)
            case ast.Rename():
                made = self.node(root, "rename", edit.span, **_target(edit.target, "kind"), to=edit.to)
                self.comments(made, edit.comments)
            case ast.Modify():
                made = self.node(root, "modify", edit.span, **_target(edit.target, "any_kind"))
                self.comments(made, edit.comments)
                for each in edit.edits:
                    self.member_edit(made, each)
            case _:
                assert_never(edit)

    def member_edit(self, parent: _Element, edit: ast.MemberEdit | ast.PropertyEdit) -> None:
        match edit:
            case ast.AddMember():
                made = self.node(parent, "add_member", edit.span, **_position(edit.position))
                self.comments(made, edit.comments)
                self.item(made, edit.item)
            case ast.ReplaceMember():
                made = self.node(parent, "replace_member", edit.span)
                self.comments(made, edit.comments)
                member = self.member(made, edit.name, edit.specification, edit.span)
                self.properties(member, edit.properties)
                if edit.was is not None:
                    self.node(made, "was_type", edit.span, type=print_specification(edit.was))
            case ast.RemoveMember():
                self.comments(self.node(parent, "remove_member", edit.span, name=edit.name), edit.comments)
            case ast.RenameMember():
                made = self.node(parent, "rename_member", edit.span, name=edit.name, to=edit.to)
                self.comments(made, edit.comments)
            case ast.MoveMember():
                made = self.node(parent, "move_member", edit.span, name=edit.name, **_position(edit.position))
                self.comments(made, edit.comments)
            case ast.SetProperty() | ast.UnsetProperty():
                kind = "set" if isinstance(edit, ast.SetProperty) else "unset"
                value = _valued(edit.value) if isinstance(edit, ast.SetProperty) else {}
                made = self.node(parent, kind, edit.span, member=edit.member, name=edit.name, **value)
                self.comments(made, edit.comments)
                if edit.was is not None:
                    self.node(made, "was_value", edit.span, **_valued(edit.was))
            case _:
                assert_never(edit)


def _specified(of: ast.Specification) -> dict[str, str]:
    """`type`, and `size` and `count` where there are any; of arrays of arrays the outer one is taken apart."""
    count = {}
    if isinstance(of, ast.Array):
        count, of = {"count": print_expression(of.count)}, of.of
    if isinstance(of, ast.Sized):
        return {"type": of.name, "size": print_expression(of.size), **count}
    return {"type": print_specification(of), **count}


def _valued(value: ast.PropertyValue) -> dict[str, str]:
    match value:
        case ast.Word():
            return {"value": value.name, "as": "word"}
        case int():
            return {"value": print_value(value), "as": "number"}
        case _:
            return {"value": value}


def _numbered(number: ast.Number) -> dict[str, str | int | None]:
    return {"number": number.value, "group": number.group or None}


def _target(target: ast.Target, key: str) -> dict[str, str | int | None]:
    number = {} if target.number is None else _numbered(target.number)
    return {key: target.kind.lower(), "name": target.name, **number}


def _position(position: ast.Position | None) -> dict[str, str | None]:
    if position is None:
        return {}
    if position.anchor is None:
        return {"at": position.where.lower()}
    return {position.where.lower(): position.anchor}


def _ranges(ranges: tuple[tuple[int, int], ...]) -> Iterator[str]:
    return (str(low) if low == high else f"{low}..{high}" for low, high in ranges)
