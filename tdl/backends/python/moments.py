"""Dates and times as items of structs: the plain ones are made in the straight line.

What is no moment, such as the zeros of one never set, goes to the codec's own functions.
"""

from __future__ import annotations

from tdl.backends.python.literals import literal
from tdl.backends.python.packing import Items
from tdl.backends.python.scope import Scope
from tdl.codec.moments import PARTS
from tdl.ir import plan

_SECONDS = {("STIME_DATE", 3): 60, ("STIME_DATE", 4): 1, ("LTIME_DATE", 4): 1, ("TIME_DATE", 4): 1}
_FINER = ("SECONDS", "HUNDREDTHS")
"""The tables of the parts that are smaller than a minute."""

_LAST = 253_402_300_799
"""Seconds from 1970 to the end of the year 9999, the last one that a datetime can be in."""


def moment_items(op: plan.Builtin, scope: Scope, order: bool | str) -> Items | None:
    """The items of a moment; None for one that only the codec's functions know."""
    if parts_of(op) and not scope.total:
        return _digits(op, scope)
    if (op.kind, op.variant) in _SECONDS:
        return _count(op, scope, order)
    return None


def parts_of(op: plan.Builtin) -> str:
    """The parts of a moment that has an octet for each; "" for another."""
    return PARTS[op.kind] if op.kind in PARTS and op.variant in (1, 2) else ""


def assembled(op: plan.Builtin, scope: Scope, items: list[str]) -> str:
    """A moment of its parts; a ValueError if they make none."""
    parts = PARTS[op.kind]
    years = _used("YEARS", op, scope) if "Y" in parts else ""
    numbers = scope.use("calendar", "DECIMAL") if op.variant == 1 else ""
    given = []
    for part, item in zip(parts, items, strict=True):
        number = f"{years}[{item}]" if part == "Y" else f"{numbers}[{item}]" if numbers else item
        given.append(f"{number} * 10000" if part == "c" else number)
    return f"{scope.use('calendar', 'datetime' if years else 'time')}({', '.join(given)})"


def attempted(op: plan.Builtin, scope: Scope, items: list[str]) -> tuple[str, str, str]:
    """A moment of its parts, what is raised if they make none, and what it is then.

    A date and time is a sum of what is looked up. Where that is not there yet, a function finds out what the parts are.
    """
    if "Y" not in PARTS[op.kind]:
        return assembled(op, scope, items), "ValueError", unassembled(op, scope, items)
    year, month, day, hour, minute, *finer = items
    terms = [f"{_used('DAYS', op, scope)}[{year}][{month}][{day}]", f"{_used('TIMES', op, scope)}[{hour}][{minute}]"]
    terms += [f"{_used(name, op, scope)}[{item}]" for name, item in zip(_FINER, finer, strict=False)]
    found_out = f"{scope.use('calendar', 'moment')}({literal(op.kind)}, {op.variant}, {', '.join(items)})"
    return " + ".join(terms), "(IndexError, TypeError)", found_out


def unassembled(op: plan.Builtin, scope: Scope, items: list[str]) -> str:
    """What the codec makes of parts, whatever they are."""
    call = scope.use("seldom", "read_moment")
    return f"{call}({literal(op.kind)}, {op.variant}, bytes(({', '.join(items)})), False)"


def _digits(op: plan.Builtin, scope: Scope) -> Items:
    """Year, month, day and so on, an octet each."""
    parts, bcd = PARTS[op.kind], op.variant == 1

    def value(items: list[str]) -> str:
        sound = f"0 < {items[1]} < {0x13 if bcd else 13}" if "Y" in parts else f"{items[0]} < {0x24 if bcd else 24}"
        return f"{assembled(op, scope, items)} if {sound} else {unassembled(op, scope, items)}"

    return Items(codes=("B",) * len(parts), order=None, value=value)


def _count(op: plan.Builtin, scope: Scope, order: bool | str) -> Items:
    """Seconds or minutes since 1970."""
    unit = _SECONDS[op.kind, op.variant]
    epoch, step = scope.use("calendar", "EPOCH"), scope.use("calendar", "timedelta")
    scaled = f" * {unit}" if unit > 1 else ""
    if unit == 1:
        return Items(codes=("I",), order=order, value=lambda items: f"{epoch} + {step}(0, {items[0]})")
    otherwise = scope.use("seldom", "read_moment")

    def value(items: list[str]) -> str:
        octets = f'{items[0]}.to_bytes(4, "big" if {order} else "little")'
        call = f"{otherwise}({literal(op.kind)}, {op.variant}, {octets}, {order})"
        return f"{epoch} + {step}(0, {items[0]}{scaled}) if {items[0]} <= {_LAST // unit} else {call}"

    return Items(codes=("I",), order=order, value=value)


def _used(name: str, op: plan.Builtin, scope: Scope) -> str:
    """A table of the calendar, by an octet's number or by its decimal digits."""
    return scope.use("calendar", f"{name}_OF_DIGITS" if op.variant == 1 else name)
