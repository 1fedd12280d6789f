"""Severities and editions as the nearest `tdl.toml` says them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tdl.project.settings import SettingsError
from tdl.report import Severity
from tdl.review.checking import Subject, check_all
from tdl.sources import Resolver
from tests.unit.review.reviewing import record, review, said, write

SMALL = record("    Count : UINT8;\n")


def _severities(*names: str) -> dict[str, Severity]:
    return {each.code: each.severity for each in review(*names).findings}


@pytest.mark.parametrize(
    ("said", "severity"),
    [("error", Severity.ERROR), ("warning", Severity.WARNING), ("note", Severity.NOTE), ("off", None)],
)
def test_a_severity_is_what_the_project_says(folder: Path, said: str, severity: Severity | None) -> None:
    write(folder, {"a.tdl": SMALL, "tdl.toml": f'[check]\nTDL702 = "{said}"\n'})
    assert _severities("a.tdl") == ({} if severity is None else {"TDL702": severity})


def test_the_nearest_project_counts_for_each_document(folder: Path) -> None:
    files = {"x/deep/a.tdl": SMALL, "y/a.tdl": SMALL, "x/tdl.toml": '[check]\nTDL702 = "off"\n'}
    write(folder, {**files, "tdl.toml": '[check]\nTDL702 = "note"\n'})
    assert said(review("x", "y")) == [("TDL702", "y/a.tdl:2:5")]
    assert _severities("x", "y") == {"TDL702": Severity.NOTE}


def test_what_a_rule_lowers_itself_is_not_raised(folder: Path) -> None:
    """A type that a fragment leaves behind is a note; one left over is a warning."""
    base = record("    COUNT : UINT8;\n") + "TYPE B_RCD = PACKED RECORD\n    X : UINT8;\nEND;\nTABLE 1 B_TBL = B_RCD;\n"
    write(folder, {"base.tdl": base, "f.tdl": 'FRAGMENT F OF "BASE";\nREMOVE TABLE 1;\n'})
    assert _severities("f.tdl") == {"TDL703": Severity.NOTE}
    write(folder, {"tdl.toml": '[check]\nTDL703 = "error"\n'})
    assert _severities("f.tdl") == {"TDL703": Severity.NOTE}
    write(folder, {"base.tdl": base.replace("TABLE 1 B_TBL = B_RCD;\n", "")})
    assert _severities("base.tdl") == {"TDL703": Severity.ERROR}


def test_an_edition_is_pinned(folder: Path) -> None:
    newer = ("TDL605", "a.tdl:3:12")
    text = 'DOCUMENT A EDITION "2012";\n' + record("    RATE : FIXED_BCD8;\n").replace("TABLE 0", "TABLE MFG 0")
    write(folder, {"a.tdl": text})
    assert newer not in said(review("a.tdl"))
    write(folder, {"tdl.toml": '[check]\nedition = "1997"\n'})
    assert newer in said(review("a.tdl"))
    write(folder, {"a.tdl": text.replace(' EDITION "2012"', "")})
    assert newer in said(review("a.tdl"))
    write(folder, {"tdl.toml": 'definition = "a.tdl"\n[check]\nedition = "1997"\n'})
    assert newer in said(review("."))
    project = check_all(Subject(definition="a.tdl"), Resolver(), folder)
    assert newer in said(project)


@pytest.mark.parametrize(
    ("line", "problem", "help"),
    [
        ('TDL203 = "warning"', "`TDL203` (unknown-type) is an error, whose severity is fixed", "no meaning"),
        ('TDL799 = "off"', "no rule `TDL799`", "tdl explain"),
        ('TDL702 = "loud"', "`TDL702`: `loud` found, `error`, `warning`, `note`, `off` expected", ""),
        ("TDL702 = 1", "`TDL702`: text expected", ""),
        ('editon = "1997"', "unknown key `editon`", "did you mean `edition`?"),
        ('x = "1997"', "unknown key `x`", "known are"),
        ('edition = "1999"', "`edition`: `1999` found, `1997`, `2008`, `2012` expected", ""),
        ('fail-on = "all"', "`fail-on`: `all` found, `error`, `warning`, `note`, `never` expected", ""),
        ("baseline = 1", "`baseline`: text expected", ""),
    ],
)
def test_what_cannot_be_said(folder: Path, line: str, problem: str, help: str) -> None:
    write(folder, {"a.tdl": SMALL, "tdl.toml": f"[check]\n{line}\n"})
    with pytest.raises(SettingsError) as caught:
        review("a.tdl")
    (finding,) = caught.value.report
    assert finding.message == f"`tdl.toml` cannot be used: {problem}"
    assert help in finding.help
    assert finding.primary is not None
    assert finding.primary.span.place.endswith("tdl.toml:2:1")


def test_a_check_that_is_no_table(folder: Path) -> None:
    write(folder, {"a.tdl": SMALL, "tdl.toml": "check = 1\n"})
    with pytest.raises(SettingsError, match="a table `\\[check\\]` expected"):
        review("a.tdl")
