"""Rules 16, 18 and 20, and good habits."""

from __future__ import annotations

import pytest

from tdl import pipeline
from tdl.report import Edit
from tdl.sources.library import library_names

A = "TYPE A_RCD = PACKED RECORD X : UINT8; END; "
TABLE = "TABLE 5 A_TBL = A_RCD;"


def identification(digits: str, characters: str, condition: str = "GEN_CONFIG_TBL.ID_FORM") -> str:
    return f"""
        TYPE Z_RCD = PACKED RECORD ID_FORM : UINT8; END; TABLE 0 GEN_CONFIG_TBL = Z_RCD;
        TYPE A_RCD = PACKED RECORD IF {condition} THEN ID : {digits}; ELSE ID : {characters}; END; END; {TABLE}
    """


@pytest.mark.parametrize(
    ("digits", "characters", "found"),
    [
        ("BCD(10)", "STRING(20)", []),
        ("BCD(8)", "STRING(20)", [("TDL604", "BCD(8)")]),
        ("ARRAY[8] OF BCD", "ARRAY[20] OF CHAR", [("TDL604", "ARRAY[8] OF BCD")]),
        ("ARRAY[10] OF BCD", "STRING(20)", []),
        ("BINARY(3)", "STRING(20)", []),
    ],
)
@pytest.mark.parametrize("condition", ["GEN_CONFIG_TBL.ID_FORM", "GEN_CONFIG_TBL.ID_FORM == 1"])
def test_rule_16_digits_take_half(spans, digits: str, characters: str, found: list, condition: str) -> None:
    assert spans(identification(digits, characters, condition)) == found


def test_rule_16_both_are_shown(look) -> None:
    (found,) = look(identification("BCD(8)", "STRING(20)"))
    assert found.message == "`ID` has 8 octets of digits and 20 of characters, half as many digits expected"
    assert [s.span.text for s in found.secondary] == ["STRING(20)"]


@pytest.mark.parametrize(
    ("properties", "found"),
    [
        ('Role = "CONTROL", Accessibility = "READWRITE", Label = "anything", Volatile = TRUE', []),
        ('Rolle = "CONTROL"', [("TDL608", "Rolle")]),
        ("Colour = 3", [("TDL608", "Colour")]),
        ('Role = "control"', [("TDL609", 'Role = "control"')]),
        ("Atomic = 1", [("TDL609", "Atomic = 1")]),
        ('Confidence = "certain"', [("TDL609", 'Confidence = "certain"')]),
        ('Label = "a", Label = "b"', [("TDL209", 'Label = "b"')]),
    ],
)
def test_rule_18_properties(spans, properties: str, found: list) -> None:
    assert spans(f"{A} TABLE 5 A_TBL = A_RCD WITH {properties};") == found
    assert spans(f"TYPE A_RCD = PACKED RECORD X : UINT8 WITH {properties}; END; {TABLE}") == found
    assert spans(f"DOCUMENT A WITH {properties}; {A} {TABLE}") == found


def test_rule_18_property_lines(look) -> None:
    line = 'Global Default Table Property Overrides: Role="CONTROL", Acessibility="READONLY"\n'
    (found,) = look(A + "\n" + line + TABLE)
    assert (found.code, found.primary.span.text) == ("TDL608", "Acessibility")
    assert found.help == "did you mean `Accessibility`?"


@pytest.mark.parametrize(
    ("text", "span"),
    [
        (A + '\nGlobal Default Table Property Overrides: Role="DATA"\n' + TABLE, 'Role="DATA"'),
        ("TYPE A_RCD = PACKED RECORD X : ARRAY[2] OF STD.B_RCD; END;" + A.replace("A_", "B_") + TABLE, "STD.B_RCD"),
        ("TYPE A_RCD = PACKED RECORD X : FLOAT_CHAR21; END;" + TABLE, "FLOAT_CHAR21"),
        (
            "TYPE A_RCD = PACKED RECORD X : ARRAY[2] OF B_RCD; END; "
            "TYPE B_RCD = PACKED RECORD IF .lastIndex THEN X : UINT8; END; END;" + TABLE,
            ".lastIndex",
        ),
    ],
)
def test_rule_20_features_of_later_editions(spans, text: str, span: str) -> None:
    assert spans('DOCUMENT A EDITION "1997"; ' + text) == [("TDL605", span)]
    assert spans('DOCUMENT A EDITION "2008"; ' + text) == []
    assert spans("DOCUMENT A; " + text) == []


