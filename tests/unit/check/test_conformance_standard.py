"""What the standard asks of documents: numbers, codes, Table 0, limits."""

from __future__ import annotations

import pytest

from tdl import pipeline
from tdl.check import register, standard
from tdl.check.view import View
from tdl.syntax import ast

A = "TYPE A_RCD = PACKED RECORD X : UINT8; END; "


@pytest.mark.parametrize(
    ("declaration", "found"),
    [
        ("TABLE 9 A_TBL = A_RCD;", {"1997": "TDL610", "2008": "TDL610", "2012": "TDL610"}),
        ("TABLE 165 A_TBL = A_RCD;", {"1997": "TDL610", "2008": "TDL610", "2012": "TDL610"}),
        ("TABLE 57 A_TBL = A_RCD;", {"1997": "TDL605"}),
        ("TABLE 56 A_TBL = A_RCD;", {}),
        ("TABLE MFG 9 A_TBL = A_RCD;", {}),
        ("TABLE USER 9 A_TBL = A_RCD;", {}),
        ("PROCEDURE 33 P = PARAMETER A_RCD;", {"1997": "TDL610", "2008": "TDL610", "2012": "TDL610"}),
        ("PROCEDURE 21 P = PARAMETER A_RCD;", {"1997": "TDL605"}),
        ("PROCEDURE 20 P = PARAMETER A_RCD;", {}),
        ("PROCEDURE MFG 33 P = PARAMETER A_RCD;", {}),
    ],
)
def test_numbers_that_an_edition_assigns(spans, declaration: str, found: dict[str, str]) -> None:
    number = declaration.split()[1]
    for edition in register.EDITIONS:
        expected = [(found[edition], number)] if edition in found else []
        assert spans(f'DOCUMENT A EDITION "{edition}"; {A}{declaration}') == expected
    assert spans(A + declaration) == []
    assert [code for code, _ in spans(f'DOCUMENT A EDITION "2021"; {A}{declaration}')] == ["TDL606"]


def test_a_number_out_of_range_is_told_once(spans) -> None:
    assert [code for code, _ in spans(f'DOCUMENT A EDITION "2012"; {A}TABLE 2053 A_TBL = A_RCD;')] == ["TDL601"]


@pytest.mark.parametrize("edition", register.EDITIONS)
def test_the_register_is_that_of_the_library(edition: str) -> None:
    document = pipeline.run(pipeline.Request(definition=f"std:{edition}"), pipeline.Context(), after="merge")
    tables = {d.number.value for d in document.declarations if isinstance(d, ast.Table)}
    procedures = {d.number.value for d in document.declarations if isinstance(d, ast.Procedure)}
    first = edition == register.FIRST
    assert tables == (register.FIRST_TABLES if first else register.LATER_TABLES)
    assert procedures == (register.FIRST_PROCEDURES if first else register.LATER_PROCEDURES)


def test_the_later_elements_are_those_of_the_library() -> None:
    held = {}
    for edition in register.EDITIONS:
        document = pipeline.run(pipeline.Request(definition=f"std:{edition}"), pipeline.Context(), after="merge")
        view = View(document)
        held[edition] = {t.number.value: {m.name for m in standard.members_below(view, t)} for t in view.tables}
    first, second, last = (held[edition] for edition in register.EDITIONS)
    later = {number: second[number] - first[number] for number in first}
    assert register.LATER_ELEMENTS.keys() == {number for number, names in later.items() if names}
    assert {number: set(names) for number, names in register.LATER_ELEMENTS.items()} == {
        n: m for n, m in later.items() if m
    }
    assert all(last[number] <= second[number] for number in second)


@pytest.mark.parametrize("edition", register.EDITIONS)
@pytest.mark.parametrize(("table", "is_told"), [("22", True), ("23", False), ("MFG 22", False), ("USER 22", False)])
def test_elements_that_an_edition_did_not_have_yet(spans, edition: str, table: str, is_told: bool) -> None:
    inner = (
        "TYPE B_RCD = PACKED RECORD SOURCE_INDEX : UINT8; END; TYPE A_RCD = PACKED RECORD X : ARRAY[2] OF B_RCD; END; "
    )
    found = spans(f'DOCUMENT A EDITION "{edition}"; {inner}TABLE {table} A_TBL = A_RCD;')
    assert found == ([("TDL605", "SOURCE_INDEX")] if is_told and edition == register.FIRST else [])


