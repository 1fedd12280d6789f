"""What is installed is complete: grammars and documents are found in a wheel as in a checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = """
import tdl
from tdl.sources.grammars import grammar_folder
print(tdl.__file__)
print(grammar_folder())
print(len(tdl.load("std:2012").model.tables))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    assert built.stat().st_size < 2 * 1024 * 1024
    unpacked = folder / "unpacked"
    zipfile.ZipFile(built).extractall(unpacked)
    return unpacked


def run(path: Path, cwd: Path) -> list[str]:
    environment = {**os.environ, "PYTHONPATH": str(path)}
    command = [sys.executable, "-c", SCRIPT]
    finished = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=True)
    return finished.stdout.splitlines()


def test_a_wheel_compiles_the_standard(wheel: Path, tmp_path: Path) -> None:
    module, grammars, tables = run(wheel, tmp_path)
    assert Path(module).is_relative_to(wheel)
    assert Path(grammars) == wheel / "tdl" / "grammars"
    assert int(tables) == 134


def test_a_checkout_compiles_the_standard(tmp_path: Path) -> None:
    module, grammars, tables = run(ROOT, tmp_path)
    assert Path(module).is_relative_to(ROOT)
    assert Path(grammars) == ROOT / "grammars"
    assert int(tables) == 134


def test_a_wheel_is_typed_and_licensed(wheel: Path) -> None:
    assert (wheel / "tdl" / "py.typed").is_file()
    assert list(wheel.glob("*.dist-info/licenses/LICENSE"))


def test_two_builds_are_the_same(wheel: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (first,), (second,) = wheel.parent.glob("*.whl"), tmp_path.glob("*.whl")
    assert first.read_bytes() == second.read_bytes()
