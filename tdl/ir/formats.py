# SPDX-License-Identifier: 0BSD
"""What Table 0's format selectors choose: the layouts behind NI_FMAT1, NI_FMAT2 and the date and time types.

The one place for sizes that open points of the standard may change; the compiler and every codec read it.
"""

from __future__ import annotations

GENERAL_CONFIGURATION = "GEN_CONFIG_TBL"
"""The name of Table 0 where a definition does not declare it."""

SELECTOR_RANGES: dict[str, tuple[int, int]] = {
    "DATA_ORDER": (0, 1),
    "CHAR_FORMAT": (0, 7),
    "INT_FORMAT": (0, 3),
    "TM_FORMAT": (0, 7),
    "NI_FORMAT1": (0, 15),
    "NI_FORMAT2": (0, 15),
}
"""The elements of Table 0 that built-in types depend on, and what their bits can hold."""

NI_FORMATS: tuple[tuple[str, int, int], ...] = (
    ("float", 8, 0),
    ("float", 4, 0),
    ("FLOAT_CHAR", 12, 0),
    ("FLOAT_CHAR", 6, 0),
    ("int", 4, 4),
    ("FIXED_BCD", 6, 0),
    ("FIXED_BCD", 4, 0),
    ("int", 3, 0),
    ("int", 4, 0),
    ("int", 5, 0),
    ("int", 6, 0),
    ("int", 8, 0),
    ("FIXED_BCD", 8, 0),
    ("FLOAT_CHAR", 21, 0),
)
"""NI_FMAT1 and NI_FMAT2 by format code: kind, octets, implied decimals. Sizes of 5, 6 and 12 follow field practice."""

TM_FORMATS = 5
"""TM_FORMAT 0 (no clock), 1 (BCD fields), 2 (UINT8 fields), 3 (minutes since 1970), 4 (seconds since 1970)."""

MOMENT_OCTETS: dict[str, tuple[int, int, int, int, int]] = {
    "LTIME_DATE": (0, 6, 6, 5, 4),
    "STIME_DATE": (0, 5, 5, 4, 4),
    "TIME": (0, 3, 3, 4, 4),
    # not confirmed by any source, see the open points: STIME, HTIME_DATE, HTIME, TIME_DATE
    "STIME": (0, 2, 2, 2, 4),
    "HTIME_DATE": (0, 7, 7, 6, 5),
    "HTIME": (0, 4, 4, 4, 4),
    "TIME_DATE": (0, 6, 6, 5, 4),
    "DATE": (2, 2, 2, 2, 2),
    "RDATE": (2, 2, 2, 2, 2),
}
"""Octets of the date and time types by TM_FORMAT."""

FIXED_MOMENTS = ("DATE", "RDATE")
"""The ones that TM_FORMAT does not change."""
