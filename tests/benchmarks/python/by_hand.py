"""The same tables as a careful programmer writes them for one configuration: the yardstick for generated code.

One struct for all that has a constant place, records with `__slots__`, and nothing that the layout does not ask for: no
check of a value's type, no error that says where. What it makes of an image has the same values as what tdl generates.
"""

from __future__ import annotations

from datetime import datetime
from struct import Struct
from typing import Any


class Record:
    __slots__ = ()

    def __init__(self, *values: object) -> None:
        for name, value in zip(self.__slots__, values, strict=True):
            setattr(self, name, value)


class Flags(Record):
    __slots__ = ("CLOCK", "RESET", "SEASON", "STATE", "TAMPER", "TIER")


class Demand(Record):
    __slots__ = ("AT", "CUM", "PEAK")


class Tier(Record):
    __slots__ = ("DEMANDS", "SUMMATIONS")


class Registers(Record):
    __slots__ = ("AT", "FLAGS", "RESETS", "TIERS")


class Format(Record):
    __slots__ = ("CHAR_FORMAT", "DATA_ORDER", "MODEL_SELECT")


class Time(Record):
    __slots__ = ("DATA_ACCESS", "ID_FORM", "INT_FORMAT", "TM_FORMAT")


class Ni(Record):
    __slots__ = ("NI_FORMAT1", "NI_FORMAT2")


class Config(Record):
    __slots__ = (
        "DEFAULT_SET",
        "DIM_MFG_PROC",
        "DIM_MFG_TBLS",
        "DIM_STATUS",
        "DIM_STD_PROC",
        "DIM_STD_TBLS",
        "FORMAT",
        "MANUFACTURER",
        "MAX_PARAMETER",
        "MAX_RESPONSE",
        "MFG_PROC_USED",
        "MFG_TBLS_USED",
        "MFG_TBLS_WRITE",
        "NAMEPLATE",
        "NI",
        "PENDING",
        "REVISION",
        "STD_PROC_USED",
        "STD_TBLS_USED",
        "STD_TBLS_WRITE",
        "TIME",
        "VERSION",
    )  # fmt: skip


class Status(Record):
    __slots__ = ("A", "B", "C", "D", "E", "F")


class Interval(Record):
    __slots__ = ("CHANNELS", "STATUS")


class Block(Record):
    __slots__ = ("END_TIME", "INTERVALS")


_new = object.__new__
_YEARS = [2000 + year if year < 90 else 1900 + year for year in range(100)]
_HEAD, _TIER = "HB5B", "IHIHIHIHIH" + 4 * "5BiIh"
_REGISTERS = Struct("<" + _HEAD + 4 * _TIER)


def decode_registers(image: bytes) -> Registers:
    values = _REGISTERS.unpack(image)
    word = values[0]
    flags = _new(Flags)
    flags.SEASON = word & 15
    flags.TIER = word >> 4 & 15
    flags.RESET = word >> 8 & 3
    flags.CLOCK = word & 0x400 != 0
    flags.TAMPER = word & 0x800 != 0
    flags.STATE = word >> 12
    registers = _new(Registers)
    registers.FLAGS = flags
    registers.RESETS = values[1]
    registers.AT = datetime(_YEARS[values[2]], *values[3:7])
    registers.TIERS = [_tier(values[at : at + 42]) for at in (7, 49, 91, 133)]
    return registers


