"""Pages in a real browser: headless, without a network, with everything it complains about kept."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tdl.docs.html import html_pages
from tdl.docs.site import site
from tdl.explore.looking import look
from tdl.explore.page import html_page
from tdl.image import Image, read_image_file
from tdl.project import load
from tdl.project.opening import binding
from tdl.project.reading import read_image
from tests.tools import tool
from tests.unit.docs import definitions
from tests.unit.explore.meters import CONFIG, LIST, view

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "meter-with-fragment"
WIDE, PHONE = (1440, 900), (360, 740)


@dataclass(slots=True)
class Opened:
    """A page with what the browser said of it."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


Open = Callable[..., Opened]


@pytest.fixture(scope="module")  # as long as it is there, nothing else in the process can run an event loop
def browser() -> Iterator[Browser]:
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=tool("chromium"), args=arguments)
        yield chromium
        chromium.close()


@pytest.fixture
def show(browser: Browser) -> Iterator[Open]:
    """Open a file; after the test, nothing may have been complained about and nothing asked for but files."""
    opened: list[Opened] = []
    contexts = []

    def run(path: Path, anchor: str = "", size: tuple[int, int] = WIDE, dark: bool = False) -> Opened:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if dark else "light"
        )
        contexts.append(context)
        context.set_default_timeout(30_000)
        page = context.new_page()
        found = Opened(page)
        page.on("console", lambda message: found.complaints.append(message.text))
        page.on("pageerror", lambda error: found.complaints.append(str(error)))
        page.on("request", lambda request: found.requests.append(request.url))
        page.goto(path.as_uri() + anchor)
        opened.append(found)
        return found

    yield run
    for context in contexts:
        context.close()
    for each in opened:
        assert each.complaints == []
        assert [url for url in each.requests if not url.startswith("file:")] == []


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="session")
def pages(folder: Path) -> Path:
    """The site of a definition with a fragment."""
    made = html_pages(site(load("std:2012", [str(EXAMPLE / "acme-ax200.tdl")])))
    for name, octets in made.items():
        (folder / name).write_bytes(octets)
    return folder


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of a small definition that has something for every page."""
    folder = tmp_path_factory.mktemp("few")
    for name, octets in html_pages(definitions.view(definitions.FRAGMENT)).items():
        (folder / name).write_bytes(octets)
    return folder


@pytest.fixture(scope="session")
def meter(folder: Path) -> Path:
    """A real meter's tables, one of them cut short, one too long, one nobody knows."""
    compiled = load("std:2012", [str(EXAMPLE / "acme-ax200.tdl")])
    tables = dict(read_image_file(str(EXAMPLE / "image")).tables)
    assert isinstance(tables["ST23"], bytes)
    assert isinstance(tables["ST1"], bytes)
    tables |= {"ST23": tables["ST23"][:50], "ST1": tables["ST1"] + b"abcdef", "ST99": b"who <script>knows</script>"}
    return _write(folder / "meter.html", html_page(look(read_image(compiled, Image(name="meter", tables=tables)))))


@pytest.fixture(scope="session")
def small(folder: Path) -> Path:
    """An image with hostile names and values."""
    return _write(folder / "small.html", html_page(view(ST0=CONFIG, ST12=LIST)))


@pytest.fixture(scope="session")
def profile(folder: Path) -> Path:
    """A load profile of 42,400 octets: 40 blocks of 96 intervals in four channels."""
    interval = bytes.fromhex("000000 0100 0200 0300 0400")
    octets = b"".join((27_000_000 + 1_440 * block).to_bytes(4, "little") + 96 * interval for block in range(40))
    settings = ["ACT_LP_TBL.NBR_BLKS_SET1=40", "ACT_LP_TBL.NBR_CHNS_SET1=4", "GEN_CONFIG_TBL.TM_FORMAT=3"]
    image = Image(name="profile", tables={"ST64": octets})
    reading = read_image(load("std:2012"), image, bind=binding("std:residential"), settings=settings)
    assert reading.failures == {}
    return _write(folder / "profile.html", html_page(look(reading)))


def _write(path: Path, octets: bytes) -> Path:
    path.write_bytes(octets)
    return path
