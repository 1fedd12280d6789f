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


OTHER_DATES = "registers encode, dates that do not come again"


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
        "profile decode, objects": (lambda: objects(profile.decode(image)), 4),
        "profile decode, columns": (lambda: list(bench.columns(profile.decode(image).BLOCKS).values()), 40),
        "config decode": (lambda: config.decode(images.CONFIG), 1000),
        "registers encode": (lambda: registers.encode(values), 200),
        OTHER_DATES: (_of_each(registers.encode, map(registers.decode, images.other_registers())), 400),
        "profile encode, objects": (lambda: profile.encode(whole), 4),
        "profile encode, columns": (lambda: profile.encode(of_columns(bench, columns)), 40),
        "profile encode, untouched": (lambda: profile.encode(kept), 1000),
        "config encode": (lambda: config.encode(settings), 1000),
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
        "profile decode, objects": (lambda: by_hand.decode_profile(images.PROFILE), 4),
        "config decode": (lambda: by_hand.decode_config(images.CONFIG), 1000),
        "registers encode": (lambda: by_hand.encode_registers(registers), 200),
        OTHER_DATES: (_of_each(by_hand.encode_registers, map(by_hand.decode_registers, images.other_registers())), 400),
        "profile encode, objects": (lambda: by_hand.encode_profile(blocks), 4),
        "config encode": (lambda: by_hand.encode_config(config), 1000),
    }


def checked() -> Calls:
    """By hand, where that leaves out checks which cannot be left out."""
    config = by_hand.decode_config(images.CONFIG)
    return {"config encode": (lambda: by_hand.encode_config_checked(config), 1000)}
