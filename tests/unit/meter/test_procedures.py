"""Procedures of Table 7 and what Table 8 says of them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tdl.image import Image
from tdl.systems.meter.access import Locking
from tdl.systems.meter.meter import Meter
from tdl.systems.wire.data import padded
from tdl.systems.wire.requests import Read, Security, Write
from tests.unit.meter.meters import (
    MASTER,
    Peer,
    StandingClock,
    image,
    meter,
    permission,
    profile,
    security,
    standard,
)

SOON = datetime(2030, 2, 3, 4, 5, 6)


def qualifier(**flags: bool) -> dict[str, Any]:
    names = ("DST_FLAG", "GMT_FLAG", "TM_ZN_APPLIED_FLAG", "DST_APPLIED_FLAG")
    return {"DAY_OF_WEEK": 0} | {name: flags.get(name, False) for name in names}


def set_time(moment: datetime, *what: str) -> dict[str, Any]:
    mask = {name: name in what for name in ("SET_TIME", "SET_DATE", "SET_TIME_DATE_QUAL")}
    return {"SET_MASK": mask, "DATE_TIME": moment, "TIME_DATE_QUAL": qualifier(DST_FLAG=True)}


def reset(*what: str, season: int = 0) -> dict[str, Any]:
    flags = {name: name in what for name in ("DEMAND_RESET", "SELF_READ", "SEASON_CHANGE")}
    return {"ACTION_FLAG": {**flags, "NEW_SEASON": season}}


def logged(peer: Peer) -> list[int]:
    """The codes of the history log's valid entries, the oldest first; the first is the power-up."""
    log = peer.values("ST74")
    valid, last = log["NBR_VALID_ENTRIES"], log["LAST_ENTRY_ELEMENT"]
    entries = log["ENTRIES"]
    return [entries[(last - age) % len(entries)]["HISTORY_CODE"]["TBL_PROC_NBR"] for age in reversed(range(valid))]


def test_a_response_repeats_its_request() -> None:
    peer = Peer(meter())
    assert peer.run("SP7") == (0, None)
    response = peer.values("ST8")
    assert (response["PROC"]["TBL_PROC_NBR"], response["SEQ_NBR"], response["RESULT_CODE"]) == (7, 1, 0)


@pytest.mark.parametrize(
    ("number", "manufacturer"), [(2, False), (20, False), (22, False), (100, False), (7, True), (2047, True)]
)
def test_what_is_not_known_is_said_to_be_unknown(number: int, manufacturer: bool) -> None:
    peer = Peer(meter())
    identity = number | manufacturer << 11
    peer.done(Write(table=7, octets=identity.to_bytes(2, "little") + b"\x2a"))
    response = peer.values("ST8")
    assert (response["PROC"]["TBL_PROC_NBR"], response["SEQ_NBR"], response["RESULT_CODE"]) == (number, 42, 6)
    assert bool(response["PROC"]["STD_VS_MFG_FLAG"]) == manufacturer


def test_a_procedure_that_table_0_does_not_use_is_unknown() -> None:
    peer = Peer(meter(image(general={"STD_PROC_USED": [7]})))
    assert peer.run("SP7")[0] == 0
    assert peer.run("SP3")[0] == 6


@pytest.mark.parametrize(("selector", "good", "bad"), [(0, 0, 2), (1, None, 2), (2, None, None), (3, 0, 2)])
def test_when_there_is_a_response(selector: int, good: int | None, bad: int | None) -> None:
    peer = Peer(meter())
    assert peer.run("SP7", selector=selector)[0] == good
    assert peer.run("SP4", {"LIST": 99}, selector=selector)[0] == bad


@pytest.mark.parametrize(
    ("procedure", "octets"), [("SP4", b""), ("SP4", b"\1\1"), ("SP10", b"\7"), ("SP7", b"\1"), ("SP5", b"\1")]
)
def test_parameters_that_do_not_fit(procedure: str, octets: bytes) -> None:
    peer = Peer(meter())
    found = peer.run(procedure, octets)
    assert found[0] == 2


