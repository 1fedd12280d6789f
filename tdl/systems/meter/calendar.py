"""The calendar of Table 54: which tier counts, and what happens on some days.

Understood are days of their own, and days that come again in a month, in every month or every week; other codes of
days that come again are left aside. A calendar of zeros is none, and one is followed only where Table 55 says that it
drives the tiers.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from tdl.codec.errors import DecodeError, EncodeError
from tdl.codec.values import Record, RecurringDate
from tdl.readings.tables import listed
from tdl.systems.meter.elements import find, holder_of, number, put
from tdl.systems.meter.logs import Event, Logs
from tdl.systems.meter.resets import Resets
from tdl.systems.meter.tables import Tables

CALENDAR, STATE, ACTUAL = "ST54", "ST55", "ST51"

_SEASONS, _SPECIAL = range(3, 19), range(19, 31)
"""What CALENDAR_CTRL selects: seasons from 0 on, special schedules from 0 on."""

_WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
_ANY_MONTH, _WEEKLY = 13, 14
_DAY = 86_400


class Calendar:
    """The calendar of a meter that has Tables 54 and 55."""

    def __init__(self, tables: Tables, logs: Logs, resets: Resets) -> None:
        self._tables, self._logs, self._resets = tables, logs, resets

    def is_followed(self) -> bool:
        there = CALENDAR in self._tables and STATE in self._tables
        return there and any(self._tables.octets(CALENDAR)) and not number(self._tables.record(STATE), "TIER_DRIVE")

    def until_next(self, now: datetime) -> int:
        """Seconds until something may happen: a switch of today, or midnight."""
        since = int((now - datetime.combine(now.date(), datetime.min.time())).total_seconds())
        return min([_DAY, *(at for at, _ in self._switches(now.date()) if at > since)]) - since

    def follow(self, now: datetime) -> None:
        """Do what this moment asks for: at midnight the day's actions, and then the tier's switch."""
        try:
            if not (now.hour or now.minute or now.second):
                self._begin_day(now.date())
            self._switch(now)
        except (DecodeError, EncodeError):
            return  # a fragment has made something else of the tables

    # --- days --------------------------------------------------------------------------------------------------

    def _actions(self, day: date) -> Iterator[Record]:
        """The actions of a day."""
        record = self._tables.record(CALENDAR)
        for name in ("NON_RECURR_DATES", "RECURR_DATES"):
            for entry in listed(record, name):
                when = find(entry, name.removesuffix("S"))
                action = find(entry, "CALENDAR_ACTION")
                if isinstance(action, Record) and (when == day or _comes_again(when, day)):
                    yield action

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

    def _schedule(self, day: date) -> int | None:
        """The number of a day's schedule."""
        record = self._tables.record(CALENDAR)
        seasons = listed(record, "DAILY_SCHEDULE_ID_MATRIX")
        season = number(self._tables.record(STATE), "SEASON")
        row = seasons[season] if season < len(seasons) else None
        special = find(row, "SPECIAL_SCHEDULE")
        for action in self._actions(day):
            which = number(action, "CALENDAR_CTRL") - _SPECIAL.start
            if which in range(len(_SPECIAL)) and isinstance(special, list) and which < len(special):
                return int(special[which])
        weekday = f"{_WEEKDAYS[day.weekday()]}_SCHEDULE"
        found = find(row, weekday if holder_of(row, weekday) is not None else "WEEKDAY_SCHEDULE")
        return int(found) if isinstance(found, int) else None

    def _switches(self, day: date) -> list[tuple[int, Record]]:
        """The switches of a day, by their seconds in it."""
        schedule, found = self._schedule(day), []
        for entry in listed(self._tables.record(CALENDAR), "TIER_SWITCHES"):
            switch = find(entry, "TIER_SWITCH")
            hour, minute = number(switch, "SWITCH_HOUR"), number(switch, "SWITCH_MIN")
            if isinstance(switch, Record) and find(entry, "DAY_SCH_NUM") == schedule and hour < 24 and minute < 60:
                found.append((3600 * hour + 60 * minute, switch))
        return sorted(found, key=lambda each: each[0])

    def _switch(self, now: datetime) -> None:
        """Bring Table 55 to the tiers that the last switches before this moment have set."""
        since = 3600 * now.hour + 60 * now.minute + now.second
        today = [switch for at, switch in self._switches(now.date()) if at <= since]
        before = [switch for _, switch in self._switches(now.date() - timedelta(days=1))]
        sums = demands = None
        for switch in (*before, *today):
            tier = number(switch, "NEW_TIER")
            sums = tier if find(switch, "SUMMATION_SWITCH_FLAG") in (None, True) else sums
            demands = tier if find(switch, "DEMANDS_SWITCH_FLAG") in (None, True) else demands
        shown = {"CURR_TIER": sums, "CURR_SUMM_TIER": sums, "CURR_DEMAND_TIER": demands}
        held = self._tables.record(STATE)
        changed = {
            name: tier for name, tier in shown.items() if tier is not None and find(held, name) not in (None, tier)
        }
        if changed:
            record = self._tables.change(STATE)
            for name, tier in changed.items():
                holder = holder_of(record, name)
                if holder is not None:
                    put(holder, name, tier)
            self._logs.log(Event.TIER_SWITCHED)


def _comes_again(code: object, day: date) -> bool:
    """Whether a day is one of those that come again."""
    if not isinstance(code, RecurringDate):
        return False
    if code.month == _WEEKLY:
        return code.weekday == day.isoweekday() % 7
    return code.month in (day.month, _ANY_MONTH) and code.offset == 0 and code.day == day.day
