"""Verbs that make documents of documents."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import EXAMPLE, Run, tree

BASE = (
    "DOCUMENT BASE;\nTYPE A_RCD = PACKED RECORD\n    COUNT : UINT8;\n    LAST : UINT8;\nEND;\nTABLE 0 A_TBL = A_RCD;\n"
)


def _change(edits: str, name: str = "CHANGE") -> str:
    return f'FRAGMENT {name} OF "BASE";\nMODIFY TYPE A_RCD\n    {edits}\nEND;\n'


def _write(**files: str) -> None:
    for name, text in files.items():
        Path(f"{name}.tdl").write_text(text)


def test_without_a_fragment_it_is_the_canonical_print(tdl: Run) -> None:
    _write(base=BASE.replace("    ", " ").replace("\n", "\n\n"))
    result = tdl("merge", "base.tdl")
    assert result.exit_code == 0
    assert result.stdout == BASE.replace("TYPE", "\nTYPE").replace("TABLE", "\nTABLE")
    assert tdl("merge", "-", input=result.stdout).stdout == result.stdout


def test_a_fragment_changes_what_it_says(tdl: Run) -> None:
    _write(base=BASE, change=_change("ADD MORE : UINT16 AFTER COUNT;"))
    result = tdl("merge", "base.tdl", "change.tdl")
    assert result.exit_code == 0
    assert result.stderr == ""
    assert "    COUNT : UINT8;\n    MORE : UINT16;\n    LAST : UINT8;\n" in result.stdout


@pytest.mark.parametrize(
    ("edits", "code"),
    [
        ("REPLACE NOTHING : UINT8;", "TDL3"),
        ("REPLACE COUNT : UINT16 WAS UINT32;", "TDL3"),
        ("ADD COUNT : UINT8;", "TDL3"),
        ("ADD BODY : NO_RCD;", "TDL2"),
        ("ADD BODY UINT8;", "TDL1"),
    ],
)
def test_nothing_is_written_if_it_cannot_be_done(tdl: Run, tmp_path: Path, edits: str, code: str) -> None:
    _write(base=BASE, change=_change(edits), out="before\n")
    before = tree(tmp_path)
    result = tdl("merge", "base.tdl", "change.tdl", "-o", "out.tdl")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert f"error {code}" in result.stderr
    assert tree(tmp_path) == before


def test_two_fragments_in_conflict_show_all_places(tdl: Run, tmp_path: Path) -> None:
    _write(
        base=BASE,
        one=_change("REPLACE COUNT : UINT16;", "ONE"),
        two=_change("REPLACE COUNT : UINT32;", "TWO"),
    )
    result = tdl("merge", "base.tdl", "one.tdl", "two.tdl", "-o", "out.tdl")
    assert result.exit_code == 1
    assert {place for place in ("base.tdl:", "one.tdl:", "two.tdl:") if place in result.stderr} == {
        "base.tdl:",
        "one.tdl:",
        "two.tdl:",
    }
    assert result.stderr.endswith("1 error\n")
    assert not (tmp_path / "out.tdl").exists()


def test_the_fragment_between_two_definitions_leads_from_one_to_the_other(tdl: Run) -> None:
    merged = tdl("merge", "std:2012", EXAMPLE / "acme-ax200.tdl", "-o", "new.tdl")
    assert merged.exit_code == 0
    assert tdl("fragment", "diff", "std:2012", "new.tdl", "-o", "change.tdl").exit_code == 0
    again = tdl("merge", "std:2012", "change.tdl", "-o", "again.tdl")
    assert again.exit_code == 0, again.output
    result = tdl("diff", "new.tdl", "again.tdl")
    assert result.stdout.endswith("the same, nothing breaks readers\n")
    assert result.stdout.startswith("0 changed")
    assert tdl("fragment", "diff", "new.tdl", "again.tdl").stdout.count("\n") == 1


def test_a_difference_of_what_is_no_definition(tdl: Run) -> None:
    _write(base=BASE, lost=_change("ADD MORE : UINT16;").replace('"BASE"', '"ELSEWHERE"'))
    result = tdl("fragment", "diff", "base.tdl", "lost.tdl")
    assert result.exit_code == 2
    assert "TDL002" in result.stderr
    assert tdl("fragment", "diff", "base.tdl", "nothing.tdl").exit_code == 2
    assert tdl("diff", "base.tdl", "nothing.tdl").exit_code == 2


def test_a_fragment_stands_for_what_it_makes_of_its_base(tdl: Run) -> None:
    longer = _change("ADD MORE : UINT16;").replace("FRAGMENT CHANGE", "FRAGMENT LONGER")
    _write(
        base=BASE,
        longer=longer,
        child='FRAGMENT CHILD OF "LONGER";\n' + 'MODIFY TYPE A_RCD SET MORE.Unit = "s"; END;\n',
    )
    chain = tdl("merge", "base.tdl", "longer.tdl", "child.tdl").stdout
    assert "MORE : UINT16" in chain
    assert tdl("merge", "child.tdl").stdout == chain
    assert tdl("layout", "-d", "child.tdl", "0").exit_code == 0
    assert "MORE : UINT16" in tdl("fragment", "diff", "base.tdl", "child.tdl").stdout
    assert "declared by BASE" in tdl("blame", "-d", "child.tdl").stdout


def test_fragments_of_each_other_are_no_definition(tdl: Run) -> None:
    first = 'FRAGMENT FIRST OF "SECOND";\n'
    _write(first=first, second='FRAGMENT SECOND OF "FIRST";\n', own='FRAGMENT OWN OF "OWN";\n')
    for name in ("first.tdl", "own.tdl"):
        result = tdl("merge", name)
        assert result.exit_code == 2
        assert "TDL002" in result.stderr


def test_a_breaking_change_is_told_by_the_exit_code(tdl: Run) -> None:
    _write(
        old=BASE,
        wider=BASE.replace("COUNT : UINT8", "COUNT : UINT16"),
        longer=BASE.replace("END;", " X : UINT8;\nEND;"),
    )
    assert tdl("diff", "old.tdl", "old.tdl").exit_code == 0
    assert tdl("diff", "old.tdl", "longer.tdl").exit_code == 0
    for format in ("text", "json"):
        result = tdl("diff", "old.tdl", "wider.tdl", "--format", format)
        assert result.exit_code == 1
        assert result.stderr == ""
    assert json.loads(result.stdout)["breaking"] is True


def test_who_said_what(tdl: Run) -> None:
    _write(base=BASE, change=_change('SET COUNT.Unit = "octets";'))
    result = tdl("blame", "-d", "base.tdl", "-f", "change.tdl", "A_TBL.COUNT")
    assert result.exit_code == 0
    assert "A_RCD.COUNT.Unit" in result.stdout
    assert "set by CHANGE (change.tdl:3:" in result.stdout
    assert "declared by BASE (base.tdl:3:5)" in result.stdout
    everything = tdl("blame", "-d", "base.tdl", "-f", "change.tdl").stdout
    assert [line.split("  ")[0] for line in everything.splitlines()] == [
        "A_RCD", "A_RCD.COUNT", "A_RCD.COUNT.Unit", "A_RCD.LAST", "TABLE 0",
    ]  # fmt: skip
    assert tdl("blame", "-d", "base.tdl", "NOTHING").exit_code == 2
