"""Markdown pages hold together, and those of the library are what the library says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tdl.docs import library
from tdl.docs.markdown import markdown_pages
from tdl.docs.site import site
from tests.unit.docs.definitions import FRAGMENT, definition

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    made = markdown_pages(site(definition(FRAGMENT), markdown=True))
    return {name: octets.decode() for name, octets in made.items()}


@pytest.fixture(scope="module")
def library_pages() -> dict[str, bytes]:
    return library.pages()


def _headings(text: str) -> set[str]:
    """The anchors that a repository gives to headings."""
    titles = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def _check_links(made: dict[str, str]) -> int:
    checked = 0
    for name, text in made.items():
        for target, anchor in re.findall(r"\]\(([^)#\s]*)(?:#([^)]*))?\)", text):
            assert target in made, f"{name}: {target}"
            assert not anchor or anchor in _headings(made[target]), f"{name}: {target}#{anchor}"
            checked += 1
    return checked


def test_links_lead_to_headings(pages: dict[str, str], library_pages: dict[str, bytes]) -> None:
    assert _check_links(pages) > 5
    assert _check_links({name: octets.decode() for name, octets in library_pages.items()}) > 100


def test_rows_of_tables_have_all_their_cells(pages: dict[str, str]) -> None:
    for name, text in pages.items():
        for table in re.findall(r"(?:^\|.*\n)+", text, re.M):
            widths = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
            assert len(widths) == 1, f"{name}:\n{table}"


def test_what_a_page_shows(pages: dict[str, str]) -> None:
    listed = pages["decade-1.md"]
    assert "| 2.i.1 | + 2 | 4 | · `VALUE` | `INT32` | Wh |" in listed
    assert "| | | | *`IF CONFIG_TBL.FLAGS.WIDE`* | | |" in listed
    assert "confidence low" in pages["open-points.md"]
    assert "\\<script\\>alert(1)\\</script\\> \\| \\`x\\` \\*y\\* \\& co" in pages["enumerations.md"]
    assert "<" not in re.sub(r"\\<|```.*?```|`[^`]*`", "", "".join(pages.values()), flags=re.S)


def test_the_pages_of_the_library_are_up_to_date(library_pages: dict[str, bytes]) -> None:
    there = {path.name: path.read_bytes() for path in (ROOT / library.DIRECTORY).glob("*.md")}
    assert there == library_pages, "python -m tdl.docs.library writes them"
    assert "open-points.md" in library_pages
    assert sum(map(len, library_pages.values())) < 600_000


def test_writing_and_checking_the_pages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, library_pages: dict[str, bytes]
) -> None:
    monkeypatch.setattr(library, "pages", lambda: library_pages)
    assert library.main([str(tmp_path)]) == 0
    assert library.main(["--check", str(tmp_path)]) == 0
    (tmp_path / "decade-0.md").write_text("old", "utf-8")
    (tmp_path / "decade-99.md").write_text("left over", "utf-8")
    (tmp_path / "index.md").unlink()
    assert library.main(["--check", str(tmp_path)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{tmp_path / 'decade-0.md'}: out of date",
        f"{tmp_path / 'decade-99.md'}: missing or left over",
        f"{tmp_path / 'index.md'}: missing or left over",
    ]
    assert library.main([str(tmp_path)]) == 0
    assert library.main(["--check", str(tmp_path)]) == 0
