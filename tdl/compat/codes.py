"""Changes of enumerations: which codes are called otherwise, and what they say of themselves."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from tdl.compat import policy
from tdl.compat.meanings import property_changes
from tdl.compat.policy import Change
from tdl.compat.records import Records
from tdl.ir import model
from tdl.ir.layout import Row

_ARGUMENT = "Argument"

_Segment: TypeAlias = tuple[int, int, model.Enumerator | None, model.Enumerator | None]


class Codes:
    """The enumerations of two definitions, each pair compared once."""

    def __init__(self, old: model.Definition, new: model.Definition) -> None:
        self.old = {e.name: e for e in old.enumerations}
        self.new = {e.name: e for e in new.enumerations}
        self.records = Records(old, new)
        self._segments: dict[tuple[str, str], tuple[_Segment, ...]] = {}

    def changes(
        self,
        before: Row,
        after: Row,
        said_before: Mapping[str, str | int],
        said_after: Mapping[str, str | int],
        element: str,
        told: set[tuple[str, str]],
    ) -> Iterator[Change]:
        """The changes of an element's codes.

        Args:
            told: the pairs of enumerations that its table has told; they are told once, at the first element.
        """
        old, new = (None if name is None else str(name) for name in (said_before.get("Enum"), said_after.get("Enum")))
        if old not in self.old or new not in self.new:
            if old != new and (old in self.old or new in self.new):
                clause = policy.MEANING_SAID if old not in self.old else policy.MEANING_LOST
                names = (f"`{old}`" if old in self.old else "none", f"`{new}`" if new in self.new else "none")
                yield clause.at(
                    after.op.span, before, after, what=f"`{element}`", property="Enum", old=names[0], new=names[1]
                )
            return
        assert old is not None
        assert new is not None
        if (old, new) not in told:
            told.add((old, new))
            yield from _changes(self.changed(old, new), before, after, element, self.records)

    def changed(self, old: str, new: str) -> tuple[_Segment, ...]:
        """The ranges of codes that two enumerations do not say the same of."""
        if (old, new) not in self._segments:
            self._segments[old, new] = tuple(
                segment
                for segment in _segments(self.old[old], self.new[new])
                if _said(segment[2]) != _said(segment[3]) or _arguments(segment)
            )
        return self._segments[old, new]


def _said(code: model.Enumerator | None) -> tuple[str, model.Properties] | None:
    return None if code is None else (code.name, code.properties)


def _arguments(segment: _Segment) -> bool:
    """Whether a code has an argument, whose layout is not the enumeration's."""
    return any(code is not None and _ARGUMENT in dict(code.properties) for code in segment[2:])


def _changes(
    segments: tuple[_Segment, ...], before: Row, after: Row, element: str, records: Records
) -> Iterator[Change]:
    for low, high, was, now in segments:
        code = f"code {low}" if low == high else f"codes {low} to {high}"
        if (was and was.name) != (now and now.name):
            old_name, new_name = _meaning(was, now), _meaning(now, was)
            clause = (
                policy.CODE_NAMED if old_name is None else policy.CODE_LOST if new_name is None else policy.CODE_CHANGED
            )
            yield clause.at(
                after.op.span,
                before,
                after,
                code=code,
                element=element,
                old=f"`{old_name}`" if old_name else "without a name",
                new=f"`{new_name}`" if new_name else "without a name",
            )
        if was is not None and now is not None and was.name == now.name:
            what = f"{code} of `{element}`"
            said, says = dict(was.properties), dict(now.properties)
            argument, other = str(said.get(_ARGUMENT, "")), str(says.get(_ARGUMENT, ""))
            if argument and other:  # what counts is how it is laid out, not what it is called
                del said[_ARGUMENT], says[_ARGUMENT]
                if not records.alike(argument, other):
                    found = {"old": f"`{argument}`", "new": f"`{other}` of another layout"}
                    yield policy.MEANING_CHANGED.at(
                        after.op.span, before, after, what=what, property=_ARGUMENT, **found
                    )
            yield from property_changes(said, says, what, after.op.span, before, after)


def _segments(old: model.Enumeration, new: model.Enumeration) -> Iterator[_Segment]:
    """The ranges of codes, each inside one enumerator or none of either definition."""
    was, now = _Sorted(old), _Sorted(new)
    starts = sorted({edge for e in (*old.enumerators, *new.enumerators) for edge in (e.low, e.high + 1)})
    for low, behind in itertools.pairwise(starts):
        before, after = was.find(low), now.find(low)
        if before is not None or after is not None:
            yield low, behind - 1, before, after


def _meaning(code: model.Enumerator | None, other: model.Enumerator | None) -> str | None:
    """The name of a code; none where a range of codes left it open and the other definition says what it is."""
    if code is None or (code.low < code.high and other is not None and other.low == other.high):
        return None
    return code.name


class _Sorted:
    """The enumerators of an enumeration by code; what is reserved is none."""

    def __init__(self, enumeration: model.Enumeration) -> None:
        self.enumerators = sorted(enumeration.enumerators, key=lambda e: e.low)
        self.lows = [e.low for e in self.enumerators]

    def find(self, code: int) -> model.Enumerator | None:
        at = bisect_right(self.lows, code) - 1
        if at < 0 or code > self.enumerators[at].high or self.enumerators[at].name.startswith("RESERVED"):
            return None
        return self.enumerators[at]
