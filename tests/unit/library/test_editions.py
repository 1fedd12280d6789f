"""The later editions are fragments: what they change, and that the order of their parts does not matter."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from random import Random

import pytest

from tdl.compat import Side, compare
from tdl.ir.lower import lower
from tdl.merge import merge
from tdl.pipeline import Compiled
from tdl.report import Report
from tdl.sources import Resolver
from tdl.syntax import ast
from tdl.syntax.imports import load

PARTS = sorted(entry.name for entry in resources.files("tdl.library").joinpath("std", "2008").iterdir())


def read(name: str) -> ast.Document | ast.Fragment:
    report = Report()
    tree = load(name, Resolver(), report)
    assert [d.message for d in report] == []
    assert tree is not None
    return tree


@pytest.fixture(scope="module")
def base() -> ast.Document:
    tree = read("std:1997")
    assert isinstance(tree, ast.Document)
    return tree


@pytest.fixture(scope="module")
def parts() -> list[ast.Fragment]:
    trees = [read(f"library:std/2008/{name}") for name in PARTS]
    assert all(isinstance(tree, ast.Fragment) for tree in trees)
    return trees  # type: ignore[return-value]


@pytest.mark.parametrize("seed", range(6))
def test_the_parts_of_2008_go_on_in_any_order(
    base: ast.Document, parts: list[ast.Fragment], editions: Mapping[str, Compiled], seed: int
) -> None:
    order = list(parts)
    Random(seed).shuffle(order)
    report = Report()
    merged = merge(base, order, report, ("std:1997",))
    assert [d.message for d in report] == []
    assert merged is not None
    found, expected = lower(merged), editions["2008"].model
    assert (found.tables, found.procedures) == (expected.tables, expected.procedures)
    assert (found.records, found.bit_fields, found.enumerations) == (
        expected.records,
        expected.bit_fields,
        expected.enumerations,
    )


def test_a_part_alone_changes_its_own_decade_only(base: ast.Document, parts: list[ast.Fragment]) -> None:
    before = {d.name: d for d in base.declarations}
    for name, part in zip(PARTS, parts, strict=True):
        merged = merge(base, [part], Report(), ("std:1997",))
        assert merged is not None
        changed = {d.name for d in merged.declarations if before.get(d.name) != d}
        assert changed, name
        tables = {d.number.value // 10 for d in merged.declarations if isinstance(d, ast.Table) and d.name in changed}
        decade = name.removeprefix("decade").removesuffix(".tdl")
        assert tables <= ({int(decade)} if decade.isdecimal() else set()), name


def test_2012_corrects_2008_without_touching_a_layout(editions: Mapping[str, Compiled]) -> None:
    old, new = editions["2008"].model, editions["2012"].model
    assert (old.edition, new.edition) == ("2008", "2012")
    assert (old.tables, old.procedures, old.records) == (new.tables, new.procedures, new.records)
    assert (old.bit_fields, old.enumerations) == (new.bit_fields, new.enumerations)


def test_nothing_of_1997_is_lost_later(editions: Mapping[str, Compiled]) -> None:
    old, new = editions["1997"].model, editions["2012"].model
    for kind in ("tables", "procedures", "records", "bit_fields", "enumerations"):
        assert {d.name for d in getattr(old, kind)} <= {d.name for d in getattr(new, kind)}
    codes = {e.name: {c.name for c in e.enumerators} for e in new.enumerations}
    for enumeration in old.enumerations:
        assert {c.name for c in enumeration.enumerators} <= codes[enumeration.name]


def test_who_added_what_is_known(standard: ast.Document) -> None:
    origins = {d.name: [step.document for step in d.origins] for d in standard.declarations}
    assert origins["CLOCK_TBL"] == ["ANSI_C1219"]
    assert origins["EVENT_COUNTERS_TBL"] == ["ANSI_C1219_2008"]
    assert origins["LOG_RCD"] == ["ANSI_C1219", "ANSI_C1219_2008"]


def test_the_difference_of_editions_is_what_2008_says(editions: Mapping[str, Compiled]) -> None:
    old, new = (Side(model=editions[e].model, plan=editions[e].plan) for e in ("1997", "2008"))
    found = compare(old, new).tables
    verdicts: dict[str, set[str]] = {}
    for change in found:
        verdicts.setdefault(change.verdict, set()).add(change.key)
    assert verdicts.keys() == {
        "identical", "added", "described", "tail-extended", "width-changed", "shifted", "meaning-changed",
    }  # fmt: skip
    assert verdicts["meaning-changed"] == {"ST0"}
    assert verdicts["width-changed"] == {"ST22", "ST27", "ST62"}
    assert verdicts["shifted"] == {"ST64", "ST65", "ST66", "ST67", "ST97"}
    assert verdicts["tail-extended"] == {"ST53", "ST70", "ST71"}
    assert verdicts["described"] == {
        "ST10", "ST11", "ST12", "ST52", "ST55", "ST60", "ST61", "ST72", "ST73", "ST75", "ST90", "ST91",
        "SP10.parameter", "SP10.response",
    }  # fmt: skip
    assert "ST120" in verdicts["added"]
    assert {change.key for change in found if change.breaking} == (
        verdicts["meaning-changed"] | verdicts["width-changed"] | verdicts["shifted"]
    )
