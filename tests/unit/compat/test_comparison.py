"""Two definitions compared: what each change is called, and whether it breaks readers."""

from __future__ import annotations

import json

import pytest

from tdl.compat import Comparison, show_json, show_text
from tests.unit.compat.comparing import compared, replaced

TEXT = """\
TYPE STATE_ENUM = ENUMERATION
    OPEN : 0;
    CLOSED : 1;
    MAKER : 4..15;
    RESERVED : 16..20;
END;
TYPE CONFIG_RCD = PACKED RECORD
    DATA_ORDER : UINT8;
    ROWS : UINT8;
    WIDE : UINT8;
END;
TABLE 0 CONFIG_TBL = CONFIG_RCD;
TYPE FLAGS_BFLD = BIT FIELD OF UINT8
    ALARM : BOOL(0);
    FILLER : FILL(1..6);
    LAST_BIT : BOOL(7);
END;
TYPE ROW_RCD = PACKED RECORD
    VALUE : UINT16;
    IF CONFIG_TBL.WIDE THEN
        WIDTH : UINT8;
    END;
END;
TYPE METER_RCD = PACKED RECORD
    STATE : UINT8 WITH Enum = STATE_ENUM;
    COUNT : UINT8;
    FLAGS : FLAGS_BFLD;
    DATA : BINARY(4);
    TAIL : UINT16;
END;
TABLE 1 METER_TBL = METER_RCD;
TYPE ROWS_RCD = PACKED RECORD
    ROW : ARRAY[CONFIG_TBL.ROWS] OF ROW_RCD;
    REST : BINARY(CONFIG_TBL.ROWS);
    AFTER : UINT8;
    SECOND : UINT8;
END;
TABLE 2 ROWS_TBL = ROWS_RCD;
PROCEDURE 4 DO_IT = PARAMETER METER_RCD;
"""


def _compared(*changes: tuple[str, str], text: str = TEXT) -> Comparison:
    return compared(text, replaced(text, *changes))


def _lines(comparison: Comparison) -> list[str]:
    return [
        f"{table.key} {change.finding.code} {change.finding.severity.value}: {change.finding.message}"
        for table in comparison.tables
        for change in table.changes
        if not table.key.startswith("SP")  # procedure 4 has the record of Table 1
    ]


def _verdicts(comparison: Comparison) -> dict[str, str]:
    return {table.key: table.verdict for table in comparison.tables if not table.key.startswith("SP")}


