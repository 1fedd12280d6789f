"""The vectors of many tables, and the JSON document they are written as: `schema.json` beside this describes it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tdl.codec.environment import Environment
from tdl.ir.model import Enumeration
from tdl.ir.plan import TablePlan
from tdl.vectors.making import Codes, Maker, TableVectors
from tdl.vectors.refusals import add_refusals
from tdl.vectors.vector import Vector

FORMAT = "tdl-vectors 1"
"""What a document of vectors calls itself; the number rises with every change that readers notice."""

_MAX_CODES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """The vectors of a definition's tables, and what they cover."""

    definition: str
    hash: str
    seed: int
    tables: tuple[TableVectors, ...]

    @property
    def vectors(self) -> Iterator[Vector]:
        return (vector for table in self.tables for vector in table.vectors)

    @property
    def branches(self) -> int:
        return sum(table.branches for table in self.tables)

    @property
    def covered(self) -> int:
        return self.branches - sum(len(table.missed) for table in self.tables)


def table_vectors(
    table: TablePlan, bound: TablePlan, known: Environment, codes: Codes, *, seed: int, count: int
) -> TableVectors:
    """The vectors of one table: the same for the same arguments.

    Args:
        table: for any meter: the verdicts are its codec's.
        bound: for what is known of the meter: its branches are taken.
        codes: see `codes_of`.
        count: how many random images are made besides those that reach something.
    """
    maker = Maker(table, bound, known, codes, seed, count)
    made = maker.make()
    add_refusals(maker)
    return made


def codes_of(enumerations: Iterable[Enumeration]) -> Codes:
    """The codes to try of each enumeration: the first of each enumerator, and one that it does not name."""
    found: dict[str, tuple[int, ...]] = {}
    for each in enumerations:
        named = tuple(dict.fromkeys(e.low for e in each.enumerators))[:_MAX_CODES]
        ranges = [(e.low, e.high) for e in each.enumerators]
        beyond = next(code for code in _beside(ranges) if not any(low <= code <= high for low, high in ranges))
        found[each.name] = (*named, beyond)
    return found


def write_suite(suite: Suite) -> str:
    """The JSON text, one vector a line."""
    missed = [
        {"table": table.table, "branch": each.branch, "reason": each.reason}
        for table in suite.tables
        for each in table.missed
    ]
    head = {
        "format": FORMAT,
        "definition": suite.definition,
        "hash": suite.hash,
        "seed": suite.seed,
        "coverage": {"branches": suite.branches, "covered": suite.covered, "missed": missed},
    }
    lines = ",\n".join(json.dumps(_vector(vector)) for vector in suite.vectors)
    text = json.dumps(head, indent=1).removesuffix("\n}")
    return f'{text},\n "vectors": [\n{lines}\n ]\n}}\n'


def make_suite(
    definition: str,
    hash: str,
    tables: Iterable[tuple[TablePlan, TablePlan]],
    known: Environment,
    enumerations: Iterable[Enumeration],
    *,
    seed: int,
    count: int,
    watch: Callable[[int], None] | None = None,
) -> Suite:
    """The vectors of tables, each given for any meter and for what is known of this one.

    Args:
        watch: called with how many tables are done.
    """
    codes = codes_of(enumerations)
    made = []
    for table, bound in tables:
        made.append(table_vectors(table, bound, known, codes, seed=seed, count=count))
        if watch is not None:
            watch(len(made))
    return Suite(definition=definition, hash=hash, seed=seed, tables=tuple(made))


def _vector(vector: Vector) -> dict[str, object]:
    shown: dict[str, object] = {
        "name": vector.name,
        "table": vector.table,
        "environment": vector.environment,
        "octets": vector.octets.hex().upper(),
    }
    refusal = vector.refusal
    if refusal is None:
        return {**shown, "verdict": "accept", "values": vector.values}
    error = {
        "kind": refusal.kind,
        "path": refusal.path,
        "offset": refusal.offset,
        "expected": refusal.expected,
        "found": refusal.found,
    }
    return {**shown, "verdict": "reject", "error": error}


def _beside(ranges: Iterable[tuple[int, int]]) -> Iterator[int]:
    """Codes that may be free: those behind each range, then 0."""
    yield from sorted(high + 1 for _, high in ranges)
    yield 0
