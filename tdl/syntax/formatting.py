"""The canonical spelling of a text: what the printer prints, with every comment where it was.

Statements are printed without their comments; then the words of the text and of its print are walked side by side, so
that each comment finds the line that it belongs to: the one it stands behind, or the one it stands before. Whatever the
spelling was, no comment is lost and none passes another.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence, Set

from tdl.deferred import dataclass, field
from tdl.report import Report
from tdl.sources import SourceFile
from tdl.syntax import ast
from tdl.syntax.chunks import cut
from tdl.syntax.notation import parse
from tdl.syntax.printer import print_statement

_WORD = re.compile(r'\{[^}]*\}|(?P<word>"[^"\n]*"|\u201c[^\u201d\n]*\u201d|\w+|[;:,])')
_COMMENT = re.compile(r'"[^"\n]*"|\u201c[^\u201d\n]*\u201d|(?P<comment>\{[^}\n]*\})')
_BLANKS = " \t\r\f\ufeff"
_SPACE = _BLANKS + "\n"
_INDENT = "    "
_REACH = 16
"""How many words the text and its print may differ by before they are taken to agree again."""


def format_text(source: SourceFile, report: Report) -> str | None:
    """The canonical spelling of a text in the document form; None, and findings in the report, if it cannot be read.

    The result reads to the same tree, holds the same comments, and is its own canonical spelling.
    """
    found = Report()
    tree = parse(source, found)
    report.extend(found)
    if found.failed:
        return None
    formatted = _Formatting(source.text, tree).text()
    if parse(SourceFile(source.name, formatted), Report()) != tree:
        raise AssertionError("formatting changed what the text says")
    return formatted


@dataclass(slots=True, kw_only=True)
class _Comment:
    """A comment of the text: whether it stands on lines of its own, and whether an empty line is behind it."""

    start: int
    own: bool
    apart: bool
    text: str


@dataclass(slots=True, kw_only=True)
class _Line:
    """A printed line, the comments on lines before it and those behind it."""

    text: str
    before: list[_Comment] = field(default_factory=list)
    behind: list[_Comment] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class _Statement:
    """A statement's place in the text, up to its last character, and its printed lines."""

    start: int
    end: int
    close: bool
    lines: list[_Line]


class _Formatting:
    def __init__(self, text: str, tree: ast.Document | ast.Fragment) -> None:
        chunks, ranges = cut(text)
        lines = [c for c in chunks if c.kind == "overrides"]
        asides = {m.span() for c in lines for m in _COMMENT.finditer(text, c.start, c.end) if m["comment"]}
        self.source = text
        self.comments = _comments(text, ranges, asides)
        starts = [(c.start, c.end) for c in chunks if c.kind == "declaration"]
        self.statements = [
            _Statement(
                start=start,
                end=_last_word(text, start, end, ranges),
                close=isinstance(node, ast.Header | ast.Import),
                lines=[_Line(text=line) for line in print_statement(node)],
            )
            for (start, end), node in zip(starts, _statements(tree), strict=True)
        ]
        self.tail: list[_Comment] = []

    def text(self) -> str:
        self._place()
        lines: list[str] = []
        for i, statement in enumerate(self.statements):
            if i and not (statement.close and self.statements[i - 1].close):
                lines.append("")
            for line in statement.lines:
                lines += _own_lines(line.before, _indent(line.text))
                lines.append(line.text + "".join(f" {comment.text}" for comment in line.behind))
        tail = _own_lines(self.tail, "")
        return "\n".join([*lines, *(["", *tail] if tail and lines else tail)]).rstrip("\n") + "\n"

    def _place(self) -> None:
        """Give every comment to a line."""
        starts = [statement.start for statement in self.statements]
        inside: dict[int, list[_Comment]] = {}
        for comment in self.comments:
            at = bisect_right(starts, comment.start) - 1
            if at >= 0 and comment.start < self.statements[at].end:
                inside.setdefault(at, []).append(comment)
            elif at >= 0 and not comment.own:
                inside.setdefault(at, [])
                self.statements[at].lines[-1].behind.append(comment)
            elif at + 1 < len(starts):
                self.statements[at + 1].lines[0].before.append(comment)
            else:
                self.tail.append(comment)
        for at, comments in inside.items():
            self._place_inside(self.statements[at], comments)

    def _place_inside(self, statement: _Statement, comments: Sequence[_Comment]) -> None:
        words, offsets = _words(self.source, statement.start, statement.end)
        printed, numbers = [], []
        for number, line in enumerate(statement.lines):
            found, _ = _words(line.text, 0, len(line.text))
            printed += found
            numbers += [number] * len(found)
        line_of = [numbers[i] for i in _aligned(words, printed)]
        late = statement.lines[-1].behind
        statement.lines[-1].behind = []
        for comment in comments:
            following = bisect_right(offsets, comment.start)
            number = line_of[following - 1]
            next_line = statement.lines[line_of[following]] if following < len(words) else statement.lines[number]
            if next_line is not statement.lines[number] and (comment.own or next_line.before):
                next_line.before.append(comment)  # so is what stands behind one of these
            else:
                statement.lines[number].behind.append(comment)
        statement.lines[-1].behind += late


