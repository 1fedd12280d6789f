"""The standard's register: which tables, procedures and codes each edition assigns, and what its Table 0 holds.

The numbers are those of the library's editions, which a test compares with this list. For the later decades they rest
on lists of names alone.
"""

from __future__ import annotations

EDITIONS = ("1997", "2008", "2012")
FIRST = EDITIONS[0]


def _numbers(*ranges: tuple[int, int]) -> frozenset[int]:
    return frozenset(number for low, high in ranges for number in range(low, high + 1))


# fmt: off
FIRST_TABLES = _numbers(
    (0, 8), (10, 16), (20, 28), (30, 34), (40, 45), (50, 56), (60, 67), (70, 76), (80, 89), (90, 97),
)
LATER_TABLES = FIRST_TABLES | _numbers(
    (17, 17), (46, 47), (57, 57), (77, 79), (98, 98), (100, 107), (110, 118), (120, 127), (130, 136), (140, 143),
    (150, 158), (160, 164),
)
# fmt: on
FIRST_PROCEDURES = _numbers((0, 20))
LATER_PROCEDURES = FIRST_PROCEDURES | _numbers((21, 32))

MANDATORY_TABLES = (0, 1)
"""Every meter says how it is to be read, and who made it."""

CALLING_TABLES = (7, 8)
"""What a meter with procedures has: where they are called, and where they answer."""

CONFIGURATION = "GEN_CONFIG_TBL"
MANDATORY_ELEMENTS = (
    "DATA_ORDER",
    "CHAR_FORMAT",
    "MODEL_SELECT",
    "TM_FORMAT",
    "DATA_ACCESS_METHOD",
    "ID_FORM",
    "INT_FORMAT",
    "NI_FORMAT1",
    "NI_FORMAT2",
    "NAMEPLATE_TYPE",
    "DEFAULT_SET_USED",
    "MAX_PROC_PARM_LENGTH",
    "MAX_RESP_DATA_LEN",
    "STD_VERSION_NO",
    "STD_REVISION_NO",
    "DIM_STD_TBLS_USED",
    "DIM_MFG_TBLS_USED",
    "DIM_STD_PROC_USED",
    "DIM_MFG_PROC_USED",
    "DIM_MFG_STATUS_USED",
    "NBR_PENDING",
    "STD_TBLS_USED",
    "MFG_TBLS_USED",
    "STD_PROC_USED",
    "MFG_PROC_USED",
    "STD_TBLS_WRITE",
    "MFG_TBLS_WRITE",
)
"""What Table 0 of every edition holds, but for the element whose name differs: MANUFACTURER or DEVICE_CLASS."""

_COMMON_STATUS = (
    "CHANNEL_STATUS_1",
    "COMMON_CLOCK_SET_BKWD_FLAG",
    "COMMON_CLOCK_SET_FWD_FLAG",
    "COMMON_DST_FLAG",
    "COMMON_POWER_FAIL_FLAG",
)
LATER_ELEMENTS: dict[int, tuple[str, ...]] = {
    0: ("DEVICE_CLASS",),
    **dict.fromkeys((10, 11), ("CONVERSION_ALG_FLAG",)),
    12: ("ID_RESOURCE",),
    **dict.fromkeys((22, 27, 62), ("SOURCE_INDEX",)),
    **dict.fromkeys((52, 55), ("DST_SUPPORTED_FLAG",)),
    53: ("STD_TIME_EFF",),
    **dict.fromkeys((60, 61), ("BLK_END_RD_INDICATOR_FLAG",)),
    **dict.fromkeys((64, 65, 66, 67), _COMMON_STATUS),
    **dict.fromkeys((70, 71), ("EXT_LOG_FLAGS", "NBR_PROGRAM_TABLES")),
    **dict.fromkeys((90, 91), ("EXTENDED_STATUS_FLAG",)),
    97: ("EXTENDED_CALL_STATUS",),
}
"""By table, the elements that came after the first edition; the last edition names no more than the second."""

LAST_CODES = {"CHAR_FORMAT": 2, "TM_FORMAT": 3, "NI_FORMAT1": 11, "NI_FORMAT2": 11}
"""The last code that the first edition assigns to a selector of Table 0."""
