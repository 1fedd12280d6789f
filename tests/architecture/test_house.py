"""The shape of the house: layers, sizes, names, and files that must agree."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "tdl").rglob("*.py"))
FORBIDDEN_NAMES = ("util", "utils", "helper", "helpers", "common", "manager", "misc")


def test_layers() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports"))]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("module", MODULES, ids=lambda m: str(m.relative_to(ROOT)))
def test_a_module_has_one_idea(module: Path) -> None:
    lines = module.read_text("utf-8").splitlines()
    assert len(lines) <= 500, "over 500 lines needs to become two ideas"
    assert module.stem not in FORBIDDEN_NAMES
    if lines:
        assert ast.get_docstring(ast.parse("\n".join(lines))), "a module says what it is"


def test_the_repository_speaks_of_the_project_alone() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    machine_path = re.compile(r"(?<![\w.])/(?:work|root|home|tmp)/[a-z]")
    for name in listed.splitlines():
        path = ROOT / name
        if path.suffix in {".py", ".md", ".toml", ".tdl", ".lark", ".yml", ".json", ".sh"} and path.exists():
            text = path.read_text("utf-8")
            assert not machine_path.search(text), name


@pytest.mark.parametrize("module", ["sources", "report", "syntax", "merge", "check", "ir", "codec", "backends", "cli"])
def test_a_room_says_what_it_is_for(module: str) -> None:
    text = (ROOT / "tdl" / module / "__init__.py").read_text("utf-8")
    assert ast.get_docstring(ast.parse(text))


def test_importing_tdl_is_cheap() -> None:
    script = "import sys, tdl; print(sorted({'lark', 'click', 'jinja2', 'rich', 'cattrs'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
