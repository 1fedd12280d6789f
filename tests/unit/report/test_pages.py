"""The pages of the diagnostics are what the registry and the commands say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tdl.report import pages
from tdl.report.rules import all_rules

DIRECTORY = Path(__file__).parents[3] / pages.DIRECTORY


def test_the_pages_are_up_to_date() -> None:
    there = {path.name: path.read_text("utf-8") for path in DIRECTORY.glob("*.md")}
    assert there == pages.pages(), "python -m tdl.report.pages writes them"


def test_a_page_shows_what_the_command_prints() -> None:
    rule = next(rule for rule in all_rules() if rule.code == "TDL203")
    printed = pages.output(rule.wrong)
    assert "error TDL203: no type `UINT9` is declared" in printed
    assert printed.rstrip("\n") in (DIRECTORY / "TDL203.md").read_text("utf-8")


def test_checking_tells_what_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert pages.main([str(tmp_path)]) == 0
    assert pages.main(["--check", str(tmp_path)]) == 0
    (tmp_path / "TDL203.md").write_text("old", "utf-8")
    (tmp_path / "TDL000.md").write_text("left over", "utf-8")
    (tmp_path / "index.md").unlink()
    assert pages.main(["--check", str(tmp_path)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{tmp_path / 'TDL000.md'}: missing or left over",
        f"{tmp_path / 'TDL203.md'}: out of date",
        f"{tmp_path / 'index.md'}: missing or left over",
    ]
    assert pages.main([str(tmp_path)]) == 0
    assert pages.main(["--check", str(tmp_path)]) == 0
    assert not (tmp_path / "TDL000.md").exists()