def test_the_same_is_identical() -> None:
    comparison = _compared()
    assert set(_verdicts(comparison).values()) == {"identical"}
    assert not comparison.breaking
    assert show_text(comparison) == "0 changed, 4 the same, nothing breaks readers\n"


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        (
            "    COUNT : UINT8;\n    FLAGS : FLAGS_BFLD;\n",
            "    FLAGS : FLAGS_BFLD;\n    COUNT : UINT8;\n",
            [
                "ST1 TDL808 error: `ST1 COUNT` was at octet 1 and is now at octet 2",
                "ST1 TDL808 error: `ST1 FLAGS` was at octet 2 and is now at octet 1",
            ],
        ),
        (
            "    COUNT : UINT8;\n",
            "    COUNT : UINT16;\n",
            [
                "ST1 TDL809 error: `ST1 COUNT` was UINT8 and is now UINT16",
                "ST1 TDL808 error: `ST1 FLAGS` was at octet 2 and is now at octet 3",
                "ST1 TDL808 error: `ST1 DATA` was at octet 3 and is now at octet 4",
                "ST1 TDL808 error: `ST1 TAIL` was at octet 7 and is now at octet 8",
            ],
        ),
        (
            "    TAIL : UINT16;\n",
            "    TAIL : BINARY(2);\n",
            ["ST1 TDL809 error: `ST1 TAIL` was UINT16 and is now BINARY"],
        ),
        ("    TAIL : UINT16;\n", "", ["ST1 TDL805 error: `ST1 TAIL` is gone"]),
        (
            "    DATA : BINARY(4);\n",
            "    DATA : BINARY(5);\n",
            [
                "ST1 TDL812 error: `ST1 DATA` had 4 octets and now has 5 octets",
                "ST1 TDL808 error: `ST1 TAIL` was at octet 7 and is now at octet 8",
            ],
        ),
        (
            "    TAIL : UINT16;\n",
            "    END_MARK : UINT16;\n",
            ["ST1 TDL807 warning: `ST1 TAIL` is now called `END_MARK`"],
        ),
        (
            "    TAIL : UINT16;\n",
            "    TAIL : UINT16;\n    MORE : UINT32;\n",
            ["ST1 TDL803 note: ST1 METER_TBL has 4 octets more behind its end", "ST1 TDL806 note: `ST1 MORE` is new"],
        ),
        (
            "    FILLER : FILL(1..6);\n",
            "    FILLER : FILL(1..5);\n    NEW_BIT : BOOL(6);\n",
            ["ST1 TDL806 note: `ST1 FLAGS.NEW_BIT` is new"],
        ),
        (
            "    FILLER : FILL(1..6);\n    LAST_BIT : BOOL(7);\n",
            "    LAST_BIT : BOOL(1);\n    FILLER : FILL(2..7);\n",
            ["ST1 TDL808 error: `ST1 FLAGS.LAST_BIT` was at octet 2 bit 7 and is now at octet 2 bit 1"],
        ),
        ("    ALARM : BOOL(0);\n", "    ALARM : UINT(0..0);\n", []),
        (
            "    AFTER : UINT8;\n    SECOND : UINT8;\n",
            "    SECOND : UINT8;\n    AFTER : UINT8;\n",
            ["ST2 TDL808 error: `ST2 AFTER` was at index 2 and is now at index 3"],
        ),
        (
            "IF CONFIG_TBL.WIDE THEN",
            "IF NOT CONFIG_TBL.WIDE THEN",
            ["ST2 TDL811 error: `ST2 ROW[0].WIDTH` was there `IF CONFIG_TBL.WIDE` and is now `IF NOT CONFIG_TBL.WIDE`"],
        ),
        (
            "ARRAY[CONFIG_TBL.ROWS]",
            "ARRAY[CONFIG_TBL.ROWS + 1]",
            ["ST2 TDL812 error: `ST2 ROW` had CONFIG_TBL.ROWS elements and now has CONFIG_TBL.ROWS + 1 elements"],
        ),
        (
            "TABLE 2 ROWS_TBL",
            "TABLE 2 LINES_TBL",
            ["ST2 TDL804 warning: ST2 was called `ROWS_TBL` and is now `LINES_TBL`"],
        ),
        ("TABLE 2 ROWS_TBL = ROWS_RCD;\n", "", ["ST2 TDL801 error: ST2 ROWS_TBL is gone"]),
        (
            "TABLE 2 ROWS_TBL",
            "TABLE 3 MORE_TBL = ROWS_RCD;\nTABLE 2 ROWS_TBL",
            ["ST3 TDL802 note: ST3 MORE_TBL is new"],
        ),
        (
            "    CLOSED : 1;\n",
            "    SHUT : 1;\n",
            ["ST1 TDL810 error: code 1 of `ST1 STATE` was `CLOSED` and is now `SHUT`"],
        ),
        (
            "    CLOSED : 1;\n",
            "    CLOSED : 1;\n    AJAR : 2..3;\n",
            ["ST1 TDL810 note: codes 2 to 3 of `ST1 STATE` was without a name and is now `AJAR`"],
        ),
        (
            "    CLOSED : 1;\n",
            "",
            ["ST1 TDL810 warning: code 1 of `ST1 STATE` was `CLOSED` and is now without a name"],
        ),
        (
            "    MAKER : 4..15;\n",
            "    AJAR : 4;\n    MAKER : 5..15;\n",
            ["ST1 TDL810 note: code 4 of `ST1 STATE` was without a name and is now `AJAR`"],
        ),
        ("    RESERVED : 16..20;\n", "", []),
    ],
)
def test_one_change(old: str, new: str, lines: list[str]) -> None:
    comparison = _compared((old, new))
    assert _lines(comparison) == lines
    assert comparison.breaking == any(" error: " in line for line in lines)


