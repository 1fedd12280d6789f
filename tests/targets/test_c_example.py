"""The example firmware, built by each of its build systems, and what it prints."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.differential.c_libraries import WARNINGS, run
from tests.spec.manual import blocks
from tests.tools import tool

EXAMPLES = Path(__file__).parents[2] / "examples"
IMAGE = EXAMPLES / "meter-with-fragment" / "image" / "ST23.bin"


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the example, with `tdl` on the path."""
    for name in ("c-meter", "meter-with-fragment"):
        shutil.copytree(EXAMPLES / name, tmp_path / name, ignore=shutil.ignore_patterns("build"))
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "tdl").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tdl "$@"\n')
    (programs / "tdl").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(EXAMPLES.parent))
    return tmp_path / "c-meter"


@pytest.mark.parametrize(
    "commands",
    [
        (("cmake", "-S", ".", "-B", "build"), ("cmake", "--build", "build")),
        (("meson", "setup", "build"), ("ninja", "-C", "build")),
        (("make",),),
    ],
    ids=lambda commands: commands[0][0],
)
def test_build(example: Path, commands: tuple[tuple[str, ...], ...]) -> None:
    for program, *arguments in commands:
        run([tool(program), *arguments], cwd=example)
    said = run([example / "build" / "c-meter", IMAGE]).decode()
    (expected,) = (block.body for block in blocks(EXAMPLES / "c-meter" / "README.md") if block.info == "text")
    assert said == expected


def test_a_changed_profile_makes_the_code_anew(example: Path) -> None:
    run([tool("make")], cwd=example)
    profile = example.parent / "meter-with-fragment" / "residential.toml"
    profile.write_text(profile.read_text().replace("NBR_TIERS = 2", "NBR_TIERS = 1"))
    run([tool("make")], cwd=example)
    generated = "".join(path.read_text() for path in (example / "build" / "generated").glob("*.h"))
    assert "TIER_DATA_BLOCK[1];" in generated


def test_the_code_of_the_reference_compiles(example: Path) -> None:
    run([tool("make")], cwd=example)
    tables = ("--option", "tables=ST0,ST21,ST23", "--package", "c1219")
    run(["tdl", "generate", "-d", "std:2012", "--target", "c", *tables, "-o", "build/generated"], cwd=example)
    found = [b.body for b in blocks(EXAMPLES.parent / "docs" / "reference" / "c.md") if b.info == "c"]
    assert len(found) == 2
    for code in found:
        (example / "page.c").write_text(code)
        run([tool("gcc"), "-std=c99", *WARNINGS, "-Ibuild/generated", "-c", "page.c", "-o", "page.o"], cwd=example)
