"""`tdl graph` writes the graph of tables in three notations."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Run, tree
from tests.spec.console import renewed


@pytest.mark.parametrize(
    ("form", "first"), [("dot", "digraph tables {"), ("mermaid", "flowchart LR"), ("svg", "<svg xmlns=")]
)
def test_every_format(tdl: Run, form: str, first: str) -> None:
    result = tdl("graph", "-d", "std:2012", "--format", form)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(first)
    assert "ST64" in result.stdout


def test_dot_is_the_default_and_a_file_gets_the_same(tdl: Run, tmp_path: Path) -> None:
    printed = tdl("graph", "-d", "std:1997").stdout
    assert tdl("graph", "-d", "std:1997", "-o", "graph.dot").exit_code == 0
    assert tree(tmp_path) == {"graph.dot": printed.encode()}


def test_one_table_by_number_key_or_name_with_elements(tdl: Run) -> None:
    printed = {tdl("graph", "-d", "std:2012", "--table", name, "--labels").stdout for name in ("23", "st23", "ST23")}
    (text,) = printed
    assert '"ST21" -> "ST23"' in text
    assert "NBR_TIERS" in text
    assert "ST24" not in text
    assert "NBR_TIERS" not in tdl("graph", "-d", "std:2012", "--table", "23").stdout


def test_what_cannot_be_done(tdl: Run, tmp_path: Path) -> None:
    Path("file").write_text("")
    before = tree(tmp_path)
    for arguments in (
        ("graph",),
        ("graph", "-d", "std:2012", "--table", "ST999"),
        ("graph", "-d", "std:2012", "--format", "png"),
        ("graph", "-d", "std:2012", "-o", "file/there"),
        ("graph", "-d", "nothing.tdl"),
    ):
        result = tdl(*arguments)
        assert result.exit_code == 2, result.output
        assert result.stderr
        assert tree(tmp_path) == before


def test_the_page_of_the_command_shows_what_it_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    page = ROOT / "docs" / "reference" / "graph.md"
    monkeypatch.chdir(tmp_path)
    made = renewed(page)
    if request.config.getoption("--snapshot-update"):
        page.write_text(made, "utf-8")
    assert made == page.read_text("utf-8"), "an output has changed; look at the difference, then --snapshot-update"
