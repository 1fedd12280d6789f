"""The compiler's own reading of a text: what the grammars for editors are compared with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from lark import Lark, Token, Tree
from lark.lexer import PatternStr
from lark.utils import TextSlice

from tdl.syntax.chunks import cut
from tdl.syntax.grammar import NOTATIONS, grammar_text

_KINDS = {"NAME": "name", "INTEGER": "number", "STRING": "string"}
_OPERATORS = {"RANGE", "OR_SIGN", "AND_SIGN", "COMPARE", "SUM_SIGN", "PRODUCT_SIGN", "BANG", "MINUS", "EQUAL"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A token by offsets. ``kind``: comment, keyword, name, number, string, operator or punctuation."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as the compiler reads it.

    Attributes:
        declarations: the rule and the text of each declaration, in order.
        pieces: tokens and comments, in order.
        nodes: every rule that was used, with its offsets.
        lines: the property lines of published tables, which have no tokens.
    """

    declarations: tuple[tuple[str, str], ...]
    pieces: tuple[Piece, ...]
    nodes: tuple[tuple[str, int, int], ...]
    lines: tuple[tuple[int, int], ...]


@cache
def _plain_parser(notation: str) -> Lark:
    start = "declaration" if notation == "document" else "edit"
    # without the tree builder: the tokens themselves are wanted
    return Lark(grammar_text(notation), parser="lalr", lexer="contextual", start=start, keep_all_tokens=True)


def keywords() -> frozenset[str]:
    """Every keyword of both notations."""
    # a parser has only what its start rule leads to
    terminals = [each for notation in NOTATIONS for each in _plain_parser(notation).terminals]
    return frozenset(
        t.pattern.value
        for t in terminals
        if isinstance(t.pattern, PatternStr) and t.name.isalnum() and t.pattern.value.isalnum()
    )


def read(text: str) -> Reading:
    """Read a text without mistakes.

    Raises:
        lark.UnexpectedInput: the text has one.
    """
    chunks, comments = cut(text)
    fragment = any(text.startswith("FRAGMENT", chunk.start) for chunk in chunks)
    parser = _plain_parser("fragment" if fragment else "document")
    declarations, nodes, lines = [], [], []
    pieces = [Piece(*comment, "comment") for comment in comments]
    for chunk in chunks:
        if chunk.kind == "overrides":
            lines.append((chunk.start, chunk.end))
            continue
        assert chunk.kind == "declaration", text[chunk.start : chunk.end]
        tree = parser.parse(TextSlice(text, chunk.start, chunk.end))
        tokens = list(_leaves(tree))
        pieces += [Piece(t.start_pos or 0, t.end_pos or 0, _kind(t)) for t in tokens]
        nodes += list(_nodes(tree))
        declarations.append((_rule(tree), text[tokens[0].start_pos : tokens[-1].end_pos]))
    return Reading(
        declarations=tuple(declarations),
        pieces=tuple(sorted(pieces, key=lambda piece: piece.start)),
        nodes=tuple(nodes),
        lines=tuple(lines),
    )


def _leaves(tree: Tree[Token]) -> Iterator[Token]:
    for child in tree.children:
        if isinstance(child, Token):
            yield child
        else:
            yield from _leaves(child)


def _nodes(tree: Tree[Token]) -> Iterator[tuple[str, int, int]]:
    tokens = list(_leaves(tree))
    if tokens:
        yield str(tree.data), tokens[0].start_pos or 0, tokens[-1].end_pos or 0
    for child in tree.children:
        if isinstance(child, Tree):
            yield from _nodes(child)


def _rule(tree: Tree[Token]) -> str:
    """The innermost rule that is a whole declaration or edit."""
    while tree.data in ("declaration", "edit", "type_declaration", "table_declaration", "procedure_declaration"):
        (child,) = tree.children
        assert isinstance(child, Tree)
        tree = child
    return str(tree.data)


def _kind(token: Token) -> str:
    if token.type in _OPERATORS:
        return "operator"
    return _KINDS.get(token.type) or ("keyword" if token.isalnum() else "punctuation")
