"""Reading the document form: what is accepted, what is refused, where and in what words."""

from __future__ import annotations

import pytest

from tdl.report import Report
from tdl.sources import SourceFile
from tdl.syntax import ast
from tdl.syntax.notation import MAX_ERRORS, parse


def read(text: str) -> tuple[ast.Document | ast.Fragment, list[tuple[str, str, str]]]:
    report = Report()
    node = parse(SourceFile("text.tdl", text), report)
    findings = [(d.code, d.primary.span.place if d.primary else "", d.message) for d in report]
    return node, findings


def declarations(text: str) -> tuple[ast.Declaration, ...]:
    node, findings = read(text)
    assert findings == []
    assert isinstance(node, ast.Document)
    return node.declarations


@pytest.mark.parametrize("name", ["SET", "TABLE", "TYPE", "END_TIME", "ARRAY", "OF", "WITH", "FIRST", "ADD", "BIT"])
def test_a_keyword_may_name_an_element(name: str) -> None:
    (record,) = declarations(f"TYPE A_RCD = PACKED RECORD\n{name} : UINT8;\nEND;")
    assert isinstance(record, ast.Record)
    assert [item.name for item in record.items if isinstance(item, ast.Member)] == [name]


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("A = 1", "A == 1"),
        ("A <> 1", "A != 1"),
        ("A && B || !C", "(A AND B) OR (NOT C)"),
        ("A + B * C - D", "(A + (B * C)) - D"),
        ("NOT A == B", "NOT (A == B)"),
        ("-A % 2", "(-A) % 2"),
        ("0x1F", "31"),
    ],
)
def test_both_families_of_operators(written: str, same: str) -> None:
    def condition(text: str) -> ast.Expression:
        (record,) = declarations(f"TYPE A_RCD = PACKED RECORD IF {text} THEN X : UINT8; END; END;")
        assert isinstance(record, ast.Record)
        (item,) = record.items
        assert isinstance(item, ast.If)
        return item.condition

    assert condition(written) == condition(same)


def test_the_older_selection_is_the_newer_one() -> None:
    (older,) = declarations("TYPE A_RCD = PACKED RECORD CASE N OF 1, 3..4 : X : UINT8; ELSE Y : UINT8; END; END;")
    (newer,) = declarations(
        "TYPE A_RCD = PACKED RECORD SWITCH N OF CASE 1, 3..4 : X : UINT8; DEFAULT : Y : UINT8; END; END;"
    )
    assert older == newer


def test_selections_nest_both_ways() -> None:
    (record,) = declarations(
        "TYPE A_RCD = PACKED RECORD SWITCH N OF CASE 1 : CASE M OF 2 : X : UINT8; END; CASE 3 : Y : UINT8; END; END;"
    )
    assert isinstance(record, ast.Record)
    (outer,) = record.items
    assert isinstance(outer, ast.Switch)
    assert [arm.labels for arm in outer.arms] == [((1, 1),), ((3, 3),)]
    assert isinstance(outer.arms[0].items[0], ast.Switch)
    assert outer.default is None


def test_curly_quotes_and_overrides_go_to_the_next_table() -> None:
    found = declarations(
        "Global Default Table Property Overrides: Role=\u201cCONTROL\u201d, Atomic='x' Volatile=\"TRUE\"\n"
        "TYPE A_RCD = PACKED RECORD X : UINT8; END;\nTABLE 1 A_TBL = A_RCD;\nTABLE 2 B_TBL = A_RCD;"
    )
    assert [p.name for p in found[1].properties] == ["Role", "Volatile"]
    assert found[2].properties == ()