def test_rule_20_our_own_notation_is_of_every_edition(spans) -> None:
    assert spans(f'DOCUMENT A EDITION "1997"; {A} TABLE 5 A_TBL = A_RCD WITH Label = "x";') == []


def test_rule_20_editions(spans) -> None:
    assert spans(f'DOCUMENT A EDITION "2021"; {A} {TABLE}') == [("TDL606", 'DOCUMENT A EDITION "2021";')]


def test_rule_2_endings(look) -> None:
    text = """
        TYPE A = PACKED RECORD X : UINT8 WITH Enum = C; Y : B; END;
        TYPE B = BIT FIELD OF UINT8 X : UINT(0..7); END; TYPE C = ENUMERATION X : 0; END; TYPE D = A;
        TABLE 5 E = D; PROCEDURE MFG 1 F;
    """
    assert [(d.code, d.data["ending"]) for d in look(text)] == [
        ("TDL701", "_RCD"),
        ("TDL701", "_BFLD"),
        ("TDL701", "_ENUM"),
        ("TDL701", "_TBL"),
    ]


def test_capitals_and_their_fix(look) -> None:
    text = """
        TYPE m_ENUM = ENUMERATION idle : 0; END;
        TYPE a_RCD = PACKED RECORD count : UINT8 WITH Enum = m_ENUM; X : BINARY(count + a_TBL.count); END;
        TABLE 5 a_TBL = STD.a_RCD;
    """
    found = look(text)
    assert [(d.code, d.primary.span.text) for d in found] == [
        ("TDL702", "m_ENUM"),
        ("TDL702", "idle"),
        ("TDL702", "a_RCD"),
        ("TDL702", "count"),
        ("TDL702", "a_TBL"),
    ]
    assert all(fix.safe for d in found for fix in d.fixes)
    edits = [edit for d in found for fix in d.fixes for edit in fix.edits]
    fixed = _applied(text, edits)
    assert fixed == text.replace("m_", "M_").replace("a_", "A_").replace("count", "COUNT").replace("idle", "IDLE")
    assert look(fixed) == []


def _applied(text: str, edits: list[Edit]) -> str:
    for edit in sorted(edits, key=lambda e: -e.span.start):
        text = text[: edit.span.start] + edit.replacement + text[edit.span.end :]
    return text


@pytest.mark.parametrize(
    "text",
    [
        'TYPE m_ENUM = ENUMERATION A : 0; END; TYPE A_RCD = PACKED RECORD X : UINT8 WITH Enum = "m_ENUM"; END; '
        + TABLE,
        "TYPE A_RCD = PACKED RECORD x : UINT8; X : UINT8; END; " + TABLE,
    ],
)
def test_capitals_that_need_a_person(look, text: str) -> None:
    (found,) = look(text)
    assert found.code == "TDL702"
    assert found.fixes == ()


def test_types_that_nothing_uses(spans) -> None:
    more = """
        TYPE B_RCD = PACKED RECORD C : C_T; END; TYPE C_T = D_RCD; TYPE D_RCD = PACKED RECORD X : UINT8; END;
        TYPE E_ENUM = ENUMERATION X : 0; END;
    """
    assert spans(A + more) == []
    assert spans(A + more + TABLE) == [("TDL703", name) for name in ("B_RCD", "C_T", "D_RCD", "E_ENUM")]
    assert spans(more + "TABLE 5 A_TBL = B_RCD;") == [("TDL703", "E_ENUM")]
    assert (
        spans(more.replace("X : UINT8", "X : UINT8 WITH Enum = E_ENUM") + "PROCEDURE MFG 1 P = RESPONSE B_RCD;") == []
    )
    assert ("TDL703", "B_RCD") not in spans("DOCUMENT A WITH PendingHeader = B_RCD; " + A + more + TABLE)


@pytest.mark.parametrize("name", [name for name in library_names() if name.startswith("std:")])
def test_the_library_is_clean(name: str) -> None:
    context = pipeline.Context()
    assert pipeline.run(pipeline.Request(definition=name), context, after="validate") is not None
    assert [(d.code, d.message) for d in context.report] == []
