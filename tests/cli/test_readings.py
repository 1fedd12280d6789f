from __future__ import annotations

import csv
import io
import json
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import EXAMPLE, IMAGES, Run

METER = ("-d", "std:2012", "-f", EXAMPLE / "acme-ax200.tdl", EXAMPLE / "image")


def rows(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(text, parse_float=Decimal)
    return found


def test_the_reading_of_a_meter(tdl: Run) -> None:
    result = tdl("readings", *METER)
    assert result.exit_code == 0
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    assert lines[0] == "ST23 CURRENT_REG_DATA_TBL"
    assert lines[4].split() == ["active", "energy", "1234567", "Wh", "delivered", "SUMMATIONS[0]"]
    assert "  TIER_DATA_BLOCK[1] (tier 2)" in lines
    assert "-125.0  var   delivered  2024-01-09 12:15" in result.stdout


def test_one_line_a_value_whatever_the_width(tdl: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = tdl("readings", *METER).stdout
    monkeypatch.setenv("COLUMNS", "40")
    assert tdl("readings", *METER).stdout == wide
    assert wide.count("COINCIDENTS[0].COINCIDENT_VALUES[0]\n") == 3
    assert len(wide.splitlines()) == 1 + 1 + 16 + 3


def test_json_and_csv_say_the_same(tdl: Run) -> None:
    from_json = rows(tdl("readings", *METER, "--format", "json").stdout)
    (delivered,) = (row for row in from_json if row["element"] == "TIER_DATA_BLOCK[1].SUMMATIONS[0]")
    assert (delivered["quantity"], delivered["value"], delivered["unit"]) == ("active energy", 534567, "Wh")
    assert (delivered["direction"], delivered["tier"], delivered["table"]) == ("delivered", 2, "ST23")
    text = tdl("readings", *METER, "--format", "csv").stdout_bytes.decode()
    from_csv = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["value"] for row in from_csv] == [str(row["value"]) for row in from_json]
    assert [row["time"] for row in from_csv] == [row["time"] or "" for row in from_json]
    assert list(from_csv[0]) == list(from_json[0])


@pytest.mark.parametrize("format", ["table", "json", "csv"])
def test_a_table_that_fails_hides_no_other(tdl: Run, tmp_path: Path, format: str) -> None:
    shutil.copytree(EXAMPLE / "image", tmp_path / "image")
    octets = (tmp_path / "image" / "ST12.bin").read_bytes()
    (tmp_path / "image" / "ST12.bin").write_bytes(octets[:-1])
    result = tdl("readings", "-d", "std:2012", "-f", EXAMPLE / "acme-ax200.tdl", "image", "--format", format)
    assert result.exit_code == 1
    assert "error TDL511: `ST12 UOM_ENTRY[3]` at octet 12" in result.stderr
    assert "1234567" in result.stdout
    assert "no unit: Table 12 cannot be decoded" in result.stdout


def test_notes_are_told_once(tdl: Run, tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE / "image", tmp_path / "image")
    (tmp_path / "image" / "ST22.bin").unlink()
    result = tdl("readings", "-d", "std:2012", "-f", EXAMPLE / "acme-ax200.tdl", "image")
    assert result.exit_code == 0
    assert result.stdout.count("no source: Table 22 is not in the image") == 1
    assert result.stdout.splitlines()[-1] == "  [1] no source: Table 22 is not in the image"
    assert "SUMMATIONS[0] [1]\n" in result.stdout


def test_what_values_mean_may_be_in_another_image(tdl: Run, tmp_path: Path) -> None:
    (tmp_path / "today").mkdir()
    for name in ("ST0", "ST21", "ST23"):
        shutil.copy(EXAMPLE / "image" / f"{name}.bin", tmp_path / "today")
    assert "1234567  " not in tdl("readings", "-d", "std:2012", "today", "--table", "ST28").stdout
    alone = rows(tdl("readings", "-d", "std:2012", "today", "--format", "json").stdout)
    assert {row["unit"] for row in alone} == {None}
    bound = ("--bind", EXAMPLE / "image")
    known = rows(tdl("readings", "-d", "std:2012", "today", *bound, "--format", "json").stdout)
    assert known == rows(tdl("readings", *METER, "--format", "json").stdout)


def test_only_some_tables(tdl: Run) -> None:
    assert tdl("readings", *METER, "--table", "23").stdout == tdl("readings", *METER).stdout
    assert tdl("readings", *METER, "--table", "ST64").stdout == "no values\n"
    assert tdl("readings", *METER, "--table", "ST64", "--format", "json").stdout == "[]\n"
    assert tdl("readings", *METER, "--table", "ST999").exit_code == 2


def test_the_sources(tdl: Run) -> None:
    lines = tdl("readings", *METER, "--sources").stdout.splitlines()
    assert lines[0].split() == ["source", "quantity", "unit", "x", "10^", "direction", "time", "base"]
    assert lines[3].split() == ["2", "active", "power", "W", "3", "delivered", "block", "average"]
    assert len(lines) == 5
    found = rows(tdl("readings", *METER, "--sources", "--format", "json").stdout)
    assert (found[3]["source"], found[3]["quantity"], found[3]["exponent"]) == (3, "reactive power", 3)
    text = tdl("readings", *METER, "--sources", "--format", "csv").stdout
    assert text.startswith("source,quantity,unit,exponent,phase,direction,time_base,interval,pulses,unapplied,notes")
    assert tdl("readings", "-d", "std:2012", IMAGES / "elster-a3", "--sources").stdout == "no sources\n"


def test_an_image_without_readings(tdl: Run) -> None:
    result = tdl("readings", "-d", "std:2012", IMAGES / "elster-a3")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "no values\n", "")


