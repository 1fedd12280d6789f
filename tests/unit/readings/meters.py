"""Meters made of values, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tdl.codec.environment import Environment
from tdl.codec.values import Record
from tdl.image import Image, read_image_file
from tdl.project.definition import Definition, load
from tdl.project.reading import Reading, read_image
from tdl.sources import Resolver

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples" / "meter-with-fragment"

Tables = Mapping[str, Any]


@cache
def standard() -> Definition:
    return load("std:2012")


def fragment(text: str) -> Definition:
    """The standard with a fragment's text."""
    header = 'FRAGMENT TRIED OF "std:2012";\n'
    return load("std:2012", ["tried.tdl"], Resolver({"tried.tdl": header + text}))


def example_values() -> dict[str, Any]:
    """The values of the example meter's tables as the standard has them, free to be changed."""
    reading = read_image(standard(), read_image_file(str(EXAMPLE / "image")))
    return dict(reading.values)


def _entry() -> dict[str, Any]:
    quadrants = {f"Q{number}_ACCOUNTABILITY": False for number in (1, 2, 3, 4)}
    return {
        "ID_CODE": 0, "TIME_BASE": 0, "MULTIPLIER": 0, **quadrants, "NET_FLOW_ACCOUNTABILITY": False,
        "SEGMENTATION": 0, "HARMONIC": False, "NFS": False, "ID_RESOURCE": 0,
    }  # fmt: skip


def _link() -> dict[str, Any]:
    return {
        "UOM_ENTRY_FLAG": False, "DEMAND_CTRL_FLAG": False, "DATA_CTRL_FLAG": False, "CONSTANTS_FLAG": False,
        "PULSE_ENGR_FLAG": True, "CONSTANT_TO_BE_APPLIED": False,
    }  # fmt: skip


def unit(code: int = 0, base: int = 0, multiplier: int = 0, quadrants: str = "", **others: Any) -> dict[str, Any]:
    """An entry of Table 12; quadrants by their digits."""
    taking_part = {f"Q{digit}_ACCOUNTABILITY": True for digit in quadrants}
    return {**_entry(), "ID_CODE": code, "TIME_BASE": base, "MULTIPLIER": multiplier, **taking_part, **others}


def link(*flags: str, pulses: bool = False) -> dict[str, Any]:
    """An entry of Table 16."""
    return {**_link(), **dict.fromkeys(flags, True), "PULSE_ENGR_FLAG": not pulses}


UNIT, DEMAND, CONSTANTS, APPLY = "UOM_ENTRY_FLAG", "DEMAND_CTRL_FLAG", "CONSTANTS_FLAG", "CONSTANT_TO_BE_APPLIED"


def read(values: Tables, definition: Definition | None = None, **options: Any) -> Reading:
    """A reading of values or octets, in which every table decodes."""
    reading = read_image(definition or standard(), Image(tables=dict(values)), **options)
    assert reading.failures == {}
    return reading


def holding(**values: Record) -> Reading:
    """A reading of tables that need not fit their layouts: as a fragment, or a definition of its own, may have them."""
    reading = Reading(standard(), Image(), Environment())
    reading.values.update(values)
    return reading
