"""The state of tdl: every change of a file that decides is seen, and what the interpreter keeps is not."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

import tdl
from tdl.cache import itself
from tdl.cache.itself import COMPILER, EVERYTHING, state_of_itself


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "installed" / "tdl"
    for name in ("pipeline.py", "check/rules.py", "backends/c/templates/a.j2", "library/std/2012.tdl"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("a")
    monkeypatch.setattr(itself, "_PACKAGE", str(folder))
    return folder


@pytest.mark.parametrize(
    ("name", "compiles"),
    [("pipeline.py", True), ("check/rules.py", True), ("backends/c/templates/a.j2", False)],
)
def test_a_changed_file_is_another_state(package: Path, name: str, compiles: bool) -> None:
    compiler, everything = state_of_itself(COMPILER), state_of_itself(EVERYTHING)
    assert (state_of_itself(COMPILER), state_of_itself(EVERYTHING)) == (compiler, everything)
    held = (package / name).stat()
    time.sleep(0.01)  # the clock of a file system goes in steps
    (package / name).write_text("b")
    os.utime(package / name, ns=(held.st_atime_ns, held.st_mtime_ns))  # as archives and caches set them
    assert state_of_itself(EVERYTHING) != everything
    assert (state_of_itself(COMPILER) != compiler) is compiles


def test_grammars_stand_beside_a_checkout(package: Path) -> None:
    before = state_of_itself(COMPILER)
    (package.parent / "grammars").mkdir()
    (package.parent / "grammars" / "document.lark").write_text("start:")
    assert state_of_itself(COMPILER) != before


def test_what_the_interpreter_keeps_is_no_part_of_it(package: Path) -> None:
    before = state_of_itself(EVERYTHING)
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "pipeline.cpython-311.pyc").write_text("")
    assert state_of_itself(EVERYTHING) == before


def test_every_part_of_the_compiler_is_there() -> None:
    here = Path(tdl.__file__).parent
    assert [part for part in COMPILER if not (here / part).exists()] == []
