"""The page about checks says what `tdl check` prints, and its settings and comments do what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Run
from tests.spec.console import renewed
from tests.spec.manual import blocks

PAGE = ROOT / "docs/how-to/review.md"


def test_the_sessions_of_the_page(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PAGE.parent)
    made = renewed(PAGE)
    if request.config.getoption("--snapshot-update"):
        PAGE.write_text(made, "utf-8")
    assert made == PAGE.read_text("utf-8"), "an output has changed; look at the difference, then --snapshot-update"


def test_the_settings_and_comments_of_the_page(tdl: Run) -> None:
    (settings,) = (block.body for block in blocks(PAGE) if block.info == "toml")
    (document,) = (block.body for block in blocks(PAGE) if block.info == "tdl")
    Path("a.tdl").write_text(document)
    assert tdl("check", "a.tdl").stderr == "no findings\n"
    Path("a.tdl").write_text(document.replace("{", "{ -"))
    assert tdl("check", "a.tdl").stderr.count("warning TDL702") == 2
    Path("tdl.toml").write_text(settings)
    Path("known.json").write_text('{"version": 1, "findings": []}\n')
    assert tdl("check", "a.tdl").exit_code == 0
    Path("f.tdl").write_text('FRAGMENT F OF "NOWHERE";\n')
    assert tdl("check", "f.tdl").exit_code == 1
