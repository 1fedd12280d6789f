"""Records that no table lays out: arguments of events."""

from __future__ import annotations

import pytest

from tests.unit.compat.comparing import compared, replaced

TEXT = """\
TYPE EVENT_ENUM = ENUMERATION
    MAGNET : 17 WITH Argument = MAGNET_RCD;
END;
TYPE BITS_BFLD = BIT FIELD OF UINT8
    FIRST : UINT(0..3);
    FILLER : FILL(4..7);
END;
TYPE INNER_RCD = PACKED RECORD
    X : UINT8;
END;
TYPE MAGNET_RCD = PACKED RECORD
    PHASE : UINT8 WITH Label = "phase";
    INNER : ARRAY[2] OF INNER_RCD;
    IF PHASE THEN
        BITS : BITS_BFLD;
    END;
END;
TYPE LOG_RCD = PACKED RECORD
    EVENT : UINT8 WITH Enum = EVENT_ENUM;
END;
TABLE 1 LOG_TBL = LOG_RCD;
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    PHASE : UINT8", "    PHASE : UINT16"),
        ("    X : UINT8", "    X : INT8"),
        ("ARRAY[2]", "ARRAY[3]"),
        ("UINT(0..3)", "UINT(0..2)"),
        ("IF PHASE", "IF NOT PHASE"),
        ("        BITS : BITS_BFLD;\n", "        BITS : UINT8;\n"),
    ],
)
def test_an_argument_of_another_layout_means_something_else(old: str, new: str) -> None:
    comparison = compared(TEXT, replaced(TEXT, (old, new)))
    (change,) = [change for table in comparison.tables for change in table.changes]
    assert change.finding.message == (
        "code 17 of `ST1 EVENT` has Argument `MAGNET_RCD` of another layout, it had `MAGNET_RCD`"
    )
    assert comparison.breaking


@pytest.mark.parametrize(
    ("old", "new"), [('"phase"', '"the phase"'), ("INNER_RCD", "OTHER_RCD"), ("MAGNET_RCD", "FIELD_RCD")]
)
def test_words_and_names_of_types_are_no_layout(old: str, new: str) -> None:
    assert not compared(TEXT, TEXT.replace(old, new)).changed


def test_an_argument_that_is_new_or_gone() -> None:
    without = TEXT.replace(" WITH Argument = MAGNET_RCD", "")
    said = [
        change.finding.message
        for old, new in ((TEXT, without), (without, TEXT))
        for table in compared(old, new).tables
        for change in table.changes
    ]
    assert said == [
        "code 17 of `ST1 EVENT` has Argument none, it had `MAGNET_RCD`",
        "code 17 of `ST1 EVENT` has Argument `MAGNET_RCD`, it had none",
    ]
