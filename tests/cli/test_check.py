from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from tdl.report.render.machine import SCHEMA
from tests.cli.conftest import EXAMPLE, Run

GOOD = "TYPE A_RCD = PACKED RECORD\n    COUNT : UINT8;\nEND;\nTABLE 0 A_TBL = A_RCD;\n"
BAD = GOOD.replace(" : ", " ")


def _write(**files: str) -> None:
    for name, text in files.items():
        Path(f"{name}.tdl").write_text(text)


def test_what_is_right_is_said_to_be(tdl: Run) -> None:
    _write(a=GOOD)
    result = tdl("check", "a.tdl", "std:2012", EXAMPLE / "acme-ax200.tdl")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "no findings\n")


@pytest.mark.parametrize("format", ["text", "concise", "json"])
def test_the_format_changes_neither_verdict_nor_findings(tdl: Run, format: str) -> None:
    _write(a=BAD, b=GOOD, c=BAD)
    result = tdl("check", "a.tdl", "b.tdl", "c.tdl", "--format", format)
    assert result.exit_code == 1
    assert result.output.count("TDL101") == 2
    assert tdl("check", "b.tdl", "--format", format).exit_code == 0


def test_findings_for_programs(tdl: Run) -> None:
    _write(a=BAD)
    result = tdl("check", "a.tdl", "--format", "json")
    assert result.stderr == ""
    findings = json.loads(result.stdout)
    jsonschema.validate(findings, SCHEMA)
    assert [(f["code"], f["place"]) for f in findings] == [("TDL101", "a.tdl:2:11")]
    _write(a=GOOD)
    assert json.loads(tdl("check", "a.tdl", "--format", "json").stdout) == []


def test_findings_for_editors(tdl: Run) -> None:
    _write(a=BAD)
    result = tdl("check", "a.tdl", "--format", "concise")
    assert result.stdout == ""
    assert result.stderr.startswith("a.tdl:2:11: error TDL101: ")
    assert result.stderr.count("\n") == 1


def test_a_warning_is_a_finding_and_a_note_is_none(tdl: Run) -> None:
    _write(a="DOCUMENT A;\n", b='FRAGMENT B OF "NOWHERE";\n')
    assert tdl("check", "a.tdl").exit_code == 1
    result = tdl("check", "b.tdl")
    assert result.exit_code == 0
    assert "note TDL007: `NOWHERE` was not found" in result.stderr


CHANGE = 'FRAGMENT {name} OF "{base}";\nMODIFY TYPE A_RCD\n    ADD {member} : UINT8;\nEND;\n'


def test_a_fragment_is_checked_on_its_base(tdl: Run) -> None:
    bad = 'FRAGMENT F OF "BASE";\nMODIFY TYPE NO_RCD\n    ADD X : UINT8;\nEND;\n'
    _write(base="DOCUMENT BASE;\n" + GOOD, change=bad)
    result = tdl("check", "change.tdl")
    assert result.exit_code == 1
    assert "NO_RCD" in result.stderr
    Path("elsewhere").mkdir()
    Path("base.tdl").rename("elsewhere/base.tdl")
    assert "TDL007" in tdl("check", "change.tdl").stderr
    assert "NO_RCD" in tdl("check", "change.tdl", "elsewhere/base.tdl").stderr


def test_a_link_to_nothing_beside_a_fragment_is_passed_over(tdl: Run) -> None:
    """Emacs leaves one beside each file that it is changing."""
    _write(base="DOCUMENT BASE;\n" + GOOD, change=CHANGE.format(name="F", base="BASE", member="B"))
    Path(".#change.tdl").symlink_to("somebody@somewhere.1234")
    assert tdl("check", "change.tdl").exit_code == 0


def test_a_chain_of_fragments_is_found(tdl: Run) -> None:
    _write(
        base=GOOD,
        model=CHANGE.format(name="MODEL", base="BASE", member="B").replace(";", ' VERSION "2";', 1),
        customer=CHANGE.format(name="CUSTOMER", base="MODEL@2", member="B"),
    )
    result = tdl("check", "customer.tdl")
    assert result.exit_code == 1
    assert "A_RCD.B` exists already\n --> customer.tdl:3:5\n" in result.stderr
    assert " ::: model.tdl:3:9\n" in result.stderr
    assert tdl("check", "model.tdl").exit_code == 0


def test_fragments_that_name_each_other(tdl: Run) -> None:
    _write(a='FRAGMENT A OF "B";\n', b='FRAGMENT B OF "A";\n', c='FRAGMENT C OF "C";\n')
    for name in ("a.tdl", "b.tdl", "c.tdl"):
        result = tdl("check", name)
        assert result.exit_code == 0
        assert "TDL007" in result.stderr


def test_a_library_document_by_its_own_name(tdl: Run) -> None:
    _write(change='FRAGMENT F OF "ANSI_C1219";\nREMOVE TABLE 999;\n')
    result = tdl("check", "change.tdl")
    assert result.exit_code == 1
    assert "change.tdl:2" in result.stderr


def test_standard_input(tdl: Run) -> None:
    result = tdl("check", "-", input=BAD)
    assert result.exit_code == 1
    assert " --> <stdin>:2:11\n" in result.stderr
    assert tdl("check", "-", input=GOOD).exit_code == 0
    fragment = 'FRAGMENT F OF "std:2012";\nREMOVE TABLE 999;\n'
    assert " --> <stdin>:2:" in tdl("check", "-", input=fragment).stderr


def test_without_names_the_project_is_checked(tdl: Run) -> None:
    result = tdl("check")
    assert result.exit_code == 2
    assert "error TDL006: no definition is named" in result.stderr
    _write(a=BAD)
    Path("tdl.toml").write_text('definition = "a.tdl"\n')
    assert " --> a.tdl:2:11\n" in tdl("check").stderr
    Path("below").mkdir()
    assert tdl("check", "-d", "std:2012").exit_code == 0
    assert tdl("check", "a.tdl", "-d", "std:2012").exit_code == 2


def test_a_misspelt_setting_is_an_error_with_its_place(tdl: Run) -> None:
    Path("tdl.toml").write_text('defintion = "a.tdl"\n')
    result = tdl("layout", "0")
    assert result.exit_code == 2
    assert " --> tdl.toml:1:1\n" in result.stderr
    assert "did you mean `definition`?" in result.stderr
