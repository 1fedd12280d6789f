"""The grammars, turned into parsers by lark.

These say what is wrong with a text, and what may come next in one; those that read what is right are made of their
tables (`tdl.syntax.automaton`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from lark import Lark, Token
from lark.utils import TextSlice

from tdl.sources import SourceFile
from tdl.sources.grammars import grammar_folder
from tdl.syntax.edits import FragmentBuilder
from tdl.syntax.tree import TreeBuilder

NOTATIONS = {
    "document": ("lexical", "expressions", "types", "document"),
    "fragment": ("lexical", "expressions", "types", "document", "fragment"),
}
"""The files that make up each notation, joined in this order: the later ones use the rules of the earlier."""

STARTS = {"document": "declaration", "fragment": "edit"}
"""The start rule of each notation."""


def grammar_text(notation: str) -> str:
    """The whole grammar of a notation as one lark text."""
    folder = grammar_folder()
    return "\n".join((folder / f"{part}.lark").read_text("utf-8") for part in NOTATIONS[notation])


class Placed(NamedTuple):
    """What a rule's method made, and the offsets at which the rule starts and ends."""

    value: Any
    start: int
    end: int


class Callbacks(threading.local):
    """A tree builder as lark calls one, for the text that its thread is reading."""

    def __init__(self) -> None:
        self.builder: TreeBuilder = FragmentBuilder()

    @property
    def source(self) -> SourceFile:
        """The text whose nodes are built."""
        return self.builder.source

    @source.setter
    def source(self, source: SourceFile) -> None:
        self.builder = FragmentBuilder(source)

    def __getattr__(self, rule: str) -> Callable[[list[Any]], Placed]:
        if not hasattr(FragmentBuilder, rule):
            raise AttributeError(rule)

        def call(children: list[Any]) -> Placed:
            placed = [Placed(str(c), c.start_pos or 0, c.end_pos or 0) if isinstance(c, Token) else c for c in children]
            end = max((child.end for child in placed), default=0)
            values, starts = [child.value for child in placed], [child.start for child in placed]
            return Placed(getattr(self.builder, rule)(values, starts, end), starts[0] if starts else 0, end)

        return call


def lalr(text: str, start: str | list[str], callbacks: Callbacks) -> Lark:
    """The parser of a grammar."""
    return Lark(
        text,
        parser="lalr",
        lexer="contextual",
        start=start,
        transformer=callbacks,
        keep_all_tokens=True,
        maybe_placeholders=False,
    )


@cache
def parser(notation: str) -> tuple[Lark, Callbacks]:
    """The parser of one notation, ``document`` or ``fragment``, and what holds the builder that makes its trees."""
    callbacks = Callbacks()
    return lalr(grammar_text(notation), STARTS[notation], callbacks), callbacks


def read_slowly(notation: str, source: SourceFile, start: int, end: int) -> Any:
    """The declaration in a range of a text.

    Raises:
        lark.UnexpectedInput: it is none.
        TreeError: see `TreeBuilder`.
    """
    lark, callbacks = parser(notation)
    callbacks.source = source
    found: Any = lark.parse(TextSlice(source.text, start, end))
    return found.value
