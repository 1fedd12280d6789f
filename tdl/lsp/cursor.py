"""What is being written at a place: the words of the declaration before it, and what the grammar takes next."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lark import LarkError
from lark.lexer import PatternStr

from tdl.sources import SourceFile
from tdl.syntax.chunks import cut
from tdl.syntax.depth import too_deep
from tdl.syntax.grammar import parser
from tdl.syntax.tree import TreeError

MAX_BEFORE = 64 * 1024
"""How much of one declaration is looked at."""

_TOKEN = re.compile(r"\{[^}]*\}?|(?P<token>\"[^\"\n]*\"?|\w+|\.\.|[<>=!]=|&&|\|\||\S)")
_WORD = re.compile(r"\w*\Z")
_OPEN_TEXT = re.compile(r'"[^"\n]*\Z')


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """A place in a text.

    Attributes:
        start: where the word begins that is being written.
        tokens: the words and signs of the declaration before it, without comments.
        expected: the names of the tokens that the grammar takes here; empty if what is before cannot be read.
        keywords: those of them that are words.
        in_comment, in_text: whether the place is in a comment or in a text in quotes.
    """

    start: int
    tokens: tuple[str, ...]
    expected: frozenset[str]
    keywords: tuple[str, ...]
    in_comment: bool = False
    in_text: bool = False


def cursor(source: SourceFile, notation: str, offset: int) -> Cursor:
    """Look at what is before a place."""
    text = source.text[:offset]
    chunks, comments = cut(text)
    in_comment = bool(comments) and comments[-1][1] == len(text) and not text.endswith("}")
    word = _WORD.search(text)
    start = word.start() if word else offset
    begin = max((c.start for c in chunks if c.kind == "declaration" and c.start < start), default=start)
    begin = max(begin, start - MAX_BEFORE)
    before = text[begin:start]
    tokens = tuple(match["token"] for match in _TOKEN.finditer(before) if match["token"])
    quote = _OPEN_TEXT.search(text[max(text.rfind("\n") + 1, begin) :])
    in_text = bool(tokens) and tokens[-1].startswith('"') and (len(tokens[-1]) == 1 or not tokens[-1].endswith('"'))
    if in_text and quote is not None:
        start = max(text.rfind("\n") + 1, begin) + quote.start() + 1
        tokens = tokens[:-1]
    expected = frozenset() if in_comment or in_text else _expected(notation, before)
    if "$END" in expected:  # a declaration is complete, and another one may begin
        expected, tokens = _expected(notation, ""), ()
    return Cursor(
        start=start,
        tokens=tokens,
        expected=expected,
        keywords=_keywords(notation, expected),
        in_comment=in_comment,
        in_text=in_text,
    )


def _expected(notation: str, before: str) -> frozenset[str]:
    if too_deep(before, 0, len(before)) is not None:
        return frozenset()
    lark, builder = parser(notation)
    builder.source = SourceFile("<cursor>", before)
    interactive: Any = lark.parse_interactive(before)
    try:
        interactive.exhaust_lexer()
    except (LarkError, TreeError):
        return frozenset()
    return frozenset(interactive.accepts())


def _keywords(notation: str, expected: frozenset[str]) -> tuple[str, ...]:
    terminals = parser(notation)[0].terminals
    words = (t.pattern.value for t in terminals if t.name in expected and isinstance(t.pattern, PatternStr))
    return tuple(sorted(word for word in words if word.isalnum()))
