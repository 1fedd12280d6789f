"""Octets that no honest meter sends: an answer with notes or a failure of the table, never anything else."""

from __future__ import annotations

from functools import cache

from hypothesis import given
from hypothesis import strategies as st

import tdl
from tdl.image import Image
from tdl.project.reading import read_image
from tdl.readings.writing import ROW_KEYS, csv_text, event_cells, json_list, message_cells, row_cells
from tests.unit.readings import logs
from tests.unit.readings.meters import read, standard
from tests.unit.readings.test_load_profile import profile


@cache
def octets() -> dict[str, bytes]:
    """A whole meter: registers, selections, units, load profile, a request and a response."""
    return {**read(profile()).octets, "ST7": bytes.fromhex("0A0009"), "ST8": bytes.fromhex("0A000900")}


KEYS = sorted(octets())
EDITS = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), min_size=1, max_size=8)


def edited(content: bytes, edits: list[tuple[int, int]], cut: int) -> bytes:
    made = bytearray(content)
    for at, value in edits:
        made[at % len(made)] = value
    return bytes(made[: len(made) - cut])


@given(table=st.sampled_from(KEYS), edits=EDITS, cut=st.sampled_from([0, 0, 0, 1]))
def test_any_meter_has_rows_that_can_be_written(table: str, edits: list[tuple[int, int]], cut: int) -> None:
    tables = {**octets(), table: edited(octets()[table], edits, cut)}
    reading = read_image(standard(), Image(tables=tables))
    rows = tdl.rows(reading)
    assert json_list(map(row_cells, rows)).count("\n") == (len(rows) + 2 if rows else 1)
    assert csv_text(ROW_KEYS, map(row_cells, rows))
    for row in rows:
        assert row.quantity
        assert row.value is not None or row.notes
    assert json_list(map(message_cells, tdl.procedures(reading)))


@given(edits=EDITS)
def test_any_log_has_events_that_can_be_written(edits: list[tuple[int, int]]) -> None:
    content = edited(logs.log(logs.HISTORY, 4, 1, 65537, 2), edits, 0)
    events = tdl.events(logs.reading(content))
    assert len(events) <= 4
    assert json_list(map(event_cells, events))
