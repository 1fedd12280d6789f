"""How long tables are, by formulas of their own: made-up meters of many kinds, in every edition."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

import pytest

from tdl.codec.decoder import decode
from tdl.codec.environment import Environment
from tdl.pipeline import Compiled
from tests.unit.library.meters import bound_size, table

NI = (8, 4, 12, 6, 4, 6, 4, 3, 4, 5, 6, 8, 8, 21)
LTIME_DATE, STIME_DATE, TIME = (0, 6, 6, 5, 4), (0, 5, 5, 4, 4), (0, 3, 3, 4, 4)

FLAGS = (
    "SEASON_INFO_FIELD_FLAG", "DATE_TIME_FIELD_FLAG", "DEMAND_RESET_CTR_FLAG", "CUM_DEMAND_FLAG",
    "CONT_CUM_DEMAND_FLAG", "TIME_REMAINING_FLAG", "SELF_READ_SEQ_NBR_FLAG", "ANCHOR_DATE_FLAG",
    "SEPARATE_WEEKDAYS_FLAG", "SEPARATE_SUM_DEMANDS_FLAG", "SCALAR_DIVISOR_FLAG_SET1", "SCALAR_DIVISOR_FLAG_SET2",
    "SCALAR_DIVISOR_FLAG_SET3", "SCALAR_DIVISOR_FLAG_SET4", "BLK_END_READ_FLAG", "BLK_END_PULSE_FLAG",
    "EXTENDED_INT_STATUS_FLAG", "SIMPLE_INT_STATUS_FLAG", "EVENT_NUMBER_FLAG", "HIST_DATE_TIME_FLAG",
    "HIST_SEQ_NBR_FLAG",
)  # fmt: skip
COUNTS = (
    "NBR_UOM_ENTRIES", "NBR_SUMMATIONS", "NBR_DEMANDS", "NBR_COIN_VALUES", "NBR_OCCUR", "NBR_TIERS",
    "NBR_PRESENT_DEMANDS", "NBR_PRESENT_VALUES", "NBR_SELF_READS", "NBR_PRI_DISP_LISTS", "NBR_PRI_DISP_LIST_ITEMS",
    "NBR_PASSWORDS", "PASSWORD_LEN", "NBR_PERM_USED", "NBR_NON_RECURR_DATES", "NBR_RECURR_DATES",
    "NBR_TIER_SWITCHES", "NBR_SEASONS", "NBR_SPECIAL_SCHED", "NBR_CHNS_SET1", "NBR_CHNS_SET2", "NBR_CHNS_SET3",
    "NBR_CHNS_SET4", "NBR_BLKS_SET1", "NBR_BLK_INTS_SET1", "NBR_HISTORY_ENTRIES", "HIST_DATA_LENGTH",
)  # fmt: skip


def random_meter(random: Random) -> dict[str, int]:
    """A meter of any kind."""
    return {
        "TM_FORMAT": random.randrange(5),
        "NI_FORMAT1": random.randrange(14),
        "NI_FORMAT2": random.randrange(14),
        "STD_VERSION_NO": random.randrange(3),
        "INT_FMT_CDE1": 1 << random.randrange(8),
        **{name: random.randrange(2) for name in FLAGS},
        **{name: random.randrange(16) for name in COUNTS},
    }


def random_sets(random: Random) -> tuple[int, ...]:
    return tuple(number for number in (64, 65, 66, 67) if random.randrange(2))


class Meter:
    """A made-up meter's values by name, ``m.NBR_TIERS``, and what its formats take."""

    def __init__(self, values: Mapping[str, int], sets: tuple[int, ...]) -> None:
        self.values, self.sets = values, sets
        self.n1, self.n2 = NI[values["NI_FORMAT1"]], NI[values["NI_FORMAT2"]]
        times = values["TM_FORMAT"]
        self.ltime, self.stime, self.time = LTIME_DATE[times], STIME_DATE[times], TIME[times]

    def __getattr__(self, name: str) -> int:
        return self.values[name]


def register_data(m: Meter) -> int:
    demand = m.NBR_OCCUR * (m.stime * m.DATE_TIME_FIELD_FLAG + m.n2)
    demand += (m.CUM_DEMAND_FLAG + m.CONT_CUM_DEMAND_FLAG) * m.n1
    block = m.NBR_SUMMATIONS * m.n1 + m.NBR_DEMANDS * demand + m.NBR_COIN_VALUES * m.NBR_OCCUR * m.n2
    return m.DEMAND_RESET_CTR_FLAG + (1 + m.NBR_TIERS) * block


def register_info(m: Meter) -> int:
    return m.stime * m.DATE_TIME_FIELD_FLAG + m.SEASON_INFO_FIELD_FLAG


def schedule(m: Meter) -> int:
    return (7 if m.SEPARATE_WEEKDAYS_FLAG else 3) + m.NBR_SPECIAL_SCHED


def profile_control(m: Meter) -> int:
    channels = ((n - 63, m.values[f"NBR_CHNS_SET{n - 63}"]) for n in m.sets)
    return sum(3 * count + 1 + 4 * count * m.values[f"SCALAR_DIVISOR_FLAG_SET{n}"] for n, count in channels)


