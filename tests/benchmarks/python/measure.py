"""Generated Python against construct, against Kaitai Struct, and against the same tables by hand.

What is timed takes turns in one process, with the collector of garbage off; a ratio is the median of those of the
rounds. Instructions are counted by callgrind as the difference between many runs and twice as many, with the same hash
seed, so they do not depend on the machine's load. Before anything is measured, everybody's values are compared, but for
those of Kaitai Struct, whose own compiler makes classes of what ``--target ksy`` writes: its tests do it.
"""

from __future__ import annotations

import gc
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from statistics import median
from time import thread_time_ns
from typing import Any

from kaitaistruct import KaitaiStream, ReadWriteKaitaiStruct

from tdl.backends.api import Options, find_backend
from tdl.image.directory import read_profile
from tdl.ir import model, plan
from tdl.ir.bind import bind
from tdl.project.definition import Definition, load
from tdl.project.reading import known_values
from tests.benchmarks.python import images
from tests.benchmarks.python.calls import Calls, checked, generated, hand, other_dates
from tests.benchmarks.python.counting import COUNTED, instructions
from tests.benchmarks.row import Row
from tests.differential.kaitai import compiler

HERE = Path(__file__).parent
C = HERE.parent / "c"
CHECKED = "by hand, checked"


def measure(rounds: int) -> Iterator[Row]:
    """All figures."""
    with tempfile.TemporaryDirectory() as folder:
        write_package(Path(folder))
        sys.path.insert(0, folder)
        try:
            yield from _times(_ways(), rounds)
            yield from _times(other_dates(), rounds)
        finally:
            sys.path.remove(folder)
        for what in COUNTED:
            made, general, by_hand = (instructions(folder, way, what) for way in ("generated", "for_any_meter", "hand"))
            row = Row(
                what=f"Python {what}", amount=made, unit="instructions", ratio=made / by_hand,
                against="by hand", goal=1.05, name="P4",
            )  # fmt: skip
            yield row
            yield replace(
                row, what=f"{row.what}, for any meter", amount=general, ratio=general / by_hand, goal=1.5,
                name="P4, not specialised",
            )  # fmt: skip
            if what in checked():
                ratio = made / instructions(folder, "checked", what)
                yield replace(row, ratio=ratio, against=CHECKED, goal=None, name="")


def write_package(folder: Path) -> None:
    """The package ``bench``, the tables bound to the configuration of the images; and ``anybench``, them unbound."""
    unbound = definition_of_tables()
    for name, of in (("bench", bound_tables()), ("anybench", (unbound.model, unbound.plan))):
        for file in find_backend("python").generate(*of, Options(package=name)):
            path = folder / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.content)


def definition_of_tables() -> Definition:
    return load(str(C / "tables.tdl"))


def bound_tables() -> tuple[model.Definition, plan.Plan]:
    definition, profile = definition_of_tables(), read_profile(str(C / "profile.toml"))
    return definition.model, bind(definition.plan, known_values(definition, profile))


# --- time -------------------------------------------------------------------------------------------------------------

GOALS = {
    ("registers decode", "construct"): ("P1", 40),
    ("registers decode", "construct, compiled"): ("P1", 10),
    ("profile decode, objects", "construct"): ("P2", 60),
    ("profile decode, objects", "construct, compiled"): ("P2", 40),
    ("profile decode, columns", "construct"): ("P2", 350),
    ("profile decode, columns", "construct, compiled"): ("P2", 230),
    ("config decode", "construct"): ("P3", 45),
    ("config decode", "construct, compiled"): ("P3", 28),
    ("registers encode", "construct"): ("P5", 65),
    ("registers encode", "construct, compiled"): ("P5", 22),
    ("profile encode, objects", "construct"): ("P5", 100),
    ("profile encode, objects", "construct, compiled"): ("P5", 80),
    ("profile encode, columns", "construct"): ("P5", 400),
    ("profile encode, columns", "construct, compiled"): ("P5", 320),
    ("config encode", "construct"): ("P5", 95),
    ("config encode", "construct, compiled"): ("P5", 65),
    ("registers decode", "Kaitai Struct"): ("P1", 10),
    ("profile decode, objects", "Kaitai Struct"): ("P2", 12),
    ("profile decode, columns", "Kaitai Struct"): ("P2", 70),
    ("config decode", "Kaitai Struct"): ("P3", 9),
    ("registers encode", "Kaitai Struct"): ("P5", 20),
    ("profile encode, objects", "Kaitai Struct"): ("P5", 30),
    ("profile encode, columns", "Kaitai Struct"): ("P5", 115),
    ("config encode", "Kaitai Struct"): ("P5", 26),
    ("registers view", "construct"): ("P7", 400),
}
"""How many times as fast as the other one."""


