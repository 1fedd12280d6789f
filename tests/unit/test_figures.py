"""The page of figures is made from those that are kept."""

from __future__ import annotations

import json
from pathlib import Path

from tests.benchmarks import figures
from tests.benchmarks.__main__ import MEASURES
from tests.benchmarks.row import Row


def test_the_page_has_the_figures_that_are_kept() -> None:
    kept = json.loads(figures.FIGURES.read_text("utf-8"))
    assert figures.PAGE.read_text("utf-8") == figures.page(kept)
    assert set(kept["parts"]) == set(MEASURES)


def test_a_goal_that_is_missed_stands_out() -> None:
    def row(ratio: float) -> Row:
        return Row(what="it", amount=1234.5, unit="µs", ratio=ratio, against="other", goal=0.025, name="P1")

    good, bad = figures.table([row(0.02), row(0.05)]).splitlines()[2:]
    assert good == "| it | 1,234 µs | other | 50 times as fast | P1 40 times as fast |"
    assert bad == "| it | 1,234 µs | other | **20 times as fast** | P1 40 times as fast |"


def test_what_is_measured_against_nothing_has_no_ratio() -> None:
    row = Row(what="it", amount=12.0, unit="octets", ratio=1.0, against="")
    assert figures.table([row]).splitlines()[2] == "| it | 12 octets |  |  |  |"


def test_parts_are_replaced_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    first = Row(what="a", amount=1.0, unit="ms", ratio=1.0, against="b")
    figures.keep(path, "one", [first])
    figures.keep(path, "two", [first, first])
    figures.keep(path, "one", [])
    assert {part: len(rows) for part, rows in json.loads(path.read_text())["parts"].items()} == {"one": 0, "two": 2}