def _tier(values: tuple[int, ...]) -> Tier:
    (a, b, c, d, e, f, g, h, i, j,
     y1, m1, d1, h1, n1, p1, l1, u1, y2, m2, d2, h2, n2, p2, l2, u2,
     y3, m3, d3, h3, n3, p3, l3, u3, y4, m4, d4, h4, n4, p4, l4, u4) = values  # fmt: skip
    tier = _new(Tier)
    tier.SUMMATIONS = [a | b << 32, c | d << 32, e | f << 32, g | h << 32, i | j << 32]
    first, second, third, fourth = _new(Demand), _new(Demand), _new(Demand), _new(Demand)
    first.AT, first.PEAK, first.CUM = datetime(_YEARS[y1], m1, d1, h1, n1), p1, l1 | u1 << 32
    second.AT, second.PEAK, second.CUM = datetime(_YEARS[y2], m2, d2, h2, n2), p2, l2 | u2 << 32
    third.AT, third.PEAK, third.CUM = datetime(_YEARS[y3], m3, d3, h3, n3), p3, l3 | u3 << 32
    fourth.AT, fourth.PEAK, fourth.CUM = datetime(_YEARS[y4], m4, d4, h4, n4), p4, l4 | u4 << 32
    tier.DEMANDS = [first, second, third, fourth]
    return tier


def encode_registers(registers: Any) -> bytes:
    flags, at = registers.FLAGS, registers.AT
    word = flags.SEASON | flags.TIER << 4 | flags.RESET << 8 | flags.CLOCK << 10 | flags.TAMPER << 11
    values = [word | flags.STATE << 12, registers.RESETS, at.year % 100, at.month, at.day, at.hour, at.minute]
    for tier in registers.TIERS:
        for value in tier.SUMMATIONS:
            values += (value & 0xFFFFFFFF, value >> 32)
        for demand in tier.DEMANDS:
            at, value = demand.AT, demand.CUM
            values += (
                at.year % 100, at.month, at.day, at.hour, at.minute, demand.PEAK, value & 0xFFFFFFFF, value >> 32,
            )  # fmt: skip
    return _REGISTERS.pack(*values)


_BLOCK, _INTERVAL = Struct("<I1056s"), Struct("<HB4H")


def decode_profile(image: bytes) -> list[Block]:
    blocks = []
    for end_time, octets in _BLOCK.iter_unpack(image):
        block = _new(Block)
        block.END_TIME = end_time
        block.INTERVALS = intervals = []
        blocks.append(block)
        for low, high, a, b, c, d in _INTERVAL.iter_unpack(octets):
            status = _new(Status)
            status.A = low & 15
            status.B = low >> 4 & 15
            status.C = low >> 8 & 15
            status.D = low >> 12
            status.E = high & 15
            status.F = high >> 4
            interval = _new(Interval)
            interval.STATUS = status
            interval.CHANNELS = [a, b, c, d]
            intervals.append(interval)
    return blocks


def encode_profile(blocks: Any) -> bytes:
    pieces = []
    for block in blocks:
        octets = []
        for interval in block.INTERVALS:
            status = interval.STATUS
            low = status.A | status.B << 4 | status.C << 8 | status.D << 12
            octets.append(_INTERVAL.pack(low, status.E | status.F << 4, *interval.CHANNELS))
        pieces.append(_BLOCK.pack(block.END_TIME, b"".join(octets)))
    return b"".join(pieces)


_CONFIG = Struct("<3B4s12B")
_NAMES = Config.__slots__[4:16]


def decode_config(image: bytes) -> Config:
    a, b, c, manufacturer, *numbers = _CONFIG.unpack_from(image)
    config = _new(Config)
    config.FORMAT = of = _new(Format)
    of.DATA_ORDER, of.CHAR_FORMAT, of.MODEL_SELECT = a & 1, a >> 1 & 7, a >> 4 & 7
    config.TIME = of = _new(Time)
    of.TM_FORMAT, of.DATA_ACCESS, of.ID_FORM, of.INT_FORMAT = b & 7, b >> 3 & 3, b & 32 != 0, b >> 6
    config.NI = of = _new(Ni)
    of.NI_FORMAT1, of.NI_FORMAT2 = c & 15, c >> 4
    config.MANUFACTURER = manufacturer.decode("ascii")
    (config.NAMEPLATE, config.DEFAULT_SET, config.MAX_PARAMETER, config.MAX_RESPONSE, config.VERSION, config.REVISION,
     tables, made, procedures, own, config.DIM_STATUS, config.PENDING) = numbers  # fmt: skip
    config.DIM_STD_TBLS, config.DIM_MFG_TBLS, config.DIM_STD_PROC, config.DIM_MFG_PROC = tables, made, procedures, own
    at = 19
    config.STD_TBLS_USED = image[at : (at := at + tables)]
    config.MFG_TBLS_USED = image[at : (at := at + made)]
    config.STD_PROC_USED = image[at : (at := at + procedures)]
    config.MFG_PROC_USED = image[at : (at := at + own)]
    config.STD_TBLS_WRITE = image[at : (at := at + tables)]
    config.MFG_TBLS_WRITE = image[at : (at := at + made)]
    return config


