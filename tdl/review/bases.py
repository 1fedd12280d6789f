"""What fragments stand on: their bases found, and each read and merged once for all of them."""

from __future__ import annotations

import os
from itertools import takewhile
from pathlib import Path

from tdl.merge import merge
from tdl.report import Report
from tdl.review.documents import Found
from tdl.review.reader import Reader
from tdl.syntax import ast
from tdl.syntax.bases import Bases
from tdl.syntax.imports import load

MAX_KEPT = 32
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


class MergedBases:
    """Documents by the chain of names that makes them: a base, and the fragments from it on."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._kept: dict[tuple[str, ...], tuple[ast.Document | None, Report]] = {}

    def document(self, chain: tuple[str, ...], report: Report) -> ast.Document | None:
        """The merged document of a chain, as `tdl.pipeline` makes it; None, and findings, if there is none."""
        document: ast.Document | None = None
        for length in range(1, len(chain) + 1):
            kept = self._kept.get(chain[:length])
            if kept is None:
                kept = self._next(document, chain[:length])
                if len(self._kept) >= MAX_KEPT:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[chain[:length]] = kept
            document, found = kept
            report.extend(found)
            if document is None:
                return None
        return document

    def _next(self, above: ast.Document | None, chain: tuple[str, ...]) -> tuple[ast.Document | None, Report]:
        """A chain's document out of the one above its last part."""
        report = Report()
        node = load(chain[-1], self.reader, report)
        if report.failed:
            return None, report
        if above is None:
            return (node if isinstance(node, ast.Document) else None), report
        merged = merge(above, (node,), report, (chain[-2],)) if isinstance(node, ast.Fragment) else None
        return (None if report.failed else merged), report
