"""What names stand for: each thing declared once, each name that is used declared."""

from __future__ import annotations

from collections.abc import Iterator

from tdl.check.builtins import BUILTINS
from tdl.check.places import alternatives, name_span, specifications
from tdl.check.survey import Placed
from tdl.check.view import Mention, View
from tdl.deferred import dataclass, field
from tdl.report import Diagnostic, Edit, Fix
from tdl.report.rules import names
from tdl.sources import Span
from tdl.syntax import ast
from tdl.syntax.shapes import NotFound

STANDARD_SCOPES = ("STD", "TDL")
"""The words that published texts use for the standard's own document: they differ, so both are read."""

_BIT_WORDS = ("BOOL", "UINT", "INT", "FILL")


def duplicate_declarations(view: View) -> Iterator[Diagnostic]:
    """Types and tables share one space of names, procedures have another."""
    first: dict[tuple[bool, str], ast.Declaration] = {}
    for each in view.document.declarations:
        other = first.setdefault((isinstance(each, ast.Procedure), each.name), each)
        if other is not each:
            kind = {ast.Table: "table", ast.Procedure: "procedure"}.get(type(each), "type")
            yield names.DUPLICATE_DECLARATION.at(
                each.name_span, kind=kind, name=each.name, secondary=[(other.name_span, "the first one")]
            )


def reserved_names(view: View) -> Iterator[Diagnostic]:
    for name, declaration in view.scope.types.items():
        if name in BUILTINS:
            yield names.RESERVED_NAME.at(declaration.name_span, name=name)


@dataclass(slots=True)
class _Node:
    """The members of one name: one of them, or the branches of one conditional that have them."""

    member: ast.Member | None = None
    item: int | None = None
    branches: dict[int, _Node] = field(default_factory=dict)


def duplicate_members(view: View) -> Iterator[Diagnostic]:
    """A name stands again only in branches that exclude each other; fillers have no name to speak of."""
    for declaration in (*view.owners, *view.enumerations):
        for name, placed in view.survey(declaration).by_name.items():
            if len(placed) == 1 or all(_is_filler(each.member) for each in placed):
                continue
            root = _Node()
            for each in placed:
                other = _insert(root, each)
                if other is not None and not (_is_filler(other) and _is_filler(each.member)):
                    yield names.DUPLICATE_MEMBER.at(
                        each.member.name_span,
                        name=name,
                        owner=declaration.name,
                        secondary=[(other.name_span, "the first one")],
                    )


def _is_filler(member: ast.Member) -> bool:
    return isinstance(member.specification, ast.BitRange) and member.specification.kind == "FILL"


def _insert(node: _Node, placed: Placed) -> ast.Member | None:
    """Add a member to those of its name; the member that can be there at the same time, if there is one."""
    for guard in placed.place.guards:
        if node.member is not None or node.item not in (None, guard.item):
            return _any_member(node)
        node.item = guard.item
        node = node.branches.setdefault(guard.branch, _Node())
    if node.member is not None or node.item is not None:
        return _any_member(node)
    node.member = placed.member
    return None


def _any_member(node: _Node) -> ast.Member:
    while node.member is None:
        node = next(iter(node.branches.values()))
    return node.member


def unknown_types(view: View) -> Iterator[Diagnostic]:
    """Every type that is named is built in or declared, and its scope is one of this definition's."""
    scopes = _scopes(view.document)
    for specification in named(view.document):
        known = specification.name in view.scope.types or specification.name in BUILTINS
        if not known:
            yield _unknown_type(view, specification)
        if isinstance(specification, ast.Named) and specification.scope not in (None, *scopes):
            yield names.UNKNOWN_SCOPE.at(
                Span(
                    specification.span.source,
                    specification.span.start,
                    specification.span.start + len(specification.scope or ""),
                ),
                scope=specification.scope,
                expected=alternatives(scopes),
            )


def named(document: ast.Document) -> Iterator[ast.Named | ast.Sized]:
    """Every place where a type is named."""
    for declaration in document.declarations:
        for outer in _specifications(declaration):
            for each in specifications(outer):
                if isinstance(each, ast.Named | ast.Sized):
                    yield each


def _specifications(declaration: ast.Declaration) -> Iterator[ast.Specification]:
    match declaration:
        case ast.Record():
            pending = list(reversed(declaration.items))
            while pending:
                match pending.pop():
                    case ast.Member(specification=specification):
                        yield specification
                    case ast.If(then=then, otherwise=otherwise):
                        pending += reversed(then + otherwise)
                    case ast.Switch(arms=arms, default=default):
                        pending += reversed([*(i for arm in arms for i in arm.items), *(default or ())])
        case ast.Alias() | ast.Table():
            yield declaration.specification
        case ast.Procedure():
            yield from (part for part in (declaration.parameter, declaration.response) if part)


def _scopes(document: ast.Document) -> tuple[str, ...]:
    """The standard's words, the definition's own name and those of the documents it was merged from."""
    merged = {origin.document: None for each in document.declarations for origin in each.origins}
    return tuple(dict.fromkeys((*STANDARD_SCOPES, document.header.name, *merged)))


def _unknown_type(view: View, specification: ast.Named | ast.Sized) -> Diagnostic:
    span = specification.span
    if isinstance(specification, ast.Sized):
        span = name_span(specification)
    elif specification.scope is not None:
        span = Span(span.source, span.end - len(specification.name), span.end)
    if specification.name in _BIT_WORDS:
        return names.UNKNOWN_TYPE.at(
            span, name=specification.name, help="bits stand in a bit field: `TYPE X_BFLD = BIT FIELD OF UINT8`"
        )
    close = view.scope.suggest(specification.name, [*view.scope.types, *BUILTINS])
    return names.UNKNOWN_TYPE.at(span, name=specification.name, help=_did_you_mean(close), fixes=_fixes(span, close))


def unknown_names(view: View) -> Iterator[Diagnostic]:
    """Every reference of an expression names one element or table."""
    for mention in view.mentions:
        if isinstance(mention.found, NotFound):
            yield _not_found(view, mention, mention.found)


def _not_found(view: View, mention: Mention, found: NotFound) -> Diagnostic:
    span = name_span(found.name)
    if found.candidates:
        shown = found.candidates[:4]
        return names.AMBIGUOUS_NAME.at(
            span,
            name=found.name.name,
            found=len(found.candidates),
            where=found.where,
            help=f"write {alternatives(shown)}" if len(found.candidates) <= 4 else f"write `{shown[0]}`, for example",
        )
    help = _did_you_mean(found.close)
    if view.scope.exhausted and not help:
        help = "write the whole path: the members that are left out are too many to look through"
    return names.UNKNOWN_NAME.at(
        span, name=found.name.name, where=found.where, help=help, fixes=_fixes(span, found.close)
    )


def _did_you_mean(close: tuple[str, ...]) -> str:
    return f"did you mean `{close[0]}`?" if close else ""


def _fixes(span: Span, close: tuple[str, ...]) -> tuple[Fix, ...]:
    return tuple(Fix(f"write `{name}`", (Edit(span, name),)) for name in close)
