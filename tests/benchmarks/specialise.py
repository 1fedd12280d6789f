"""The library on a thousand images of one meter: code made in memory against the reference codec.

Both are in one process and take turns, with the collector of garbage off; a ratio is the median of those of the rounds.
What both make of an image is compared first.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from statistics import median
from time import thread_time_ns

from tdl.backends.python.in_memory import decoder, encoder
from tdl.codec.decoder import decode
from tdl.codec.encoder import encode
from tdl.codec.environment import Environment
from tdl.image.directory import read_profile
from tdl.ir.bind import bind_table
from tdl.ir.plan import TablePlan
from tdl.project.definition import Definition, load
from tdl.project.reading import known_values
from tdl.project.specialising import WORTH, Specialised
from tests.benchmarks.python import images
from tests.benchmarks.python.measure import C
from tests.benchmarks.row import Row

TABLES = {
    "registers": ("ST23", images.REGISTERS, 100),
    "profile": ("ST64", images.PROFILE, 1),
    "config": ("ST0", images.CONFIG, 400),
}
"""What is moved, and how often one round does it."""

GOAL_MS = 1.5


def measure(rounds: int) -> Iterator[Row]:
    """Moving each image both ways, making the code for it, and after how many images that has paid."""
    definition = load(str(C / "tables.tdl"))
    known = known_values(definition, read_profile(str(C / "profile.toml")))
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        for what in TABLES:
            yield from _table(what, definition, known, rounds)
    finally:
        gc.enable()
        gc.unfreeze()


def _table(what: str, definition: Definition, known: Environment, rounds: int) -> Iterator[Row]:
    key, image, times = TABLES[what]
    table, codec = definition.table(key), Specialised(worth=0)
    record = decode(table, image, known)
    assert codec.decode(table, image, known) == record
    assert codec.encode(table, record, known) == image
    ways = {
        "decode": (lambda: codec.decode(table, image, known), lambda: decode(table, image, known)),
        "encode": (lambda: codec.encode(table, record, known), lambda: encode(table, record, known)),
    }
    makers: Mapping[str, Callable[[TablePlan], object]] = {"decode": decoder, "encode": encoder}
    for way, (fast, slow) in ways.items():
        took = [(_took(fast, times), _took(slow, max(times // 20, 1))) for _ in range(rounds)]
        mine, reference = (median(each[i] for each in took) for i in (0, 1))
        yield Row(
            what=f"library, specialised, {what} {way}", amount=mine / 1e3, unit="µs",
            ratio=median(a / b for a, b in took), against="the reference codec",
        )  # fmt: skip
        making = median(_took(partial(_made, makers[way], table, known), 5) for _ in range(rounds))
        yield Row(
            what=f"library, specialising for {what} {way}", amount=making / 1e6, unit="ms",
            ratio=making / 1e6 / GOAL_MS, against="the goal of 1.5 ms", goal=1, name="P4",
        )  # fmt: skip
        yield Row(
            what=f"library, images after which that has paid, {what} {way}", amount=making / (reference - mine),
            unit="images", ratio=making / (reference - mine) * len(image) / WORTH, against="octets before it is made",
        )  # fmt: skip


def _made(make: Callable[[TablePlan], object], table: TablePlan, known: Environment) -> None:
    make(bind_table(table, known))


def _took(call: Callable[[], object], times: int) -> float:
    """Nanoseconds of one call."""
    begun = thread_time_ns()
    for _ in range(times):
        call()
    return (thread_time_ns() - begun) / times