@pytest.mark.parametrize("arguments", [("nowhere",), (EXAMPLE / "image", "--format", "xml"), ()])
def test_usage(tdl: Run, arguments: tuple[object, ...]) -> None:
    assert tdl("readings", "-d", "std:2012", *arguments).exit_code == 2


SENSORS = """
FRAGMENT SENSORS OF "std:2012";
ADD TABLE MFG 9 SENSORS_TBL = SENSORS_RCD;
ADD TYPE SENSORS_RCD = PACKED RECORD
    INSIDE : INT16 WITH Quantity = "temperature", Unit = "degC", Scale = "0.1";
END;
"""


def test_a_vendor_table_with_quantities(tdl: Run, tmp_path: Path) -> None:
    (tmp_path / "sensors.tdl").write_text(SENSORS)
    (tmp_path / "MT9.bin").write_bytes(b"\xeb\x00")
    shutil.copy(EXAMPLE / "image" / "ST0.bin", tmp_path)
    definition = ("-d", "std:2012", "-f", "sensors.tdl")
    assert "warning" not in tdl("check", *definition[1:2], "sensors.tdl").output
    result = tdl("readings", *definition, ".")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "MT9 SENSORS_TBL"
    assert result.stdout.splitlines()[2].split() == ["temperature", "23.5", "degC", "INSIDE"]


PROCEDURE = """
FRAGMENT CLOCK OF "std:2012";
ADD PROCEDURE MFG 70 ACME_SET_CLOCK = PARAMETER ACME_SET_CLOCK_RCD;
ADD TYPE ACME_SET_CLOCK_RCD = PACKED RECORD
    MASK : UINT8;
    WHEN : STIME_DATE;
END;
"""


def test_decode_shows_what_procedures_carry(tdl: Run, tmp_path: Path) -> None:
    (tmp_path / "clock.tdl").write_text(PROCEDURE)
    (tmp_path / "ST7.bin").write_bytes(bytes.fromhex("46081C030B0C090F12"))
    (tmp_path / "ST8.bin").write_bytes(bytes.fromhex("03001C00"))
    shutil.copy(EXAMPLE / "image" / "ST0.bin", tmp_path)
    shown = tdl("decode", "-d", "std:2012", "-f", "clock.tdl", ".", "--table", "ST7", "--table", "ST8").stdout
    assert "  parameters of MP70 ACME_SET_CLOCK\n    MASK  3\n    WHEN  2011-12-09 15:18:00\n" in shown
    assert shown.endswith("  response of SP3 CLEAR_DATA: none\n")
    unknown = tdl("decode", "-d", "std:2012", ".", "--table", "ST7").stdout
    assert "  parameters of MP70\n    note: " in unknown
    assert unknown.endswith(" has no procedure MP70\n")
    as_json = tdl("decode", "-d", "std:2012", "-f", "clock.tdl", ".", "--format", "json").stdout
    assert json.loads(as_json)["ST7"]["PARM"] == "030B0C090F12"


def test_a_document_cannot_command_the_terminal(tdl: Run, tmp_path: Path) -> None:
    (tmp_path / "sensors.tdl").write_text(SENSORS.replace("temperature", "\x1b[2Jhot"))
    (tmp_path / "MT9.bin").write_bytes(b"\xeb\x00")
    shutil.copy(EXAMPLE / "image" / "ST0.bin", tmp_path)
    result = tdl("readings", "-d", "std:2012", "-f", "sensors.tdl", ".")
    assert "\x1b" not in result.stdout
    assert "\\x1b[2Jhot" in result.stdout
