"""Every example in the README, beside the examples and in the reference runs, and prints what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.spec.console import renewed
from tests.spec.manual import blocks

ROOT = Path(__file__).parents[2]
REFERENCE = [ROOT / "docs/reference" / name for name in ("python.md", "readings.md", "plan.md")]
PAGES = [ROOT / "README.md", *REFERENCE, *sorted((ROOT / "examples").rglob("README.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_sessions(page: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(page.parent)
    made = renewed(page)
    if request.config.getoption("--snapshot-update"):
        page.write_text(made, "utf-8")
    assert made == page.read_text("utf-8"), "an output has changed; look at the difference, then --snapshot-update"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_python_examples(page: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A block of Python prints what the block of text behind it says."""
    monkeypatch.chdir(page.parent)
    found = list(blocks(page))
    for block, following in zip(found, [*found[1:], None], strict=True):
        if block.info == "python":
            exec(compile(block.body, block.place, "exec"), {})
            assert following is not None
            assert following.info == "text"
            assert capsys.readouterr().out == following.body


def test_links_lead_somewhere() -> None:
    for page in [*PAGES, *sorted((ROOT / "docs").rglob("*.md"))]:
        text = page.read_text("utf-8")
        for target in _links(text):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}"


def _links(text: str) -> list[str]:
    found = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    return [target for target in found if not target.startswith(("http:", "https:"))]
