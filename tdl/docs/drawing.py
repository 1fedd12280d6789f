"""A drawing of a graph of tables: what decides stands to the left of what it decides over.

Boxes stand in columns by the longest way to them. A line that passes a column has a place of its own there, so no line
crosses a box. A table that decides over very many others would fill the drawing with lines: it is written into their
boxes instead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from textwrap import wrap

from tdl.docs.dependencies import Edge, Graph, Node

MANY = 12
"""A table that decides over more others than this is written into their boxes."""

LETTER = 6.7
"""How wide a letter of a monospaced font of 11 pixels is, at the most."""

BOX, LINE, GAP, PASSING, BETWEEN, MARGIN = 24.0, 15.0, 10.0, 8.0, 64.0, 12.0
"""In pixels: a box without lines of text, one such line, what is between boxes, a line that passes a column, what is
between columns, what is around all."""

SWEEPS = 8
MOST_LETTERS, MOST_LINES = 48, 6
"""How long a line of text in a box may be, and how many there may be for one edge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A table where it is drawn, with lines of text below its key and name."""

    node: Node
    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An edge and the points it goes through, in pairs: into and out of each column."""

    edge: Edge
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """A word above a group of boxes."""

    text: str
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    width: float
    height: float
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    titles: tuple[Title, ...]


def draw(graph: Graph, *, labels: bool = False, room: float = 1000.0) -> Drawing:
    """Lay a graph out.

    Args:
        labels: boxes list the elements that decide over them.
        room: how wide groups of boxes without lines may be.
    """
    return _Drawing(graph, labels).made(room)


def heading(node: Node) -> str:
    return f"{node.key} {node.name}" if node.name else f"{node.key} (not here)"


def shortened(text: str) -> list[str]:
    """A text in lines of a box."""
    return wrap(
        text, MOST_LETTERS, subsequent_indent="  ", max_lines=MOST_LINES, placeholder=" ...", break_on_hyphens=False
    )


