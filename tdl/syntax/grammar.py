"""The grammars, turned into parsers."""

from __future__ import annotations

from functools import cache

from lark import Lark

from tdl.sources.grammars import grammar_folder
from tdl.syntax.tree import TreeBuilder

NOTATIONS = {
    "document": ("lexical", "expressions", "types", "document"),
    "fragment": ("lexical", "expressions", "types", "document", "fragment"),
}
"""The files that make up each notation, joined in this order: the later ones use the rules of the earlier."""


def grammar_text(notation: str) -> str:
    """The whole grammar of a notation as one lark text."""
    folder = grammar_folder()
    return "\n".join((folder / f"{part}.lark").read_text("utf-8") for part in NOTATIONS[notation])


@cache
def parser(notation: str) -> tuple[Lark, TreeBuilder]:
    """The parser of one notation, ``document`` or ``fragment``, and the builder that makes its trees."""
    builder = TreeBuilder()
    lark = Lark(
        grammar_text(notation),
        parser="lalr",
        lexer="contextual",
        start="declaration" if notation == "document" else "edit",
        transformer=builder,
        keep_all_tokens=True,
        maybe_placeholders=False,
    )
    return lark, builder
