"""Registers (Tables 23 and 28) as they are metered: sums, demands and what coincides with them.

A demand is the mean over a block; sliding demands are metered as blocks of their whole length.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation

from tdl.codec.values import Members, Record
from tdl.readings.tables import listed
from tdl.systems.meter.elements import find, holder_of, number, selected, stamp, unset
from tdl.systems.meter.sources import Scale, Scales
from tdl.systems.meter.tables import Tables

REGISTERS, PRESENT, SELECTION = "ST23", "ST28", "ST22"

_DIGITS = {0: 15, 1: 7, 2: 11, 3: 5, 4: 5, 5: 12, 6: 8, 7: 6, 8: 9, 9: 11, 10: 14, 11: 18, 12: 15, 13: 18}
"""The most digits of a register, for the codes of its format: behind them it begins again at 0."""


class Registers:
    """The current registers of a meter that has Tables 22 and 23, and its present values."""

    def __init__(self, tables: Tables, scales: Scales) -> None:
        self._tables, self._scales = tables, scales

    # --- what is selected --------------------------------------------------------------------------------------

    def selections(self, name: str) -> list[int | None]:
        """The sources that Table 22 selects under a name."""
        return [selected(each) for each in listed(self._tables.record(SELECTION), name)]

    def sources(self) -> set[int]:
        """All sources that registers and present values are of."""
        names = ("SUMMATION_SELECT", "DEMAND_SELECT", "COINCIDENT_SELECT")
        found = {source for name in names for source in self.selections(name)}
        present = self._tables.record("ST27")
        for name in ("PRESENT_DEMAND_SELECT", "PRESENT_VALUE_SELECT"):
            found |= {selected(each) for each in listed(present, name)}
        return {source for source in found if source is not None}

    def minutes(self) -> set[int]:
        """The lengths of demand intervals."""
        return {self._scales.find(source).minutes for source in self.selections("DEMAND_SELECT") if source is not None}

    def tiers(self) -> tuple[int, int]:
        """The tiers that sums and demands count in now."""
        state = self._tables.record("ST55")
        tier = number(state, "CURR_TIER")
        return number(state, "CURR_SUMM_TIER", tier), number(state, "CURR_DEMAND_TIER", tier)

    def digits(self, which: int) -> int:
        code = number(self._tables.record("ST0"), f"NI_FORMAT{which}", 8)
        return _DIGITS.get(code, 5)

    # --- sums --------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Note what registers hold that have not counted yet."""
        state = self._tables.state
        for name, total, block, position, _ in self._sums(self._tables.record(REGISTERS)):
            if name not in state.origins:
                held = block["SUMMATIONS"][position]
                state.origins[name] = str(_decimal(held)), state.totals.get(total, 0)

    def count(self) -> None:
        """Bring the sums up to the totals."""
        state = self._tables.state
        if not self.selections("SUMMATION_SELECT") or REGISTERS not in self._tables:
            return
        limit = 10 ** self.digits(1)
        for name, total, block, position, scale in self._sums(self._tables.change(REGISTERS)):
            if name in state.origins:
                held, before = state.origins[name]
                counted = Decimal(held) + scale.count(state.totals.get(total, 0) - before)
                block["SUMMATIONS"][position] = _like(block["SUMMATIONS"][position], counted % limit)

    def _sums(self, record: Record | None) -> Iterator[tuple[str, str, Record, int, Scale]]:
        """The register's name, the name of its total, and where it is."""
        for tier, block in _blocks(record):
            sums = listed(block, "SUMMATIONS")
            for position, source in enumerate(self.selections("SUMMATION_SELECT")[: len(sums)]):
                if source is not None:
                    total = str(source) if tier is None else f"{source}/{tier}"
                    yield f"{tier}.{position}", total, block, position, self._scales.find(source)

    # --- demands -----------------------------------------------------------------------------------------------

    def demand(self, minutes: int, sums: dict[int, int], seconds: int, now: datetime) -> None:
        """End a demand interval.

        Args:
            minutes: the length of those that end now.
            sums: for each source its values over the interval.
            seconds: how long it was.
            now: the meter's time.
        """
        selections = self.selections("DEMAND_SELECT")
        ending = [i for i, s in enumerate(selections) if s is not None and self._scales.find(s).minutes == minutes]
        record = self._tables.change(REGISTERS) if ending else None
        _, tier = self.tiers()
        for which, block in _blocks(record):
            if which in (None, tier):
                for position in ending:
                    self._demand(block, position, selections[position] or 0, sums, seconds, now)

    def _demand(
        self, block: Record, position: int, source: int, sums: dict[int, int], seconds: int, now: datetime
    ) -> None:
        demands = listed(block, "DEMANDS")
        demand = demands[position] if position < len(demands) else None
        if not isinstance(demand, Record):
            return
        flags = find(self._tables.record(SELECTION), "MIN_OR_MAX_FLAGS")
        largest = position in flags if isinstance(flags, Members) else True
        values, times = listed(demand, "DEMAND"), listed(demand, "EVENT_TIME")
        value = Decimal(self._mean(source, sums, seconds))
        place = next(
            (i for i in range(len(values)) if _beats(value, values[i], times[i] if i < len(times) else 0, largest)),
            None,
        )
        if place is not None:
            _insert(values, place, value)
            table = self._tables.definition.table(REGISTERS)
            if times:
                times.insert(place, stamp(table, "EVENT_TIME", times.pop(), now))
            self._coincide(block, position, place, sums, seconds)
        if "CONT_CUM_DEMAND" in demand and values:
            held = demand.get("CUM_DEMAND", demand["CONT_CUM_DEMAND"])
            demand["CONT_CUM_DEMAND"] = added(held, values[0], self.digits(1))

    def _coincide(self, block: Record, demand: int, place: int, sums: dict[int, int], seconds: int) -> None:
        associations = listed(self._tables.record(SELECTION), "COIN_DEMAND_ASSOC")
        coincidents = listed(block, "COINCIDENTS")
        for i, source in enumerate(self.selections("COINCIDENT_SELECT")[: len(coincidents)]):
            if source is not None and i < len(associations) and associations[i] == demand:
                values = find(coincidents[i], "COINCIDENT_VALUES")
                if isinstance(values, list):
                    _insert(values, place, Decimal(self._mean(source, sums, seconds)))

    def _mean(self, source: int, sums: dict[int, int], seconds: int) -> int:
        return min(self._scales.find(source).mean(sums.get(source, 0), seconds), int(10 ** self.digits(2)) - 1)

    # --- present values ----------------------------------------------------------------------------------------

    def present(self, values: dict[int, int]) -> None:
        """Show values of this moment, by source, in Table 28."""
        selection, record = self._tables.record("ST27"), self._tables.change(PRESENT)
        for i, each in enumerate(listed(selection, "PRESENT_DEMAND_SELECT")):
            demands, source = listed(record, "PRESENT_DEMAND"), selected(each)
            holder = holder_of(demands[i], "DEMAND_VALUE") if i < len(demands) else None
            if source is not None and holder is not None:
                shown = Decimal(self._mean(source, values, 1))
                holder["DEMAND_VALUE"] = _like(holder["DEMAND_VALUE"], shown)
        shown_values = listed(record, "PRESENT_VALUE")
        for i, each in enumerate(listed(selection, "PRESENT_VALUE_SELECT")[: len(shown_values)]):
            source = selected(each)
            if source is not None:
                scaled = self._scales.find(source).mean(values.get(source, 0), 1)
                shown_values[i] = _like(shown_values[i], Decimal(min(scaled, 10 ** self.digits(1) - 1)))


