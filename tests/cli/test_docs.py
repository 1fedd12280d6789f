"""`tdl docs` writes pages all or none, and `tdl explain` says how well a thing is attested."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import EXAMPLE, ROOT, Run, tree
from tests.spec.console import renewed

TEXT = """\
TYPE CONFIG_RCD = PACKED RECORD
    DATA_ORDER : UINT8;
    COUNT : UINT8 WITH Confidence = "low";
END;
TABLE 0 CONFIG_TBL = CONFIG_RCD WITH Confidence = "high", Source = "N";
TYPE LIST_RCD = PACKED RECORD
    ITEMS : ARRAY[CONFIG_TBL.COUNT] OF UINT16;
    LAST : UINT8;
END;
TABLE 10 LIST_TBL = LIST_RCD;
"""
DOCS = ("docs", "-d", "d.tdl", "-o", "out")


def test_pages_are_written_and_kept(tdl: Run, tmp_path: Path) -> None:
    Path("d.tdl").write_text(TEXT)
    result = tdl(*DOCS)
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    files = tree(tmp_path / "out")
    assert {"index.html", "decade-0.html", "decade-1.html", "types.html", "open-points.html"} < set(files)
    os.utime(tmp_path / "out" / "index.html", (1, 1))
    again = tdl(*DOCS)
    assert again.stderr == f"wrote {len(files)} pages to out/ (0 changed)\n"
    assert (tmp_path / "out" / "index.html").stat().st_mtime == 1


def test_markdown(tdl: Run, tmp_path: Path) -> None:
    Path("d.tdl").write_text(TEXT)
    assert tdl(*DOCS, "--format", "markdown").exit_code == 0
    assert set(tree(tmp_path / "out")) == {"index.md", "decade-0.md", "decade-1.md", "open-points.md"}


def test_drift_is_listed_and_nothing_written(tdl: Run, tmp_path: Path) -> None:
    Path("d.tdl").write_text(TEXT)
    assert tdl(*DOCS, "--check").exit_code == 1
    assert not (tmp_path / "out").exists()
    tdl(*DOCS)
    assert tdl(*DOCS, "--check").exit_code == 0
    (tmp_path / "out" / "index.html").write_text("changed")
    (tmp_path / "out" / "types.html").unlink()
    (tmp_path / "out" / "decade-7.html").write_text("old")
    (tmp_path / "out" / "notes.html").write_text("somebody's own")
    before = tree(tmp_path)
    result = tdl(*DOCS, "--check")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "out/index.html: differs",
        "out/types.html: missing",
        "out/decade-7.html: is not of this definition",
    ]
    assert tree(tmp_path) == before
    assert tdl(*DOCS).stderr.splitlines()[1:] == [
        "note: out/decade-7.html is left from before, this definition does not make it"
    ]


def test_offsets_for_one_meter(tdl: Run, tmp_path: Path) -> None:
    Path("d.tdl").write_text(TEXT)
    Path("p.toml").write_text("[CONFIG_TBL]\nCOUNT = 3\n")
    tdl(*DOCS, "--format", "markdown")
    assert "| 1 | + 2 × COUNT | 1 | `LAST` |" in (tmp_path / "out" / "decade-1.md").read_text()
    assert tdl(*DOCS, "--format", "markdown", "--bind", "p.toml").exit_code == 0
    assert "| 1 | 6 | 1 | `LAST` |" in (tmp_path / "out" / "decade-1.md").read_text()
    tdl(*DOCS, "--format", "markdown", "--bind", "p.toml", "--set", "CONFIG_TBL.COUNT=4")
    assert "| 1 | 8 | 1 | `LAST` |" in (tmp_path / "out" / "decade-1.md").read_text()


def test_the_same_pages_wherever_they_are_made(tmp_path: Path) -> None:
    made = []
    for place, seed in (("here", "1"), ("elsewhere", "2")):
        folder = tmp_path / place
        folder.mkdir()
        source = folder / "d.tdl"
        source.write_text(TEXT)
        command = [sys.executable, "-m", "tdl", "docs", "-d", str(source), "-o", str(folder / "out")]
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
        made.append(tree(folder / "out"))
    assert made[0] == made[1]
    assert not any(str(tmp_path).encode() in octets for octets in made[0].values())


def test_a_meter_with_a_fragment(tdl: Run, tmp_path: Path) -> None:
    fragment, image = EXAMPLE / "acme-ax200.tdl", EXAMPLE / "image"
    assert tdl("docs", "-d", "std:2012", "-f", fragment, "--bind", image, "-o", "out").exit_code == 0
    assert (tmp_path / "out" / "mfg-0.html").is_file()
    assert "added by ACME_AX200, acme-ax200.tdl" in (tmp_path / "out" / "decade-0.html").read_text()


def test_what_cannot_be_written_leaves_all_as_it_is(tdl: Run, tmp_path: Path) -> None:
    Path("d.tdl").write_text(TEXT)
    Path("bad.tdl").write_text(TEXT.replace(":", ""))
    for arguments, code in (
        (("docs", "-d", "bad.tdl", "-o", "out"), 1),
        (("docs", "-d", "d.tdl", "-o", "d.tdl/out"), 2),
        (("docs", "-d", "d.tdl", "-o", "out", "--bind", "nothing.toml"), 2),
        (("docs", "-d", "d.tdl", "-o", "out", "--format", "pdf"), 2),
        (("docs", "-d", "d.tdl"), 2),
        (("docs", "-o", "out"), 2),
    ):
        result = tdl(*arguments)
        assert result.exit_code == code, result.output
        assert sorted(tree(tmp_path)) == ["bad.tdl", "d.tdl"]


@pytest.mark.parametrize(
    ("key", "head"),
    [
        ("0", "{ ST0: 2 octets; confidence high, from N }"),
        ("0.DATA_ORDER", "{ ST0.DATA_ORDER: 1 octet, index 0; confidence high, from N }"),
        ("CONFIG_TBL.count", "{ ST0.COUNT: 1 octet, index 1; confidence low, from N }"),
        ("ST10.ITEMS", "{ ST10.ITEMS: 0 to 510 octets, index 0 }"),
    ],
)
def test_explaining_says_how_well_a_thing_is_attested(tdl: Run, key: str, head: str) -> None:
    Path("d.tdl").write_text(TEXT)
    result = tdl("explain", f"d.tdl#{key}")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[0] == head


def test_explaining_an_element_shows_the_types_inside_it(tdl: Run) -> None:
    printed = tdl("explain", "std:2012#23.TOT_DATA_BLOCK").stdout.splitlines()
    assert printed[0].startswith("{ ST23.TOT_DATA_BLOCK: ")
    assert printed[0].endswith("index 1; confidence high, from N, O, R }")
    assert printed[1] == "TOT_DATA_BLOCK : DATA_BLK_RCD;"
    declared = [line.split()[1] for line in printed if line.startswith("TYPE")]
    assert declared == ["DATA_BLK_RCD", "DEMANDS_RCD", "COINCIDENTS_RCD"]


def test_explaining_procedures(tdl: Run) -> None:
    assert tdl("explain", "std:2012#SP4").stdout.startswith("{ SP4; confidence high, from T, O, K }\nPROCEDURE 4 ")
    assert tdl("explain", "std:2012#SP4.parameter.LIST").stdout.startswith("{ SP4.parameter.LIST: 1 octet, index 0; ")


@pytest.mark.parametrize("key", ["0.NOTHING", "0.COUNT.NOTHING", "99", "99.X", "0.", "."])
def test_explaining_what_is_not_there(tdl: Run, key: str) -> None:
    Path("d.tdl").write_text(TEXT)
    result = tdl("explain", f"d.tdl#{key}")
    assert result.exit_code == 2
    assert result.stdout == ""


def test_the_page_of_the_command_shows_what_it_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    page = ROOT / "docs" / "reference" / "docs-command.md"
    (tmp_path / "pump.tdl").write_bytes((ROOT / "examples" / "first-table" / "pump.tdl").read_bytes())
    monkeypatch.chdir(tmp_path)
    made = renewed(page)
    if request.config.getoption("--snapshot-update"):
        page.write_text(made, "utf-8")
    assert made == page.read_text("utf-8"), "an output has changed; look at the difference, then --snapshot-update"
    assert (tmp_path / "pages" / "index.html").is_file()
