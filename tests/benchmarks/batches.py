"""Many images to columns: octets of images a second, against a copy of the same octets.

100,000 images like those of ST23 (37 MB) and 2,000 like those of ST64 (85 MB), in Arrow arrays of about 4 MB: with
native code and with numpy, into new memory and into memory that is used again. What is timed takes turns in one
process; a figure is the best of the rounds: memory is everybody's, and what others do on the machine can only take from
a rate. Before anything is measured, the columns of both engines are compared with each other, and those of the first
images with what the reference codec decodes.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from time import thread_time_ns

import numpy as np
import pyarrow as pa

from tdl.batches.decoding import BATCH, BatchDecoder, batch_decoder
from tdl.image.directory import read_profile
from tdl.project.definition import Definition, load
from tdl.project.reading import known_values
from tests.benchmarks.python import images
from tests.benchmarks.row import Row
from tests.differential.columns_compared import compare

C = Path(__file__).parent / "c"
PROFILE = str(C / "profile.toml")

TABLES = (("registers", "ST23", images._registers, 100_000), ("profile", "ST64", images._profile, 2_000))
"""What is decoded: its name, the table, what makes an image, and how many."""

GOALS = {("native", "new memory"): 3.0, ("native", "memory used again"): 5.0, ("numpy", "new memory"): 0.9}
"""Gigabytes of images a second that are to be reached at least."""

POOL = 100
"""How many images differ; the others repeat them."""


def measure(rounds: int) -> Iterator[Row]:
    """All figures."""
    definition = load(str(C / "tables.tdl"))
    for name, key, make, count in TABLES:
        yield from _table(definition, name, key, make, count, rounds)


def _table(
    definition: Definition, name: str, key: str, make: Callable[[], bytes], count: int, rounds: int
) -> Iterator[Row]:
    pool = [make() for _ in range(POOL)]
    decoders = {engine: batch_decoder(definition, key, bind=PROFILE, engine=engine) for engine in ("native", "numpy")}
    known = known_values(definition, read_profile(PROFILE))
    for decoder in decoders.values():
        compare(decoder, definition.bind(key, known), known, pool[:2])
    size = len(pool[0])
    octets = np.frombuffer(b"".join(pool) * (count // POOL), np.uint8)
    arrays = list(_arrays(octets, size))
    for array in arrays[:2]:
        assert decoders["native"].decode(array).equals(decoders["numpy"].decode(array))
    ways = {
        ("copy", "new memory"): lambda: octets.copy(),
        **{(engine, "new memory"): _fresh(decoder, arrays) for engine, decoder in decoders.items()},
        **{(engine, "memory used again"): _reused(decoder, arrays) for engine, decoder in decoders.items()},
    }
    took: dict[tuple[str, str], list[float]] = {way: [] for way in ways}
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        for _ in range(rounds):
            for way, call in ways.items():
                begun = thread_time_ns()
                call()
                took[way].append(len(octets) / (thread_time_ns() - begun))
    finally:
        gc.enable()
        gc.unfreeze()
    copy = took.pop(("copy", "new memory"))
    for (engine, memory), rates in took.items():
        what, rate = f"columns of the {name}, {engine}, {memory}", max(rates)
        yield Row(what=what, amount=rate, unit="GB/s", ratio=max(copy) / rate, against="a copy of the images")
        goal = GOALS.get((engine, memory))
        if goal is not None:
            yield Row(
                what=what, amount=rate, unit="GB/s", ratio=goal / rate, against=f"the time at {goal} GB/s", goal=1.0,
                name="B",
            )  # fmt: skip


def _arrays(octets: np.ndarray, size: int) -> Iterator[pa.Array]:
    rows = BATCH // size
    for start in range(0, len(octets), rows * size):
        part = octets[start : start + rows * size]
        yield pa.Array.from_buffers(pa.binary(size), len(part) // size, [None, pa.py_buffer(part)])


def _fresh(decoder: BatchDecoder, arrays: list[pa.Array]) -> Callable[[], None]:
    def run() -> None:
        for array in arrays:
            decoder.decode(array)

    return run


def _reused(decoder: BatchDecoder, arrays: list[pa.Array]) -> Callable[[], None]:
    memory = decoder.buffers(len(arrays[0]))

    def run() -> None:
        for array in arrays:
            decoder.decode(array, memory)

    return run
