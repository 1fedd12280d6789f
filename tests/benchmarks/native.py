"""Generated Python with native code against the same package without.

Both are in one process and take turns, with the collector of garbage off; a ratio is the median of those of the rounds.
Their values and octets are compared first.
"""

from __future__ import annotations

import gc
import importlib
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from statistics import median
from time import thread_time_ns
from typing import Any

from tdl.backends.api import Options, find_backend
from tdl.native import build
from tests.benchmarks.python import images
from tests.benchmarks.python.measure import bound_tables, objects
from tests.benchmarks.row import Row

GOALS = {"registers decode": ("P6", 2.8)}
"""How many times as fast as without native code."""

Calls = Mapping[str, tuple[Callable[[], Any], int]]


def measure(rounds: int) -> Iterator[Row]:
    """All figures."""
    with tempfile.TemporaryDirectory() as folder:
        sys.path.insert(0, folder)
        try:
            native, pure = (calls(_package(Path(folder), name, native=name == "native")) for name in ("native", "pure"))
            yield from _times(native, pure, rounds)
        finally:
            sys.path.remove(folder)


def _package(folder: Path, name: str, *, native: bool) -> Any:
    options = Options(package=f"{name}_bench", values={"native": "yes" if native else "no"})
    for file in find_backend("python").generate(*bound_tables(), options):
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
    if native:
        build(folder / f"{name}_bench")
    importlib.invalidate_caches()
    return importlib.import_module(f"{name}_bench")


def calls(package: Any) -> Calls:
    """What is measured: a call, and how often one round makes it."""
    registers, profile, config = package.st23, package.st64, package.st0
    values, settings = registers.decode(images.REGISTERS), config.decode(images.CONFIG)
    whole = profile.decode(images.PROFILE)
    whole.BLOCKS = list(whole.BLOCKS)
    for block in whole.BLOCKS:
        block.INTERVALS = list(block.INTERVALS)
    return {
        "registers decode": (lambda: registers.decode(images.REGISTERS), 400),
        "profile decode, objects": (lambda: objects(profile.decode(images.PROFILE)), 6),
        "config decode": (lambda: config.decode(images.CONFIG), 2000),
        "registers encode": (lambda: registers.encode(values), 400),
        "profile encode, objects": (lambda: profile.encode(whole), 6),
        "config encode": (lambda: config.encode(settings), 2000),
    }


def _times(native: Calls, pure: Calls, rounds: int) -> Iterator[Row]:
    for what, (call, _) in native.items():
        made, expected = call(), pure[what][0]()
        assert repr(made) == repr(expected), what
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        took = [{what: (_time(*native[what]), _time(*pure[what])) for what in native} for _ in range(rounds)]
    finally:
        gc.enable()
        gc.unfreeze()
    for what in native:
        name, times_as_fast = GOALS.get(what, ("", 0))
        yield Row(
            what=f"Python, native code, {what}",
            amount=median(each[what][0] for each in took),
            unit="µs",
            ratio=median(each[what][0] / each[what][1] for each in took),
            against="without",
            goal=1 / times_as_fast if times_as_fast else None,
            name=name,
        )


def _time(call: Callable[[], Any], times: int) -> float:
    begun = thread_time_ns()
    for _ in range(times):
        call()
    return (thread_time_ns() - begun) / times / 1000
