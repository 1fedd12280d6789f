"""The page of an image in a browser: each side shows the other, whatever the image holds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Open


def _rows(page: Page) -> list[str]:
    """The rows of the tree that are drawn, with their name and value."""
    found = page.locator("#elements .row").all_inner_texts()
    return [" ".join(text.split()) for text in found]


def _marked(page: Page) -> list[int]:
    places = page.locator("#octets .cells .marked").evaluate_all("cells => cells.map(c => Number(c.dataset.at))")
    return [int(place) for place in places]


def _row(page: Page, name: str) -> str:
    """What selects the row of an element."""
    (node,) = page.locator("#elements .row").evaluate_all(
        "(rows, name) => rows.filter(r => r.querySelector('.name').textContent === name).map(r => r.id).slice(0, 1)",
        name,
    )
    return f"#{node}"


def test_all_tables_with_their_verdicts(show: Open, meter: Path) -> None:
    page = show(meter).page
    assert page.locator("nav li").count() == 11
    verdicts = {
        link.get_attribute("data-key"): link.locator(".said").inner_text() for link in page.locator("nav a").all()
    }
    assert verdicts.pop("ST23") == verdicts.pop("ST1") == "fails"
    assert verdicts.pop("ST99") == "unknown"
    assert set(verdicts.values()) == {"decoded"}
    assert "2 not decoded" in page.locator("nav p").inner_text()


def test_pointing_at_an_octet_shows_its_element(show: Open, small: Path) -> None:
    page = show(small, "#ST12").page
    page.hover("#octet-13")
    assert _marked(page) == [12, 13]
    expect(page.locator("#elements .row.marked .name")).to_have_text("SHORT")
    expect(page.locator("#detail output")).to_have_text("4660 kWh")
    page.hover("#octet-3")
    assert _marked(page) == list(range(9))
    expect(page.locator("#detail output")).to_have_text("</script>")


def test_pointing_at_an_element_shows_its_octets(show: Open, small: Path) -> None:
    page = show(small, "#ST12").page
    page.hover(_row(page, "ROWS"))
    assert _marked(page) == list(range(9, 17))
    page.hover(_row(page, "ONE"))
    assert _marked(page) == [17]
    page.mouse.move(700, 20)
    assert _marked(page) == []


def test_a_field_shows_its_bits(show: Open, small: Path) -> None:
    page = show(small, "#ST0").page
    page.hover(_row(page, "KIND"))
    assert _marked(page) == [1, 2]
    bits = page.locator("#octets .cells .bits").evaluate_all(
        "cells => cells.map(c => [c.style.getPropertyValue('--from'), c.style.getPropertyValue('--to')])"
    )
    assert bits == [["0", "2"], ["6", "8"]], "the two highest of the first, the two lowest of the second"
    assert page.locator("#detail .bitrow").inner_text().split() == ["00000000", "01000000"]
    assert "".join(page.locator("#detail .bitrow mark").all_inner_texts()) == "0001"
    assert "code of KIND_ENUM: <b>on</b>" in " ".join(page.inner_text("#detail").split())


def test_conditions_are_shown_with_what_they_looked_at(show: Open, small: Path) -> None:
    page = show(small, "#ST12").page
    rows = _rows(page)
    assert "not taken IF WIDE without LONG" in rows
    assert "taken ELSE of IF WIDE" in rows
    assert "not taken other cases of CASE MODE without TWO, MORE, OTHER" in rows
    page.locator("#elements .row.left").first.click()
    assert "condition does not hold: ST0 FLAGS.WIDE = false" in " ".join(page.inner_text("#detail").split())
    page.click("#detail a >> text=FLAGS.WIDE")
    expect(page.locator("h1:visible")).to_contain_text("ST0 GEN_CONFIG_TBL")
    expect(page.locator("#elements .row.active .name")).to_have_text("WIDE")
    assert page.url.endswith("#ST0/FLAGS.WIDE")


def test_an_array_tells_where_its_count_comes_from(show: Open, small: Path) -> None:
    page = show(small, "#ST12/ROWS[0].CELLS").page
    said = " ".join(page.inner_text("#detail").split())
    assert "ST12 ROWS[0].CELLS" in said
    assert "count 2 = .COUNT, from ROWS[0].COUNT" in said
    assert "octets 2 at 10; index 1.0.1" in said


def test_the_address_names_an_element(show: Open, small: Path) -> None:
    page = show(small, "#ST12/ROWS[1].SHORT").page
    assert _marked(page) == [15, 16]
    page.evaluate("location.hash = '#ST0/MODE'")
    expect(page.locator("#detail h2")).to_have_text("ST0 MODE")
    for wrong in ("#ST0/NOTHING[3].X", "#ST77/A", "#%3Cscript%3E", "#ST12/ROWS[99]"):
        page.evaluate("hash => { location.hash = hash }", wrong)
    expect(page.locator("h1:visible")).to_contain_text("ST12")


def test_a_table_that_stops_shows_where_and_what_went_before(show: Open, meter: Path) -> None:
    page = show(meter, "#ST23").page
    expect(page.locator("#elements .row.error")).to_contain_text("3 left, 4 octets expected")
    expect(page.locator("#octet-47")).to_have_class(re.compile("wrong"))
    assert page.inner_text("#bare") == "3 octets without an element"
    page.click("#bare button")
    expect(page.locator("#detail")).to_contain_text("no element covers it")
    assert page.locator("#octets .cells .bare").count() == 3
    page.hover("#octet-1")
    expect(page.locator("#detail output")).to_have_text("1234567")


def test_octets_of_nobody_are_marked(show: Open, meter: Path) -> None:
    page = show(meter, "#ST99").page
    assert page.inner_text("#bare") == "26 octets without an element"
    assert page.locator("#elements .row").count() == 0
    assert page.locator("#octets .text").first.text_content() == "who <script>know"


def test_the_keyboard_alone(show: Open, small: Path) -> None:
    page = show(small, "#ST12").page
    page.focus("#elements")
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    expect(page.locator("#detail h2")).to_have_text("ST12 ROWS[0].COUNT")
    assert page.get_attribute("#elements", "aria-activedescendant") == _row(page, "COUNT")[1:]
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#elements .row.active")).to_have_attribute("aria-expanded", "false")
    assert "COUNT 2 UINT8" not in _rows(page)
    page.focus("#octets")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#detail h2")).to_contain_text("ROWS[1].SHORT")
    assert page.get_attribute("#octets", "aria-activedescendant") == "octet-16"
    assert page.inner_text("#spoken") == "ROWS[1].SHORT 22136 kWh"


def test_filter_and_search(show: Open, small: Path) -> None:
    page = show(small, "#ST12").page
    page.fill("#filter", "short")
    assert page.inner_text("#counted") == "2 found"
    assert [row.split()[0] for row in _rows(page)] == ["ROWS", "[0]", "taken", "SHORT", "[1]", "taken", "SHORT"]
    page.fill("#filter", "22136")
    assert page.inner_text("#counted") == "1 found"
    page.fill("#filter", "")
    assert len(_rows(page)) == 20
    page.keyboard.press("Escape")
    page.focus("#octets")
    page.keyboard.press("/")
    page.keyboard.type("kind")
    expect(page.locator("#found a")).to_contain_text(["KIND"])
    page.keyboard.press("Enter")
    expect(page.locator("#detail h2")).to_have_text("ST0 FLAGS.KIND")


def test_a_large_table_is_drawn_where_it_is_looked_at(show: Open, profile: Path) -> None:
    page = show(profile, "#ST64/LP_DATA_SET1[39].LP_INT[95].INT_DATA[3].ITEM").page
    assert _marked(page) == [42398, 42399]
    expect(page.locator("#detail output")).to_have_text("4")
    page.click("#open")
    for top in (0, 100_000, 1_000_000):
        page.evaluate("top => { document.getElementById('elements').scrollTop = top }", top)
        page.wait_for_function("document.querySelectorAll('#elements .row').length > 0")
        assert page.locator("#elements .row, #octets .row").count() < 150
    page.fill("#filter", "INT_DATA[2]")
    assert page.inner_text("#counted") == "3840 found"


def test_printing_writes_rows_out(show: Open, profile: Path) -> None:
    page = show(profile).page
    drawn = page.locator("#octets .row").count()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert drawn < 100
    assert page.locator("#octets .row").count() == 2000
    assert page.locator("#elements .row").count() == 41
    assert page.inner_text("#octets .space > p") == "650 more rows"
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("#octets .row").count() == drawn


@pytest.mark.parametrize("name", ["meter", "small"])
def test_a_phone_scrolls_down_only(show: Open, name: str, request: pytest.FixtureRequest) -> None:
    path: Path = request.getfixturevalue(name)
    page = show(path, size=PHONE).page
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE[0]
    longest = page.locator("#octets .row").evaluate_all(
        "rows => Math.max(...rows.map(row => row.children[1].children.length))"
    )
    assert longest == (8 if name == "meter" else 5)
    page.click("#octet-1")
    expect(page.locator("#detail h2")).to_be_in_viewport()
