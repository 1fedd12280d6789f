"""What is measured of generated Python and of the program by hand.

To count instructions an interpreter is started for each, so that nothing is imported here but what is called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import cycle
from typing import Any

from tests.benchmarks.python import by_hand, images

Calls = Mapping[str, tuple[Callable[[], Any], int]]
"""What is measured: a call, and how often one round makes it."""


def generated() -> Calls:
    import bench  # type: ignore[import-not-found]

    registers, profile, config = (bench.st23, bench.st64, bench.st0)
    image = images.PROFILE
    whole = profile.decode(image)
    whole.BLOCKS = list(whole.BLOCKS)
    for block in whole.BLOCKS:
        block.INTERVALS = list(block.INTERVALS)
    columns = dict(bench.columns(profile.decode(image).BLOCKS))
    values, kept, settings = registers.decode(images.REGISTERS), profile.decode(image), config.decode(images.CONFIG)
    return {
        "registers decode": (lambda: registers.decode(images.REGISTERS), 200),
        "registers view": (lambda: three(registers.view(images.REGISTERS)), 1000),
        "registers view, deep": (lambda: registers.view(images.REGISTERS).TIERS[2].DEMANDS[1].PEAK, 1000),
        "profile decode, objects": (lambda: objects(profile.decode(image)), 8),
        "profile decode, columns": (lambda: list(bench.columns(profile.decode(image).BLOCKS).values()), 40),
        "config decode": (lambda: config.decode(images.CONFIG), 1000),
        "registers encode": (lambda: registers.encode(values), 200),
        "profile encode, objects": (lambda: profile.encode(whole), 8),
        "profile encode, columns": (lambda: profile.encode(of_columns(bench, columns)), 40),
        "profile encode, untouched": (lambda: profile.encode(kept), 1000),
        "config encode": (lambda: config.encode(settings), 1000),
    }


def for_any_meter() -> Calls:
    """The same of code that is told at run time which meter it is for."""
    import anybench  # type: ignore[import-not-found]

    registers, profile, config = anybench.st23, anybench.st64, anybench.st0
    known = anybench.Environment()
    for (table, path), value in images.KNOWN.items():
        known.set(table, path, value)
    values, settings = registers.decode(images.REGISTERS, known), config.decode(images.CONFIG, known)
    whole = profile.decode(images.PROFILE, known)
    return {
        "registers decode": (lambda: registers.decode(images.REGISTERS, known), 200),
        "profile decode, objects": (lambda: profile.decode(images.PROFILE, known), 8),
        "config decode": (lambda: config.decode(images.CONFIG, known), 1000),
        "registers encode": (lambda: registers.encode(values, known), 200),
        "profile encode, objects": (lambda: profile.encode(whole, known), 8),
        "config encode": (lambda: config.encode(settings, known), 1000),
    }


def of_columns(bench: Any, columns: Mapping[str, Any]) -> Any:
    """A profile made of its columns."""
    return bench.records.PROFILE_RCD(BLOCKS=bench.rows("ST64", "BLOCKS", columns))


def _of_each(encode: Callable[[Any], bytes], records: Iterable[Any]) -> Callable[[], bytes]:
    """Encode the next of the records, and after the last the first."""
    endless = cycle(list(records))
    return lambda: encode(next(endless))


def three(view: Any) -> tuple[Any, Any, Any]:
    """The elements of the registers that are no array."""
    return view.RESETS, view.AT, view.FLAGS


def objects(profile: Any) -> Any:
    """Make all records of a profile."""
    for block in profile.BLOCKS:
        block.INTERVALS.all()
    return profile.BLOCKS


def hand() -> Calls:
    registers, blocks = by_hand.decode_registers(images.REGISTERS), by_hand.decode_profile(images.PROFILE)
    config = by_hand.decode_config(images.CONFIG)
    return {
        "registers decode": (lambda: by_hand.decode_registers(images.REGISTERS), 200),
        "profile decode, objects": (lambda: by_hand.decode_profile(images.PROFILE), 8),
        "config decode": (lambda: by_hand.decode_config(images.CONFIG), 1000),
        "registers encode": (lambda: by_hand.encode_registers(registers), 200),
        "profile encode, objects": (lambda: by_hand.encode_profile(blocks), 8),
        "config encode": (lambda: by_hand.encode_config(config), 1000),
    }


def checked() -> Calls:
    """By hand, where that leaves out checks which cannot be left out."""
    config = by_hand.decode_config(images.CONFIG)
    return {"config encode": (lambda: by_hand.encode_config_checked(config), 1000)}


def other_dates() -> Mapping[str, Calls]:
    """Registers encoded one after the other, each with dates of its own, by both."""
    import bench

    made, every = bench.st23, images.other_registers()
    what = "registers encode, dates that do not come again"
    return {
        "generated": {what: (_of_each(made.encode, map(made.decode, every)), 400)},
        "by hand": {what: (_of_each(by_hand.encode_registers, map(by_hand.decode_registers, every)), 400)},
    }
