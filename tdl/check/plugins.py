"""The door to rules that others write.

A distribution with an entry point ``acme = "acme_rules:check"`` of the group `tdl.rules` brings a function that is
called with every document that is checked, merged and with its imports, and yields `tdl.report.Diagnostic`s. Their
rules have codes of their own: the entry point's name in capitals and three digits, such as ``ACME001``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias, cast

from tdl.deferred import dataclass
from tdl.report import Diagnostic, Example, Report, Rule
from tdl.sources.plugins import Plugin, PluginError, plugins, problem_of
from tdl.syntax import ast

GROUP = "tdl.rules"
"""The entry points' group: a prefix of codes to the function that looks at documents."""

Look: TypeAlias = Callable[[ast.Document], Iterable[Diagnostic]]

MAX_FINDINGS = 10_000
"""How many findings of one plug-in are taken."""

BROKEN_RULES = Rule(
    code="TDL540",
    slug="broken-rules",
    message="the rules `{name}` of {origin} failed: {problem}",
    why="""
Rules that are installed beside tdl could not be loaded, failed on this document or yielded what is no finding of
theirs. The document was checked without them; the fault lies in the distribution that is named.
""",
    wrong=Example({}, "tdl plugins"),
    right=Example({}, "tdl plugins"),
)
"""Not in the registry: no input raises it, only what is installed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginRules:
    """Rules that are installed.

    Attributes:
        prefix: what their codes start with.
    """

    prefix: str
    look: Look


def load_rules(plugin: Plugin) -> PluginRules:
    """The rules of a plug-in.

    Raises:
        PluginError: it cannot be used.
    """
    prefix = plugin.name.upper()
    if not re.fullmatch(r"[A-Z]{2,12}", prefix) or prefix == "TDL":
        raise PluginError(f"`{plugin.name}` found, 2 to 12 letters other than `tdl` expected")
    look = plugin.load()
    if not callable(look):
        raise PluginError(f"`{plugin.value}` is no function")
    return PluginRules(prefix=prefix, look=cast(Look, look))


def check_with_plugins(document: ast.Document, report: Report) -> None:
    """Look at a document with the rules that others have installed."""
    for plugin in plugins(GROUP):
        try:
            report.extend(list(_found(load_rules(plugin), document)))
        except PluginError as error:
            report.add(BROKEN_RULES.at(None, place=plugin.name, name=plugin.name, origin=plugin.origin, problem=error))


def _found(rules: PluginRules, document: ast.Document) -> Iterator[Diagnostic]:
    try:
        for count, found in enumerate(rules.look(document)):
            if not isinstance(found, Diagnostic):
                raise PluginError(f"a `{type(found).__name__}` found, a finding expected")
            if not re.fullmatch(rf"{rules.prefix}\d{{3}}", found.code):
                raise PluginError(f"the code `{found.code}` found, `{rules.prefix}` and three digits expected")
            if count >= MAX_FINDINGS:
                raise PluginError(f"more than {MAX_FINDINGS} findings")
            yield found
    except PluginError:
        raise
    except Exception as error:  # a plug-in may fail in any way
        raise PluginError(problem_of(error)) from error
