"""What became of each element of a table that both definitions have."""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from tdl.compat.pairing import Key, Names, Pairing, kind, plain
from tdl.ir import model, plan
from tdl.ir.expr import Expr, show_expr
from tdl.ir.layout import Condition, Row, path_text
from tdl.report import Diagnostic, Severity
from tdl.report.rules import compatibility


def element_changes(
    pairing: Pairing, names: Names, old: model.Definition, new: model.Definition
) -> Iterator[Diagnostic]:
    """The changes of a table's elements: of those that stayed in their old order, then those that are new."""
    table, own = pairing.new.key, pairing.old.id
    moved = _moved(pairing)
    codes = _Codes(old, new)
    renamed: set[tuple[str, str]] = set()
    for key, before in pairing.before.items():
        after = pairing.partner(key)
        element = f"{table} {path_text(before.path)}"
        if after is None:
            if not _inside_gone(key, pairing):
                yield compatibility.ELEMENT_REMOVED.at(before.op.span, element=element)
            continue
        if key in pairing.renamed:
            names_ = _renaming(before, after)
            if names_ not in renamed:
                renamed.add(names_)
                yield compatibility.ELEMENT_RENAMED.at(after.op.span, old=f"{table} {names_[0]}", new=names_[1])
        if key in moved:
            yield compatibility.ELEMENT_MOVED.at(
                after.op.span, element=element, old=_position(before), new=_position(after)
            )
        if kind(before) != kind(after):
            yield compatibility.ELEMENT_RETYPED.at(after.op.span, element=element, old=kind(before), new=kind(after))
        yield from _length(before, after, names, own, element)
        yield from _condition(before, after, names, own, element)
        yield from codes.changes(before, after, element)
    yield from _added(pairing)


def _added(pairing: Pairing) -> Iterator[Diagnostic]:
    """What is new; inside something new only the outermost is told."""
    added = pairing.added
    told = {key[0] for key in added}
    used = _used_bits(pairing)
    for key in added:
        row = pairing.after[key]
        if any(key[0][:depth] in told for depth in range(1, len(key[0]))):
            continue
        harmless = pairing.extended or _in_free_bits(row, used)
        yield compatibility.ELEMENT_ADDED.at(
            row.op.span,
            element=f"{pairing.new.key} {path_text(row.path)}",
            severity=Severity.NOTE if harmless else None,
        )


def _used_bits(pairing: Pairing) -> dict[tuple[str | int, ...], int]:
    """The mask of the bits that fields of each old container have, by the container's path."""
    used: dict[tuple[str | int, ...], int] = {}
    for row in pairing.before.values():
        if row.bits is not None:
            low, width = row.bits
            used[row.path[:-1]] = used.get(row.path[:-1], 0) | ((1 << width) - 1) << low
    return used


def _in_free_bits(row: Row, used: dict[tuple[str | int, ...], int]) -> bool:
    """Whether a field is new in bits that no field of the old container has."""
    if row.bits is None or row.path[:-1] not in used:
        return False
    low, width = row.bits
    return not ((1 << width) - 1) << low & used[row.path[:-1]]


def _inside_gone(key: Key, pairing: Pairing) -> bool:
    """Whether something around an element is gone, which tells enough."""
    path = key[0]
    return any(
        (path[:depth], 0) in pairing.before and pairing.partner((path[:depth], 0)) is None
        for depth in range(1, len(path))
    )


def _renaming(before: Row, after: Row) -> tuple[str, str]:
    """The name that changed, told once for all that is inside: its old path, and the new name."""
    at = next(i for i, (a, b) in enumerate(zip(before.path, after.path, strict=True)) if a != b)
    return path_text(before.path[: at + 1]), str(after.path[at])


# --- places -----------------------------------------------------------------------------------------------------


def _moved(pairing: Pairing) -> set[Key]:
    """The elements that lie elsewhere now; of a record or array that moved only itself."""
    common = [(key, row, after) for key, row in pairing.before.items() if (after := pairing.partner(key)) is not None]
    place = {id(row): i for i, row in enumerate(pairing.after.values())}
    in_order = _longest_rising([place[id(after)] for _, _, after in common])
    moved: dict[tuple[str | int, ...], int | None] = {}
    found: set[Key] = set()
    for i, (key, before, after) in enumerate(common):
        shift = None if before.offset is None or after.offset is None else after.offset - before.offset
        if shift is None:
            elsewhere = i not in in_order
        else:
            elsewhere = shift != 0 or (before.bits or (0,))[0] != (after.bits or (0,))[0]
        if not elsewhere:
            continue
        around = (key[0][:depth] for depth in range(1, len(key[0])))
        if any(each in moved and moved[each] == shift for each in around):
            continue
        moved[key[0]] = shift
        found.add(key)
    return found


