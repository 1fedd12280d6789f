"""The gateway's page in a browser, with a token, live, in front of a meter."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tdl.systems.client.simulated import simulated
from tdl.systems.gateway.access import Callers
from tdl.systems.gateway.app import application
from tdl.systems.meter.meter import Meter
from tests.unit.gateway.gateways import ALL, CALLERS, PART, WHO, desk_of
from tests.unit.meter.meters import image, meter, security

WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 740}


@pytest.fixture
def held() -> Meter:
    return meter(image(security()))


@pytest.fixture
def address(held: Meter) -> Iterator[str]:
    app = application(desk_of({"house-1": lambda: simulated(held, WHO)}), Callers(CALLERS))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", http="h11", ws="none"))
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The page before a token; afterwards nothing may have been asked for but of the gateway."""
    context = browser.new_context(viewport=WIDE)
    context.set_default_timeout(30_000)
    opened, asked, errors = context.new_page(), [], []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda message: errors.append(message.text) if "Content Security" in message.text else None)
    opened.goto(address)
    yield opened
    context.close()
    assert errors == []
    assert [url for url in asked if not url.startswith(address)] == []


def _log_in(page: Page, token: str) -> None:
    page.fill("#token", token)
    page.click("#login button")
    expect(page.locator("#tables li").first).to_be_visible()


def test_a_table_is_looked_at_live(page: Page, held: Meter) -> None:
    expect(page.locator("#said")).to_contain_text("wants a token")
    assert page.locator("#said.wrong").count() == 0, "nobody has done anything wrong yet"
    page.fill("#token", "tdl_wrong")
    page.click("#login button")
    expect(page.locator("#said.wrong")).to_contain_text("one that is not known")
    _log_in(page, ALL)
    page.click('#tables a[href="#ST6"]')
    expect(page.locator("#title")).to_have_text("ST6 UTIL_INFO_TBL")
    expect(page.locator("#values tr").first).to_contain_text("OWNER_NAME")
    expect(page.locator("#values tr").first).to_contain_text("\\0" * 20)
    expect(page.locator("#octets")).to_contain_text("000000  00 00")
    number = held.tables.definition.table("ST6").id
    assert number == 6
    page.evaluate(
        """async (token) => {
          const where = "/meters/house-1/tables/ST6/elements/OWNER_NAME";
          const head = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
          const tag = (await fetch(where, { headers: head })).headers.get("etag");
          const value = "<img src=x onerror=1>".slice(0, 20);
          await fetch(where, { method: "PUT", headers: { ...head, "If-Match": tag }, body: JSON.stringify({ value }) });
        }""",
        ALL,
    )
    page.click("#again")
    expect(page.locator("#values tr").first).to_contain_text("<img src=x onerror=1")
    assert page.locator("main img").count() == 0
    assert page.input_value("#token") == ""


def test_what_is_closed_to_a_token_says_so(page: Page) -> None:
    _log_in(page, PART)
    expect(page.locator("#tables li.closed").first).to_contain_text("(closed)")
    assert page.locator("#tables a").all_inner_texts() == ["ST6 UTIL_INFO_TBL"]
    page.evaluate("location.hash = '#ST42'")
    expect(page.locator("#said.wrong")).to_contain_text("do not pass the gateway")


def test_what_another_table_holds_does_not_stay_below_the_name_of_this_one(page: Page) -> None:
    _log_in(page, ALL)
    page.click('#tables a[href="#ST6"]')
    expect(page.locator("#values tr").first).to_be_visible()
    page.evaluate("location.hash = '#ST42'")
    expect(page.locator("#said.wrong")).to_contain_text("do not pass the gateway")
    expect(page.locator("#title")).to_have_text("ST42")
    assert page.locator("#values tr").count() == 0
    assert page.locator("#octets").is_hidden()


def test_a_phone_shows_values_and_not_only_their_names(page: Page) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    _log_in(page, ALL)
    page.click('#tables a[href="#ST23"]')
    cells = page.locator("#values td")
    expect(cells.first).to_be_visible()
    for cell in cells.all():
        box = cell.bounding_box()
        assert box is not None
        assert 0 <= box["x"] < box["x"] + box["width"] <= PHONE["width"]
    expect(cells.nth(2)).to_have_text("octets 0000000000")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_nothing_is_in_the_way(page: Page, size: dict[str, int]) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    _log_in(page, ALL)
    page.click('#tables a[href="#ST23"]')
    expect(page.locator("#values tr").first).to_be_visible()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found = Axe().run(page, options={"preload": False}).response["violations"]
        assert [f"{each['id']}: {node['html']}" for each in found for node in each["nodes"][:3]] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
