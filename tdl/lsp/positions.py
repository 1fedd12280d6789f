"""Positions as editors count them: lines, and in them octets of UTF-8, words of UTF-16 or characters."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from tdl.sources import Span

_LINE_END = re.compile(r"\r\n|\n|\r")

Position: TypeAlias = tuple[int, int]
"""Line and column, both from 0."""

Range: TypeAlias = tuple[Position, Position]


class Encoding(Enum):
    """What a column counts."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"

    def width(self, text: str) -> int:
        """How long a text is."""
        match self:
            case Encoding.UTF32:
                return len(text)
            case Encoding.UTF16:
                return len(text) if text.isascii() else len(text) + sum(c > "\uffff" for c in text)
            case Encoding.UTF8:
                return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))

    def characters(self, text: str, width: int) -> int:
        """How many characters of a text are within a width; one that is cut in two is not."""
        if text.isascii() or self is Encoding.UTF32:
            return min(width, len(text))
        taken = 0
        for count, character in enumerate(text):
            taken += self.width(character)
            if taken > width:
                return count
        return len(text)


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a text, ended as editors end them."""

    text: str
    starts: tuple[int, ...]
    encoding: Encoding

    @classmethod
    def of(cls, text: str, encoding: Encoding) -> Lines:
        return cls(text, (0, *(match.end() for match in _LINE_END.finditer(text))), encoding)

    def position(self, offset: int) -> Position:
        """The position of an offset; of one behind the end, that of the end."""
        offset = max(0, min(offset, len(self.text)))
        line = bisect_right(self.starts, offset) - 1
        return line, self.encoding.width(self.text[self.starts[line] : offset])

    def offset(self, position: Position) -> int:
        """The offset of a position; of one that the text does not have, of the nearest before it."""
        line, column = position
        if line < 0:
            return 0
        if line >= len(self.starts):
            return len(self.text)
        start = self.starts[line]
        end = self.starts[line + 1] if line + 1 < len(self.starts) else len(self.text)
        row = self.text[start:end].rstrip("\r\n")
        return start + self.encoding.characters(row, max(column, 0))

    def range(self, start: int, end: int) -> Range:
        return self.position(start), self.position(end)

    def range_of(self, span: Span) -> Range:
        return self.range(span.start, span.end)

    def edited(self, range: Range | None, replacement: str) -> Lines:
        """The text with a range written anew, or all of it."""
        if range is None:
            return Lines.of(replacement, self.encoding)
        start, end = self.offset(range[0]), self.offset(range[1])
        return Lines.of(self.text[:start] + replacement + self.text[max(start, end) :], self.encoding)
