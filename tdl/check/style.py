"""Good habits: names that tell their kind, in capitals, and nothing left over."""

from __future__ import annotations

from collections.abc import Iterator

from tdl.check.codes import ARGUMENT, argument_of, enumeration_of
from tdl.check.names import named
from tdl.check.places import name_span, specifications
from tdl.check.view import View
from tdl.report import Diagnostic, Edit, Fix, Severity
from tdl.report.rules import style
from tdl.sources import Span
from tdl.syntax import ast
from tdl.syntax.shapes import ElementFound, NotFound, members

_ENDINGS = {
    ast.Record: ("record", "_RCD"),
    ast.BitField: ("bit field", "_BFLD"),
    ast.Enumeration: ("enumeration", "_ENUM"),
    ast.Table: ("table", "_TBL"),
}


def endings(view: View) -> Iterator[Diagnostic]:
    """Names end as their kind does."""
    for declaration in view.document.declarations:
        kind, ending = _ENDINGS.get(type(declaration), ("", ""))
        if ending and not declaration.name.upper().endswith(ending):
            yield style.NAME_ENDING.at(declaration.name_span, kind=kind, name=declaration.name, ending=ending)


def capitals(view: View) -> Iterator[Diagnostic]:
    """Names are in capitals. The fix renames a thing wherever it is named."""
    small = [d for d in view.document.declarations if d.name != d.name.upper()]
    small_members = [
        (d, m)
        for d in view.scope.types.values()
        for m in members(d)
        if m.name != m.name.upper() and not isinstance(d, ast.Alias)
    ]
    if not small and not small_members:
        return
    uses = _uses(view)
    taken = {*view.scope.types, *view.scope.tables}
    for declaration in small:
        key = ("", declaration.name)
        yield _in_capitals(declaration.name_span, declaration.name, taken, uses.get(key, []))
    for owner, member in small_members:
        spans = uses.get((owner.name, member.name), [])
        variants = [p.member.name_span for p in view.survey(owner).by_name.get(member.name, ())]
        yield _in_capitals(member.name_span, member.name, set(view.scope.own(owner)), [*variants, *spans])


def _in_capitals(span: Span, name: str, taken: set[str], uses: list[Span | None]) -> Diagnostic:
    upper = name.upper()
    edits = {(each.source.name, each.start): Edit(each, upper) for each in (span, *uses) if each is not None}
    # a name that a text literal holds, or that would meet another, is left to people
    fix = Fix(f"write `{upper}`", tuple(edits.values()), safe=True)
    return style.NAME_CASE.at(span, name=name, fixes=[] if upper in taken or None in uses else [fix])


def _uses(view: View) -> dict[tuple[str, str], list[Span | None]]:
    """Where each thing is named: declarations under an empty owner, members under theirs; None for a text literal."""
    found: dict[tuple[str, str], list[Span | None]] = {}
    for each in named(view.document):
        span = each.span
        if isinstance(each, ast.Sized):
            span = name_span(each)
        else:
            span = Span(span.source, span.end - len(each.name), span.end)
        found.setdefault(("", each.name), []).append(span)
    for property_ in _naming_properties(view):
        value = property_.value
        found.setdefault(("", _named_by(property_)), []).append(value.span if isinstance(value, ast.Word) else None)
    for mention in view.mentions:
        steps = mention.reference.steps
        if isinstance(mention.found, NotFound):
            continue
        table = mention.found.table
        if table is not None:
            found.setdefault(("", table.name), []).append(name_span(steps[0]))
            steps = steps[1:]
        if isinstance(mention.found, ElementFound):
            for name, index in zip(steps, mention.found.written, strict=True):
                step = mention.found.steps[index]
                found.setdefault((step.owner, step.member.name), []).append(name_span(name))
    return found


def _named_by(property_: ast.Property) -> str:
    return property_.value.name if isinstance(property_.value, ast.Word) else str(property_.value)


def _naming_properties(view: View) -> Iterator[ast.Property]:
    """The properties whose values are names of types."""
    yield from (p for p in view.document.header.properties if p.name == "PendingHeader")
    for owner in view.owners:
        for member in members(owner):
            yield from (p for p in member.properties if p.name == "Enum")
    for enumeration in view.enumerations:
        for member in members(enumeration):
            yield from (p for p in member.properties if p.name == ARGUMENT)


EVENT_LISTS = frozenset({"STD_EVENT_ENUM", "MFG_EVENT_ENUM"})
"""Enumerations that the codes in the logs of Tables 74 and 76 are looked up in by name."""


def unused_types(view: View) -> Iterator[Diagnostic]:
    """Every type belongs to a table or procedure; a document that has neither is a library of types."""
    used = {name for _, specification in view.roots() for name in _names_in(specification)} | EVENT_LISTS
    if not any(isinstance(d, ast.Table | ast.Procedure) for d in view.document.declarations):
        return
    if view.pending_header is not None:
        used.add(_named_by(view.pending_header))
    pending = list(used)
    while pending:
        declaration = view.scope.types.get(pending.pop())
        if declaration is not None:
            new = set(_mentioned(declaration)) - used
            used |= new
            pending += new
    for name, declaration in view.scope.types.items():
        if name not in used:
            # a fragment that takes a table away cannot be blamed for the types its base leaves behind
            inherited = bool(declaration.origins) and declaration.origins[0].document != view.document.header.name
            severity = Severity.NOTE if inherited else None
            yield style.UNUSED_TYPE.at(declaration.name_span, name=name, severity=severity)


def _mentioned(declaration: ast.TypeDeclaration) -> Iterator[str]:
    """The types and enumerations that a declaration names."""
    if isinstance(declaration, ast.Alias):
        yield from _names_in(declaration.specification)
        return
    for member in members(declaration):
        yield from _names_in(member.specification)
        yield from (name for name in (enumeration_of(member), argument_of(member)) if name is not None)


def _names_in(specification: ast.Specification) -> Iterator[str]:
    yield from (each.name for each in specifications(specification) if isinstance(each, ast.Named | ast.Sized))
