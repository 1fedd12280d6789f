"""The one table of XML TDL: what elements and attributes are called, and what may stand in what.

The names of the published edition are not known, so all of them are ours, chosen to match what public fragments show
(`tdl`, `decade` with `name`, `number` and `label`). Whoever knows better changes them here and nowhere else: the reader
and the writer use the keys, and the schema is made from this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

from tdl.deferred import dataclass

NAMESPACE: Final = "urn:tdl:C1219TDL"
"""What is written unless another is asked for. Ours: the standard's own belongs to the standard's own names."""

NAMESPACE_MARK: Final = "C1219TDL"
"""What is in the namespace of every edition that is known of."""

XINCLUDE: Final = "http://www.w3.org/2001/XInclude"
XINCLUDES: Final = (XINCLUDE, "http://www.w3.org/1999/XML/XInclude")
"""The W3C's namespace, and the draft's that the working group's files have."""


class Form(Enum):
    """How the text of an attribute is read. Expressions and types are in the document form."""

    NAME = "a name"
    TEXT = "a text"
    NUMBER = "a number"
    EXPRESSION = "an expression"
    SPECIFICATION = "a type"
    TYPE_NAME = "the name of a type"
    VALUES = "numbers and ranges"
    CHOICE = "one of a list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    name: str
    form: Form
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A stretch of an element's content: any of these kinds, from ``least`` to ``most`` times."""

    kinds: tuple[str, ...]
    least: int = 0
    most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of element.

    ``required`` and ``optional`` are keys of `ATTRIBUTES`; ``content`` is in the order of the schema, which the reader
    does not insist on.
    """

    tag: str
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    content: tuple[Part, ...] = ()
    properties: bool = False
    text: bool = False


def _attribute(name: str, form: Form, *choices: str) -> Attribute:
    return Attribute(name=name, form=form, choices=choices)


ATTRIBUTES: Final[Mapping[str, Attribute]] = MappingProxyType({
    "name": _attribute("name", Form.NAME),
    "number": _attribute("number", Form.NUMBER),
    "group": _attribute("group", Form.CHOICE, "MFG", "USER"),
    "edition": _attribute("edition", Form.TEXT),
    "version": _attribute("version", Form.TEXT),
    "base": _attribute("of", Form.TEXT),
    "base_hash": _attribute("sha256", Form.TEXT),
    "href": _attribute("href", Form.TEXT),
    "parse": _attribute("parse", Form.CHOICE, "xml"),
    "decade_label": _attribute("label", Form.TEXT),
    # types
    "type": _attribute("type", Form.SPECIFICATION),
    "size": _attribute("size", Form.EXPRESSION),
    "count": _attribute("count", Form.EXPRESSION),
    "container": _attribute("container", Form.NAME),
    "bits": _attribute("type", Form.NAME),
    "start": _attribute("start", Form.NUMBER),
    "end": _attribute("end", Form.NUMBER),
    "codes": _attribute("value", Form.VALUES),
    "parameter": _attribute("parameter", Form.TYPE_NAME),
    "response": _attribute("response", Form.TYPE_NAME),
    # conditionals
    "condition": _attribute("condition", Form.EXPRESSION),
    "selector": _attribute("selector", Form.EXPRESSION),
    "labels": _attribute("values", Form.VALUES),
    # fragments
    "kind": _attribute("kind", Form.CHOICE, "type", "table", "procedure"),
    "any_kind": _attribute("kind", Form.CHOICE, "type", "table", "procedure", "document"),
    "to": _attribute("to", Form.NAME),
    "at": _attribute("at", Form.CHOICE, "first", "last"),
    "before": _attribute("before", Form.NAME),
    "after": _attribute("after", Form.NAME),
    "member": _attribute("member", Form.NAME),
    # properties and comments
    "value": _attribute("value", Form.TEXT),
    "as": _attribute("as", Form.CHOICE, "text", "number", "word"),
    "place": _attribute("place", Form.CHOICE, "before", "behind"),
    "apart": _attribute("apart", Form.CHOICE, "true", "false"),
})  # fmt: skip

PROPERTIES: Final[Mapping[str, tuple[str, Form]]] = MappingProxyType({
    "label": ("Label", Form.TEXT),
    "description": ("Description", Form.TEXT),
    "role": ("Role", Form.TEXT),
    "accessibility": ("Accessibility", Form.TEXT),
    "unit": ("Unit", Form.TEXT),
    "confidence": ("Confidence", Form.TEXT),
    "source": ("Source", Form.TEXT),
    "enum": ("Enum", Form.NAME),
    "atomic": ("Atomic", Form.NAME),
    "volatile": ("Volatile", Form.NAME),
    "deprecated": ("Deprecated", Form.NAME),
    "metrologyConfig": ("MetrologyConfig", Form.NAME),
})  # fmt: skip
"""Properties that have attributes of their own, and whether their value there is a text or a word."""

_COMMENTS = Part(kinds=("comment",))
_PROPERTIES = Part(kinds=("property",))
_ITEMS = ("element", "sub_element", "if", "switch")
_TYPES = ("record", "bit_field", "enumeration", "alias")
_DECLARATIONS = (*_TYPES, "table", "procedure")
_POSITION = ("at", "before", "after")


def _one(*kinds: str) -> Part:
    return Part(kinds=kinds, least=1, most=1)


def _maybe(*kinds: str) -> Part:
    return Part(kinds=kinds, most=1)


def _any(*kinds: str) -> Part:
    return Part(kinds=kinds)


def _declared(tag: str, *content: Part, required: tuple[str, ...] = ("name",), optional: tuple[str, ...] = ()) -> Kind:
    """What has a name, comments and properties."""
    content = (_COMMENTS, _PROPERTIES, *content)
    return Kind(tag=tag, required=required, optional=optional, content=content, properties=True)


def _root(tag: str, *content: Part, required: tuple[str, ...] = (), optional: tuple[str, ...] = ()) -> Kind:
    header = ("name", "edition", "version")
    return _declared(tag, _any("include"), *content, required=required, optional=(*header, *optional))


def _verb(tag: str, *content: Part, required: tuple[str, ...] = (), optional: tuple[str, ...] = ()) -> Kind:
    return Kind(tag=tag, required=required, optional=optional, content=(_COMMENTS, *content))


KINDS: Final[Mapping[str, Kind]] = MappingProxyType({
    "document": _root("tdl", _any("decade", *_DECLARATIONS)),
    "fragment": _root(
        "fragment", _any("add", "replace", "remove", "rename", "modify"), required=("base",), optional=("base_hash",)
    ),
    "include": Kind(tag="include", required=("href",), optional=("parse",)),
    "comment": Kind(tag="comment", optional=("place", "apart"), text=True),
    "property": Kind(tag="property", required=("name", "value"), optional=("as",)),
    # documents
    "decade": Kind(
        tag="decade",
        required=("number",),
        optional=("name", "group", "decade_label"),
        content=(_maybe("description"), _any("include", *_DECLARATIONS)),
    ),
    "description": Kind(tag="description", text=True),
    "record": _declared("packedRecord", _any(*_ITEMS)),
    "bit_field": _declared("bitField", _any(*_ITEMS), required=("name", "container")),
    "enumeration": _declared("enumeration", _any("enumerator")),
    "alias": _declared("alias", required=("name", "type"), optional=("size", "count")),
    "table": _declared("table", required=("number", "name", "type"), optional=("group", "size", "count")),
    "procedure": _declared("procedure", required=("number", "name"), optional=("group", "parameter", "response")),
    # members
    "element": _declared("element", required=("name", "type"), optional=("size", "count")),
    "sub_element": _declared("subElement", required=("name", "bits", "start"), optional=("end",)),
    "enumerator": _declared("enumerator", required=("name", "codes")),
    "if": _verb("if", _one("then"), _maybe("else"), required=("condition",)),
    "then": Kind(tag="then", content=(_any(*_ITEMS),)),
    "else": Kind(tag="else", content=(_any(*_ITEMS),)),
    "switch": _verb("switch", _any("case"), _maybe("default"), required=("selector",)),
    "case": Kind(tag="case", required=("labels",), content=(_any(*_ITEMS),)),
    "default": Kind(tag="default", content=(_any(*_ITEMS),)),
    # fragments
    "add": _verb("add", _one(*_DECLARATIONS)),
    "replace": _verb("replace", _one(*_DECLARATIONS)),
    "remove": _verb("remove", required=("kind",), optional=("name", "number", "group")),
    "rename": _verb("rename", required=("kind", "to"), optional=("name", "number", "group")),
    "modify": _verb(
        "modify",
        _any("add_member", "replace_member", "remove_member", "rename_member", "move_member", "set", "unset"),
        required=("any_kind",),
        optional=("name", "number", "group"),
    ),
    "add_member": _verb("add", _one(*_ITEMS, "enumerator"), optional=_POSITION),
    "replace_member": _verb("replace", _one("element", "sub_element", "enumerator"), _maybe("was_type")),
    "remove_member": _verb("remove", required=("name",)),
    "rename_member": _verb("rename", required=("name", "to")),
    "move_member": _verb("move", required=("name",), optional=_POSITION),
    "set": _verb("set", _maybe("was_value"), required=("name", "value"), optional=("member", "as")),
    "unset": _verb("unset", _maybe("was_value"), required=("name",), optional=("member",)),
    "was_type": Kind(tag="was", required=("type",)),
    "was_value": Kind(tag="was", required=("value",), optional=("as",)),
})  # fmt: skip

ROOTS: Final = ("document", "fragment", "decade")
"""What a file may hold; a decade is a file of its own where others include it."""


def children(key: str) -> Mapping[str, str]:
    """The keys of the kinds that may stand in a kind, by their tags."""
    return {KINDS[each].tag: each for part in KINDS[key].content for each in part.kinds}


def attributes(key: str) -> Mapping[str, str]:
    """The keys of the attributes that a kind may have, by their names; those of properties are not among them."""
    kind = KINDS[key]
    return {ATTRIBUTES[each].name: each for each in (*kind.required, *kind.optional)}


CHILDREN: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType({key: children(key) for key in KINDS})
OWN_ATTRIBUTES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType({key: attributes(key) for key in KINDS})
