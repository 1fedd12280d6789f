"""The sessions of the dissector's page print what the page says, with the real tshark."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.spec.console import output
from tests.spec.manual import Block, blocks
from tests.tools import tool

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/reference/wireshark.md"
FILES = ("captures/elster-a3.cap", "images/elster-a3/profile.toml")


def test_sessions(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in FILES:
        shutil.copy(ROOT / "tests/data" / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    made = PAGE.read_text("utf-8")
    for block in blocks(PAGE):
        if block.info == "console":
            made = made.replace(f"```console\n{block.body}```", f"```console\n{session(block)}```")
    if request.config.getoption("--snapshot-update"):
        PAGE.write_text(made, "utf-8")
    assert made == PAGE.read_text("utf-8"), "an output has changed; look at the difference, then --snapshot-update"


def session(block: Block) -> str:
    """A session run anew."""
    commands = [line for line in block.body.splitlines() if line.startswith("$ ")]
    return "".join(f"{command}\n{printed(command[2:])}" for command in commands)


def printed(command: str) -> str:
    program, *arguments = shlex.split(command)
    if program == "tdl":
        return output(command)
    assert program == "tshark"
    run = subprocess.run([tool(program), *arguments], capture_output=True, text=True, encoding="utf-8", check=True)
    return run.stdout
