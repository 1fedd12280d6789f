"""Titles and descriptions, for people who read or edit JSON."""

from __future__ import annotations

from tdl.backends.jsonschema.leaves import Schema
from tdl.backends.words import Said
from tdl.ir import model


def element_words(said: Said) -> Schema:
    text = _text(said.description, said.unit and f"in {said.unit}")
    return ({"title": said.label} if said.label else {}) | ({"description": text} if text else {})


def type_words(name: str, said: Said) -> Schema:
    """What is said of a table or type; its name is the title."""
    text = _text(said.label, said.description)
    return {"title": name} | ({"description": text} if text else {})


def codes_schema(enumeration: model.Enumeration) -> Schema:
    """The codes of a list, each with its name; a code that it does not have is one, too."""
    named = [
        ({"const": each.low} if each.low == each.high else {"minimum": each.low, "maximum": each.high})
        | {"title": each.name}
        | ({"description": each.label} if each.label else {})
        for each in enumeration.enumerators
    ]
    return {"title": enumeration.name, "type": "integer", "anyOf": [*named, {"title": "another code"}]}


def _text(*parts: str) -> str:
    return "; ".join(part for part in parts if part)
