"""Load profile: Tables 64 to 67, with the selections of Table 62 and what Table 63 says is valid.

The time of an interval is that of its end, counted back from BLK_END_TIME in steps of MAX_INT_TIME (Table 61). Where
the newest block is still filling, BLK_END_TIME is taken as the end of its last valid interval; no public source says
so, but a block whose end is to come would otherwise hold intervals of the future.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tdl.codec.errors import path_text
from tdl.codec.values import Members, Record
from tdl.ir import model
from tdl.readings.codes import find_code
from tdl.readings.lists import Entry, Status, valid_entries
from tdl.readings.registers import quantity_of, select
from tdl.readings.row import Row
from tdl.readings.sources import PULSES, Source, Sources, engineering
from tdl.readings.tables import Tables, integer, listed, moment, records

_NO_SOURCE = 0xFF
_STATUS_CODES = "CHANNEL_STATUS_ENUM"
_COMMON = {
    "COMMON_DST_FLAG": "daylight saving time",
    "COMMON_POWER_FAIL_FLAG": "power failure",
    "COMMON_CLOCK_SET_FWD_FLAG": "clock set forward",
    "COMMON_CLOCK_SET_BKWD_FLAG": "clock set backward",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Channel:
    """One channel of a set: its source and what makes its raw values engineering values."""

    number: int
    source: Source
    ratio: tuple[int, int] | None
    end_source: Source | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Set:
    """What the other tables say of one of the four sets."""

    number: int
    channels: tuple[_Channel, ...]
    minutes: int | None
    status: Status | None
    newest_first: bool
    valid_intervals: int | None
    notes: tuple[str, ...]


class LoadProfile:
    """The rows of the load profile tables."""

    def __init__(self, tables: Tables, sources: Sources, definition: model.Definition) -> None:
        self._tables, self._sources, self._definition = tables, sources, definition

    def rows(self, table: str, record: Record, number: int) -> Iterator[Row]:
        """One set: the oldest block first; in each the intervals, then what the registers were at its end."""
        name = next((name for name, value in record.items() if isinstance(value, list)), "")
        blocks = listed(record, name)
        settings = self._set(number, _channels_in(blocks))
        entries, notes = valid_entries(settings.status or Status(), len(blocks))
        settings = replace(settings, notes=(*settings.notes, *notes))
        for entry in entries:
            block = blocks[entry.position]
            if isinstance(block, Record) and settings.channels:
                yield from self._block(table, block, (name, entry.position), settings, entry)

    # --- what the other tables say -----------------------------------------------------------------------------

    def _set(self, number: int, channels: int) -> _Set:
        notes = []
        held = self._tables.record("ST63")
        header = None if held is None else held.get(f"LP_STATUS_SET{number}")
        status, flags, valid = None, None, None
        if isinstance(header, Record):
            flags, valid = header.get("LP_SET_STATUS_FLAGS"), integer(header, "NBR_VALID_INT")
            status = Status(
                descending=isinstance(flags, Record) and flags.get("ORDER") == 1,
                valid=integer(header, "NBR_VALID_BLOCKS"),
                last=integer(header, "LAST_BLOCK_ELEMENT"),
                sequence=integer(header, "LAST_BLOCK_SEQ_NBR"),
            )
        else:
            why = self._tables.missing("ST63") if held is None else f"Table 63 has no set {number}"
            notes.append(f"all blocks taken as valid and oldest first: {why}")
        minutes = self._tables.number("ST61", f"MAX_INT_TIME_SET{number}")
        return _Set(
            number=number,
            channels=tuple(self._channel(number, i) for i in range(channels)),
            minutes=minutes or None,
            status=status,
            newest_first=isinstance(flags, Record) and flags.get("INTERVAL_ORDER") == 1,
            valid_intervals=valid,
            notes=tuple(notes),
        )

    def _channel(self, number: int, i: int) -> _Channel:
        control = self._tables.record("ST62")
        if control is None:
            nothing = self._sources.find(None)
            why = f"no source: {self._tables.missing('ST62')}"
            return _Channel(number=i + 1, source=nothing, ratio=None, end_source=nothing, notes=(why,))
        selections = dict(records(listed(control, f"LP_SEL_SET{number}")))
        selection = selections.get(i, Record())
        source, notes = select(self._sources, [selection.get("LP_SOURCE_SELECT")], 0)
        scalars = listed(control, f"SCALARS_SET{number}")
        divisors = listed(control, f"DIVISOR_SET{number}") or listed(control, f"DIVISORS_SET{number}")
        pair = (scalars[i], divisors[i]) if i < min(len(scalars), len(divisors)) else (None, None)
        scalar, divisor = pair
        return _Channel(
            number=i + 1,
            source=source,
            ratio=(int(scalar), int(divisor)) if isinstance(scalar, int) and isinstance(divisor, int) else None,
            end_source=self._end_source(selection),
            notes=notes,
        )

    def _end_source(self, selection: Record) -> Source | None:
        """The source of a channel's end readings; None if it is said to have none."""
        flags = selection.get("CHNL_FLAG")
        if isinstance(flags, Record) and flags.get("END_RDG_FLAG") is False:
            return None
        source, _ = select(self._sources, [selection.get("END_BLK_RDG_SOURCE_SELECT")], 0)
        return None if source.index == _NO_SOURCE else source

    # --- blocks ------------------------------------------------------------------------------------------------

    def _block(
        self, table: str, block: Record, path: tuple[str | int, ...], settings: _Set, entry: Entry
    ) -> Iterator[Row]:
        end, odd = moment(block.get("BLK_END_TIME"))
        intervals = listed(block, "LP_INT")
        recorded = block.get("SIMPLE_INT_STATUS")
        recorded = recorded if isinstance(recorded, Members) else None
        positions, notes = _valid_intervals(settings, entry, len(intervals), recorded)
        base = Row(
            quantity="", value=None, unit="", kind="interval", table=table, element="", raw=None,
            sequence=entry.sequence, interval=settings.minutes, notes=(*settings.notes, *odd, *notes),
        )  # fmt: skip
        for position in positions:
            interval, age = intervals[position], abs(positions[-1] - position)
            if not isinstance(interval, Record):
                continue
            missed = () if recorded is None or position in recorded else ("not recorded",)
            at = replace(base, time=_before(end, age, settings.minutes))
            yield from self._interval(interval, (*path, "LP_INT", position), settings, at, missed)
        yield from self._end_readings(block, path, settings, replace(base, time=end))

    def _interval(
        self,
        interval: Record,
        path: tuple[str | int, ...],
        settings: _Set,
        base: Row,
        missed: tuple[str, ...],
    ) -> Iterator[Row]:
        statuses = [each for _, each in records(listed(interval, "EXTENDED_INT_STATUS"))]
        data = listed(interval, "INT_DATA")
        for channel, item in zip(settings.channels, data, strict=False):
            nested = isinstance(item, Record)
            raw = item.get("ITEM") if isinstance(item, Record) else item
            place = (*path, "INT_DATA", channel.number - 1, *(("ITEM",) if nested else ()))
            status = (*missed, *self._status(statuses, channel.number))
            yield _filled(base, channel.source, raw, place, channel, status=status, ratio=channel.ratio)

    def _status(self, statuses: list[Record], channel: int) -> Iterator[str]:
        """Octet 0 holds what concerns all channels and channel 1; octet k after it channels 2k and 2k + 1.

        The edition of 1997 has no names of its own in octet 0: what concerns all is its upper nibble.
        """
        octet = statuses[channel // 2] if channel // 2 < len(statuses) else None
        code = integer(octet, "CHANNEL_STATUS_EVEN" if channel % 2 == 0 else "CHANNEL_STATUS_ODD")
        if channel == 1 and code is None:
            code = integer(octet, "CHANNEL_STATUS_1")
        if code:
            found = find_code(self._definition, _STATUS_CODES, code)
            yield found.label if found is not None and found.label else f"status {code}"
        if statuses:
            nibble = integer(statuses[0], "CHANNEL_STATUS_EVEN") or 0
            for bit, (name, text) in enumerate(_COMMON.items()):
                if statuses[0].get(name, nibble >> bit & 1):
                    yield text

    def _end_readings(self, block: Record, path: tuple[str | int, ...], settings: _Set, base: Row) -> Iterator[Row]:
        block_only = self._tables.number("ST61", "LP_FLAGS", "BLK_END_RD_INDICATOR_FLAG")
        notes = (*base.notes, *(("counts over its block only",) if block_only else ()))
        base = replace(base, interval=None, notes=notes)
        readings = dict(records(listed(block, "END_READINGS")))
        for channel in settings.channels:
            reading = readings.get(channel.number - 1, Record())
            place = (*path, "END_READINGS", channel.number - 1)
            if "BLOCK_END_READ" in reading and channel.end_source is not None:
                at = replace(base, kind="end reading")
                path_ = (*place, "BLOCK_END_READ")
                yield _filled(at, channel.end_source, reading["BLOCK_END_READ"], path_, channel)
            if "BLOCK_END_PULSE" in reading:
                at = replace(base, kind="end pulses")
                row = _filled(at, channel.source, reading["BLOCK_END_PULSE"], (*place, "BLOCK_END_PULSE"), channel)
                yield replace(row, value=integer(reading, "BLOCK_END_PULSE"), unit=PULSES, notes=notes)


def _filled(
    base: Row,
    source: Source,
    raw: object,
    path: tuple[str | int, ...],
    channel: _Channel,
    *,
    status: tuple[str, ...] = (),
    ratio: tuple[int, int] | None = None,
) -> Row:
    made = engineering(source, raw, ratio)
    return replace(
        base,
        quantity=quantity_of(source, f"channel {channel.number}"),
        value=made.value,
        unit=made.unit,
        element=path_text(path),
        raw=raw,
        source=source.index,
        phase="" if source.measure is None else source.measure.phase,
        direction="" if source.measure is None else source.measure.direction,
        status=status,
        notes=tuple(dict.fromkeys((*base.notes, *channel.notes, *made.notes))),
    )


def _channels_in(blocks: list[object]) -> int:
    """How many channels the blocks have."""
    for _, block in records(blocks):
        for _, interval in records(listed(block, "LP_INT")):
            return len(listed(interval, "INT_DATA"))
        return len(listed(block, "END_READINGS"))
    return 0


def _valid_intervals(
    settings: _Set, entry: Entry, capacity: int, recorded: Members | None
) -> tuple[list[int], tuple[str, ...]]:
    """The positions of the valid intervals of a block, oldest first.

    The newest block has as many as Table 63 says. Without that table, SIMPLE_INT_STATUS is the only word on them.
    """
    notes: tuple[str, ...] = ()
    positions = list(range(capacity))
    if settings.status is None:
        if recorded is not None:
            positions = [position for position in positions if position in recorded]
    elif entry.newest and settings.valid_intervals is not None:
        if settings.valid_intervals > capacity:
            notes = (f"Table 63 says {settings.valid_intervals} intervals are valid, a block has {capacity}",)
        positions = positions[: settings.valid_intervals]
    return positions[::-1] if settings.newest_first else positions, notes


def _before(end: datetime | None, intervals: int, minutes: int | None) -> datetime | None:
    """The end of an interval so many intervals before the end of the block."""
    if end is None or minutes is None:
        return None
    try:
        return end - timedelta(minutes=minutes * intervals)
    except OverflowError:  # an interval length from outside can be anything
        return None
