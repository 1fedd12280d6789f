"""What each name is, for colours that know more than a grammar does."""

from __future__ import annotations

from dataclasses import dataclass

from tdl.lsp.workspace import Workspace
from tdl.sources import Span
from tdl.syntax import ast

KINDS = ("class", "struct", "enum", "enumMember", "property", "function", "type")
"""The protocol's words for what is distinguished here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    span: Span
    kind: str
    declares: bool


def tokens(workspace: Workspace, name: str) -> list[Token]:
    """The names of a text in order, none over another."""
    unit = workspace.unit(name)
    if unit is None:
        return []
    found: dict[int, Token] = {}
    for each in unit.occurrences():
        if each.span.source.name == name and each.span.text.isidentifier():
            kind = _kind(each.thing.declaration, each.thing.member is not None)
            found.setdefault(each.span.start, Token(span=each.span, kind=kind, declares=each.declares))
    return [found[start] for start in sorted(found)]


def _kind(declaration: ast.Declaration, is_member: bool) -> str:
    match declaration:
        case ast.Enumeration():
            return "enumMember" if is_member else "enum"
        case _ if is_member:
            return "property"
        case ast.Table():
            return "class"
        case ast.Procedure():
            return "function"
        case ast.Alias():
            return "type"
        case _:
            return "struct"
