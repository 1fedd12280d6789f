"""Tags to nodes: properties, specifications, members and declarations.

Each function raises `Refused` or `TreeError` for what says nothing sensible.
"""

from __future__ import annotations

from typing import Any

from tdl.report.rules import xml as rules
from tdl.syntax import ast
from tdl.syntax.expected import describe
from tdl.syntax.tree import BIT_KINDS, LARGEST_NUMBER, TreeBuilder, TreeError
from tdl.syntax.xml import names
from tdl.syntax.xml.expressions import Refused, expression, specification
from tdl.syntax.xml.forms import is_name, is_number
from tdl.syntax.xml.parser import behind
from tdl.syntax.xml.tags import Tag, Value

ITEMS = ("element", "sub_element", "enumerator", "if", "switch")
MEMBERS = ITEMS[:3]

_BLOCK_WORDS = ("IF", "SWITCH", "CASE", "END")
_RESERVED = {
    "then": (*_BLOCK_WORDS, "ELSE"),
    "case": (*_BLOCK_WORDS, "ELSE", "DEFAULT"),
    "default": (*_BLOCK_WORDS, "ELSE", "DEFAULT"),
    "add_member": ("IF", "SWITCH", "CASE"),
    "replace_member": (),
}
"""Words that cannot name a member in the document form, by what the member stands in."""

_TYPE_WORDS = ("PACKED", "BIT", "ENUMERATION")


def bad_value(value: Value, attribute: str, expected: str) -> Refused:
    """What to raise for an attribute's text; ``attribute`` is its key."""
    name = names.ATTRIBUTES[attribute].name
    return Refused(rules.BAD_VALUE.at(value.span, found=describe(value.text), attribute=name, expected=expected))


def comments_of(tag: Tag) -> tuple[ast.Comment, ...]:
    """The comments before and inside an element, and those behind the last element in it."""
    return (*tag.comments, *behind(tag.pending))


# --- properties ----------------------------------------------------------------------------------------------------


def properties_of(tag: Tag) -> ast.Properties:
    """Those with attributes of their own, then the others."""
    found = []
    for attribute, name_span, value in tag.properties:
        name, form = names.PROPERTIES[attribute]
        content: ast.PropertyValue = value.text
        if form is names.Form.NAME:
            content = ast.Word(name=value.text, span=value.span)
        found.append(ast.Property(name=name, value=content, span=name_span.to(value.span)))
    for child in tag.of("property"):
        said, value = child.values["name"], child.values["value"]
        # from the name to the value, as in the document form, so that a finding can mark the one or the other
        span = said.span.to(value.span) if said.span.start < value.span.start else said.span
        found.append(ast.Property(name=said.text, value=value_of(child), span=span))
    return tuple(found)


def value_of(tag: Tag) -> ast.PropertyValue:
    """The value that `value` and `as` give."""
    value = tag.values["value"]
    match tag.get("as"):
        case "number":
            sign = -1 if value.text.startswith("-") else 1
            return sign * integer(value, "value", value.text.removeprefix("-"))
        case "word":
            if not is_name(value.text):
                raise bad_value(value, "value", names.Form.NAME.value)
            return ast.Word(name=value.text, span=value.span)
        case _:
            return value.text


# --- numbers -------------------------------------------------------------------------------------------------------


def integer(value: Value, attribute: str, text: str | None = None) -> int:
    """The number in an attribute, or in part of its text."""
    digits = (value.text if text is None else text).strip()
    if not is_number(digits):
        raise bad_value(value, attribute, names.Form.NUMBER.value)
    base = 16 if digits[:2] in ("0x", "0X") else 10
    number = int(digits, base) if len(digits) < 40 else LARGEST_NUMBER + 1
    if number > LARGEST_NUMBER:
        raise TreeError("BAD_NUMBER", value.span, found=digits if len(digits) < 40 else f"{digits[:40]}...")
    return number


def ranges(value: Value, attribute: str) -> tuple[tuple[int, int], ...]:
    """``1, 4..5``, whose form the parser has looked at."""
    found = []
    for part in value.text.split(","):
        low, dots, high = part.partition("..")
        first = integer(value, attribute, low)
        found.append((first, integer(value, attribute, high) if dots else first))
    return tuple(found)


def number_of(tag: Tag) -> ast.Number:
    return ast.Number(group=tag.get("group") or "", value=integer(tag.values["number"], "number"))


# --- specifications ------------------------------------------------------------------------------------------------


