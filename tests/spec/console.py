"""Console sessions in pages: ``$ command`` lines with what they print.

A page's fenced blocks marked ``console`` hold sessions; ``python`` blocks are run for their own sake. Commands are
``tdl ...`` or ``echo 'TEXT' | tdl ...``.
"""

from __future__ import annotations

import shlex
from pathlib import Path

from click.testing import CliRunner

from tdl.cli.app import main
from tests.spec.manual import Block, blocks


def session(block: Block) -> str:
    """A session run anew: its commands with what they print now."""
    printed = []
    for line in block.body.splitlines():
        if line.startswith("$ "):
            printed.append(f"{line}\n{output(line[2:])}")
    return "".join(printed)


def output(command: str) -> str:
    """What one command prints on both streams."""
    first, _, second = command.partition(" | ")
    text = None
    if second:
        program, text = shlex.split(first)
        assert program == "echo"
        command = second
    program, *arguments = shlex.split(command)
    assert program == "tdl", command
    return CliRunner(env={"COLUMNS": "100"}).invoke(main, arguments, input=text, prog_name="tdl").output


def renewed(page: Path) -> str:
    """A page with the outputs of its sessions as they are now."""
    text = page.read_text("utf-8")
    for block in blocks(page):
        if block.info == "console":
            text = text.replace(f"```console\n{block.body}```", f"```console\n{session(block)}```")
    return text
