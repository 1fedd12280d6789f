"""Imports followed: one document out of the files that make it up."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from tdl.frozen import replace
from tdl.report import Report
from tdl.report.rules import invocation, syntax
from tdl.sources import Resolver, SourceError, SourceFile, Span
from tdl.syntax import ast
from tdl.syntax.notation import parse

MAX_IMPORT_DEPTH = 32

Parse: TypeAlias = Callable[[SourceFile, Report], ast.Document | ast.Fragment]
"""How one text is read: `parse`, or what keeps its results."""


def load(name: str, resolver: Resolver, report: Report, parse: Parse = parse) -> ast.Document | ast.Fragment | None:
    """Read a document or fragment and everything it imports.

    Returns None if the named text itself cannot be read; whatever else is wrong is in the report.
    """
    source = read(name, resolver, report)
    return None if source is None else follow_imports(source, resolver, report, parse)


def read(name: str, resolver: Resolver, report: Report) -> SourceFile | None:
    """Read one named text; None, and a diagnostic, if it cannot be read."""
    try:
        return resolver.read(resolver.locate(name))
    except SourceError as error:
        report.add(
            invocation.UNREADABLE.at(None, place=error.name, name=error.name, problem=error.problem, help=error.help)
        )
        return None


def follow_imports(
    source: SourceFile, resolver: Resolver, report: Report, parse: Parse = parse
) -> ast.Document | ast.Fragment:
    """Parse a text and all it imports into one tree, each file once, in order of first mention."""
    loader = _Loader(resolver, report, parse)
    loader.seen.add(source.name)
    return loader.follow(parse(source, report), source.name, (source.name,))


class _Loader:
    def __init__(self, resolver: Resolver, report: Report, parse: Parse) -> None:
        self.resolver, self.report, self.parse = resolver, report, parse
        self.seen: set[str] = set()

    def load(
        self, name: str, beside: str, said: Span, importers: tuple[str, ...]
    ) -> ast.Document | ast.Fragment | None:
        located = self.resolver.locate(name, beside)
        if located in importers or len(importers) > MAX_IMPORT_DEPTH:
            self.report.add(syntax.IMPORT_CYCLE.at(said, name=name))
            return None
        if located in self.seen:
            return None
        self.seen.add(located)
        try:
            source = self.resolver.read(located)
        except SourceError as error:
            self.report.add(invocation.UNREADABLE.at(said, name=error.name, problem=error.problem, help=error.help))
            return None
        node = self.parse(source, self.report)
        return self.follow(node, located, (*importers, located))

    def follow(
        self, node: ast.Document | ast.Fragment, located: str, importers: tuple[str, ...]
    ) -> ast.Document | ast.Fragment:
        """The node with the declarations or edits of its imports before its own."""
        imported: list[ast.Declaration | ast.Edit] = []
        for each in node.imports:
            other = self.load(each.target, located, each.span, importers)
            if other is None:
                continue
            if type(other) is not type(node):
                kinds = {ast.Document: "document", ast.Fragment: "fragment"}
                self.report.add(syntax.IMPORT_KIND.at(each.span, found=kinds[type(other)], importer=kinds[type(node)]))
            elif isinstance(other, ast.Document):
                imported.extend(other.declarations)
            else:
                imported.extend(other.edits)
        if isinstance(node, ast.Document):
            return replace(node, declarations=(*imported, *node.declarations), imports=())  # type: ignore[arg-type]
        return replace(node, edits=(*imported, *node.edits), imports=())  # type: ignore[arg-type]
