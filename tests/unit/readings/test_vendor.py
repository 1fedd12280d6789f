"""Elements of any table that their definition calls quantities."""

from __future__ import annotations

from decimal import Decimal

import pytest

import tdl
from tdl.readings.row import Row
from tests.unit.readings.meters import example_values, fragment, read

SENSORS = """
ADD TABLE MFG 9 SENSORS_TBL = SENSORS_RCD;
ADD TYPE SENSORS_RCD = PACKED RECORD
    NBR_PROBES : UINT8;
    PROBES : ARRAY[SENSORS_TBL.NBR_PROBES] OF INT16
        WITH Quantity = "temperature", Unit = "degC", Scale = "0.1";
    STATE : STATE_BFLD;
    SPARE : UINT8 WITH Unit = "minutes";
END;
ADD TYPE STATE_BFLD = BIT FIELD OF UINT8
    LOAD : UINT(0..3) WITH Quantity = "load", Unit = "%", Scale = 10, Phase = "A-N", Direction = "received";
    FILLER : FILL(4..7);
END;
"""


def sensor_rows(octets: str, text: str = SENSORS) -> tuple[Row, ...]:
    values = {"ST0": example_values()["ST0"], "MT9": bytes.fromhex(octets)}
    return tuple(row for row in tdl.rows(read(values, fragment(text))) if row.table == "MT9")


def test_a_row_for_each_quantity() -> None:
    first, second, load = sensor_rows("02 EB00 9CFF 07 05")
    assert (str(first), first.quantity, first.element, first.raw) == ("23.5 degC", "temperature", "PROBES[0]", 235)
    assert (second.value, second.kind, second.element) == (Decimal("-10.0"), "value", "PROBES[1]")
    assert (str(load), load.element, load.table) == ("70 % A-N received", "STATE.LOAD", "MT9")


def test_a_table_without_quantities_has_no_rows() -> None:
    assert sensor_rows("01 0000 00 00", SENSORS.replace("Quantity", "Label")) == ()


@pytest.mark.parametrize("scale", ['"ten"', '"NaN"', '""'])
def test_a_scale_that_is_no_number_is_told(scale: str) -> None:
    row = sensor_rows("01 EB00 00 00", SENSORS.replace('"0.1"', scale))[0]
    assert row.value is None
    assert row.notes == (f"the property `Scale` is no number: {scale[1:-1]}",)


def test_a_quantity_that_is_no_number_is_told() -> None:
    text = SENSORS.replace("SPARE : UINT8 WITH", 'SPARE : STRING(1) WITH Quantity = "word",')
    row = sensor_rows("00 00 41", text)[-1]
    assert (row.value, row.raw, row.notes) == (None, "A", ("the raw value is no number",))


def test_phase_and_direction_are_also_said_of_what_is_around() -> None:
    text = """
        ADD TABLE MFG 9 SENSORS_TBL = SENSORS_RCD;
        ADD TYPE SENSORS_RCD = PACKED RECORD
            INNER : PAIR_RCD WITH Phase = "B", Direction = "delivered";
            BOTH : ARRAY[2] OF PAIR_RCD WITH Direction = "received";
            PLAIN : PAIR_RCD;
        END;
        ADD TYPE PAIR_RCD = PACKED RECORD
            VOLTS : UINT8 WITH Quantity = "voltage", Unit = "V";
            AMPS : UINT8 WITH Quantity = "current", Unit = "A", Phase = "C";
        END;
    """
    found = [(row.phase, row.direction) for row in sensor_rows("0102 03040506 0708", text)]
    assert found == [
        ("B", "delivered"), ("C", "delivered"),
        ("", "received"), ("C", "received"), ("", "received"), ("C", "received"),
        ("", ""), ("C", ""),
    ]  # fmt: skip
