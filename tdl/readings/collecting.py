"""Every engineering value of a meter, table by table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TypeAlias

from tdl.codec.values import Record
from tdl.project.reading import Reading
from tdl.readings.load_profile import LoadProfile
from tdl.readings.registers import Registers
from tdl.readings.row import Row
from tdl.readings.sources import Sources
from tdl.readings.tables import Tables
from tdl.readings.units import Units
from tdl.readings.vendor import Quantities

_Room: TypeAlias = Callable[[str, Record], Iterator[Row]]

LOAD_PROFILE_TABLES = {"ST64": 1, "ST65": 2, "ST66": 3, "ST67": 4}


def rows(reading: Reading, configuration: Reading | None = None) -> tuple[Row, ...]:
    """The engineering values of a meter's tables 23 to 26, 28 and 64 to 67, and of elements that are quantities.

    Args:
        configuration: where tables come from that say what values mean and that the reading does not hold.

    Tables are in order of their identifiers. What cannot be known of a value is in its notes; what cannot be decoded
    is in the reading's failures.
    """
    order = sorted(reading.values, key=lambda key: (reading.definition.table(key).id, key))
    tables = _tables(Tables(reading, configuration))
    quantities = Quantities(reading.definition.model)
    found: list[Row] = []
    for key in order:
        if key in tables:
            found += tables[key](key, reading.values[key])
        found += quantities.rows(reading, key)
    return tuple(found)


def _tables(tables: Tables) -> Mapping[str, _Room]:
    """What makes the rows of the standard's tables."""
    definition = tables.reading.definition.model
    sources = Sources(tables, Units(definition))
    registers = Registers(tables, sources)
    profile = LoadProfile(tables, sources, definition)
    return {
        "ST23": registers.current,
        "ST24": registers.past,
        "ST25": registers.past,
        "ST26": registers.self_reads,
        "ST28": registers.present,
        **{key: partial(_profile_rows, profile, number) for key, number in LOAD_PROFILE_TABLES.items()},
    }


def _profile_rows(profile: LoadProfile, number: int, key: str, record: Record) -> Iterator[Row]:
    return profile.rows(key, record, number)
