"""Octets out of lines of hexadecimal text: plain, with offsets before them, with characters beside them.

What a tool adds to the octets is checked, not skipped: offsets must follow from each other, and characters must be
those of the octets to their left.
"""

from __future__ import annotations

import re
from typing import NoReturn

from tdl.deferred import dataclass
from tdl.image.content import MAX_TABLE_OCTETS
from tdl.report import Diagnostic
from tdl.report.rules import conversion
from tdl.sources import SourceFile, Span

_OFFSET = re.compile(r"\s*(?:0x)?([0-9A-Fa-f]{4,16})(?:\s*<[^>]*>)?(:?)(?=\s|$)")
_WIDE_FIRST = re.compile(r"\s*(?:0x)?[0-9A-Fa-f]{4,16}\s+(?:0x)?[0-9A-Fa-f]{2}(?=\s|$)")
"""More digits than those that follow: an offset."""
_TOKEN = re.compile(r"(?:0x|\\x)?[0-9A-Fa-f]+(?:[:-][0-9A-Fa-f]{2})*(?![^\s,;{}()\[\]|\\\"'])", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,;{}()\[\]\"']*")
_REMARK = re.compile(r"//|/\*|#")
_SEPARATORS = str.maketrans(",;{}()[]\"':-", " " * 12)
_SHORT = re.compile(r"(?:0x|\\x)([0-9A-Fa-f])(?![0-9A-Fa-f])", re.IGNORECASE)
_PREFIX = re.compile(r"0x|\\x", re.IGNORECASE)
_WIDE = re.compile(r"0x([0-9A-Fa-f]{3,})", re.IGNORECASE)
_MAX_LINE = 1000
"""Longer lines have no characters beside their octets."""
_ALONE, _WORD_OFFSET, _WORD = 8, 7, 4


class HexProblem(Exception):
    """Text that does not tell octets for sure."""

    def __init__(self, finding: Diagnostic) -> None:
        super().__init__(finding.message)
        self.finding = finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of text that is to hold octets: ``start`` is the offset of ``text`` in the source."""

    source: SourceFile
    start: int
    text: str

    def span(self, start: int = 0, end: int | None = None) -> Span:
        return Span(self.source, self.start + start, self.start + (len(self.text) if end is None else end))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Octets, and what the text around them was."""

    octets: bytes
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """The octets of a line; ``offset`` is what stands before them, as it is written."""

    line: Line
    offset: str = ""
    colon: bool = False
    octets: bytes = b""
    beside: str = ""
    first: str = ""


def read_lines(lines: list[Line], array: bool = False) -> Listed:
    """The octets in some lines of text.

    Args:
        array: whether they are what a C array holds.

    Raises:
        HexProblem: a line is no hexadecimal text, or an offset or character beside it is wrong.
    """
    offsets = [_OFFSET.match(line.text) for line in lines]
    repeats = any(line.text.strip() == "*" for line in lines)
    colons = any(match is not None and match[2] for match in offsets)
    wide = len(lines) > 1 and any(_WIDE_FIRST.match(line.text) for line in lines)
    if repeats or colons or wide:
        return _listing([_listed(line) for line in lines])
    if lines and all(match is not None for match in offsets):
        bare = _bare(lines)
        if bare is not None:
            return _listing(bare)
    rows = [_row(line, 0) for line in lines]
    _check_columns(rows)
    octets = b"".join(row.octets for row in rows)
    name = "a C array" if array else _plain_name(lines)
    return Listed(octets=octets, said=(name, *_beside(rows)))


# --- lines with offsets ----------------------------------------------------------------------------------------------


def _listed(line: Line) -> _Row:
    if line.text.strip() == "*":
        return _Row(line=line)
    match = _OFFSET.match(line.text)
    if match is None:
        _refuse(line, 0, len(line.text), f"`{_short(line.text.strip())}`", "an offset, as before the other lines")
    row = _row(line, match.end())
    return _Row(line=line, offset=match[1], colon=bool(match[2]), octets=row.octets, beside=row.beside, first=row.first)


