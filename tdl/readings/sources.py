"""Data sources: from the index of a source to its unit, scale, constants and demand interval.

Table 16 flags which sources own an entry of Tables 12, 13 and 15; the entries stand in the order of the sources. Some
meters flag fewer sources than there are units and yet have one unit for each source: there the unit is taken by the
source's own index, and a note says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate

from tdl.codec.values import Record
from tdl.readings.arithmetic import Calculation, Number, number_of
from tdl.readings.tables import Tables, integer, listed
from tdl.readings.units import Measure, Units

PULSES = "pulses"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What is known of one data source.

    Attributes:
        interval: the demand interval in minutes.
        constants: its entry of Table 15.
        pulses: whether its values are pulses rather than engineering units.
        unapplied: whether its constants are still to be applied.
    """

    index: int | None
    measure: Measure | None = None
    interval: int | None = None
    constants: Record | None = None
    pulses: bool = False
    unapplied: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """An engineering value, or the raw number without a unit where the notes say what is missing."""

    value: Number | None
    unit: str
    notes: tuple[str, ...]


class Sources:
    """The sources of a meter, each worked out once."""

    def __init__(self, tables: Tables, units: Units) -> None:
        self._tables, self._units = tables, units
        self._links = listed(tables.record("ST16"), "SOURCES_LINK")
        self._entries = listed(tables.record("ST12"), "UOM_ENTRY")
        self._known: dict[int | None, Source] = {}

    def find(self, index: int | None) -> Source:
        """What is known of a source; of a selection that has no index, nothing."""
        if index not in self._known:
            self._known[index] = self._made(index)
        return self._known[index]

    def _made(self, index: int | None) -> Source:
        if index is None:
            return Source(index=None)
        link = self._link(index)
        entry, notes = self._entry(index)
        return Source(
            index=index,
            measure=None if entry is None else self._units.measure(entry),
            interval=self._interval(index),
            constants=self._owned(index, "CONSTANTS_FLAG", listed(self._tables.record("ST15"), "SELECTION")),
            pulses=link is not None and not link.get("PULSE_ENGR_FLAG", True),
            unapplied=link is not None and bool(link.get("CONSTANT_TO_BE_APPLIED")),
            notes=notes,
        )

    def _link(self, index: int) -> Record | None:
        link = self._links[index] if index < len(self._links) else None
        return link if isinstance(link, Record) else None

    def _entry(self, index: int) -> tuple[Record | None, tuple[str, ...]]:
        """A source's entry of Table 12, and what is odd about the way to it."""
        entries, links = self._entries, self._links
        if self._tables.record("ST12") is None:
            return None, (f"no unit: {self._tables.missing('ST12')}",)
        if not links:
            sources = self._tables.number("ST11", "NBR_SOURCES")
            if sources is None or sources != len(entries):
                return None, (f"no unit: {self._tables.missing('ST16')}",)
            return _record(entries, index), (f"unit taken by the source's index: {self._tables.missing('ST16')}",)
        if index >= len(links):
            return None, (f"no unit: Table 16 has no source {index}, it has {len(links)}",)
        flagged = sum(self._walk("UOM_ENTRY_FLAG")[-1:])
        if flagged != len(entries) == len(links):
            odd = (
                f"unit taken by the source's index: Table 16 flags {flagged} sources, Table 12 has {len(entries)} units"
            )
            return _record(entries, index), (odd,)
        found = self._owned(index, "UOM_ENTRY_FLAG", entries)
        odd = f"Table 16 flags {flagged} sources, Table 12 has {len(entries)} units"
        notes = (odd,) if flagged != len(entries) else ()
        if found is None:
            return None, (f"no unit: Table 16 gives source {index} none", *notes)
        return found, notes

    def _walk(self, flag: str) -> list[int]:
        """For each source, how many up to it own an entry."""
        return list(accumulate(int(isinstance(link, Record) and bool(link.get(flag))) for link in self._links))

    def _owned(self, index: int, flag: str, entries: list[object]) -> Record | None:
        link = self._link(index)
        if link is None or not link.get(flag):
            return None
        return _record(entries, self._walk(flag)[index] - 1)

    def _interval(self, index: int) -> int | None:
        values = listed(self._tables.record("ST13"), "INTERVAL_VALUE")
        entry = self._owned(index, "DEMAND_CTRL_FLAG", values)
        length = integer(entry, "INT_LENGTH")
        if length is not None:
            return length
        sub, factor = integer(entry, "SUB_INT"), integer(entry, "INT_MULTIPLIER")
        return None if sub is None or factor is None else sub * factor


