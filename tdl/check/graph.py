"""Which types contain which: recursion, depth, and what all tables expand to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from tdl.check.scope import MAX_LEVELS
from tdl.check.survey import Place, Survey
from tdl.deferred import dataclass
from tdl.syntax import ast

MAX_ELEMENTS = 2_000_000
"""What all tables of a definition may expand to."""

MAX_CYCLES = 20
"""How many recursions are reported."""


TypeOwner: TypeAlias = ast.Record | ast.BitField


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A member whose type is a record or bit field; ``arrays`` counts the arrays between."""

    owner: str
    member: ast.Member
    place: Place
    target: TypeOwner
    arrays: int


Uses: TypeAlias = Mapping[str, tuple[Use, ...]]
"""By record, its members that are records or bit fields, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The types of a definition, those contained before those that contain them; cycles as the uses that close them.

    Each cycle lists the uses from a type back to itself; ``types`` is of no meaning where there is one.
    """

    types: tuple[str, ...]
    cycles: tuple[tuple[Use, ...], ...]


def order(uses: Uses, names: tuple[str, ...]) -> Order:
    """Sort types by containment, without recursion of our own."""
    done: dict[str, bool] = {}  # False while a type is on the way
    sorted_types: list[str] = []
    cycles: list[tuple[Use, ...]] = []
    for name in names:
        if name in done:
            continue
        way: list[Use] = []
        stack: list[tuple[str, Iterator[Use]]] = [(name, iter(uses.get(name, ())))]
        done[name] = False
        while stack:
            at, left = stack[-1]
            use = next(left, None)
            if use is None:
                stack.pop()
                done[at] = True
                sorted_types.append(at)
                if way:
                    way.pop()
                continue
            target = use.target.name
            if target not in done:
                done[target] = False
                stack.append((target, iter(uses.get(target, ()))))
                way.append(use)
            elif not done[target] and len(cycles) < MAX_CYCLES:
                start = next(i for i, (n, _) in enumerate(stack) if n == target)
                cycles.append((*way[start:], use))
    return Order(types=tuple(sorted_types), cycles=tuple(cycles))


def depths(types: Order, uses: Uses) -> dict[str, int]:
    """How many records each type nests, itself included."""
    found: dict[str, int] = {}
    for name in types.types:
        found[name] = 1 + max((found[use.target.name] for use in uses.get(name, ())), default=0)
    return found


def expansions(types: Order, uses: Uses, surveys: Mapping[str, Survey]) -> dict[str, int]:
    """How many members, elements and conditionals each type expands to."""
    found: dict[str, int] = {}
    for name in types.types:
        inside = uses.get(name, ())
        own = 2 * len(surveys[name].placed) + surveys[name].conditionals + sum(use.arrays for use in inside)
        found[name] = min(own + sum(found[use.target.name] for use in inside), 10**12)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasLevels:
    """By alias, how many aliases and arrays are behind it, itself included; and the chains that lead back."""

    levels: Mapping[str, int]
    cycles: tuple[tuple[ast.Alias, ...], ...]


def alias_levels(types: Mapping[str, ast.TypeDeclaration]) -> AliasLevels:
    """Follow every alias once."""
    levels: dict[str, int] = {}
    cycles: list[tuple[ast.Alias, ...]] = []
    for declaration in types.values():
        way: list[tuple[ast.Alias, int]] = []
        at: ast.TypeDeclaration | None = declaration
        on_way: dict[str, int] = {}
        while isinstance(at, ast.Alias) and at.name not in levels and at.name not in on_way:
            arrays, leaf = _leaf(at.specification)
            on_way[at.name] = len(way)
            way.append((at, arrays))
            at = types.get(leaf.name) if isinstance(leaf, ast.Named) else None
        behind = levels.get(at.name, 0) if isinstance(at, ast.Alias) else 0
        if isinstance(at, ast.Alias) and at.name in on_way:
            cycles.append(tuple(alias for alias, _ in way[on_way[at.name] :]))
            behind = MAX_LEVELS
        for alias, arrays in reversed(way):
            behind = min(behind + 1 + arrays, 10**9)
            levels[alias.name] = behind
    return AliasLevels(levels=levels, cycles=tuple(cycles))


def _leaf(specification: ast.Specification) -> tuple[int, ast.Specification]:
    arrays = 0
    while isinstance(specification, ast.Array):
        arrays += 1
        specification = specification.of
    return arrays, specification


def levels_of(specification: ast.Specification, aliases: AliasLevels) -> int:
    """How many aliases and arrays are behind a specification."""
    arrays, leaf = _leaf(specification)
    return arrays + (aliases.levels.get(leaf.name, 0) if isinstance(leaf, ast.Named) else 0)