def test_an_element_of_a_type_that_tables_share_is_told_once(spans) -> None:
    text = "TYPE A_RCD = PACKED RECORD SOURCE_INDEX : UINT8; END; TABLE 22 A_TBL = A_RCD; TABLE 27 B_TBL = A_RCD;"
    assert spans(f'DOCUMENT A EDITION "1997"; {text}') == [("TDL605", "SOURCE_INDEX")]


@pytest.mark.parametrize(
    ("selector", "codes", "found"),
    [
        ("CHAR_FORMAT : UINT(0..2)", "A : 1; B : 2;", []),
        ("CHAR_FORMAT : UINT(0..2)", "A : 1; UTF_8 : 3;", ["UTF_8"]),
        ("TM_FORMAT : UINT(0..2)", "A : 3; B : 4; C : 5;", ["B", "C"]),
        ("TM_FORMAT : UINT(0..2)", "A : 3; RESERVED : 4..7;", []),
        ("NI_FORMAT1 : UINT(0..3)", "A : 11; B : 12..13;", ["B"]),
        ("OTHER : UINT(0..3)", "A : 11; B : 12..13;", []),
    ],
)
def test_codes_of_later_editions(spans, selector: str, codes: str, found: list[str]) -> None:
    text = f"""TYPE C_ENUM = ENUMERATION {codes} END; TYPE F_BFLD = BIT FIELD OF UINT8 {selector} WITH Enum = C_ENUM;
        FILLER : FILL({"4..7" if "0..3" in selector else "3..7"}); END;
        TYPE B_RCD = PACKED RECORD F : F_BFLD; G : F_BFLD; END; TABLE MFG 1 B_TBL = B_RCD;"""
    assert spans(f'DOCUMENT A EDITION "1997"; {text}') == [("TDL605", name) for name in found]
    assert spans(f'DOCUMENT A EDITION "2008"; {text}') == []


def test_the_elements_of_table_0(look) -> None:
    elements = " ".join(f"{name} : UINT8;" for name in register.MANDATORY_ELEMENTS)
    text = 'DOCUMENT A EDITION "2012"; TYPE A_RCD = PACKED RECORD {} END; TABLE 0 GEN_CONFIG_TBL = A_RCD;'
    assert look(text.format(elements)) == []
    (found,) = look(text.format(elements.replace("NBR_PENDING", "PENDING")))
    assert found.message == "`GEN_CONFIG_TBL` has no `NBR_PENDING`, which every edition asks for"
    (found,) = look(text.format("X : UINT8;"))
    assert found.message.startswith("`GEN_CONFIG_TBL` has no `DATA_ORDER`, `CHAR_FORMAT`, ")
    assert f" and {len(register.MANDATORY_ELEMENTS) - 5} more, " in found.message
    assert found.primary.span.text == "GEN_CONFIG_TBL"
    nested = f"Y : ARRAY[2] OF B_RCD; END; TYPE B_RCD = PACKED RECORD {elements}"
    assert look(text.format(nested)) == []
    for other in (text.replace("0 GEN", "1 GEN"), text.replace("GEN_CONFIG_TBL", "MINE_TBL"), text[27:]):
        assert look(other.format("X : UINT8;")) == []


LIMITED = "TABLE MFG 0 DIM_X_TBL = {}; TABLE MFG 1 ACT_X_TBL = {};"
B = "TYPE B_RCD = PACKED RECORD X : {}; END; "


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (A + LIMITED.format("A_RCD", "A_RCD"), []),
        (A + "TYPE B_RCD = A_RCD; " + LIMITED.format("A_RCD", "B_RCD"), []),
        (A + B.format("UINT8") + LIMITED.format("A_RCD", "B_RCD"), []),
        (A + B.format("UINT16") + LIMITED.format("A_RCD", "B_RCD"), [("TDL612", "B_RCD")]),
        (A + B.format("UINT16") + "TABLE MFG 0 DIM_X_TBL = A_RCD; TABLE MFG 1 ACT_Y_TBL = B_RCD;", []),
    ],
)
def test_actual_tables_are_like_their_limits(spans, text: str, found: list) -> None:
    assert spans(text) == found
