"""What a fragment calls its base, found: in the library, among documents that were named, or beside the fragment."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from tdl.sources import Resolver, SourceError
from tdl.sources.library import library_names
from tdl.syntax import ast

_HEADER = re.compile(r"(?:\s|\{[^}]*\})*(?:DOCUMENT|FRAGMENT)\s+([A-Za-z_]\w*)(?:\s+OF\s+[\"\u201c]([^\"\u201d]*))?")
_MAX_FILES = 500
_MAX_HEADER = 64 * 1024


class Bases:
    """Documents and fragments by the name in their header.

    Args:
        names: those that come before those beside a fragment.
    """

    def __init__(self, resolver: Resolver, names: Iterable[str] = ()) -> None:
        self.resolver = resolver
        self.names = tuple(name for name in names if name != "-")
        self.headers: dict[str, tuple[str, str | None] | None] = {}

    def chain(self, name: str, fragment: ast.Fragment) -> tuple[str, ...] | None:
        """The base and the fragments above this one, the base first; None if one is not found."""
        chain = [name]
        base = fragment.header.base
        while base is not None:
            found = self._find(base, chain[-1])
            if found is None or found[0] in chain:
                return None
            chain.append(found[0])
            base = found[1]
        return tuple(reversed(chain[1:]))

    def _find(self, base: str, beside: str) -> tuple[str, str | None] | None:
        """The document or fragment that a fragment calls ``base``, and what that one calls its own."""
        for wanted in (base, base.rpartition("@")[0]):
            if not wanted:
                continue
            if wanted in library_names():
                return wanted, (self._header(wanted) or ("", None))[1]
            for name, (own, parent) in self._near(beside).items():
                if own == wanted or name == wanted:
                    return name, parent
            of_library = [n for n in library_names() if (self._header(n) or ("",))[0] == wanted]
            if len(of_library) == 1:
                return of_library[0], (self._header(of_library[0]) or ("", None))[1]
        return None

    def _near(self, name: str) -> dict[str, tuple[str, str | None]]:
        """The headers of the documents that were named, and of those in a file's folder."""
        beside = (path for ending in (".tdl", ".xml") for path in self.resolver.beside(name, ending)[:_MAX_FILES])
        near = (*self.names, *beside)
        return {path: header for path in near if (header := self._header(path)) is not None}

    def _header(self, name: str) -> tuple[str, str | None] | None:
        """A document's name and what it calls its base; None if it cannot be read."""
        if name not in self.headers:
            self.headers[name] = self._read_header(name)
        return self.headers[name]

    def _read_header(self, name: str) -> tuple[str, str | None] | None:
        """What the first part of a text says: a folder may hold many large ones."""
        try:
            text = self.resolver.beginning(self.resolver.locate(name), _MAX_HEADER)
        except SourceError:
            return None
        return header_in(text, name)


def header_in(text: str, name: str) -> tuple[str, str | None] | None:
    """The name of a document, and what it calls its base, by what its text begins with; None if that says neither.

    Args:
        name: what the document is called after if it does not say.
    """
    text = text[:_MAX_HEADER]
    unnamed = re.sub(r"\W", "_", Path(name).stem).upper()
    if text.lstrip().startswith("<"):
        from tdl.syntax.xml.heading import heading  # most documents are no XML

        found = heading(text)
        return None if found is None else (found[0] or unnamed, found[1])
    match = _HEADER.match(text)
    return (match[1], match[2]) if match else (unnamed, None)
