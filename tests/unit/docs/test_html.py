"""The site holds together: links lead somewhere, nothing comes from elsewhere, no label becomes markup."""

from __future__ import annotations

import json
from collections import Counter
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest

from tdl.docs.html import html_pages
from tdl.docs.site import site
from tdl.docs.view import Site
from tdl.project import load
from tdl.sources import Resolver
from tests.unit.docs.definitions import FRAGMENT, view


class _Page(HTMLParser):
    """Ids, links, tags and the text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: Counter[str] = Counter()
        self.links: list[str] = []
        self.tags: Counter[str] = Counter()
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attributes}
        self.tags[tag] += 1
        self.ids.update([said["id"]] if "id" in said else [])
        self.links += [said[name] for name in ("href", "src") if name in said]
        if tag not in ("meta", "link", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def _pages(of: Site) -> dict[str, _Page]:
    made = html_pages(of)
    return {name: _Page(octets.decode()) for name, octets in made.items() if name.endswith(".html")}


@pytest.fixture(scope="module", params=["METER", "std:2012"])
def shown(request: pytest.FixtureRequest) -> Site:
    return view(FRAGMENT) if request.param == "METER" else site(load(request.param))


def test_links_lead_somewhere(shown: Site) -> None:
    made, pages = html_pages(shown), _pages(shown)
    checked = 0
    for name, page in pages.items():
        assert page.open == [], name
        for link in page.links:
            target, _, anchor = link.partition("#")
            assert (target or name) in made, f"{name}: {link}"
            if anchor:
                assert unquote(anchor) in pages[target or name].ids, f"{name}: {link}"
                checked += 1
    assert checked > 20
    for found in shown.found:
        target, _, anchor = found.href.partition("#")
        assert anchor in pages[target].ids, found


def test_anchors_are_unique(shown: Site) -> None:
    for name, page in _pages(shown).items():
        assert [anchor for anchor, times in page.ids.items() if times > 1] == [], name


def test_nothing_comes_from_elsewhere(shown: Site) -> None:
    for name, octets in html_pages(shown).items():
        text = octets.decode()
        assert "://" not in text, name
        assert "url(" not in text, name
        assert "//cdn" not in text, name


def test_labels_stay_text() -> None:
    pages = _pages(view())
    enumerations = pages["enumerations.html"]
    assert enumerations.tags["script"] == 2, "the page's own"
    assert any("<script>alert(1)</script>" in text for text in enumerations.text)
    assert pages["decade-1.html"].tags["b"] == 0
    assert any("</td><b>bold</b>" in text for text in pages["decade-1.html"].text)


def test_what_a_page_shows() -> None:
    pages = {name: " ".join(" ".join(page.text).split()) for name, page in _pages(view(FRAGMENT)).items()}
    assert "IF CONFIG_TBL.FLAGS.WIDE" in pages["decade-1.html"]
    assert "2.i.1 + 2" in pages["decade-1.html"]
    assert "Decides over the layout of ST12 , SP4" in pages["decade-0.html"]
    assert "added by ACME, f0.tdl:4" in pages["decade-0.html"]
    assert "Response: ROW_RCD" in pages["procedures.html"]
    assert "MODIFY TYPE FLAGS_BFLD" in pages["open-points.html"]
    assert "Used by LIST_RCD , SP4" in pages["types.html"]
    assert any("What METER is. Second sentence." in text for text in _pages(view())["index.html"].text)


def test_the_search_index_is_data() -> None:
    text = html_pages(view())["search-index.js"].decode("ascii")
    entries = json.loads(text.removeprefix("window.TDL_INDEX = ").rstrip(";\n"))
    assert [found[0] for found in entries] == [found.name for found in view().found]


def test_without_anything_to_show() -> None:
    empty = site(load("empty.tdl", (), Resolver({"empty.tdl": "DOCUMENT EMPTY;\n"})))
    pages = _pages(empty)
    assert set(pages) == {"index.html", "types.html", "open-points.html"}
    assert any("Nothing is open." in text for text in pages["open-points.html"].text)
