"""What the tables of the 2012 edition come to in octets, and what real meters and hand-made octets decode to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tdl.codec.decoder import decode
from tdl.codec.encoder import encode
from tdl.codec.environment import Environment
from tdl.codec.errors import DecodeError
from tdl.codec.values import Members, Record
from tdl.ir.bind import bind_table
from tdl.ir.plan import Plan, TablePlan

FORMATS = {
    "DATA_ORDER": 0, "CHAR_FORMAT": 1, "MODEL_SELECT": 0, "TM_FORMAT": 2, "ID_FORM": 0, "INT_FORMAT": 0,
    "NI_FORMAT1": 8, "NI_FORMAT2": 8, "NAMEPLATE_TYPE": 2, "STD_VERSION_NO": 2, "STD_TBLS_USED": (64,),
}  # fmt: skip


def table(plan: Plan, key: str) -> TablePlan:
    found = plan.table(key)
    assert found is not None
    return found


def environment(table: TablePlan, values: Mapping[str, object]) -> Environment:
    """What a table needs to know, from values by element name; `FORMATS` stand for what is not named."""
    known = Environment()
    for need in table.needs:
        name = need.reference.path[-1]
        if name in values or name in FORMATS:
            known.set(need.reference.table, need.reference.path, {**FORMATS, **values}[name])
    return known


SOURCES = {"RESET_EXCLUDE_FLAG": 1, "PF_EXCLUDE_FLAG": 1, "NBR_DEMAND_CTRL_ENTRIES": 5}
REGISTERS = {
    "SEASON_INFO_FIELD_FLAG": 1, "DATE_TIME_FIELD_FLAG": 1, "DEMAND_RESET_CTR_FLAG": 1, "CUM_DEMAND_FLAG": 1,
    "CONT_CUM_DEMAND_FLAG": 1, "TIME_REMAINING_FLAG": 1, "SELF_READ_SEQ_NBR_FLAG": 1, "NBR_SELF_READS": 3,
    "NBR_SUMMATIONS": 4, "NBR_DEMANDS": 9, "NBR_COIN_VALUES": 2, "NBR_OCCUR": 2, "NBR_TIERS": 3,
    "NBR_PRESENT_DEMANDS": 2, "NBR_PRESENT_VALUES": 5, "NI_FORMAT1": 10, "NI_FORMAT2": 9,
}  # fmt: skip
BLOCK = 4 * 6 + 9 * (2 * 5 + 6 + 6 + 2 * 5) + 2 * 2 * 5
REGISTER_DATA = 1 + 4 * BLOCK
PROFILE = {
    "STD_TBLS_USED": (64, 66), "BLK_END_READ_FLAG": 1, "BLK_END_PULSE_FLAG": 1, "SCALAR_DIVISOR_FLAG_SET1": 1,
    "SCALAR_DIVISOR_FLAG_SET3": 0, "EXTENDED_INT_STATUS_FLAG": 1, "SIMPLE_INT_STATUS_FLAG": 1, "NBR_BLKS_SET1": 7,
    "NBR_BLK_INTS_SET1": 25, "NBR_CHNS_SET1": 3, "NBR_CHNS_SET3": 1, "INT_FMT_CDE1": 2,
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
        ("ST60", PROFILE, 7 + 2 * 6),
        ("ST61", {"STD_TBLS_USED": ()}, 7),
        ("ST61", {"STD_TBLS_USED": (64, 65, 66, 67)}, 31),
        ("ST62", PROFILE, (3 * 3 + 1 + 4 * 3) + (3 * 1 + 1)),
        ("ST63", {"STD_TBLS_USED": (65,)}, 13),
        ("ST63", {"STD_TBLS_USED": (64, 65, 66, 67)}, 4 * 13),
        ("ST64", PROFILE, 7 * (5 + 3 * (4 + 4) + 4 + 25 * (2 + 3 * 2))),
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


@pytest.mark.parametrize(("version", "name"), [(1, "FILLER"), (2, "CONVERSION_ALG_FLAG")])
def test_the_version_of_a_meter_decides_what_later_editions_added(plan: Plan, version: int, name: str) -> None:
    sources = table(plan, "ST11")
    octets = bytes([0x80, *[0] * 7])
    flags = decode(sources, octets, environment(sources, {"STD_VERSION_NO": version})).SOURCE_FLAGS
    assert ("CONVERSION_ALG_FLAG" in flags) == (name == "CONVERSION_ALG_FLAG")


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


def test_table_0_of_a_real_meter(plan: Plan, images: Path) -> None:
    octets = (images / "epri-st0/ST0.bin").read_bytes()
    configuration = table(plan, "ST0")
    decoded = decode(configuration, octets, Environment())
    assert encode(configuration, decoded, Environment()) == octets
    assert decoded.DEVICE_CLASS == b"EPRI"
    assert (decoded.FORMAT_CONTROL_1.DATA_ORDER, decoded.FORMAT_CONTROL_1.MODEL_SELECT) == (0, 1)
    assert (decoded.FORMAT_CONTROL_3.NI_FORMAT1, decoded.FORMAT_CONTROL_3.NI_FORMAT2) == (10, 9)
    assert (decoded.DIM_STD_TBLS_USED, decoded.DIM_MFG_STATUS_USED, decoded.NBR_PENDING) == (13, 13, 6)
    assert list(decoded.STD_PROC_USED) == [*range(3, 13), 14, 20]


def test_table_1_of_a_real_meter(plan: Plan, images: Path) -> None:
    octets = (images / "elster-a3/ST1.bin").read_bytes()
    identification = table(plan, "ST1")
    known = environment(identification, {})
    decoded = decode(identification, octets, known)
    assert encode(identification, decoded, known) == octets
    assert (decoded.MANUFACTURER, decoded.ED_MODEL) == ("EE  ", "A3R     ")
    assert (decoded.HW_VERSION_NUMBER, decoded.HW_REVISION_NUMBER) == (2, 0)
    assert (decoded.FW_VERSION_NUMBER, decoded.FW_REVISION_NUMBER) == (3, 6)
    assert decoded.MFG_SERIAL_NUMBER == "        12345678"
