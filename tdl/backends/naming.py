"""Names of a definition as identifiers of a target: as they are where they may be, else changed the same way always."""

from __future__ import annotations

import keyword
from collections.abc import Iterable

from tdl.deferred import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a target lets its identifiers be.

    Attributes:
        reserved: names that mean something else there.
        private: how names begin that are kept for generated code itself.
        fold_case: whether names that differ only in case are one, as names of files are in some systems.
    """

    reserved: frozenset[str]
    private: str = "_"
    fold_case: bool = False


def identifiers(names: Iterable[str], rules: Rules) -> dict[str, str]:
    """Each name's identifier; names that can stay stay, and no two become one.

    A reserved name gets ``_`` behind it, one that begins like private names gets ``x`` before it, and what is still
    taken gets a number.
    """
    wanted = sorted(set(names))
    kept = [name for name in wanted if _free(name, rules)]
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in (*kept, *(name for name in wanted if not _free(name, rules))):
        identifier = _nearest(name, rules)
        number = 2
        while _key(identifier, rules) in taken:
            identifier = f"{_nearest(name, rules)}_{number}"
            number += 1
        taken.add(_key(identifier, rules))
        found[name] = identifier
    return found


def _free(name: str, rules: Rules) -> bool:
    return name not in rules.reserved and not name.startswith(rules.private)


def _nearest(name: str, rules: Rules) -> str:
    if name.startswith(rules.private):
        name = f"x{name}"
    return f"{name}_" if name in rules.reserved else name


def _key(identifier: str, rules: Rules) -> str:
    return identifier.casefold() if rules.fold_case else identifier


PYTHON_WORDS = frozenset({*keyword.kwlist, "self", "cls"})
"""What no attribute or parameter can be called."""

PYTHON_ATTRIBUTES = Rules(reserved=PYTHON_WORDS | {"spare"})
"""Members of records: ``spare`` is what a bit field's class keeps unassigned bits in."""

PYTHON_CODES = Rules(reserved=PYTHON_WORDS | {"name_of", "label_of", "mro"})
"""Constants of an enumeration, beside its class's own methods."""

PYTHON_CLASSES = Rules(
    reserved=PYTHON_WORDS
    | {"bool", "bytes", "float", "int", "list", "object", "str"}
    | {"Any", "BitStructure", "Codes", "Decimal", "Members", "Raw", "RecurringDate", "TYPE_CHECKING"}
    | {"SpareBitStructure", "Structure"}
    | {"TYPES", "annotations", "date", "datetime", "records", "time"}
)
"""Classes, which share their module with what their annotations use."""

PYTHON_MODULES = Rules(reserved=PYTHON_WORDS | {"decode", "encode", "enumerations", "records"}, fold_case=True)
"""The modules of tables, beside those that every package has."""