def _statements(tree: ast.Document | ast.Fragment) -> list[ast.Header | ast.Import | ast.Declaration | ast.Edit]:
    """Everything that stands on its own, in the order of the text; a header that is not in the text is left out."""
    header = [tree.header] if tree.header.span.end > tree.header.span.start else []
    rest = tree.declarations if isinstance(tree, ast.Document) else tree.edits
    return sorted([*header, *tree.imports, *rest], key=lambda node: node.span.start)


def _comments(text: str, ranges: Iterable[tuple[int, int]], asides: Set[tuple[int, int]]) -> list[_Comment]:
    """The comments of a text in order; ``asides`` are those in lines that become part of the next statement."""
    found: list[_Comment] = []
    last_end = 0
    for start, end in sorted({*ranges, *asides}):
        at = start
        while at > last_end and text[at - 1] in _BLANKS:
            at -= 1
        if (start, end) in asides:
            own = True
        elif found and at == last_end:
            own = found[-1].own  # right behind another one
        else:
            own = at == 0 or text[at - 1] == "\n"
        said = text[start + 1 : end - 1].replace("\r\n", "\n").strip()
        blanks = re.compile(r"\s*").match(text, end)
        apart = blanks is not None and blanks[0].count("\n") > 1
        found.append(_Comment(start=start, own=own, apart=apart, text=f"{{ {said} }}" if said else "{}"))
        last_end = end
    return found


def _last_word(text: str, start: int, end: int, comments: Sequence[tuple[int, int]]) -> int:
    """The end of what a statement says: blanks and comments behind it are left out."""
    i = bisect_right(comments, (end, end)) - 1
    while True:
        while end > start and text[end - 1] in _SPACE:
            end -= 1
        if i < 0 or comments[i][1] != end:
            return end
        end, i = comments[i][0], i - 1


def _words(text: str, start: int, end: int) -> tuple[list[str], list[int]]:
    """The words, numbers, texts and separators in a range, spelt one way, and where they are."""
    found = [match for match in _WORD.finditer(text, start, end) if match["word"]]
    return [_spelt(match["word"]) for match in found], [match.start() for match in found]


def _spelt(word: str) -> str:
    if word[0].isdigit():
        try:
            return str(int(word, 0 if word[:2].lower() == "0x" else 10))
        except ValueError:
            return word
    return word


def _aligned(words: Sequence[str], printed: Sequence[str]) -> list[int]:
    """For each word the position of the printed one that stands for it, or of the one before; never falling."""
    positions: list[int] = []
    i = j = 0
    while i < len(words):
        if j < len(printed) and words[i] != printed[j]:
            skip = _agreement(words, printed, i, j)
            if skip is not None:
                positions += [min(j, len(printed) - 1)] * skip[0]
                i, j = i + skip[0], j + skip[1]
        positions.append(min(j, len(printed) - 1))
        i, j = i + 1, j + 1
    return positions


def _agreement(words: Sequence[str], printed: Sequence[str], i: int, j: int) -> tuple[int, int] | None:
    """How many words of each to pass until they agree again."""
    for together in range(1, _REACH):
        for passed in range(together + 1):
            a, b = i + passed, j + together - passed
            if a < len(words) and b < len(printed) and words[a] == printed[b]:
                return passed, together - passed
    return None


def _own_lines(comments: Sequence[_Comment], indent: str) -> list[str]:
    return [line for c in comments for line in ((indent + c.text, "") if c.apart else (indent + c.text,))]


def _indent(line: str) -> str:
    """The indentation of a comment before a line: that of a block's members before what ends them."""
    indent = line[: len(line) - len(line.lstrip())]
    return indent + _INDENT if line.split(None, 1)[0].rstrip(";") in ("END", "ELSE") else indent
