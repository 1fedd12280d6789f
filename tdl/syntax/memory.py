"""Declarations kept from one reading of a text to the next, for programs that read it again with every edit.

A declaration whose own text has not changed is the same object as before, wherever in the text it now is: its spans
are anchored, which means that they count from the beginning of its declaration and move with it. So what was worked
out for an unchanged declaration can be found by its identity.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from tdl.deferred import dataclass, defaults
from tdl.sources import NOWHERE, SourceFile, Span
from tdl.syntax import ast
from tdl.syntax.comments import CommentIndex

_OPENING = re.compile(r"(?:[A-Z]+\s+){1,3}\w+(?:\s+\w+)?")

MAX_SOUGHT = 500
"""How many declarations that are not read any more are looked for in the text."""


@dataclass(slots=True, eq=False)
class Anchor:
    """Where a declaration begins now."""

    source: SourceFile
    start: int


class AnchoredSpan(Span):
    """A span that counts from an anchor; to everybody else it is where it is now."""

    __slots__ = ()

    def __init__(self, anchor: Anchor, start: int, end: int) -> None:
        _ANCHOR.__set__(self, anchor)
        _START.__set__(self, start)
        _END.__set__(self, end)

    @property
    def source(self) -> SourceFile:
        return _ANCHOR.__get__(self).source  # type: ignore[no-any-return]

    @property
    def start(self) -> int:
        return _ANCHOR.__get__(self).start + _START.__get__(self)  # type: ignore[no-any-return]

    @property
    def end(self) -> int:
        return _ANCHOR.__get__(self).start + _END.__get__(self)  # type: ignore[no-any-return]

    def __eq__(self, other: object) -> bool:
        same = isinstance(other, Span) and self.source is other.source
        return same and (self.start, self.end) == (other.start, other.end)  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        return hash((self.source, self.start, self.end))


# the storage of a plain span, which an anchored one reads behind its own properties
_ANCHOR, _START, _END = (vars(Span)[name] for name in ("source", "start", "end"))


@dataclass(frozen=True, slots=True)
class Kept:
    """A declaration, the anchor of its spans, and the text that it was read from.

    ``opening`` are its first words, which tell it from others while it is being written; ``lead`` is how long the
    comments before them are.
    """

    key: tuple[str, bool]
    anchor: Anchor
    node: Any
    opening: str
    lead: int


class Memory:
    """The declarations of one text as it was read last; hand it to `tdl.syntax.notation.parse` again and again.

    One that is not read any more is remembered while its text stands somewhere, in a comment that is not closed yet for
    example, or something that opens with the same words: a tree made before the edit then still tells where it is.
    All others are nowhere from then on.
    """

    def __init__(self) -> None:
        self._notation = ""
        self._kept: list[Kept] = []
        self._pool: dict[tuple[str, bool], list[Kept]] = {}
        self._now: list[Kept] = []
        self._broken: dict[str, int] = {}

    def begin_reading(self, notation: str) -> None:
        """A reading starts."""
        self._pool = {}
        for each in reversed(self._kept) if notation == self._notation else ():
            self._pool.setdefault(each.key, []).append(each)
        self._notation, self._now, self._broken = notation, [], {}

    def recall(self, index: CommentIndex, start: int, end: int) -> Any:
        """The declaration at a place if the text had it before; None otherwise."""
        begin, key = _key(index, start, end)
        waiting = self._pool.get(key)
        if not waiting:
            return None
        kept = waiting.pop()
        kept.anchor.source, kept.anchor.start = index.source, begin
        self._now.append(kept)
        return kept.node

    def keep(self, index: CommentIndex, start: int, end: int, node: Any) -> None:
        """Take a declaration that was read just now; its spans become anchored."""
        begin, key = _key(index, start, end)
        anchor = Anchor(index.source, begin)
        _anchor_all(node, anchor)
        self._now.append(Kept(key, anchor, node, _opening(index.source.text, start, end), start - begin))

    def miss(self, index: CommentIndex, start: int, end: int) -> None:
        """A declaration cannot be read."""
        self._broken[_opening(index.source.text, start, end)] = start

    def end_reading(self, source: SourceFile) -> None:
        """A reading has ended; what the text has nothing of any more is forgotten."""
        left = {id(each) for waiting in self._pool.values() for each in waiting}
        behind = 0
        for each in [kept for kept in self._kept if id(kept) in left][:MAX_SOUGHT]:
            start = self._broken.pop(each.opening, -1)
            begin = start - each.lead if start >= 0 else source.text.find(each.key[0], behind)
            if begin >= 0:
                behind = max(behind, begin)
                each.anchor.source, each.anchor.start = source, begin
                self._now.append(each)
                left.discard(id(each))
        for each in self._kept:
            if id(each) in left:
                each.anchor.source, each.anchor.start = NOWHERE.source, 0
        self._kept, self._pool = self._now, {}


def _opening(text: str, start: int, end: int) -> str:
    """``TYPE X``, ``TABLE 5 X_TBL``, ``MODIFY TYPE X``: the words before the first sign."""
    found = _OPENING.match(text, start, end)
    return " ".join(found[0].split()) if found else ""


def _key(index: CommentIndex, start: int, end: int) -> tuple[int, tuple[str, bool]]:
    """Where the text of a declaration begins, its leading comments included, and all that its tree is made from."""
    leading = index.leading(start)
    begin = leading[0].span.start if leading else start
    text = index.source.text
    # the comments behind the last declaration are its own, those behind another may lead the next
    return begin, (text[begin:end], end == len(text))


def _anchor_all(node: ast.Node, anchor: Anchor) -> None:
    """Anchor every span of a tree that nobody else has seen yet."""
    base = anchor.start
    anchored: dict[int, AnchoredSpan] = {}
    pending: list[Any] = [node]
    while pending:
        each = pending.pop()
        if isinstance(each, tuple):
            pending += each
        elif isinstance(each, ast.Node):
            kind: Any = type(each)
            for name in _names(kind):
                value = getattr(each, name)
                if type(value) is Span:
                    if value.source is anchor.source:
                        found = anchored.get(id(value))
                        if found is None:
                            found = AnchoredSpan(anchor, value.start - base, value.end - base)
                            anchored[id(value)] = found
                        object.__setattr__(each, name, found)
                elif isinstance(value, ast.Node | tuple):
                    pending.append(value)


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(name for name, *_ in defaults(kind))