def test_what_is_no_request_is_refused() -> None:
    peer = Peer(meter())
    before = peer.read(8)
    for octets in (b"", b"\7", b"\7\0", bytes(200)):
        assert peer.code(Write(table=7, octets=octets)) == "IAR"
    assert peer.read(8) == before


@pytest.mark.parametrize("procedure", ["SP0", "SP1"])
def test_a_start_ends_every_session(procedure: str) -> None:
    held = meter()
    held.advance(3600)
    peer, other = Peer(held), Peer(held)
    number = int(procedure[2:])
    peer.done(Write(table=7, octets=bytes([number, 0, 9])))
    assert peer.code(Read(table=8)) == other.code(Read(table=8)) == "ISSS"
    again = Peer(held)
    assert again.values("ST8")["RESULT_CODE"] == 0
    assert again.values("ST23")["TOT_DATA_BLOCK"]["SUMMATIONS"] == ([0] if number == 0 else [4000])
    assert logged(again)[-3:] == [1, 2, 9]


def test_clear_data() -> None:
    held = meter()
    held.advance(3 * 3600)
    peer = Peer(held)
    peer.run("SP9", reset("DEMAND_RESET", "SELF_READ"))
    assert peer.run("SP3")[0] == 0
    for key in ("ST23", "ST25", "ST64"):
        assert not any(peer.read(int(key[2:]))), key
    assert peer.values("ST26")["NBR_VALID_ENTRIES"] == 0
    assert peer.values("ST63")["LP_STATUS_SET1"]["NBR_VALID_BLOCKS"] == 0
    assert logged(peer) == [9]
    held.advance(3600)
    assert peer.values("ST23")["TOT_DATA_BLOCK"]["SUMMATIONS"] == [4000]


def test_lists_are_read_and_reset() -> None:
    held = meter()
    peer = Peer(held)
    for _ in range(2):
        peer.run("SP9", reset("SELF_READ"))
    assert peer.values("ST26")["NBR_UNREAD_ENTRIES"] == 2
    assert peer.run("SP5", {"LIST": 2, "ENTRIES_READ": 3})[0] == 2
    assert peer.run("SP5", {"LIST": 2, "ENTRIES_READ": 1})[0] == 0
    assert peer.values("ST26")["NBR_UNREAD_ENTRIES"] == 1
    assert peer.run("SP4", {"LIST": 2})[0] == 0
    after = peer.values("ST26")
    assert (after["NBR_VALID_ENTRIES"], after["NBR_UNREAD_ENTRIES"], after["LAST_ENTRY_SEQ_NBR"]) == (0, 0, 2)
    assert peer.run("SP4", {"LIST": 1})[0] == 2, "there is no event log"
    held.advance(3600)
    assert peer.run("SP4", {"LIST": 255})[0] == 0
    assert peer.values("ST63")["LP_STATUS_SET1"]["NBR_VALID_BLOCKS"] == 0
    assert peer.values("ST74")["NBR_VALID_ENTRIES"] == 2, "the reset and the procedure"


def test_mode_and_flags() -> None:
    status = {
        "ED_MODE": {"METERING_FLAG": True, "TEST_MODE_FLAG": False, "METER_SHOP_MODE_FLAG": False},
        "ED_STD_STATUS1": b"\xff\x3f",
        "ED_STD_STATUS2": b"\0",
        "ED_MFG_STATUS": [1, 3],
    }
    status["ED_MODE"] |= {"FACTORY_FLAG": False}  # type: ignore[operator]
    peer = Peer(meter(image({"ST3": b"\x01\xff\x3f\x00\x0a"})))
    assert peer.run("SP6", {"ED_MODE": {**status["ED_MODE"], "TEST_MODE_FLAG": True}})[0] == 0  # type: ignore[dict-item]
    assert peer.read(3).hex() == "03ff3f000a"
    assert logged(peer)[1:] == [32, 9]
    assert peer.run("SP7")[0] == 0
    assert peer.read(3).hex() == "030000000a"
    assert peer.run("SP8")[0] == 0
    assert peer.read(3).hex() == "0300000000"


