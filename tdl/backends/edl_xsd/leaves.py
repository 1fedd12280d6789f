"""What the leaves of a Plan look like in EDL: their ``type`` and the values that their content can have."""

from __future__ import annotations

from typing import assert_never

from tdl.backends.edl_xsd.nodes import Node, node
from tdl.deferred import dataclass
from tdl.ir import plan
from tdl.ir.expr import Const

_DECIMAL = r"[+\-]?[0-9]+(\.[0-9]+)?([eE][+\-]?[0-9]+)?"
_DATE, _TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}", r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
_BUILT_IN = {1: "xs:unsignedByte", 2: "xs:unsignedShort", 4: "xs:unsignedInt", 8: "xs:unsignedLong"}
_TIMES = ("TIME", "STIME", "HTIME")
_MAX_FACET = 1 << 24
"""Lengths beyond the largest table say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A simple type: its name, and its definition unless it is built in."""

    name: str
    definition: Node | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """What a leaf can be.

    Attributes:
        kinds: the attribute ``type``; ``""`` stands for none.
        values: what its content can be.
        raw: whether the attribute ``raw`` may hold its octets.
        enumeration: the list of codes that the attribute ``name`` is out of.
    """

    kinds: tuple[str, ...]
    values: tuple[Value, ...]
    raw: bool = False
    enumeration: str | None = None

    def either(self, other: Leaf) -> Leaf:
        """A leaf that can be one of two."""
        return Leaf(
            kinds=tuple(dict.fromkeys((*self.kinds, *other.kinds))),
            values=tuple(dict.fromkeys((*self.values, *other.values))),
            raw=self.raw or other.raw,
            enumeration=self.enumeration if self.enumeration == other.enumeration else None,
        )


RAW = Value(name="xs:hexBinary")
EMPTY = Value(name="value.none", definition=node("restriction", node("length", value=0), base="xs:token"))
DECIMAL = Value(name="value.decimal", definition=node("restriction", node("pattern", value=_DECIMAL), base="xs:string"))
NIL = Leaf(kinds=("nil",), values=(EMPTY,))


def leaf_of(op: plan.Take | plan.Bytes | plan.Builtin | plan.Opaque | plan.Field) -> Leaf:
    """What an op's value can be."""
    match op:
        case plan.Take(kind="float"):
            return Leaf(kinds=("float",), values=(Value(name="xs:double"),), raw=True)
        case plan.Take(kind="uint"):
            return Leaf(kinds=("",), values=(_unsigned(8 * op.octets),), enumeration=op.enumeration)
        case plan.Take(decimals=0):
            return Leaf(kinds=("",), values=(_signed(8 * op.octets),), raw=True, enumeration=op.enumeration)
        case plan.Take():
            return Leaf(kinds=("decimal",), values=(DECIMAL,), raw=True)
        case plan.Bytes():
            return _octets(op)
        case plan.Builtin():
            return _builtin(op)
        case plan.Opaque():
            return Leaf(kinds=("hex",), values=(_hex("maxLength", _constant(op.limit)),))
        case plan.Field():
            return _field(op)
        case _:
            assert_never(op)


def attributes_of(leaf: Leaf) -> tuple[Node, ...]:
    """The attributes of a leaf's element."""
    found = []
    kinds = [kind for kind in leaf.kinds if kind]
    if kinds:
        choices = node("restriction", *(node("enumeration", value=kind) for kind in kinds), base="xs:token")
        use = None if "" in leaf.kinds else "required"
        found.append(node("attribute", node("simpleType", choices), name="type", use=use))
    if leaf.raw:
        found.append(node("attribute", name="raw", type="xs:hexBinary"))
    if leaf.enumeration is not None:
        found.append(node("attribute", name="name", type=f"codes.{leaf.enumeration}"))
    return tuple(found)


