"""The same tables in construct's own language. A date is a record of five numbers, as the standard has it."""

from __future__ import annotations

from construct import (
    Array,
    Bit,
    BitsInteger,
    BitStruct,
    Bytes,
    BytesInteger,
    ByteSwapped,
    Flag,
    Int8ul,
    Int16ul,
    Int32sl,
    Int32ul,
    PaddedString,
    Struct,
    this,
)  # fmt: skip

_STIME_DATE = Struct("YEAR" / Int8ul, "MONTH" / Int8ul, "DAY" / Int8ul, "HOUR" / Int8ul, "MINUTE" / Int8ul)
_FLAGS = ByteSwapped(
    BitStruct(
        "STATE" / BitsInteger(4), "TAMPER" / Flag, "CLOCK" / Flag, "RESET" / BitsInteger(2), "TIER" / BitsInteger(4),
        "SEASON" / BitsInteger(4),
    )
)  # fmt: skip
_DEMAND = Struct("AT" / _STIME_DATE, "PEAK" / Int32sl, "CUM" / BytesInteger(6, signed=True, swapped=True))
_TIER = Struct("SUMMATIONS" / Array(5, BytesInteger(6, swapped=True)), "DEMANDS" / Array(4, _DEMAND))
REGISTERS = Struct("FLAGS" / _FLAGS, "RESETS" / Int8ul, "AT" / _STIME_DATE, "TIERS" / Array(4, _TIER))

_STATUS = ByteSwapped(BitStruct(*(name / BitsInteger(4) for name in "FEDCBA")))
_INTERVAL = Struct("STATUS" / _STATUS, "CHANNELS" / Array(4, Int16ul))
PROFILE = Array(40, Struct("END_TIME" / Int32ul, "INTERVALS" / Array(96, _INTERVAL)))

_FORMAT = BitStruct("SPARE" / Bit, "MODEL_SELECT" / BitsInteger(3), "CHAR_FORMAT" / BitsInteger(3), "DATA_ORDER" / Bit)
_TIME = BitStruct(
    "INT_FORMAT" / BitsInteger(2), "ID_FORM" / Flag, "DATA_ACCESS" / BitsInteger(2), "TM_FORMAT" / BitsInteger(3)
)
CONFIG = Struct(
    "FORMAT" / _FORMAT,
    "TIME" / _TIME,
    "NI" / BitStruct("NI_FORMAT2" / BitsInteger(4), "NI_FORMAT1" / BitsInteger(4)),
    "MANUFACTURER" / PaddedString(4, "ascii"),
    "NAMEPLATE" / Int8ul, "DEFAULT_SET" / Int8ul, "MAX_PARAMETER" / Int8ul, "MAX_RESPONSE" / Int8ul,
    "VERSION" / Int8ul, "REVISION" / Int8ul, "DIM_STD_TBLS" / Int8ul, "DIM_MFG_TBLS" / Int8ul,
    "DIM_STD_PROC" / Int8ul, "DIM_MFG_PROC" / Int8ul, "DIM_STATUS" / Int8ul, "PENDING" / Int8ul,
    "STD_TBLS_USED" / Bytes(this.DIM_STD_TBLS), "MFG_TBLS_USED" / Bytes(this.DIM_MFG_TBLS),
    "STD_PROC_USED" / Bytes(this.DIM_STD_PROC), "MFG_PROC_USED" / Bytes(this.DIM_MFG_PROC),
    "STD_TBLS_WRITE" / Bytes(this.DIM_STD_TBLS), "MFG_TBLS_WRITE" / Bytes(this.DIM_MFG_TBLS),
)  # fmt: skip
