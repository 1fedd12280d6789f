"""Rows and events as JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, time
from decimal import Decimal
from typing import Any

import pytest

from tdl.codec.values import ExactFloat, ExactInt, Raw, Record
from tdl.readings.row import Row, number_text
from tdl.readings.writing import EVENT_KEYS, ROW_KEYS, csv_text, json_list, row_cells


def row(**changed: Any) -> Row:
    values: dict[str, Any] = {
        "quantity": "active energy", "value": 41207, "unit": "Wh", "kind": "summation", "table": "ST23",
        "element": "A[0]", "raw": 41207,
    }  # fmt: skip
    return Row(**{**values, **changed})


def test_a_value_for_people() -> None:
    assert str(row(direction="delivered", tier=2)) == "41207 Wh delivered, tier 2"
    assert str(row(value=Decimal("59.98"), unit="Hz")) == "59.98 Hz"
    assert str(row(value=None, phase="A-N")) == "- Wh A-N"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12, "12"),
        (Decimal("0.0000001"), "0.0000001"),
        (Decimal("12E+3"), "12000"),
        (Decimal("1E+999999999999"), "1E+999999999999"),
        (2.5, "2.5"),
        (None, "-"),
    ],
)
def test_numbers_are_plain_unless_that_is_long(value: Any, text: str) -> None:
    assert number_text(value) == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (12, "12"),
        (ExactInt(0, b"\xff"), "0"),
        (Decimal("1.2300"), "1.2300"),
        (Decimal("12345678901234567890.1234"), "12345678901234567890.1234"),
        (0.1, "0.1"),
        (ExactFloat(float("nan"), b"\x7f\xc0\0\0"), '{"$raw": "7FC00000", "$value": "NaN"}'),
        (Raw(b"\xff\xfe"), '"FFFE"'),
        (True, "true"),
        (None, "null"),
        ('a"b', '"a\\"b"'),
        (time(1, 2, 3), '"01:02:03"'),
    ],
)
def test_json_has_every_digit(raw: object, text: str) -> None:
    assert f'"raw": {text}, ' in json_list([row_cells(row(raw=raw))])


def test_json_rows_have_the_same_keys_whatever_they_hold() -> None:
    full = row(time=datetime(2024, 1, 2, 3, 4), status=("x",), notes=("n", "m"), tier=1)
    first, second = json.loads(json_list([row_cells(row()), row_cells(full)]))
    assert tuple(first) == tuple(second) == ROW_KEYS
    assert (first["time"], first["phase"], first["status"]) == (None, None, [])
    assert (second["time"], second["status"], second["notes"]) == ("2024-01-02T03:04:00", ["x"], ["n", "m"])
    assert json_list([]) == "[]\n"


def test_csv_as_its_standard_says() -> None:
    text = csv_text(ROW_KEYS, [row_cells(row(quantity='say "A, B"', notes=("n", "m"), value=None))])
    assert text.count("\r\n") == 2
    assert text.replace("\r\n", "").count("\n") == 0
    header, line = csv.reader(io.StringIO(text, newline=""))
    assert tuple(header) == ROW_KEYS
    cells = dict(zip(header, line, strict=True))
    assert (cells["quantity"], cells["value"], cells["notes"]) == ('say "A, B"', "", "n; m")


def test_csv_of_events() -> None:
    cells: dict[str, object] = dict.fromkeys(EVENT_KEYS)
    cells.update(argument=Record({"A": 1}), octets=b"\x01", unread=True, time=datetime(2024, 1, 2))
    _, line = csv.reader(io.StringIO(csv_text(EVENT_KEYS, [cells]), newline=""))
    found = dict(zip(EVENT_KEYS, line, strict=True))
    assert (found["argument"], found["octets"], found["unread"]) == ('{"A": 1}', "01", "true")
    assert found["time"] == "2024-01-02T00:00:00"
