"""Where the time of a compile goes: the passes of the pipeline, each on what the one before has made."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from time import thread_time

from tdl import pipeline
from tests.benchmarks.row import Row

DEFINITION = "std:2012"


def measure(rounds: int) -> Iterator[Row]:
    """The milliseconds of each pass, and its share of all."""
    took: dict[str, list[float]] = {}
    for _ in range(rounds + 1):  # the first round imports
        begun = thread_time()
        for each in pipeline.PASSES:
            pipeline.run(pipeline.Request(definition=DEFINITION), pipeline.Context(), after=each.name)
            took.setdefault(each.name, []).append(thread_time() - begun)
            begun = thread_time()
    until = [median(times[1:]) for times in took.values()]  # up to each pass: what it takes is what it adds
    for name, before, time in zip(took, [0.0, *until], until, strict=False):
        own = max(time - before, 0.0)
        yield Row(what=f"pass: {name}", amount=1000 * own, unit="ms", ratio=own / until[-1], against="all passes")
