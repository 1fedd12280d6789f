"""Where the sources of the standard disagree, or editions differ: what each edition says of the same octets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import pytest

from tdl.codec.decoder import decode
from tdl.codec.encoder import encode
from tdl.codec.environment import Environment
from tdl.codec.errors import DecodeError
from tdl.codec.values import Record
from tdl.pipeline import Compiled
from tests.unit.library.meters import bound_size, environment, table

Editions: TypeAlias = Mapping[str, Compiled]
Decode: TypeAlias = Callable[[str, str, bytes, Mapping[str, object]], Record]

LATER = ("2008", "2012")
EVERY = ("1997", *LATER)


@pytest.fixture
def decoded(editions: Editions) -> Decode:
    """Decodes a table in an edition, and sees that its values encode to the same octets."""

    def decode_in(edition: str, key: str, octets: bytes, values: Mapping[str, object]) -> Record:
        found = table(editions[edition].plan, key)
        known = environment(found, values)
        record = decode(found, octets, known)
        assert encode(found, record, known) == octets
        return record

    return decode_in


def test_four_octets_of_table_0_name_a_manufacturer_or_a_class(editions: Editions) -> None:
    octets = bytes([0x02, 0x02, 0, *b"ACME", *[0] * 12])
    for edition in EVERY:
        configuration = table(editions[edition].plan, "ST0")
        record = decode(configuration, octets, Environment())
        assert encode(configuration, record, Environment()) == octets
        if edition == "1997":
            assert record.MANUFACTURER == "ACME"
        else:
            assert record.DEVICE_CLASS == b"ACME"


@pytest.mark.parametrize("edition", EVERY)
def test_the_manufacturers_status_is_as_long_as_table_0_says(editions: Editions, edition: str) -> None:
    for octets in range(4):
        assert bound_size(editions[edition].plan, "ST3", {"DIM_MFG_STATUS_USED": octets}) == (4 + octets,) * 2


@pytest.mark.parametrize(
    ("key", "flag", "octets", "values", "holder"),
    [
        ("ST11", "CONVERSION_ALG_FLAG", bytes([0x80, *[0] * 7]), {}, "SOURCE_FLAGS"),
        ("ST52", "DST_SUPPORTED_FLAG", bytes([24, 1, 18, 17, 45, 0, 0x84]), {}, "TIME_DATE_QUAL"),
        ("ST91", "EXTENDED_STATUS_FLAG", bytes([0x80, *[0] * 13]), {}, "TELEPHONE_FLAGS"),
    ],
)
def test_a_flag_of_version_2_is_filler_before(
    decoded: Decode, key: str, flag: str, octets: bytes, values: Mapping[str, object], holder: str
) -> None:
    for edition in EVERY:
        for version in (0, 1, 2):
            record = decoded(edition, key, octets, {**values, "STD_VERSION_NO": version})
            assert (flag in record[holder]) == (edition in LATER and version > 1), (edition, version)


@pytest.mark.parametrize(
    ("key", "octets", "more"),
    [
        ("ST53", bytes([2, 0, 0, 60, 0xD4, 0xFE]), bytes([3, 0, 0])),
        ("ST70", bytes(range(9)), bytes([1, 2, 0])),
        ("ST71", bytes(range(9)), bytes([1, 2, 0])),
    ],
)
def test_a_meter_of_version_2_says_more_at_the_end(decoded: Decode, key: str, octets: bytes, more: bytes) -> None:
    for edition in EVERY:
        for version in (1, 2):
            longer = edition in LATER and version > 1
            decoded(edition, key, octets + more if longer else octets, {"STD_VERSION_NO": version})
            with pytest.raises(DecodeError):
                decoded(edition, key, octets if longer else octets + more, {"STD_VERSION_NO": version})


def test_standard_time_may_have_its_own_switch(decoded: Decode) -> None:
    octets = bytes([2, 0, 0, 60, 0xD4, 0xFE, 3, 0, 0])
    record = decoded("2012", "ST53", octets, {"STD_VERSION_NO": 2})
    assert (record.DST_TIME_EFF.hour, record.DST_TIME_AMT, record.TIME_ZONE_OFFSET) == (2, 60, -300)
    assert record.STD_TIME_EFF.hour == 3


def test_bits_that_1997_reserved_have_names_later(decoded: Decode) -> None:
    for edition in EVERY:
        (unit,) = decoded(edition, "ST12", bytes.fromhex("00 00 80 87"), {"NBR_UOM_ENTRIES": 1}).UOM_ENTRY
        profile = decoded(edition, "ST61", bytes([*[0] * 5, 0x10, 0]), {"STD_TBLS_USED": ()}).LP_FLAGS
        assert unit.NFS is True
        if edition == "1997":
            assert "ID_RESOURCE" not in unit
            assert "BLK_END_RD_INDICATOR_FLAG" not in profile
        else:
            assert unit.ID_RESOURCE == 0b01111
            assert profile.BLK_END_RD_INDICATOR_FLAG is True


@pytest.mark.parametrize(
    ("key", "element", "values"),
    [
        ("ST22", "SUMMATION_SELECT", {"NBR_SUMMATIONS": 2, "NBR_DEMANDS": 0, "NBR_COIN_VALUES": 0}),
        ("ST27", "PRESENT_VALUE_SELECT", {"NBR_PRESENT_DEMANDS": 0, "NBR_PRESENT_VALUES": 2}),
    ],
)
def test_sources_are_selected_by_the_same_octets(
    decoded: Decode, key: str, element: str, values: Mapping[str, object]
) -> None:
    assert decoded("1997", key, b"\x07\x09", values)[element] == [7, 9]
    for edition in LATER:
        assert [select.SOURCE_INDEX for select in decoded(edition, key, b"\x07\x09", values)[element]] == [7, 9]


def test_channels_of_the_load_profile_select_sources_too(decoded: Decode) -> None:
    octets, values = bytes([1, 7, 255, 2]), {"NBR_CHNS_SET1": 1, "SCALAR_DIVISOR_FLAG_SET1": 0}
    (channel,) = decoded("1997", "ST62", octets, values).LP_SEL_SET1
    assert (channel.LP_SOURCE_SELECT, channel.END_BLK_RDG_SOURCE_SELECT) == (7, 255)
    (channel,) = decoded("2008", "ST62", octets, values).LP_SEL_SET1
    assert (channel.LP_SOURCE_SELECT.SOURCE_INDEX, channel.END_BLK_RDG_SOURCE_SELECT.SOURCE_INDEX) == (7, 255)


@pytest.mark.parametrize("edition", EVERY)
def test_a_set_of_the_load_profile_is_there_if_its_table_is_used(editions: Editions, edition: str) -> None:
    plan = editions[edition].plan
    assert bound_size(plan, "ST61", {"STD_TBLS_USED": (64,)}) == (13, 13)
    assert bound_size(plan, "ST61", {"STD_TBLS_USED": (65, 67)}) == (19, 19)
    assert bound_size(plan, "ST63", {"STD_TBLS_USED": (65, 67)}) == (26, 26)


def test_the_first_status_octet_tells_of_all_channels(decoded: Decode) -> None:
    octets = bytes([0xA7, 0x32, 5, 6, 7])
    values = {
        "TM_FORMAT": 0, "NBR_BLKS_SET1": 1, "NBR_BLK_INTS_SET1": 1, "NBR_CHNS_SET1": 3, "INT_FMT_CDE1": 1,
        "BLK_END_READ_FLAG": 0, "BLK_END_PULSE_FLAG": 0, "EXTENDED_INT_STATUS_FLAG": 1, "SIMPLE_INT_STATUS_FLAG": 0,
    }  # fmt: skip
    for edition in EVERY:
        first, second = decoded(edition, "ST64", octets, values).LP_DATA_SET1[0].LP_INT[0].EXTENDED_INT_STATUS
        assert (second.CHANNEL_STATUS_ODD, second.CHANNEL_STATUS_EVEN) == (2, 3)
        if edition == "1997":
            assert (first.CHANNEL_STATUS_ODD, first.CHANNEL_STATUS_EVEN) == (7, 0b1010)
        else:
            assert (first.CHANNEL_STATUS_1, first.COMMON_POWER_FAIL_FLAG) == (7, True)
            assert (first.COMMON_DST_FLAG, first.COMMON_CLOCK_SET_BKWD_FLAG) == (False, True)


@pytest.mark.parametrize("edition", EVERY)
def test_numbers_of_events_are_octets_of_sets(decoded: Decode, edition: str) -> None:
    record = decoded(edition, "ST72", b"\x00\x01\x80", {"NBR_STD_EVENTS": 2, "NBR_MFG_EVENTS": 1})
    assert (list(record.STD_EVENTS_SUPPORTED), list(record.MFG_EVENTS_SUPPORTED)) == ([8], [7])


@pytest.mark.parametrize("edition", EVERY)
def test_a_logs_code_has_a_flag_for_the_manufacturers_events(decoded: Decode, edition: str) -> None:
    values = {
        "HIST_DATE_TIME_FLAG": 0, "EVENT_NUMBER_FLAG": 0, "HIST_SEQ_NBR_FLAG": 0, "HIST_DATA_LENGTH": 1,
        "NBR_HISTORY_ENTRIES": 2,
    }  # fmt: skip
    octets = bytes([4, 2, 0, 1, 0, 9, 0, 0, 0, 1, 0, 0x34, 0x12, 9, 0, 0xAA, 2, 0, 21, 0x08, 0xBB])
    record = decoded(edition, "ST74", octets, values)
    assert (record.NBR_VALID_ENTRIES, record.LAST_ENTRY_SEQ_NBR, record.NBR_UNREAD_ENTRIES) == (2, 9, 1)
    standard, own = record.ENTRIES
    assert (standard.USER_ID, standard.HISTORY_CODE.TBL_PROC_NBR, standard.HISTORY_ARGUMENT) == (0x1234, 9, b"\xaa")
    assert (standard.HISTORY_CODE.STD_VS_MFG_FLAG, own.HISTORY_CODE.STD_VS_MFG_FLAG) == (False, True)
    assert own.HISTORY_CODE.TBL_PROC_NBR == 21


@pytest.mark.parametrize("edition", EVERY)
def test_the_bit_rate_of_the_telephone_is_in_its_first_octet(decoded: Decode, edition: str) -> None:
    record = decoded(edition, "ST91", bytes([0x10, *range(1, 14)]), {"STD_VERSION_NO": 1})
    assert (record.TELEPHONE_FLAGS.BIT_RATE, record.PREFIX_LENGTH, record.PHONE_NUMBER_LENGTH) == (2, 4, 6)


@pytest.mark.parametrize("edition", EVERY)
def test_counts_at_odd_places_follow_the_order_of_octets(decoded: Decode, edition: str) -> None:
    octets = bytes([7, 0x01, 0x02, 3, 0x04, 0x05, 6, 0x07, 0x08, 9])
    for order, counts in ((0, (0x0201, 0x0504, 0x0807)), (1, (0x0102, 0x0405, 0x0708))):
        record = decoded(edition, "ST31", octets, {"DATA_ORDER": order})
        found = (record.NBR_DISP_SOURCES, record.NBR_PRI_DISP_LIST_ITEMS, record.NBR_SEC_DISP_LIST_ITEMS)
        assert (found, record.WIDTH_DISP_SOURCES) == (counts, 3)


@pytest.mark.parametrize("edition", EVERY)
def test_seasons_and_special_schedules_share_an_octet(decoded: Decode, edition: str) -> None:
    record = decoded(edition, "ST51", bytes([0, 0, 0x14, *[0] * 6]), {})
    assert (record.CALENDAR_FUNC.NBR_SEASONS, record.CALENDAR_FUNC.NBR_SPECIAL_SCHED) == (4, 1)


@pytest.mark.parametrize("edition", EVERY)
def test_a_calendar_action_resets_before_it_reads(decoded: Decode, edition: str) -> None:
    values = {
        "ANCHOR_DATE_FLAG": 0, "NBR_NON_RECURR_DATES": 1, "NBR_RECURR_DATES": 0, "NBR_TIER_SWITCHES": 1,
        "NBR_SEASONS": 0, "SEPARATE_SUM_DEMANDS_FLAG": 0,
    }  # fmt: skip
    record = decoded(edition, "ST54", bytes([0x18, 0x92, 0x23, 0x02, 0x9B, 4]), values)
    (date,), (switch,) = record.NON_RECURR_DATES, record.TIER_SWITCHES
    action = date.CALENDAR_ACTION
    assert (action.CALENDAR_CTRL, action.DEMAND_RESET_FLAG, action.SELF_READ_FLAG) == (3, True, False)
    assert (date.NON_RECURR_DATE.year % 100, date.NON_RECURR_DATE.month, date.NON_RECURR_DATE.day) == (24, 4, 18)
    tier = switch.TIER_SWITCH
    assert (tier.NEW_TIER, tier.SWITCH_MIN, tier.SWITCH_HOUR, switch.DAY_SCH_NUM) == (2, 24, 19, 4)


def test_calls_of_version_2_may_have_a_longer_status(decoded: Decode) -> None:
    values = {"NBR_ORIGINATE_NUMBERS": 2, "EXTENDED_STATUS_FLAG": 1}
    for edition in EVERY:
        assert decoded(edition, "ST97", b"\x05\x07", {**values, "STD_VERSION_NO": 1}).CALL_STATUS == [5, 7]
    octets = bytes(10)
    assert octets == decoded("2012", "ST97", octets, {**values, "STD_VERSION_NO": 2}).EXTENDED_CALL_STATUS


@pytest.mark.parametrize("number", [17, 46, 57, 77, 80, 96, 98, 100, 118, 127, 136, 143, 158, 164])
def test_a_table_of_unknown_layout_keeps_its_octets(decoded: Decode, editions: Editions, number: int) -> None:
    for edition in EVERY:
        if editions[edition].plan.table(f"ST{number}") is not None:
            for octets in (b"", b"\x01\x02\x03"):
                assert octets == decoded(edition, f"ST{number}", octets, {}).CONTENT
