"""Which module of a crate has what: each group of tables its own, and one for the structs that several groups use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

SHARED, CODES = "types", "codes"
"""The modules of what several groups use, and of enumerations."""


def path_of(module: str) -> str:
    """The file of a module."""
    return f"src/{module}.rs"


def group_of(key: str) -> str:
    """The group of a table: its decade, or its kind."""
    kind = key[:2]
    if kind in ("SP", "MP"):
        return "procedures" if kind == "SP" else "mfg_procedures"
    decade = int("".join(c for c in key if c.isdigit()) or 0) // 10
    return f"decade{decade}" if kind == "ST" else f"{'mfg' if kind == 'MT' else kind.lower()}{decade}"


def groups_of(keys: Iterable[str]) -> dict[str, list[str]]:
    """The keys of each group, groups in the order of their names."""
    found: dict[str, list[str]] = {}
    for key in keys:
        found.setdefault(group_of(key), []).append(key)
    return dict(sorted(found.items()))


def structs_by_module(used: Mapping[str, Iterable[str]], order: Iterable[str]) -> dict[str, list[str]]:
    """The structs of each module, in their order: of the only group that uses one, else of `SHARED`.

    Args:
        used: the structs below each table, by key.
    """
    owners: dict[str, str] = {}
    for key, structs in used.items():
        group = group_of(key)
        for struct in structs:
            owners[struct] = group if owners.get(struct, group) == group else SHARED
    found: dict[str, list[str]] = {}
    for struct in order:
        found.setdefault(owners[struct], []).append(struct)
    return found
