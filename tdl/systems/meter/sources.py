"""A meter's sources: how much one unit of a register is, and how long a demand lasts."""

from __future__ import annotations

from dataclasses import dataclass

from tdl.image import Image
from tdl.project.reading import Reading
from tdl.readings.sources import Sources
from tdl.readings.tables import Tables as Known
from tdl.readings.units import Units
from tdl.systems.meter.tables import Tables

DESCRIBED = ("ST11", "ST12", "ST13", "ST15", "ST16")
"""The tables that say what sources are."""

DEFAULT_MINUTES = 15
"""How long a demand interval is where Table 13 does not say so."""

SECONDS_OF_HOUR = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How the values of a source become the numbers in tables.

    Attributes:
        exponent: one unit of a register is 10 to this power of the base unit.
        minutes: the length of its demand interval.
        bulk: whether it is itself a count over time, as energy is.
    """

    exponent: int = 0
    minutes: int = DEFAULT_MINUTES
    bulk: bool = True

    def count(self, total: int) -> int:
        """A sum of values over seconds, as a register that counts by the hour has it."""
        return self._scaled(total, SECONDS_OF_HOUR)

    def mean(self, total: int, seconds: int) -> int:
        """The mean of values over so many seconds."""
        return self._scaled(total, seconds) if seconds else 0

    def _scaled(self, total: int, seconds: int) -> int:
        return int(total * 10 ** max(-self.exponent, 0) // (seconds * 10 ** max(self.exponent, 0)))


class Scales:
    """The scale of each source, worked out again when the tables that say it change."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._seen: tuple[bytes | None, ...] | None = None
        self._made: dict[int, Scale] = {}
        self._sources: Sources | None = None

    def find(self, index: int) -> Scale:
        tables = self._tables
        seen = tuple(tables.octets(key) if key in tables else None for key in DESCRIBED)
        if self._sources is None or seen != self._seen:
            reading = Reading(tables.definition, Image(), tables.environment)
            for key in DESCRIBED:
                record = tables.record(key)
                if record is not None:
                    reading.values[key] = record
            self._sources = Sources(Known(reading), Units(tables.definition.model))
            self._seen, self._made = seen, {}
        if index not in self._made:
            source = self._sources.find(index)
            measure = source.measure
            base = "" if measure is None else measure.time_base
            self._made[index] = Scale(
                exponent=0 if measure is None else measure.exponent or 0,
                minutes=source.interval or DEFAULT_MINUTES,
                bulk=not base or "dial reading" in base,
            )
        return self._made[index]
