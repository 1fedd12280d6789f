"""Expressions and types in attributes: the document form's own grammar, with positions in the XML text."""

from __future__ import annotations

from functools import cache
from typing import Any

from lark import Lark, UnexpectedInput

from tdl.report import Diagnostic
from tdl.report.rules import syntax
from tdl.sources import SourceFile, Span
from tdl.syntax import ast
from tdl.syntax.chunks import Chunk
from tdl.syntax.depth import MAX_DEPTH, too_deep
from tdl.syntax.expected import unexpected
from tdl.syntax.grammar import Callbacks, grammar_text, lalr
from tdl.syntax.tree import TreeBuilder, TreeError
from tdl.syntax.xml.forms import is_name
from tdl.syntax.xml.tags import Value

_END = "`$END`"


class Refused(Exception):
    """The text of an attribute, or an element, that says nothing sensible."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


class _PlacedBuilder(TreeBuilder):
    """Tokens have offsets in the attribute's text, nodes have spans in the source."""

    def __init__(self, value: Value) -> None:
        super().__init__(value.span.source)
        self.value = value

    def span(self, start: int, end: int) -> Span:
        return Span(self.source, self.value.offset(start), self.value.offset(end))


@cache
def _parser() -> tuple[Lark, Callbacks]:
    callbacks = Callbacks()
    return lalr(grammar_text("document"), ["expression", "specification"], callbacks), callbacks


def expression(value: Value) -> ast.Expression:
    """The expression in an attribute.

    Raises:
        Refused: it is none, or nested too deep.
    """
    return _parsed(value, "expression")  # type: ignore[no-any-return]


def specification(value: Value) -> ast.Specification:
    """The specification in an attribute; otherwise as `expression`."""
    if is_name(value.text) and value.text != "ARRAY":  # nearly all of them, and no work for a parser
        return ast.Named(name=value.text, span=value.span)
    return _parsed(value, "specification")  # type: ignore[no-any-return]


def _parsed(value: Value, start: str) -> Any:
    deep = too_deep(value.text, 0, len(value.text))
    if deep is not None:
        raise Refused(syntax.TOO_DEEP.at(value.part(deep[0], deep[0] + 1), found=deep[1], limit=MAX_DEPTH))
    lark, callbacks = _parser()
    callbacks.builder = _PlacedBuilder(value)
    try:
        found: Any = lark.parse(value.text, start=start)
    except UnexpectedInput as error:
        raise Refused(_placed(unexpected(error, SourceFile("", value.text), _whole(value)), value)) from None
    except TreeError as error:
        raise Refused(getattr(syntax, error.rule).at(error.span, **error.fields)) from None
    return found.value


def _whole(value: Value) -> Chunk:
    return Chunk("declaration", 0, len(value.text))


def _placed(diagnostic: Diagnostic, value: Value) -> Diagnostic:
    """What the parser says of the attribute's text, said of the source."""
    expected = str(diagnostic.data["expected"]).replace(_END, "the end of the value")
    if "found" not in diagnostic.data or diagnostic.primary is None:
        end = value.span.end
        return syntax.UNEXPECTED_TEXT.at(
            Span(value.span.source, end, end + 1), found="the end of the value", expected=expected
        )
    at = diagnostic.primary.span
    return syntax.UNEXPECTED_TEXT.at(value.part(at.start, at.end), found=diagnostic.data["found"], expected=expected)
