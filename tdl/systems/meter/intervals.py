"""The load profile (Tables 61 to 67): intervals that fill blocks, and blocks that go round."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from tdl.codec.errors import DecodeError, EncodeError
from tdl.codec.values import Members, Record
from tdl.readings.tables import listed
from tdl.systems.meter import rings
from tdl.systems.meter.clock import EPOCH
from tdl.systems.meter.elements import find, number, put, selected, set_flag, stamp
from tdl.systems.meter.lists import Listing, listing
from tdl.systems.meter.registers import Registers
from tdl.systems.meter.sources import Scales
from tdl.systems.meter.tables import Tables

ACTUAL, CONTROL, STATUS = "ST61", "ST62", "ST63"
SETS = (1, 2, 3, 4)

_FORMATS = {1: (0, 8), 2: (0, 16), 4: (0, 32), 8: (1, 7), 16: (1, 15), 32: (1, 31)}
"""For codes of formats of intervals: whether they have a sign, and the bits of the number."""

_ACTIVE = "ACTIVE_MODE_FLAG"

_NO_SOURCE = 0xFF
SUMMER, FORWARD, BACKWARD = 1, 4, 8
"""What holds of an interval for all its channels: it was summer time, or the clock was set."""

_COMMON = {"COMMON_DST_FLAG": SUMMER, "COMMON_CLOCK_SET_FWD_FLAG": FORWARD, "COMMON_CLOCK_SET_BKWD_FLAG": BACKWARD}

_OVERFLOW, _PARTIAL, _LONG, _SKIPPED = 1, 2, 3, 4
"""What the status of a channel says of an interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One channel of a set.

    Attributes:
        source, end: the sources of its intervals and of its end readings, if any.
        scalar, divisor: what makes an interval's number a value of its source.
    """

    source: int | None
    end: int | None
    scalar: int = 1
    divisor: int = 1


class Intervals:
    """The load profile of a meter."""

    def __init__(self, tables: Tables, scales: Scales, registers: Registers) -> None:
        self._tables, self._scales, self._registers = tables, scales, registers

    def sets(self) -> Iterator[tuple[int, int]]:
        """The sets that are metered, with the minutes of their intervals."""
        actual = self._tables.record(ACTUAL)
        for number_ in SETS:
            minutes = number(actual, f"MAX_INT_TIME_SET{number_}")
            there = isinstance(find(self._tables.record(STATUS), f"LP_STATUS_SET{number_}"), Record)
            if minutes and there and f"ST{63 + number_}" in self._tables:
                yield number_, minutes

    def sources(self) -> set[int]:
        channels = [channel for which, _ in self.sets() for channel in self.channels(which)]
        found = {source for channel in channels for source in (channel.source, channel.end)}
        return {source for source in found if source is not None}

    def channels(self, which: int) -> list[Channel]:
        control = self._tables.record(CONTROL)
        scalars = listed(control, f"SCALARS_SET{which}")
        divisors = listed(control, f"DIVISOR_SET{which}") or listed(control, f"DIVISORS_SET{which}")
        made = []
        for i, each in enumerate(listed(control, f"LP_SEL_SET{which}")):
            if isinstance(each, Record):
                end = selected(each.get("END_BLK_RDG_SOURCE_SELECT"))
                made.append(
                    Channel(
                        source=selected(each.get("LP_SOURCE_SELECT")),
                        end=None if end == _NO_SOURCE else end,
                        scalar=_at(scalars, i),
                        divisor=_at(divisors, i),
                    )
                )
        return made

    def end(self, which: int, sums: dict[int, int], seconds: int, due: int, now: datetime, common: int) -> None:
        """End an interval of a set.

        Args:
            sums: for each source its values over the interval.
            seconds, due: how long it was, and should have been; 0 for one that was skipped.
            now: the meter's time, which is that of its end.
            common: what holds of it for all channels.
        """
        tables, key = self._tables, f"ST{63 + which}"
        header = find(tables.change(STATUS), f"LP_STATUS_SET{which}")
        blocks = tables.listing(key)
        inner = None if blocks is None else listing(blocks.entry)
        if blocks is None or inner is None or not isinstance(header, Record) or not inner.count:
            return
        octets = tables.octets(key)
        valid = number(header, "NBR_VALID_INT")
        if not number(header, "NBR_VALID_BLOCKS") or valid >= inner.count:
            if rings.append(header, rings.BLOCKS, blocks.count, tables.definition.table(STATUS)) is None:
                return
            valid = 0
            octets = blocks.with_octets(octets, number(header, "LAST_BLOCK_ELEMENT"), bytes(blocks.size))
        position = number(header, "LAST_BLOCK_ELEMENT")
        if position >= blocks.count:
            return
        newest_first = number(header, "INTERVAL_ORDER") == 1
        block = blocks.octets_at(octets, position)
        if newest_first:  # those before it move up by one
            start, size = inner.start, inner.size
            block = block[:start] + bytes(size) + block[start : start + size * (inner.count - 1)]
        slot = 0 if newest_first else valid
        try:
            head = inner.head(block)
            self._head(head, inner, which, slot, now, newest_first, bool(seconds))
            interval = inner.at(block, slot)
            self._fill(interval, which, sums, seconds, due, common)
            block = inner.with_entry(inner.with_head(block, head), slot, interval)
        except (DecodeError, EncodeError):
            return  # a fragment has made something else of the blocks
        tables.write(key, blocks.with_octets(octets, position, block))
        header["NBR_VALID_INT"] = valid + 1
        set_flag(header, _ACTIVE, True)

    def activate(self, which: int, active: bool) -> None:
        """Say whether a set is recorded."""
        header = find(self._tables.change(STATUS), f"LP_STATUS_SET{which}")
        if isinstance(header, Record):
            set_flag(header, _ACTIVE, active)

    def skip(self, which: int, minutes: int, since: datetime, now: datetime) -> None:
        """Fill the block that is open with intervals that were not recorded: later ones then have their right times."""
        period = timedelta(minutes=minutes)
        end = since - (since - EPOCH) % period + period
        while end <= now and self._is_open(which):
            self.end(which, {}, 0, 60 * minutes, end, 0)
            end += period

    def _is_open(self, which: int) -> bool:
        """Whether the last block has some intervals and room for more."""
        blocks = self._tables.listing(f"ST{63 + which}")
        inner = None if blocks is None else listing(blocks.entry)
        valid = number(find(self._tables.record(STATUS), f"LP_STATUS_SET{which}"), "NBR_VALID_INT")
        return inner is not None and 0 < valid < inner.count

    def _head(
        self, head: Record, inner: Listing, which: int, slot: int, now: datetime, shifted: bool, recorded: bool
    ) -> None:
        """What stands before the intervals of a block."""
        if "BLK_END_TIME" in head:
            head["BLK_END_TIME"] = stamp(inner.header, "BLK_END_TIME", head["BLK_END_TIME"], now)
        held = head.get("SIMPLE_INT_STATUS")
        if isinstance(held, Members):
            before = (member + 1 for member in held) if shifted else iter(held)
            there = {member for member in (*before, *([slot] if recorded else [])) if member < inner.count}
            head["SIMPLE_INT_STATUS"] = Members.of(there, len(held.octets))
        totals = self._tables.state.totals
        readings = listed(head, "END_READINGS")
        for channel, reading in zip(self.channels(which), readings, strict=False):
            if not isinstance(reading, Record):
                continue
            if "BLOCK_END_READ" in reading and channel.end is not None:
                counted = self._scales.find(channel.end).count(totals.get(str(channel.end), 0))
                counted %= int(10 ** self._registers.digits(1))
                reading["BLOCK_END_READ"] = _number(reading["BLOCK_END_READ"], counted)
            if "BLOCK_END_PULSE" in reading and channel.source is not None:
                counted = self._scales.find(channel.source).count(totals.get(str(channel.source), 0))
                reading["BLOCK_END_PULSE"] = counted * channel.divisor // channel.scalar % (1 << 32)

    def _fill(self, interval: Record, which: int, sums: dict[int, int], seconds: int, due: int, common: int) -> None:
        """The numbers and statuses of one interval."""
        data, statuses = listed(interval, "INT_DATA"), listed(interval, "EXTENDED_INT_STATUS")
        _set_common(statuses, common)
        usual = _SKIPPED if not seconds else _PARTIAL if seconds < due else _LONG if seconds > due else 0
        most = self._most(which)
        for i, channel in enumerate(self.channels(which)[: len(data)]):
            raw, status = 0, usual
            if channel.source is not None:
                scale, total = self._scales.find(channel.source), sums.get(channel.source, 0)
                value = total * channel.divisor
                raw = (scale.count(value) if scale.bulk else scale.mean(value, seconds)) // channel.scalar
            if raw > most:
                raw, status = most, _OVERFLOW
            item = data[i]
            if isinstance(item, Record):
                item["ITEM"] = _number(item.get("ITEM"), raw)
            else:
                data[i] = _number(item, raw)
            _set_status(statuses, i + 1, status)

    def _most(self, which: int) -> int:
        code = number(self._tables.record(CONTROL), f"INT_FMT_CDE{which}")
        if code in _FORMATS:
            return int((1 << _FORMATS[code][1]) - 1)
        return int(10 ** self._registers.digits(2 if code == 128 else 1) - 1)


def _at(values: list[object], i: int) -> int:
    value = values[i] if i < len(values) else 1
    return value if isinstance(value, int) and value else 1


def _number(before: object, value: int) -> object:
    return float(value) if isinstance(before, float) else Decimal(value) if isinstance(before, Decimal) else value


def _set_status(statuses: list[object], channel: int, status: int) -> None:
    """Octet 0 has channel 1; octet k after it has channels 2k and 2k + 1."""
    holder = statuses[channel // 2] if channel // 2 < len(statuses) else None
    if isinstance(holder, Record):
        name = "CHANNEL_STATUS_EVEN" if channel % 2 == 0 else "CHANNEL_STATUS_ODD"
        if channel == 1 and "CHANNEL_STATUS_1" in holder:
            name = "CHANNEL_STATUS_1"
        if name in holder:
            holder[name] = status


def _set_common(statuses: list[object], common: int) -> None:
    """What all channels share stands above the first one in octet 0; documents have it as flags or as one number."""
    first = statuses[0] if statuses else None
    if isinstance(first, Record):
        put(first, "CHANNEL_STATUS_EVEN", common)
        for name, flag in _COMMON.items():
            put(first, name, bool(common & flag))
