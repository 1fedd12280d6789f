"""Generated Rust against the reference codec on the standard's own tables and on what meters have sent."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from tdl.image.directory import read_profile
from tdl.image.finding import read_image_file
from tdl.ir.bind import bind
from tdl.project.definition import Definition, load
from tdl.project.reading import known_values, read_image
from tests.differential.rust_crates import Program
from tests.differential.test_python import damaged
from tests.property.definitions import random_image
from tests.targets.vectors import example_vectors

EXAMPLE = Path(__file__).parents[2] / "examples" / "meter-with-fragment"


@pytest.fixture(scope="module")
def definition() -> Definition:
    return load("std:2012", [str(EXAMPLE / "acme-ax200.tdl")])


def test_every_table_of_any_meter_and_of_a_bound_one(definition: Definition, tmp_path: Path) -> None:
    known = known_values(definition, read_profile(str(EXAMPLE / "residential.toml")))
    program, random = Program(tmp_path), Random(1)
    for of in (definition.plan, bind(definition.plan, known)):
        subject = program.add(definition.model, of, known)
        for table in of.tables:
            for octets in damaged(random_image(table, known, 2), Random(2)):
                program.ask(subject, table, octets, random)
    by_key = {table.key: table for table in subject.plan.tables}
    for vector in example_vectors():  # of the same meter
        program.ask(subject, by_key[vector.table], vector.octets)
        said = (
            "ok" if vector.refusal is None else f"{vector.refusal.kind}|{vector.refusal.path}|{vector.refusal.offset}"
        )
        assert program.questions[-1].reference.verdict == said
    seen = Counter(program.compare())
    assert {"ok", "truncated", "trailing", "values", "encode ok", "encode range"} <= set(seen), seen


def test_what_meters_have_sent(definition: Definition, tmp_path: Path) -> None:
    """Every table of the captured images, as the reference codec reads it."""
    program, random = Program(tmp_path), Random(3)
    captured = sorted(p for p in (EXAMPLE.parents[1] / "tests" / "data" / "images").iterdir() if p.is_dir())
    for image in [EXAMPLE / "image", *captured]:
        reading = read_image(definition, read_image_file(str(image)))
        tables = tuple(table for table in definition.plan.tables if table.key in reading.octets)
        subject = program.add(definition.model, replace(definition.plan, tables=tables), reading.environment)
        for table in tables:
            program.ask(subject, table, reading.octets[table.key], random)
    seen = Counter(program.compare())
    assert seen["ok"] > 10