def added(held: object, more: object, digits: int) -> object:
    """Two numbers together, as the register that holds the first one has them."""
    return _like(held, (_decimal(held) + _decimal(more)) % 10**digits)


def zero_like(held: object) -> object:
    """Nothing, as a register that holds a number has it."""
    return _like(held, Decimal(0))


def _blocks(record: Record | None) -> Iterator[tuple[int | None, Record]]:
    """The blocks of data: of no tier for the total."""
    total = None if record is None else record.get("TOT_DATA_BLOCK")
    if isinstance(total, Record):
        yield None, total
    for tier, block in enumerate(listed(record, "TIER_DATA_BLOCK")):
        if isinstance(block, Record):
            yield tier, block


def _beats(value: Decimal, held: object, time: object, largest: bool) -> bool:
    """Whether a demand takes the place of another, or of none."""
    if unset(time):
        return True
    before = _decimal(held)
    return value > before if largest else value < before or not before


def _insert(values: list[object], place: int, value: Decimal) -> None:
    """Put a value in front of others, of which the last one goes."""
    if place < len(values):
        values.insert(place, _like(values.pop(), value))


def _decimal(value: object) -> Decimal:
    """A register's number; one that is none counts as 0."""
    try:
        found = Decimal(str(value)) if isinstance(value, int | float | Decimal) else Decimal(0)
    except InvalidOperation:
        return Decimal(0)
    return found if found.is_finite() else Decimal(0)


def _like(before: object, value: Decimal) -> object:
    """A number of the kind that a register holds."""
    if isinstance(before, float):
        return float(value)
    return int(value) if isinstance(before, int) else value
