"""Two texts to their comparison."""

from __future__ import annotations

from tdl.compat import Comparison, Side, compare
from tdl.project import load
from tdl.sources import Resolver


def compared(old: str, new: str) -> Comparison:
    sides = []
    for name, content in (("old.tdl", old), ("new.tdl", new)):
        definition = load(name, (), Resolver({name: content}))
        sides.append(Side(model=definition.model, plan=definition.plan))
    return compare(*sides)


def replaced(text: str, *changes: tuple[str, str]) -> str:
    """A text with each piece, which it has once, replaced."""
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text
