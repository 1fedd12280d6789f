"""Measure and print: `python -m tests.benchmarks [--only NAME] [--rounds N] [--json FILE]`.

`docs/explanation/performance.md` is made from the JSON: `python -m tests.benchmarks.figures`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tests.benchmarks import batches, figures, generate, growth, library, lsp, native, passes, specialise, start
from tests.benchmarks import compile as compiling
from tests.benchmarks.c import measure as generated_c
from tests.benchmarks.python import measure as generated_python
from tests.benchmarks.python import tables
from tests.benchmarks.row import Row

MEASURES: Mapping[str, Callable[[int], Iterator[Row]]] = {
    "library": library.measure,
    "start": start.measure,
    "compile": compiling.measure,
    "generate": generate.measure,
    "passes": passes.measure,
    "c": generated_c.measure,
    "python": generated_python.measure,
    "tables": tables.measure,
    "native": native.measure,
    "specialise": specialise.measure,
    "batches": batches.measure,
    "lsp": lsp.measure,
    "growth": growth.measure,
}


WIDTH = 60


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--only", choices=MEASURES, help="this part alone")
    parser.add_argument("--rounds", type=int, default=9, help="how often what is timed runs; medians are printed")
    parser.add_argument("--json", type=Path, help="write the figures to a file, too, in place of its own")
    options = parser.parse_args()
    for name, measure in MEASURES.items():
        if options.only in (None, name):
            rows = list(measure(options.rounds))
            for row in rows:
                print(f"{row.what:{WIDTH}}  {row.amount:9.1f} {row.unit:12}  {_compared(row)}", flush=True)
            if options.json is not None:
                figures.keep(options.json, name, rows)


def _compared(row: Row) -> str:
    said = f"{row.ratio:7.3f} x {row.against}" if row.against else ""
    if row.goal is None:
        return said
    return f"{said}; {row.name} is at most {row.goal:.3g}: {'reached' if row.reached else 'missed'}"


if __name__ == "__main__":
    main()
