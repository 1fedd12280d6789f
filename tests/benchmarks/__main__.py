"""Measure and print: `python -m tests.benchmarks [--rounds N] [--json FILE]`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from tests.benchmarks import library

MEASURES = (library.measure,)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="how often each variant runs; medians are printed")
    parser.add_argument("--json", type=Path, help="write the figures to a file, too")
    options = parser.parse_args()
    rows = [row for measure in MEASURES for row in measure(options.rounds)]
    width = max(len(row.what) for row in rows)
    for row in rows:
        print(f"{row.what:{width}}  {row.milliseconds:9.1f} ms  {row.ratio:7.2f} x {row.against}")
    if options.json is not None:
        options.json.write_text(json.dumps([row.as_dict() for row in rows], indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
