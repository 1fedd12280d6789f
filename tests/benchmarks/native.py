"""Generated Python with native code against the same package without, its registers and views against construct.

All are in one process and take turns, with the collector of garbage off; a ratio is the median of those of the rounds.
Values and octets are compared first.
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
from tests.benchmarks.python.calls import Calls, objects, three
from tests.benchmarks.python.measure import bound_tables
from tests.benchmarks.row import Row

GOALS = {
    ("registers decode", "without"): (("P6", 2.8), ("P6, types of its own", 4.7)),
    ("registers decode", "construct"): (("P6, 4.7 times P1's 40", 188),),
    ("registers view", "construct"): (("P7", 1200),),
}
"""How many times as fast as the other one."""


def measure(rounds: int) -> Iterator[Row]:
    """All figures."""
    with tempfile.TemporaryDirectory() as folder:
        sys.path.insert(0, folder)
        try:
            native, pure = (calls(_package(Path(folder), name, native=name == "native")) for name in ("native", "pure"))
            yield from _times({"native": native, "without": pure, "construct": _construct()}, rounds)
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
        "registers view": (lambda: three(registers.view(images.REGISTERS)), 4000),
        "registers view, deep": (lambda: registers.view(images.REGISTERS).TIERS[2].DEMANDS[1].PEAK, 4000),
        "profile decode, objects": (lambda: objects(profile.decode(images.PROFILE)), 6),
        "config decode": (lambda: config.decode(images.CONFIG), 2000),
        "registers encode": (lambda: registers.encode(values), 400),
        "profile encode, objects": (lambda: profile.encode(whole), 6),
        "config encode": (lambda: config.encode(settings), 2000),
    }


def _construct() -> Calls:
    """Whoever wants three elements has all of them read."""
    from tests.benchmarks.python import with_construct

    whole = (lambda: with_construct.REGISTERS.parse(images.REGISTERS), 40)
    return {"registers decode": whole, "registers view": whole, "registers view, deep": whole}


def _times(ways: Mapping[str, Calls], rounds: int) -> Iterator[Row]:
    native = ways["native"]
    for what, (call, _) in native.items():
        made, expected = call(), ways["without"][what][0]()
        assert repr(made) == repr(expected), what
    took: dict[tuple[str, str], list[float]] = {}
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        for _ in range(rounds):
            for way, calls in ways.items():
                for what, (call, times) in calls.items():
                    took.setdefault((what, way), []).append(_time(call, times))
    finally:
        gc.enable()
        gc.unfreeze()
    for (what, way), base in took.items():
        if way != "native":
            mine = took[what, "native"]
            for name, times_as_fast in GOALS.get((what, way), (("", 0),)):
                yield Row(
                    what=f"Python, native code, {what}",
                    amount=median(mine),
                    unit="µs",
                    ratio=median(a / b for a, b in zip(mine, base, strict=True)),
                    against=way,
                    goal=1 / times_as_fast if times_as_fast else None,
                    name=name,
                )


def _time(call: Callable[[], Any], times: int) -> float:
    begun = thread_time_ns()
    for _ in range(times):
        call()
    return (thread_time_ns() - begun) / times / 1000
