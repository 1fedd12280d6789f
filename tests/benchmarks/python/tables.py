"""Every table of std:2012 as generated Python, bound to each of the library's meters, against the reference codec.

An image of each table is random octets that fit its layout; both codecs read it and write it again. A row holds a
meter's tables together, weighed alike: the median and the least ratio.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from statistics import median
from time import thread_time_ns
from typing import Any

from tdl.backends.api import Options, find_backend
from tdl.codec.decoder import decode
from tdl.codec.encoder import encode
from tdl.codec.environment import Environment
from tdl.codec.errors import DecodeError
from tdl.image.directory import read_profile
from tdl.ir import plan
from tdl.ir.bind import bind
from tdl.project.definition import load
from tdl.project.reading import known_values
from tests.benchmarks.row import Row
from tests.differential.packages import imported
from tests.property.definitions import random_image

PROFILES = ("std:residential", "std:polyphase-tou", "std:load-profile-recorder")
ENOUGH_NS = 2_000_000
"""How long a call is repeated."""


def measure(rounds: int) -> Iterator[Row]:
    """How much of the reference codec's time generated Python takes."""
    definition = load("std:2012")
    for profile in PROFILES:
        bound = bind(definition.plan, known_values(definition, read_profile(profile)))
        with imported(find_backend("python").generate(definition.model, bound, Options(package="metered"))) as package:
            ratios: dict[str, list[float]] = {"decode": [], "encode": []}
            for table in bound.tables:
                for what, ratio in _compared(table, package, max(1, rounds // 3)):
                    ratios[what].append(ratio)
        for what, found in ratios.items():
            name = f"{len(found)} tables of std:2012, {profile.removeprefix('std:')}, {what}"
            yield Row(what=f"{name}, median", amount=median(found), unit="", ratio=median(found), against="reference")
            yield Row(what=f"{name}, slowest", amount=max(found), unit="", ratio=max(found), against="reference")


def _compared(table: plan.TablePlan, package: Any, rounds: int) -> Iterator[tuple[str, float]]:
    """Generated against reference, for a table that has an image."""
    image, nothing = random_image(table, Environment(), 1), Environment()
    try:
        values = decode(table, image, nothing)
    except DecodeError:
        return
    module = getattr(package, package.TABLES[table.key])
    record = module.decode(image)
    assert module.encode(record) == image == encode(table, values, nothing)
    yield "decode", _ratio(lambda: module.decode(image), lambda: decode(table, image, nothing), rounds)
    yield "encode", _ratio(lambda: module.encode(record), lambda: encode(table, values, nothing), rounds)


def _ratio(mine: Callable[[], object], reference: Callable[[], object], rounds: int) -> float:
    gc.disable()
    try:
        return median(_took(mine) / _took(reference) for _ in range(rounds))
    finally:
        gc.enable()


def _took(call: Callable[[], object]) -> float:
    """Nanoseconds of one call, from as many as make up `ENOUGH_NS`."""
    times, begun = 0, thread_time_ns()
    while thread_time_ns() - begun < ENOUGH_NS:
        call()
        times += 1
    return (thread_time_ns() - begun) / times
