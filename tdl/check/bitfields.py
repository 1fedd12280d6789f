"""The members of bit fields: inside the container, no bit twice at a time, every bit accounted for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count

from tdl.check.builtins import CONTAINERS
from tdl.check.places import bits
from tdl.check.view import MAX_NESTING, View, nesting
from tdl.report import Diagnostic, Edit, Fix
from tdl.report.rules import layout
from tdl.sources import Span
from tdl.syntax import ast
from tdl.syntax.shapes import members

_BEHIND = re.compile(r"\s*;(?:[ \t]*\{[^}]*\})*")
_LINE_BEFORE = re.compile(r"\r?\n[ \t]*\Z")
_MAX_INDENT = 200
_KINDS = ("UINT", "INT", "BOOL", "FILL")

Taken = list[ast.Member | None]


def bit_ranges(view: View) -> Iterator[Diagnostic]:
    """Each range is well formed and inside its container; exclusive branches may share bits, others may not."""
    for owner in view.owners:
        if not isinstance(owner, ast.BitField) or owner.container not in CONTAINERS or nesting(owner) > MAX_NESTING:
            continue
        layout_of = _Bits(view, owner, 8 * CONTAINERS[owner.container])
        covered = layout_of.items(owner.items, [None] * layout_of.width)
        yield from layout_of.found
        left = ~covered & (1 << layout_of.width) - 1
        if left and not layout_of.found:
            yield layout.UNCOVERED_BITS.at(
                owner.name_span,
                bits=bits(left),
                name=owner.name,
                belong="belongs" if left & left - 1 == 0 else "belong",
                notes=["in some of the branches"] if layout_of.conditional else [],
                help="bits without a meaning are `FILLER : FILL(a..b)`",
                fixes=() if layout_of.conditional else _fillers(owner, left),
            )


def _fillers(owner: ast.BitField, left: int) -> tuple[Fix, ...]:
    """The fix that fills bits behind the last member; none where a fragment has put that member, or is in the way."""
    last = owner.items[-1] if owner.items else owner
    source = owner.span.source
    behind = _BEHIND.match(source.text, last.span.end)
    if last is owner or last.span.source is not source or behind is None:
        return ()
    line = _LINE_BEFORE.search(source.text, max(0, last.span.start - _MAX_INDENT), last.span.start)
    gap = " " if line is None else line[0]
    taken = {m.name for m in members(owner)}
    fresh = (name for i in count() if (name := f"FILLER_{i}" if i else "FILLER") not in taken)
    written = [f"{gap}{name} : FILL({low}..{high});" for (low, high), name in zip(_runs(left), fresh, strict=False)]
    edit = Edit(Span(source, behind.end(), behind.end()), "".join(written))
    return (Fix("fill the bits", (edit,), safe=True),)


def _runs(mask: int) -> Iterator[tuple[int, int]]:
    """The ranges of the bits that are set, the lowest first."""
    low = 0
    while mask >> low:
        if mask >> low & 1:
            high = low
            while mask >> high + 1 & 1:
                high += 1
            yield low, high
            low = high
        low += 1


class _Bits:
    def __init__(self, view: View, owner: ast.BitField, width: int) -> None:
        self.owner, self.width = owner, width
        self.view = view
        self.conditional = False
        self.found: list[Diagnostic] = []

    def items(self, items: tuple[ast.Item, ...], taken: Taken) -> int:
        """Look at items in order; ``taken`` says whose each bit is and is filled in. Returns the bits that are covered
        whatever branches are taken."""
        covered = 0
        for item in items:
            match item:
                case ast.Member():
                    covered |= self.member(item, taken)
                case ast.If():
                    covered |= self.branches([item.then, item.otherwise], taken)
                case ast.Switch():
                    parts = [arm.items for arm in item.arms]
                    if item.default is not None or not self.view.exhaustive(item, self.owner):
                        parts.append(item.default or ())
                    covered |= self.branches(parts, taken)
        return covered

    def branches(self, parts: list[tuple[ast.Item, ...]], taken: Taken) -> int:
        self.conditional = True
        covered, before = -1, list(taken)
        for part in parts:
            here = list(before)
            covered &= self.items(part, here)
            for bit, member in enumerate(here):
                taken[bit] = taken[bit] or member
        return covered if parts else 0

    def member(self, member: ast.Member, taken: Taken) -> int:
        said = member.specification
        if not isinstance(said, ast.BitRange):
            return 0
        expected = self.expected(said)
        if expected:
            self.found.append(layout.BAD_BITS.at(said.span, found=said.span.text, expected=expected))
            return 0
        mask = (1 << said.high + 1) - (1 << said.low)
        other = next((m for m in taken[said.low : said.high + 1] if m is not None), None)
        if other is not None:
            shared = sum(1 << b for b in range(said.low, said.high + 1) if taken[b] is other)
            self.found.append(
                layout.OVERLAPPING_BITS.at(
                    said.span,
                    name=member.name,
                    bits=bits(shared),
                    other=other.name,
                    secondary=[(other.specification.span, f"`{other.name}` is here")],
                )
            )
        taken[said.low : said.high + 1] = [member] * (said.high - said.low + 1)
        return mask

    def expected(self, said: ast.BitRange) -> str:
        """What is wrong with a range, as what was expected; nothing if it is right."""
        if said.kind not in _KINDS:
            return "`UINT(a..b)`, `INT(a..b)`, `BOOL(a)` or `FILL(a..b)`"
        if said.low > said.high:
            return "the lower bit first"
        if said.kind == "BOOL" and said.low != said.high:
            return "one bit"
        if said.high >= self.width:
            return f"bits of 0 to {self.width - 1}"
        return ""
