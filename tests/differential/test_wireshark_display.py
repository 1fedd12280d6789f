"""What people see and filter by: codes, units, bits, numbers of 64 bits, moments and what has no value."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tdl.codec.environment import Environment
from tdl.ir.bind import bind
from tdl.project.definition import load
from tdl.sources import Resolver
from tests.differential.c1222_traffic import Capture, Message, read, read_answer
from tests.differential.wireshark_trees import Item, tables, tshark
from tests.differential.wireshark_walks import Plugin, plugin

TEXT = """
DOCUMENT D;
TYPE MODES_ENUM = ENUMERATION
    OFF : 0;
    ON : 2;
END;
TYPE KINDS_ENUM = ENUMERATION
    FIRST : 0;
    OTHER : 1..255;
END;
TYPE FLAGS_BFLD = BIT FIELD OF UINT16
    MODE : UINT(0..1) WITH Enum = MODES_ENUM;
    LEVEL : INT(2..9);
    READY : BOOL(15);
END;
TYPE ALL_RCD = PACKED RECORD
    FLAGS : FLAGS_BFLD;
    KIND : UINT8 WITH Enum = KINDS_ENUM;
    VOLTS : ARRAY[2] OF UINT16 WITH Unit = "V", Scale = "0.1";
    DELAY : UINT8 WITH Unit = "s";
    LARGE : UINT64;
    SMALL : INT64;
    ODD : INT40;
    RATIO : FLOAT64;
    SET_AT : LTIME_DATE;
    DAY : DATE;
    NAME : STRING(6);
    DIGITS : BCD(2);
    OCTETS : BINARY(2);
    MEMBERS : SET(2);
    NOTHING : NIL;
    RESULT : NI_FMAT1;
END;
TABLE 5 ALL_TBL = ALL_RCD;
"""

OCTETS = bytes.fromhex(
    "FE83" "05" "E508 0109" "3C" "FFFFFFFFFFFFFFFF" "0100000000000080" "FFFFFFFFFF" "000000000000F83F"
    "180112112D00" "0000" "410A4220C3A9" "1F09" "DEAD" "0381" "12345678"
)  # fmt: skip

FORMATS = {"DATA_ORDER": 0, "CHAR_FORMAT": 3, "INT_FORMAT": 0, "TM_FORMAT": 2, "NI_FORMAT1": 4}


@pytest.fixture(scope="module")
def dissector() -> Iterator[Plugin]:
    of = load("d.tdl", resolver=Resolver({"d.tdl": TEXT}))
    known = Environment()
    for name, value in FORMATS.items():
        known.set(0, (name,), value)
    with plugin(of.model, bind(of.plan, known)) as made:
        yield made


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Capture()
    made.say(Message(services=(read(5),)), Message(services=(read_answer(OCTETS),), answer=True))
    path = tmp_path_factory.mktemp("display") / "capture"
    path.write_bytes(made.octets)
    return path


@pytest.fixture(scope="module")
def shown(dissector: Plugin, capture: Path) -> dict[str, Item]:
    _, (table,) = tables(capture, dissector.path)
    assert not [item.label for item in table if item.filter == "tdl.error"]
    return {item.label.partition(":")[0]: item for item in table}


@pytest.mark.parametrize(
    ("element", "label", "value"),
    [
        ("MODE", "MODE: 2 (ON)", "2"),
        ("KIND", "KIND: 5 (OTHER)", "5"),
        ("LEVEL", "LEVEL: -1", "-1"),
        ("READY", "READY: true", "1"),
        ("VOLTS[0]", "VOLTS[0]: 2277 x 0.1 V", "2277"),
        ("DELAY", "DELAY: 60 s", "60"),
        ("LARGE", "LARGE: 18446744073709551615", "18446744073709551615"),
        ("SMALL", "SMALL: -9223372036854775807", "-9223372036854775807"),
        ("ODD", "ODD: -1", "-1"),
        ("RATIO", "RATIO: 1.5", "1.5"),
        ("SET_AT", "SET_AT: 2024-01-18T17:45:00", "Jan 18, 2024 17:45:00.000000000 UTC"),
        ("DAY", "DAY: 0000 (no value)", "00:00"),
        ("NAME", "NAME: A\\x0AB é", "A\\x0AB é"),
        ("DIGITS", "DIGITS: 1F09", "1F09"),
        ("OCTETS", "OCTETS: DEAD", "de:ad"),
        ("MEMBERS", "MEMBERS: {0, 1, 8, 15}", "03:81"),
        ("NOTHING", "NOTHING: none", ""),
        ("RESULT", "RESULT: 201891.5346", "201891.5346"),
    ],
)
def test_an_element(shown: dict[str, Item], element: str, label: str, value: str) -> None:
    assert (shown[element].label, shown[element].value) == (label, value)


def test_bits_in_their_places(dissector: Plugin, capture: Path) -> None:
    output = tshark(capture, dissector.path, "-O", "tdl")
    assert ".... .... .... ..10 = MODE: 2 (ON)\n" in output
    assert ".... ..11 1111 11.. = LEVEL: -1\n" in output
    assert "1... .... .... .... = READY: true\n" in output


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        ("tdl.table == 5", True),
        ('tdl.st5.flags.mode == "ON"', True),
        ('tdl.st5.flags.mode == "OFF"', False),
        ("tdl.st5.large == 18446744073709551615", True),
        ("tdl.st5.small == -9223372036854775807", True),
        ("tdl.st5.volts == 2305", True),
        ('tdl.st5.set_at > "2024-01-18 17:44:59"', True),
        ('tdl.st5.set_at > "2024-01-18 17:45:00"', False),
        ("tdl.st5.result > 201891.53 && tdl.st5.ratio == 1.5", True),
        ("tdl.st5.octets contains ad", True),
        ("tdl.st5.day", False),
        ("tdl.raw", True),
        ("tdl.error", False),
    ],
)
def test_filters(dissector: Plugin, capture: Path, filter: str, found: bool) -> None:
    output = tshark(capture, dissector.path, "-Y", filter, "-T", "fields", "-e", "frame.number")
    assert output == ("2\n" if found else "")
