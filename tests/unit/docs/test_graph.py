"""The graph of tables: what decides over what, in three notations, and as a drawing that can be read."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest

from tdl.docs.dependencies import Graph, dependencies
from tdl.docs.drawing import LETTER, MANY, Box, draw, heading
from tdl.docs.graph import dot, mermaid, svg
from tdl.project import load
from tdl.sources import Resolver
from tests.tools import tool
from tests.unit.docs.definitions import definition

CHAIN = """
TYPE A_RCD = PACKED RECORD N : UINT8; M : UINT8; END;
TYPE B_RCD = PACKED RECORD P : ARRAY[A_TBL.N] OF UINT8; Q : UINT8; END;
TYPE C_RCD = PACKED RECORD R : ARRAY[B_TBL.Q] OF UINT8; S : ARRAY[A_TBL.M] OF UINT8; T : ARRAY[A_TBL.N] OF UINT8; END;
TYPE D_RCD = PACKED RECORD U : UINT8; END;
TABLE 1 A_TBL = A_RCD;
TABLE 2 B_TBL = B_RCD;
TABLE MFG 3 C_TBL = C_RCD;
TABLE 4 D_TBL = D_RCD;
"""


def graph(text: str) -> Graph:
    return dependencies(load("t.tdl", (), Resolver({"t.tdl": text})).plan.tables)


def standard() -> Graph:
    return dependencies(load("std:2012").plan.tables)


def test_edges_say_which_elements_decide() -> None:
    assert [(e.needed, e.user, e.elements) for e in graph(CHAIN).edges] == [
        ("ST1", "ST2", ("N",)),
        ("ST1", "MT3", ("M", "N")),
        ("ST2", "MT3", ("Q",)),
    ]
    assert [node.key for node in graph(CHAIN).nodes] == ["ST1", "ST2", "ST4", "MT3"]


def test_a_table_that_is_needed_and_not_there() -> None:
    shown = graph("TABLE 1 A_TBL = A_RCD; TYPE A_RCD = PACKED RECORD N : UINT16; END;")
    assert [(node.key, node.name) for node in shown.nodes] == [("ST0", ""), ("ST1", "A_TBL")]
    assert 'label="ST0 (not here)", style=dashed' in dot(shown)


def test_no_table_depends_on_itself_and_procedures_are_no_tables() -> None:
    shown = dependencies(definition().plan.tables)
    assert [node.key for node in shown.nodes] == ["ST0", "ST12", "MT5"]
    assert [(e.needed, e.user) for e in shown.edges] == [("ST0", "ST12")]


@pytest.mark.parametrize(
    ("key", "kept"),
    [
        ("ST1", ["ST1", "ST2", "MT3"]),
        ("ST2", ["ST1", "ST2", "MT3"]),
        ("MT3", ["ST1", "ST2", "MT3"]),
        ("ST4", ["ST4"]),
    ],
)
def test_what_is_around_a_table(key: str, kept: list[str]) -> None:
    assert [node.key for node in graph(CHAIN).around(key).nodes] == kept


def test_siblings_are_not_around_a_table() -> None:
    around = standard().around("ST23")
    assert [node.key for node in around.nodes] == ["ST0", "ST21", "ST23"]
    assert {(e.needed, e.user) for e in around.edges} == {("ST0", "ST23"), ("ST21", "ST23")}


@pytest.mark.parametrize("labels", [False, True])
def test_graphviz_reads_dot(labels: bool) -> None:
    shown = standard()
    run = subprocess.run(
        [tool("dot"), "-Tplain"], input=dot(shown, labels=labels), capture_output=True, text=True, check=True
    )
    rows = [line.split() for line in run.stdout.splitlines()]
    assert {row[1] for row in rows if row[0] == "node"} == {node.key for node in shown.nodes}
    assert {(r[1], r[2]) for r in rows if r[0] == "edge"} == {(e.needed, e.user) for e in shown.edges}


def test_mermaid_is_one_line_for_each_thing() -> None:
    assert mermaid(graph(CHAIN), labels=True).splitlines() == [
        "flowchart LR",
        '  ST1["ST1 A_TBL"]',
        '  ST2["ST2 B_TBL"]',
        '  ST4["ST4 D_TBL"]',
        '  MT3["MT3 C_TBL"]',
        '  ST1 -->|"N"| ST2',
        '  ST1 -->|"M, N"| MT3',
        '  ST2 -->|"Q"| MT3',
    ]
    assert "  ST1 --> ST2" in mermaid(graph(CHAIN))


def test_svg_is_well_formed_and_its_boxes_lead_somewhere() -> None:
    shown = standard()
    root = ElementTree.fromstring(svg(shown, labels=True, href=lambda key: f"x.html#{key}&<"))
    space = "{http://www.w3.org/2000/svg}"
    links = [each.get("href") for each in root.iter(f"{space}a")]
    assert sorted(map(str, links)) == sorted(f"x.html#{node.key}&<" for node in shown.nodes)
    titles = [each.text or "" for each in root.iter(f"{space}title")]
    assert any(title.startswith("ST21 decides over ST23: ") and "NBR_TIERS" in title for title in titles)


def _overlaps(boxes: tuple[Box, ...]) -> Iterator[tuple[str, str]]:
    for i, a in enumerate(boxes):
        for b in boxes[i + 1 :]:
            beside = a.x + a.width <= b.x or b.x + b.width <= a.x
            if not beside and a.y < b.y + b.height and b.y < a.y + a.height:
                yield a.node.key, b.node.key


@pytest.mark.parametrize("labels", [False, True])
@pytest.mark.parametrize("text", [CHAIN, "standard"])
def test_boxes_do_not_overlap_and_hold_their_text(text: str, labels: bool) -> None:
    shown = standard() if text == "standard" else graph(text)
    drawing = draw(shown, labels=labels)
    assert list(_overlaps(drawing.boxes)) == []
    assert {box.node.key for box in drawing.boxes} == {node.key for node in shown.nodes}
    for box in drawing.boxes:
        assert box.x >= 0
        assert box.x + box.width <= drawing.width
        assert box.y + box.height <= drawing.height
        assert max(map(len, (heading(box.node), *box.lines))) * LETTER < box.width
        assert box.height >= 16 + 15 * len(box.lines)


def test_lines_lead_from_left_to_right_and_cross_no_box() -> None:
    drawing = draw(graph(CHAIN))
    boxes = {box.node.key: box for box in drawing.boxes}
    assert boxes["ST1"].x < boxes["ST2"].x < boxes["MT3"].x
    for line in drawing.lines:
        start, end = boxes[line.edge.needed], boxes[line.edge.user]
        assert line.points[0] == pytest.approx((start.x + start.width, start.y + start.height / 2))
        assert line.points[-1] == pytest.approx((end.x, end.y + end.height / 2))
        for (x, y), (to, _) in zip(line.points[1:-1:2], line.points[2::2], strict=False):
            for box in drawing.boxes:
                inside = box.y - 1 < y < box.y + box.height + 1
                assert not (inside and x <= box.x and box.x + box.width <= to), (line.edge, box.node)
    assert any(len(line.points) == 4 for line in drawing.lines), "one passes a column"


def test_what_decides_over_very_many_has_no_lines() -> None:
    drawing = draw(standard())
    drawn = {line.edge.needed for line in drawing.lines}
    deciding = [edge.needed for edge in standard().edges]
    assert drawn == {key for key in deciding if deciding.count(key) <= MANY}
    lines = {box.node.key: box.lines for box in drawing.boxes}
    assert lines["ST23"] == ("and ST0",)
    assert lines["ST16"] == ()


def test_the_same_graph_gives_the_same_octets() -> None:
    assert svg(standard(), labels=True) == svg(standard(), labels=True)
    assert not re.search(r"\d\.\d{2,}", svg(standard()).partition("</style>")[2])
