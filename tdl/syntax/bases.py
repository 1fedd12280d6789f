"""What a fragment calls its base, found: in the library, among documents that were named, or beside the fragment."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from tdl.sources import Resolver, SourceError
from tdl.sources.resolver import library_names
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
        self.headers: dict[str, tuple[str, str | None] | None] = {}
        self.named = {n: header for n in names if n != "-" and (header := self._header(n)) is not None}

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
            for name, (own, parent) in {**self.named, **self._beside(beside)}.items():
                if own == wanted or name == wanted:
                    return name, parent
            of_library = [n for n in library_names() if (self._header(n) or ("",))[0] == wanted]
            if len(of_library) == 1:
                return of_library[0], (self._header(of_library[0]) or ("", None))[1]
        return None

    def _beside(self, name: str) -> dict[str, tuple[str, str | None]]:
        """The headers of the documents in a file's directory."""
        directory = Path("." if name == "-" else name).parent
        try:
            files = sorted(entry for entry in os.listdir(directory) if entry.endswith(".tdl"))[:_MAX_FILES]
        except OSError:
            return {}
        found = {}
        for file in files:
            path = file if str(directory) == "." else str(directory / file)
            header = self._header(path)
            if header is not None and not (os.path.exists(name) and os.path.samefile(path, name)):
                found[path] = header
        return found

    def _header(self, name: str) -> tuple[str, str | None] | None:
        """A document's name and what it calls its base; None if it cannot be read."""
        if name not in self.headers:
            self.headers[name] = self._read_header(name)
        return self.headers[name]

    def _read_header(self, name: str) -> tuple[str, str | None] | None:
        try:
            text = self._beginning(name)
        except (OSError, SourceError, ValueError):
            return None
        match = _HEADER.match(text)
        return (match[1], match[2]) if match else (re.sub(r"\W", "_", Path(name).stem).upper(), None)

    def _beginning(self, name: str) -> str:
        """The first part of a text: a folder may hold many large ones."""
        if os.path.isfile(name):
            with open(name, "rb") as stream:
                return stream.read(_MAX_HEADER).decode("utf-8", "replace").removeprefix("\ufeff")
        return self.resolver.read(self.resolver.locate(name)).text[:_MAX_HEADER]
