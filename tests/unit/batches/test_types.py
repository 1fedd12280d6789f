from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from tdl.batches.layout import Wanted, layout_of
from tdl.batches.types import either, integer, schema_of
from tdl.ir.bind import bind_table
from tdl.project.definition import load
from tdl.project.opening import binding
from tdl.project.reading import known_values


@pytest.mark.parametrize(
    ("width", "unsigned", "signed"),
    [
        (1, pa.uint8(), pa.int8()),
        (8, pa.uint8(), pa.int8()),
        (9, pa.uint16(), pa.int16()),
        (24, pa.uint32(), pa.int32()),
        (33, pa.uint64(), pa.int64()),
        (64, pa.uint64(), pa.int64()),
    ],
)
def test_the_smallest_integer(width: int, unsigned: pa.DataType, signed: pa.DataType) -> None:
    assert integer(width, signed=False) == unsigned
    assert integer(width, signed=True) == signed


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (pa.uint8(), pa.uint8(), pa.uint8()),
        (pa.uint8(), pa.uint32(), pa.uint32()),
        (pa.int8(), pa.uint8(), pa.int16()),
        (pa.int64(), pa.uint16(), pa.int64()),
        (pa.uint64(), pa.int8(), pa.decimal128(20, 0)),
        (pa.uint32(), pa.float64(), pa.float64()),
        (pa.decimal128(10, 4), pa.float32(), pa.float64()),
        (pa.null(), pa.timestamp("s"), pa.timestamp("s")),
        (pa.timestamp("s"), pa.null(), pa.timestamp("s")),
        (pa.binary(4), pa.binary(5), pa.binary()),
        (pa.string(), pa.uint8(), pa.string()),
        (pa.list_(pa.uint8(), 3), pa.list_(pa.int8(), 4), pa.list_(pa.int16())),
        (
            pa.struct([("A", pa.uint8()), ("B", pa.bool_())]),
            pa.struct([("A", pa.uint16()), ("C", pa.string())]),
            pa.struct([("A", pa.uint16()), ("B", pa.bool_()), ("C", pa.string())]),
        ),
    ],
    ids=str,
)
def test_the_type_for_values_of_two(one: pa.DataType, other: pa.DataType, both: pa.DataType) -> None:
    assert either(one, other) == both
    assert not pa.types.is_struct(both) or set(either(other, one)) == set(both)


def test_elements_without_octets_are_no_reason_for_large_columns(tmp_path: Path) -> None:
    text = (
        "DOCUMENT A; TYPE A_RCD = PACKED RECORD A : UINT8; B : ARRAY[{count}] OF BINARY(0); END; TABLE 1 A_TBL = A_RCD;"
    )
    found = []
    for count in (1000, 2000):
        (tmp_path / "a.tdl").write_text(text.replace("{count}", str(count)), "utf-8")
        found.append(layout_of(load(str(tmp_path / "a.tdl")).table("ST1").root, Wanted()))
    assert found[0] is not None
    assert found[1] is None


MOMENTS = """
DOCUMENT CLOCKS;
TYPE CLOCKS_RCD = PACKED RECORD
    LONG : LTIME_DATE; SHORT : STIME_DATE; FINE : HTIME_DATE; CLOCK : TIME; FINE_CLOCK : HTIME; DAY : DATE;
    AGAIN : RDATE; NUMBER : NI_FMAT1; DIGITS : BCD(2);
    SOME : SET(2); NONE : ARRAY[0] OF UINT8; TEXT : STRING(3); RAW : BINARY(2);
END;
TABLE 1 CLOCKS_TBL = CLOCKS_RCD;
"""


def test_the_type_of_every_kind(tmp_path: Path) -> None:
    (tmp_path / "clocks.tdl").write_text(MOMENTS, "utf-8")
    definition = load(str(tmp_path / "clocks.tdl"))
    formats = {"DATA_ORDER": 0, "TM_FORMAT": 2, "INT_FORMAT": 0, "CHAR_FORMAT": 1, "NI_FORMAT1": 4}
    known = known_values(definition, binding({"GEN_CONFIG_TBL": formats}))
    root = bind_table(definition.table("ST1"), known).root
    schema = schema_of(root, Wanted(), {})
    assert layout_of(root, Wanted()) is not None
    assert dict(zip(schema.names, map(str, schema.types), strict=True)) == {
        "LONG": "timestamp[s]",
        "SHORT": "timestamp[s]",
        "FINE": "timestamp[ms]",
        "CLOCK": "time32[s]",
        "FINE_CLOCK": "time32[ms]",
        "DAY": "date32[day]",
        "AGAIN": "uint16",
        "NUMBER": "decimal128(10, 4)",
        "DIGITS": "string",
        "SOME": "fixed_size_list<item: bool>[16]",
        "NONE": "list<item: uint8>",
        "TEXT": "string",
        "RAW": "fixed_size_binary[2]",
        "$error": "string",
    }
