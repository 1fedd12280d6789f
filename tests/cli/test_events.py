from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.unit.readings.logs import HISTORY, LOGS, entry, log


@pytest.fixture
def meter(tmp_path: Path) -> tuple[str, ...]:
    """The definition and an image with both logs, in the working folder."""
    (tmp_path / "logs.tdl").write_text(LOGS)
    image = tmp_path / "image"
    image.mkdir()
    (image / "ST0.bin").write_bytes(b"\x04\x04")
    (image / "ST74.bin").write_bytes(log(HISTORY, 4, 1, 65537, 1))
    (image / "ST76.bin").write_bytes(log([entry(9, 7, 9, "0A 28 00 01", 300)], 1, 0, 7, 0))
    return "-d", "logs.tdl", "image"


def test_the_logs_of_a_meter(tdl: Run, meter: tuple[str, ...]) -> None:
    result = tdl("events", *meter)
    assert (result.exit_code, result.stderr) == (0, "")
    invoked = "PROCEDURE.TBL_PROC_NBR 10, PROCEDURE.STD_VS_MFG_FLAG true, PROCEDURE.SELECTOR 2"
    assert result.stdout == (
        "ST74 HISTORY_LOG_DATA_TBL\n"
        "    time                 sequence  unread  user  code  event              argument\n"
        "    2024-01-01 12:30:05     65534          1001     2  power up\n"
        f"    2024-01-02 12:30:05     65535          1002     9  procedure invoked  {invoked}\n"
        "    2024-01-03 12:30:05     65536          1003    M5  cover opened       WHICH 7, SINCE 10:20:30\n"
        "    2024-01-04 12:30:05     65537  *       1004    99  -\n"
        "\n"
        "ST76 EVENT_LOG_DATA_TBL\n"
        "    time                 sequence  number  user  code  event              argument\n"
        f"    2024-01-09 12:30:05         7     300  1009     9  procedure invoked  {invoked} [1]\n"
        "  [1] behind INVOKED_RCD: 00 01\n"
    )


def test_json(tdl: Run, meter: tuple[str, ...]) -> None:
    found = json.loads(tdl("events", *meter, "--format", "json").stdout)
    assert [event["name"] for event in found] == [
        "POWER_UP",
        "PROCEDURE_INVOKED",
        "COVER_OPENED",
        None,
        "PROCEDURE_INVOKED",
    ]
    assert found[2]["argument"] == {"WHICH": 7, "SINCE": "10:20:30"}
    assert (found[3]["code"], found[3]["octets"], found[3]["unread"]) == (99, "00000000", True)
    assert (found[4]["table"], found[4]["number"]) == ("ST76", 300)
    assert found[4]["notes"] == ["behind INVOKED_RCD: 00 01"]


def test_csv(tdl: Run, meter: tuple[str, ...]) -> None:
    text = tdl("events", *meter, "--format", "csv").stdout_bytes.decode()
    found = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [event["code"] for event in found] == ["2", "9", "5", "99", "9"]
    assert found[0]["time"] == "2024-01-01T12:30:05"


def test_a_log_that_fails_hides_no_other(tdl: Run, meter: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "image" / "ST76.bin").write_bytes(b"\0")
    result = tdl("events", *meter)
    assert result.exit_code == 1
    assert "power up" in result.stdout
    assert "ST76" in result.stderr


def test_an_image_without_logs(tdl: Run, meter: tuple[str, ...], tmp_path: Path) -> None:
    for name in ("ST74", "ST76"):
        (tmp_path / "image" / f"{name}.bin").unlink()
    assert tdl("events", *meter).stdout == "no events\n"
    assert tdl("events", *meter, "--format", "json").stdout == "[]\n"
    assert tdl("events", "-d", "logs.tdl", "nowhere").exit_code == 2
