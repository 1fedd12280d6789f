"""The profile of a small meter of std:1997, for tests that want one which answers quickly."""

from __future__ import annotations

from collections.abc import Sequence


def small_meter(tables: Sequence[int], writable: Sequence[int], procedures: Sequence[int], order: int = 1) -> str:
    """A profile as TOML: which tables and procedures there are, and the order of octets."""
    return f"""\
[GEN_CONFIG_TBL]
DATA_ORDER = {order}
CHAR_FORMAT = 1
MODEL_SELECT = 0
TM_FORMAT = 2
DATA_ACCESS_METHOD = 3
ID_FORM = 0
INT_FORMAT = 0
NI_FORMAT1 = 8
NI_FORMAT2 = 8
MAX_PROC_PARM_LENGTH = 8
MAX_RESP_DATA_LEN = 8
DIM_STD_TBLS_USED = 8
DIM_MFG_TBLS_USED = 0
DIM_STD_PROC_USED = 2
DIM_MFG_PROC_USED = 0
DIM_MFG_STATUS_USED = 0
NBR_PENDING = 0
STD_TBLS_USED = {list(tables)}
STD_TBLS_WRITE = {list(writable)}
STD_PROC_USED = {list(procedures)}
"""
