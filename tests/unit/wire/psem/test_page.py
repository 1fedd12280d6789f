"""The page about C12.18 and C12.21: its examples run, and its tables are whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tdl.systems.wire import errors
from tdl.systems.wire.client import MeterClient
from tests.spec.manual import blocks

ROOT = Path(__file__).parents[4]
PAGE = ROOT / "docs/reference/psem.md"
TEXT = PAGE.read_text("utf-8")


def test_examples(capsys: pytest.CaptureFixture[str]) -> None:
    """A block of Python prints what the block of text behind it says."""
    found = list(blocks(PAGE))
    examples = [(block, found[number + 1]) for number, block in enumerate(found) if block.info == "python"]
    assert len(examples) == 2
    for block, following in examples:
        exec(compile(block.body, block.place, "exec"), {})
        assert capsys.readouterr().out == following.body


def first_cells() -> str:
    return "".join(re.findall(r"^\| (`.*?) \|", TEXT, re.MULTILINE))


def test_modules_are_all_listed() -> None:
    folder = ROOT / "tdl/systems/wire"
    modules = {f"{room}.{module.stem}" for room in ("psem", "shells") for module in (folder / room).glob("*.py")}
    listed = set(re.findall(r"`((?:psem|shells)\.\w+)`", first_cells()))
    assert listed == modules - {"psem.__init__", "shells.__init__"}


def test_errors_and_calls_are_all_listed() -> None:
    kinds = {
        name for name, value in vars(errors).items() if isinstance(value, type) and value.__module__ == errors.__name__
    }
    calls = {name for name in vars(MeterClient) if not name.startswith("_")}
    cells = first_cells()
    assert kinds - {"Layer", "WireError", "LinkFailed"} == {name for name in kinds if f"`{name}`" in cells}
    assert calls - {"perform", "close"} == {name for name in calls if f"`{name}(" in cells}
