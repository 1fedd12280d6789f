# SPDX-License-Identifier: 0BSD
"""Tables for dates and times: what an octet means as a part of one, and which octet a part is written as.

A year of 0 is none: a `datetime` refuses it, and the explaining codec then keeps the octets.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = [
    "DECIMAL",
    "DIGITS",
    "DIGITS_OF_OCTETS",
    "EPOCH",
    "SHORT_YEARS",
    "SHORT_YEARS_OF_DIGITS",
    "TO_MINUTES",
    "TO_SECONDS",
    "YEARS",
    "YEARS_OF_DIGITS",
    "datetime",
    "pickled",
    "time",
    "timedelta",
]

EPOCH = datetime(1970, 1, 1)

DIGITS = tuple(int(str(number), 16) for number in range(100))
"""The octet of two decimal digits, by their number."""

DECIMAL = tuple(DIGITS.index(octet) if octet in DIGITS else 255 for octet in range(256))
"""The number of an octet's two decimal digits; 255, which is no part of a moment, if they are not decimal."""

YEARS = tuple((2000 if short < 90 else 1900) + short if short < 100 else 0 for short in range(256))
"""The year that two digits mean."""

YEARS_OF_DIGITS = tuple(YEARS[number] for number in DECIMAL)

SHORT_YEARS = (None,) * 1990 + tuple(year % 100 for year in range(1990, 2090))
"""The two digits of a year; None, which no octet is written of, where they would mean another one."""

SHORT_YEARS_OF_DIGITS = tuple(None if short is None else DIGITS[short] for short in SHORT_YEARS)

DIGITS_OF_OCTETS = bytes(DIGITS[octet] if octet < 100 else 0 for octet in range(256))
"""The octets of two decimal digits, by those of numbers below 100."""

# A datetime is pickled as ten octets: the year's two, month, day, hour, minute, second, and three of microseconds. To
# take these apart is faster than to ask for each attribute, which calls a function.
pickled: Any = datetime.__reduce__

TO_MINUTES = Struct(">H4sI")
"""Year, month to minute, and what a minute leaves."""

TO_SECONDS = Struct(">H5s3s")
"""Year, month to second, and what a second leaves."""
