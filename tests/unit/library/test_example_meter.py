"""The example meter: its image, its values, its profile and its fragment fit one another."""

from __future__ import annotations

import importlib.util
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tdl.codec.decoder import decode
from tdl.codec.encoder import encode
from tdl.codec.environment import Environment
from tdl.codec.json_values import to_json
from tdl.codec.values import Record
from tdl.ir.bind import bind_table
from tdl.ir.lower import lower
from tdl.ir.plan import Plan
from tdl.ir.schedule import schedule
from tdl.merge import merge
from tdl.report import Report
from tdl.sources import Resolver
from tdl.syntax import ast
from tdl.syntax.imports import load
from tdl.syntax.shapes import ElementFound, Shapes


@pytest.fixture(scope="module")
def merged(standard: ast.Document, example: Path) -> ast.Document:
    report = Report()
    fragment = load(str(example / "acme-ax200.tdl"), Resolver(), report)
    assert isinstance(fragment, ast.Fragment)
    document = merge(standard, [fragment], report, ("std:2012",))
    assert [d.message for d in report] == []
    assert document is not None
    return document


@pytest.fixture(scope="module")
def meter(merged: ast.Document) -> Plan:
    return schedule(lower(merged))


@pytest.fixture(scope="module")
def profile(example: Path) -> dict[str, dict[str, object]]:
    return tomllib.loads((example / "residential.toml").read_text())


def octets_of(example: Path) -> dict[str, bytes]:
    """The tables of the image by key, in the order in which a tool reads them."""
    found = {path.stem: path.read_bytes() for path in (example / "image").iterdir()}
    return dict(sorted(found.items(), key=lambda item: (item[0][:2] != "ST", int(item[0][2:]))))


def decoded_image(meter: Plan, example: Path) -> Iterator[tuple[str, Record, Environment]]:
    known = Environment()
    for key, octets in octets_of(example).items():
        table = meter.table(key)
        assert table is not None
        record = decode(table, octets, known)
        assert encode(table, record, known) == octets
        known.fill(table.id, record)
        yield key, record, known


def named_values(expected: object, decoded: object) -> object:
    """The part of a decoded table that ``expected`` names."""
    if isinstance(expected, dict):
        assert isinstance(decoded, dict)
        return {name: named_values(value, decoded[name]) for name, value in expected.items()}
    if isinstance(expected, list):
        assert isinstance(decoded, list)
        assert len(expected) == len(decoded)
        return [named_values(*pair) for pair in zip(expected, decoded, strict=True)]
    return decoded


def test_the_files_are_what_the_script_makes(example: Path, tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("make_image", example / "make_image.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.main(tmp_path)
    assert octets_of(tmp_path) == octets_of(example)
    assert (tmp_path / "expected.json").read_text() == (example / "expected.json").read_text()


def test_the_image_decodes_to_the_expected_values(meter: Plan, example: Path) -> None:
    expected = json.loads((example / "expected.json").read_text())
    found = {key: to_json(record) for key, record, _ in decoded_image(meter, example)}
    assert found.keys() == expected.keys()
    assert named_values(expected, found) == expected


def test_flags_that_are_not_expected_are_off(meter: Plan, example: Path) -> None:
    expected = json.loads((example / "expected.json").read_text())
    for key, record, _ in decoded_image(meter, example):
        for name, flags in record.items():
            if isinstance(flags, Record) and key in ("ST3", "ST11", "ST21"):
                off = {flag for flag, value in flags.items() if not value}
                assert set(flags) - off == {flag for flag, value in expected[key].get(name, {}).items() if value}


def test_without_the_fragment_its_bit_has_no_name_and_is_kept(plan: Plan, example: Path) -> None:
    status = plan.table("ST3")
    assert status is not None
    known = Environment()
    for need in status.needs:
        known.set(
            need.reference.table,
            need.reference.path,
            {"DATA_ORDER": 0, "DIM_MFG_STATUS_USED": 1}[need.reference.path[-1]],
        )
    octets = octets_of(example)["ST3"]
    record = decode(status, octets, known)
    assert "COVER_OPEN_FLAG" not in record.ED_STD_STATUS1
    assert encode(status, record, known) == octets


def test_the_profile_binds_every_table_of_the_meter(meter: Plan, profile: dict[str, dict[str, object]]) -> None:
    used = profile["GEN_CONFIG_TBL"]["STD_TBLS_USED"]
    assert isinstance(used, list)
    lacking = {f"ST{number}" for number in range(256)} - {f"ST{number}" for number in used}
    for table in meter.tables:
        if table.key in lacking:
            continue
        known = Environment()
        for need in table.needs:
            reference = need.reference
            assert reference.path[-1] in profile[reference.table_name], f"{table.key} needs {reference.label}"
            known.set(reference.table, reference.path, profile[reference.table_name][reference.path[-1]])
        assert bind_table(table, known).needs == ()


def test_the_profile_names_elements(merged: ast.Document, profile: dict[str, dict[str, object]]) -> None:
    shapes = Shapes(merged)
    for table, values in profile.items():
        for element in values:
            found = shapes.find(ast.Reference(steps=(ast.Name(name=table), ast.Name(name=element))))
            assert isinstance(found, ElementFound), f"{table}.{element}"


def test_the_profile_says_what_the_image_says(
    meter: Plan, example: Path, profile: dict[str, dict[str, object]]
) -> None:
    *_, (_, _, image) = decoded_image(meter, example)
    compared = 0
    for table in meter.tables:
        for need in table.needs:
            reference = need.reference
            if not image.holds(reference.table):
                continue
            value = profile[reference.table_name][reference.path[-1]]
            found = image.find(reference, ())
            assert (list(found) if isinstance(value, list) else found) == value, reference.label  # type: ignore[call-overload]
            compared += 1
    assert compared > 100


def test_the_fragment_changes_what_it_names(merged: ast.Document, meter: Plan) -> None:
    (information,) = (d for d in merged.declarations if isinstance(d, ast.Table) and d.name == "UTIL_INFO_TBL")
    assert {p.name: p.value for p in information.properties}["Accessibility"] == "READONLY"
    (codes,) = (d for d in merged.declarations if d.name == "EVENT_CODE_ENUM")
    assert isinstance(codes, ast.Enumeration)
    assert [(c.name, c.specification) for c in codes.items if isinstance(c, ast.Member)][-2:] == [
        ("ACME_FIRST_POWER_UP", ast.CodeRange(low=3, high=3)),
        ("MANUFACTURER", ast.CodeRange(low=4, high=15)),
    ]
    assert merged.header.name == "ACME_AX200"
    assert [table.name for table in meter.tables if table.key.startswith("M")] == ["ACME_FAULT_TBL"]
