"""The page about C12.22 with meters: its examples run, and its tables are whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tdl.systems.wire.acse.server import EACH
from tdl.systems.wire.acse.settings import ServerSettings
from tdl.systems.wire.shells.c1222.addresses import parse
from tests.spec.manual import blocks

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs/reference/c1222.md"
TEXT = PAGE.read_text("utf-8")
FIRST_CELLS = "".join(re.findall(r"^\| (`.*?) \|", TEXT, re.MULTILINE))


def test_examples(capsys: pytest.CaptureFixture[str]) -> None:
    """A block of Python prints what the block of text behind it says."""
    found = list(blocks(PAGE))
    examples = [(block, found[number + 1]) for number, block in enumerate(found) if block.info == "python"]
    assert len(examples) == 2
    for block, following in examples:
        exec(compile(block.body, block.place, "exec"), {})
        assert capsys.readouterr().out == following.body


def test_modules_are_all_listed() -> None:
    folder = ROOT / "tdl/systems/wire"
    rooms = {"acse": folder / "acse", "shells.c1222": folder / "shells/c1222"}
    modules = {
        f"{name}.{module.stem}" for name, room in rooms.items() for module in room.glob("*.py") if module.stem[0] != "_"
    }
    assert set(re.findall(r"`((?:acse|shells\.c1222)\.\w+)`", FIRST_CELLS)) == modules


def test_settings_of_urls_are_as_the_page_says() -> None:
    """Each is taken with the value that the page shows."""
    named = re.findall(r"`(\w+=[\w.]+)`", FIRST_CELLS)
    assert len(named) == 10
    assert parse(f"c1222+udp://host/.1?{'&'.join(named)}").settings.largest == 548
    assert parse("c1222+udp://host/.1?pieces=548").settings.largest == 32_767


def test_bounds_are_as_the_page_says() -> None:
    settings = ServerSettings()
    assert (settings.burst, settings.rate, settings.payload, settings.sessions) == (40, 10, 548, 4096)
    assert (settings.assemblies, EACH) == (64, 4)