def _bare(lines: list[Line]) -> list[_Row] | None:
    """Lines that begin with what may be an offset or octets: as a listing, or None if they are octets alone."""
    try:
        rows = [_listed(line) for line in lines]
    except HexProblem:
        return None
    data = [row for row in rows if row.octets]
    if not data or any(not row.octets for row in rows[:-1]):
        return None
    if any(len(row.offset) == _WORD_OFFSET and len(row.first) == _WORD and not row.beside for row in data):
        raise HexProblem(
            conversion.AMBIGUOUS_HEX.at(
                rows[0].line.span(),
                help="the order of their octets is not told: `hexdump -C` and `xxd` list single ones",
                found="words of two octets",
                expected="single octets",
            )
        )
    fits = _octal(rows) or _fits(rows, 16)
    first = rows[0]
    if not fits or len(data) > 1 or first.beside or len(first.first) != len(first.offset):
        return rows if fits else None
    raise HexProblem(
        conversion.AMBIGUOUS_HEX.at(
            first.line.span(0, len(first.offset)),
            help=f"write `{first.offset}:` if it is an offset, or the octets without spaces if it is not",
            found=f"`{first.offset}`, an offset or two octets of the table",
            expected="one of them",
        )
    )


def _listing(rows: list[_Row]) -> Listed:
    """The octets of lines whose offsets follow from each other."""
    base = 8 if _octal(rows) else 16
    octets = bytearray()
    before = b""
    waiting: Line | None = None
    _check_columns(rows)
    for row in rows:
        if not row.offset:
            if not before:
                _refuse(row.line, 0, len(row.line.text), "`*`", "a line to repeat before it")
            waiting = row.line
            continue
        offset = int(row.offset, base)
        if waiting is not None:
            missing = offset - len(octets)
            if missing <= 0 or missing % len(before) or offset > MAX_TABLE_OCTETS:
                raise _offset_problem(row, f"one that whole lines of {len(before)} octets lead to")
            octets += before * (missing // len(before))
            waiting = None
        if offset != len(octets):
            raise _offset_problem(row, f"0x{len(octets):X}" if base == 16 else f"{len(octets):o} (octal)")
        octets += row.octets
        before = row.octets or before
    if waiting is not None:
        _refuse(waiting, 0, len(waiting.text), "`*` at the end", "the offset where the repeated lines end")
    name = "an xxd listing" if any(row.colon and row.beside for row in rows) else "a listing with offsets"
    if any(row.beside == "|" for row in rows):
        name = "a hexdump -C listing"
    checked = "octal offsets checked" if base == 8 else "offsets checked"
    return Listed(octets=bytes(octets), said=(name, checked, *_beside(rows)))


def _check_columns(rows: list[_Row]) -> None:
    """See that characters stand beside all octets or none, and in one column: else octets of a line are missing."""
    column: int | None = None
    beside = any(row.beside for row in rows)
    for row in rows:
        shown, end = row.octets.rstrip(b" "), len(row.line.text.rstrip())
        if beside and shown and not row.beside:
            _refuse(row.line, end, end, "nothing", "the characters of the octets, as beside the other lines")
        if row.beside == "text":
            start = end - len(shown)
            column = start if column is None else column
            if start != column:
                found = f"characters from column {start + 1}"
                _refuse(row.line, start, end, found, f"column {column + 1}, as beside the other lines")


def _offset_problem(row: _Row, expected: str) -> HexProblem:
    start = row.line.text.index(row.offset)
    span = row.line.span(start, start + len(row.offset))
    help = "a table is read from its first octet" if expected == "0x0" else "lines are missing, or octets of a line"
    return HexProblem(conversion.BAD_OFFSET.at(span, help=help, found=f"0x{row.offset}", expected=expected))


def _octal(rows: list[_Row]) -> bool:
    """Whether offsets are octal, as `od` writes them: they fit so, and not as hexadecimal ones."""
    return not _fits(rows, 16) and _fits(rows, 8)


def _fits(rows: list[_Row], base: int) -> bool:
    count: int | None = 0
    for row in rows:
        if not row.offset:
            count = None  # repeated lines: the next offset says how many
            continue
        if base == 8 and not set(row.offset) <= set("01234567"):
            return False
        offset = int(row.offset, base)
        if count is not None and offset != count:
            return False
        count = offset + len(row.octets)
    return True


# --- one line --------------------------------------------------------------------------------------------------------


def _row(line: Line, start: int) -> _Row:
    """The octets of a line from a position on, with the characters beside them."""
    text = line.text
    end = start
    tokens: list[tuple[int, int]] = []
    gaps: list[int] = []
    while True:
        gap = _BETWEEN.match(text, end)
        assert gap is not None
        if tokens and gap[0][:2].isspace() and len(gap[0]) >= 2:
            gaps.append(len(tokens))
        token = _TOKEN.match(text, gap.end())
        if token is None:
            end = gap.end()
            break
        tokens.append(token.span())
        end = token.end()
    rest = text[end:]
    first = text[tokens[0][0] : tokens[0][1]] if tokens else ""
    if len(text) <= _MAX_LINE and tokens:
        for count in gaps if not rest.startswith("|") else [len(tokens)]:
            octets = _octets(text[start : tokens[count - 1][1]])
            beside = text[tokens[count - 1][1] :]
            if octets is not None and beside.strip() and _spells(beside, octets):
                return _Row(line=line, octets=octets, beside="|" if rest.startswith("|") else "text", first=first)
    if rest and (start or not _REMARK.match(rest)):  # a listing has no remarks
        word = rest.split()[0]
        expected = "hexadecimal digits" if not tokens else "hexadecimal digits or the characters of these octets"
        _refuse(line, len(text) - len(rest), len(text) - len(rest) + len(word), f"`{_short(word)}`", expected)
    end = tokens[-1][1] if tokens else start
    octets = _octets(text[start:end])
    if octets is None:
        raise _problem(line, start, end)
    return _Row(line=line, octets=octets, first=first)


def _spells(beside: str, octets: bytes) -> bool:
    """Whether text is the characters of octets, with any other character for what cannot be shown."""
    text = beside.strip()
    if text.startswith("|") and text.endswith("|") and len(text) == len(octets) + 2:
        return _same(text[1:-1], octets)
    # spaces at both ends may be the octets' own or between the columns
    lead = len(octets) - len(octets.lstrip(b" "))
    shown = octets.strip(b" ")
    return len(text) == len(shown) and _same(text, octets[lead : lead + len(shown)])


def _same(text: str, octets: bytes) -> bool:
    return all(
        character == chr(octet)
        if 0x20 <= octet < 0x7F
        else not (character.isascii() and character.isalnum()) and character != " "
        for character, octet in zip(text, octets, strict=True)
    )


def _octets(part: str) -> bytes | None:
    """The octets of a part of a line; None if these are not sure."""
    wide = _WIDE.findall(part)
    alone = len(wide) == 1 and _ALONE <= len(wide[0]) == len(part.strip()) - len("0x")
    if wide and not alone:
        return None
    try:
        # digits of one octet stand together: `4 5` is no octet
        return bytes.fromhex(_PREFIX.sub(" ", _SHORT.sub(r"0\1", part)).translate(_SEPARATORS))
    except ValueError:
        return None


def _problem(line: Line, start: int, end: int) -> HexProblem:
    """What is wrong with a part of a line that has no sure octets."""
    for token in _TOKEN.finditer(line.text, start, end):
        digits = _PREFIX.sub("", token[0])
        span = line.span(*token.span())
        if _WIDE.match(token[0]):
            help = "the order of its octets is not told: write each on its own, as in `0x12, 0x34`"
            found = f"the word `{_short(token[0])}`"
            return HexProblem(conversion.AMBIGUOUS_HEX.at(span, help=help, found=found, expected="single octets"))
        if len(re.sub("[:-]", "", digits)) % 2 and not _SHORT.fullmatch(token[0]):
            found = f"{len(digits)} digit{'s' if len(digits) > 1 else ''} in `{_short(token[0])}`"
            return HexProblem(conversion.BAD_HEX.at(span, found=found, expected="two for each octet"))
    found = f"`{_short(line.text[start:end].strip())}`"
    return HexProblem(conversion.BAD_HEX.at(line.span(start, end), found=found, expected="hexadecimal digits"))


def _refuse(line: Line, start: int, end: int, found: str, expected: str) -> NoReturn:
    raise HexProblem(conversion.BAD_HEX.at(line.span(start, end), found=found, expected=expected))


def _beside(rows: list[_Row]) -> tuple[str, ...]:
    return ("characters checked",) if any(row.beside for row in rows) else ()


def _plain_name(lines: list[Line]) -> str:
    prefixes = any(_PREFIX.search(line.text) for line in lines[:16])
    return "hexadecimal with prefixes" if prefixes else "plain hexadecimal"


def _short(text: str) -> str:
    shown = text if len(text) <= 24 else f"{text[:24]}..."
    return shown.encode("unicode_escape").decode("ascii")
