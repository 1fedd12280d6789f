"""What comments allow, and what is said of comments that allow nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tdl.report import Severity
from tdl.report.rules import style
from tdl.review.allowing import Allows, allows
from tdl.sources import SourceFile, Span
from tests.unit.review.reviewing import record, review, said, write
from tests.work import counted

ALLOW = "{ tdl: allow TDL702 the maker's tool reads this name }"


def _codes(folder: Path, text: str) -> list[tuple[str, str]]:
    write(folder, {"a.tdl": text})
    return [(code, place.removeprefix("a.tdl:")) for code, place in said(review("a.tdl"))]


def test_a_comment_on_its_own_line_speaks_of_what_follows(folder: Path) -> None:
    assert _codes(folder, record(f"    {ALLOW}\n    Count : UINT8;\n    Other : UINT8;\n")) == [("TDL702", "4:5")]


def test_a_comment_before_a_declaration_speaks_of_all_of_it(folder: Path) -> None:
    members = "    Count : UINT8;\n    Other : UINT8;\n"
    assert _codes(folder, f"{ALLOW}\n{record(members)}") == []
    after = f"TYPE Small_RCD = PACKED RECORD\n    A : UINT8;\nEND;\nTABLE 1 B_TBL = Small_RCD;\n{ALLOW}\n"
    assert _codes(folder, after + record(members)) == [("TDL702", "1:6")]


def test_a_comment_behind_something_speaks_of_its_line(folder: Path) -> None:
    assert _codes(folder, record(f"    Count : UINT8; {ALLOW}\n    Other : UINT8;\n")) == [("TDL702", "3:5")]
    one_line = f"TYPE A_RCD = PACKED RECORD {ALLOW}\n    Count : UINT8;\nEND;\nTABLE 0 A_TBL = A_RCD;\n"
    assert _codes(folder, one_line) == [("TDL711", "1:28"), ("TDL702", "2:5")]


def test_a_conditional_is_one_thing(folder: Path) -> None:
    inside = "        Count : UINT8;\n    END;\n"
    assert _codes(folder, record(f"    N : UINT8;\n    {ALLOW}\n    IF N > 0 THEN\n{inside}")) == []


def test_an_arm_counts_its_own(folder: Path) -> None:
    text = record(f"    IF 1 > 0 THEN\n        {ALLOW}\n        Count : UINT8;\n        Other : UINT8;\n    END;\n")
    assert _codes(folder, text) == [("TDL702", "5:9")]


def test_only_the_named_code_is_allowed(folder: Path) -> None:
    members = '    { tdl: allow TDL608 our own }\n    Count : UINT8 WITH Colour = "red";\n'
    assert _codes(folder, record(members)) == [("TDL702", "3:5")]


def test_the_nearest_comment_is_the_one_that_is_used(folder: Path) -> None:
    text = f"{{ tdl: allow TDL702 everywhere }}\n{record(f'    {ALLOW}{chr(10)}    Count : UINT8;{chr(10)}')}"
    assert _codes(folder, text) == [("TDL711", "1:1")]


def test_a_line_is_nearer_than_the_declaration_that_starts_on_it(folder: Path) -> None:
    text = record("    A : UINT8;\n").replace("A_RCD = PACKED RECORD\n", f"Small_RCD = PACKED RECORD {ALLOW}\n")
    text = text.replace("= A_RCD", "= Small_RCD").replace("    A :", "    Count :")
    assert _codes(folder, f"{ALLOW}\n{text}") == []


def test_no_comment_allows_a_finding_that_is_an_error() -> None:
    source = SourceFile("a.tdl", record(f"    Count : UINT8; {ALLOW}\n"))
    at = Span(source, source.text.index("Count"), source.text.index("Count") + 5)
    error = style.NAME_CASE.at(at, name="Count", severity=Severity.ERROR)
    warning = style.NAME_CASE.at(at, name="Count")
    assert list(Allows().sift([error, warning])) == [error]


@pytest.mark.parametrize(
    ("comment", "problem"),
    [
        ("tdl: allow", "nothing found, a code such as `TDL702` expected"),
        ("tdl: allow names", "`names` found, a code such as `TDL702` expected"),
        ("tdl: allow TDL799 x", "`TDL799` found, a code such as `TDL702` expected"),
        ("tdl: allow TDL702", "no reason found, words behind the code expected"),
        ("tdl:allow TDL702\n", "no reason found, words behind the code expected"),
        ("tdl: allow TDL203 it is right", "`TDL203` is an error, which cannot be allowed"),
    ],
)
def test_a_comment_that_cannot_allow(folder: Path, comment: str, problem: str) -> None:
    write(folder, {"a.tdl": record(f"    {{ {comment} }}\n    Count : UINT8;\n")})
    outcome = review("a.tdl")
    assert [each.code for each in outcome.findings] == ["TDL710", "TDL702"]
    assert outcome.findings[0].message.endswith(f": {problem}")


def test_an_error_is_said_beside_the_comment_that_would_allow_it(folder: Path) -> None:
    text = record("    { tdl: allow TDL203 it is right }\n    COUNT : UINT9;\n")
    assert _codes(folder, text) == [("TDL710", "2:5"), ("TDL203", "3:13")]


def test_what_is_not_used_is_said_only_where_every_rule_has_run(folder: Path) -> None:
    good = f"    {ALLOW}\n    COUNT : UINT8;\n"
    assert _codes(folder, record(good)) == [("TDL711", "2:5")]
    assert _codes(folder, record(f"{good}    OTHER UINT8;\n")) == [("TDL101", "4:11")]
    write(folder, {"f.tdl": f'FRAGMENT F OF "NOWHERE";\n{ALLOW}\nREMOVE TABLE 1;\n'})
    assert [code for code, _ in said(review("f.tdl"))] == ["TDL007"]


def test_a_base_is_not_blamed_for_what_a_fragment_takes_away(folder: Path) -> None:
    write(
        folder,
        {
            "base.tdl": record(f"    X : UINT8;\n    {ALLOW}\n    Count : UINT8;\n"),
            "f.tdl": 'FRAGMENT F OF "BASE";\nMODIFY TYPE A_RCD\n    REMOVE Count;\nEND;\n',
        },
    )
    assert said(review("f.tdl")) == []
    assert said(review("base.tdl", "f.tdl")) == []


def test_a_fragment_allows_what_it_adds(folder: Path) -> None:
    write(
        folder,
        {
            "base.tdl": record("    X : UINT8;\n"),
            "f.tdl": f'FRAGMENT F OF "BASE";\nMODIFY TYPE A_RCD\n    {ALLOW}\n    ADD Count : UINT8;\nEND;\n',
            "g.tdl": f'FRAGMENT G OF "BASE";\n{ALLOW}\nADD TYPE Small_RCD = PACKED RECORD\n    A : UINT8;\nEND;\n'
            "ADD TABLE 1 B_TBL = Small_RCD;\n",
        },
    )
    assert said(review("f.tdl", "g.tdl")) == []


def test_what_is_imported_is_looked_at_too(folder: Path) -> None:
    part = record(f"    {ALLOW}\n    COUNT : UINT8;\n")
    write(folder, {"a.tdl": 'DOCUMENT A;\nIMPORT "part.tdl";\n', "part.tdl": part})
    assert said(review("a.tdl")) == [("TDL711", "part.tdl:2:5")]


def test_a_comment_in_xml(folder: Path) -> None:
    write(folder, {"a.tdl": record("    Count : UINT8;\n")})
    from tdl.report import Report
    from tdl.sources import Resolver
    from tdl.syntax import ast
    from tdl.syntax.imports import load
    from tdl.syntax.xml.names import NAMESPACE
    from tdl.syntax.xml.writer import write_xml

    document = load("a.tdl", Resolver(), Report())
    assert isinstance(document, ast.Document)
    text = write_xml(document, NAMESPACE)
    line = next(line for line in text.splitlines() if '"Count"' in line)
    comment = "<!-- tdl: allow TDL702 the maker's tool reads this name -->"
    write(folder, {"a.tdl": text, "b.tdl": text.replace(line, f"{comment}\n{line}")})
    assert [code for code, _ in said(review("a.tdl"))] == ["TDL702"]
    assert said(review("b.tdl")) == []


def test_words_about_allowing_are_no_allowing() -> None:
    for comment in ("we tdl: allow TDL702 nothing", "tdl allow TDL702 x", "tdl: allowed TDL702 x", "TDL702"):
        assert list(allows(SourceFile("a.tdl", f"{{ {comment} }}\nTYPE A = UINT8;\n"))) == []


@pytest.mark.parametrize("between", [" ", "\n"])
def test_many_comments_cost_in_proportion(between: str) -> None:
    def work(number: int) -> int:
        text = record(f"    Count : UINT8; {ALLOW}{between}" * number)
        with counted() as made:
            assert len(list(allows(SourceFile("a.tdl", text)))) == number
        return made.calls

    assert work(400) < 5 * work(100)
