"""Text with coordinates: `SourceFile` and `Span`."""

from __future__ import annotations

from bisect import bisect_right

from tdl.deferred import dataclass, field


@dataclass(slots=True, eq=False)
class SourceFile:
    """One text and the name people know it by (a path as given, a library name, ``<stdin>``).

    Two source files are the same only if they are the same object: a name may be read twice.
    """

    name: str
    text: str
    _line_starts: list[int] = field(default_factory=list, repr=False)

    def _starts(self) -> list[int]:
        if not self._line_starts:
            starts = [0]
            at = self.text.find("\n")
            while at >= 0:
                starts.append(at + 1)
                at = self.text.find("\n", at + 1)
            self._line_starts = starts
        return self._line_starts

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of a character offset, both counted from 1."""
        starts = self._starts()
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def line_text(self, line: int) -> str:
        """The text of a line counted from 1, without its end."""
        starts = self._starts()
        start = starts[line - 1]
        end = starts[line] - 1 if line < len(starts) else len(self.text)
        return self.text[start:end].rstrip("\r")


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters in one source."""

    source: SourceFile
    start: int
    end: int

    def to(self, other: Span) -> Span:
        """The span from the start of this one to the end of another in the same source."""
        return Span(self.source, self.start, other.end)

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    @property
    def place(self) -> str:
        """``name:line:column``, as editors read it."""
        line, column = self.source.position(self.start)
        return f"{self.source.name}:{line}:{column}"

    def __repr__(self) -> str:
        return f"Span({self.place}+{self.end - self.start})"


NOWHERE = Span(SourceFile("<built in>", ""), 0, 0)
"""The span of what no text says: built-in types and nodes made by programs."""
