from __future__ import annotations

from decimal import Decimal

import pytest

from tdl.codec.values import ExactInt, Members, Raw, Record
from tdl.image import csv_file
from tdl.image.csv_file import NoRows, arrays_of, write_csv
from tdl.image.profile_text import write_profile
from tdl.image.toml_text import parse_toml
from tdl.project.definition import load
from tdl.sources import Resolver

TABLE = Record(
    {
        "HEAD": 7,
        "ROWS": [
            Record({"A": 1, "FLAGS": Record({"F": True}), "V": [Decimal("1.5"), Decimal("2")], "S": Members(b"\x03")}),
            Record({"A": ExactInt(0, b"\xff"), "T": 'x,"y"', "R": Raw(b"\xff"), "N": None, "G": "a\udcff", "B": b"\1"}),
        ],
        "OUTER": [Record({"INNER": [Record({"A": 1}), Record({"A": 2})]}), Record({"INNER": [Record({"A": 3})]})],
        "NUMBERS": [5, 6],
    }
)

DEFINITION = """
TYPE ROW_RCD = PACKED RECORD A : UINT8; MORE : ARRAY[2] OF UINT8; END;
TYPE RECORDS_RCD = PACKED RECORD N : UINT8; L : ARRAY[N] OF UINT8; IF N THEN ROWS : ARRAY[2] OF ROW_RCD; END; END;
TYPE VALUES_RCD = PACKED RECORD N : UINT8; L : ARRAY[N] OF UINT8; M : ARRAY[N] OF UINT8; END;
TYPE NONE_RCD = PACKED RECORD N : UINT8; END;
TABLE 1 RECORDS_TBL = RECORDS_RCD;
TABLE 2 VALUES_TBL = VALUES_RCD;
TABLE 3 NONE_TBL = NONE_RCD;
"""


def test_a_row_an_entry_and_a_column_a_leaf() -> None:
    assert write_csv(TABLE, ("ROWS",)).splitlines() == [
        "ROWS[],A,FLAGS.F,V[0],V[1],S,T,R,N,G,B",
        "0,1,true,1.5,2,0 1,,,,,",
        '1,0,,,,,"x,""y""",raw FF,,a\ufffd,01',
    ]


def test_arrays_in_arrays() -> None:
    assert write_csv(TABLE, ("OUTER", "[]", "INNER")).splitlines() == [
        "OUTER[],OUTER[].INNER[],A",
        "0,0,1",
        "0,1,2",
        "1,0,3",
    ]
    assert write_csv(TABLE, ("OUTER", 1, "INNER")).splitlines() == ["OUTER[1].INNER[],A", "0,3"]
    assert write_csv(TABLE, ("NUMBERS",)).splitlines() == ["NUMBERS[],NUMBERS", "0,5", "1,6"]


def test_no_rows() -> None:
    with pytest.raises(NoRows, match="one value there"):
        write_csv(TABLE, ("HEAD",))
    with pytest.raises(LookupError):
        write_csv(TABLE, ("GONE",))


def test_entries_that_differ_are_no_endless_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_file, "MAX_CELLS", 100)
    ragged = [Record({"V": list(range(40))}), *(Record({"A": 1}) for _ in range(10))]
    with pytest.raises(NoRows, match="11 rows of 41 columns"):
        write_csv(Record({"ROWS": ragged}), ("ROWS",))


def test_the_arrays_of_a_table() -> None:
    definition = load("x.tdl", resolver=Resolver(overlay={"x.tdl": DEFINITION}))
    assert arrays_of(definition.table("ST1").root) == (("ROWS",),)
    assert arrays_of(definition.table("ST2").root) == (("L",), ("M",))
    assert arrays_of(definition.table("ST3").root) == ()


def test_a_profile_as_text() -> None:
    values = {"A_TBL": {"X": 1, "INNER": {"F": True, "L": [[1], []]}}, "B_TBL": {"T": '"é"\n'}, "C D": {}}
    text = write_profile(values)
    assert text.startswith("[A_TBL]\nX = 1\n\n[A_TBL.INNER]\nF = true\nL = [[1], []]\n\n[B_TBL]\n")
    assert parse_toml(text) == values
