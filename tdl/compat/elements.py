"""What became of each element of a table that both definitions have."""

from __future__ import annotations

from collections.abc import Iterator

from tdl.compat import policy
from tdl.compat.codes import Codes
from tdl.compat.meanings import property_changes
from tdl.compat.pairing import Key, Names, Pairing, kind, plain
from tdl.compat.places import position
from tdl.compat.policy import Change
from tdl.ir import plan
from tdl.ir.expr import Expr, show_expr
from tdl.ir.layout import Condition, Row, path_text


def element_changes(pairing: Pairing, names: Names, moved: tuple[Key, ...], codes: Codes) -> Iterator[Change]:
    """The changes of a table's elements: of those that stayed in their old order, then those that are new."""
    table, own, elsewhere = pairing.new.key, pairing.old.id, set(moved)
    told: set[tuple[str, str]] = set()
    holders: dict[tuple[str | int, ...], tuple[Row, Row]] = {}
    renamed: set[tuple[str, str]] = set()
    for key, before in pairing.before.items():
        after = pairing.partner(key)
        element = f"{table} {path_text(before.path)}"
        if after is None:
            if not _inside_gone(key, pairing):
                yield policy.ELEMENT_REMOVED.at(before.op.span, before, None, element=element)
            continue
        span = after.op.span
        if key in pairing.renamed:
            names_ = _renaming(before, after)
            if names_ not in renamed:
                renamed.add(names_)
                yield policy.ELEMENT_RENAMED.at(span, before, after, old=f"{table} {names_[0]}", new=names_[1])
        if key in elsewhere:
            yield policy.ELEMENT_MOVED.at(
                span, before, after, element=element, old=position(before), new=position(after)
            )
        if kind(before) != kind(after):
            clause = policy.KIND_CHANGED if _as_wide(before, after) else policy.WIDTH_CHANGED
            yield clause.at(span, before, after, element=element, old=kind(before), new=kind(after))
        yield from _length(before, after, names, own, element)
        yield from _condition(before, after, holders.get(key[0][:-1]), names, own, element)
        holders[key[0]] = before, after
        said = pairing.said_before.get(key, {}), pairing.said_after.get(pairing.partner_key(key), {})
        yield from property_changes(*said, f"`{element}`", span, before, after)
        yield from codes.changes(before, after, *said, element, told)
    yield from _added(pairing)


def _as_wide(before: Row, after: Row) -> bool:
    """Whether two elements have the same octets and bits in every image; lengths are compared apart."""
    if isinstance(before.op, plan.Bytes) and isinstance(after.op, plan.Bytes):
        return True
    bits = [None if row.bits is None else row.bits[1] for row in (before, after)]
    return before.size == after.size and before.size[0] == before.size[1] and bits[0] == bits[1]


# --- what is new, gone or renamed -------------------------------------------------------------------------------


def _added(pairing: Pairing) -> Iterator[Change]:
    """What is new; inside something new only the outermost is told."""
    added = pairing.added
    told = {key[0] for key in added} | {pairing.partner_key(key)[0] for key in _remade(pairing)}
    used = _used_bits(pairing)
    for key in added:
        row = pairing.after[key]
        if any(key[0][:depth] in told for depth in range(1, len(key[0]))):
            continue
        clause = policy.ELEMENT_INSERTED
        if _in_free_bits(row, used):
            clause = policy.BITS_NAMED
        elif pairing.extended:
            clause = policy.ELEMENT_APPENDED
        yield clause.at(row.op.span, None, row, element=f"{pairing.new.key} {path_text(row.path)}")


def _used_bits(pairing: Pairing) -> dict[tuple[str | int, ...], int]:
    """The mask of the bits that fields of each old container have, by the container's new path."""
    used: dict[tuple[str | int, ...], int] = {(): 0} if isinstance(pairing.old.root, plan.Bits) else {}
    container: tuple[str | int, ...] = ()
    for key, row in pairing.before.items():
        if isinstance(row.op, plan.Bits):
            container = pairing.partner_key(key)[0]
            used.setdefault(container, 0)
        elif row.bits is not None:
            low, width = row.bits
            used[container] = used.get(container, 0) | ((1 << width) - 1) << low
    return used


def _in_free_bits(row: Row, used: dict[tuple[str | int, ...], int]) -> bool:
    """Whether a field is new in bits that no field of the old container has."""
    if row.bits is None or row.path[:-1] not in used:
        return False
    low, width = row.bits
    return not ((1 << width) - 1) << low & used[row.path[:-1]]


def _inside_gone(key: Key, pairing: Pairing) -> bool:
    """Whether something around an element is gone or of another kind, which tells enough."""
    path = key[0]
    for depth in range(1, len(path)):
        around = path[:depth], 0
        if around in pairing.before:
            after = pairing.partner(around)
            if after is None or type(after.op) is not type(pairing.before[around].op):
                return True
    return False


def _remade(pairing: Pairing) -> Iterator[Key]:
    """The old elements that are of another kind now: whatever is in them is told with them."""
    for key, row in pairing.before.items():
        after = pairing.partner(key)
        if after is not None and type(after.op) is not type(row.op):
            yield key


def _renaming(before: Row, after: Row) -> tuple[str, str]:
    """The name that changed, told once for all that is inside: its old path, and the new name."""
    at = next(i for i, (a, b) in enumerate(zip(before.path, after.path, strict=True)) if a != b)
    return path_text(before.path[: at + 1]), str(after.path[at])


# --- lengths and conditions -------------------------------------------------------------------------------------


def _length(before: Row, after: Row, names: Names, own: int, element: str) -> Iterator[Change]:
    old, new = _dimension(before), _dimension(after)
    if old is None or new is None or type(before.op) is not type(after.op):
        return
    if names.modern(old[1], own) != plain(new[1]):
        yield policy.DIMENSION_CHANGED.at(
            after.op.span,
            before,
            after,
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


def _condition(
    before: Row, after: Row, around: tuple[Row, Row] | None, names: Names, own: int, element: str
) -> Iterator[Change]:
    """Whether an element is there for other meters; the conditions of what is ``around`` it are told there."""
    outer = (0, 0) if around is None else (len(around[0].branch), len(around[1].branch))
    old = tuple((names.modern(c.expression, own), c.labels) for c in before.branch[outer[0] :])
    new = tuple((plain(c.expression), c.labels) for c in after.branch[outer[1] :])
    if old != new:
        yield policy.CONDITION_CHANGED.at(
            after.op.span, before, after, element=element, old=_when(before.branch), new=_when(after.branch)
        )


def _when(branch: tuple[Condition, ...]) -> str:
    return " and ".join(f"`{condition}`" for condition in branch) or "always"
