# SPDX-License-Identifier: 0BSD
"""Tables for dates and times: what an octet means as a part of one, and which octet a part is written as.

A year of 0 is none: a `datetime` refuses it, and the explaining codec then keeps the octets.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

__all__ = [
    "DECIMAL",
    "DIGITS",
    "EPOCH",
    "SHORT_YEARS",
    "SHORT_YEARS_OF_DIGITS",
    "YEARS",
    "YEARS_OF_DIGITS",
    "datetime",
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

SHORT_YEARS = {year: year % 100 for year in range(1990, 2090)}

SHORT_YEARS_OF_DIGITS = {year: DIGITS[short] for year, short in SHORT_YEARS.items()}
