"""Registers: Tables 23 to 26 through the selections of Table 22, and Table 28 through those of Table 27."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from tdl.codec.errors import path_text
from tdl.codec.values import Members, Record
from tdl.readings.lists import Status, valid_entries
from tdl.readings.row import Row
from tdl.readings.sources import Source, Sources, engineering
from tdl.readings.tables import Tables, integer, listed, moment, records

Path = tuple[str | int, ...]

_TOTAL, _TIERS = "TOT_DATA_BLOCK", "TIER_DATA_BLOCK"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """The table and record that registers are in, and when they were frozen."""

    table: str
    path: Path = ()
    tier: int | None = None
    season: int | None = None
    recorded: datetime | None = None
    sequence: int | None = None
    notes: tuple[str, ...] = ()


class Registers:
    """The rows of the register tables."""

    def __init__(self, tables: Tables, sources: Sources) -> None:
        self._tables, self._sources = tables, sources
        self._selection = tables.record("ST22")
        self._present = tables.record("ST27")

    def current(self, table: str, record: Record) -> Iterator[Row]:
        """Table 23."""
        yield from self._data(record, _Place(table=table))

    def past(self, table: str, record: Record) -> Iterator[Row]:
        """Tables 24 and 25."""
        yield from self._frozen(record, _Place(table=table))

    def self_reads(self, table: str, record: Record) -> Iterator[Row]:
        """Table 26, the oldest self-read first."""
        flags = record.get("LIST_STATUS")
        status = Status(
            descending=isinstance(flags, Record) and flags.get("ORDER") == 1,
            valid=integer(record, "NBR_VALID_ENTRIES"),
            last=integer(record, "LAST_ENTRY_ELEMENT"),
            sequence=integer(record, "LAST_ENTRY_SEQ_NBR"),
            sequence_bits=16,
        )
        name = "SELF_READS_ENTRIES"
        values = listed(record, name)
        entries, notes = valid_entries(status, len(values))
        for entry in entries:
            value = values[entry.position]
            if isinstance(value, Record):
                own = integer(value, "SELF_READ_SEQ_NBR")
                sequence = entry.sequence if own is None else own
                place = _Place(table=table, path=(name, entry.position), sequence=sequence, notes=notes)
                yield from self._frozen(value, place)

    def present(self, table: str, record: Record) -> Iterator[Row]:
        """Table 28."""
        name = "PRESENT_DEMAND"
        for i, value in records(listed(record, name)):
            source, notes = self._select(self._present, "ST27", "PRESENT_DEMAND_SELECT", i)
            place = _Place(table=table, path=(name, i, "DEMAND_VALUE"), notes=notes)
            row = self._row(place, source, value.get("DEMAND_VALUE"), "present demand", i)
            yield replace(row, interval=source.interval)
        name = "PRESENT_VALUE"
        for i, each in enumerate(listed(record, name)):
            source, notes = self._select(self._present, "ST27", "PRESENT_VALUE_SELECT", i)
            yield self._row(_Place(table=table, path=(name, i), notes=notes), source, each, "present value", i)

    def _frozen(self, record: Record, place: _Place) -> Iterator[Row]:
        """Registers with the record that says when they were frozen beside them."""
        about = record.get("REGISTER_INFO")
        about = about if isinstance(about, Record) else None
        recorded, notes = moment(None if about is None else about.get("END_DATE_TIME"))
        place = replace(place, recorded=recorded, season=integer(about, "SEASON"), notes=(*place.notes, *notes))
        for name, value in record.items():
            if isinstance(value, Record) and (_TOTAL in value or _TIERS in value):
                yield from self._data(value, replace(place, path=(*place.path, name)))

    def _data(self, record: Record, place: _Place) -> Iterator[Row]:
        resets = integer(record, "NBR_DEMAND_RESETS")
        if resets is not None:
            yield Row(
                quantity="demand resets",
                value=resets,
                unit="",
                kind="count",
                table=place.table,
                element=path_text((*place.path, "NBR_DEMAND_RESETS")),
                raw=resets,
                season=place.season,
                time=place.recorded,
                recorded=place.recorded,
                sequence=place.sequence,
                notes=place.notes,
            )
        total = record.get(_TOTAL)
        if isinstance(total, Record):
            yield from self._block(total, replace(place, path=(*place.path, _TOTAL)))
        for i, tier in records(listed(record, _TIERS)):
            yield from self._block(tier, replace(place, path=(*place.path, _TIERS, i), tier=i + 1))

    def _block(self, block: Record, place: _Place) -> Iterator[Row]:
        for i, value in enumerate(listed(block, "SUMMATIONS")):
            source, notes = self._select(self._selection, "ST22", "SUMMATION_SELECT", i)
            at = replace(place, path=(*place.path, "SUMMATIONS", i), notes=(*place.notes, *notes))
            yield replace(self._row(at, source, value, "summation", i), time=place.recorded)
        for i, demand in records(listed(block, "DEMANDS")):
            yield from self._demand(demand, i, replace(place, path=(*place.path, "DEMANDS", i)))
        for i, value in records(listed(block, "COINCIDENTS")):
            source, notes = self._select(self._selection, "ST22", "COINCIDENT_SELECT", i)
            name = "COINCIDENT_VALUES"
            for n, each in enumerate(listed(value, name)):
                time, odd = moment(self._coincident_time(block, i, n))
                path = (*place.path, "COINCIDENTS", i, name, n)
                at = replace(place, path=path, notes=(*place.notes, *notes, *odd))
                yield replace(self._row(at, source, each, "coincident", i), time=time, occurrence=n + 1)

    def _demand(self, demand: Record, i: int, place: _Place) -> Iterator[Row]:
        source, notes = self._select(self._selection, "ST22", "DEMAND_SELECT", i)
        place = replace(place, notes=(*place.notes, *notes))
        for name, kind in (
            ("CUM_DEMAND", "cumulative demand"),
            ("CONT_CUM_DEMAND", "continuous cumulative demand"),
        ):
            if name in demand:
                at = replace(place, path=(*place.path, name))
                row = self._row(at, source, demand[name], kind, i)
                yield replace(row, time=place.recorded, interval=source.interval)
        times = listed(demand, "EVENT_TIME")
        for n, value in enumerate(listed(demand, "DEMAND")):
            time, odd = moment(times[n] if n < len(times) else None)
            at = replace(place, path=(*place.path, "DEMAND", n), notes=(*place.notes, *odd))
            row = self._row(at, source, value, self._demand_kind(i), i)
            yield replace(row, time=time, occurrence=n + 1, interval=source.interval)

    def _demand_kind(self, i: int) -> str:
        maxima = None if self._selection is None else self._selection.get("MIN_OR_MAX_FLAGS")
        if not isinstance(maxima, Members):
            return "demand"
        return "maximum demand" if i in maxima else "minimum demand"

    def _coincident_time(self, block: Record, i: int, occurrence: int) -> object:
        """When the demand was reached that a coincident value belongs to."""
        associated = listed(self._selection, "COIN_DEMAND_ASSOC")
        demands = dict(records(listed(block, "DEMANDS")))
        which = associated[i] if i < len(associated) else None
        demand = demands.get(which) if isinstance(which, int) else None
        times = listed(demand, "EVENT_TIME")
        return times[occurrence] if occurrence < len(times) else None

    def _select(self, selection: Record | None, key: str, name: str, i: int) -> tuple[Source, tuple[str, ...]]:
        """The source that a register's position selects, and why it is not known if it is not."""
        if selection is None:
            return self._sources.find(None), (f"no source: {self._tables.missing(key)}",)
        return select(self._sources, listed(selection, name), i)

    def _row(self, place: _Place, source: Source, raw: object, kind: str, position: int) -> Row:
        made = engineering(source, raw)
        return Row(
            quantity=quantity_of(source, f"{kind} {position + 1}"),
            value=made.value,
            unit=made.unit,
            kind=kind,
            table=place.table,
            element=path_text(place.path),
            raw=raw,
            source=source.index,
            phase="" if source.measure is None else source.measure.phase,
            direction="" if source.measure is None else source.measure.direction,
            tier=place.tier,
            season=place.season,
            recorded=place.recorded,
            sequence=place.sequence,
            notes=tuple(dict.fromkeys((*place.notes, *made.notes))),
        )


def select(sources: Sources, selection: list[object], i: int) -> tuple[Source, tuple[str, ...]]:
    """The source that a position of a selection names."""
    selected = selection[i] if i < len(selection) else None
    if isinstance(selected, Record):
        selected = selected.get("SOURCE_INDEX")
    if isinstance(selected, int):
        return sources.find(int(selected)), ()
    return sources.find(None), ("no source: its selection has no index",)


def quantity_of(source: Source, otherwise: str) -> str:
    """What a source measures; without a unit, its index; without an index, what the value is."""
    if source.measure is not None:
        return source.measure.quantity
    return otherwise if source.index is None else f"source {source.index}"
