"""The tree builder: grammar rules to nodes, called by the parser as each rule is reduced.

Methods are named after the grammar's rules and take a rule's children: a token is its text, another rule is what its
method made of it. With them come the offsets at which the children start, and where the last of them ends.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, TypeAlias

from tdl.frozen import maker, replace
from tdl.sources import NOWHERE, SourceFile, Span
from tdl.syntax import ast

LARGEST_NUMBER = 2**64 - 1
BIT_KINDS = ("UINT", "INT", "BOOL", "FILL")

Starts: TypeAlias = list[int]

_OPERATORS = {"=": "==", "<>": "!="}

# the nodes that most of a text is made of
_span = maker(Span)
_binary = maker(ast.Binary)
_bit_range = maker(ast.BitRange)
_code_range = maker(ast.CodeRange)
_integer = maker(ast.Integer)
_member = maker(ast.Member)
_name = maker(ast.Name)
_named = maker(ast.Named)
_property = maker(ast.Property)
_reference = maker(ast.Reference)


class TreeError(Exception):
    """Text that follows the grammar and still says nothing sensible; becomes a diagnostic of the named rule."""

    def __init__(self, rule: str, span: Span, **fields: object) -> None:
        super().__init__(rule)
        self.rule, self.span, self.fields = rule, span, fields


class TreeBuilder:
    """Builds nodes of one source."""

    def __init__(self, source: SourceFile = NOWHERE.source) -> None:
        self.source = source

    def span(self, start: int, end: int) -> Span:
        """The span of what the parser's offsets say."""
        return _span(self.source, start, end)

    def token(self, c: list[Any], at: Starts, i: int) -> Span:
        """The span of a child that is a token."""
        return self.span(at[i], at[i] + len(c[i]))

    # --- expressions -------------------------------------------------------------------------------------------

    def number_of(self, token: str, start: int) -> int:
        value = int(token, 16) if token[:2] in ("0x", "0X") else int(token) if len(token) < 40 else LARGEST_NUMBER + 1
        if value > LARGEST_NUMBER:
            found = token if len(token) < 40 else f"{token[:40]}..."
            raise TreeError("BAD_NUMBER", self.span(start, start + len(token)), found=found)
        return value

    def integer(self, c: list[str], at: Starts, end: int) -> ast.Integer:
        return _integer(value=self.number_of(c[0], at[0]), span=self.span(at[0], end))

    def reference(self, c: list[Any], at: Starts, end: int) -> ast.Reference:
        if len(c) == 1:
            span = self.span(at[0], end)
            return _reference(steps=(_name(name=c[0], span=span),), span=span)
        steps: list[ast.Name] = []
        for i, child in enumerate(c):
            if not isinstance(child, str):  # a subscript belongs to the name before it
                last = steps[-1]
                steps[-1] = replace(last, subscripts=(*last.subscripts, child), span=last.span.to(child.span))
            elif child != ".":
                steps.append(_name(name=child, span=self.token(c, at, i)))
        return _reference(steps=tuple(steps), span=steps[0].span.to(steps[-1].span))

    def index(self, c: list[Any], at: Starts, end: int) -> ast.Expression:
        return c[1]  # type: ignore[no-any-return]

    def atom(self, c: list[Any], at: Starts, end: int) -> ast.Expression:
        return c[1] if len(c) == 3 else c[0]  # type: ignore[no-any-return]

    def last_index(self, c: list[str], at: Starts, end: int) -> ast.LastIndex:
        if c[1] != "lastIndex":
            raise TreeError("UNEXPECTED_TEXT", self.span(at[0], end), found=f"`.{c[1]}`", expected="`.lastIndex`")
        return ast.LastIndex(span=self.span(at[0], end))

    def negative(self, c: list[Any], at: Starts, end: int) -> ast.Unary:
        return ast.Unary(operator="-", operand=c[1], span=self.token(c, at, 0).to(c[1].span))

    def not_(self, c: list[Any], at: Starts, end: int) -> ast.Unary:
        return ast.Unary(operator="NOT", operand=c[1], span=self.token(c, at, 0).to(c[1].span))

    def binary(self, c: list[Any], operator: str) -> ast.Binary:
        return _binary(operator=operator, left=c[0], right=c[2], span=c[0].span.to(c[2].span))

    def or_(self, c: list[Any], at: Starts, end: int) -> ast.Binary:
        return self.binary(c, "OR")

    def and_(self, c: list[Any], at: Starts, end: int) -> ast.Binary:
        return self.binary(c, "AND")

    def compare(self, c: list[Any], at: Starts, end: int) -> ast.Binary:
        return self.binary(c, _OPERATORS.get(c[1], c[1]))

    def arithmetic(self, c: list[Any], at: Starts, end: int) -> ast.Binary:
        return self.binary(c, c[1])

    # --- specifications and properties -------------------------------------------------------------------------

    def type_name(self, c: list[str], at: Starts, end: int) -> ast.Named:
        scope = c[0] if len(c) == 3 else None
        return _named(name=c[-1], scope=scope, span=self.span(at[0], end))

    def sized(self, c: list[Any], at: Starts, end: int) -> ast.Specification:
        size, span = c[2], self.span(at[0], end)
        if c[0] in BIT_KINDS and isinstance(size, ast.Integer):
            return _bit_range(kind=c[0], low=size.value, high=size.value, span=span)
        return ast.Sized(name=c[0], size=size, span=span)

    def bit_range(self, c: list[str], at: Starts, end: int) -> ast.BitRange:
        low, high = self.number_of(c[2], at[2]), self.number_of(c[4], at[4])
        return _bit_range(kind=c[0], low=low, high=high, span=self.span(at[0], end))

    def array(self, c: list[Any], at: Starts, end: int) -> ast.Array:
        return ast.Array(count=c[2], of=c[5], span=self.span(at[0], end))

    def code(self, c: list[str], at: Starts, end: int) -> ast.CodeRange:
        value = self.number_of(c[0], at[0])
        return _code_range(low=value, high=value, span=self.span(at[0], end))

    def code_range(self, c: list[str], at: Starts, end: int) -> ast.CodeRange:
        low, high = self.number_of(c[0], at[0]), self.number_of(c[2], at[2])
        return _code_range(low=low, high=high, span=self.span(at[0], end))

    def text(self, c: list[str], at: Starts, end: int) -> tuple[str, Span]:
        return c[0][1:-1], self.span(at[0], end)

    def word(self, c: list[str], at: Starts, end: int) -> tuple[ast.Word, Span]:
        span = self.span(at[0], end)
        return ast.Word(name=c[0], span=span), span

    def signed_number(self, c: list[str], at: Starts, end: int) -> tuple[int, Span]:
        value = self.number_of(c[-1], at[-1])
        return (-value if len(c) == 2 else value), self.span(at[0], end)

    def property(self, c: list[Any], at: Starts, end: int) -> ast.Property:
        value, span = c[2]
        return _property(name=c[0], value=value, span=self.token(c, at, 0).to(span))

    def properties(self, c: list[Any], at: Starts, end: int) -> Properties:
        return Properties(tuple(child for child in c if isinstance(child, ast.Property)))

    # --- members -----------------------------------------------------------------------------------------------

    def member(self, c: list[Any], at: Starts, end: int) -> ast.Member:
        properties = c[3].found if len(c) == 4 else ()
        return _member(
            name=c[0],
            specification=c[2],
            properties=properties,
            name_span=self.token(c, at, 0),
            span=self.span(at[0], end),
        )

    def items(self, c: list[ast.Item], at: Starts, end: int) -> _Items:
        return _Items(tuple(c))

    def else_part(self, c: list[Any], at: Starts, end: int) -> _Else:
        return _Else(c[1].found)

    def if_block(self, c: list[Any], at: Starts, end: int) -> ast.If:
        otherwise = c[4].found if isinstance(c[4], _Else) else ()
        return ast.If(condition=c[1], then=c[3].found, otherwise=otherwise, span=self.span(at[0], end))

    def label(self, c: list[str], at: Starts, end: int) -> tuple[int, int]:
        return self.number_of(c[0], at[0]), self.number_of(c[-1], at[-1])

    def labels(self, c: list[Any], at: Starts, end: int) -> _Labels:
        return _Labels(tuple(child for child in c if isinstance(child, tuple)))

    def arm_label(self, c: list[Any], at: Starts, end: int) -> _ArmLabel:
        return _ArmLabel(c[1].found, self.span(at[0], end))

    def bare_label(self, c: list[Any], at: Starts, end: int) -> _ArmLabel:
        return _ArmLabel(c[0].found, self.token(c, at, 1))

    def default_label(self, c: list[Any], at: Starts, end: int) -> _ArmLabel:
        return _ArmLabel(None, self.span(at[0], end))

    else_label = default_label

    def switch_block(self, c: list[Any], at: Starts, end: int) -> ast.Switch:
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
        return ast.Switch(selector=c[1], arms=tuple(arms), default=default, span=self.span(at[0], end))

    case_block = switch_block

    # --- declarations ------------------------------------------------------------------------------------------

    def declared(self, c: list[Any], at: Starts, end: int, name: int) -> dict[str, Any]:
        properties = next((child.found for child in c if isinstance(child, Properties)), ())
        return {
            "name": c[name],
            "properties": properties,
            "name_span": self.token(c, at, name),
            "span": self.span(at[0], end),
        }

    def record(self, c: list[Any], at: Starts, end: int) -> ast.Record:
        items = self.each_in(c[5].found, (ast.Named, ast.Sized, ast.Array), "a record")
        return ast.Record(items=items, **self.declared(c, at, end, 1))

    def bit_field(self, c: list[Any], at: Starts, end: int) -> ast.BitField:
        items = self.each_in(c[7].found, (ast.BitRange,), "a bit field")
        return ast.BitField(
            container=c[6], container_span=self.token(c, at, 6), items=items, **self.declared(c, at, end, 1)
        )

    def enumeration(self, c: list[Any], at: Starts, end: int) -> ast.Enumeration:
        items = self.each_in(c[4].found, (ast.CodeRange,), "an enumeration")
        return ast.Enumeration(items=items, **self.declared(c, at, end, 1))

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

    def alias(self, c: list[Any], at: Starts, end: int) -> ast.Alias:
        return ast.Alias(specification=self.type_specification(c[3], "an alias"), **self.declared(c, at, end, 1))

    def number(self, c: list[str], at: Starts, end: int) -> tuple[ast.Number, Span]:
        group = c[0] if len(c) == 2 else ""
        return ast.Number(group=group, value=self.number_of(c[-1], at[-1])), self.span(at[0], end)

    def table(self, c: list[Any], at: Starts, end: int) -> ast.Table:
        number, span = c[1]
        return ast.Table(
            number=number,
            number_span=span,
            specification=self.type_specification(c[4], "a table"),
            **self.declared(c, at, end, 2),
        )

    def parameter(self, c: list[Any], at: Starts, end: int) -> Part:
        return Part("parameter", c[1])

    def response(self, c: list[Any], at: Starts, end: int) -> Part:
        return Part("response", c[1])

    def procedure(self, c: list[Any], at: Starts, end: int) -> ast.Procedure:
        number, span = c[1]
        parts = {child.role: child.type for child in c if isinstance(child, Part)}
        return ast.Procedure(number=number, number_span=span, **parts, **self.declared(c, at, end, 2))

    def only(self, c: list[Any], at: Starts, end: int) -> Any:
        return c[0]

    declaration = edit = type_declaration = table_declaration = procedure_declaration = only
    named = item = loose_item = only

    def header(self, c: list[Any], at: Starts, end: int) -> ast.Header:
        attributes = quoted(c)
        declared = self.declared(c, at, end, 1)
        return ast.Header(
            name=declared["name"],
            edition=attributes.get("EDITION"),
            version=attributes.get("VERSION"),
            properties=declared["properties"],
            span=declared["span"],
        )

    def import_(self, c: list[str], at: Starts, end: int) -> ast.Import:
        return ast.Import(target=c[1][1:-1], span=self.token(c, at, 1))


def quoted(c: list[Any]) -> dict[str, str]:
    """The texts in quotes, by the keyword before them."""
    return {word: text[1:-1] for word, text in pairwise(c) if isinstance(text, str) and text[0] in '"\u201c'}


# --- what a rule hands to the rule around it ---------------------------------------------------------------------


class Properties:
    __slots__ = ("found",)

    def __init__(self, found: tuple[ast.Property, ...]) -> None:
        self.found = found


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


class Part:
    """A named part of a declaration or verb."""

    __slots__ = ("role", "type")

    def __init__(self, role: str, type: Any) -> None:
        self.role, self.type = role, type