def profile_data(m: Meter) -> int:
    item = {1: 1, 2: 2, 4: 4, 8: 1, 16: 2, 32: 4, 64: m.n1, 128: m.n2}[m.INT_FMT_CDE1]
    readings = m.NBR_CHNS_SET1 * (m.n1 * m.BLK_END_READ_FLAG + 4 * m.BLK_END_PULSE_FLAG)
    simple = (m.NBR_BLK_INTS_SET1 + 7) // 8 * m.SIMPLE_INT_STATUS_FLAG
    extended = (m.NBR_CHNS_SET1 // 2 + 1) * m.EXTENDED_INT_STATUS_FLAG
    return m.NBR_BLKS_SET1 * (m.stime + readings + simple + m.NBR_BLK_INTS_SET1 * (extended + m.NBR_CHNS_SET1 * item))


def history_entry(m: Meter) -> int:
    optional = m.ltime * m.HIST_DATE_TIME_FLAG + 2 * m.EVENT_NUMBER_FLAG + 2 * m.HIST_SEQ_NBR_FLAG
    return optional + 4 + m.HIST_DATA_LENGTH


FORMULAS: dict[str, Callable[[Meter], int]] = {
    "ST12": lambda m: 4 * m.NBR_UOM_ENTRIES,
    "ST20": lambda m: 10,
    "ST21": lambda m: 10,
    "ST22": lambda m: m.NBR_SUMMATIONS + m.NBR_DEMANDS + (m.NBR_DEMANDS + 7) // 8 + 2 * m.NBR_COIN_VALUES,
    "ST23": register_data,
    "ST24": lambda m: register_info(m) + register_data(m),
    "ST25": lambda m: register_info(m) + register_data(m),
    "ST26": lambda m: 6 + m.NBR_SELF_READS * (2 * m.SELF_READ_SEQ_NBR_FLAG + register_info(m) + register_data(m)),
    "ST27": lambda m: m.NBR_PRESENT_DEMANDS + m.NBR_PRESENT_VALUES,
    "ST28": lambda m: m.NBR_PRESENT_DEMANDS * (m.time * m.TIME_REMAINING_FLAG + m.n2) + m.NBR_PRESENT_VALUES * m.n1,
    "ST31": lambda m: 10,
    "ST33": lambda m: 3 * m.NBR_PRI_DISP_LISTS + 2 * m.NBR_PRI_DISP_LIST_ITEMS,
    "ST42": lambda m: m.NBR_PASSWORDS * (m.PASSWORD_LEN + 1),
    "ST44": lambda m: 4 * m.NBR_PERM_USED,
    "ST51": lambda m: 9,
    "ST52": lambda m: m.ltime + 1,
    "ST54": lambda m: (
        2 * m.ANCHOR_DATE_FLAG
        + 3 * (m.NBR_NON_RECURR_DATES + m.NBR_RECURR_DATES + m.NBR_TIER_SWITCHES)
        + m.NBR_SEASONS * schedule(m)
    ),
    "ST55": lambda m: m.ltime + 3,
    "ST60": lambda m: 7 + 6 * len(m.sets),
    "ST61": lambda m: 7 + 6 * len(m.sets),
    "ST62": profile_control,
    "ST63": lambda m: 13 * len(m.sets),
    "ST64": profile_data,
    "ST74": lambda m: 11 + m.NBR_HISTORY_ENTRIES * history_entry(m),
}
LATER: dict[str, Callable[[Meter], int]] = {
    "ST53": lambda m: m.time + 3 + m.time * (m.STD_VERSION_NO > 1),
    "ST70": lambda m: 9 + 3 * (m.STD_VERSION_NO > 1),
    "ST71": lambda m: 9 + 3 * (m.STD_VERSION_NO > 1),
}
FIRST: dict[str, Callable[[Meter], int]] = {
    "ST53": lambda m: m.time + 3,
    "ST70": lambda m: 9,
    "ST71": lambda m: 9,
}


@pytest.mark.parametrize("seed", range(12))
def test_tables_are_as_long_as_their_formulas_say(edition: str, editions: Mapping[str, Compiled], seed: int) -> None:
    random = Random(seed)
    values, sets = random_meter(random), random_sets(random)
    meter = Meter(values, sets)
    for key, formula in {**FORMULAS, **(FIRST if edition == "1997" else LATER)}.items():
        octets = formula(meter)
        found = bound_size(editions[edition].plan, key, {**values, "STD_TBLS_USED": sets})
        assert found == (octets, octets), f"{key} of {values} with sets {sets}"


@pytest.mark.parametrize("seed", range(8))
def test_table_0_says_itself_how_long_it_is(edition: str, editions: Mapping[str, Compiled], seed: int) -> None:
    random = Random(seed)
    std, mfg, std_procedures, mfg_procedures = (random.randrange(20) for _ in range(4))
    fixed = bytearray(19)
    fixed[13:17] = std, mfg, std_procedures, mfg_procedures
    octets = 19 + 2 * (std + mfg) + std_procedures + mfg_procedures
    configuration = table(editions[edition].plan, "ST0")
    decoded = decode(configuration, bytes(fixed) + bytes(octets - 19), Environment())
    assert len(decoded.STD_TBLS_USED.octets) == len(decoded.STD_TBLS_WRITE.octets) == std
    assert len(decoded.MFG_TBLS_USED.octets) == len(decoded.MFG_TBLS_WRITE.octets) == mfg
    assert (len(decoded.STD_PROC_USED.octets), len(decoded.MFG_PROC_USED.octets)) == (std_procedures, mfg_procedures)