def _longest_rising(numbers: list[int]) -> set[int]:
    """The positions of a longest rising selection of numbers: what can be said to have stayed where it was."""
    tails: list[int] = []
    at: list[int] = []
    before: list[int] = []
    for i, number in enumerate(numbers):
        length = bisect_left(tails, number)
        if length == len(tails):
            tails.append(number)
            at.append(i)
        else:
            tails[length], at[length] = number, i
        before.append(at[length - 1] if length else -1)
    found: set[int] = set()
    i = at[-1] if at else -1
    while i >= 0:
        found.add(i)
        i = before[i]
    return found


def _position(row: Row) -> str:
    if row.offset is None:
        return f"index {'.'.join(map(str, row.indices))}"
    bit = f" bit {row.bits[0]}" if row.bits is not None else ""
    inside = " of each element" if any(isinstance(step, int) for step in row.path) else ""
    return f"octet {row.offset}{bit}{inside}"


# --- lengths and conditions -------------------------------------------------------------------------------------


def _length(before: Row, after: Row, names: Names, own: int, element: str) -> Iterator[Diagnostic]:
    old, new = _dimension(before), _dimension(after)
    if old is None or new is None or type(before.op) is not type(after.op):
        return
    if names.modern(old[1], own) != plain(new[1]):
        yield compatibility.DIMENSION_CHANGED.at(
            after.op.span,
            element=element,
            old=f"{show_expr(old[1])} {old[0]}",
            new=f"{show_expr(new[1])} {new[0]}",
        )


def _dimension(row: Row) -> tuple[str, Expr] | None:
    match row.op:
        case plan.Repeat(count=count):
            return "elements", count
        case plan.Bytes(length=length):
            return "octets", length
        case plan.Opaque(limit=limit):
            return "octets at most", limit
        case _:
            return None


def _condition(before: Row, after: Row, names: Names, own: int, element: str) -> Iterator[Diagnostic]:
    old = tuple((names.modern(c.expression, own), c.labels) for c in before.branch)
    new = tuple((plain(c.expression), c.labels) for c in after.branch)
    if old != new:
        yield compatibility.CONDITION_CHANGED.at(
            after.op.span, element=element, old=_when(before.branch), new=_when(after.branch)
        )


def _when(branch: tuple[Condition, ...]) -> str:
    return " and ".join(f"`{condition}`" for condition in branch) or "always"


# --- codes ------------------------------------------------------------------------------------------------------


class _Codes:
    """Changes of enumerations, each pair told once a table, at the first element that has it."""

    def __init__(self, old: model.Definition, new: model.Definition) -> None:
        self.old = {e.name: e for e in old.enumerations}
        self.new = {e.name: e for e in new.enumerations}
        self.told: set[tuple[str, str]] = set()

    def changes(self, before: Row, after: Row, element: str) -> Iterator[Diagnostic]:
        old, new = _enumeration(before.op), _enumeration(after.op)
        if old is None or new is None or (old, new) in self.told or old not in self.old or new not in self.new:
            return
        self.told.add((old, new))
        for low, high, was, now in _segments(self.old[old], self.new[new]):
            code = f"code {low}" if low == high else f"codes {low} to {high}"
            severity = Severity.NOTE if was is None else Severity.WARNING if now is None else None
            yield compatibility.CODES_CHANGED.at(
                after.op.span,
                code=code,
                element=element,
                old=f"`{was}`" if was else "without a name",
                new=f"`{now}`" if now else "without a name",
                severity=severity,
            )


def _enumeration(op: plan.AnyOp) -> str | None:
    return op.enumeration if isinstance(op, plan.Take | plan.Field) else None


def _segments(old: model.Enumeration, new: model.Enumeration) -> Iterator[tuple[int, int, str | None, str | None]]:
    """Ranges of codes whose name differs."""
    was, now = _Sorted(old), _Sorted(new)
    starts = sorted({edge for e in (*old.enumerators, *new.enumerators) for edge in (e.low, e.high + 1)})
    for low, behind in itertools.pairwise(starts):
        before, after = was.find(low), now.find(low)
        if (before and before.name) != (after and after.name):
            yield low, behind - 1, _meaning(before, after), _meaning(after, before)


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