def test_the_clock_is_set() -> None:
    clock = StandingClock()
    peer = Peer(meter(clock=clock))
    before = datetime(2024, 5, 1, 12, 0)
    result, response = peer.run("SP10", set_time(SOON, "SET_TIME", "SET_DATE"))
    assert result == 0
    assert response is not None
    assert (response["DATE_TIME_BEFORE"], response["DATE_TIME_AFTER"]) == (before, SOON)
    clock.now += 10
    assert peer.values("ST52")["CLOCK_CALENDAR"] == peer.values("ST55")["CLOCK_CALENDAR"] == SOON.replace(second=16)
    assert peer.values("ST52")["TIME_DATE_QUAL"]["DAY_OF_WEEK"] == 0, "a Sunday"
    assert peer.values("ST52")["TIME_DATE_QUAL"]["DST_FLAG"] is False
    entries = peer.values("ST74")["ENTRIES"]
    assert [(e["HISTORY_TIME"], e["HISTORY_CODE"]["TBL_PROC_NBR"]) for e in entries[1:4]] == [
        (before, 3),
        (SOON, 4),
        (SOON, 9),
    ]


def test_only_what_is_asked_for_of_the_clock_is_set() -> None:
    peer = Peer(meter())
    peer.run("SP10", set_time(SOON, "SET_TIME"))
    assert peer.values("ST52")["CLOCK_CALENDAR"] == datetime(2024, 5, 1, 4, 5, 6)
    peer.run("SP10", set_time(datetime(2031, 1, 1), "SET_DATE", "SET_TIME_DATE_QUAL"))
    assert peer.values("ST52")["CLOCK_CALENDAR"] == datetime(2031, 1, 1, 4, 5, 6)
    assert peer.values("ST52")["TIME_DATE_QUAL"]["DST_FLAG"] is True
    assert peer.values("ST55")["TIME_DATE_QUAL"]["DST_FLAG"] is True


def test_a_time_that_is_none_is_a_bad_parameter() -> None:
    peer = Peer(meter())
    assert peer.run("SP10", b"\x03" + bytes(7)) == (2, None)


def test_a_meter_without_a_clock_cannot_be_set() -> None:
    peer = Peer(meter(image(general={"TM_FORMAT": 0}, tables={"ST4": None})))
    assert peer.run("SP10", b"\x03\x00") == (3, None)


def test_diagnostics_find_what_makes_no_sense() -> None:
    peer = Peer(meter())
    assert peer.run("SP11")[0] == 0
    assert peer.values("ST3")["ED_STD_STATUS1"]["SELF_CHK_ERROR_FLAG"] is False
    broken = Peer(meter(image({"ST1": b"short"})))
    assert broken.run("SP11")[0] == 0
    assert broken.values("ST3")["ED_STD_STATUS1"]["SELF_CHK_ERROR_FLAG"] is True
    assert 38 in logged(broken)


def test_a_season_needs_somewhere_to_keep_it() -> None:
    peer = Peer(meter())
    assert peer.run("SP9", reset("SEASON_CHANGE", season=1))[0] == 0
    assert peer.values("ST55")["STATUS"]["SEASON"] == 1
    assert 24 in logged(peer)


def test_the_registers_of_a_season_that_ends_are_kept() -> None:
    used: Any = profile().values["GEN_CONFIG_TBL"]
    changes = {"ACT_REGS_TBL": {"SEASON_INFO_FIELD_FLAG": 1}}
    peer = Peer(meter(image(changes=changes, general={"STD_TBLS_USED": [*used["STD_TBLS_USED"], 24]})))
    peer.meter.advance(3600)
    assert peer.run("SP9", reset("SEASON_CHANGE", season=1))[0] == 0
    peer.meter.advance(3600)
    kept = peer.values("ST24")
    assert (kept["REGISTER_INFO"]["END_DATE_TIME"], kept["REGISTER_INFO"]["SEASON"]) == (datetime(2024, 5, 1, 13), 0)
    assert kept["PREV_SEASON_REG_DATA"]["TOT_DATA_BLOCK"]["SUMMATIONS"] == [4000]
    assert peer.values("ST23")["TOT_DATA_BLOCK"]["SUMMATIONS"] == [8000]


