"""What can be written at a place: keywords by the grammar, names by what the place asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tdl.check.builtins import BUILTINS, CONTAINERS
from tdl.check.properties import KNOWN
from tdl.check.scope import Scope
from tdl.check.view import View
from tdl.lsp.cursor import Cursor, cursor
from tdl.lsp.units import Unit
from tdl.lsp.workspace import Workspace
from tdl.sources import Span
from tdl.sources.library import library_names
from tdl.syntax import ast
from tdl.syntax.printer import print_specification
from tdl.syntax.shapes import ElementFound, TableFound, members

MAX_OFFERED = 2_000
MAX_LEVELS = 8

_ASKING = ("IF", "SWITCH", "CASE", "AND", "OR", "NOT", "&&", "||", "!", "+", "-", "*", "/", "%", "<", ">", "<=", ">=")
_COMPARING = ("==", "!=", "=")
_MEMBER_VERBS = ("REPLACE", "REMOVE", "RENAME", "MOVE", "SET", "UNSET", "AFTER", "BEFORE")
_BIT_WORDS = ("UINT", "INT", "BOOL", "FILL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Something to write instead of ``span``; ``kind`` is type, table, element, enumeration, keyword, property, value
    or document."""

    text: str
    kind: str
    span: Span
    detail: str = ""


def completion(workspace: Workspace, name: str, offset: int) -> list[Offer]:
    """What can be written at a place."""
    source = workspace.source(name)
    if source is None or source.text.lstrip().startswith("<"):
        return []
    tree = workspace.texts.tree(name)
    notation = "fragment" if isinstance(tree, ast.Fragment) else "document"
    at = cursor(source, notation, offset)
    if at.in_comment:
        return []
    unit = workspace.unit(name)
    shapes = [] if unit is None else workspace.shapes(unit)
    scopes = _Scopes([shape.view for shape in shapes])
    span = Span(source, at.start, offset)
    found: dict[tuple[str, str], Offer] = {}
    offers = _texts(workspace, unit, at) if at.in_text else _offers(at, scopes)
    for text, kind, detail in offers:
        found.setdefault((text, kind), Offer(text=text, kind=kind, span=span, detail=detail))
        if len(found) >= MAX_OFFERED:
            break
    return list(found.values())


class _Scopes:
    """What is declared: in the whole, and in what a fragment changes."""

    def __init__(self, views: list[View]) -> None:
        self.views = views

    def types(self) -> Iterator[ast.TypeDeclaration]:
        for view in self.views:
            yield from view.scope.types.values()

    def tables(self) -> Iterator[ast.Table]:
        for view in self.views:
            yield from view.scope.tables.values()

    def type(self, name: str) -> ast.TypeDeclaration | None:
        return next((view.scope.types[name] for view in self.views if name in view.scope.types), None)


_Offered = tuple[str, str, str]


def _offers(at: Cursor, scopes: _Scopes) -> Iterator[_Offered]:
    last = at.tokens[-1] if at.tokens else ""
    if last == ".":
        yield from _below(at, scopes)
        return
    if "NAME" in at.expected or not at.expected:
        yield from _names(at, scopes, last)
    yield from ((word, "keyword", "") for word in at.keywords)


def _names(at: Cursor, scopes: _Scopes, last: str) -> Iterator[_Offered]:
    tokens = at.tokens
    inside_with = _is_inside_with(tokens)
    if inside_with and last in ("WITH", ","):
        yield from ((each, "property", ", ".join(KNOWN[each])) for each in KNOWN)
    elif inside_with and last == "=":
        yield from _values(tokens[-2] if len(tokens) > 1 else "", scopes)
    elif _is_expression(tokens, last):
        yield from _elements(at, scopes)
        yield from ((table.name, "table", f"table {table.number}") for table in scopes.tables())
    elif last in (":", "OF", "WAS", "PARAMETER", "RESPONSE") or (last == "=" and tokens[0] in ("TYPE", "TABLE", "ADD")):
        yield from _types(tokens, scopes)
    elif tokens[-2:] in (("MODIFY", "TYPE"), ("REMOVE", "TYPE"), ("RENAME", "TYPE"), ("REPLACE", "TYPE")):
        yield from ((each.name, "type", _what(each)) for each in scopes.types())
    elif tokens[:1] == ("MODIFY",) and last in _MEMBER_VERBS:
        yield from _elements(at, scopes)
        if last in ("SET", "UNSET"):
            yield from ((each, "property", ", ".join(KNOWN[each])) for each in KNOWN)


def _is_inside_with(tokens: tuple[str, ...]) -> bool:
    for token in reversed(tokens):
        if token in (";", ":", "[", "THEN"):
            return False
        if token == "WITH":
            return True
    return False


def _is_expression(tokens: tuple[str, ...], last: str) -> bool:
    """Whether a value is asked for: in brackets, behind an operator, or where a conditional has its question."""
    if last in _ASKING:
        return True
    depth = 0
    for token in reversed(tokens):
        if token in (";", ":", "THEN"):
            return False
        if token in ("IF", "SWITCH"):
            return last in _COMPARING
        depth += (token in "([") - (token in ")]")
        if depth > 0:
            return last in (*_COMPARING, "(", "[")
    return False