def _record(entries: list[object], index: int) -> Record | None:
    entry = entries[index] if index < len(entries) else None
    return entry if isinstance(entry, Record) else None


def engineering(source: Source, raw: object, ratio: tuple[int, int] | None = None) -> Value:
    """The engineering value of a raw one.

    Args:
        ratio: scalar and divisor of a load profile channel, which make pulses engineering units.
    """
    measure, number = source.measure, number_of(raw)
    notes = [*source.notes, *(() if measure is None else measure.notes)]
    unit = "" if measure is None else measure.unit
    if number is None:
        return Value(value=None, unit=unit, notes=(*notes, "the raw value is no number"))
    plain = Value(value=number, unit="", notes=tuple(notes))
    if source.pulses and not source.unapplied and ratio is None:
        return replace(plain, unit=PULSES)
    if measure is None or measure.exponent is None:
        return plain
    calculation = Calculation(number)
    if ratio is not None:
        scalar, divisor = ratio
        if divisor == 0:
            return replace(plain, notes=(*notes, "the raw value: the divisor of its channel is 0"))
        calculation.times(scalar)
        calculation.over(divisor)
    if source.unapplied:
        applied = tuple(_constants(source.constants, calculation))
        if not applied:
            return replace(plain, notes=(*notes, "the raw value: the constants of Table 15 to apply are not known"))
        notes += applied
    calculation.power(measure.exponent)
    value = calculation.result
    if value is None:
        return Value(value=None, unit=unit, notes=(*notes, "the value is out of range"))
    if calculation.rounded:
        notes.append("rounded: it has no end in decimals")
    return Value(value=value, unit=unit, notes=tuple(notes))


def _constants(constants: Record | None, calculation: Calculation) -> Iterator[str]:
    """Apply an entry of Table 15: value = (raw x MULTIPLIER + OFFSET) x the ratios that the device has not applied.

    No public source says whether OFFSET comes before MULTIPLIER, nor whether SET_APPLIED_FLAG means that the device
    has applied a set or that it is in use; notes say so where it matters. Nothing is said, and nothing applied, if a
    constant is no number.
    """
    multiplier, offset = (number_of(constants.get(name) if constants else None) for name in ("MULTIPLIER", "OFFSET"))
    if constants is None or multiplier is None or offset is None:
        return
    ratios: list[tuple[str, Number]] = []
    notes = []
    for which in ("1", "2"):
        if f"RATIO_F{which}" not in constants:
            continue
        flags = constants.get(f"SET{which}_APPL")
        if isinstance(flags, Record) and flags.get("SET_APPLIED_FLAG"):
            notes.append(f"ratios of set {which} taken as applied by the device, which is not certain")
            continue
        for name in (f"RATIO_F{which}", f"RATIO_P{which}"):
            ratio = number_of(constants.get(name))
            if ratio is None:
                return
            ratios.append((name, ratio))
    calculation.times(multiplier)
    calculation.plus(offset)
    formula = f"constants of Table 15 applied: x {multiplier}"
    if offset:
        formula += f" + {offset}"
        notes.append("whether OFFSET is added after MULTIPLIER is not certain")
    for name, ratio in ratios:
        calculation.times(ratio)
        formula += f" x {ratio} ({name})"
    yield formula
    yield from notes