EVERY = {"DIM_STD_PROC_USED": 5, "STD_PROC_USED": [*range(33)], "MODEL_SELECT": 0}


@pytest.mark.parametrize("number", [22, 23, 24, 25, 26, 28, 29, 30, 31])
def test_what_the_definition_has_and_the_meter_cannot_do_is_a_conflict(number: int) -> None:
    peer = Peer(meter(image(general=EVERY, edition="2012"), edition="2012"))
    assert peer.run(f"SP{number}", b"\1\2\3")[0] == 3
    older = Peer(meter(image(general=EVERY)))
    older.done(Write(table=7, octets=number.to_bytes(2, "little") + b"\x2a"))
    assert older.values("ST8")["RESULT_CODE"] == 6, "1997 does not have it"


def test_nothing_is_left_to_save(tmp_path: Path) -> None:
    used = image(general={"STD_PROC_USED": [2]})
    peer = Peer(meter(used, store=tmp_path / "meter.db"))
    peer.write("ST5", b"A" * 20)
    assert peer.run("SP2")[0] == 0
    assert peer.meter.tables.store is not None
    peer.meter.tables.store.close()
    assert Peer(meter(used, store=tmp_path / "meter.db")).read(5) == b"A" * 20


def test_the_precision_clock_is_set_to_the_second() -> None:
    peer = Peer(meter(image(general=EVERY, edition="2012"), edition="2012"))
    moment = SOON.replace(microsecond=250_000)
    result, response = peer.run("SP32", set_time(moment, "SET_TIME", "SET_DATE"))
    assert result == 0
    assert response is not None
    assert (response["DATE_TIME_BEFORE"], response["DATE_TIME_AFTER"]) == (datetime(2024, 5, 1, 12, 0), SOON)
    assert peer.values("ST52")["CLOCK_CALENDAR"] == SOON


# --- load profile ----------------------------------------------------------------------------------------------


def profile_of(peer: Peer) -> list[tuple[datetime, list[int], list[int]]]:
    """The blocks of set 1, the oldest first: when they end, their values, and which of these were recorded."""
    status = peer.values("ST63")["LP_STATUS_SET1"]
    blocks = peer.values("ST64")["LP_DATA_SET1"]
    newest, valid = status["LAST_BLOCK_ELEMENT"], status["NBR_VALID_BLOCKS"]
    found = [blocks[(newest - age) % len(blocks)] for age in reversed(range(valid))]
    recorded = [sorted(block["SIMPLE_INT_STATUS"]) for block in found]
    values = [[each["INT_DATA"][0]["ITEM"] for each in block["LP_INT"]] for block in found]
    return [(block["BLK_END_TIME"], *each) for block, *each in zip(found, values, recorded, strict=True)]


@pytest.fixture
def recorder() -> Peer:
    """Blocks of eight quarters of an hour, of which three are there: it is 12:45."""
    peer = Peer(meter(image(general={"STD_PROC_USED": [0, 16, 17]})))
    peer.meter.advance(45 * 60)
    return peer


def is_active(peer: Peer) -> bool:
    flag: bool = peer.values("ST63")["LP_STATUS_SET1"]["LP_SET_STATUS_FLAGS"]["ACTIVE_MODE_FLAG"]
    return flag