def encode_config(config: Any) -> bytes:
    form, time, ni = config.FORMAT, config.TIME, config.NI
    return _CONFIG.pack(
        form.DATA_ORDER | form.CHAR_FORMAT << 1 | form.MODEL_SELECT << 4 | 0x80,
        time.TM_FORMAT | time.DATA_ACCESS << 3 | time.ID_FORM << 5 | time.INT_FORMAT << 6,
        ni.NI_FORMAT1 | ni.NI_FORMAT2 << 4,
        config.MANUFACTURER.encode("ascii"),
        config.NAMEPLATE, config.DEFAULT_SET, config.MAX_PARAMETER, config.MAX_RESPONSE, config.VERSION,
        config.REVISION, config.DIM_STD_TBLS, config.DIM_MFG_TBLS, config.DIM_STD_PROC, config.DIM_MFG_PROC,
        config.DIM_STATUS, config.PENDING,
    ) + b"".join((
        config.STD_TBLS_USED, config.MFG_TBLS_USED, config.STD_PROC_USED, config.MFG_PROC_USED, config.STD_TBLS_WRITE,
        config.MFG_TBLS_WRITE,
    ))  # fmt: skip


def encode_config_checked(config: Any) -> bytes:
    """The same, and what would take another value's octets is refused: bit fields by range, sets by size."""
    form, time, ni = config.FORMAT, config.TIME, config.NI
    if form.DATA_ORDER & ~1 or form.CHAR_FORMAT & ~7 or form.MODEL_SELECT & ~7:
        raise ValueError(form)
    if time.TM_FORMAT & ~7 or time.DATA_ACCESS & ~3 or time.ID_FORM & ~1 or time.INT_FORMAT & ~3:
        raise ValueError(time)
    if ni.NI_FORMAT1 & ~15 or ni.NI_FORMAT2 & ~15:
        raise ValueError(ni)
    if len(config.MANUFACTURER) != 4:
        raise ValueError(config.MANUFACTURER)
    tables, made, procedures, own = config.DIM_STD_TBLS, config.DIM_MFG_TBLS, config.DIM_STD_PROC, config.DIM_MFG_PROC
    used, own_used, run, own_run = (
        config.STD_TBLS_USED,
        config.MFG_TBLS_USED,
        config.STD_PROC_USED,
        config.MFG_PROC_USED,
    )
    write, own_write = config.STD_TBLS_WRITE, config.MFG_TBLS_WRITE
    if len(used) != tables or len(own_used) != made or len(run) != procedures or len(own_run) != own:
        raise ValueError(used)
    if len(write) != tables or len(own_write) != made:
        raise ValueError(write)
    return _CONFIG.pack(
        form.DATA_ORDER | form.CHAR_FORMAT << 1 | form.MODEL_SELECT << 4 | 0x80,
        time.TM_FORMAT | time.DATA_ACCESS << 3 | time.ID_FORM << 5 | time.INT_FORMAT << 6,
        ni.NI_FORMAT1 | ni.NI_FORMAT2 << 4,
        config.MANUFACTURER.encode("ascii"),
        config.NAMEPLATE, config.DEFAULT_SET, config.MAX_PARAMETER, config.MAX_RESPONSE, config.VERSION,
        config.REVISION, tables, made, procedures, own, config.DIM_STATUS, config.PENDING,
    ) + b"".join((used, own_used, run, own_run, write, own_write))  # fmt: skip
