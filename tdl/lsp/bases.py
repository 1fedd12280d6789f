"""Merged bases that count until a text they were made from changes, and stay the same objects where nothing does."""

from __future__ import annotations

from dataclasses import replace

from tdl.lsp.settling import Settler
from tdl.lsp.texts import Texts
from tdl.merge.origins import declared
from tdl.review.bases import Merged, MergedBases
from tdl.sources import SourceError, SourceFile
from tdl.syntax import ast


class LiveBases(MergedBases):
    """See `MergedBases`."""

    def __init__(self, texts: Texts) -> None:
        super().__init__(texts, texts.parse)
        self._declared: dict[str, dict[int, tuple[ast.Declaration, ast.Declaration]]] = {}
        self._settlers: dict[tuple[str, ...], Settler] = {}

    def holds(self, merged: Merged) -> bool:
        return all(self._now(name) is source for name, source in merged.sources.items())

    def based(self, document: ast.Document) -> ast.Document:
        """The document with origins everywhere; of a declaration that is the same as before, the same."""
        before = self._declared.get(document.header.name, {})
        made = declared(replace(document, declarations=tuple(d for d in document.declarations if id(d) not in before)))
        marked = iter(made.declarations)
        pairs = [before.get(id(each)) or (each, next(marked)) for each in document.declarations]
        self._declared[document.header.name] = {id(each): (each, mark) for each, mark in pairs}
        return replace(made, declarations=tuple(mark for _, mark in pairs))

    def grown(
        self, chain: tuple[str, ...], above: ast.Document, fragment: ast.Fragment, merged: ast.Document
    ) -> ast.Document:
        return self._settlers.setdefault(chain, Settler()).settled(merged, above, fragment)

    def _now(self, name: str) -> SourceFile | None:
        try:
            return self.resolver.read(name)
        except SourceError:
            return None
