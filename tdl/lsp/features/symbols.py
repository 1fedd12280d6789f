"""The outline of a text, and the declarations of a workspace by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from tdl.lsp.occurrences import word_in
from tdl.lsp.workspace import Workspace
from tdl.report.place import is_of_library
from tdl.sources import Span
from tdl.syntax import ast
from tdl.syntax.printer import print_specification
from tdl.syntax.shapes import members

MAX_FOUND = 500


class Kind(Enum):
    """What a symbol is."""

    TABLE = "table"
    PROCEDURE = "procedure"
    RECORD = "record"
    BIT_FIELD = "bit field"
    ENUMERATION = "enumeration"
    ALIAS = "alias"
    MEMBER = "member"
    CODE = "code"
    VERB = "verb"


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol:
    """A thing that a text declares; ``span`` is all of it, ``name_span`` its name."""

    name: str
    detail: str
    kind: Kind
    span: Span
    name_span: Span
    inside: tuple[Symbol, ...] = ()


def document_symbols(workspace: Workspace, name: str) -> list[Symbol]:
    """What a text declares, in order; what cannot be read is left out."""
    tree = workspace.texts.tree(name)
    if tree is None:
        return []
    if isinstance(tree, ast.Document):
        return [_declared(each) for each in tree.declarations]
    return [_edit(each) for each in tree.edits]


def workspace_symbols(workspace: Workspace, query: str) -> list[tuple[Symbol, str]]:
    """The declarations and elements of the workspace whose name has the letters of a query in order, each with what it
    is declared in; at most `MAX_FOUND`, of the library only what the workspace stands on.
    """
    found: dict[tuple[str, int], tuple[Symbol, str]] = {}
    for unit in workspace.all_units():
        for shape in workspace.shapes(unit)[:1]:
            for declaration in shape.document.declarations:
                for symbol, within in _flat(_declared(declaration)):
                    place = symbol.name_span.source.name, symbol.name_span.start
                    if place not in found and _matches(query.casefold(), symbol.name.casefold()):
                        found[place] = symbol, within
    ranked = sorted(
        found.values(),
        key=lambda each: (
            query.casefold() not in each[0].name.casefold(),
            is_of_library(each[0].name_span.source.name),
            each[0].kind is Kind.MEMBER,
            each[0].name,
        ),
    )
    return ranked[:MAX_FOUND]


def _flat(symbol: Symbol) -> Iterator[tuple[Symbol, str]]:
    yield symbol, ""
    yield from ((inner, symbol.name) for inner in symbol.inside)


def _matches(query: str, name: str) -> bool:
    letters = iter(name)
    return all(letter in letters for letter in query)


def _declared(declaration: ast.Declaration, span: Span | None = None) -> Symbol:
    kind, detail = Kind.ALIAS, ""
    match declaration:
        case ast.Table(number=number):
            kind, detail = Kind.TABLE, f"table {number}"
        case ast.Procedure(number=number):
            kind, detail = Kind.PROCEDURE, f"procedure {number}"
        case ast.Record():
            kind, detail = Kind.RECORD, "record"
        case ast.BitField(container=container):
            kind, detail = Kind.BIT_FIELD, f"bit field of {container}"
        case ast.Enumeration():
            kind, detail = Kind.ENUMERATION, "enumeration"
        case ast.Alias(specification=specification):
            detail = print_specification(specification)
    inside: tuple[Symbol, ...] = ()
    if not isinstance(declaration, ast.Table | ast.Procedure):
        member_kind = Kind.CODE if kind is Kind.ENUMERATION else Kind.MEMBER
        inside = tuple(_member(each, member_kind) for each in members(declaration))
    return Symbol(
        name=declaration.name,
        detail=detail,
        kind=kind,
        span=span or declaration.span,
        name_span=word_in(declaration.name_span, declaration.name),
        inside=inside,
    )


def _member(member: ast.Member, kind: Kind) -> Symbol:
    return Symbol(
        name=member.name,
        detail=print_specification(member.specification),
        kind=kind,
        span=member.span,
        name_span=word_in(member.name_span, member.name),
    )


def _edit(edit: ast.Edit) -> Symbol:
    match edit:
        case ast.Add(declaration=declaration) | ast.Replace(declaration=declaration):
            return _declared(declaration, edit.span)
        case ast.Remove(target=target) | ast.Rename(target=target) | ast.Modify(target=target):
            verb = type(edit).__name__.upper()
            inside = tuple(_verb(each) for each in edit.edits) if isinstance(edit, ast.Modify) else ()
            return Symbol(
                name=f"{verb} {target}", detail="", kind=Kind.VERB, span=edit.span, name_span=target.span, inside=inside
            )


def _verb(edit: ast.MemberEdit | ast.PropertyEdit) -> Symbol:
    match edit:
        case ast.AddMember(item=ast.Member() as member):
            return _member(member, Kind.MEMBER)
        case ast.AddMember():
            name = "ADD"
        case ast.ReplaceMember() | ast.RemoveMember() | ast.RenameMember() | ast.MoveMember():
            name = f"{type(edit).__name__.removesuffix('Member').upper()} {edit.name}"
        case ast.SetProperty() | ast.UnsetProperty():
            verb = type(edit).__name__.removesuffix("Property").upper()
            name = f"{verb} {f'{edit.member}.' if edit.member else ''}{edit.name}"
    return Symbol(name=name, detail="", kind=Kind.VERB, span=edit.span, name_span=edit.span)
