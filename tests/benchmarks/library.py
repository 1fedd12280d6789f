"""How long the editions of the standard take to load and to bind, against an interpreter that does nothing.

Variants take turns in processes of their own; what is compared is the median of the ratios within a round.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from statistics import median
from time import perf_counter

from tests.benchmarks.row import Row

EDITIONS = ("std:1997", "std:2008", "std:2012")
INSIDE = """
import sys, time
import tdl.project.definition
begun = time.perf_counter()
for edition in {editions!r}:
    tdl.project.definition.load(edition)
print(time.perf_counter() - begun)
"""


BINDING = """
import time
import tdl.project.definition, tdl.project.reading, tdl.image.directory
definition = tdl.project.definition.load("std:2012")
plan = definition.plan
known = tdl.project.reading.known_values(definition, tdl.image.directory.read_profile("std:polyphase-tou"))
begun = time.perf_counter()
import tdl.ir.bind
tdl.ir.bind.bind(plan, known)
print(time.perf_counter() - begun)
"""


def measure(rounds: int) -> Iterator[Row]:
    """Loading all editions: from their texts, from the shelf, and a whole process that does so; binding one of them."""
    with tempfile.TemporaryDirectory() as shelf:
        warm, cold = {**os.environ, "TDL_CACHE_DIR": shelf}, {**os.environ, "TDL_CACHE_DIR": ""}
        _run(INSIDE, warm)
        took: dict[str, list[float]] = {}
        for _ in range(rounds):
            _, nothing = _run("pass", warm)
            for what, environment in (("from the shelf", warm), ("compiled", cold)):
                inside, whole = _run(INSIDE, environment)
                took.setdefault(f"{len(EDITIONS)} editions {what}", []).append(float(inside) / nothing)
                took.setdefault(f"a process that loads them {what}", []).append(whole / nothing)
            bound, _ = _run(BINDING, warm)
            took.setdefault("binding of all tables of std:2012 to std:polyphase-tou", []).append(float(bound) / nothing)
            took.setdefault("nothing", []).append(nothing)
    base = median(took.pop("nothing"))
    for what, ratios in took.items():
        yield Row(
            what=what,
            amount=1000 * base * median(ratios),
            unit="ms",
            ratio=median(ratios),
            against="python -c pass",
        )


def _run(program: str, environment: dict[str, str]) -> tuple[str, float]:
    begun = perf_counter()
    said = subprocess.run(
        [sys.executable, "-c", program.format(editions=EDITIONS)],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return said.stdout, perf_counter() - begun
