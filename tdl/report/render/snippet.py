"""Lines of source with marks under them, whatever the lines hold."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from tdl.deferred import dataclass
from tdl.report.diagnostic import Label
from tdl.report.render.theme import Theme
from tdl.sources import SourceFile

_TAB = 4
_CUT = "..."


def display(text: str) -> list[str]:
    """The text as a terminal may show it, one cell text for each character.

    Tabs become spaces, and what a terminal would obey (escape codes, other control characters, text turned around)
    becomes a visible stand-in, so that no document can write over its own findings.
    """
    return [_cell(character) for character in text]


def visible(text: str) -> str:
    """The text with nothing in it that a terminal would obey; line breaks stay."""
    return "".join(c if c == "\n" else _cell(c) for c in text)


def in_a_line(text: str) -> str:
    """The same without line breaks: a file's name may hold some, and would be taken for a finding of its own."""
    return visible(text).replace("\n", "\u240a")


def _cell(character: str) -> str:
    if character == "\t":
        return " " * _TAB
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else "\ufffd"


def width(text: str) -> int:
    """How many columns a terminal needs for shown text."""
    return sum(_character_width(c) for c in text)


def _character_width(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A label on one line: columns from 0 in characters of the line, its text, and whether it is the finding's own."""

    line: int
    start: int
    end: int
    text: str
    primary: bool


def mark(label: Label, primary: bool) -> Mark:
    """Where a label stands; of a span over several lines the first is marked."""
    span = label.span
    line, column = span.source.position(span.start)
    length = max(min(span.end - span.start, len(line_text(span.source, line)) - column + 1), 1)
    return Mark(line=line, start=column - 1, end=column - 1 + length, text=label.text, primary=primary)


@lru_cache(maxsize=8)
def line_text(source: SourceFile, line: int) -> str:
    """A line of a text; the last few are kept, since a line may be all of a large text and have many findings."""
    return source.line_text(line)


def snippet(
    lines: Iterable[tuple[int, str]], marks: list[Mark], gutter: int, columns: int, theme: Theme
) -> Iterator[str]:
    """The lines of one source with their marks; a gap of several lines is shown as such."""
    previous: int | None = None
    for number, text in lines:
        if previous is not None and number > previous + 1:
            yield theme.paint("gutter", _CUT.rjust(gutter))
        previous = number
        own = sorted((m for m in marks if m.line == number), key=lambda m: (m.start, m.primary))
        yield from _marked_line(number, text, own, gutter, columns, theme)


def _marked_line(number: int, text: str, marks: list[Mark], gutter: int, columns: int, theme: Theme) -> Iterator[str]:
    start, end = _window(text, marks, columns)
    cells = display(text[start:end])
    before, behind = (_CUT if start else ""), (_CUT if end < len(text) else "")
    bar = theme.paint("gutter", "|")
    yield f"{theme.paint('gutter', str(number).rjust(gutter))} {bar} {before}{''.join(cells)}{behind}".rstrip()
    for each in marks:
        lead = len(before) + width("".join(cells[: max(each.start - start, 0)]))
        length = max(width("".join(cells[max(each.start - start, 0) : max(each.end - start, 0)])), 1)
        carets = theme.paint("error" if each.primary else "secondary", ("^" if each.primary else "-") * length)
        said = theme.paint("error" if each.primary else "secondary", visible(each.text))
        yield f"{' ' * gutter} {bar} {' ' * lead}{carets}{' ' if said else ''}{said}"


def _window(text: str, marks: list[Mark], columns: int) -> tuple[int, int]:
    """The part of a line that is shown: all of a short one, the surroundings of the first mark of a long one."""
    if len(text) <= columns:
        return 0, len(text)
    wanted = next((m for m in marks if m.primary), marks[0]).start if marks else 0
    start = max(0, min(wanted - columns // 3, len(text) - columns))
    return start, min(len(text), start + columns)
