"""The page about the simulated meter: its example runs, and what it lists is what there is."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from tdl.systems.meter.meter import Meter
from tests.spec.manual import blocks
from tests.unit.meter.meters import image, meter

PAGE = Path(__file__).parents[3] / "docs/reference/meter.md"


def test_the_example(capsys: pytest.CaptureFixture[str]) -> None:
    example, printed = blocks(PAGE)
    exec(compile(example.body, example.place, "exec"), {})
    assert capsys.readouterr().out == printed.body


def test_every_procedure_is_listed() -> None:
    text = PAGE.read_text("utf-8").partition("## Procedures")[2].partition("| result |")[0]
    listed: set[int] = set()
    for cell in re.findall(r"^\| ([\d, to]+) \|", text, re.MULTILINE):
        numbers = [int(number) for number in re.findall(r"\d+", cell)]
        listed |= set(range(numbers[0], numbers[1] + 1)) if "to" in cell else set(numbers)
    every = meter(image(general={"STD_PROC_USED": [*range(33)], "DIM_STD_PROC_USED": 5}))
    assert listed == set(every.procedures.known())


def test_every_argument_is_listed() -> None:
    arguments = set(inspect.signature(Meter.open).parameters) - {"definition", "image", "name"}
    assert arguments <= set(re.findall(r"^\| `(\w+)` \|", PAGE.read_text("utf-8"), re.MULTILINE))
