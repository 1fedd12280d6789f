"""Python source that stands for values, whatever is in them: nothing of a definition gets into code any other way."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

_QUOTE = '"'


def literal(value: object) -> str:
    """A value of plain types as source, with double quotes as formatters have them."""
    match value:
        case str():
            return _QUOTE + _escaped(value) + _QUOTE
        case tuple():
            inside = ", ".join(literal(each) for each in value)
            return f"({inside},)" if len(value) == 1 else f"({inside})"
        case bool() | int() | None:
            return repr(value)
        case _:
            raise AssertionError(value)


def docstring(lines: Iterable[str], indent: str) -> str:
    """Lines of text as a docstring that holds nothing but them."""
    text = [_escaped(line) for line in lines]
    if len(text) == 1:
        return f'{indent}"""{text[0]}"""'
    body = "\n".join(f"{indent}{line}" if line else "" for line in text[1:])
    return f'{indent}"""{text[0]}\n{body}\n{indent}"""'


def comment(text: str) -> str:
    """Text as one line of a comment."""
    return f"# {_escaped(text)}"


def wrapped(text: str, indent: str = "") -> list[str]:
    """A paragraph as lines that fit a docstring."""
    return textwrap.wrap(text, 112 - len(indent), subsequent_indent=indent, break_on_hyphens=False) or [""]


def _escaped(text: str) -> str:
    safe = text.replace("\\", "\\\\").replace(_QUOTE, "\\" + _QUOTE)
    return safe if safe.isprintable() else "".join(map(_character, safe))


def _character(character: str) -> str:
    """A character that editors show as it is, or its escape."""
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"
