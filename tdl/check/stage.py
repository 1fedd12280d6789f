"""The check stage: every rule, and the order they run in.

Stage: validate. Input: `ast.Document`. Output: diagnostics. A document without an error can be lowered and scheduled;
nothing is changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from tdl.check import (
    bitfields,
    codes,
    configuration,
    dependencies,
    editions,
    names,
    properties,
    references,
    standard,
    style,
    tables,
    types,
)
from tdl.check.view import View
from tdl.report import Diagnostic, Report, Rule
from tdl.report.rules import layout
from tdl.syntax import ast

Check: TypeAlias = Callable[[View], Iterator[Diagnostic]]

ALWAYS: tuple[Check, ...] = (
    names.duplicate_declarations,
    names.reserved_names,
    names.duplicate_members,
    names.unknown_types,
    names.unknown_names,
    properties.properties,
    types.kinds,
    types.containers,
    types.recursion,
    types.levels,
    types.expansion,
    bitfields.bit_ranges,
    codes.labels,
    codes.missing_arms,
    codes.enumerators,
    codes.enumerated_elements,
    codes.event_arguments,
    tables.numbers,
    tables.duplicate_numbers,
    tables.contents,
    references.values,
    references.local_references,
    references.dimensions,
    editions.newer_features,
    editions.identifiers,
    standard.assigned_numbers,
    standard.newer_codes,
    standard.newer_elements,
    standard.configuration_elements,
    standard.paired_limits,
    style.endings,
    style.capitals,
    style.unused_types,
)
"""What can be said of any document: a name that is not found is passed over by all but the rule that says so."""

WALKING: tuple[Check, ...] = (
    types.opaque_elements,
    references.indices,
    tables.lengths,
    dependencies.dependencies,
    configuration.selectors,
    dependencies.limiting_tables,
)
"""What walks the types of each table, and so needs them to end."""

LOCAL: frozenset[Check] = frozenset(
    {
        names.duplicate_members,
        names.unknown_names,
        properties.properties,
        types.kinds,
        types.containers,
        bitfields.bit_ranges,
        codes.labels,
        codes.missing_arms,
        codes.enumerators,
        tables.numbers,
        tables.contents,
        references.values,
        references.local_references,
        references.dimensions,
        editions.newer_features,
        editions.identifiers,
        style.endings,
    }
)
"""What looks at one declaration at a time, and at what its names lead to."""

ENDLESS: tuple[Rule, ...] = (
    layout.RECURSIVE_TYPE,
    layout.TOO_MANY_LEVELS,
    layout.TOO_DEEP,
    layout.DEFINITION_TOO_LARGE,
)


def check(document: ast.Document, report: Report) -> View:
    """Look at a document with every rule and report all that is found; what was worked out for that."""
    view = View(document)
    look(view, view, report)
    return view


def look(view: View, part: View, report: Report) -> int:
    """Look at a document with every rule; how many findings those rules had that look at one declaration at a time.

    Args:
        part: what these rules are shown, all of it if nothing is known of the document.
    """
    found, local = Report(), 0
    for each in ALWAYS:
        here = list(each(part if each in LOCAL else view))
        local += len(here) if each in LOCAL else 0
        found.extend(here)
    if not any(diagnostic.rule in ENDLESS for diagnostic in found):
        for each in WALKING:
            found.extend(each(view))
    report.extend(found)
    return local
