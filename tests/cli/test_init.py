"""`tdl init`: a project that is right from the first minute, whose README tells the truth."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.cli.conftest import EXAMPLE, ROOT, Run, tree


def commands(readme: Path) -> list[str]:
    """The commands that a README tells to run."""
    blocks = re.findall(r"```sh\n(.*?)```", readme.read_text("utf-8"), re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


@pytest.mark.parametrize("base", ["std:2012", "std:1997"])
@pytest.mark.parametrize("name", ["ACME_AX200", "acme", f"A{'_LONG' * 12}"])
def test_every_command_of_the_readme_runs(
    tdl: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, base: str
) -> None:
    assert tdl("init", "project", "--name", name, "--base", base).exit_code == 0
    monkeypatch.chdir(tmp_path / "project")
    told = commands(Path("README.md"))
    assert len(told) >= 8
    for command in told:
        program, *arguments = shlex.split(command)
        assert program == "tdl"
        result = tdl(*arguments)
        assert result.exit_code == 0, (command, result.output)


def test_the_image_says_what_the_model_has(tdl: Run) -> None:
    assert tdl("init", "--name", "ACME_AX200").exit_code == 0
    lines = tdl("decode", "meters/example").stdout.split("\n")
    assert [" ".join(line.split()) for line in lines[1:5]] == [
        "STATUS.TAMPER_FLAG true", "STATUS.SUPPLY 1 (BATTERY)", "NBR_RESTARTS 3", "TEMPERATURE 215",
    ]  # fmt: skip


def test_the_check_for_ci_runs_what_the_readme_tells(tdl: Run) -> None:
    assert tdl("init", "--name", "ACME_AX200").exit_code == 0
    steps = re.findall(r"- run: (tdl .*)", Path(".github/workflows/definitions.yml").read_text("utf-8"))
    assert len(steps) == 3
    assert set(steps) <= set(commands(Path("README.md")))


def test_a_definition_of_ones_own_is_a_base(tdl: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("common.tdl").write_text(
        "DOCUMENT COMMON;\nTYPE A_RCD = PACKED RECORD\n    A : UINT8;\nEND;\nTABLE MFG 0 A_TBL = A_RCD;\n", "utf-8"
    )
    assert tdl("init", "project", "--name", "ACME_AX200", "--base", "common.tdl").exit_code == 0
    monkeypatch.chdir(tmp_path / "project")
    assert Path("meters/example/MT1.bin").exists()  # the base has MT0
    assert 'definition = "../common.tdl"' in Path("tdl.toml").read_text("utf-8")
    assert tdl("check").exit_code == 0
    assert tdl("decode", "meters/example").exit_code == 0


def test_nothing_is_overwritten(tdl: Run, tmp_path: Path) -> None:
    Path("project/definitions").mkdir(parents=True)
    Path("project/definitions/acme.tdl").write_text("mine\n", "utf-8")
    before = tree(tmp_path)
    result = tdl("init", "project", "--name", "ACME_AX200")
    assert result.exit_code == 2
    assert "`project/definitions/acme.tdl` cannot be written: is there already" in " ".join(result.stderr.split())
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("9METERS", "letters, digits and underscores expected"),
        ("ACME-AX200", "letters, digits and underscores expected"),
        ("", "letters, digits and underscores expected"),
        ("A" * 65, "at most 64"),
        ("table", "`TABLE` is a word of the language"),
        ("TYPE_9", "`TYPE` is a word of the language"),
    ],
)
def test_names_that_cannot_be(tdl: Run, tmp_path: Path, name: str, problem: str) -> None:
    result = tdl("init", "--name", name)
    assert result.exit_code == 2
    assert problem in " ".join(result.stderr.split())
    assert tree(tmp_path) == {}


def test_a_base_that_cannot_be(tdl: Run, tmp_path: Path) -> None:
    assert tdl("init", "--name", "ACME_AX200", "--base", "nothing.tdl").exit_code == 2
    result = tdl("init", "--name", "ACME_AX200", "--base", EXAMPLE / "acme-ax200.tdl")
    assert result.exit_code in (0, 1)
    assert "TDL999" not in result.stderr
    assert result.exit_code == 0 or tree(tmp_path) == {}


def test_the_how_to_names_what_is_written(tdl: Run) -> None:
    page = ROOT / "docs" / "how-to" / "start-a-vendor-project.md"
    named = re.findall(r"^\| `([^`]+)` \|", page.read_text("utf-8"), re.MULTILINE)
    assert len(named) == 7
    assert tdl("init", "--name", "ACME_AX200", "project").exit_code == 0
    assert [name for name in named if not Path("project", name).exists()] == []
