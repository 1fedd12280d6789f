"""Elements of records by their names, wherever a definition has put them."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import date, datetime, time

from tdl.codec.values import Members, Raw, Record
from tdl.ir import plan
from tdl.ir.traverse import walk

_BEGINNING = datetime(1970, 1, 1)


def find(holder: object, name: str) -> object:
    """The value of an element of this name in a record or in the records inside it; None if there is none."""
    if isinstance(holder, Record):
        if name in holder:
            return holder[name]
        for _, value in holder.items():
            found = find(value, name)
            if found is not None:
                return found
    return None


def holder_of(record: object, name: str) -> Record | None:
    """The record, this one or one inside it, that has an element of this name."""
    if not isinstance(record, Record):
        return None
    if name in record:
        return record
    return next((held for _, value in record.items() if (held := holder_of(value, name)) is not None), None)


def number(holder: object, name: str, default: int = 0) -> int:
    """The integer of this name."""
    value = find(holder, name)
    return int(value) if isinstance(value, int) else default


def members(holder: object, name: str) -> frozenset[int]:
    """The members of the set of this name; of none if there is no such set."""
    value = find(holder, name)
    return frozenset(value) if isinstance(value, Members) else frozenset()


def selected(value: object) -> int | None:
    """The index of a source, which some editions have in a record; None if it has none."""
    if isinstance(value, Record):
        value = value.get("SOURCE_INDEX")
    return int(value) if isinstance(value, int) else None


def mask(value: object) -> int:
    """A bit field as one number: bit i is its i-th element, for those that consist of single bits."""
    if isinstance(value, Record):
        return sum(bool(flag) << place for place, (_, flag) in enumerate(value.items()))
    return int(value) if isinstance(value, int) else 0


def set_flag(record: Record, name: str, value: bool) -> None:
    """Set a flag where the record has it."""
    held = holder_of(record, name)
    if held is not None:
        held[name] = value


def put(record: Record, name: str, value: object) -> None:
    """Set an element where the record has it."""
    if name in record:
        record[name] = value


def cloned(value: Record) -> Record:
    """A copy that shares nothing that can change."""
    return copy.deepcopy(value)


def modulus(table: plan.TablePlan, name: str) -> int:
    """One more than the largest value of an unsigned element; 0 if there is none of this name."""
    found = [1 << 8 * op.octets for op in _named(table, name) if isinstance(op, plan.Take) and op.kind == "uint"]
    found += [1 << op.width for op in _named(table, name) if isinstance(op, plan.Field)]
    return min(found, default=0)


def stamp(table: plan.TablePlan, name: str, before: object, moment: datetime) -> object:
    """A moment as an element of this name can say it.

    Args:
        before: its present value: None is a meter without a clock, whose times have no octets.
    """
    kind = next((op.kind for op in _named(table, name) if isinstance(op, plan.Builtin)), None)
    return before if before is None or kind is None else shortened(kind, moment)


def shortened(kind: str, moment: datetime) -> datetime | date | time:
    """A moment without what a type of time cannot say."""
    if kind.startswith("H"):
        moment = moment.replace(microsecond=moment.microsecond // 10_000 * 10_000)
    else:
        moment = moment.replace(second=0 if kind.startswith("STIME") else moment.second, microsecond=0)
    if kind == "DATE":
        return moment.date()
    return moment if kind.endswith("_DATE") else moment.time()


def _named(table: plan.TablePlan, name: str) -> Iterator[plan.AnyOp]:
    for op in walk(table.root):
        path = getattr(op, "path", ())
        if path and next((step for step in reversed(path) if step != "[]"), "") == name:
            yield op


def unset(value: object) -> bool:
    """Whether a time is none: its octets are zeros, which count as the beginning of 1970 where they mean a time."""
    return isinstance(value, Raw) or value == _BEGINNING
