"""The tables that a meter says it has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tdl.codec.environment import Environment
from tdl.codec.values import Members
from tdl.ir import plan

_GENERAL_CONFIGURATION = 0
_SETS = {"ST": "STD_TBLS_USED", "MT": "MFG_TBLS_USED", "SP": "STD_PROC_USED", "MP": "MFG_PROC_USED"}
"""For the first two letters of keys: the element of Table 0 that says which of them there are."""


def tables_used(tables: Iterable[plan.TablePlan], known: Environment) -> tuple[str, ...] | None:
    """The keys of the tables and procedures that Table 0 says there are, as far as it does.

    None if nothing is known of them; those of a kind that nothing is known of are all there.
    """
    used = {kind: members for kind, name in _SETS.items() if (members := _members(known, name)) is not None}
    return tuple(_there(tables, used)) if used else None


def _there(tables: Iterable[plan.TablePlan], used: dict[str, frozenset[int]]) -> Iterator[str]:
    for table in tables:
        members = used.get(table.key[:2])
        number = "".join(each for each in table.key.partition(".")[0] if each.isdigit())
        if members is None or int(number) in members:
            yield table.key


def _members(known: Environment, name: str) -> frozenset[int] | None:
    held = known.held(_GENERAL_CONFIGURATION, (name,))
    return frozenset(held) if isinstance(held, Members | frozenset | set) else None
