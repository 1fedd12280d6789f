"""The documents as a site: it builds without a warning, and every link in it leads somewhere."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tests.spec.manual import blocks
from tests.spec.test_walks import OTHERS, TUTORIAL
from tests.spec.walk import ROOT

DOCS = ROOT / "docs"


class _Page(HTMLParser):
    """What a page links to, and what can be linked to in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = {""}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src") and value:
                self.links.append(value)
            elif name == "id" and value:
                self.places.add(value)


def test_site(tmp_path: Path) -> None:
    """One test, since the site is built for it: as CI builds it, without a warning."""
    site = tmp_path / "html"
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-n", "-q", "-b", "html"]
    written = {page.relative_to(DOCS) for page in DOCS.rglob("*.md")}
    run = subprocess.run(
        [*command, "-d", str(tmp_path / "trees"), "docs", str(site)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    for page in written:
        assert (site / page).with_suffix(".html").exists(), page
    pages = {path: _Page(path.read_text("utf-8")) for path in site.rglob("*.html")}
    wrong = [f"{path.relative_to(site)}: {link}" for path, page in pages.items() for link in _broken(path, page, pages)]
    assert not wrong
    index = (site / "searchindex.js").read_text("utf-8")
    for found in ("tutorial/1-describe", "reference/diagnostics/TDL204", "examples/first-table"):
        assert found in index


def _broken(path: Path, page: _Page, pages: dict[Path, _Page]) -> Iterator[str]:
    for link in page.links:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        anchors = pages[target].places if target in pages else {parts.fragment}
        if not target.exists() or unquote(parts.fragment) not in anchors:
            yield link


def test_every_session_is_run() -> None:
    """A page that shows commands is walked through, made from what they print, or named in a test of its own."""
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("*.py"))
    walked = {page for pages in (TUTORIAL, OTHERS) for page in pages}
    for page in DOCS.rglob("*.md"):
        shows = {"console", "python"} & {block.info for block in blocks(page)}
        if shows and page.parent.name not in ("diagnostics", "language", "library"):
            named = page.name in tests or f'"{page.stem}"' in tests
            assert page in walked or named or page.name == "python-api.md", page


def test_every_room_is_in_the_page_of_the_architecture() -> None:
    text = (DOCS / "explanation/architecture.md").read_text("utf-8")
    for room in (ROOT / "tdl").glob("*/__init__.py"):
        assert f"`tdl/{room.parent.name}/" in text, room.parent.name


def test_every_example_has_a_page() -> None:
    examples = {path.parent.name for path in (ROOT / "examples").glob("*/README.md")}
    assert {path.stem for path in (DOCS / "examples").glob("*.md")} == {*examples, "index"}


def test_pages_do_without_directives() -> None:
    """They are read on a forge too, which shows a directive as it is."""
    for page in DOCS.rglob("*.md"):
        assert "```{" not in page.read_text("utf-8"), page
