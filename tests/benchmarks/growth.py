"""How cost grows: what one element and one record of an array takes in tables of more and more of them.

The ratio is to the smallest size, and stays near one if work is in proportion to what is read.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from statistics import median

from tests.benchmarks.row import Row

SIZES: Mapping[str, tuple[int, ...]] = {"elements": (200, 2_000, 20_000), "records": (600, 6_000, 60_000)}
FLAT = 1.5
"""The largest ratio that counts as flat: a machine's caches and larger tables of names have their price."""


def measure(rounds: int) -> Iterator[Row]:
    """Time and memory of a unit, for each step and size."""
    for kind, sizes in SIZES.items():
        took: dict[tuple[str, int], list[tuple[float, float]]] = {}
        for _ in range(max(1, rounds // 3)):
            for units in sizes:
                for step, (seconds, octets) in _costs(kind, units).items():
                    took.setdefault((step, units), []).append((seconds / units, octets / units))
        for (step, units), pairs in took.items():
            least = took[step, sizes[0]]
            for at, unit, scale in ((0, "µs", 1e6), (1, "octets", 1)):
                amount, base = (median(pair[at] for pair in each) * scale for each in (pairs, least))
                if at == 1 and units != sizes[-1]:
                    continue  # a small table fits into what the process has already
                yield Row(
                    what=f"growth: {step}, one of {units} {kind}",
                    amount=amount,
                    unit=unit,
                    ratio=amount / base if at == 0 else 1.0,
                    against=f"one of {sizes[0]}" if at == 0 else "",
                    goal=FLAT if at == 0 else None,
                    name="flat" if at == 0 else "",
                )


def _costs(kind: str, units: int) -> dict[str, tuple[float, float]]:
    command = [sys.executable, "-m", "tests.benchmarks.growing", kind, str(units)]
    environment = {**os.environ, "TDL_CACHE_DIR": ""}
    said = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    found: dict[str, tuple[float, float]] = json.loads(said)
    return found
