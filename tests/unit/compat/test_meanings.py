"""What elements and codes say of themselves, compared."""

from __future__ import annotations

import pytest

from tests.unit.compat.comparing import compared

TEXT = """\
TYPE METER_RCD = PACKED RECORD
    WIDE : UINT8;
    IF WIDE THEN
        VALUE : UINT16{wide};
    ELSE
        VALUE : UINT8{narrow};
    END;
END;
TABLE 1 METER_TBL = METER_RCD;
"""
CODES = """\
TYPE CODE_ENUM = ENUMERATION
    WATT_HOURS : 0 WITH {first};
    OTHERS : 1..9 WITH {others};
END;
TYPE METER_RCD = PACKED RECORD
    {member};
END;
TABLE 1 METER_TBL = METER_RCD;
"""


def _said(old: str, new: str) -> list[str]:
    return [
        f"{change.finding.severity.value} {change.finding.message}"
        for table in compared(old, new).tables
        for change in table.changes
    ]


def _elements(old: str, new: str) -> list[str]:
    return _said(
        TEXT.format(wide=f" WITH {old}", narrow=""), TEXT.format(wide=f" WITH {new}" if new else "", narrow="")
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('Unit = "Wh"', 'Unit = "kWh"', ["error `ST1 VALUE` has Unit `kWh`, it had `Wh`"]),
        ("Exponent = 3", "Exponent = -3", ["error `ST1 VALUE` has Exponent `-3`, it had `3`"]),
        ('Quantity = "a"', 'Quantity = "b"', ["error `ST1 VALUE` has Quantity `b`, it had `a`"]),
        ('Phase = "A"', 'Phase = "B"', ["error `ST1 VALUE` has Phase `B`, it had `A`"]),
        ('Direction = "x"', 'Direction = "y"', ["error `ST1 VALUE` has Direction `y`, it had `x`"]),
        ('Scale = "0.1"', 'Scale = "0.10"', []),
        ("Scale = 10", 'Scale = "10.0"', []),
        ('Scale = "a tenth"', 'Scale = "0.1"', ["error `ST1 VALUE` has Scale `0.1`, it had `a tenth`"]),
        ('Unit = "V"', 'Unit = "V", Scale = "0.1"', ["error `ST1 VALUE` has Scale `0.1`, it had `1`"]),
        ('Unit = "V"', 'Unit = "V", Scale = 1', []),
        ('Label = "a"', 'Label = "a", Scale = 2', ["note `ST1 VALUE` has Scale `2`, it had none"]),
        ('Label = "a"', 'Label = "a", Unit = "V"', ["note `ST1 VALUE` has Unit `V`, it had none"]),
        ('Unit = "V"', "", ["warning `ST1 VALUE` has Unit none, it had `V`"]),
        ('Label = "a"', 'Label = "b"', ["note `ST1 VALUE` has Label `b`, it had `a`"]),
        ('Default = "1"', 'Default = "2"', ["note `ST1 VALUE` has Default `2`, it had `1`"]),
        ('Confidence = "low", Source = "A"', 'Confidence = "high", Source = "B"', []),
    ],
)
def test_elements(old: str, new: str, said: list[str]) -> None:
    assert _elements(old, new) == said


def test_of_two_elements_with_one_name_each_has_its_own() -> None:
    old = TEXT.format(wide=' WITH Unit = "V"', narrow=' WITH Unit = "A"')
    new = TEXT.format(wide=' WITH Unit = "V"', narrow=' WITH Unit = "mA"')
    assert _said(old, new) == ["error `ST1 VALUE` has Unit `mA`, it had `A`"]
    assert _said(old, old) == []


NUMBER, SET = "CODE : UINT8 WITH Enum = CODE_ENUM", "CODES : SET(2) WITH Enum = CODE_ENUM"


@pytest.mark.parametrize(
    ("member", "name"), [(NUMBER, "CODE"), (SET, "CODES"), (NUMBER.replace("UINT8", "ARRAY[2] OF UINT8"), "CODE")]
)
@pytest.mark.parametrize(
    ("property", "old", "new", "severity"),
    [
        ("Unit", "Wh", "varh", "error"),
        ("BulkUnit", "Wh", "varh", "error"),
        ("Exponent", "3", "6", "error"),
        ("Label", "energy", "active energy", "note"),
    ],
)
def test_codes(member: str, name: str, property: str, old: str, new: str, severity: str) -> None:
    before, after = (
        CODES.format(member=member, first=f'{property} = "{each}"', others='Label = "rest"') for each in (old, new)
    )
    assert _said(before, after) == [f"{severity} code 0 of `ST1 {name}` has {property} `{new}`, it had `{old}`"]


def test_of_a_code_of_another_name_the_name_tells_enough() -> None:
    old = CODES.format(member=NUMBER, first='Unit = "Wh", Label = "energy"', others='Label = "rest"')
    new = old.replace("WATT_HOURS", "VAR_HOURS").replace('"Wh"', '"varh"').replace('"energy"', '"reactive energy"')
    assert _said(old, new) == ["error code 0 of `ST1 CODE` was `WATT_HOURS` and is now `VAR_HOURS`"]


def test_another_enumeration_of_the_same_codes_is_no_change() -> None:
    text = CODES.format(member=NUMBER, first='Unit = "Wh"', others='Label = "rest"')
    assert _said(text, text.replace("CODE_ENUM", "OTHER_ENUM")) == []


def test_an_enumeration_that_is_new_or_gone() -> None:
    text = CODES.format(member=NUMBER, first='Unit = "Wh"', others='Label = "rest"')
    without = text.replace(" WITH Enum = CODE_ENUM", "")
    assert _said(without, text) == ["note `ST1 CODE` has Enum `CODE_ENUM`, it had none"]
    assert _said(text, without) == ["warning `ST1 CODE` has Enum none, it had `CODE_ENUM`"]


def test_properties_of_tables_and_procedures() -> None:
    text = "TYPE A_RCD = PACKED RECORD\n    X : UINT8;\nEND;\nTABLE 1 A_TBL = A_RCD WITH {};\nPROCEDURE 4 P WITH {};\n"
    old, new = text.format('Role = "DATA"', 'Label = "a"'), text.format('Role = "CONTROL"', 'Label = "b"')
    assert _said(old, new) == [
        "note ST1 A_TBL has Role `CONTROL`, it had `DATA`",
        "note SP4 P has Label `b`, it had `a`",
    ]
    old, new = (text.format(f'Accessibility = "{each}"', "Atomic = TRUE") for each in ("READONLY", "WRITEONLY"))
    assert _said(old, new) == ["error ST1 A_TBL was READONLY and is now WRITEONLY"]
    assert _said(new, old) == ["warning ST1 A_TBL was WRITEONLY and is now READONLY"]
    assert _said(old, old.replace('Accessibility = "READONLY"', 'Role = "DATA"')) == [
        "note ST1 A_TBL has Accessibility none, it had `READONLY`",
        "note ST1 A_TBL has Role `DATA`, it had none",
    ]
