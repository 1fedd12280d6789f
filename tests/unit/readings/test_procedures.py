"""Procedures in Tables 7 and 8, read and made."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

import tdl
from tdl.codec.errors import EncodeError
from tdl.codec.values import Record
from tdl.project.definition import Definition
from tdl.project.reading import Reading
from tdl.readings.procedures import Message, UnknownProcedure
from tests.unit.readings.meters import example_values, fragment, holding, read, standard

VECTOR = bytes.fromhex("46 08 1C 03 0B 0C 09 0F 12")
"""A request for manufacturer procedure 70, sequence number 1C, with six octets of parameters."""

CLOCK = """
ADD PROCEDURE MFG 70 ACME_SET_CLOCK = PARAMETER ACME_SET_CLOCK_RCD;
ADD TYPE ACME_SET_CLOCK_RCD = PACKED RECORD
    MASK : UINT8;
    WHEN : STIME_DATE;
END;
"""


def meter(definition: Definition | None = None, **tables: bytes) -> Reading:
    return read({"ST0": example_values()["ST0"], **tables}, definition)


def message(definition: Definition | None = None, **tables: bytes) -> Message:
    (found,) = tdl.procedures(meter(definition, **tables))
    return found


def test_a_manufacturer_procedure_with_its_definition() -> None:
    found = message(fragment(CLOCK), ST7=VECTOR)
    assert (found.table, found.key, found.name, found.sequence) == ("ST7", "MP70", "ACME_SET_CLOCK", 0x1C)
    assert (found.selector, found.selector_name) == (0, "ON_COMPLETION")
    assert found.record == Record({"MASK": 3, "WHEN": datetime(2011, 12, 9, 15, 18)})
    assert (found.result, found.result_name, found.notes) == (None, "", ())


def test_a_manufacturer_procedure_that_nobody_knows() -> None:
    found = message(ST7=VECTOR)
    assert (found.key, found.name, found.record) == ("MP70", "", None)
    assert found.octets == VECTOR[3:]
    assert found.notes == (f"{standard().name} has no procedure MP70",)


def test_the_same_octets_are_made_from_the_values() -> None:
    values = {"MASK": 3, "WHEN": datetime(2011, 12, 9, 15, 18)}
    known = meter(fragment(CLOCK))
    assert tdl.request(known, "MP70", values, sequence=0x1C) == VECTOR
    assert tdl.request(known, "acme_set_clock", VECTOR[3:], sequence=0x1C) == VECTOR
    assert tdl.request(known.definition, "MP70", values, sequence=0x1C, environment=_environment(known)) == VECTOR


def _environment(known: Reading) -> tdl.Environment:
    environment = tdl.Environment()
    environment.fill(0, known["ST0"])
    return environment


QUALIFIER = {
    "DAY_OF_WEEK": 4, "DST_FLAG": False, "GMT_FLAG": False, "TM_ZN_APPLIED_FLAG": True, "DST_APPLIED_FLAG": False,
    "DST_SUPPORTED_FLAG": True,
}  # fmt: skip


def set_clock() -> dict[str, Any]:
    mask = {"SET_TIME": True, "SET_DATE": True, "SET_TIME_DATE_QUAL": False}
    return {"SET_MASK": mask, "DATE_TIME": datetime(2024, 1, 18, 17, 45, 30), "TIME_DATE_QUAL": QUALIFIER}


def test_a_standard_request_there_and_back() -> None:
    octets = tdl.request(meter(), "SP10", set_clock(), sequence=9, selector=3)
    assert octets == bytes.fromhex("0A 30 09 03 18 01 12 11 2D 1E A4")
    found = message(ST7=octets)
    assert (found.key, found.name, found.selector) == ("SP10", "SET_DATE_TIME", 3)
    assert found.selector_name == "IMMEDIATE_AND_ON_COMPLETION"
    assert found.record is not None
    assert str(found.record.DATE_TIME) == "2024-01-18 17:45:30"
    assert found.record.SET_MASK.SET_DATE


def test_storage_of_fixed_size_is_filled_up_with_zeros() -> None:
    octets = tdl.request(meter(), "SP10", set_clock())
    padded = message(ST7=octets + bytes(21))
    assert (padded.record, padded.notes) == (message(ST7=octets).record, ())
    more = message(ST7=octets + b"\0\1")
    assert more.record == padded.record
    assert more.notes == ("behind SP10.parameter: 00 01",)


def test_parameters_that_end_too_early_stay_octets_with_a_note() -> None:
    found = message(ST7=bytes.fromhex("0A 00 09 03 18"))
    assert (found.record, found.octets) == (None, b"\x03\x18")
    assert found.notes == ("SP10.parameter DATE_TIME at octet 1: 1 left, 6 octets expected",)


def test_a_response_with_its_result() -> None:
    moment = "18 01 12 11 2D 1E A4"
    found = message(ST8=bytes.fromhex(f"0A 00 09 00 {moment} {moment}"))
    assert (found.table, found.result, found.result_name) == ("ST8", 0, "DONE")
    assert found.record is not None
    assert str(found.record.DATE_TIME_AFTER) == "2024-01-18 17:45:30"
    assert found.notes == ()


def test_a_response_may_be_empty() -> None:
    found = message(ST8=bytes.fromhex("0A 00 09 06"))
    assert (found.result_name, found.record, found.octets, found.notes) == ("UNKNOWN_PROCEDURE", None, b"", ())
    found = message(ST8=bytes.fromhex("03 00 09 00") + bytes(12))
    assert (found.name, found.record, found.notes) == ("CLEAR_DATA", None, ())


def test_octets_where_a_procedure_has_none_are_told() -> None:
    found = message(ST7=bytes.fromhex("03 00 09 00 01"))
    assert found.notes == ("SP3 has no parameters, these octets are none: 00 01",)
    found = message(ST8=bytes.fromhex("03 00 09 00 01"))
    assert found.notes == ("SP3 has no response, these octets are none: 01",)


def test_both_tables() -> None:
    found = tdl.procedures(meter(ST7=bytes.fromhex("03 00 09"), ST8=bytes.fromhex("03 00 09 00")))
    assert [each.table for each in found] == ["ST7", "ST8"]
    assert tdl.procedures(meter()) == ()


def test_requests_that_cannot_be_made() -> None:
    with pytest.raises(UnknownProcedure, match="has no procedure `MP70`"):
        tdl.request(meter(), "MP70")
    with pytest.raises(EncodeError, match=r"SP3 .*no parameters expected"):
        tdl.request(meter(), "SP3", {"A": 1})
    with pytest.raises(EncodeError, match=r"SP10\.parameter"):
        tdl.request(meter(), "SP10")
    with pytest.raises(EncodeError, match="ST7 PARM"):
        tdl.request(meter(), "SP3", bytes(33))
    with pytest.raises(EncodeError, match="SELECTOR"):
        tdl.request(meter(), "SP3", selector=16)
    with pytest.raises(EncodeError, match="GEN_CONFIG_TBL"):
        tdl.request(standard(), "SP3")


def test_the_flag_of_the_manufacturer_by_its_other_name() -> None:
    text = CLOCK + "MODIFY TYPE TABLE_IDB_BFLD\n    RENAME STD_VS_MFG_FLAG TO MFG_FLAG;\nEND;\n"
    renamed = fragment(text)
    assert message(renamed, ST7=VECTOR).name == "ACME_SET_CLOCK"
    assert tdl.request(meter(renamed), "MP70", VECTOR[3:], sequence=0x1C) == VECTOR


def test_a_request_that_names_no_procedure() -> None:
    (found,) = tdl.procedures(holding(ST7=Record({"PARM": b"\x01"})))
    assert (found.key, found.name, found.octets, found.record) == ("", "", b"\x01", None)
    assert found.notes == ("it names no procedure",)


def test_a_procedure_without_parameters() -> None:
    assert tdl.request(meter(), "CLEAR_DATA", sequence=255) == bytes.fromhex("03 00 FF")
