"""Property names and values."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tdl.check.places import alternatives
from tdl.check.view import View
from tdl.report import Diagnostic, Edit, Fix
from tdl.report.rules import conformance, names
from tdl.sources import Span
from tdl.syntax import ast
from tdl.syntax.shapes import members

_COMMA = re.compile(r"\s*,\s*")
TRUTHS = ("TRUE", "FALSE")

STANDARD: dict[str, tuple[str, ...]] = {
    "Role": ("CONTROL", "LIMITING", "ACTUAL", "DATA"),
    "Accessibility": ("READONLY", "READWRITE", "WRITEONLY"),
    "Atomic": TRUTHS,
    "Volatile": TRUTHS,
    "Deprecated": TRUTHS,
    "MetrologyConfig": TRUTHS,
    "Associate": (),
    "Label": (),
    "Default": (),
    "Enum": (),
    "Type": (),
}
"""The properties of the standard and their values; an empty list leaves the value free. Most of the values are general
knowledge: no published text confirms more than Role = CONTROL."""

OURS: dict[str, tuple[str, ...]] = {
    "Unit": (),
    "BulkUnit": (),
    "Exponent": (),
    "Confidence": ("high", "med", "low"),
    "NameConfidence": ("high", "med", "low"),
    "Source": (),
    "PendingHeader": (),
    "Argument": (),
    "Quantity": (),
    "Scale": (),
    "Phase": (),
    "Direction": (),
    "Description": (),
}
"""What definitions say beyond the standard: units and scales, and how well a fact is attested."""

KNOWN = {**STANDARD, **OURS}


def properties(view: View) -> Iterator[Diagnostic]:
    """Each property once, with a known name and a value that it can have."""
    for group in _groups(view.document):
        first: dict[str, ast.Property] = {}
        for before, each in zip((None, *group), group, strict=False):
            other = first.setdefault(each.name, each)
            if other is not each:
                yield names.DUPLICATE_PROPERTY.at(
                    each.span,
                    name=each.name,
                    secondary=[(other.span, "the first one")],
                    fixes=_without(before, each, safe=each.value == other.value),
                )
            elif each.name not in KNOWN:
                yield _unknown(view, each)
            elif KNOWN[each.name] and _text(each) not in KNOWN[each.name]:
                yield conformance.PROPERTY_VALUE.at(
                    each.span,
                    name=each.name,
                    found=_text(each),
                    expected=alternatives(KNOWN[each.name]),
                    fixes=_in_case(each),
                )


def _groups(document: ast.Document) -> Iterator[ast.Properties]:
    yield document.header.properties
    for declaration in document.declarations:
        yield declaration.properties
        if isinstance(declaration, ast.Record | ast.BitField | ast.Enumeration):
            for member in members(declaration):
                yield member.properties


def _unknown(view: View, each: ast.Property) -> Diagnostic:
    by_case = {name.casefold(): name for name in KNOWN}
    meant = by_case.get(each.name.casefold())
    close = (meant,) if meant else view.scope.suggest(each.name, KNOWN)
    span = Span(each.span.source, each.span.start, min(each.span.start + len(each.name), each.span.end))
    return conformance.UNKNOWN_PROPERTY.at(
        span,
        name=each.name,
        help=f"did you mean `{close[0]}`?" if close else f"known are {', '.join(KNOWN)}",
        fixes=[Fix(f"write `{name}`", (Edit(span, name),)) for name in close],
    )


def _without(before: ast.Property | None, each: ast.Property, safe: bool) -> tuple[Fix, ...]:
    """The fix that takes a property and the comma before it away."""
    if before is None or before.span.source is not each.span.source:
        return ()
    if not _COMMA.fullmatch(each.span.source.text, before.span.end, each.span.start):
        return ()
    edit = Edit(Span(each.span.source, before.span.end, each.span.end), "")
    return (Fix("take the second one away", (edit,), safe=safe),)


def _in_case(each: ast.Property) -> tuple[Fix, ...]:
    """The fix of a value whose letters alone are of the wrong case."""
    meant = next((value for value in KNOWN[each.name] if value.casefold() == _text(each).casefold()), None)
    at = -1 if meant is None else each.span.text.rfind(_text(each))
    if meant is None or at < 0:
        return ()
    start = each.span.start + at
    return (Fix(f"write `{meant}`", (Edit(Span(each.span.source, start, start + len(meant)), meant),), safe=True),)


def _text(each: ast.Property) -> str:
    return each.value.name if isinstance(each.value, ast.Word) else str(each.value)
