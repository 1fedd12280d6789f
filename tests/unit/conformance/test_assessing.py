"""The report on a definition: each rule's verdict, and what is shown of it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

from tdl import pipeline
from tdl.cli.conformance import command
from tdl.conformance import Assessment, Looked, Verdict, assess
from tdl.conformance.showing import show_html, show_json, worded
from tdl.report import Report, Rule
from tdl.report.rules import conformance, meters
from tdl.sources import Resolver

A = "TYPE A_RCD = PACKED RECORD X : UINT8; END; "
TABLES = "TABLE 0 A_TBL = A_RCD; TABLE 1 B_TBL = A_RCD; "


def _assessed(text: str, **others: str) -> Assessment:
    texts = {"a.tdl": text} | {name.replace("_", "."): each for name, each in others.items()}
    return assess(pipeline.Request(definition="a.tdl"), Resolver(texts))


def _verdicts(assessment: Assessment) -> dict[str, Verdict]:
    return {line.rule.code: line.verdict for line in assessment.lines}


def test_every_rule_of_conformance_has_a_verdict() -> None:
    verdicts = _verdicts(_assessed(A + TABLES))
    assert {code for code in verdicts if code.startswith("TDL6")} == {
        rule.code for rule in vars(conformance).values() if isinstance(rule, Rule)
    } | {meters.MISSING_TABLES.code}
    assert {"TDL201", "TDL401", "TDL501"} <= set(verdicts)


def test_a_definition_that_meets_what_applies() -> None:
    assessment = _assessed(A + TABLES)
    assert set(_verdicts(assessment).values()) == {Verdict.MET, Verdict.NOT_APPLICABLE}
    waiting = {line.rule.code: line.condition for line in assessment.lines if line.condition}
    assert waiting == {
        "TDL603": "procedures with parameters or responses",
        "TDL605": "a document that declares an edition",
        "TDL607": "`DIM_...` tables",
        "TDL610": "a document that declares an edition",
        "TDL611": "a document that declares an edition",
        "TDL612": "`DIM_...` tables",
    }
    assert not assessment.open
    assert len(assessment.hash) == 64


def test_rules_apply_once_there_is_something_to_look_at() -> None:
    more = "TABLE MFG 1 DIM_A_TBL = A_RCD; TABLE 7 C_TBL = A_RCD; TABLE 8 D_TBL = A_RCD; PROCEDURE MFG 1 P;"
    assessment = _assessed(f'DOCUMENT A EDITION "2012"; {A}{TABLES}{more}')
    assert set(_verdicts(assessment).values()) == {Verdict.MET}


@pytest.mark.parametrize(
    ("text", "code", "verdict", "where"),
    [
        (A + TABLES + "TABLE 1 C_TBL = A_RCD;", "TDL602", Verdict.NOT_MET, "a.tdl:1:96"),
        (f'DOCUMENT A EDITION "2012"; {A}{TABLES}TABLE 9 C_TBL = A_RCD;', "TDL610", Verdict.REMARK, "a.tdl:1:123"),
        (A + "TABLE 0 A_TBL = A_RCD;", "TDL613", Verdict.REMARK, None),
        (A + TABLES + "TABLE 5 C_TBL = NO_RCD;", "TDL203", Verdict.NOT_MET, "a.tdl:1:106"),
    ],
)
def test_what_is_found_has_its_place(text: str, code: str, verdict: Verdict, where: str | None) -> None:
    assessment = _assessed(text)
    (line,) = [line for line in assessment.lines if line.rule.code == code]
    assert line.verdict is verdict
    assert assessment.verdict is verdict
    assert assessment.open
    if where is not None:
        assert [place.where for place in line.places] == [where]


def test_procedures_need_tables_7_and_8() -> None:
    (finding,) = _assessed(A + TABLES + "PROCEDURE MFG 1 P;").open_findings
    assert finding.message == "no Table 7 and no Table 8 found, which every meter with procedures has"
    (finding,) = _assessed(A + TABLES + "TABLE 7 C_TBL = A_RCD; PROCEDURE MFG 1 P;").open_findings
    assert finding.message == "no Table 8 found, which every meter with procedures has"


ALLOWED = """\
DOCUMENT A EDITION "2012";
TYPE A_RCD = PACKED RECORD X : UINT8; END;
TABLE 0 A_TBL = A_RCD;
TABLE 1 B_TBL = A_RCD;
{ tdl: allow TDL610 the laboratory's own number }
TABLE 9 C_TBL = A_RCD;
"""


def test_what_a_comment_accepts_is_shown_with_its_reason() -> None:
    assessment = _assessed(ALLOWED)
    (line,) = [line for line in assessment.lines if line.rule is conformance.RESERVED_NUMBER]
    assert line.verdict is Verdict.ACCEPTED
    assert [place.reason for place in line.places] == ["the laboratory's own number"]
    assert not assessment.open
    assert "accepted: the laboratory&#39;s own number" in show_html(assessment)
    both = _assessed(ALLOWED + "TABLE 18 D_TBL = A_RCD;\n")
    (line,) = [line for line in both.lines if line.rule is conformance.RESERVED_NUMBER]
    assert line.verdict is Verdict.REMARK
    assert [place.reason for place in line.places] == ["the laboratory's own number", ""]


def test_a_text_that_cannot_be_read() -> None:
    assessment = _assessed("TYPE A_RCD = PACKED")
    assert assessment.sections[0].title == "what else was found"
    assert [line.verdict for line in assessment.sections[0].lines] == [Verdict.NOT_MET]
    assert {line.verdict for section in assessment.sections[1:] for line in section.lines} == {Verdict.NOT_LOOKED_AT}
    assert (assessment.hash, assessment.extents) == ("", ())
    assert "does not compile" in show_html(assessment)


def test_what_other_findings_kept_from_being_looked_at_is_not_met() -> None:
    verdicts = _verdicts(
        _assessed(A + TABLES + "TYPE R_RCD = PACKED RECORD X : R_RCD; END; TABLE MFG 1 R_TBL = R_RCD;")
    )
    assert verdicts["TDL401"] is Verdict.NOT_MET
    for code in ("TDL423", "TDL501", "TDL502", "TDL503", "TDL603", "TDL607"):
        assert verdicts[code] is Verdict.NOT_LOOKED_AT
    assert verdicts["TDL602"] is Verdict.MET


def test_the_documents_are_named_with_their_hashes() -> None:
    assessment = _assessed('IMPORT "b.tdl"; TABLE 0 A_TBL = A_RCD; TABLE 1 B_TBL = A_RCD;', b_tdl=A)
    assert [name for name, _ in assessment.texts] == ["a.tdl", "b.tdl"]
    assert all(re.fullmatch("[0-9a-f]{64}", digest) for _, digest in assessment.texts)


def test_the_tables_are_listed_with_their_sizes() -> None:
    assessment = _assessed(A + TABLES.replace("B_TBL = A_RCD", 'B_TBL = A_RCD WITH Role = "DATA"'))
    assert [(each.key, each.name, each.role, each.octets) for each in assessment.extents] == [
        ("ST0", "A_TBL", "", (1, 1)),
        ("ST1", "B_TBL", "DATA", (1, 1)),
    ]


_VERDICTS = [verdict.value for verdict in Verdict]
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["format", "tdl", "definition", "edition", "version", "hash", "image", "verdict", "open", "texts",
                 "sections", "tables"],
    "properties": {
        "format": {"const": 1},
        "verdict": {"enum": _VERDICTS},
        "open": {"type": "boolean"},
        "texts": {"type": "array", "items": {"required": ["name", "sha256"]}},
        "tables": {"type": "array", "items": {"required": ["key", "name", "role", "octets"]}},
        "sections": {
            "type": "array",
            "items": {
                "required": ["title", "rules"],
                "properties": {
                    "rules": {
                        "type": "array",
                        "items": {
                            "required": ["code", "slug", "verdict", "condition", "places"],
                            "properties": {
                                "code": {"pattern": r"^TDL\d{3}$"},
                                "verdict": {"enum": _VERDICTS},
                                "places": {"type": "array", "items": {"required": ["where", "severity", "message",
                                                                                    "reason"]}},
                            },
                        },
                    }
                },
            },
        },
    } | {name: {"type": "string"} for name in ("tdl", "definition", "edition", "version", "hash", "image")},
}  # fmt: skip


@pytest.mark.parametrize("text", [A + TABLES, ALLOWED, "TYPE A_RCD = PACKED", A])
def test_json_has_its_shape_and_is_the_same_each_time(text: str) -> None:
    shown = show_json(_assessed(text))
    jsonschema.validate(json.loads(shown), SCHEMA)
    assert shown == show_json(_assessed(text))
    assert show_html(_assessed(text)) == show_html(_assessed(text))


def test_the_page_needs_nothing_else_and_says_nothing_of_its_own() -> None:
    hostile = A + TABLES + 'TABLE 2 C_TBL = A_RCD WITH Rolle = "<script>alert(1)</script>", Role = "<b>";'
    page = show_html(_assessed(hostile))
    assert "<script" not in page
    assert "&lt;b&gt;" in page
    assert not re.search(r'src=|href="(?!#)|url\(|@import', page)
    for word in ("Signature", "TDL608", "remark", "SHA-256"):
        assert word in page
    for target in re.findall(r'href="#([^"]*)"', page):
        assert f'id="{target}"' in page
    assert 'href="#TDL608"' in page
    assert "Left to do" not in show_html(_assessed(A + TABLES))


def test_an_image_has_its_section() -> None:
    found = Report()
    found.add(meters.OVER_LIMIT.at(None, place="meter: ST21", element="ST21 X", found=2, limits="ST20", expected=1))
    resolver = Resolver({"a.tdl": A + TABLES})
    looked = Looked(image="meter", report=found, waiting={"TDL622": "Table 0 of the meter"})
    assessment = assess(pipeline.Request(definition="a.tdl"), resolver, looked)
    section = assessment.sections[-1]
    assert section.title == "the meter's tables agree with it"
    assert {line.rule.code: line.verdict for line in section.lines}["TDL625"] is Verdict.NOT_MET
    assert {line.rule.code: line.verdict for line in section.lines}["TDL620"] is Verdict.MET
    assert {line.rule.code: line.verdict for line in section.lines}["TDL622"] is Verdict.NOT_APPLICABLE
    assert assessment.image == "meter"


# --- the verb ----------------------------------------------------------------------------------------------------


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments, standalone_mode=False)


@pytest.fixture(name="folder")
def a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.tdl").write_text(A + TABLES + "\n")
    (tmp_path / "bad.tdl").write_text(A + "\n")
    (tmp_path / "image").mkdir()
    (tmp_path / "image" / "ST0.bin").write_bytes(b"\1\1")
    return tmp_path


def test_the_verb_writes_the_report(folder: Path) -> None:
    result = _run("-d", "good.tdl", "-o", "report.html")
    assert result.return_value == 0
    assert result.stderr.startswith("good: met (") or result.stderr.startswith("GOOD: met (")
    assert (folder / "report.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    assert _run("-d", "bad.tdl", "-o", "report.json").return_value == 1
    assert json.loads((folder / "report.json").read_text("utf-8"))["verdict"] == "remark"
    assert "TDL613" in _run("-d", "bad.tdl", "-o", "report.json").stderr


def test_the_verb_prints_what_its_name_or_format_says(folder: Path) -> None:
    assert json.loads(_run("-d", "good.tdl", "--format", "json").stdout)["open"] is False
    assert _run("-d", "good.tdl", "-o", "a.json", "--format", "html").return_value == 0
    assert (folder / "a.json").read_text("utf-8").startswith("<!DOCTYPE html>")
    assert "name the report .html or .json" in str(_run("-d", "good.tdl", "-o", "report.txt").exception)


def test_the_verb_looks_at_a_meter(folder: Path) -> None:
    result = _run("-d", "good.tdl", "--format", "json", "--image", "image")
    assert result.return_value == 1
    (last,) = [s for s in json.loads(result.stdout)["sections"] if s["title"] == "the meter's tables agree with it"]
    assert [rule["code"] for rule in last["rules"] if rule["verdict"] == "not met"] == ["TDL512"]
    broken = _run("-d", "bad.tdl", "--format", "json", "--image", "image")
    assert broken.return_value == 1


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("`A_RCD` found", "<code>A_RCD</code> found"),
        ("a `<b>` & `c`", "a <code>&lt;b&gt;</code> &amp; <code>c</code>"),
        ("one ` alone <i>", "one ` alone &lt;i&gt;"),
        ("plain", "plain"),
    ],
)
def test_names_in_messages_are_code_and_nothing_else_is_markup(text: str, page: str) -> None:
    assert str(worded(text)) == page
