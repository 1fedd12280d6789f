"""The texts of a workspace: what editors hold, before what the files say, each parsed once."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from tdl.report import Report
from tdl.review.stamps import Stamp, stamp
from tdl.sources import Resolver, SourceError, SourceFile
from tdl.syntax import ast
from tdl.syntax.memory import Memory
from tdl.syntax.notation import parse

Tree = ast.Document | ast.Fragment


@dataclass(frozen=True, slots=True)
class _Parsed:
    source: SourceFile
    tree: Tree
    report: Report


@dataclass(slots=True)
class _Known:
    """What is kept of one text; ``problem`` stands for one that cannot be read."""

    source: SourceFile | None
    problem: SourceError | None = None
    stamp: Stamp = None
    parsed: _Parsed | None = None
    memory: Memory = field(default_factory=Memory)


class Texts(Resolver):
    """Reads what is open in an editor, else the file; a text stays the same object until it changes."""

    def __init__(self) -> None:
        super().__init__()
        self.open: dict[str, SourceFile] = {}
        self._known: dict[str, _Known] = {}

    def put(self, name: str, text: str) -> None:
        """An editor holds a text."""
        self.open[name] = SourceFile(name, text)
        self.forget(name)

    def drop(self, name: str) -> None:
        """An editor holds a text no longer."""
        self.open.pop(name, None)
        self.forget(name)

    def forget(self, name: str) -> None:
        """Read a text anew when it is asked for next; what was parsed of it may serve again."""
        known = self._known.get(name)
        if known is not None:
            known.source = known.problem = None

    def changed(self) -> list[str]:
        """The texts whose file is no longer what was read; they are forgotten."""
        stale = [
            name
            for name, known in self._known.items()
            if known.stamp is not None and name not in self.open and stamp(name) != known.stamp
        ]
        for name in stale:
            self.forget(name)
        return stale

    def read(self, located: str) -> SourceFile:
        known = self._known.setdefault(located, _Known(None))
        if known.problem is not None:
            raise known.problem
        if known.source is None:
            known.stamp = stamp(located)
            try:
                known.source = self.open.get(located) or super().read(located)
            except SourceError as error:
                known.problem = error
                raise
        return known.source

    def beginning(self, located: str, limit: int) -> str:
        known = self._known.get(located)
        source = self.open.get(located) or (known and known.source)
        return source.text[:limit] if source else super().beginning(located, limit)

    def beside(self, located: str, ending: str) -> tuple[str, ...]:
        return () if located.startswith("<") else super().beside(located, ending)

    def locate(self, name: str, beside: str | None = None) -> str:
        located = super().locate(name, None if beside is not None and beside.startswith("<") else beside)
        return os.path.normpath(located) if os.path.isabs(located) else located

    def parse(self, source: SourceFile, report: Report) -> Tree:
        """The tree of a text, made once; of an edited text only what has changed is parsed."""
        known = self._known.setdefault(source.name, _Known(None))
        if known.parsed is None or known.parsed.source is not source:
            found = Report()
            known.parsed = _Parsed(source, parse(source, found, known.memory), found)
        report.extend(known.parsed.report)
        return known.parsed.tree

    def tree(self, name: str) -> Tree | None:
        """The tree of a text, what cannot be read left out; None if there is no such text."""
        try:
            return self.parse(self.read(name), Report())
        except SourceError:
            return None

    def imports(self, name: str) -> tuple[str, ...]:
        """What a text imports, as it says it."""
        try:
            source = self.read(name)
        except SourceError:
            return ()
        if "IMPORT" not in source.text and not source.text.lstrip().startswith("<"):
            return ()  # most documents, of which there may be many
        return tuple(each.target for each in self.parse(source, Report()).imports)
