"""Walks through a page from its first command to its last, as a reader does: in one folder, made for it.

- A fenced block behind a line that holds nothing but ```name`:`` is that file, written when the walk comes to it.
- A block ``console`` is a session: its commands are run by a shell in the folder, and what they print stands below.
  ``cd`` lasts. ``tdl`` and ``python`` are those under test.

The folder has the repository's ``examples``, to be read and not changed. How many files a command wrote is not
compared: a target that gets one more makes no page wrong.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

from click.testing import CliRunner

from tdl.cli.app import main

ROOT = Path(__file__).parents[2]

_BLOCK = re.compile(
    r"(?:^`(?P<file>[^`\n]+)`:\n\n)?^```(?P<info>[^\n`]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)
_SHELL = re.compile(r"[|<>;&$*]")
_WROTE = re.compile(r"^wrote \d+ (\w+ to .*) \(\d+ changed\)$", re.MULTILINE)
_SECONDS = 300
_COLUMNS = {"COLUMNS": "100", "NO_COLOR": "1"}


def _uncounted(printed: str) -> str:
    """What a session prints, whatever the numbers of files that it wrote."""
    return _WROTE.sub(r"wrote \1 (changed)", printed)


class Walk:
    """One page's walk.

    Args:
        folder: an empty folder, which gets the programs in ``bin`` and the reader's folder ``here``.
    """

    def __init__(self, folder: Path) -> None:
        self.here = folder / "here"
        self.here.mkdir()
        shutil.copytree(ROOT / "examples", self.here / "examples")
        for capture in (ROOT / "tests/data/captures").glob("*.*cap"):
            shutil.copy(capture, self.here)
        programs = folder / "bin"
        programs.mkdir()
        for name, arguments in {"tdl": ["-P", "-m", "tdl"], "python": []}.items():
            command = shlex.join([sys.executable, *arguments])
            path = f'PYTHONPATH={shlex.quote(str(ROOT))}"${{PYTHONPATH:+:$PYTHONPATH}}"'
            (programs / name).write_text(f'#!/bin/sh\n{path} exec {command} "$@"\n', "utf-8")
            (programs / name).chmod(0o755)
        self.environment = {
            **os.environ,
            **_COLUMNS,
            "LC_ALL": "C.UTF-8",
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            **{f"GIT_{who}_{what}": "meter" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
        }

    def through(self, text: str) -> str:
        """The page with what its commands print now."""
        return _BLOCK.sub(self._block, text)

    def _block(self, match: re.Match[str]) -> str:
        if match["file"]:
            file = self.here / match["file"]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(match["body"], "utf-8")
        if match["info"] != "console":
            return match[0]
        printed = "".join(self._session(match["body"]))
        return match[0] if _uncounted(printed) == _uncounted(match["body"]) else f"```console\n{printed}```"

    def _session(self, body: str) -> Iterator[str]:
        for command in re.findall(r"^\$ (.*)$", body, re.MULTILINE):
            yield f"$ {command}\n{self._printed(command)}"

    def _printed(self, command: str) -> str:
        if command.startswith("cd "):
            self.here = (self.here / command.removeprefix("cd ")).resolve(strict=True)
            return ""
        if command.startswith("tdl ") and not _SHELL.search(command):  # without a process: there are many of them
            with chdir(self.here):
                return CliRunner(env=_COLUMNS).invoke(main, shlex.split(command)[1:], prog_name="tdl").output
        run = subprocess.run(
            ["bash", "-c", command],
            cwd=self.here,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        return run.stdout