def test_what_was_not_recorded_was_skipped(recorder: Peer) -> None:
    """From 12:50 to 13:20: the quarter in hand and two others; the next one is a part."""
    assert is_active(recorder)
    recorder.meter.advance(5 * 60)
    assert recorder.run("SP17") == (0, None)
    assert not is_active(recorder)
    recorder.meter.advance(30 * 60)
    assert profile_of(recorder)[0][1:] == ([1000] * 3 + [0] * 5, [0, 1, 2])
    assert recorder.run("SP16") == (0, None)
    assert is_active(recorder)
    recorder.meter.advance(30 * 60)
    ((end, values, recorded),) = profile_of(recorder)
    assert (end, values, recorded) == (datetime(2024, 5, 1, 13, 45), [1000] * 3 + [0, 0, 666, 1000, 0], [0, 1, 2, 5, 6])
    assert recorder.values("ST23")["TOT_DATA_BLOCK"]["SUMMATIONS"] == [4000 * 110 // 60], "registers go on"


def test_what_was_skipped_ends_where_recording_begins(recorder: Peer) -> None:
    """Stopped and started on the quarter of an hour, no interval is a part."""
    recorder.run("SP17")
    recorder.meter.advance(30 * 60)
    recorder.run("SP16")
    recorder.meter.advance(15 * 60)
    ((end, values, recorded),) = profile_of(recorder)
    assert (end, values, recorded) == (datetime(2024, 5, 1, 13, 30), [1000] * 3 + [0, 0, 1000, 0, 0], [0, 1, 2, 5])


def test_after_a_long_time_there_is_a_new_block(recorder: Peer) -> None:
    assert recorder.run("SP17")[0] == 0
    recorder.meter.advance(86_400)
    assert recorder.run("SP16")[0] == 0
    recorder.meter.advance(15 * 60)
    first, second = profile_of(recorder)
    assert first == (datetime(2024, 5, 1, 14, 0), [1000] * 3 + [0] * 5, [0, 1, 2])
    assert second == (datetime(2024, 5, 2, 13, 0), [1000] + [0] * 7, [0])


def test_the_load_profile_is_started_and_stopped_once(recorder: Peer) -> None:
    assert [recorder.run(name)[0] for name in ("SP16", "SP17", "SP17")] == [0, 0, 0]
    recorder.meter.advance(3600)
    recorder.done(Write(table=7, octets=bytes([0, 0, 9])))
    again = Peer(recorder.meter)
    again.meter.advance(3600)
    assert [values for _, values, _ in profile_of(again)] == [[1000] * 4 + [0] * 4], "a cold start starts it"


def test_a_meter_without_a_load_profile_has_none_to_start() -> None:
    changes = {"ACT_LP_TBL": {"MAX_INT_TIME_SET1": 0}}
    peer = Peer(meter(image(changes=changes, general={"STD_PROC_USED": [16, 17]})))
    assert [peer.run("SP16")[0], peer.run("SP17")[0]] == [3, 3]


def test_a_load_profile_that_is_stopped_stays_so_after_a_crash(tmp_path: Path) -> None:
    used, clock = image(general={"STD_PROC_USED": [17]}), StandingClock()
    peer = Peer(meter(used, store=tmp_path / "meter.db", clock=clock))
    peer.run("SP17")
    assert peer.meter.tables.store is not None
    peer.meter.tables.store.close()
    clock.now += 3600
    assert profile_of(Peer(meter(used, store=tmp_path / "meter.db", clock=clock))) == []


# --- who asks --------------------------------------------------------------------------------------------------


def log_in(password: bytes, user: int = 9) -> dict[str, Any]:
    return {"USER_ID": user, "PASSWORD": padded(password, 20)}


def guarded(**options: Any) -> Peer:
    """Anybody may run procedures 18 and 19, as Tables 44 says of Table 7 and of them."""
    tables: Any = security()
    own = [permission(7, anyone_writes=True), permission(8, anyone_reads=True)]
    own += [permission(number, procedure=True, anyone_writes=True) for number in (18, 19)]
    tables["ST44"] = {"ACCESS_CONTROL": own + [permission(0)] * (8 - len(own))}
    return Peer(meter(image(tables, general={"STD_PROC_USED": [18, 19]}), **options))


def test_a_password_may_be_shown_by_a_procedure() -> None:
    peer = guarded()
    assert peer.code(Write(table=5, octets=b"A" * 20)) == "ISC"
    assert peer.run("SP18", log_in(MASTER)) == (0, None)
    assert peer.session.who is not None
    assert (peer.session.who.user, peer.session.who.groups) == (9, 1)
    assert peer.code(Write(table=5, octets=b"A" * 20)) == "OK"
    other = Peer(peer.meter)
    assert other.code(Write(table=5, octets=b"B" * 20)) == "ISC", "it holds for who has shown it"
    assert peer.run("SP19") == (0, None)
    assert peer.code(Write(table=5, octets=b"B" * 20)) == "ISC"


def test_wrong_passwords_count_and_lock() -> None:
    peer = guarded(locking=Locking(attempts=2, seconds=60))
    assert peer.run("SP18", log_in(MASTER))[0] == 0
    assert peer.run("SP18", log_in(b"wrong"))[0] == 5
    assert peer.code(Write(table=5, octets=b"A" * 20)) == "ISC", "nor is the right one believed that was shown before"
    assert peer.run("SP18", log_in(b"wrong"))[0] == 5
    assert peer.run("SP18", log_in(MASTER))[0] == 4
    assert peer.code(Security(password=padded(MASTER, 20))) == "DLK"
    peer.meter.advance(60)
    assert peer.run("SP18", log_in(MASTER))[0] == 0


# --- telephone -------------------------------------------------------------------------------------------------

CALLS = EVERY | {"DIM_STD_TBLS_USED": 13, "STD_TBLS_USED": [0, 1, 3, 7, 8, 91, 97]}
NUMBERS = {"ACT_TELEPHONE_TBL": {"NBR_ORIGINATE_NUMBERS": 3}}


def telephone(general: Any = CALLS) -> Peer:
    held = Image(profile=profile(NUMBERS, general=general))
    return Peer(Meter.open(standard("2012"), held, clock=StandingClock()))


def test_a_call_finds_no_line() -> None:
    peer = telephone()
    assert peer.run("SP20", {"PHONE_NUMBER": 3})[0] == 2
    assert peer.values("ST97")["CALL_STATUS"] == [0, 0, 0]
    assert peer.run("SP20", {"PHONE_NUMBER": 1})[0] == 0
    assert peer.values("ST97")["CALL_STATUS"] == [0, 8, 0]
    assert peer.run("SP27", b"")[0] == 0
    assert peer.values("ST97")["CALL_STATUS"] == [0, 0, 0]


def test_a_meter_without_a_telephone_makes_no_calls() -> None:
    peer = telephone(CALLS | {"STD_TBLS_USED": [0, 1, 7, 8]})
    assert [peer.run("SP20", {"PHONE_NUMBER": 0})[0], peer.run("SP27", b"")[0]] == [3, 3]


# --- load ------------------------------------------------------------------------------------------------------


def test_direct_load_control_is_remembered() -> None:
    used = {"STD_PROC_USED": [21], "MODEL_SELECT": 0}
    peer = Peer(meter(image(general=used, edition="2012"), edition="2012"))
    parameters = {"LEVEL": 75, "CONTROL_POINTS_AND_DURATION": b"\x03\x00\x1e\x00"}
    assert peer.run("SP21", parameters)[0] == 0
    assert peer.meter.tables.state.control == (75, "03001e00")


def test_everything_asked_for_of_a_reset_must_be_possible() -> None:
    """Without Table 26 there are no self-reads; what was done otherwise is undone."""
    used: Any = profile().values["GEN_CONFIG_TBL"]
    without = {"STD_TBLS_USED": [table for table in used["STD_TBLS_USED"] if table != 26]}
    held = meter(image(general=without))
    held.advance(3600)
    peer = Peer(held)
    result, response = peer.run("SP9", reset("DEMAND_RESET", "SELF_READ"))
    assert result == 3
    assert response is not None
    assert (response["SUCCESS_FLAG"]["DEMAND_RESET"], response["SUCCESS_FLAG"]["SELF_READ"]) == (True, False)
