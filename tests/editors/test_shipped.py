"""What is installed holds the grammars of the compiler; those of editors are in the sources alone."""

from __future__ import annotations

import re
import subprocess
import tomllib

from tests.editors.texts import ROOT
from tests.tools import tool

HATCH = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]


def test_the_wheel_holds_each_grammar_of_the_compiler_and_none_of_editors() -> None:
    included = {path for path in HATCH["wheel"]["force-include"] if path.startswith("grammars")}
    assert included == {f"grammars/{path.name}" for path in (ROOT / "grammars").glob("*.lark")}


def test_the_sources_hold_those_of_editors() -> None:
    assert "grammars" in HATCH["sdist"]["include"]


def test_nothing_built_is_kept() -> None:
    command = [tool("git"), "ls-files", "--cached", "--others", "--exclude-standard", "grammars/editors"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert "grammars/editors/vscode/package-lock.json" in names
    assert not [name for name in names if re.search(r"node_modules/|/dist/|\.(?:vsix|so|o)$", name)]
    assert not [name for name in names if (ROOT / name).stat().st_size > 500_000]
