"""One codec against another: values of either as plain data, and what came of a call."""

from __future__ import annotations

from collections.abc import Callable, MutableSequence
from sys import intern
from typing import Any

RECORDS = ("Record", "Structure")
EXACT = ("ExactInt", "ExactFloat", "ExactDecimal")


def plain(value: Any) -> object:
    """A value as builtin data that is equal only for equal values of equal types, whichever codec made it."""
    name = type(value).__name__
    if isinstance(value, tuple | MutableSequence):
        return [plain(element) for element in value]
    if any(base.__name__ in RECORDS for base in type(value).__mro__):
        members = {element: plain(value[element]) for element in value if value[element] is not None}
        spare = getattr(type(value), "spare", None) and value.spare
        return {**members, "$spare": spare or 0}
    if name == "Members":
        return ("Members", value.octets)
    if name in EXACT:
        return (name, str(value), value.raw)
    return (name, str(value))


def attributes(record: Any) -> list[str]:
    """The attributes of a generated record's elements."""
    return [intern(slot.removeprefix("_held_")) for slot in type(record).__slots__]


def keeps_spare(record: Any) -> bool:
    """Whether a generated record is a bit field of which some layout leaves bits."""
    return any("spare" in vars(of).get("__slots__", ()) for of in type(record).__mro__)


def outcome(call: Callable[..., Any], *arguments: Any) -> tuple[object, ...]:
    """What a call gives: plain data, or the facts of the error. Any other exception is let through."""
    try:
        return "value", plain(call(*arguments))
    except Exception as error:
        if type(error).__name__ not in ("DecodeError", "EncodeError"):
            raise
        facts: Any = error
        tree = None if facts.tree is None else plain(facts.tree)
        return (
            type(error).__name__, facts.table, facts.kind, facts.path, facts.offset, facts.bit, facts.expected,
            facts.found, tree,
        )  # fmt: skip
