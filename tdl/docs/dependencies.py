"""Which table's layout depends on elements of which other: the graph of a definition's tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tdl.ir import plan
from tdl.ir.model import TableId


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A table; one that others need and the definition does not have has no name."""

    key: str
    name: str
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """The layout of ``user`` depends on these elements of ``needed``."""

    needed: str
    user: str
    elements: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """Tables in order of their identifiers, and what decides over what; no table decides over itself."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def around(self, key: str) -> Graph:
        """A table with all that decides over it, and all that it decides over, directly and through others."""
        kept = self._reached(key, up=True) | self._reached(key, up=False)
        return Graph(
            nodes=tuple(node for node in self.nodes if node.key in kept),
            edges=tuple(edge for edge in self.edges if edge.needed in kept and edge.user in kept),
        )

    def _reached(self, key: str, *, up: bool) -> set[str]:
        beside: dict[str, list[str]] = {}
        for edge in self.edges:
            here, there = (edge.user, edge.needed) if up else (edge.needed, edge.user)
            beside.setdefault(here, []).append(there)
        waiting, seen = [key], {key}
        while waiting:
            found = [other for other in beside.get(waiting.pop(), ()) if other not in seen]
            seen.update(found)
            waiting += found
        return seen


def dependencies(tables: Iterable[plan.TablePlan]) -> Graph:
    """The graph of some tables; records of procedures are none."""
    shown = [table for table in tables if "." not in table.key]
    nodes = {table.key: Node(key=table.key, name=table.name, id=table.id) for table in shown}
    found: dict[tuple[str, str], dict[str, None]] = {}
    for table in shown:
        for need in table.needs:
            reference = need.reference
            key = str(TableId(reference.table))
            if key == table.key:
                continue
            nodes.setdefault(key, Node(key=key, name="", id=reference.table))
            element = ".".join(reference.path).replace(".[]", "[]")
            found.setdefault((key, table.key), {})[element] = None
    ordered = sorted(nodes.values(), key=lambda node: node.id)
    place = {node.key: number for number, node in enumerate(ordered)}
    pairs = sorted(found, key=lambda pair: (place[pair[0]], place[pair[1]]))
    return Graph(
        nodes=tuple(ordered),
        edges=tuple(Edge(needed=pair[0], user=pair[1], elements=tuple(found[pair])) for pair in pairs),
    )
