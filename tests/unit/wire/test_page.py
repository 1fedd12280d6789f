"""The page about the wire: its examples run, and its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.spec.manual import blocks

PAGE = Path(__file__).parents[3] / "docs/reference/wire.md"


def test_examples(capsys: pytest.CaptureFixture[str]) -> None:
    """A block of Python prints what the block of text behind it says."""
    found = list(blocks(PAGE))
    examples = [(block, found[number + 1]) for number, block in enumerate(found) if block.info == "python"]
    assert len(examples) == 4
    for block, following in examples:
        exec(compile(block.body, block.place, "exec"), {})
        assert capsys.readouterr().out == following.body


def test_modules_are_all_listed() -> None:
    listed = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", PAGE.read_text("utf-8"), re.MULTILINE))))
    folder = Path(__file__).parents[3] / "tdl/systems/wire"
    behind = {"__init__", "authentication", "data", "envelope", "identity", "octets", "registration", "tags"}
    assert listed == {module.stem for module in folder.glob("*.py")} - behind