def test_an_element_before_others_breaks_and_one_behind_all_does_not() -> None:
    before = _compared(("    COUNT : UINT8;\n", "    NEW : UINT8;\n    COUNT : UINT8;\n"))
    assert "ST1 TDL806 error: `ST1 NEW` is new" in _lines(before)
    assert _verdicts(before)["ST1"] == "shifted"
    behind = _compared(("    TAIL : UINT16;\n", "    TAIL : UINT16;\n    NEW : UINT8;\n"))
    assert _verdicts(behind)["ST1"] == "tail-extended"
    assert not behind.breaking


def test_a_field_in_bits_that_had_a_meaning_breaks() -> None:
    old = "    FILLER : FILL(1..6);\n    LAST_BIT : BOOL(7);\n"
    comparison = _compared((old, "    FILLER : FILL(1..5);\n    LEVEL : UINT(6..7);\n"))
    assert _lines(comparison) == [
        "ST1 TDL805 error: `ST1 FLAGS.LAST_BIT` is gone",
        "ST1 TDL806 error: `ST1 FLAGS.LEVEL` is new",
    ]


def test_an_element_behind_all_of_a_row_breaks() -> None:
    comparison = _compared(
        ("        WIDTH : UINT8;\n    END;\n", "        WIDTH : UINT8;\n    END;\n    MORE : UINT8;\n")
    )
    assert "ST2 TDL806 error: `ST2 ROW[0].MORE` is new" in _lines(comparison)


def test_a_record_that_moves_is_told_once() -> None:
    text = TEXT.replace("    TAIL : UINT16;\n", "    INNER : ROW_RCD;\n")
    comparison = _compared(("    COUNT : UINT8;\n", ""), text=text)
    assert _lines(comparison) == [
        "ST1 TDL805 error: `ST1 COUNT` is gone",
        "ST1 TDL808 error: `ST1 FLAGS` was at octet 2 and is now at octet 1",
        "ST1 TDL808 error: `ST1 DATA` was at octet 3 and is now at octet 2",
        "ST1 TDL808 error: `ST1 INNER` was at octet 7 and is now at octet 6",
    ]


def test_a_record_that_is_gone_is_told_once() -> None:
    assert _lines(_compared(("    FLAGS : FLAGS_BFLD;\n    DATA : BINARY(4);\n    TAIL : UINT16;\n", ""))) == [
        "ST1 TDL805 error: `ST1 FLAGS` is gone",
        "ST1 TDL805 error: `ST1 DATA` is gone",
        "ST1 TDL805 error: `ST1 TAIL` is gone",
    ]


def test_a_new_name_changes_no_condition_or_dimension_that_uses_it() -> None:
    comparison = _compared(
        ("    ROWS : UINT8;\n", "    LINES : UINT8;\n"),
        ("    ROW : ARRAY[CONFIG_TBL.ROWS]", "    ROW : ARRAY[CONFIG_TBL.LINES]"),
        ("    REST : BINARY(CONFIG_TBL.ROWS)", "    REST : BINARY(CONFIG_TBL.LINES)"),
    )
    assert _lines(comparison) == ["ST0 TDL807 warning: `ST0 ROWS` is now called `LINES`"]
    text = TEXT.replace("DATA : BINARY(4)", "DATA : BINARY(COUNT)")
    comparison = _compared(("    COUNT : UINT8;\n", "    NUMBER : UINT8;\n"), ("(COUNT)", "(NUMBER)"), text=text)
    assert _lines(comparison) == ["ST1 TDL807 warning: `ST1 COUNT` is now called `NUMBER`"]


