"""Figures that are kept, and the page that is made of them: `python -m tests.benchmarks.figures`.

`figures.json` is what `python -m tests.benchmarks --json tests/benchmarks/figures.json` wrote; `performance.md.jinja`
is the page around its tables.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from tests.benchmarks.row import Row

HERE = Path(__file__).parent
FIGURES = HERE / "figures.json"
PAGE = HERE.parent.parent / "docs" / "explanation" / "performance.md"


def keep(path: Path, part: str, rows: Iterable[Row]) -> None:
    """Put a part's rows into a file of figures, in place of those that it had."""
    kept = json.loads(path.read_text("utf-8")) if path.exists() else {}
    kept["machine"] = {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "build": sys.version,
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
    }
    kept.setdefault("parts", {})[part] = [row.as_dict() for row in rows]
    path.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")


def page(figures: Mapping[str, Any]) -> str:
    """`docs/explanation/performance.md`."""
    from jinja2 import Environment, StrictUndefined

    names = {field.name for field in fields(Row)}
    parts = {
        part: [Row(**{name: value for name, value in row.items() if name in names}) for row in rows]
        for part, rows in figures["parts"].items()
    }
    template = Environment(undefined=StrictUndefined, keep_trailing_newline=True, trim_blocks=True)
    text = (HERE / "performance.md.jinja").read_text("utf-8")

    def told(part: str, beginning: str = "") -> str:
        return table([row for row in parts[part] if row.what.startswith(beginning)])

    return template.from_string(text).render(table=told, machine=figures["machine"])


def table(rows: Sequence[Row]) -> str:
    """Rows as a table; goals that are missed stand out."""
    lines = ["| | takes | against | | goal |", "|---|---|---|---|---|"]
    for row in rows:
        ratio = _ratio(row.ratio, row.goal) if row.against else ""
        goal = "" if row.goal is None else f"{row.name} {_ratio(row.goal, row.goal)}".strip()
        said = f"**{ratio}**" if row.reached is False else ratio
        lines.append(f"| {row.what} | {_amount(row.amount)} {row.unit} | {row.against} | {said} | {goal} |")
    return "\n".join(lines)


def _ratio(ratio: float, goal: float | None) -> str:
    """How many times as much, or, where less than half is asked for or found, how many times as fast."""
    if (goal or ratio) < 0.5 and ratio:
        return f"{_amount(1 / ratio)} times as fast"
    return f"{ratio:.2f} of it" if ratio < 10 else f"{ratio:.0f} of it"


def _amount(amount: float) -> str:
    return f"{amount:,.0f}" if amount >= 100 else f"{amount:.3g}"


if __name__ == "__main__":
    PAGE.write_text(page(json.loads(FIGURES.read_text("utf-8"))), "utf-8")
