"""Selections as conditions: one for each arm."""

from __future__ import annotations

from itertools import pairwise

from tdl.backends.kaitai.expressions import NoForm, Writer
from tdl.ir import plan
from tdl.ir.expr import Range


def conditions_of(op: plan.Choose, writer: Writer) -> tuple[list[str], str]:
    """When each arm runs, and when any of them does.

    Raises:
        NoForm: two arms have a label in common, so that their order counts.
    """
    selector = writer.integer(op.selector) if op.arms else ""
    labels = tuple(label for arm in op.arms for label in arm.labels)
    if any(high >= low for (_, high), (low, _) in pairwise(sorted(labels))):
        raise NoForm(op.selector, "its value is named by two arms")
    return [_within(selector, arm.labels) for arm in op.arms], _within(selector, labels)


def _within(selector: str, labels: tuple[Range, ...]) -> str:
    tests = [_between(selector, low, high) for low, high in labels]
    return f"({' or '.join(tests)})" if tests else "false"


def _between(selector: str, low: int, high: int) -> str:
    if low == high:
        return f"{selector} == {_number(low)}"
    return f"({selector} >= {_number(low)} and {selector} <= {_number(high)})"


def _number(value: int) -> str:
    return str(value) if value >= 0 else f"(0 - {-value})"
