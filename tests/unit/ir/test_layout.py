from __future__ import annotations

from tdl.ir.bind import dynamic
from tdl.ir.layout import Row, path_text, rows
from tests.unit.ir.definitions import bound, unbound


def _shown(row: Row) -> str:
    bits = "" if row.bits is None else f" bits {row.bits[0]}+{row.bits[1]}"
    count = "" if row.count is None else f" x{row.count}"
    stride = "" if row.stride is None else f" every {row.stride}"
    branch = "".join(f" ({c})" for c in row.branch)
    size = "..".join(map(str, dict.fromkeys(row.size)))
    indices = ".".join(map(str, row.indices))
    return f"{row.offset} {size}{bits} {indices} {path_text(row.path)} : {row.type}{count}{stride}{branch}"


def test_rows_of_a_table_for_any_meter() -> None:
    assert [_shown(row) for row in rows(unbound("ST1"))] == [
        "0 1 0 COUNT : UINT8",
        "1 1 1 FLAGS : FLAGS_BFLD",
        "1 1 bits 0+1 1.0 FLAGS.ALARM : BOOL(0)",
        "1 1 bits 4+3 1.2 FLAGS.LEVEL : UINT(4..6) (IF CONFIG_TBL.WIDE)",
        "1 1 bits 4+2 1.3 FLAGS.STEP : UINT(4..5) (IF NOT (CONFIG_TBL.WIDE))",
        "2 0..2295 2 ROWS : ARRAY[CONFIG_TBL.ROWS] OF ROW_RCD",
        "2 2..9 2.0 ROWS[0] : ROW_RCD",
        "2 2 2.0.0 ROWS[0].CELLS : ARRAY[2] OF UINT8 x2 every 1",
        "2 1 2.0.0.0 ROWS[0].CELLS[0] : UINT8",
        "4 4 2.0.1 ROWS[0].NAME : BINARY(4) (CASE CONFIG_TBL.WIDE OF 0)",
        "4 7 2.0.2 ROWS[0].TIME : BINARY(7) (CASE CONFIG_TBL.WIDE OF 1, 3..4)",
        "None 0..255 3 REST : BINARY(.COUNT)",
        "None 4 4 LAST : UINT32",
    ]


def test_rows_of_a_table_for_one_meter() -> None:
    assert [_shown(row) for row in rows(bound("ST1"))] == [
        "0 1 0 COUNT : UINT8",
        "1 1 1 FLAGS : FLAGS_BFLD",
        "1 1 bits 0+1 1.0 FLAGS.ALARM : BOOL(0)",
        "1 1 bits 4+3 1.2 FLAGS.LEVEL : UINT(4..6)",
        "2 27 2 ROWS : ARRAY[3] OF ROW_RCD x3 every 9",
        "2 9 2.0 ROWS[0] : ROW_RCD",
        "2 2 2.0.0 ROWS[0].CELLS : ARRAY[2] OF UINT8 x2 every 1",
        "2 1 2.0.0.0 ROWS[0].CELLS[0] : UINT8",
        "4 7 2.0.2 ROWS[0].TIME : BINARY(7)",
        "29 0..255 3 REST : BINARY(.COUNT)",
        "None 4 4 LAST : UINT32",
    ]


def test_what_stays_dynamic_says_why() -> None:
    found = [(".".join(d.path), d.what, d.reason) for d in dynamic(bound("ST1"))]
    assert found == [("REST", "length", "depends on the table's own content")]


def test_arrays_written_out() -> None:
    paths = [path_text(row.path) for row in rows(bound("ST1", rows=2), expand=True) if row.path[:1] == ("ROWS",)]
    assert paths == [
        "ROWS",
        *(f"ROWS[{i}]{rest}" for i in (0, 1) for rest in ("", ".CELLS", ".CELLS[0]", ".CELLS[1]", ".TIME")),
    ]
    last = [row for row in rows(bound("ST1", rows=2), expand=True) if path_text(row.path) == "ROWS[1].TIME"]
    assert [(row.offset, row.indices) for row in last] == [(13, (2, 1, 2))]


def test_an_array_of_none_has_no_element() -> None:
    assert [path_text(row.path) for row in rows(bound("ST1", rows=0))][-3:] == ["ROWS", "REST", "LAST"]


def test_a_table_that_is_a_bit_field() -> None:
    assert [_shown(row) for row in rows(bound("ST2"))] == [
        "0 1 bits 0+1 0 ALARM : BOOL(0)",
        "0 1 bits 4+3 2 LEVEL : UINT(4..6)",
    ]
