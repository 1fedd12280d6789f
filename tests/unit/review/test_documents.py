"""Which documents a name stands for, and which of them are checked by themselves."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tdl.report import Report
from tdl.review import documents
from tdl.review.documents import Found, find_documents
from tests.unit.review.reviewing import record, review, said, write

GOOD = record("    COUNT : UINT8;\n")
SMALL = record("    Count : UINT8;\n")


def _find(*names: str) -> tuple[Found, list[str]]:
    report = Report()
    return find_documents(names, report, Path.cwd()), [each.code for each in report]


def test_all_documents_below_a_directory(folder: Path) -> None:
    files = ("b/z.tdl", "b/a.tdl", "b/c/d.tdl", "b/.git/x.tdl", "b/.hidden.tdl", "b/notes.txt", "b/e.tdl/inside.txt")
    write(folder, dict.fromkeys(files, GOOD))
    found, codes = _find("b", "./b/a.tdl", str(folder / "b"), "std:2012")
    assert found.named == ("b/a.tdl", "std:2012")
    assert found.below == ("b/z.tdl", "b/c/d.tdl")
    assert codes == []


def test_a_directory_elsewhere_keeps_its_whole_path(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, {"b/a.tdl": GOOD, "c/x.txt": ""})
    monkeypatch.chdir(folder / "c")
    found, _ = _find("../b")
    assert found.below == (str(folder / "b/a.tdl"),)
    assert said(review("../b")) == []


def test_a_directory_without_a_document(folder: Path) -> None:
    write(folder, {"b/notes.txt": "", "c/tdl.toml": "", "d/tdl.toml": 'definition = "std:2012"\n'})
    assert _find("b")[1] == ["TDL008"]
    assert said(review("c")) == said(review("c/tdl.toml")) == [("TDL008", "c/tdl.toml")]
    assert said(review("d")) == []
    assert _find("b", "nothing.tdl")[0].named == ("nothing.tdl",)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes in folders are of Unix")
def test_what_is_no_file_is_passed_over(folder: Path) -> None:
    write(folder, {"b/a.tdl": GOOD})
    os.mkfifo(folder / "b/pipe.tdl")
    (folder / "b/loop").symlink_to(folder / "b")
    assert _find("b")[0].below == ("b/a.tdl",)


def test_there_is_an_end_to_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, {f"b/{n}.tdl": GOOD for n in range(5)})
    monkeypatch.setattr(documents, "MAX_DOCUMENTS", 3)
    found, codes = _find("b")
    assert (len(found.below), codes) == (3, ["TDL001"])
    monkeypatch.setattr(documents, "MAX_DOCUMENTS", 5)
    assert _find("b")[1] == []
    write(folder, {f"b/{n}/a.txt": "" for n in range(5)})
    monkeypatch.setattr(documents, "MAX_FOLDERS", 5)
    assert _find("b")[1] == ["TDL001"]


def test_a_project_by_its_settings(folder: Path) -> None:
    write(folder, {"d/a.tdl": SMALL, "d/tdl.toml": 'definition = "a.tdl"\n'})
    found, codes = _find("d/tdl.toml", str(folder / "d/tdl.toml"))
    assert (found.documents, found.projects, codes) == ((), (Path("d/tdl.toml"),), [])
    assert said(review("d/tdl.toml")) == [("TDL702", "d/a.tdl:2:5")]
    assert review("d/tdl.toml").complete == {"d/a.tdl"}


def test_parts_are_checked_in_their_whole(folder: Path) -> None:
    part = "TYPE A_RCD = PACKED RECORD\n    B : B_RCD;\nEND;\n"
    whole = 'DOCUMENT A;\nIMPORT "parts/../parts/a.tdl";\nTYPE B_RCD = PACKED RECORD\n    X : UINT8;\nEND;\n'
    write(folder, {"d/z.tdl": whole + "TABLE 0 A_TBL = A_RCD;\n", "d/parts/a.tdl": part})
    assert said(review("d")) == []
    assert [code for code, _ in said(review("d/parts/a.tdl"))] == ["TDL203"]
    assert [code for code, _ in said(review("d", "d/parts/a.tdl"))] == ["TDL203"]


def test_of_documents_that_import_each_other_one_stands_for_all(folder: Path) -> None:
    for name, other in (("a", "b"), ("b", "a")):
        write(folder, {f"d/{name}.tdl": f'DOCUMENT X;\nIMPORT "{other}.tdl";\n'})
    codes = {code for code, _ in said(review("d"))}
    assert codes == {code for code, _ in said(review("d/a.tdl"))} != set()


def test_a_project_below_is_checked_as_it_says(folder: Path) -> None:
    for name, kind in (("f", "UINT8"), ("g", "BCD")):
        change = f'FRAGMENT {name.upper()} OF "A";\nMODIFY TYPE A_RCD\n    ADD X : {kind};\nEND;\n'
        write(folder, {f"d/{name}.tdl": change})
    write(folder, {"d/a.tdl": GOOD})
    assert said(review("d")) == []
    write(folder, {"d/tdl.toml": 'definition = "a.tdl"\nfragments = ["f.tdl", "g.tdl"]\n'})
    (found,) = review("d").findings
    assert found.code.startswith("TDL3")


def test_the_same_finding_is_said_once(folder: Path) -> None:
    write(folder, {"base.tdl": SMALL, "f.tdl": 'FRAGMENT F OF "BASE";\nMODIFY TABLE 0\n    SET Label = "x";\nEND;\n'})
    assert said(review(".")) == [("TDL702", "base.tdl:2:5")]
