"""Where things stand in the text, and how they are listed in messages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from tdl.sources import Span
from tdl.syntax import ast

MAX_SHOWN = 10
"""How many links of a chain a message shows."""

_BARE_LABELS = re.compile(r"\d[0-9A-Fa-fxX.,\s]*\Z")


def name_span(name: ast.Name | ast.Sized) -> Span:
    """The name itself, without subscripts or size."""
    return Span(name.span.source, name.span.start, min(name.span.start + len(name.name), name.span.end))


def label_span(arm: ast.Arm) -> Span:
    """The labels of an arm: ``CASE 1, 3..4``, or ``1, 3..4`` in the older spelling."""
    source, start, end = arm.span.source, arm.span.start, arm.span.end
    if source.text[start : start + 1] == ":":  # the older spelling: the arm's span starts behind its labels
        before = source.text[max(0, start - 200) : start]
        match = _BARE_LABELS.search(before)
        if match is None:
            return Span(source, start, start + 1)
        return Span(source, start - len(match.group()), start - len(match.group()) + len(match.group().rstrip()))
    head = source.text[start:end].partition(":")[0].rstrip()
    return Span(source, start, start + len(head))


def specifications(specification: ast.Specification) -> Iterator[ast.Specification]:
    """A specification as written and the ones inside its arrays."""
    yield specification
    while isinstance(specification, ast.Array):
        specification = specification.of
        yield specification


def chain(names: Sequence[str]) -> str:
    """``A -> B -> C``, shortened in the middle if it is long."""
    if len(names) > MAX_SHOWN:
        names = (*names[: MAX_SHOWN - 2], "...", names[-1])
    return " -> ".join(names)


def codes(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}..{high}"


def bits(mask: int) -> str:
    """``bit 7``, ``bits 0, 4..7``."""
    runs = []
    low = 0
    while mask >> low:
        if mask >> low & 1:
            high = low
            while mask >> high + 1 & 1:
                high += 1
            runs.append((low, high))
            low = high
        low += 1
    one = len(runs) == 1 and runs[0][0] == runs[0][1]
    return ("bit " if one else "bits ") + ", ".join(codes(*run) for run in runs)


def alternatives(words: Iterable[str]) -> str:
    """`` `A`, `B` or `C` ``."""
    *most, last = [f"`{word}`" for word in words]
    return f"{', '.join(most)} or {last}" if most else last
