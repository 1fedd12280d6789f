"""The calendar of Table 54: which tier counts, and what happens on some days.

A calendar of zeros is none, and one is followed only where Table 55 says that it drives the tiers. What it says of
summer time is followed by the clock, whatever drives the tiers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tdl.codec.errors import DecodeError, EncodeError
from tdl.codec.values import Record
from tdl.readings.tables import listed
from tdl.systems.meter.dates import actions, falls_on
from tdl.systems.meter.elements import find, holder_of, number, put
from tdl.systems.meter.logs import Event, Logs
from tdl.systems.meter.resets import Resets
from tdl.systems.meter.tables import Tables

CALENDAR, STATE, ACTUAL = "ST54", "ST55", "ST51"

_SEASONS, _SPECIAL = range(3, 19), range(19, 31)
"""What CALENDAR_CTRL selects: seasons from 0 on, special schedules from 0 on."""

_WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
_NO_SPECIAL = 15
"""What Table 55 shows on a day without a special schedule."""

_DAY = 86_400

_REMEMBERED = 32
"""Days of which is known what happens on them; it is worked out anew for others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """A switch of tiers, at a second of its day; None for a tier that stays."""

    at: int
    sums: int | None
    demands: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What a day is in its season: its special schedule, if it has one, and its switches in their order."""

    special: int | None
    switches: tuple[Switch, ...]


class Calendar:
    """The calendar of a meter that has Tables 54 and 55."""

    def __init__(self, tables: Tables, logs: Logs, resets: Resets) -> None:
        self._tables, self._logs, self._resets = tables, logs, resets
        self._days: dict[tuple[bytes, int, date], Day] = {}

    def is_followed(self) -> bool:
        there = CALENDAR in self._tables and STATE in self._tables
        return there and any(self._tables.octets(CALENDAR)) and not number(self._tables.record(STATE), "TIER_DRIVE")

    def until_next(self, now: datetime) -> int:
        """Seconds until something may happen: a switch of today, or midnight."""
        since = int((now - datetime.combine(now.date(), datetime.min.time())).total_seconds())
        return min([_DAY, *(switch.at for switch in self._day(now.date()).switches if switch.at > since)]) - since

    def follow(self, before: datetime, now: datetime) -> None:
        """Do what the step to this moment asks for: the actions of a day that begins, and then the tier's switch."""
        try:
            if now.date() > before.date():
                self._begin_day(now.date())
            self._switch(now)
        except (DecodeError, EncodeError):
            return  # a fragment has made something else of the tables

    # --- days --------------------------------------------------------------------------------------------------

    def _actions(self, day: date) -> Iterator[Record]:
        """The actions of a day."""
        record = self._tables.record(CALENDAR)
        anchor = find(record, "ANCHOR_DATE")
        return (action for when, action in actions(record) if falls_on(when, day, anchor))

    def _begin_day(self, day: date) -> None:
        actual = self._tables.record(ACTUAL)
        for action in list(self._actions(day)):
            control = number(action, "CALENDAR_CTRL")
            season = control in _SEASONS
            if find(action, "SELF_READ_FLAG") or (season and find(actual, "SEASON_SELF_READ_FLAG")):
                self._resets.self_read()
            if find(action, "DEMAND_RESET_FLAG") or (season and find(actual, "SEASON_DEMAND_RESET_FLAG")):
                self._resets.demand_reset()
            if season:
                self._resets.season_change(control - _SEASONS.start)

    # --- tiers -------------------------------------------------------------------------------------------------

    def _day(self, day: date) -> Day:
        """What a day is, by the calendar and in the season of this moment."""
        season = number(self._tables.record(STATE), "SEASON")
        about = self._tables.octets(CALENDAR), season, day
        if about not in self._days:
            if len(self._days) >= _REMEMBERED:
                self._days.clear()
            special = self._special(day)
            self._days[about] = Day(special=special, switches=self._switches(self._schedule(day, season, special)))
        return self._days[about]

    def _special(self, day: date) -> int | None:
        codes = (number(action, "CALENDAR_CTRL") for action in self._actions(day))
        return next((code - _SPECIAL.start for code in codes if code in _SPECIAL), None)

    def _schedule(self, day: date, season: int, which: int | None) -> int | None:
        """The number of a day's schedule."""
        seasons = listed(self._tables.record(CALENDAR), "DAILY_SCHEDULE_ID_MATRIX")
        row = seasons[season] if season < len(seasons) else None
        special = find(row, "SPECIAL_SCHEDULE")
        if which is not None and isinstance(special, list) and which < len(special):
            return int(special[which])
        weekday = f"{_WEEKDAYS[day.weekday()]}_SCHEDULE"
        found = find(row, weekday if holder_of(row, weekday) is not None else "WEEKDAY_SCHEDULE")
        return int(found) if isinstance(found, int) else None

    def _switches(self, schedule: int | None) -> tuple[Switch, ...]:
        found = []
        for entry in listed(self._tables.record(CALENDAR), "TIER_SWITCHES"):
            switch = find(entry, "TIER_SWITCH")
            hour, minute, tier = (number(switch, name) for name in ("SWITCH_HOUR", "SWITCH_MIN", "NEW_TIER"))
            if isinstance(switch, Record) and find(entry, "DAY_SCH_NUM") == schedule and hour < 24 and minute < 60:
                both = (find(switch, name) in (None, True) for name in ("SUMMATION_SWITCH_FLAG", "DEMANDS_SWITCH_FLAG"))
                sums, demands = (tier if switched else None for switched in both)
                found.append(Switch(at=3600 * hour + 60 * minute, sums=sums, demands=demands))
        return tuple(sorted(found, key=lambda each: each.at))

    def _switch(self, now: datetime) -> None:
        """Bring Table 55 to the tiers that the last switches before this moment have set."""
        since, today = 3600 * now.hour + 60 * now.minute + now.second, self._day(now.date())
        before = self._day(now.date() - timedelta(days=1))
        sums = demands = None
        for switch in (*before.switches, *(switch for switch in today.switches if switch.at <= since)):
            sums = sums if switch.sums is None else switch.sums
            demands = demands if switch.demands is None else switch.demands
        if self._show({"CURR_TIER": sums, "CURR_SUMM_TIER": sums, "CURR_DEMAND_TIER": demands}):
            self._logs.log(Event.TIER_SWITCHED)
        shown = _NO_SPECIAL if today.special is None else today.special
        if self._show({"SPECIAL_SCHD_ACTIVE": shown}) and today.special is not None:
            self._logs.log(Event.SPECIAL_SCHEDULE)

    def _show(self, shown: Mapping[str, int | None]) -> bool:
        """Put numbers into Table 55 where it has elements for them; whether that changes any."""
        held = self._tables.record(STATE)
        changed = {
            name: value for name, value in shown.items() if value is not None and find(held, name) not in (None, value)
        }
        record = self._tables.change(STATE) if changed else None
        for name, value in changed.items():
            holder = holder_of(record, name)
            if holder is not None:
                put(holder, name, value)
        return bool(changed)
