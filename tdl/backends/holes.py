"""Texts with holes: what a part of a file says before it is known what its neighbours are called.

Names and numbers that are handed out to a whole definition stand in a part's text as holes. So a part depends on
nothing but its own table, can be kept, and is filled in when all parts are put together.
"""

from __future__ import annotations

from collections.abc import Mapping

_OPEN, _CLOSE = "\x01", "\x02"
"""What no generated text has."""


def hole(name: str) -> str:
    """Stands for a text that is not known yet."""
    return f"{_OPEN}{name}{_CLOSE}"


def pattern(text: str) -> str:
    """A text with holes as it is kept."""
    return text.replace("%", "%%").replace(_OPEN, "%(").replace(_CLOSE, ")s")


def filled(pattern: str, values: Mapping[str, object]) -> str:
    """The text of a pattern; each hole has its value."""
    return pattern % values
