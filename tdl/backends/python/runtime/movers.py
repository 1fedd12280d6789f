# SPDX-License-Identifier: 0BSD
"""How the octets of an arm are read and written: see `tdl.backends.python.runtime.arms`, which imports this late."""

from __future__ import annotations

from tdl.backends.python.runtime.calendar import (
    DAYS,
    DAYS_OF_DIGITS,
    DECIMAL,
    MINUTES,
    MINUTES_OF_DIGITS,
    TIMES,
    TIMES_OF_DIGITS,
    YEARS,
    YEARS_OF_DIGITS,
    datetime,
    moment,
)
from tdl.codec.moments import read_moment, write_moment
from tdl.codec.octets import (
    read_bcd_number,
    read_char_number,
    read_decimal,
    read_float,
    read_int,
    read_uint,
    write_bcd_number,
    write_char_number,
    write_decimal,
    write_float,
    write_int,
    write_uint,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from tdl.backends.python.runtime.arms import Arm, Reader, Writer


def reader_of(arm: Arm, big: bool, form: int) -> Reader:
    """What makes a value of octets."""
    kind, variant, _, decimals = arm
    match kind:
        case "uint":
            return lambda raw: read_uint(raw, big)
        case "int" if decimals:
            return lambda raw: read_decimal(raw, big, form, decimals)
        case "int":
            return lambda raw: read_int(raw, big, form)
        case "float":
            return lambda raw: read_float(raw, big)
        case "FLOAT_CHAR":
            return read_char_number
        case "FIXED_BCD":
            return read_bcd_number
        case "STIME_DATE" if variant in (1, 2):
            return _minutes_reader(variant)
        case "LTIME_DATE" | "TIME_DATE" if variant in (1, 2):
            return _moment_reader(kind, variant)
        case _:
            return lambda raw: read_moment(kind, variant, raw, big)


def _moment_reader(kind: str, variant: int) -> Reader:
    """The reader of a date and time that has an octet for each part, none of which is smaller than a second."""
    years, decimal = (YEARS_OF_DIGITS, DECIMAL.__getitem__) if variant == 1 else (YEARS, None)

    def read(raw: bytes) -> Any:
        try:
            year, *others = raw
            return datetime(years[year], *(others if decimal is None else map(decimal, others)))
        except ValueError:
            return read_moment(kind, variant, raw, False)

    return read


def _minutes_reader(variant: int) -> Reader:
    """The reader of a date and time to the minute, with an octet for each part."""
    days, times = (DAYS_OF_DIGITS, TIMES_OF_DIGITS) if variant == 1 else (DAYS, TIMES)

    def read(raw: bytes) -> Any:
        year, month, day, hour, minute = raw
        try:
            return days[year][month][day] + times[hour][minute]
        except (IndexError, TypeError):
            return moment("STIME_DATE", variant, year, month, day, hour, minute)

    return read


def _minutes_writer(variant: int) -> Writer:
    """What writes a date and time as `_minutes_reader` reads it. What is no such value is for the explaining codec."""
    known = MINUTES_OF_DIGITS if variant == 1 else MINUTES

    def write(value: Any) -> bytes:
        octets: bytes = (
            known[value] if value.__class__ is datetime else write_moment("STIME_DATE", variant, value, False)
        )
        return octets

    return write


def writer_of(arm: Arm, big: bool, form: int) -> Writer:
    """What makes octets of a value."""
    kind, variant, octets, decimals = arm
    match kind:
        case "uint":
            return lambda value: write_uint(value, octets, big)
        case "int" if decimals:
            return lambda value: write_decimal(value, octets, big, form, decimals)
        case "int":
            return lambda value: write_int(value, octets, big, form)
        case "float":
            return lambda value: write_float(value, octets, big)
        case "FLOAT_CHAR":
            return lambda value: write_char_number(value, octets)
        case "FIXED_BCD":
            return lambda value: write_bcd_number(value, octets)
        case "STIME_DATE" if variant in (1, 2):
            return _minutes_writer(variant)
        case _:
            return lambda value: write_moment(kind, variant, value, big)