def specification_of(tag: Tag) -> ast.Specification:
    """What `type`, `size` and `count` say together."""
    value, count, size = tag.values["type"], tag.values.get("count"), tag.values.get("size")
    found = specification(value)
    if size is not None:
        if not isinstance(found, ast.Named) or found.scope is not None:
            raise bad_value(value, "type", "the name of a type that has a size")
        length = expression(size)
        if found.name in BIT_KINDS and isinstance(length, ast.Integer):
            found = ast.BitRange(kind=found.name, low=length.value, high=length.value, span=value.span)
        else:
            found = ast.Sized(name=found.name, size=length, span=value.span)
    if count is not None:
        found = ast.Array(count=expression(count), of=found, span=value.span)
    return found


def _member_specification(tag: Tag) -> ast.Specification:
    match tag.kind:
        case "sub_element":
            kind, end = tag.values["bits"], tag.values.get("end")
            if kind.text == "ARRAY":
                raise bad_value(kind, "bits", "a kind of bits")
            low = integer(tag.values["start"], "start")
            high = low if end is None else integer(end, "end")
            return ast.BitRange(kind=kind.text, low=low, high=high, span=tag.span)
        case "enumerator":
            codes = tag.values["codes"]
            (low, high), *others = ranges(codes, "codes")
            if others:
                raise bad_value(codes, "codes", "one number or range")
            return ast.CodeRange(low=low, high=high, span=codes.span)
        case _:
            return specification_of(tag)


def _type_name(tag: Tag, key: str) -> ast.Named | None:
    value = tag.values.get(key)
    if value is None:
        return None
    found = specification(value)
    if not isinstance(found, ast.Named):
        raise bad_value(value, key, names.Form.TYPE_NAME.value)
    return found


# --- members -------------------------------------------------------------------------------------------------------


def member(tag: Tag) -> ast.Member:
    name = tag.values["name"]
    if name.text in _RESERVED.get(tag.parent, _BLOCK_WORDS):
        raise bad_value(name, "name", "a name that is no keyword there in the document form")
    return ast.Member(
        name=name.text,
        name_span=name.span,
        specification=_member_specification(tag),
        properties=properties_of(tag),
        comments=comments_of(tag),
        span=tag.span,
    )


def item(tag: Tag) -> ast.Item:
    match tag.kind:
        case "if":
            otherwise = tag.of("else")
            return ast.If(
                condition=expression(tag.values["condition"]),
                then=_items(tag.of("then")[0]),
                otherwise=_items(otherwise[0]) if otherwise else (),
                comments=comments_of(tag),
                span=tag.span,
            )
        case "switch":
            default = tag.of("default")
            return ast.Switch(
                selector=expression(tag.values["selector"]),
                arms=tuple(_arm(each) for each in tag.of("case")),
                default=_items(default[0]) if default else None,
                comments=comments_of(tag),
                span=tag.span,
            )
        case _:
            return member(tag)


def _arm(tag: Tag) -> ast.Arm:
    return ast.Arm(labels=ranges(tag.values["labels"], "labels"), items=_items(tag), span=tag.span)


def _items(tag: Tag) -> tuple[ast.Item, ...]:
    return tuple(item(child) for child in tag.of(*ITEMS))


# --- declarations --------------------------------------------------------------------------------------------------


def declaration(tag: Tag) -> ast.Declaration:
    builder = TreeBuilder()  # knows what may stand in what, as in the document form
    declared: dict[str, Any] = {
        "name": tag.values["name"].text,
        "name_span": tag.place("name"),
        "properties": properties_of(tag),
        "comments": comments_of(tag),
        "span": tag.span,
    }
    match tag.kind:
        case "record":
            items = builder.each_in(_items(tag), (ast.Named, ast.Sized, ast.Array), "a record")
            return ast.Record(items=items, **declared)
        case "bit_field":
            items = builder.each_in(_items(tag), (ast.BitRange,), "a bit field")
            container = tag.values["container"]
            return ast.BitField(container=container.text, container_span=container.span, items=items, **declared)
        case "enumeration":
            return ast.Enumeration(items=_items(tag), **declared)
        case "alias":
            of = builder.type_specification(specification_of(tag), "an alias")
            if isinstance(of, ast.Named) and of.scope is None and of.name in _TYPE_WORDS:
                raise bad_value(tag.values["type"], "type", "a name that is no keyword there in the document form")
            return ast.Alias(specification=of, **declared)
        case "table":
            return ast.Table(
                number=number_of(tag),
                number_span=tag.place("number"),
                specification=builder.type_specification(specification_of(tag), "a table"),
                **declared,
            )
        case _:
            return ast.Procedure(
                number=number_of(tag),
                number_span=tag.place("number"),
                parameter=_type_name(tag, "parameter"),
                response=_type_name(tag, "response"),
                **declared,
            )
