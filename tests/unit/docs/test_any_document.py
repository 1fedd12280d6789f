"""Every definition that compiles has pages, and they hold together."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from tdl.docs.html import html_pages, settling
from tdl.docs.markdown import markdown_pages
from tdl.docs.site import site
from tdl.project import Definition, load
from tdl.sources import Resolver
from tests.unit.docs.definitions import FRAGMENT, TEXT

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "golden" / "cases"

ODD = """
DOCUMENT ODD;
TYPE CONFIG_RCD = PACKED RECORD
    N : UINT8;
    S : SET(2);
END;
TABLE 0 CONFIG_TBL = CONFIG_RCD;
TYPE FLAGS_BFLD = BIT FIELD OF UINT16
    A : UINT(0..3);
    SWITCH CONFIG_TBL.N OF
        CASE 0 : B : UINT(4..7);
        CASE 1..3, 7 : C : BOOL(4);
        DEFAULT : A2 : INT(4..15);
    END;
END;
TABLE 1 FLAGS_TBL = FLAGS_BFLD;
TYPE PAIR = ARRAY[2] OF UINT8;
TYPE ODD_RCD = PACKED RECORD
    COUNT : UINT8;
    GRID : ARRAY[2] OF ARRAY[COUNT] OF INNER_RCD;
    NOTHING : ARRAY[0] OF INNER_RCD;
    PAIRS : PAIR;
    IF CONFIG_TBL.S[3] THEN
        SAME : UINT8 WITH Confidence = "low";
    ELSE
        SAME : OPAQUE;
    END;
END;
TYPE INNER_RCD = PACKED RECORD
    FLAGS : FLAGS_BFLD WITH NameConfidence = "low";
    TEXT : STRING(.lastIndex + 1);
    GRID : ARRAY[3] OF UINT16;
END;
TABLE USER 2039 ODD_TBL = ODD_RCD;
"""

SOURCES: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "METER": (("m.tdl", "f.tdl"), {"m.tdl": TEXT, "f.tdl": FRAGMENT}),
    "ODD": (("odd.tdl",), {"odd.tdl": ODD}),
    "pump": ((str(ROOT / "examples/first-table/pump.tdl"),), {}),
    "layouts": ((str(GOLDEN / "layouts/definition.tdl"),), {}),
    "formats": ((str(GOLDEN / "formats/definition.tdl"),), {}),
    "fragment": ((str(GOLDEN / "fragment/definition.tdl"), str(GOLDEN / "fragment/fragment.tdl")), {}),
}


@pytest.fixture(params=SOURCES)
def sources(request: pytest.FixtureRequest) -> tuple[tuple[str, ...], dict[str, str]]:
    return SOURCES[request.param]


def _load(names: tuple[str, ...], texts: dict[str, str]) -> Definition:
    return load(names[0], names[1:], Resolver(texts))


def test_links_lead_somewhere(sources: tuple[tuple[str, ...], dict[str, str]]) -> None:
    shown = site(_load(*sources))
    pages = {name: octets.decode() for name, octets in html_pages(shown).items() if name.endswith(".html")}
    found = {name: list(map(unescape, re.findall(r' id="([^"]+)"', page))) for name, page in pages.items()}
    for name, page in pages.items():
        assert len(found[name]) == len(set(found[name])), name
        for target, anchor in re.findall(r'href="([^"#]*\.html|)#([^"]+)"', page):
            assert unescape(anchor) in found[target or name], f"{name}: {target}#{anchor}"


def test_markdown_has_the_same_tables(sources: tuple[tuple[str, ...], dict[str, str]]) -> None:
    definition = _load(*sources)
    made = "".join(octets.decode() for octets in markdown_pages(site(definition, markdown=True)).values())
    for table in definition.model.tables:
        assert f"\n## {table.id} {table.name}\n" in made


def test_open_points_can_be_settled(sources: tuple[tuple[str, ...], dict[str, str]]) -> None:
    names, texts = sources
    shown = site(_load(names, texts))
    settled = site(_load((*names, "settle.tdl"), {**texts, "settle.tdl": settling(shown)}))
    assert settled.open == ()
