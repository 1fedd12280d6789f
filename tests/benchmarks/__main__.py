"""Measure and print: `python -m tests.benchmarks [--only NAME] [--rounds N] [--json FILE]`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tests.benchmarks import library, lsp
from tests.benchmarks.c import measure as generated_c
from tests.benchmarks.python import measure as generated_python
from tests.benchmarks.row import Row

MEASURES: Mapping[str, Callable[[int], Iterator[Row]]] = {
    "library": library.measure,
    "c": generated_c.measure,
    "python": generated_python.measure,
    "lsp": lsp.measure,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--only", choices=MEASURES, help="this part alone")
    parser.add_argument("--rounds", type=int, default=9, help="how often what is timed runs; medians are printed")
    parser.add_argument("--json", type=Path, help="write the figures to a file, too")
    options = parser.parse_args()
    rows: list[Row] = []
    for name, measure in MEASURES.items():
        if options.only in (None, name):
            rows += measure(options.rounds)
    width = max(len(row.what) for row in rows)
    for row in rows:
        print(f"{row.what:{width}}  {row.amount:9.1f} {row.unit:12}  {_compared(row)}")
    if options.json is not None:
        options.json.write_text(json.dumps([row.as_dict() for row in rows], indent=1) + "\n", "utf-8")


def _compared(row: Row) -> str:
    said = f"{row.ratio:7.3f} x {row.against}"
    if row.goal is None:
        return said
    return f"{said}; {row.name} is at most {row.goal}: {'reached' if row.reached else 'missed'}"


if __name__ == "__main__":
    main()
