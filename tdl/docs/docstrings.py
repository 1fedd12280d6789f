"""Docstrings as Markdown: paragraphs, lists, and the sections that say arguments, attributes and errors."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

_SECTION = re.compile(r"(Args|Attributes|Raises):")
_ENTRY = re.compile(r"([*\w, .]+): (.*)")
_TITLES = {"Args": "Arguments", "Attributes": "Attributes", "Raises": "Raises"}


def markdown(docstring: str | None) -> Iterator[str]:
    """The lines of a docstring; ``x`` in two back-ticks becomes `x`, and a section a list under its title."""
    for block in inspect.cleandoc(docstring or "").replace("``", "`").split("\n\n"):
        lines = [line for line in block.split("\n") if line]
        if not lines:
            continue
        section = _SECTION.fullmatch(lines[0])
        if section is None:
            yield from (*_plain(lines), "")
        else:
            yield from (f"{_TITLES[section[1]]}:", "", *_entries(lines[1:]), "")


def _plain(lines: list[str]) -> Iterator[str]:
    if all(line.startswith("    ") for line in lines if line):
        yield from ("```python", *(line.removeprefix("    ") for line in lines), "```")
    else:
        yield from lines


def _entries(lines: list[str]) -> Iterator[str]:
    """``name: words`` that may go on in deeper lines, as items of a list."""
    entry = ""
    for line in [*(line.removeprefix("    ") for line in lines), ""]:
        if line.startswith("    "):
            entry += f" {line.strip()}"
            continue
        if entry:
            found = _ENTRY.fullmatch(entry)
            yield f"- `{found[1]}`: {found[2]}" if found else f"- {entry}"
        entry = line
