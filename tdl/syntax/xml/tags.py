"""What the XML parser saw, as the reader uses it: elements with their attributes, and where each character stands."""

from __future__ import annotations

import re
from dataclasses import field

from tdl.deferred import dataclass
from tdl.sources import SourceFile, Span
from tdl.syntax import ast

_HEAD = re.compile(r"<[^\s/>]+")
_ATTRIBUTE = re.compile(r"""\s+([^\s=/>]+)\s*=\s*("[^"]*"|'[^']*')""")
_TAIL = re.compile(r"\s*/?>")
_CHARACTER = re.compile(r"&[^;]*;|\r\n|.", re.DOTALL)


@dataclass(slots=True)
class Value:
    """The value of an attribute: its text, and the range of characters in the source that it was written in."""

    text: str
    span: Span
    _starts: list[int] = field(default_factory=list, repr=False)

    def offset(self, at: int) -> int:
        """Where a character of the text stands in the source."""
        raw = self.span.text
        if len(raw) == len(self.text):  # references and line ends are all that changes a length
            return self.span.start + at
        if not self._starts:
            self._starts = [match.start() for match in _CHARACTER.finditer(raw)]
        return self.span.start + (self._starts[at] if at < len(self._starts) else len(raw))

    def part(self, start: int, end: int) -> Span:
        return Span(self.span.source, self.offset(start), max(self.offset(end), self.offset(start)))


@dataclass(slots=True)
class Head:
    """A start tag in the source: attributes by their names as written, with the range of each value."""

    span: Span
    name: Span
    attributes: dict[str, tuple[Span, Span]]
    closed: bool


def head_at(source: SourceFile, start: int) -> Head:
    """The start tag at an offset, which the parser has found to be well-formed."""
    text = source.text
    name = _HEAD.match(text, start)
    assert name is not None
    at = name.end()
    found = {}
    while match := _ATTRIBUTE.match(text, at):
        at = match.end()
        found[match[1]] = Span(source, *match.span(1)), Span(source, match.start(2) + 1, match.end(2) - 1)
    tail = _TAIL.match(text, at)
    assert tail is not None
    named = Span(source, start + 1, name.end())
    return Head(Span(source, start, tail.end()), named, found, tail.group().lstrip().startswith("/"))


@dataclass(slots=True, kw_only=True)
class Tag:
    """An element: ``kind`` and ``parent`` are keys of `names.KINDS`, ``values`` are by keys of `names.ATTRIBUTES`.

    ``seen`` are the parts of its content that it has; ``empty`` says that it is a lone tag, without an end tag;
    ``pending`` are comments that go with what follows them.
    """

    kind: str
    span: Span
    parent: str = ""
    values: dict[str, Value] = field(default_factory=dict)
    properties: list[tuple[str, Span, Value]] = field(default_factory=list)
    children: list[Tag] = field(default_factory=list)
    comments: list[ast.Comment] = field(default_factory=list)
    pending: list[ast.Comment] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    empty: bool = False

    def of(self, *kinds: str) -> list[Tag]:
        return [child for child in self.children if child.kind in kinds]

    def get(self, key: str) -> str | None:
        value = self.values.get(key)
        return None if value is None else value.text

    def place(self, key: str) -> Span:
        """Where the value of an attribute stands; that of the whole element if it has none."""
        value = self.values.get(key)
        return self.span if value is None else value.span
