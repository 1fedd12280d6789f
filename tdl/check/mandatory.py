"""The tables that every meter has. Asked of whole definitions: `tdl check` takes a document for a part of one."""

from __future__ import annotations

from collections.abc import Iterator

from tdl.check.register import CALLING_TABLES, MANDATORY_TABLES
from tdl.check.view import View
from tdl.report import Diagnostic
from tdl.report.rules import meters


def missing_tables(view: View) -> Iterator[Diagnostic]:
    """Tables 0 and 1, and where there are procedures Tables 7 and 8."""
    numbers = {table.number.value for table in view.tables if not table.number.group}
    asked = [("every meter", MANDATORY_TABLES)]
    if view.procedures:
        asked.append(("every meter with procedures", CALLING_TABLES))
    for who, tables in asked:
        missing = [f"Table {number}" for number in tables if number not in numbers]
        if missing:
            yield meters.MISSING_TABLES.at(view.document.header.span, missing=" and no ".join(missing), who=who)
