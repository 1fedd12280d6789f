"""A limit on nesting, checked before parsing, so that trees are never deeper than programs can walk."""

from __future__ import annotations

import re

MAX_DEPTH = 64

_NESTING = re.compile(
    r'\{[^}]*\}?|"[^"\n]*"|(?P<open>[(\[]|\b(?:IF|SWITCH)\b|\bCASE\b(?=[^:;]*\bOF\b))'
    r"|(?P<close>[)\]]|\bEND\b)"
    r"|(?P<operator>[-+*/%!]|&&|\|\||\b(?:AND|OR|NOT|ARRAY)\b)|(?P<end>[;:,])"
)
# each character counted here opens at most one level, so a text with few of them need not be scanned
_CHEAP = ("(", "[", "IF", "SWITCH", "CASE", "-", "+", "*", "/", "%", "!", "&", "|", "AND", "OR", "NOT", "ARRAY")


def too_deep(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The offset at which a declaration gets deeper than `MAX_DEPTH`, and its full depth; None if it never does."""
    if sum(text.count(mark, start, end) for mark in _CHEAP) <= MAX_DEPTH:
        return None
    depth = operators = deepest = 0
    where = None
    for match in _NESTING.finditer(text, start, end):
        match match.lastgroup:
            case "open":
                depth += 1
            case "close":
                depth -= 1
            case "operator":
                operators += 1
            case "end":
                operators = 0
        if depth + operators > MAX_DEPTH:
            where = match.start() if where is None else where
            deepest = max(deepest, depth + operators)
    return None if where is None else (where, deepest)