def construct(compiled: bool) -> Calls:
    from tests.benchmarks.python import with_construct

    formats = [with_construct.REGISTERS, with_construct.PROFILE, with_construct.CONFIG]
    registers, profile, config = [each.compile() for each in formats] if compiled else formats
    values = registers.parse(images.REGISTERS), profile.parse(images.PROFILE), config.parse(images.CONFIG)
    decode = (lambda: profile.parse(images.PROFILE), 1)
    encode = (lambda: profile.build(values[1]), 1)
    whole = (lambda: registers.parse(images.REGISTERS), 40)
    return {
        "registers decode": whole,
        "registers view": whole,
        "registers view, deep": whole,
        "profile decode, objects": decode,
        "profile decode, columns": decode,
        "config decode": (lambda: config.parse(images.CONFIG), 200),
        "registers encode": (lambda: registers.build(values[0]), 40),
        "profile encode, objects": encode,
        "profile encode, columns": encode,
        "profile encode, untouched": encode,
        "config encode": (lambda: config.build(values[2]), 200),
    }


def kaitai() -> Calls:
    """What Kaitai's compiler makes of the tables: classes that read, and for encoding such that write as well."""
    files = [file.content for file in find_backend("ksy").generate(*bound_tables(), Options(package="bench"))]
    with compiler() as running:
        config, _, registers, profile = running.classes(files)
    with compiler(writing=True) as running:
        settings, _, values, whole = running.classes(files)
    decode = (lambda: profile.from_bytes(images.PROFILE), 1)
    encode = (_writing(whole, images.PROFILE), 1)
    return {
        "registers decode": (lambda: registers.from_bytes(images.REGISTERS), 100),
        "profile decode, objects": decode,
        "profile decode, columns": decode,
        "config decode": (lambda: config.from_bytes(images.CONFIG), 500),
        "registers encode": (_writing(values, images.REGISTERS), 100),
        "profile encode, objects": encode,
        "profile encode, columns": encode,
        "config encode": (_writing(settings, images.CONFIG), 500),
    }


def _writing(of: Any, image: bytes) -> Callable[[], bytes]:
    """Check the values of an image, and write them: Kaitai wants objects checked before they are written."""
    values = of.from_bytes(image)
    values._read()
    checked = [found._check for found in _objects(values)]

    def write() -> bytes:
        for check in checked:
            check()
        octets = BytesIO(bytes(len(image)))
        values._write(KaitaiStream(octets))
        return octets.getvalue()

    assert write() == image
    return write


def _objects(of: Any) -> Iterator[Any]:
    """An object of Kaitai's and those in it."""
    yield of
    for name, value in vars(of).items():
        if not name.startswith("_"):
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, ReadWriteKaitaiStruct):
                    yield from _objects(each)


def _ways() -> dict[str, Calls]:
    ways = {
        "generated": generated(),
        "by hand": hand(),
        CHECKED: checked(),
        "construct": construct(False),
        "construct, compiled": construct(True),
    }
    _all_agree(ways)
    return ways | {"Kaitai Struct": kaitai()}


def _times(ways: Mapping[str, Calls], rounds: int) -> Iterator[Row]:
    """How long the first way takes of the others, each after a call of its own that does not count."""
    took: dict[tuple[str, str], list[float]] = {}
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        for _ in range(rounds):
            for way, calls in ways.items():
                for what, (call, times) in calls.items():
                    call()
                    begun = thread_time_ns()
                    for _ in range(times):
                        call()
                    took.setdefault((what, way), []).append((thread_time_ns() - begun) / times / 1000)
    finally:
        gc.enable()
        gc.unfreeze()
    for (what, way), base in took.items():
        if way != "generated":
            mine = took[what, "generated"]
            name, times_as_fast = GOALS.get((what, way), ("", 0))
            ratio = median(a / b for a, b in zip(mine, base, strict=True))
            goal = 1 / times_as_fast if times_as_fast else None
            yield Row(
                what=f"Python {what}", amount=median(mine), unit="µs", ratio=ratio, against=way, goal=goal, name=name
            )


def _all_agree(ways: Mapping[str, Calls]) -> None:
    """Everybody makes the same values of the images, and the same octets of the values."""
    for what in COUNTED:
        results = {way: plain(calls[what][0]()) for way, calls in ways.items() if what in calls}
        for way, result in results.items():
            assert result == results["by hand"], (what, way)


def plain(value: Any) -> Any:
    """A value of anybody's as builtin data."""
    if isinstance(value, (int, bytes, str)):
        return value
    if isinstance(value, datetime):
        year, month, day, hour, minute, *_ = value.timetuple()
        return {"YEAR": year % 100, "MONTH": month, "DAY": day, "HOUR": hour, "MINUTE": minute}
    if hasattr(value, "octets") and not hasattr(value, "layout"):
        return value.octets
    if hasattr(value, "items"):
        return {name: plain(each) for name, each in value.items() if name not in ("_io", "SPARE")}
    if hasattr(value, "__getitem__") and not hasattr(value, "_names"):
        return [plain(each) for each in value]
    names = getattr(type(value), "_names", type(value).__slots__)
    return {name: plain(getattr(value, name)) for name in names}
