"""The site of a definition in a browser, from its files alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Open


def test_the_search_finds_and_leads_there(show: Open, pages: Path) -> None:
    page = show(pages / "index.html").page
    page.keyboard.press("/")
    page.keyboard.type("nbr_tiers")
    expect(page.locator("#found a").first).to_contain_text("NBR_TIERS")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/decade-2.html#*NBR_TIERS")
    expect(page.locator("tr:target th")).to_contain_text("NBR_TIERS")
    expect(page.locator("tr:target")).to_be_in_viewport()
    page.fill("header input", "no such thing")
    expect(page.locator("#found")).to_have_text("nothing found")
    page.keyboard.press("Escape")
    expect(page.locator("#found")).to_be_hidden()


def test_every_page_opens_and_every_link_leads_to_a_place(show: Open, pages: Path) -> None:
    names = sorted(
        path.name for path in pages.glob("*.html") if path.name not in ("meter.html", "small.html", "profile.html")
    )
    opened = show(pages / "index.html")
    ids: dict[str, set[str]] = {}
    links: dict[str, set[str]] = {}
    for name in names:
        opened.page.goto((pages / name).as_uri())
        ids[name] = set(opened.page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)"))
        links[name] = set(
            opened.page.evaluate(
                "[...document.links, ...document.querySelectorAll('svg a')]"
                ".map(e => new URL(e.getAttribute('href'), document.baseURI).href)"
            )
        )
    checked = 0
    for name, found in links.items():
        for link in found:
            target, _, anchor = link.partition("#")
            page = target.rpartition("/")[2]
            assert target.startswith("file:"), (name, link)
            assert page in ids or (pages / page).is_file(), (name, link)
            assert not anchor or anchor in ids[page], (name, link)
            checked += 1
    assert checked > 500


def test_boxes_of_the_graph_lead_to_tables(show: Open, pages: Path) -> None:
    page = show(pages / "graph.html").page
    overflowing = page.evaluate(
        """[...document.querySelectorAll('svg.tables a')].filter(link => {
             const box = link.querySelector('rect').getBBox();
             return [...link.querySelectorAll('text')].some(text => {
               const inside = text.getBBox();
               return inside.x + inside.width > box.x + box.width || inside.y + inside.height > box.y + box.height;
             });
           }).map(link => link.textContent)"""
    )
    assert overflowing == []
    page.click("svg a[href='decade-2.html#ST23']")
    page.wait_for_url("**/decade-2.html#ST23")
    expect(page.locator("#ST23-title")).to_be_in_viewport()


@pytest.mark.parametrize("name", ["index", "decade-2", "types", "graph", "open-points", "enumerations"])
def test_a_phone_scrolls_down_only(show: Open, pages: Path, name: str) -> None:
    page = show(pages / f"{name}.html", size=PHONE).page
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
