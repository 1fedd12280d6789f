"""`tdl explore` writes one page whatever the image is, and says what is wrong with it as every verb does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import EXAMPLE, ROOT, Run, tree
from tests.spec.console import renewed

ACME = ("-d", "std:2012", "-f", EXAMPLE / "acme-ax200.tdl")


def test_one_file_is_written(tdl: Run, tmp_path: Path) -> None:
    result = tdl("explore", *ACME, EXAMPLE / "image", "-o", "meter.html")
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    assert result.stderr == "wrote meter.html: 10 tables\n"
    assert list(tree(tmp_path)) == ["meter.html"]
    assert (tmp_path / "meter.html").read_text("utf-8").startswith("<!doctype html>")


def test_standard_output(tdl: Run, tmp_path: Path) -> None:
    result = tdl("explore", *ACME, EXAMPLE / "image", "-o", "-")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.endswith("</html>\n")
    assert tree(tmp_path) == {}


def test_what_cannot_be_decoded_is_on_the_page_and_an_error(tdl: Run, tmp_path: Path) -> None:
    folder = tmp_path / "image"
    folder.mkdir()
    for path in (EXAMPLE / "image").iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "ST23.bin").write_bytes((folder / "ST23.bin").read_bytes()[:50])
    (folder / "ST99.bin").write_bytes(b"<script>")
    result = tdl("explore", *ACME, "image", "-o", "meter.html")
    assert result.exit_code == 1
    assert "error TDL511: `ST23 TIER_DATA_BLOCK[0]" in result.stderr
    assert "warning TDL521: the image holds `ST99`" in result.stderr
    assert "<strong>1 not decoded</strong>, 1 not in the definition" in Path("meter.html").read_text("utf-8")


def test_values_from_elsewhere(tdl: Run, tmp_path: Path) -> None:
    (tmp_path / "image").mkdir()
    (tmp_path / "image" / "ST12.bin").write_bytes((EXAMPLE / "image" / "ST12.bin").read_bytes())
    assert tdl("explore", "-d", "std:2012", "image", "-o", "a.html").exit_code == 1
    assert tdl("explore", "-d", "std:2012", "image", "-o", "a.html", "--bind", EXAMPLE / "image").exit_code == 0


def test_one_table_alone(tdl: Run) -> None:
    result = tdl("explore", *ACME, EXAMPLE / "image", "--table", "23", "--table", "MT5", "-o", "a.html")
    assert (result.exit_code, result.stderr) == (0, "wrote a.html: 2 tables\n")
    assert "its layout depends on ST21 (not on this page), ST0 (not on this page)" in Path("a.html").read_text("utf-8")
    hexadecimal = (EXAMPLE / "image" / "ST21.bin").read_bytes().hex(" ")
    result = tdl("explore", *ACME, "-", "--table", "ST21", "-o", "b.html", input=hexadecimal)
    assert result.exit_code == 0, result.output
    assert tdl("explore", *ACME, EXAMPLE / "image", "--table", "64", "-o", "c.html").exit_code == 2
    assert not Path("c.html").exists()


@pytest.mark.parametrize("kind", ["json", "edl"])
def test_images_of_every_form(tdl: Run, kind: str) -> None:
    source = EXAMPLE / "image"
    assert tdl("convert", *ACME, source, "--to", kind, "-o", f"image.{kind}").exit_code == 0
    result = tdl("explore", *ACME, f"image.{kind}", "-o", "meter.html")
    assert result.exit_code == 0, result.output
    assert result.stderr == "wrote meter.html: 10 tables\n"


def test_what_cannot_be_done_leaves_all_as_it_is(tdl: Run, tmp_path: Path) -> None:
    Path("page.html").write_text("before")
    Path("bad.tdl").write_text("TABLE")
    (tmp_path / "empty").mkdir()
    before = tree(tmp_path)
    for arguments, code in (
        ((*ACME, "nothing", "-o", "page.html"), 2),
        ((*ACME, "empty", "-o", "page.html"), 2),
        (("-d", "bad.tdl", EXAMPLE / "image", "-o", "page.html"), 1),
        ((*ACME, EXAMPLE / "image", "-o", "page.html/x"), 2),
        ((*ACME, EXAMPLE / "image"), 2),
        ((*ACME, EXAMPLE / "image", "-o", "page.html", "--bind", "nothing.toml"), 2),
        ((EXAMPLE / "image", "-o", "page.html"), 2),
    ):
        result = tdl("explore", *arguments)
        assert result.exit_code == code, (arguments, result.output)
        assert result.stderr
        assert tree(tmp_path) == before


def test_the_same_page_wherever_it_is_made(tmp_path: Path) -> None:
    made = []
    for place, seed in (("here", "1"), ("elsewhere", "2")):
        folder = tmp_path / place
        folder.mkdir()
        command = [sys.executable, "-m", "tdl", "explore", *map(str, ACME), str(EXAMPLE / "image"), "-o", "page.html"]
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
        made.append((folder / "page.html").read_bytes())
    assert made[0] == made[1]
    assert str(tmp_path).encode() not in made[0]
    assert str(ROOT).encode() not in made[0]


def test_the_page_of_the_command_shows_what_it_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    page = ROOT / "docs" / "reference" / "explore.md"
    (tmp_path / "acme-ax200.tdl").write_bytes((EXAMPLE / "acme-ax200.tdl").read_bytes())
    (tmp_path / "image").mkdir()
    for path in (EXAMPLE / "image").iterdir():
        (tmp_path / "image" / path.name).write_bytes(path.read_bytes())
    monkeypatch.chdir(tmp_path)
    made = renewed(page)
    if request.config.getoption("--snapshot-update"):
        page.write_text(made, "utf-8")
    assert made == page.read_text("utf-8"), "an output has changed; look at the difference, then --snapshot-update"
    assert (tmp_path / "meter.html").is_file()
