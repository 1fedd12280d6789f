"""`--notation xml`: definitions and fragments as XML, which other verbs read."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.cli.conftest import EXAMPLE, Run, tree

FRAGMENT = EXAMPLE / "acme-ax200.tdl"


def test_a_definition_written_as_xml_is_read_as_itself(tdl: Run, tmp_path: Path) -> None:
    assert tdl("merge", "-d", "std:2012", "--notation", "xml", "-o", "x.xml").exit_code == 0
    assert (tmp_path / "x.xml").read_bytes().startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<tdl ')
    assert tdl("check", "x.xml").exit_code == 0
    assert tdl("merge", "x.xml").stdout == tdl("merge", "std:2012").stdout
    assert tdl("merge", "x.xml", "--notation", "xml").stdout == (tmp_path / "x.xml").read_text("utf-8")


def test_fragments_are_applied_in_either_notation(tdl: Run, tmp_path: Path) -> None:
    merged = tdl("merge", "std:2012", FRAGMENT).stdout
    (tmp_path / "new.tdl").write_text(merged, "utf-8")
    assert tdl("fragment", "diff", "std:2012", "new.tdl", "--notation", "xml", "-o", "change.xml").exit_code == 0
    assert (tmp_path / "change.xml").read_text("utf-8").splitlines()[1].startswith("<fragment ")
    result = tdl("merge", "std:2012", "change.xml")
    assert result.exit_code == 0
    assert tdl("fragment", "diff", "new.tdl", "-", input=result.stdout).stdout.count("\n") == 1, "nothing differs"


def test_a_fragment_is_shown_in_either_notation(tdl: Run, tmp_path: Path) -> None:
    assert tdl("fragment", "show", FRAGMENT, "--notation", "xml", "-o", "x.xml").exit_code == 0
    assert (tmp_path / "x.xml").read_text("utf-8").splitlines()[1].startswith("<fragment ")
    shown = tdl("fragment", "show", FRAGMENT).stdout
    assert tdl("fragment", "show", "x.xml").stdout == shown
    assert tdl("merge", "std:2012", "x.xml").stdout == tdl("merge", "std:2012", FRAGMENT).stdout
    assert tdl("fragment", "show", "std:1997").exit_code == 2
    assert tdl("fragment", "show", "none.tdl").exit_code == 2
    (tmp_path / "bad.tdl").write_text('FRAGMENT A OF "B";\nREMOVE;\n')
    assert tdl("fragment", "show", "bad.tdl").exit_code == 1


def test_the_definition_may_be_named_as_in_other_verbs(tdl: Run, tmp_path: Path) -> None:
    merged = tdl("merge", "std:2012", FRAGMENT).stdout
    assert tdl("merge", "-d", "std:2012", "-f", FRAGMENT).stdout == merged
    assert tdl("merge", "-d", "std:2012", FRAGMENT).stdout == merged
    (tmp_path / "tdl.toml").write_text('definition = "std:2012"\n')
    assert tdl("merge", "-f", FRAGMENT).stdout == merged


def test_the_namespace_is_an_option_of_xml(tdl: Run, tmp_path: Path) -> None:
    (tmp_path / "a.tdl").write_text("DOCUMENT A;\nTYPE B_RCD = PACKED RECORD\n    C : UINT8;\nEND;\n")
    result = tdl("merge", "a.tdl", "--notation", "xml", "--namespace", "urn:other:C1219TDL")
    assert 'xmlns="urn:other:C1219TDL"' in result.stdout
    assert "TDL127" not in tdl("check", "-", input=result.stdout).output
    other = tdl("merge", "a.tdl", "--notation", "xml", "--namespace", "urn:other")
    assert "TDL127" in tdl("check", "-", input=other.stdout).output
    assert tdl("merge", "a.tdl", "--namespace", "urn:x").exit_code == 2
    for bad in ("\x01", "", "no uri", "a b:c", "urn:é"):
        assert tdl("merge", "a.tdl", "--notation", "xml", "--namespace", bad).exit_code == 2


def test_without_lxml_one_line_names_the_extra(tdl: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.tdl").write_text("DOCUMENT A;\nTYPE B_RCD = PACKED RECORD\n    C : UINT8;\nEND;\n")
    tdl("merge", "a.tdl", "--notation", "xml", "-o", "x.xml")
    before = tree(tmp_path)
    monkeypatch.setitem(sys.modules, "lxml", None)
    result = tdl("merge", "a.tdl", "--notation", "xml", "-o", "y.xml")
    assert result.exit_code == 2
    assert "pip install 'tdl-compiler[xml]'" in result.stderr.splitlines()[0]
    assert tree(tmp_path) == before
    assert tdl("check", "x.xml").exit_code == 0, "reading needs no extra"


def test_what_xml_cannot_hold_is_shown_where_it_stands(tdl: Run, tmp_path: Path) -> None:
    (tmp_path / "a.tdl").write_text('DOCUMENT A;\nTYPE B = UINT8 WITH Label = "\x02";\n')
    result = tdl("merge", "a.tdl", "--notation", "xml", "-o", "a.xml")
    assert result.exit_code == 1
    assert "TDL126" in result.stderr
    assert "a.tdl:2:21" in result.stderr
    assert not (tmp_path / "a.xml").exists()


def test_findings_in_xml_point_into_it(tdl: Run, tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(
        '<tdl xmlns="urn:tdl:C1219TDL" name="A">\n  <packedRecord name="R">\n'
        '    <element name="N" type="UINT8"/>\n    <element name="X" type="UINT9" count="NN"/>\n'
        '  </packedRecord>\n  <table number="1" name="T" type="R"/>\n</tdl>\n'
    )
    result = tdl("check", "a.xml", "--format", "concise")
    assert result.exit_code == 1
    assert "a.xml:4:29: error TDL203" in result.stderr
    assert "a.xml:4:43: " in result.stderr
