"""What the tables of the latest edition come to in octets, and what hand-made octets decode to."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from tdl.codec.decoder import decode
from tdl.codec.encoder import encode
from tdl.codec.errors import DecodeError
from tdl.codec.values import Members, Record
from tdl.ir.bind import bind_table
from tdl.ir.plan import Plan
from tests.unit.library.meters import environment, table

SOURCES = {"RESET_EXCLUDE_FLAG": 1, "PF_EXCLUDE_FLAG": 1, "NBR_DEMAND_CTRL_ENTRIES": 5}
REGISTERS = {
    "SEASON_INFO_FIELD_FLAG": 1, "DATE_TIME_FIELD_FLAG": 1, "DEMAND_RESET_CTR_FLAG": 1, "CUM_DEMAND_FLAG": 1,
    "CONT_CUM_DEMAND_FLAG": 1, "TIME_REMAINING_FLAG": 1, "SELF_READ_SEQ_NBR_FLAG": 1, "NBR_SELF_READS": 3,
    "NBR_SUMMATIONS": 4, "NBR_DEMANDS": 9, "NBR_COIN_VALUES": 2, "NBR_OCCUR": 2, "NBR_TIERS": 3,
    "NBR_PRESENT_DEMANDS": 2, "NBR_PRESENT_VALUES": 5, "NI_FORMAT1": 10, "NI_FORMAT2": 9,
}  # fmt: skip
BLOCK = 4 * 6 + 9 * (2 * 5 + 6 + 6 + 2 * 5) + 2 * 2 * 5
REGISTER_DATA = 1 + 4 * BLOCK
DISPLAYS = {
    "NBR_DISP_SOURCES": 5, "WIDTH_DISP_SOURCES": 3, "NBR_PRI_DISP_LISTS": 2, "NBR_PRI_DISP_LIST_ITEMS": 7,
    "NBR_SEC_DISP_LISTS": 1, "NBR_SEC_DISP_LIST_ITEMS": 4,
}  # fmt: skip
SECURITY = {"NBR_PASSWORDS": 3, "PASSWORD_LEN": 20, "NBR_KEYS": 2, "KEY_LEN": 8, "NBR_PERM_USED": 9}
CALENDAR = {
    "ANCHOR_DATE_FLAG": 1, "SEPARATE_WEEKDAYS_FLAG": 1, "SEPARATE_SUM_DEMANDS_FLAG": 1, "NBR_SEASONS": 4,
    "NBR_SPECIAL_SCHED": 2, "NBR_NON_RECURR_DATES": 20, "NBR_RECURR_DATES": 12, "NBR_TIER_SWITCHES": 40,
}  # fmt: skip
PROFILE = {
    "STD_TBLS_USED": (64, 66), "BLK_END_READ_FLAG": 1, "BLK_END_PULSE_FLAG": 1, "SCALAR_DIVISOR_FLAG_SET1": 1,
    "SCALAR_DIVISOR_FLAG_SET3": 0, "EXTENDED_INT_STATUS_FLAG": 1, "SIMPLE_INT_STATUS_FLAG": 1, "NBR_BLKS_SET1": 7,
    "NBR_BLK_INTS_SET1": 25, "NBR_CHNS_SET1": 3, "NBR_CHNS_SET3": 1, "INT_FMT_CDE1": 2,
}  # fmt: skip
LOGS = {
    "NBR_STD_EVENTS": 7, "NBR_MFG_EVENTS": 3, "DIM_STD_TBLS_USED": 9, "DIM_MFG_TBLS_USED": 2, "DIM_STD_PROC_USED": 4,
    "DIM_MFG_PROC_USED": 1, "EVENT_NUMBER_FLAG": 1, "HIST_DATE_TIME_FLAG": 1, "HIST_SEQ_NBR_FLAG": 1,
    "HIST_DATA_LENGTH": 6, "EVENT_DATA_LENGTH": 3, "NBR_HISTORY_ENTRIES": 5, "NBR_EVENT_ENTRIES": 4,
}  # fmt: skip


@pytest.mark.parametrize(
    ("key", "values", "octets"),
    [
        ("ST1", {}, 32),
        ("ST1", {"ID_FORM": 1}, 24),
        ("ST2", {}, 33),
        ("ST3", {"DIM_MFG_STATUS_USED": 1}, 5),
        ("ST4", {"DIM_STD_TBLS_USED": 9, "DIM_MFG_TBLS_USED": 2, "NBR_PENDING": 6}, 9 + 2 + 5 + 1 + 6 * 8),
        ("ST5", {}, 20),
        ("ST5", {"ID_FORM": 1}, 10),
        ("ST6", {}, 230),
        ("ST6", {"ID_FORM": 1}, 180),
        ("ST10", {}, 8),
        ("ST11", {"STD_VERSION_NO": 1}, 8),
        ("ST12", {"NBR_UOM_ENTRIES": 42}, 168),
        ("ST13", {**SOURCES, "SLIDING_DEMAND_FLAG": 1}, 14),
        ("ST13", {**SOURCES, "SLIDING_DEMAND_FLAG": 0, "RESET_EXCLUDE_FLAG": 0}, 13),
        ("ST14", {"NBR_DATA_CTRL_ENTRIES": 62, "DATA_CTRL_LENGTH": 2}, 124),
        ("ST16", {"NBR_SOURCES": 42}, 42),
        ("ST20", {}, 10),
        ("ST21", {}, 10),
        ("ST22", REGISTERS, 4 + 9 + 2 + 2 * 2),
        ("ST22", {**REGISTERS, "NBR_DEMANDS": 8}, 4 + 8 + 1 + 2 * 2),
        ("ST23", REGISTERS, REGISTER_DATA),
        ("ST24", REGISTERS, 6 + REGISTER_DATA),
        ("ST25", REGISTERS, 6 + REGISTER_DATA),
        ("ST26", REGISTERS, 6 + 3 * (2 + 6 + REGISTER_DATA)),
        ("ST27", REGISTERS, 2 + 5),
        ("ST28", REGISTERS, 2 * (3 + 5) + 5 * 6),
        ("ST30", {}, 10),
        ("ST31", {}, 10),
        ("ST32", DISPLAYS, 5 * 3),
        ("ST33", DISPLAYS, 3 * 2 + 2 * 7),
        ("ST34", DISPLAYS, 3 * 1 + 2 * 4),
        ("ST40", {}, 6),
        ("ST41", {}, 6),
        ("ST42", SECURITY, 3 * (20 + 1)),
        ("ST43", SECURITY, 2 * 4),
        ("ST44", SECURITY, 9 * 4),
        ("ST45", SECURITY, 2 * 8),
        ("ST50", {}, 9),
        ("ST51", {}, 9),
        ("ST52", {}, 7),
        ("ST52", {"TM_FORMAT": 3}, 6),
        ("ST53", {}, 9),
        ("ST54", CALENDAR, 2 + 3 * 20 + 3 * 12 + 3 * 40 + 4 * (7 + 2)),
        ("ST54", {**CALENDAR, "ANCHOR_DATE_FLAG": 0, "SEPARATE_WEEKDAYS_FLAG": 0}, 3 * 72 + 4 * (3 + 2)),
        ("ST55", CALENDAR, 9),
        ("ST56", CALENDAR, 5),
        ("ST56", {"SEPARATE_SUM_DEMANDS_FLAG": 0}, 3),
        ("ST60", PROFILE, 7 + 2 * 6),
        ("ST61", {"STD_TBLS_USED": ()}, 7),
        ("ST61", {"STD_TBLS_USED": (64, 65, 66, 67)}, 31),
        ("ST62", PROFILE, (3 * 3 + 1 + 4 * 3) + (3 * 1 + 1)),
        ("ST63", {"STD_TBLS_USED": (65,)}, 13),
        ("ST63", {"STD_TBLS_USED": (64, 65, 66, 67)}, 4 * 13),
        ("ST64", PROFILE, 7 * (5 + 3 * (4 + 4) + 4 + 25 * (2 + 3 * 2))),
        ("ST70", {}, 12),
        ("ST71", {}, 12),
        ("ST72", LOGS, 7 + 3),
        ("ST73", LOGS, 7 + 3 + 9 + 2 + 4 + 1),
        ("ST74", LOGS, 11 + 5 * (6 + 2 + 2 + 4 + 6)),
        ("ST74", {**LOGS, "HIST_DATE_TIME_FLAG": 0, "HIST_SEQ_NBR_FLAG": 0, "EVENT_NUMBER_FLAG": 0}, 11 + 5 * (4 + 6)),
        ("ST75", LOGS, 7 + 3 + 9 + 2 + 4 + 1),
        ("ST76", LOGS, 11 + 4 * (6 + 2 + 2 + 4 + 3)),
        ("ST76", {**LOGS, "HIST_DATE_TIME_FLAG": 0, "EVENT_NUMBER_FLAG": 0}, 11 + 4 * (6 + 2 + 4 + 3)),
        ("ST90", {}, 14),
        ("ST91", {}, 14),
        ("ST97", {"NBR_ORIGINATE_NUMBERS": 3, "EXTENDED_STATUS_FLAG": 0}, 3),
        ("SP4.parameter", {}, 1),
        ("SP5.parameter", {}, 3),
        ("SP6.parameter", {}, 1),
        ("SP9.parameter", {}, 1),
        ("SP9.response", {}, 1),
        ("SP10.parameter", {}, 8),
        ("SP10.response", {"TM_FORMAT": 3}, 12),
        ("SP13.parameter", {}, 6),
        ("SP15.parameter", {"TM_FORMAT": 4}, 6),
        ("SP18.parameter", {}, 22),
        ("SP20.parameter", {}, 1),
    ],
)
def test_sizes(plan: Plan, key: str, values: dict[str, object], octets: int) -> None:
    unbound = table(plan, key)
    bound = bind_table(unbound, environment(unbound, values))
    assert bound.size == (octets, octets)
    assert unbound.size[0] <= octets <= unbound.size[1]


def test_constants_of_electric_meters(plan: Plan) -> None:
    constants = table(plan, "ST15")
    values = {"CONSTANTS_SELECTOR": 2, "NBR_CONSTANTS_ENTRIES": 3, "SET1_PRESENT_FLAG": 1, "SET2_PRESENT_FLAG": 0}
    assert bind_table(constants, environment(constants, values)).size == (3 * (4 * 4 + 1),) * 2


@pytest.mark.parametrize("selector", [0, 1])
def test_what_is_not_known_of_gas_meters_is_kept(plan: Plan, selector: int) -> None:
    constants = table(plan, "ST15")
    known = environment(constants, {"CONSTANTS_SELECTOR": selector})
    assert decode(constants, b"\x01\x02\x03", known) == Record({"SELECTION": b"\x01\x02\x03"})


@pytest.mark.parametrize("times", range(8))
@pytest.mark.parametrize("selector", [0x00, 0x11, 0x22, 0x3F])
def test_an_activation_takes_six_octets_whatever_the_clock(plan: Plan, times: int, selector: int) -> None:
    activate = table(plan, "SP13.parameter")
    known = environment(activate, {"TM_FORMAT": times})
    octets = bytes([selector, 24, 1, 2, 3, 4])
    assert encode(activate, decode(activate, octets, known), known) == octets
    with pytest.raises(DecodeError):
        decode(activate, octets[:-1], known)


def test_activation_times(plan: Plan) -> None:
    activate = table(plan, "SP13.parameter")
    at = decode(activate, bytes([0x10, 24, 1, 18, 17, 45]), environment(activate, {}))
    assert at.EVENT_SELECTOR.EVENT_CODE == 0
    assert at.EVENT_SELECTOR.SELF_READ_FLAG is True
    assert datetime(2024, 1, 18, 17, 45) == at.EVENT_TIME
    after = decode(activate, bytes([0x21, 1, 2, 3, 4, 5]), environment(activate, {}))
    assert [after[name] for name in ("WEEKS", "DAYS", "HOURS", "MINUTES", "SECONDS")] == [1, 2, 3, 4, 5]


def test_a_model_of_which_nothing_is_known_is_left_to_fragments(plan: Plan) -> None:
    select = table(plan, "ST27")
    known = environment(select, {"MODEL_SELECT": 1, "NBR_PRESENT_DEMANDS": 1, "NBR_PRESENT_VALUES": 0})
    with pytest.raises(DecodeError):
        decode(select, b"\x00", known)


def test_units_of_measure_lie_where_their_bits_say(plan: Plan) -> None:
    units = table(plan, "ST12")
    octets = bytes.fromhex("21 B5 67 85")  # 0x8567B521
    (unit,) = decode(units, octets, environment(units, {"NBR_UOM_ENTRIES": 1})).UOM_ENTRY
    assert list(unit)[-2:] == ["NFS", "ID_RESOURCE"]
    assert (unit.ID_CODE, unit.TIME_BASE, unit.MULTIPLIER, unit.SEGMENTATION) == (0x21, 5, 6, 4)
    assert (unit.Q1_ACCOUNTABILITY, unit.Q2_ACCOUNTABILITY, unit.Q3_ACCOUNTABILITY) == (False, True, True)
    assert (unit.NET_FLOW_ACCOUNTABILITY, unit.HARMONIC, unit.NFS, unit.ID_RESOURCE) == (True, True, True, 0b01010)


def test_the_first_status_octet_of_an_interval_differs_from_the_rest(plan: Plan) -> None:
    profile = table(plan, "ST64")
    values = {**PROFILE, "NBR_BLKS_SET1": 1, "NBR_BLK_INTS_SET1": 1, "NBR_CHNS_SET1": 3, "INT_FMT_CDE1": 1}
    known = environment(profile, values)
    octets = bytes([24, 1, 18, 17, 45, *[0] * 24, 0x01, 0xA7, 0x32, 7, 8, 9])
    (block,) = decode(profile, octets, known).LP_DATA_SET1
    (interval,) = block.LP_INT
    first, second = interval.EXTENDED_INT_STATUS
    assert (first.CHANNEL_STATUS_1, first.COMMON_DST_FLAG, first.COMMON_POWER_FAIL_FLAG) == (7, False, True)
    assert (first.COMMON_CLOCK_SET_FWD_FLAG, first.COMMON_CLOCK_SET_BKWD_FLAG) == (False, True)
    assert (second.CHANNEL_STATUS_ODD, second.CHANNEL_STATUS_EVEN) == (2, 3)
    assert [channel.ITEM for channel in interval.INT_DATA] == [7, 8, 9]
    assert Members(b"\x01") == block.SIMPLE_INT_STATUS


@pytest.mark.parametrize(
    ("code", "octets", "value"),
    [
        (1, "FE", 254), (2, "FEFF", 65534), (4, "FEFFFFFF", 2**32 - 2), (8, "FE", -2), (16, "FEFF", -2),
        (32, "FEFFFFFF", -2), (64, "FEFFFF", -2), (128, "FEFFFFFF", Decimal("-0.0002")),
    ],
)  # fmt: skip
@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_interval_data_has_eight_formats(plan: Plan, number: int, code: int, octets: str, value: object) -> None:
    profile = table(plan, f"ST{63 + number}")
    values = {
        "TM_FORMAT": 0, "NI_FORMAT1": 7, "NI_FORMAT2": 4, "EXTENDED_INT_STATUS_FLAG": 0, "SIMPLE_INT_STATUS_FLAG": 0,
        "BLK_END_READ_FLAG": 0, "BLK_END_PULSE_FLAG": 0, f"NBR_BLKS_SET{number}": 1, f"NBR_CHNS_SET{number}": 1,
        f"NBR_BLK_INTS_SET{number}": 1, f"INT_FMT_CDE{number}": code,
    }  # fmt: skip
    decoded = decode(profile, bytes.fromhex(octets), environment(profile, values))
    assert value == decoded[f"LP_DATA_SET{number}"][0].LP_INT[0].INT_DATA[0].ITEM


def test_a_real_procedure_request(plan: Plan) -> None:
    """As termineter sends it: manufacturer procedure 70, sequence number 28 and six octets of parameters."""
    initiate = table(plan, "ST7")
    octets = bytes.fromhex("46 08 1C 03 0B 0C 09 0F 12")
    known = environment(initiate, {"MAX_PROC_PARM_LENGTH": 6})
    decoded = decode(initiate, octets, known)
    assert (decoded.PROC.TBL_PROC_NBR, decoded.PROC.STD_VS_MFG_FLAG, decoded.PROC.SELECTOR) == (70, True, 0)
    assert (28, octets[3:]) == (decoded.SEQ_NBR, decoded.PARM)
    assert encode(initiate, decoded, known) == octets
    with pytest.raises(DecodeError):
        decode(initiate, octets, environment(initiate, {"MAX_PROC_PARM_LENGTH": 5}))
