"""The tutorial, the how-to pages and others with sessions of their own hold from the first command to the last."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.spec.walk import ROOT, Walk

DOCS = ROOT / "docs"
TUTORIAL = tuple(sorted((DOCS / "tutorial").glob("[0-9]*.md")))
ELSEWHERE = ("index", "review", "editors")
"""An index has no session, and the others are tested beside what they are about."""
OTHERS = [
    DOCS / "index.md",
    *sorted(page for page in (DOCS / "how-to").glob("*.md") if page.stem not in ELSEWHERE),
    *(DOCS / "explanation" / name for name in ("merge.md", "binding.md")),
    DOCS / "reference/generated-python.md",
]


@pytest.mark.parametrize("pages", [TUTORIAL, *((page,) for page in OTHERS)], ids=lambda pages: pages[-1].stem)
def test_walk(pages: tuple[Path, ...], request: pytest.FixtureRequest, tmp_path: Path) -> None:
    walk = Walk(tmp_path)
    for page in pages:
        text = page.read_text("utf-8")
        assert "```console\n$ " in text, "a page without a command proves nothing"
        made = walk.through(text)
        if request.config.getoption("--snapshot-update"):
            page.write_text(made, "utf-8")
        assert made == page.read_text("utf-8"), "an output has changed; look at the difference, then --snapshot-update"


def test_there_is_a_tutorial() -> None:
    assert len(TUTORIAL) == 5


def test_a_walk_says_what_is_printed(tmp_path: Path) -> None:
    page = "`a/b.txt`:\n\n```text\nword\n```\n\n```console\n$ cd a\n$ cat b.txt\nother\n$ tdl --version\n```\n"
    assert "$ cat b.txt\nword\n$ tdl --version\ntdl " in Walk(tmp_path).through(page)