class _Drawing:
    def __init__(self, graph: Graph, labels: bool) -> None:
        users = Counter(edge.needed for edge in graph.edges)
        self.graph = graph
        self.hubs = {key for key, count in users.items() if count > MANY}
        self.nodes = {node.key: node for node in graph.nodes}
        self.deciding: dict[str, list[Edge]] = {node.key: [] for node in graph.nodes}
        for edge in graph.edges:
            self.deciding[edge.user].append(edge)
        self.drawn = {
            key: [edge for edge in edges if edge.needed not in self.hubs] for key, edges in self.deciding.items()
        }
        self.lines = {node.key: tuple(self.text(node.key, labels)) for node in graph.nodes}
        self.boxes: list[Box] = []
        self.routes: list[Line] = []
        self.titles: list[Title] = []
        self.width = self.bottom = MARGIN

    def text(self, key: str, labels: bool) -> Iterator[str]:
        """The lines of a box: what decides over it without a line to it, or all that does with the elements."""
        for edge in self.deciding[key]:
            if labels:
                names = ", ".join(dict.fromkeys(element.rpartition(".")[2] for element in edge.elements))
                yield from shortened(f"{edge.needed}: {names}")
            elif edge.needed in self.hubs:
                yield f"and {edge.needed}"

    def made(self, room: float) -> Drawing:
        for part in self.parts():
            self.component(part)
        joined = {key for edges in self.drawn.values() for edge in edges for key in (edge.needed, edge.user)}
        alone = [node for node in self.graph.nodes if node.key not in joined]
        self.grid("that decide over many others", [n for n in alone if n.key in self.hubs], room)
        for hubs in dict.fromkeys(self.needs(n.key) for n in alone if self.needs(n.key) and n.key not in self.hubs):
            group = [n for n in alone if self.needs(n.key) == hubs and n.key not in self.hubs]
            self.grid(f"that depend on {' and '.join(hubs)} alone", group, room)
        rest = [n for n in alone if not self.needs(n.key) and n.key not in self.hubs]
        self.grid("that depend on no other, and no other on them", rest, room)
        return Drawing(
            width=self.width + MARGIN,
            height=self.bottom,
            boxes=tuple(self.boxes),
            lines=tuple(self.routes),
            titles=tuple(self.titles),
        )

    def needs(self, key: str) -> tuple[str, ...]:
        return tuple(edge.needed for edge in self.deciding[key])

    def size(self, key: str) -> tuple[float, float]:
        letters = max(map(len, (heading(self.nodes[key]), *self.lines[key])))
        return letters * LETTER + 20, BOX + LINE * len(self.lines[key])

    def put(self, key: str, x: float, y: float, width: float) -> None:
        self.boxes.append(
            Box(node=self.nodes[key], x=x, y=y, width=width, height=self.size(key)[1], lines=self.lines[key])
        )
        self.width = max(self.width, x + width)

    # --- tables without lines ----------------------------------------------------------------------------------

    def grid(self, title: str, nodes: Sequence[Node], room: float) -> None:
        """Boxes in columns of one width, in reading order by columns."""
        if not nodes:
            return
        top = self.bottom + (2 * LINE if self.boxes else LINE)
        self.titles.append(Title(text=f"tables {title}", x=MARGIN, y=top - 6))
        width = max(self.size(node.key)[0] for node in nodes)
        height = max(self.size(node.key)[1] for node in nodes)
        columns = max(1, int((room + GAP) // (width + GAP)))
        rows = -(-len(nodes) // columns)
        for number, node in enumerate(nodes):
            column, row = divmod(number, rows)
            self.put(node.key, MARGIN + column * (width + GAP), top + row * (height + GAP), width)
        self.bottom = top + rows * (height + GAP)

    # --- tables with lines -------------------------------------------------------------------------------------

    def parts(self) -> Iterator[list[str]]:
        """The tables that lines join, each group in order of its tables."""
        beside: dict[str, list[str]] = {}
        for edge in (edge for edges in self.drawn.values() for edge in edges):
            beside.setdefault(edge.needed, []).append(edge.user)
            beside.setdefault(edge.user, []).append(edge.needed)
        seen: set[str] = set()
        for node in self.graph.nodes:
            if node.key in beside and node.key not in seen:
                group, waiting = {node.key}, [node.key]
                while waiting:
                    found = [key for key in beside[waiting.pop()] if key not in group]
                    group.update(found)
                    waiting += found
                seen |= group
                yield [each.key for each in self.graph.nodes if each.key in group]

    def component(self, keys: list[str]) -> None:
        edges = [edge for key in keys for edge in self.drawn[key]]
        layer = _layers(keys, edges)
        columns: list[list[str]] = [[] for _ in range(max(layer.values()) + 1)]
        for key in keys:
            columns[layer[key]].append(key)
        ways: list[tuple[Edge, list[str]]] = []
        for number, edge in enumerate(edges):
            first, last = layer[edge.needed], layer[edge.user]
            passing = [f"{number}@{column}" for column in range(first + 1, last)]
            for name, column in zip(passing, columns[first + 1 : last], strict=True):
                column.append(name)
            ways.append((edge, [edge.needed, *passing, edge.user]))
        joined = _joined(way for _, way in ways)
        _order(columns, joined)
        heights = {name: self.size(name)[1] if name in self.nodes else PASSING for column in columns for name in column}
        y = _heights(columns, joined, heights)
        top, x = self.bottom + GAP, MARGIN
        left: dict[str, float] = {}
        right: dict[str, float] = {}
        for column in columns:
            width = max((self.size(name)[0] for name in column if name in self.nodes), default=0.0)
            for name in column:
                left[name], right[name] = x, x + width
                if name in self.nodes:
                    self.put(name, x, top + y[name], width)
            x += width + BETWEEN
        for edge, way in ways:
            points = [point for name in way for point in ((left[name], name), (right[name], name))][1:-1]
            self.routes.append(
                Line(edge=edge, points=tuple((at, top + y[name] + heights[name] / 2) for at, name in points))
            )
        self.bottom = top + max(y[name] + heights[name] for name in y) + GAP


def _layers(keys: list[str], edges: list[Edge]) -> dict[str, int]:
    """Columns by the longest way from the left; no table's layout depends on itself, so there is one."""
    layer = dict.fromkeys(keys, 0)
    moved = True
    while moved:
        moved = False
        for edge in edges:
            if layer[edge.user] <= layer[edge.needed]:
                layer[edge.user], moved = layer[edge.needed] + 1, True
    return layer


@dataclass(frozen=True, slots=True)
class _Joined:
    """What members of columns are joined to, on the left and on the right."""

    left: dict[str, list[str]]
    right: dict[str, list[str]]

    def middle(self, name: str, place: dict[str, float], forward: bool) -> float:
        """The mean place of what is joined to a member from the one side; its own if nothing is."""
        others = (self.left if forward else self.right).get(name, ())
        return sum(place[other] for other in others) / len(others) if others else place[name]


def _joined(ways: Iterable[Sequence[str]]) -> _Joined:
    found = _Joined({}, {})
    for way in ways:
        for a, b in pairwise(way):
            found.left.setdefault(b, []).append(a)
            found.right.setdefault(a, []).append(b)
    return found


def _sweeps(columns: list[list[str]]) -> Iterator[tuple[bool, list[str]]]:
    """Every column but the first of a direction, to and fro."""
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        for column in columns[1:] if forward else columns[-2::-1]:
            yield forward, column


def _order(columns: list[list[str]], joined: _Joined) -> None:
    """Order each column by the middle of what its members are joined to."""
    place = {name: float(number) for column in columns for number, name in enumerate(column)}
    for forward, column in _sweeps(columns):
        middles = {name: joined.middle(name, place, forward) for name in column}
        column.sort(key=middles.__getitem__)
        place.update({name: float(number) for number, name in enumerate(column)})


def _heights(columns: list[list[str]], joined: _Joined, heights: dict[str, float]) -> dict[str, float]:
    """Where each member of the columns begins: near what it is joined to, in order, without overlap."""
    centre: dict[str, float] = {}
    for column in columns:
        centre |= _fitted(column, dict.fromkeys(column, 0.0), heights)
    for forward, column in _sweeps(columns):
        centre |= _fitted(column, {name: joined.middle(name, centre, forward) for name in column}, heights)
    tops = {name: at - heights[name] / 2 for name, at in centre.items()}
    least = min(tops.values())
    return {name: at - least for name, at in tops.items()}


def _fitted(column: list[str], wanted: dict[str, float], heights: dict[str, float]) -> dict[str, float]:
    """The centres that are wanted, pushed apart until nothing overlaps: half of it upwards, half downwards."""
    down: dict[str, float] = {}
    at = float("-inf")
    for name in column:
        down[name] = max(wanted[name], at + heights[name] / 2)
        at = down[name] + heights[name] / 2 + GAP
    up: dict[str, float] = {}
    at = float("inf")
    for name in reversed(column):
        up[name] = min(wanted[name], at - heights[name] / 2)
        at = up[name] - heights[name] / 2 - GAP
    return {name: (down[name] + up[name]) / 2 for name in column}
