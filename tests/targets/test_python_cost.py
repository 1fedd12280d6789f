"""What generated Python costs: instructions against the same tables by hand may not grow beyond what is published."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.benchmarks import python
from tests.benchmarks.python.counting import COUNTED, instructions
from tests.benchmarks.python.measure import write_package

FIGURES = json.loads((Path(python.__file__).parents[1] / "figures.json").read_text("utf-8"))
AS_PUBLISHED = 1.08 if sys.version == FIGURES["machine"]["build"] else 1.3
"""What is published is of one build of Python on one processor. Others make other instructions of the same code."""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bench")
    write_package(folder)
    return folder


@pytest.mark.parametrize("what", COUNTED)
def test_no_more_instructions_than_published(package: Path, what: str) -> None:
    (published,) = (
        row["ratio"]
        for row in FIGURES["parts"]["python"]
        if (row["what"], row["unit"], row["against"]) == (f"Python {what}", "instructions", "by hand")
    )
    ratio = instructions(str(package), "generated", what) / instructions(str(package), "hand", what)
    assert ratio <= published * AS_PUBLISHED