def test_another_element_in_a_condition_is_a_change_whatever_its_name() -> None:
    comparison = _compared(
        ("    ROWS : UINT8;\n    WIDE : UINT8;\n", "    WIDE : UINT8;\n    ROWS : UINT8;\n"),
    )
    assert {line.split()[1] for line in _lines(comparison)} == {"TDL808"}
    comparison = _compared(("BINARY(CONFIG_TBL.ROWS)", "BINARY(CONFIG_TBL.WIDE)"))
    assert [line.split()[1] for line in _lines(comparison)] == ["TDL812"]


def test_a_record_under_a_new_name_is_told_once() -> None:
    assert _lines(_compared(("    FLAGS : FLAGS_BFLD;\n", "    STATUS : FLAGS_BFLD;\n"))) == [
        "ST1 TDL807 warning: `ST1 FLAGS` is now called `STATUS`"
    ]


def test_the_records_of_procedures_are_compared_too() -> None:
    comparison = _compared(("    TAIL : UINT16;\n", ""))
    assert {table.key for table in comparison.tables if table.breaking} == {"ST1", "SP4.parameter"}


def test_a_program_reads_it_as_json() -> None:
    shown = json.loads(show_json(_compared(("TABLE 2 ROWS_TBL = ROWS_RCD;\n", ""))))
    assert shown["breaking"] is True
    assert shown["old"]["name"] == "OLD"
    assert len(shown["new"]["hash"]) == 64
    gone = next(table for table in shown["tables"] if table["key"] == "ST2")
    assert gone == {
        "key": "ST2",
        "name": "ROWS_TBL",
        "verdict": "removed",
        "effects": ["removed"],
        "breaking": True,
        "changes": [
            {
                "code": "TDL801",
                "slug": "table-removed",
                "clause": "table-removed",
                "effect": "removed",
                "severity": "error",
                "breaking": True,
                "message": "ST2 ROWS_TBL is gone",
                "data": {"table": "ST2 ROWS_TBL"},
                "old": None,
                "new": None,
            }
        ],
        "moves": [],
    }


def test_a_person_reads_it_as_text() -> None:
    assert show_text(_compared(("    TAIL : UINT16;\n", "    END_MARK : UINT16;\n"))) == (
        "ST1 METER_TBL: renamed\n"
        "  warning TDL807: `ST1 TAIL` is now called `END_MARK`\n"
        "\n"
        "SP4.parameter DO_IT_PARAMETER: renamed\n"
        "  warning TDL807: `SP4.parameter TAIL` is now called `END_MARK`\n"
        "\n"
        "2 changed, 2 the same, nothing breaks readers\n"
    )


def test_json_has_the_places_of_every_element_that_moved() -> None:
    text = TEXT.replace("    TAIL : UINT16;\n", "    INNER : ROW_RCD;\n")
    shown = json.loads(show_json(_compared(("    COUNT : UINT8;\n", ""), text=text)))
    meter = next(table for table in shown["tables"] if table["key"] == "ST1")
    assert meter["effects"] == ["shifted", "cut"]
    assert [(move["old"]["path"], move["old"]["offset"], move["new"]["offset"]) for move in meter["moves"]] == [
        ("FLAGS", 2, 1),
        ("FLAGS.ALARM", 2, 1),
        ("FLAGS.LAST_BIT", 2, 1),
        ("DATA", 3, 2),
        ("INNER", 7, 6),
        ("INNER.VALUE", 7, 6),
        ("INNER.WIDTH", 9, 8),
    ]
    assert meter["moves"][2]["new"] == {
        "path": "FLAGS.LAST_BIT",
        "index": [1, 2],
        "offset": 1,
        "bit": 7,
        "bits": 1,
        "octets": [1, 1],
        "type": "BOOL(7)",
    }


def test_a_field_that_moves_with_its_container_and_inside_it_is_told() -> None:
    old = "    COUNT : UINT8;\n"
    bits = "    FILLER : FILL(1..6);\n    LAST_BIT : BOOL(7);\n"
    lines = _lines(_compared((old, ""), (bits, "    LAST_BIT : BOOL(6);\n")))
    assert "ST1 TDL808 error: `ST1 FLAGS.LAST_BIT` was at octet 2 bit 7 and is now at octet 1 bit 6" in lines


