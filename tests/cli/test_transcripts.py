"""What each verb prints, word for word.

A transcript is commands, each behind ``$ ``, with what they print on both streams and the exit code if it is not 0.
They run in a folder that holds the example and the real images. ``pytest tests/cli --snapshot-update`` writes the
outputs anew.
"""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import EXAMPLE, IMAGES, ROOT, Run

CAPTURES = ROOT / "tests" / "data" / "captures"
KEYS = '[keys]\n0 = "6624C7E23034E4036FE5CB3A8B5DAB44"\n2 = "01020304050607080102030405060708"\n'

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))


def _said(tdl: Run, command: str) -> str:
    program, *arguments = shlex.split(command)
    assert program == "tdl"
    result = tdl(*arguments)
    code = f"[exit {result.exit_code}]\n" if result.exit_code else ""
    return f"$ {command}\n{result.output}{code}"


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_transcript(tdl: Run, tmp_path: Path, path: Path, request: pytest.FixtureRequest) -> None:
    shutil.copytree(EXAMPLE, tmp_path, dirs_exist_ok=True)
    shutil.copytree(IMAGES, tmp_path, dirs_exist_ok=True)
    shutil.copytree(CAPTURES, tmp_path, dirs_exist_ok=True)
    (tmp_path / "keys.toml").write_text(KEYS)
    (tmp_path / "keys.toml").chmod(0o600)
    kept = path.read_text("utf-8")
    commands = [line[2:] for line in kept.splitlines() if line.startswith("$ ")]
    made = "\n".join(_said(tdl, command) for command in commands)
    if request.config.getoption("--snapshot-update"):
        path.write_text(made, "utf-8")
    assert made == path.read_text("utf-8"), f"{path.name} has changed; look at the difference, then --snapshot-update"