def _unsigned(bits: int) -> Value:
    if bits % 8 == 0 and bits // 8 in _BUILT_IN:
        return Value(name=_BUILT_IN[bits // 8])
    return _between(f"value.uint{bits}", 0, (1 << bits) - 1)


def _signed(bits: int) -> Value:
    return _between(f"value.int{bits}", -(1 << bits - 1), (1 << bits - 1) - 1)


def _between(name: str, low: int, high: int) -> Value:
    limits = node("minInclusive", value=low), node("maxInclusive", value=high)
    return Value(name=name, definition=node("restriction", *limits, base="xs:integer"))


def _field(op: plan.Field) -> Leaf:
    if op.kind == "int":
        return Leaf(kinds=("",), values=(_signed(op.width),), raw=True, enumeration=op.enumeration)
    number = _between(f"value.uint{op.width}", 0, (1 << op.width) - 1)
    if op.kind == "bool":
        flag = Value(name="xs:boolean")
        return Leaf(kinds=("",), values=(flag, number) if op.width > 1 else (flag,), enumeration=op.enumeration)
    return Leaf(kinds=("",), values=(number,), enumeration=op.enumeration)


def _octets(op: plan.Bytes) -> Leaf:
    length = _constant(op.length)
    match op.form:
        case "text":
            # octets that are no characters, and characters that XML does not have
            known = isinstance(op.charset, Const) and op.charset.value in (1, 2, 3)
            text = Leaf(kinds=("text", "escaped"), values=_texts(length), raw=True)
            return text if known else text.either(Leaf(kinds=("raw",), values=(RAW,)))
        case "bcd":
            return Leaf(kinds=("text",), values=(_hex("length", length),))
        case "set":
            return Leaf(kinds=("set",), values=(_members(length),))
        case _:
            return Leaf(kinds=("hex",), values=(_hex("length", length),))


def _texts(length: int | None) -> tuple[Value, ...]:
    if length is None:
        return (Value(name="xs:string"),)
    plain = node("restriction", node("maxLength", value=length), base="xs:string")
    # an escape takes up to six characters of XML for one of the text
    limits = node("maxLength", value=6 * length), node("pattern", value=r"(.|\n|\r)*\\u[0-9a-fA-F]{4}(.|\n|\r)*")
    escaped = node("restriction", *limits, base="xs:string")
    return (
        Value(name=f"value.text{length}", definition=plain),
        Value(name=f"value.escaped{length}", definition=escaped),
    )


def _hex(facet: str, length: int | None) -> Value:
    if length is None:
        return RAW
    name = f"value.hex{length}" if facet == "length" else f"value.hex-to-{length}"
    return Value(name=name, definition=node("restriction", node(facet, value=length), base="xs:hexBinary"))


def _members(octets: int | None) -> Value:
    if octets is None:
        return Value(name="value.set", definition=node("list", itemType="xs:unsignedInt"))
    if not octets:
        return EMPTY
    limit = node("restriction", node("maxInclusive", value=8 * octets - 1), base="xs:unsignedInt")
    return Value(name=f"value.set{octets}", definition=node("list", node("simpleType", limit)))


def _builtin(op: plan.Builtin) -> Leaf:
    raw = Leaf(kinds=("raw",), values=(RAW,))
    if not op.octets:
        return NIL
    if op.kind in ("FLOAT_CHAR", "FIXED_BCD"):
        return Leaf(kinds=("decimal",), values=(DECIMAL,), raw=True).either(raw)
    if op.kind == "RDATE":
        return Leaf(kinds=("",), values=(_unsigned(16),))
    if op.kind == "DATE":
        kind, pattern = "date", _DATE
    elif op.kind in _TIMES:
        kind, pattern = "time", _TIME
    else:
        kind, pattern = "dateTime", f"{_DATE}T{_TIME}"
    local = node("restriction", node("pattern", value=pattern), base=f"xs:{kind}")
    return Leaf(kinds=(kind,), values=(Value(name=f"value.{kind}", definition=local),)).either(raw)


def _constant(expression: object) -> int | None:
    if isinstance(expression, Const) and 0 <= expression.value < _MAX_FACET:
        return expression.value
    return None
