"""What fragments stand on: found where one would look for it, and made once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tdl.review import bases
from tdl.syntax import ast
from tests.unit.review.reviewing import record, review, said, write

GOOD = record("    COUNT : UINT8;\n")


def test_fragments_find_bases_among_all_that_are_named(folder: Path) -> None:
    write(
        folder, {"x/base.tdl": GOOD, "y/f.tdl": 'FRAGMENT F OF "BASE";\nMODIFY TYPE B_RCD\n    ADD X : UINT8;\nEND;\n'}
    )
    assert [code for code, _ in said(review("y"))] == ["TDL007"]
    assert said(review("x", "y"))[0][1].startswith("y/f.tdl:2")


def test_a_base_beside_or_nearest_wins_over_another_of_its_name(folder: Path) -> None:
    change = 'FRAGMENT F OF "BASE";\nMODIFY TYPE A_RCD\n    REMOVE {};\nEND;\n'
    for vendor, member in (("a", "ONE"), ("b", "TWO"), ("c", "THREE")):
        base = record(f"    COUNT : UINT8;\n    {member} : UINT8;\n")
        write(folder, {f"{vendor}/base.tdl": base, f"{vendor}/models/f.tdl": change.format(member)})
    write(folder, {"b/g.tdl": change.format("TWO")})
    assert said(review(".")) == []
    assert [place for _, place in said(review("a/base.tdl", "b/g.tdl"))] == ["b/g.tdl:3:5"], "what is named comes first"


def test_a_base_is_read_and_merged_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    merges: list[str] = []
    real = bases.merge

    def merge(document: ast.Document, fragments: tuple[ast.Fragment, ...], *rest: Any) -> ast.Document | None:
        merges.extend(each.header.name for each in fragments)
        return real(document, fragments, *rest)

    monkeypatch.setattr(bases, "merge", merge)
    add = "FRAGMENT {} OF {!r};\nMODIFY TYPE A_RCD\n    ADD {} : UINT8;\nEND;\n"
    files = {f"{n}.tdl": add.format(f"M{n}", "MAKER", f"X{n}").replace("'", '"') for n in range(5)}
    write(folder, {"base.tdl": GOOD, "maker.tdl": add.format("MAKER", "BASE", "B").replace("'", '"'), **files})
    assert said(review(".")) == []
    assert merges == ["MAKER"]


def test_what_is_wrong_with_a_base_is_said(folder: Path) -> None:
    write(folder, {"x/base.tdl": GOOD.replace(" : ", " "), "x/f.tdl": 'FRAGMENT F OF "BASE";\n'})
    assert [code for code, _ in said(review("x/f.tdl"))] == ["TDL101"]
    write(folder, {"x/base.tdl": GOOD, "x/f.tdl": 'FRAGMENT F OF "BASE";\nREMOVE TABLE 9;\n'})
    write(folder, {"x/g.tdl": 'FRAGMENT G OF "F";\n'})
    assert {place for _, place in said(review("x/g.tdl"))} == {"x/f.tdl:2:14"}