def test_an_element_of_another_name_and_type_in_one_place_is_one_element() -> None:
    assert _lines(_compared(("    TAIL : UINT16;\n", "    END_MARK : BINARY(2);\n"))) == [
        "ST1 TDL807 warning: `ST1 TAIL` is now called `END_MARK`",
        "ST1 TDL809 error: `ST1 TAIL` was UINT16 and is now BINARY",
    ]


def test_what_is_inside_an_element_that_became_a_record_is_told_with_it() -> None:
    assert _lines(_compared(("    TAIL : UINT16;\n", "    TAIL : ROW_RCD;\n"))) == [
        "ST1 TDL809 error: `ST1 TAIL` was UINT16 and is now a record"
    ]
    text = TEXT.replace("    TAIL : UINT16;\n", "    TAIL : ROW_RCD;\n")
    assert _lines(_compared(("    TAIL : ROW_RCD;\n", "    TAIL : UINT16;\n"), text=text)) == [
        "ST1 TDL809 error: `ST1 TAIL` was a record and is now UINT16"
    ]


@pytest.mark.parametrize("filler", ["    FILLER : FILL(0..7);\n", "    OTHER : BOOL(0);\n    FILLER : FILL(1..7);\n"])
def test_naming_bits_that_were_filler_is_an_addition(filler: str) -> None:
    text = TEXT.replace("    ALARM : BOOL(0);\n    FILLER : FILL(1..6);\n    LAST_BIT : BOOL(7);\n", filler)
    comparison = _compared((filler, filler.partition("    FILLER")[0] + "    NEW_FLAGS : UINT(2..7);\n"), text=text)
    assert _lines(comparison) == ["ST1 TDL806 note: `ST1 FLAGS.NEW_FLAGS` is new"]


def test_the_container_of_new_bits_may_have_another_name() -> None:
    comparison = _compared(
        ("    FLAGS : FLAGS_BFLD;\n", "    STATUS : FLAGS_BFLD;\n"),
        ("    FILLER : FILL(1..6);\n", "    SECOND : BOOL(1);\n"),
    )
    assert "ST1 TDL806 note: `ST1 STATUS.SECOND` is new" in _lines(comparison)


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [
        ("UINT32", "FLOAT32", "meaning-changed"),
        ("UINT32", "INT32", "meaning-changed"),
        ("UINT32", "UINT16", "width-changed"),
        ("NI_FMAT1", "NI_FMAT2", "width-changed"),
        ("LTIME_DATE", "STIME_DATE", "width-changed"),
        ("STRING(4)", "BINARY(4)", "meaning-changed"),
        ("STRING(COUNT)", "BINARY(COUNT)", "meaning-changed"),
        ("STRING(COUNT)", "BINARY(4)", "width-changed"),
    ],
)
def test_types_of_one_width_differ_in_meaning(old: str, new: str, verdict: str) -> None:
    text = TEXT.replace("    TAIL : UINT16;\n", f"    TAIL : {old};\n")
    assert _verdicts(_compared((f"    TAIL : {old};\n", f"    TAIL : {new};\n"), text=text))["ST1"] == verdict


INNER = "    INNER : ARRAY[2] OF ROW_RCD;\n"


def test_the_condition_of_a_record_is_told_once() -> None:
    text = TEXT.replace("    TAIL : UINT16;\n", INNER)
    lines = _lines(_compared((INNER, f"    IF COUNT THEN\n{INNER}    END;\n"), text=text))
    assert lines == ["ST1 TDL811 error: `ST1 INNER` was there always and is now `IF .COUNT`"]
    both = _compared(
        (INNER, f"    IF COUNT THEN\n{INNER}    END;\n"), ("IF CONFIG_TBL.WIDE", "IF NOT CONFIG_TBL.WIDE"), text=text
    )
    assert [line.split(" was ")[0] for line in _lines(both) if line.startswith("ST1")] == [
        "ST1 TDL811 error: `ST1 INNER`",
        "ST1 TDL811 error: `ST1 INNER[0].WIDTH`",
    ]
