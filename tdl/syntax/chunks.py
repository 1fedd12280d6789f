"""Cuts a text into declarations before it is parsed.

Each piece starts at a keyword that opens a declaration, at the beginning of a line or behind a semicolon, outside
comments and strings. A piece is parsed alone, so a bad declaration costs itself and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from tdl.deferred import dataclass

_DECLARATION = (
    r"(?:DOCUMENT|FRAGMENT|IMPORT|TYPE|TABLE|PROCEDURE)\b"
    r"|MODIFY\s+(?:TYPE|TABLE|PROCEDURE|DOCUMENT)\b"
    r"|(?:ADD|REPLACE|REMOVE|RENAME)\s+(?:TYPE|TABLE|PROCEDURE)\b(?!\s*[:;.])(?!\s+(?:TO|AFTER|BEFORE|WAS)\b)"
)
_OPENING = rf"[ \t]*+(?P<declaration>{_DECLARATION})(?!\s*:)"
_OVERRIDES = r"(?P<overrides>[ \t]*Global[ \t]+Default[ \t]+Table[ \t]+Property[ \t]+Overrides[ \t]*:[^\n]*)"
_FIRST = re.compile(rf"{_OPENING}|{_OVERRIDES}")
# it begins with one of few characters, so all others are passed over fast
_SCANNER = re.compile(
    r'[{"\u201c;\n]'
    r"(?:(?<=\{)(?P<comment>[^}]*+\}?)"
    r'|(?<=")[^"\n]*"|(?<=\u201c)[^\u201d\n]*\u201d'
    rf"|(?<=[;\n]){_OPENING}|(?<=\n){_OVERRIDES})"
)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of text, by offsets.

    ``kind`` is ``declaration``, ``stray`` (text before the first declaration), ``overrides`` (the property line of
    the published tables) or ``unclosed`` (a comment that is never closed).
    """

    kind: str
    start: int
    end: int


def cut(text: str) -> tuple[list[Chunk], list[tuple[int, int]]]:
    """The pieces of a text and the ranges of its comments."""
    chunks: list[Chunk] = []
    comments: list[tuple[int, int]] = []
    for kind, start, end in _marks(text):
        if kind == "comment":
            comments.append((start, end))
            if text[end - 1] != "}" or end - start == 1:
                chunks.append(Chunk("unclosed", start, end))
        else:
            chunks.append(Chunk(kind, start, end))
    if _has_text(text, 0, min((c.start for c in chunks if c.kind != "unclosed"), default=len(text)), comments):
        chunks.insert(0, Chunk("stray", 0, len(text)))
    return _closed(chunks, len(text)), comments


def _marks(text: str) -> Iterator[tuple[str, int, int]]:
    first = _FIRST.match(text)
    for match in chain([first] if first else [], _SCANNER.finditer(text, first.end() if first else 0)):
        kind = match.lastgroup
        if kind == "overrides":
            yield "overrides", match.start("overrides"), match.end()
        elif kind == "declaration":
            yield "declaration", match.start("declaration"), match.end()
        elif kind == "comment":
            yield "comment", match.start(), match.end()


def _closed(chunks: list[Chunk], length: int) -> list[Chunk]:
    """The chunks, each ended where the next one starts."""
    closed: list[Chunk] = []
    following = length
    for chunk in reversed(chunks):
        if chunk.kind == "unclosed":
            closed.append(chunk)
            continue
        end = following if chunk.kind in ("declaration", "stray") else chunk.end
        closed.append(Chunk(chunk.kind, chunk.start, end))
        following = chunk.start
    return closed[::-1]


def _has_text(text: str, start: int, end: int, comments: list[tuple[int, int]]) -> bool:
    """Whether anything but blanks and comments stands in a range."""
    at = start
    for comment_start, comment_end in comments:
        if comment_start >= end:
            break
        if text[at:comment_start].strip():
            return True
        at = max(at, comment_end)
    return bool(text[at:end].strip())
