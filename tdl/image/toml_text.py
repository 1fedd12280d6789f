"""TOML with places: the standard reader tells what a file says, this also where."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tdl.sources import SourceFile, Span

MAX_TOML_CHARACTERS = 4 * 1024 * 1024

_HEADER = re.compile(r"\s*\[\[?([^\[\]]+)\]\]?\s*(#.*)?")
_ASSIGNMENT = re.compile(
    r"\s*((?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*'))*)\s*="
)
_RUN = re.compile(r"[^=,{}\[\]\n]+")
"""What may be a key with its dots."""
_MAX_DOTS = 64
_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)")


class TomlError(Exception):
    """A text that is not TOML: what is wrong, and where."""

    def __init__(self, problem: str, span: Span) -> None:
        super().__init__(f"{span.place}: {problem}")
        self.problem, self.span = problem, span


class TomlText:
    """A TOML file: its values, and the place of each key.

    Raises:
        TomlError: not TOML.
    """

    def __init__(self, name: str, text: str) -> None:
        self.source = SourceFile(name, text)
        self.values: Mapping[str, object] = _read(self.source)
        self._spans: dict[tuple[str, ...], Span] | None = None

    def span(self, path: Sequence[str]) -> Span:
        """Where a key is given its value; for one that cannot be found (inside an inline table), the key around it."""
        if self._spans is None:
            self._spans = dict(_spans(self.source))
        for length in range(len(path), 0, -1):
            found = self._spans.get(tuple(path[:length]))
            if found is not None:
                return found
        return Span(self.source, 0, 0)


def parse_toml(text: str) -> dict[str, object]:
    """The values of TOML text, in bounded time and memory: the standard reader's grow with the square of a key's dots.

    Raises:
        tomllib.TOMLDecodeError: not TOML.
        ValueError: nested too deep, or a number of thousands of digits.
    """
    import tomllib  # most commands read no TOML

    if any(run[0].partition("#")[0].count(".") > _MAX_DOTS for run in _RUN.finditer(text)):
        raise ValueError("nested too deep")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("nested too deep") from None


def _read(source: SourceFile) -> Mapping[str, object]:
    if len(source.text) > MAX_TOML_CHARACTERS:
        raise TomlError(f"larger than {MAX_TOML_CHARACTERS // 1024 // 1024} MiB", Span(source, 0, 0))
    import tomllib

    try:
        return parse_toml(source.text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        found = _AT.search(message)
        known = found is not None and found[1] is not None
        at = _offset(source, int(found[1]), int(found[2])) if found and known else len(source.text.rstrip())
        problem = _AT.sub("", message)
        raise TomlError(problem[:1].lower() + problem[1:], Span(source, at, at)) from None
    except ValueError:
        raise TomlError("nested too deep, or a number too long", Span(source, 0, 0)) from None


def _offset(source: SourceFile, line: int, column: int) -> int:
    """The offset of a position; one past the end is the end."""
    at = 0
    for _ in range(line - 1):
        at = source.text.find("\n", at) + 1
    return min(at + column - 1, len(source.text))


def _spans(source: SourceFile) -> list[tuple[tuple[str, ...], Span]]:
    """The places of headers and keys that start a line; the first of equal ones counts last, so it wins."""
    found: list[tuple[tuple[str, ...], Span]] = []
    header: tuple[str, ...] = ()
    at = 0
    for line in source.text.split("\n"):
        if (match := _ASSIGNMENT.match(line)) is not None:
            found.append(((*header, *_keys(match[1])), Span(source, at + match.start(1), at + match.end(1))))
        elif (match := _HEADER.fullmatch(line.rstrip("\r"))) is not None:
            header = _keys(match[1])
            found.append((header, Span(source, at + match.start(1), at + match.end(1))))
        at += len(line) + 1
    return list(reversed(found))


def _keys(text: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in text.split("."))
