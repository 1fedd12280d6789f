"""What fragments stand on: their bases found, and each read and merged once for all of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from tdl.merge import merge
from tdl.report import Report
from tdl.review.documents import Found
from tdl.review.reader import Reader
from tdl.sources import Resolver, SourceFile
from tdl.syntax import ast
from tdl.syntax.bases import Bases
from tdl.syntax.imports import Parse, load
from tdl.syntax.notation import parse

MAX_KEPT = 64
"""How many are kept: a chain of many fragments is merged step by step, and each step is a document."""


class Chains:
    """What each fragment stands on: among the documents that were named, beside it, else the nearest that was found."""

    def __init__(self, reader: Reader, found: Found) -> None:
        self.reader, self.found = reader, found
        self._near = Bases(reader, found.named)
        self._around: dict[str, Bases] = {}

    def of(self, name: str, fragment: ast.Fragment) -> tuple[str, ...] | None:
        """The names of the base and of the fragments down to this one; None if one is not found."""
        chain = self._near.chain(name, fragment)
        if chain is not None or not self.found.below:
            return chain
        folder = os.path.dirname(name)
        if folder not in self._around:
            # vendors call their documents alike: what is under the same folders comes first
            nearest = sorted(self.found.below, key=lambda other: -_shared(folder, other))
            self._around[folder] = Bases(self.reader, (*self.found.named, *nearest))
        return self._around[folder].chain(name, fragment)


def _shared(folder: str, other: str) -> int:
    """How many folders two paths have in common from the left."""
    parts = zip(Path(folder).parts, Path(other).parent.parts, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], parts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What a chain of names makes.

    Attributes:
        document: None if it makes none; the report says why.
        report: what was found in the last part of the chain.
        sources: the texts that all of its parts were read from, with what they import, by name.
    """

    document: ast.Document | None
    report: Report
    sources: Mapping[str, SourceFile]


class MergedBases:
    """Documents by the chain of names that makes them: a base, and the fragments from it on.

    Args:
        parse: how one text is read.
    """

    def __init__(self, resolver: Resolver, parse: Parse = parse) -> None:
        self.resolver, self.parse = resolver, parse
        self._kept: dict[tuple[str, ...], Merged] = {}

    def merged(self, chain: tuple[str, ...], report: Report) -> Merged:
        """What a chain makes, as `tdl.pipeline` makes it; a part that makes no document ends it."""
        made: Merged | None = None
        for length in range(1, len(chain) + 1):
            part = chain[:length]
            kept = self._kept.get(part)
            if kept is None or not self.holds(kept):
                kept = self._next(made, part)
                if len(self._kept) >= MAX_KEPT:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[part] = kept
            made = kept
            report.extend(made.report)
            if made.document is None:
                break
        assert made is not None, "a chain has a base"
        return made

    def holds(self, merged: Merged) -> bool:
        """Whether what was made can be used again."""
        return True

    def based(self, document: ast.Document) -> ast.Document:
        """A chain's first document, as others are merged onto it."""
        return document

    def grown(
        self, chain: tuple[str, ...], above: ast.Document, fragment: ast.Fragment, merged: ast.Document
    ) -> ast.Document:
        """What a chain's last fragment has made of the document above it."""
        return merged

    def _next(self, above: Merged | None, chain: tuple[str, ...]) -> Merged:
        reader, report = Reader(self.resolver), Report()
        node = load(chain[-1], reader, report, self.parse)
        document: ast.Document | None = None
        if not report.failed:
            match above, node:
                case None, ast.Document():
                    document = self.based(node)
                case Merged(document=ast.Document() as below), ast.Fragment():
                    document = merge(below, (node,), report, (chain[-2],))
                    if document is not None:
                        document = self.grown(chain, below, node, document)
        sources = reader.texts if above is None else {**above.sources, **reader.texts}
        return Merged(document=None if report.failed else document, report=report, sources=sources)
