"""One engineering value of a meter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from tdl.readings.arithmetic import Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One value, and the raw one it was made of.

    Attributes:
        quantity: what is measured, such as ``active energy``; ``source 3`` or ``summation 1`` if that is not known.
        value: exact, and a float only if the raw value is one; None if the octets are no number.
        unit: of the value; empty if it has none or if it is not known, in which case the value is the raw one.
        kind: what sort of value it is: ``summation``, ``maximum demand``, ``interval`` ...
        table, element: where the raw value is.
        raw: as it is decoded.
        source: the index of the data source.
        phase: ``A-N``; empty for all phases together.
        direction: ``delivered``, ``received``, ``net`` ...; empty if the quantity has none.
        tier: 1 is the first of TIER_DATA_BLOCK; None is the total.
        occurrence: 1 is the first of a register's occurrences.
        season: as the table of past registers says it.
        time: when the value was reached, or when the interval ended; in the device's own time, without a zone.
        recorded: when past registers were frozen.
        sequence: the number of the self-read or of the load profile block.
        interval: over how many minutes.
        status: what the meter says of this interval.
        notes: what is uncertain or missing.
    """

    quantity: str
    value: Number | None
    unit: str
    kind: str
    table: str
    element: str
    raw: object
    source: int | None = None
    phase: str = ""
    direction: str = ""
    tier: int | None = None
    occurrence: int | None = None
    season: int | None = None
    time: datetime | None = None
    recorded: datetime | None = None
    sequence: int | None = None
    interval: int | None = None
    status: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        """``41207 Wh delivered, tier 2``."""
        parts = [f"{number_text(self.value)} {self.unit}".rstrip()]
        parts += [part for part in (self.phase, self.direction) if part]
        return " ".join(parts) + (f", tier {self.tier}" if self.tier is not None else "")


_PLAIN_DIGITS = 60
"""A number of more digits is written with an exponent."""


def number_text(value: Number | None) -> str:
    """A number without an exponent as long as that is short; ``-`` for none."""
    if value is None:
        return "-"
    if isinstance(value, Decimal) and -_PLAIN_DIGITS < value.adjusted() < _PLAIN_DIGITS:
        return f"{value:f}"
    return str(value)
