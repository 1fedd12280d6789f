"""The tree builder: grammar rules to nodes, called by the parser as each rule is reduced.

Every token is kept (``keep_all_tokens``), so a node's span is its first child's start to its last child's end.
Methods are named after the grammar's rules and take their children.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from lark import Token

from tdl.sources import NOWHERE, SourceFile, Span
from tdl.syntax import ast

LARGEST_NUMBER = 2**64 - 1
BIT_KINDS = ("UINT", "INT", "BOOL", "FILL")

_OPERATORS = {"=": "==", "<>": "!="}


class TreeError(Exception):
    """Text that follows the grammar and still says nothing sensible; becomes a diagnostic of the named rule."""

    def __init__(self, rule: str, span: Span, **fields: object) -> None:
        super().__init__(rule)
        self.rule, self.span, self.fields = rule, span, fields


class TreeBuilder(threading.local):
    """Builds nodes of the source that its thread is reading."""

    source: SourceFile = NOWHERE.source

    def span(self, children: Sequence[Any]) -> Span:
        return Span(self.source, _start(children[0]), _end(children[-1]))

    # --- expressions -------------------------------------------------------------------------------------------

    def number_of(self, token: Token) -> int:
        value = int(token, 16) if token[:2] in ("0x", "0X") else int(token) if len(token) < 40 else LARGEST_NUMBER + 1
        if value > LARGEST_NUMBER:
            raise TreeError("BAD_NUMBER", self.span([token]), found=token if len(token) < 40 else f"{token[:40]}...")
        return value

    def integer(self, c: list[Token]) -> ast.Integer:
        return ast.Integer(value=self.number_of(c[0]), span=self.span(c))

    def reference(self, c: list[Any]) -> ast.Reference:
        steps: list[ast.Name] = []
        for child in c:
            if not isinstance(child, Token):  # a subscript belongs to the name before it
                last = steps[-1]
                steps[-1] = replace(last, subscripts=(*last.subscripts, child), span=last.span.to(child.span))
            elif child != ".":
                steps.append(ast.Name(name=str(child), span=self.span([child])))
        return ast.Reference(steps=tuple(steps), span=steps[0].span.to(steps[-1].span))

    def index(self, c: list[Any]) -> ast.Expression:
        return c[1]  # type: ignore[no-any-return]

    def atom(self, c: list[Any]) -> ast.Expression:
        return c[1] if len(c) == 3 else c[0]  # type: ignore[no-any-return]

    def last_index(self, c: list[Token]) -> ast.LastIndex:
        if c[1] != "lastIndex":
            raise TreeError("UNEXPECTED_TEXT", self.span(c), found=f"`.{c[1]}`", expected="`.lastIndex`")
        return ast.LastIndex(span=self.span(c))

    def negative(self, c: list[Any]) -> ast.Unary:
        return ast.Unary(operator="-", operand=c[1], span=self.span(c))

    def not_(self, c: list[Any]) -> ast.Unary:
        return ast.Unary(operator="NOT", operand=c[1], span=self.span(c))

    def binary(self, c: list[Any], operator: str) -> ast.Binary:
        return ast.Binary(operator=operator, left=c[0], right=c[2], span=c[0].span.to(c[2].span))

    def or_(self, c: list[Any]) -> ast.Binary:
        return self.binary(c, "OR")

    def and_(self, c: list[Any]) -> ast.Binary:
        return self.binary(c, "AND")

    def compare(self, c: list[Any]) -> ast.Binary:
        return self.binary(c, _OPERATORS.get(c[1], str(c[1])))

    def arithmetic(self, c: list[Any]) -> ast.Binary:
        return self.binary(c, str(c[1]))

    # --- specifications and properties -------------------------------------------------------------------------

    def type_name(self, c: list[Token]) -> ast.Named:
        scope = str(c[0]) if len(c) == 3 else None
        return ast.Named(name=str(c[-1]), scope=scope, span=self.span(c))

    def named(self, c: list[ast.Named]) -> ast.Named:
        return c[0]

    def sized(self, c: list[Any]) -> ast.Specification:
        size, span = c[2], self.span(c)
        if str(c[0]) in BIT_KINDS and isinstance(size, ast.Integer):
            return ast.BitRange(kind=str(c[0]), low=size.value, high=size.value, span=span)
        return ast.Sized(name=str(c[0]), size=size, span=span)

    def bit_range(self, c: list[Token]) -> ast.BitRange:
        return ast.BitRange(kind=str(c[0]), low=self.number_of(c[2]), high=self.number_of(c[4]), span=self.span(c))

    def array(self, c: list[Any]) -> ast.Array:
        return ast.Array(count=c[2], of=c[5], span=self.span(c))

    def code(self, c: list[Token]) -> ast.CodeRange:
        value = self.number_of(c[0])
        return ast.CodeRange(low=value, high=value, span=self.span(c))

    def code_range(self, c: list[Token]) -> ast.CodeRange:
        return ast.CodeRange(low=self.number_of(c[0]), high=self.number_of(c[2]), span=self.span(c))

    def text(self, c: list[Token]) -> tuple[str, Span]:
        return str(c[0])[1:-1], self.span(c)

    def word(self, c: list[Token]) -> tuple[ast.Word, Span]:
        return ast.Word(name=str(c[0]), span=self.span(c)), self.span(c)

    def signed_number(self, c: list[Token]) -> tuple[int, Span]:
        value = self.number_of(c[-1])
        return (-value if len(c) == 2 else value), self.span(c)

    def property(self, c: list[Any]) -> ast.Property:
        value, span = c[2]
        return ast.Property(name=str(c[0]), value=value, span=self.span(c[:1]).to(span))

    def properties(self, c: list[Any]) -> _Properties:
        found = tuple(child for child in c if isinstance(child, ast.Property))
        return _Properties(found, self.span([c[0], found[-1]]))

    # --- members -----------------------------------------------------------------------------------------------

    def member(self, c: list[Any]) -> ast.Member:
        properties = c[3].found if len(c) == 4 else ()
        return ast.Member(
            name=str(c[0]),
            specification=c[2],
            properties=properties,
            name_span=self.span(c[:1]),
            span=self.span(c),
        )

    def item(self, c: list[Any]) -> ast.Item:
        return c[0]  # type: ignore[no-any-return]

    def items(self, c: list[ast.Item]) -> _Items:
        return _Items(tuple(c))

    def else_part(self, c: list[Any]) -> _Else:
        return _Else(c[1].found)

    def if_block(self, c: list[Any]) -> ast.If:
        otherwise = c[4].found if isinstance(c[4], _Else) else ()
        return ast.If(condition=c[1], then=c[3].found, otherwise=otherwise, span=self.span(c))

    def label(self, c: list[Token]) -> tuple[int, int]:
        return self.number_of(c[0]), self.number_of(c[-1])

    def labels(self, c: list[Any]) -> _Labels:
        return _Labels(tuple(child for child in c if isinstance(child, tuple)))

    def arm_label(self, c: list[Any]) -> _ArmLabel:
        return _ArmLabel(c[1].found, self.span([c[0], c[2]]))

    def bare_label(self, c: list[Any]) -> _ArmLabel:
        return _ArmLabel(c[0].found, self.span([c[1]]))

    def default_label(self, c: list[Any]) -> _ArmLabel:
        return _ArmLabel(None, self.span(c))

    else_label = default_label

    def switch_block(self, c: list[Any]) -> ast.Switch:
        arms: list[ast.Arm] = []
        default: tuple[ast.Item, ...] | None = None
        label: _ArmLabel | None = None
        items: list[ast.Item] = []
        for child in [*c[3:-1], None]:
            if child is not None and not isinstance(child, _ArmLabel):
                if label is None:
                    raise TreeError(
                        "UNEXPECTED_TEXT", child.span, found="an element", expected="the label of the first arm"
                    )
                items.append(child)
                continue
            if label is not None and label.labels is not None:
                span = Span(self.source, label.span.start, items[-1].span.end if items else label.span.end)
                arms.append(ast.Arm(labels=label.labels, items=tuple(items), span=span))
            elif label is not None:
                if default is not None:
                    raise TreeError("UNEXPECTED_TEXT", label.span, found="a second default", expected="one at most")
                default = tuple(items)
            label, items = child, []
        return ast.Switch(selector=c[1], arms=tuple(arms), default=default, span=self.span(c))

    case_block = switch_block

    # --- declarations ------------------------------------------------------------------------------------------

    def declared(self, c: list[Any], name: Token) -> dict[str, Any]:
        properties = next((child.found for child in c if isinstance(child, _Properties)), ())
        return {
            "name": str(name),
            "properties": properties,
            "name_span": self.span([name]),
            "span": self.span(c),
        }

    def record(self, c: list[Any]) -> ast.Record:
        items = self.each_in(c[5].found, (ast.Named, ast.Sized, ast.Array), "a record")
        return ast.Record(items=items, **self.declared(c, c[1]))

    def bit_field(self, c: list[Any]) -> ast.BitField:
        items = self.each_in(c[7].found, (ast.BitRange,), "a bit field")
        return ast.BitField(
            container=str(c[6]), container_span=self.span(c[6:7]), items=items, **self.declared(c, c[1])
        )

    def enumeration(self, c: list[Any]) -> ast.Enumeration:
        items = self.each_in(c[4].found, (ast.CodeRange,), "an enumeration")
        return ast.Enumeration(items=items, **self.declared(c, c[1]))

    def each_in(self, items: tuple[ast.Item, ...], kinds: tuple[type, ...], where: str) -> tuple[ast.Item, ...]:
        """The items, if each specification fits where it stands."""
        for item in items:
            match item:
                case ast.Member():
                    if not isinstance(item.specification, kinds):
                        raise TreeError(
                            "WRONG_PLACE", item.specification.span, found=item.specification.span.text, where=where
                        )
                case ast.If():
                    self.each_in(item.then + item.otherwise, kinds, where)
                case ast.Switch():
                    for arm in item.arms:
                        self.each_in(arm.items, kinds, where)
                    self.each_in(item.default or (), kinds, where)
        if where == "an enumeration":
            for item in items:
                if not isinstance(item, ast.Member):
                    raise TreeError("WRONG_PLACE", item.span, found=item.span.text.split()[0], where=where)
        return items

    def type_specification(self, specification: ast.Specification, where: str) -> ast.Specification:
        if isinstance(specification, ast.BitRange | ast.CodeRange):
            raise TreeError("WRONG_PLACE", specification.span, found=specification.span.text, where=where)
        return specification

    def alias(self, c: list[Any]) -> ast.Alias:
        return ast.Alias(specification=self.type_specification(c[3], "an alias"), **self.declared(c, c[1]))

    def number(self, c: list[Token]) -> tuple[ast.Number, Span]:
        group = str(c[0]) if len(c) == 2 else ""
        return ast.Number(group=group, value=self.number_of(c[-1])), self.span(c)

    def table(self, c: list[Any]) -> ast.Table:
        number, span = c[1]
        return ast.Table(
            number=number,
            number_span=span,
            specification=self.type_specification(c[4], "a table"),
            **self.declared(c, c[2]),
        )

    def parameter(self, c: list[Any]) -> _Part:
        return _Part("parameter", c[1])

    def response(self, c: list[Any]) -> _Part:
        return _Part("response", c[1])

    def procedure(self, c: list[Any]) -> ast.Procedure:
        number, span = c[1]
        parts = {child.role: child.type for child in c if isinstance(child, _Part)}
        return ast.Procedure(number=number, number_span=span, **parts, **self.declared(c, c[2]))

    def only(self, c: list[Any]) -> Any:
        return c[0]

    declaration = edit = type_declaration = table_declaration = procedure_declaration = loose_item = only

    def header(self, c: list[Any]) -> ast.Header:
        attributes = {str(c[i]).lower(): c[i + 1][1:-1] for i in range(2, len(c) - 1) if isinstance(c[i + 1], Token)}
        declared = self.declared(c, c[1])
        return ast.Header(
            name=declared["name"],
            edition=attributes.get("edition"),
            version=attributes.get("version"),
            properties=declared["properties"],
            span=declared["span"],
        )

    def import_(self, c: list[Token]) -> ast.Import:
        return ast.Import(target=str(c[1])[1:-1], span=self.span(c[1:2]))

    # --- fragments ---------------------------------------------------------------------------------------------

    def fragment_header(self, c: list[Any]) -> ast.Header:
        plain = self.header([c[0], c[1], *c[4:]])
        attributes = {str(c[i]): str(c[i + 1])[1:-1] for i in range(4, len(c) - 1) if isinstance(c[i + 1], Token)}
        return replace(
            plain,
            base=str(c[3])[1:-1],
            base_span=self.span(c[3:4]),
            base_hash=attributes.get("SHA256"),
            span=self.span(c),
        )

    def add(self, c: list[Any]) -> ast.Add:
        return ast.Add(declaration=c[1], span=self.span(c))

    def replace(self, c: list[Any]) -> ast.Replace:
        return ast.Replace(declaration=c[1], span=self.span(c))

    def type_target(self, c: list[Token]) -> ast.Target:
        return ast.Target(kind="TYPE", name=str(c[1]), span=self.span(c[1:]))

    def table_target(self, c: list[Any]) -> ast.Target:
        return ast.Target(kind=str(c[0]), number=c[1][0], span=c[1][1])

    procedure_target = table_target

    def remove(self, c: list[Any]) -> ast.Remove:
        return ast.Remove(target=c[1], span=self.span(c))

    def rename(self, c: list[Any]) -> ast.Rename:
        return ast.Rename(target=c[1], to=str(c[3]), span=self.span(c))

    def modify(self, c: list[Any], target: ast.Target) -> ast.Modify:
        edits = tuple(child for child in c[2:] if isinstance(child, ast.Node) and not isinstance(child, ast.Target))
        return ast.Modify(target=target, edits=edits, span=self.span(c))  # type: ignore[arg-type]

    def modify_type(self, c: list[Any]) -> ast.Modify:
        return self.modify(c, ast.Target(kind="TYPE", name=str(c[2]), span=self.span(c[2:3])))

    def modify_table(self, c: list[Any]) -> ast.Modify:
        return self.modify(c, ast.Target(kind=str(c[1]), number=c[2][0], span=c[2][1]))

    modify_procedure = modify_table

    def modify_document(self, c: list[Any]) -> ast.Modify:
        return self.modify(c, ast.Target(kind="DOCUMENT", span=self.span(c[1:2])))

    def position(self, where: str, c: list[Token]) -> ast.Position:
        return ast.Position(where=where, anchor=str(c[1]) if len(c) == 2 else None, span=self.span(c))

    def first(self, c: list[Token]) -> ast.Position:
        return self.position("FIRST", c)

    def last(self, c: list[Token]) -> ast.Position:
        return self.position("LAST", c)

    def before(self, c: list[Token]) -> ast.Position:
        return self.position("BEFORE", c)

    def after(self, c: list[Token]) -> ast.Position:
        return self.position("AFTER", c)

    def add_member(self, c: list[Any]) -> ast.AddMember:
        position = c[2] if isinstance(c[2], ast.Position) else None
        return ast.AddMember(item=c[1], position=position, span=self.span(c))

    def was(self, c: list[Any]) -> _Part:
        return _Part("was", c[1])

    def replace_member(self, c: list[Any]) -> ast.ReplaceMember:
        parts = {child.role: child.type for child in c if isinstance(child, _Part)}
        properties = next((child.found for child in c if isinstance(child, _Properties)), ())
        return ast.ReplaceMember(
            name=str(c[1]),
            name_span=self.span(c[1:2]),
            specification=c[3],
            properties=properties,
            span=self.span(c),
            **parts,
        )

    def remove_member(self, c: list[Token]) -> ast.RemoveMember:
        return ast.RemoveMember(name=str(c[1]), span=self.span(c))

    def rename_member(self, c: list[Token]) -> ast.RenameMember:
        return ast.RenameMember(name=str(c[1]), to=str(c[3]), span=self.span(c))

    def move_member(self, c: list[Any]) -> ast.MoveMember:
        return ast.MoveMember(name=str(c[1]), position=c[2], span=self.span(c))

    def property_name(self, c: list[Token]) -> tuple[str | None, str]:
        return (str(c[0]), str(c[2])) if len(c) == 3 else (None, str(c[0]))

    def was_value(self, c: list[Any]) -> _Part:
        return _Part("was", c[1][0])

    def set_property(self, c: list[Any]) -> ast.SetProperty:
        (member, name), was = c[1], next((child.type for child in c if isinstance(child, _Part)), None)
        return ast.SetProperty(name=name, member=member, value=c[3][0], was=was, span=self.span(c))

    def unset_property(self, c: list[Any]) -> ast.UnsetProperty:
        (member, name), was = c[1], next((child.type for child in c if isinstance(child, _Part)), None)
        return ast.UnsetProperty(name=name, member=member, was=was, span=self.span(c))


def _start(child: Any) -> int:
    offset = child.start_pos if isinstance(child, Token) else child.span.start
    assert offset is not None
    return offset


def _end(child: Any) -> int:
    offset = child.end_pos if isinstance(child, Token) else child.span.end
    assert offset is not None
    return offset


# --- what a rule hands to the rule around it ---------------------------------------------------------------------


class _Properties:
    __slots__ = ("found", "span")

    def __init__(self, found: tuple[ast.Property, ...], span: Span) -> None:
        self.found, self.span = found, span


class _Items:
    __slots__ = ("found",)

    def __init__(self, found: tuple[ast.Item, ...]) -> None:
        self.found = found


class _Else(_Items):
    __slots__ = ()


class _Labels:
    __slots__ = ("found",)

    def __init__(self, found: tuple[tuple[int, int], ...]) -> None:
        self.found = found


class _ArmLabel:
    """The head of an arm; ``labels`` is None for the default."""

    __slots__ = ("labels", "span")

    def __init__(self, labels: tuple[tuple[int, int], ...] | None, span: Span) -> None:
        self.labels, self.span = labels, span


class _Part:
    """A named part of a declaration or verb."""

    __slots__ = ("role", "type")

    def __init__(self, role: str, type: Any) -> None:
        self.role, self.type = role, type
