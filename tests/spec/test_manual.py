"""The language manual holds, block by block."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.spec.manual import KINDS, ManualRun, blocks

WITHOUT_EXAMPLES = ("index", "open-points")
PAGES = sorted(
    page
    for page in (Path(__file__).parents[2] / "docs/reference/language").glob("*.md")
    if page.stem not in WITHOUT_EXAMPLES
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page(page: Path) -> None:
    run = ManualRun()
    executed = 0
    for block in blocks(page):
        if block.info.split(" ")[0] in KINDS:
            run.run(block)
            executed += 1
    assert executed, "a page of the manual without an example proves nothing"


def test_manual_is_found() -> None:
    assert len(PAGES) >= 8
