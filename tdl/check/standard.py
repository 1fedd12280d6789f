"""What the standard asks of a document that follows it: numbers and codes that it assigns, Table 0, limits."""

from __future__ import annotations

from collections.abc import Iterator

from tdl.check.codes import enumeration_of
from tdl.check.dependencies import ACTUAL, LIMITS
from tdl.check.editions import newer
from tdl.check.register import (
    CONFIGURATION,
    EDITIONS,
    FIRST,
    FIRST_PROCEDURES,
    FIRST_TABLES,
    LAST_CODES,
    LATER_ELEMENTS,
    LATER_PROCEDURES,
    LATER_TABLES,
    MANDATORY_ELEMENTS,
)
from tdl.check.tables import LAST_PROCEDURE
from tdl.check.view import View
from tdl.frozen import replace
from tdl.report import Diagnostic
from tdl.report.rules import conformance
from tdl.sources import Span
from tdl.syntax import ast
from tdl.syntax.printer import print_declaration
from tdl.syntax.shapes import members

MAX_NAMED = 5
"""How many missing elements a message names."""


def assigned_numbers(view: View) -> Iterator[Diagnostic]:
    """Standard tables and procedures have numbers that the declared edition assigns."""
    edition = view.document.header.edition
    if edition not in EDITIONS:
        return
    registers = (
        ("table", view.tables, FIRST_TABLES, LATER_TABLES),
        ("procedure", view.procedures, FIRST_PROCEDURES, LATER_PROCEDURES),
    )
    for what, declarations, first, later in registers:
        for each in declarations:
            number = each.number.value
            if each.number.group or number > LAST_PROCEDURE:
                continue  # no number of the standard's
            if number not in later:
                yield conformance.RESERVED_NUMBER.at(each.number_span, what=what, number=number)
            elif edition == FIRST and number not in first:
                yield newer(f"{what} {number}", each.number_span)


def newer_codes(view: View) -> Iterator[Diagnostic]:
    """The selectors of Table 0 have the codes that the first edition assigns, if that is the one declared."""
    if view.document.header.edition != FIRST:
        return
    enumerations = {each.name: each for each in view.enumerations}
    told: set[str] = set()
    for owner in view.owners:
        for member in members(owner) if isinstance(owner, ast.BitField) else ():
            codes = enumerations.get(enumeration_of(member) or "")
            if member.name not in LAST_CODES or codes is None or codes.name in told:
                continue
            told.add(codes.name)
            for code in members(codes):
                last = code.specification.high if isinstance(code.specification, ast.CodeRange) else 0
                if last > LAST_CODES[member.name] and not code.name.startswith("RESERVED"):
                    yield newer(f"code {last} of `{member.name}`", code.name_span)


def newer_elements(view: View) -> Iterator[Diagnostic]:
    """The standard's tables have no elements that came after the first edition, if that is the one declared."""
    if view.document.header.edition != FIRST:
        return
    told: set[Span] = set()
    for table in view.tables:
        later = LATER_ELEMENTS.get(table.number.value, ()) if not table.number.group else ()
        for member in members_below(view, table) if later else ():
            if member.name in later and member.name_span not in told:  # tables share types
                told.add(member.name_span)
                yield newer(f"`{member.name}` of table {table.number.value}", member.name_span)


def members_below(view: View, table: ast.Table) -> Iterator[ast.Member]:
    """The members of a table's record and of the types that it holds, those of each type once."""
    waiting, seen = [view.scope.holder(table.specification)], set()
    while waiting:
        holder = waiting.pop()
        if holder is None or holder.name in seen:
            continue
        seen.add(holder.name)
        for member in members(holder):
            yield member
            waiting.append(view.scope.holder(member.specification))


def configuration_elements(view: View) -> Iterator[Diagnostic]:
    """The standard's Table 0 has what every edition asks for."""
    table = view.configuration
    if table is None or table.name != CONFIGURATION or view.document.header.edition not in EDITIONS:
        return
    root = view.scope.holder(table.specification)
    held = {member.name for member in members_below(view, table)}
    missing = [f"`{name}`" for name in MANDATORY_ELEMENTS if name not in held]
    if missing and root is not None:
        more = f" and {len(missing) - MAX_NAMED} more" if len(missing) > MAX_NAMED else ""
        named = ", ".join(missing[:MAX_NAMED]) + more
        yield conformance.MISSING_ELEMENTS.at(table.name_span, table=table.name, missing=named)


def paired_limits(view: View) -> Iterator[Diagnostic]:
    """An ``ACT_...`` table is laid out like its ``DIM_...`` table."""
    by_name = {table.name: table for table in view.tables}
    for table in view.tables:
        limits = by_name.get(LIMITS + table.name.removeprefix(ACTUAL))
        if not table.name.startswith(ACTUAL) or limits is None:
            continue
        own, other = (view.scope.holder(each.specification) for each in (table, limits))
        if own is not None and other is not None and own is not other and _plain(own) != _plain(other):
            yield conformance.UNLIKE_LIMITS.at(
                table.specification.span,
                actual=table.name,
                limits=limits.name,
                secondary=[(limits.specification.span, "the limits")],
            )


def _plain(declaration: ast.Record | ast.BitField) -> str:
    return "".join(print_declaration(replace(declaration, name="_", comments=(), properties=())))
