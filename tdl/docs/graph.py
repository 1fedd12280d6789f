"""The graph of a definition's tables as text: DOT for Graphviz, Mermaid, and SVG that needs neither."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from textwrap import fill

from tdl.docs.dependencies import Edge, Graph
from tdl.docs.drawing import Box, Drawing, Line, draw, heading

_STYLE = """\
.tables { --paper: #ffffff; --panel: #f6f7f9; --ink: #1b2330; --quiet: #566072; --line: #8a94a6; --link: #0b57b0;
  font: 11px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; background: var(--paper); }
@media (prefers-color-scheme: dark) { .tables { --paper: #12161d; --panel: #1a202a; --ink: #e4e8ee; --quiet: #a0abbd;
  --line: #6b778c; --link: #82b6ff; } }
.tables rect { fill: var(--panel); stroke: var(--line); }
.tables text { fill: var(--ink); }
.tables .key { font-weight: 700; }
.tables .more, .tables .title { fill: var(--quiet); }
.tables path { fill: none; stroke: var(--line); stroke-width: 1.3; }
.tables .tip { fill: var(--line); stroke: none; }
.tables a:hover rect, .tables a:focus rect { stroke: var(--link); stroke-width: 2; }
.tables g:hover > path { stroke: var(--link); stroke-width: 2.5; }
.tables g:hover > .tip { fill: var(--link); stroke: none; }
"""

MAX_LABEL, LABEL_WIDTH = 2_000, 48
"""How long the label of an edge may be, and one line of it where lines are told."""


def dot(graph: Graph, *, labels: bool = False) -> str:
    """The graph for Graphviz; arrows lead from what decides to what it decides over."""
    lines = ["digraph tables {", "  rankdir=LR;", '  node [shape=box, fontname="monospace"];', "  edge [fontsize=9];"]
    for node in graph.nodes:
        style = "" if node.name else ", style=dashed"
        lines.append(f"  {_quoted(node.key)} [label={_quoted(heading(node))}{style}];")
    for edge in graph.edges:
        label = f" [label={_quoted(fill(_elements(edge), LABEL_WIDTH))}]" if labels else ""
        lines.append(f"  {_quoted(edge.needed)} -> {_quoted(edge.user)}{label};")
    return "\n".join([*lines, "}", ""])


def mermaid(graph: Graph, *, labels: bool = False) -> str:
    """The graph as a Mermaid flow chart."""
    lines = ["flowchart LR"]
    lines += [f'  {node.key}["{_entities(heading(node))}"]' for node in graph.nodes]
    for edge in graph.edges:
        label = f'|"{_entities(_elements(edge))}"|' if labels else ""
        lines.append(f"  {edge.needed} -->{label} {edge.user}")
    return "\n".join([*lines, ""])


def svg(
    graph: Graph, *, labels: bool = False, href: Callable[[str], str] = lambda key: "", inline: bool = False
) -> str:
    """The graph as a picture, drawn without any program.

    Args:
        href: where the box of a table leads; nowhere if it says "", or is not given.
        inline: the picture is to stand inside a page.
    """
    drawing = draw(graph, labels=labels)
    return "\n".join(_svg(drawing, _nowhere if href is None else href, inline)) + "\n"


def _nowhere(key: str) -> str:
    return ""


def _svg(drawing: Drawing, href: Callable[[str], str], inline: bool) -> Iterator[str]:
    size = f"{drawing.width:.0f} {drawing.height:.0f}"
    space = "" if inline else ' xmlns="http://www.w3.org/2000/svg"'
    width, height = size.split()
    yield f'<svg{space} class="tables" viewBox="0 0 {size}" width="{width}" height="{height}" role="group"'
    yield ' aria-label="Which table decides over the layout of which">'
    yield f"<style>{_STYLE}</style>"
    for title in drawing.titles:
        yield f'<text class="title" x="{title.x:.0f}" y="{title.y:.1f}">{escape(title.text)}</text>'
    for line in drawing.lines:
        said = f"{line.edge.needed} decides over {line.edge.user}: {', '.join(line.edge.elements)}"
        x, y = line.points[-1]
        tip = f'<path class="tip" d="M{x:.1f} {y:.1f}l-8 -4v8z"/>'
        yield f'<g><title>{escape(said)}</title><path d="{_curve(line)}"/>{tip}</g>'
    for box in drawing.boxes:
        yield from _box(box, href(box.node.key))
    yield "</svg>"


def _box(box: Box, href: str) -> Iterator[str]:
    left, baseline = box.x + 10, box.y + 16
    key = f'<tspan class="key">{escape(box.node.key)}</tspan>'
    yield f'<a href="{escape(href)}">' if href else "<g>"
    yield f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" rx="4"/>'
    yield f'<text x="{left:.1f}" y="{baseline:.1f}">{key}{escape(heading(box.node)[len(box.node.key) :])}</text>'
    for number, text in enumerate(box.lines, 1):
        yield f'<text class="more" x="{left:.1f}" y="{baseline + 15 * number:.1f}">{escape(text)}</text>'
    yield "</a>" if href else "</g>"


def _curve(line: Line) -> str:
    """Straight through columns, bent between them."""
    (x, y), *others = line.points
    path = [f"M{x:.1f} {y:.1f}"]
    for number, (to_x, to_y) in enumerate(others):
        if number % 2:
            path.append(f"L{to_x:.1f} {to_y:.1f}")
        else:
            middle = (x + to_x) / 2
            path.append(f"C{middle:.1f} {y:.1f} {middle:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}")
        x, y = to_x, to_y
    return "".join(path)


def _elements(edge: Edge) -> str:
    text = ", ".join(edge.elements)
    return text if len(text) <= MAX_LABEL else f"{text[: MAX_LABEL - 3]}..."


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _entities(text: str) -> str:
    """A text inside quotes of Mermaid, which knows no escapes but entities of its own."""
    return "".join(c if c.isalnum() or c in " _.,-[]()" else f"#{ord(c)};" for c in text)
