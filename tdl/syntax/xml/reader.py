"""XML TDL read: the same tree as from the document form, with every bad declaration reported.

A declaration that cannot be read is left out and reading goes on, as in the document form.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar
from urllib.parse import unquote

from tdl.frozen import replace
from tdl.report import Report
from tdl.report.rules import syntax
from tdl.sources import SourceFile, Span
from tdl.syntax import ast
from tdl.syntax.depth import MAX_DEPTH, too_deep
from tdl.syntax.printer import print_declaration, print_fragment
from tdl.syntax.tree import TreeError
from tdl.syntax.xml.decades import PER_DECADE
from tdl.syntax.xml.edits import edit
from tdl.syntax.xml.expressions import Refused
from tdl.syntax.xml.forms import fits_on_a_line
from tdl.syntax.xml.nodes import bad_value, declaration, number_of, properties_of
from tdl.syntax.xml.parser import Stop, TagReader, behind
from tdl.syntax.xml.tags import Tag

_T = TypeVar("_T")


def parse_xml(source: SourceFile, report: Report, name: str) -> ast.Document | ast.Fragment:
    """Read one XML text; its includes are named in the result and not followed.

    What cannot be read is reported and left out of the tree. ``name`` is what a definition is called that does not
    name itself.
    """
    return _Reader(source, report).read(name)


class _Reader:
    def __init__(self, source: SourceFile, report: Report) -> None:
        self.source, self.report = source, report
        self.tags = TagReader(source, report, self.take)
        self.imports: list[ast.Import] = []
        self.found: list[Any] = []

    def read(self, name: str) -> ast.Document | ast.Fragment:
        root = self.tags.read()
        start, whole = Span(self.source, 0, 0), Span(self.source, 0, len(self.source.text))
        header = ast.Header(name=name, span=start)
        if root is not None:
            self.give_comments_behind(root)
            with suppress(Stop):
                header = self.attempt(_header, root, name) or header
        imports = tuple(self.imports)
        if root is not None and root.kind == "fragment":
            header = replace(header, base=header.base or "")
            return ast.Fragment(header=header, edits=tuple(self.found), imports=imports, span=whole)
        if not self.found and not imports and not self.tags.errors:
            self.report.add(syntax.EMPTY_DOCUMENT.at(header.span))
        return ast.Document(header=header, declarations=tuple(self.found), imports=imports, span=whole)

    def take(self, tag: Tag, parent: Tag) -> None:
        """Keep what a top-level element says."""
        if tag.kind == "include":
            found = self.attempt(_import, tag)
            self.imports += [] if found is None else [found]
        else:
            node: Any = self.attempt(_edit if parent.kind == "fragment" else _declaration, tag, parent)
            self.found += [] if node is None else [node]

    def attempt(self, make: Callable[..., _T], *arguments: object) -> _T | None:
        """What is made of a tag; None, and a finding, if it says nothing sensible."""
        try:
            return make(*arguments)
        except Refused as error:
            self.tags.fail(error.diagnostic)
        except TreeError as error:
            self.tags.fail(getattr(syntax, error.rule).at(error.span, **error.fields))
        return None

    def give_comments_behind(self, root: Tag) -> None:
        """Hand the comments behind the last declaration to it."""
        if self.found:
            self.found[-1] = _with_behind(self.found[-1], root.pending)
        else:
            root.comments.extend(root.pending)


def _header(root: Tag, name: str) -> ast.Header:
    return ast.Header(
        name=root.get("name") or name,
        edition=root.get("edition"),
        version=root.get("version"),
        base=root.get("base"),
        base_hash=root.get("base_hash"),
        base_span=root.place("base"),
        properties=properties_of(root),
        comments=tuple(replace(comment, before=True) for comment in root.comments),
        span=root.place("name"),
    )


def _declaration(tag: Tag, parent: Tag) -> ast.Declaration:
    """A declaration; of a table in a decade the number must be one of it."""
    found = declaration(tag)
    if parent.kind == "decade" and isinstance(found, ast.Table):
        decade = number_of(parent)
        first = decade.value * PER_DECADE
        if found.number.group == decade.group and not first <= found.number.value < first + PER_DECADE:
            expected = f"one of decade {decade.value}, {first} to {first + PER_DECADE - 1},"
            raise bad_value(tag.values["number"], "number", expected)
    _look_at_depth(tag, "\n".join(print_declaration(found, comments=False)))
    return found


def _edit(tag: Tag, parent: Tag) -> ast.Edit:
    found = edit(tag)
    alone = ast.Fragment(header=ast.Header(name="", base=""), edits=(found,))
    _look_at_depth(tag, print_fragment(alone, comments=False))
    return found


def _look_at_depth(tag: Tag, text: str) -> None:
    """Refuse what is nested deeper than the document form may be: there the operators of blocks add up."""
    deep = too_deep(text, 0, len(text))
    if deep is not None:
        raise Refused(syntax.TOO_DEEP.at(tag.span, found=deep[1], limit=MAX_DEPTH))


def _import(tag: Tag) -> ast.Import:
    href = tag.values["href"]
    target = unquote(href.text)
    if not fits_on_a_line(target):
        raise bad_value(href, "href", "the name of a file")
    return ast.Import(target=target, comments=tuple(tag.comments), span=href.span)


def _with_behind(node: Any, comments: list[ast.Comment]) -> Any:
    match node:
        case ast.Add() | ast.Replace():
            return replace(node, declaration=_with_behind(node.declaration, comments))
        case ast.Remove() | ast.Rename():  # of one line each: there is no place behind them
            return replace(node, comments=(*node.comments, *comments))
        case _:
            return replace(node, comments=(*node.comments, *behind(comments)))
