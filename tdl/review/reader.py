"""A resolver for one check: each text is read once, and what was looked at is known afterwards."""

from __future__ import annotations

import os

from tdl.report.place import is_of_library
from tdl.review.stamps import Stamp, stamp
from tdl.sources import Resolver, SourceError, SourceFile


class Reader(Resolver):
    """Reads through another resolver.

    Attributes:
        texts: what was read, as located.
        looked_at: all that was asked for, there or not, with its stamp from before it was looked at.
    """

    def __init__(self, inner: Resolver) -> None:
        super().__init__()
        self.inner = inner
        self.texts: dict[str, SourceFile] = {}
        self.looked_at: dict[str, Stamp] = {}
        self._beginnings: dict[str, str | None] = {}

    @property
    def reviewed(self) -> dict[str, SourceFile]:
        """What was read, without the texts of the library, which nobody reviews here."""
        return {name: text for name, text in self.texts.items() if not is_of_library(name)}

    def locate(self, name: str, beside: str | None = None) -> str:
        return self.inner.locate(name, beside)

    def read(self, located: str) -> SourceFile:
        self._look_at(located)
        if located not in self.texts:
            self.texts[located] = self.inner.read(located)
        return self.texts[located]

    def beginning(self, located: str, limit: int) -> str:
        self._look_at(located)
        if located in self.texts:
            return self.texts[located].text[:limit]
        if located not in self._beginnings:
            self._beginnings[located] = self._beginning(located, limit)
        found = self._beginnings[located]
        if found is None:
            raise SourceError(located, "cannot be read")
        return found[:limit]

    def beside(self, located: str, ending: str) -> tuple[str, ...]:
        self._look_at(os.path.dirname(located) or ".")
        return self.inner.beside(located, ending)

    def _look_at(self, path: str) -> None:
        if path not in self.looked_at:
            self.looked_at[path] = stamp(path)

    def _beginning(self, located: str, limit: int) -> str | None:
        try:
            return self.inner.beginning(located, limit)
        except SourceError:
            return None