def _types(tokens: tuple[str, ...], scopes: _Scopes) -> Iterator[_Offered]:
    if tokens[-3:] == ("BIT", "FIELD", "OF"):
        yield from ((name, "type", f"{octets} octets") for name, octets in CONTAINERS.items())
        return
    opened = tokens.index("=") if "=" in tokens else 0
    target = scopes.type(tokens[2]) if tokens[:2] == ("MODIFY", "TYPE") and len(tokens) > 2 else None
    if tokens[opened + 1 : opened + 2] == ("BIT",) or isinstance(target, ast.BitField):
        yield from ((f"{word}(", "type", "bits") for word in _BIT_WORDS)
        return
    if tokens[opened + 1 : opened + 2] == ("ENUMERATION",) or isinstance(target, ast.Enumeration):
        return
    for name, builtin in BUILTINS.items():
        yield (f"{name}(" if builtin.sized == "must" else name), "type", "built in"
    for each in scopes.types():
        if not isinstance(each, ast.Enumeration):
            yield each.name, "type", _what(each)


def _values(property: str, scopes: _Scopes) -> Iterator[_Offered]:
    """What a property can be set to."""
    if property == "Enum":
        yield from ((e.name, "enumeration", "") for e in scopes.types() if isinstance(e, ast.Enumeration))
    elif property in ("Argument", "PendingHeader"):
        yield from ((e.name, "type", "record") for e in scopes.types() if isinstance(e, ast.Record))
    else:
        yield from ((f'"{value}"', "value", "") for value in KNOWN.get(property, ()))


def _elements(at: Cursor, scopes: _Scopes) -> Iterator[_Offered]:
    """The elements of the declaration that is being written: those of its last sound state, and those above."""
    name = _declared_name(at.tokens)
    declaration = scopes.type(name) if name else None
    if declaration is not None:
        for member in members(declaration):
            yield member.name, "element", print_specification(member.specification)
    for before, sign in zip(at.tokens, at.tokens[1:], strict=False):
        if sign == ":" and before.isidentifier():
            yield before, "element", ""


def _declared_name(tokens: tuple[str, ...]) -> str:
    """The name of the type whose declaration or change this is."""
    words = tokens[1:] if tokens[:1] in (("ADD",), ("REPLACE",), ("MODIFY",)) else tokens
    return words[1] if len(words) > 1 and words[0] == "TYPE" else ""


def _below(at: Cursor, scopes: _Scopes) -> Iterator[_Offered]:
    """The elements below a path such as ``TABLE.`` or ``ELEMENT[1].``."""
    names = _path(at.tokens)
    for view in scopes.views if names else ():
        holder = _holder(view.scope, names, view.scope.types.get(_declared_name(at.tokens)))
        if holder is not None:
            yield from _all_below(view.scope, holder)
            return


def _path(tokens: tuple[str, ...]) -> list[str]:
    """The names of a path whose last dot is the last token, subscripts left out."""
    names: list[str] = []
    at = len(tokens) - 1
    while at >= 0 and tokens[at] == ".":
        at, depth = at - 1, 0
        while at >= 0 and (depth or tokens[at] == "]"):
            depth += (tokens[at] == "]") - (tokens[at] == "[")
            at -= 1
        if at < 0 or not tokens[at].isidentifier():
            return []
        names.insert(0, tokens[at])
        at -= 1
    return names


def _holder(scope: Scope, names: list[str], inside: ast.TypeDeclaration | None) -> ast.TypeDeclaration | None:
    reference = ast.Reference(steps=tuple(ast.Name(name=each) for each in names))
    match scope.find(reference, inside):
        case TableFound(table=table):
            return scope.holder(table.specification)
        case ElementFound(steps=steps):
            return scope.holder(steps[-1].member.specification)
        case _:
            return None


def _all_below(scope: Scope, holder: ast.TypeDeclaration) -> Iterator[_Offered]:
    """A declaration's elements, then those that may be named without the members that hold them."""
    level, seen = [holder], {holder.name}
    for _ in range(MAX_LEVELS):
        following: list[ast.TypeDeclaration] = []
        for owner in level:
            for member in members(owner):
                yield member.name, "element", f"{owner.name}: {print_specification(member.specification)}"
                made = scope.made(member.specification)
                below = None if made.arrays else scope.holder(made.of)
                if below is not None and below.name not in seen:
                    seen.add(below.name)
                    following.append(below)
        level = following


def _what(declaration: ast.TypeDeclaration) -> str:
    match declaration:
        case ast.Record():
            return "record"
        case ast.BitField(container=container):
            return f"bit field of {container}"
        case ast.Enumeration():
            return "enumeration"
        case ast.Alias(specification=specification):
            return print_specification(specification)


def _texts(workspace: Workspace, unit: Unit | None, at: Cursor) -> Iterator[_Offered]:
    """What can be written in quotes: documents, or the values of a property."""
    last = at.tokens[-1] if at.tokens else ""
    if last == "OF":
        yield from ((name, "document", "library") for name in library_names())
        trees = (workspace.texts.tree(each.main) for each in workspace.all_units() if each is not unit)
        yield from ((tree.header.name, "document", "") for tree in trees if tree is not None)
    elif last == "=" and len(at.tokens) > 1:
        yield from _unquoted(_values(at.tokens[-2], _Scopes([])))


def _unquoted(offers: Iterable[_Offered]) -> Iterator[_Offered]:
    yield from ((text.strip('"'), kind, detail) for text, kind, detail in offers)
