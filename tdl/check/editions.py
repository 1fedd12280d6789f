"""What the declared edition of the standard knows, and what all editions ask of identifiers."""

from __future__ import annotations

from collections.abc import Iterator

from tdl.check.names import named
from tdl.check.places import alternatives
from tdl.check.register import EDITIONS as EDITIONS
from tdl.check.register import FIRST
from tdl.check.view import View, walk
from tdl.report import Diagnostic
from tdl.report.rules import conformance
from tdl.sources import Span
from tdl.syntax import ast

LATER_TYPES = ("FIXED_BCD8", "FLOAT_CHAR21")
"""The numeric types behind the format codes 12 and 13, which came after the first edition."""


def newer_features(view: View) -> Iterator[Diagnostic]:
    """What came in 2008 is named in a document of 1997. Properties behind `WITH` are our notation in every edition."""
    header = view.document.header
    if header.edition is None:
        return
    if header.edition not in EDITIONS:
        yield conformance.UNKNOWN_EDITION.at(header.span, found=header.edition, expected=alternatives(EDITIONS))
    if header.edition != FIRST:
        return
    for site in view.sites:
        for each in walk(site.expression):
            if isinstance(each, ast.LastIndex):
                yield newer("`.lastIndex`", each.span)
    for table in view.tables:
        for each_property in table.properties:
            # a property line stands before its table
            if each_property.span.source is table.span.source and each_property.span.end <= table.span.start:
                yield newer("a property line", each_property.span)
    for specification in named(view.document):
        if isinstance(specification, ast.Named) and specification.scope is not None:
            yield newer("a name with a scope", specification.span)
        if specification.name in LATER_TYPES:
            yield newer(f"`{specification.name}`", specification.span)


def newer(what: str, span: Span) -> Diagnostic:
    """Something that the first edition did not have."""
    return conformance.NEWER_FEATURE.at(span, what=what, edition=FIRST)


def identifiers(view: View) -> Iterator[Diagnostic]:
    """Where ID_FORM chooses between digits and characters, the digits take half the octets."""
    for owner in view.owners:
        pending = list(owner.items) if isinstance(owner, ast.Record) else []
        while pending:
            item = pending.pop()
            if isinstance(item, ast.If):
                pending += item.then + item.otherwise
                if _asks_id_form(item.condition):
                    yield from _pairs(view, item)
            elif isinstance(item, ast.Switch):
                pending += [i for arm in item.arms for i in arm.items] + list(item.default or ())


def _asks_id_form(condition: ast.Expression) -> bool:
    match condition:
        case ast.Reference(steps=(*_, ast.Name(name="ID_FORM"))):
            return True
        case ast.Binary(operator="==", left=left, right=ast.Integer(value=1)):
            return _asks_id_form(left)
        case _:
            return False


def _pairs(view: View, item: ast.If) -> Iterator[Diagnostic]:
    characters = {m.name: m for m in item.otherwise if isinstance(m, ast.Member)}
    for member in item.then:
        other = characters.get(member.name) if isinstance(member, ast.Member) else None
        if not isinstance(member, ast.Member) or other is None:
            continue
        digits, letters = _octets(view, member, "BCD"), _octets(view, other, "STRING")
        if digits is not None and letters is not None and 2 * digits != letters:
            yield conformance.DIGITS_NOT_HALF.at(
                member.specification.span,
                name=member.name,
                digits=digits,
                characters=letters,
                secondary=[(other.specification.span, "the same as characters")],
            )


def _octets(view: View, member: ast.Member, kind: str) -> int | None:
    """The constant octets of a BCD or STRING element in either spelling."""
    made = view.scope.made(member.specification)
    sizes = list(view.scope.sizes(member.specification))
    match made.of:
        case ast.Sized(name=name) if name == kind and not made.arrays:
            pass
        case ast.Named(name="BCD" | "CHAR" as name) if made.arrays == 1 and (name == "BCD") == (kind == "BCD"):
            pass
        case _:
            return None
    return sizes[0].value if len(sizes) == 1 and isinstance(sizes[0], ast.Integer) else None