def test_every_bad_declaration_is_reported_and_the_good_ones_kept() -> None:
    node, findings = read(
        "TYPE A_RCD = PACKED RECORD X UINT8; END;\n"
        "TYPE B_RCD = PACKED RECORD X : UINT8; END;\n"
        "TYPE C_RCD = PACKED RECORD X : UINT8;\n"
        "TABLE 1 = B_RCD;\n"
        "TABLE 2 B_TBL = B_RCD; stray\n"
    )
    assert findings == [
        ("TDL101", "text.tdl:1:30", "`UINT8` found, `:` expected"),
        ("TDL102", "text.tdl:3:37", "the declaration ends here, `CASE`, `END`, `IF`, `SWITCH` or a name expected"),
        ("TDL101", "text.tdl:4:9", "`=` found, a name expected"),
        ("TDL105", "text.tdl:5:24", "`stray` found outside any declaration"),
    ]
    assert isinstance(node, ast.Document)
    assert [d.name for d in node.declarations] == ["B_RCD", "B_TBL"]


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("TYPE A_RCD = PACKED RECORD { X : UINT8; END;", "TDL104", "text.tdl:1:28"),
        ("DOCUMENT A;\nDOCUMENT B;\nTYPE A = UINT8;", "TDL107", "text.tdl:2:1"),
        ("TYPE A = BINARY(18446744073709551616);", "TDL108", "text.tdl:1:17"),
        ("TYPE A_RCD = PACKED RECORD X : UINT(0..1); END;", "TDL109", "text.tdl:1:32"),
        ("TYPE A_BFLD = BIT FIELD OF UINT8 IF X THEN Y : UINT8; END; END;", "TDL109", "text.tdl:1:48"),
        ("TYPE A_ENUM = ENUMERATION IF X THEN Y : 1; END; END;", "TDL109", "text.tdl:1:27"),
        ("TYPE A_RCD = PACKED RECORD IF .first THEN X : UINT8; END; END;", "TDL101", "text.tdl:1:31"),
        ("TYPE A_RCD = PACKED RECORD SWITCH N OF X : UINT8; END; END;", "TDL101", "text.tdl:1:40"),
        ("TYPE A = @;", "TDL101", "text.tdl:1:10"),
        ("TYPE A = UINT8; }", "TDL105", "text.tdl:1:17"),
        ("", "TDL112", "text.tdl:1:1"),
    ],
)
def test_what_is_refused(text: str, code: str, place: str) -> None:
    _, findings = read(text)
    assert [(f[0], f[1]) for f in findings][:1] == [(code, place)]


@pytest.mark.parametrize(
    "text",
    [
        "TYPE A = BINARY(" + "(" * 100_000 + "1" + ")" * 100_000 + ");",
        "TYPE A_RCD = PACKED RECORD " + "IF X THEN " * 100_000 + "A : UINT8;" + "END; " * 100_000 + " END;",
        "TYPE A = BINARY(" + "1+" * 100_000 + "1);",
        "TYPE A = " + "ARRAY[1] OF " * 100_000 + "UINT8;",
        "TYPE A_RCD = PACKED RECORD IF " + "NOT " * 100_000 + "X THEN END; END;",
        "TYPE A_RCD = PACKED RECORD IF X" + "[X" * 100_000 + "]" * 100_000 + " THEN END; END;",
    ],
    ids=["parentheses", "conditionals", "operators", "arrays", "negations", "subscripts"],
)
def test_depth_is_limited(text: str) -> None:
    _, findings = read(text)
    assert findings[0][0] == "TDL103"
    assert findings[0][2].endswith("at most 64 are read")


def test_the_depth_that_is_allowed_is_read() -> None:
    assert declarations("TYPE A = BINARY(" + "(" * 60 + "1" + ")" * 60 + ");")


def test_noise_is_given_up_on() -> None:
    _, findings = read("TYPE A = ;\n" * 50_000)
    assert len(findings) == MAX_ERRORS + 1
    assert findings[-1][0] == "TDL106"


def test_a_fragment_is_known_by_its_first_word() -> None:
    node, findings = read('{ why }\nFRAGMENT B OF "A" SHA256 "00" EDITION "2012" VERSION "1";\nREMOVE TYPE X;')
    assert findings == []
    assert isinstance(node, ast.Fragment)
    assert (node.header.name, node.header.base, node.header.base_hash) == ("B", "A", "00")
    assert (node.header.edition, node.header.version) == ("2012", "1")
