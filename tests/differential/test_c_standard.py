"""Generated C against the reference codec on the standard's own tables."""

from __future__ import annotations

import os
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
from tests.differential.c_libraries import Library, compare
from tests.differential.test_python import damaged
from tests.property.definitions import random_image

EXAMPLE = Path(__file__).parents[2] / "examples" / "meter-with-fragment"


@pytest.fixture(scope="module")
def definition() -> Definition:
    return load("std:2012", [str(EXAMPLE / "acme-ax200.tdl")])


FULL = os.environ.get("TDL_TEST_PROFILE") == "full"
ANY_METER = [("clang", "-O0"), ("gcc", "-O2"), ("clang", "-O2"), ("gcc", "-O0")][: 4 if FULL else 1]
"""Compilers by whose speed the whole standard is bearable in every run, and the others."""
BOUND_METER = [("gcc", "-O2"), ("clang", "-O2"), ("g++", "-x", "c++", "-std=c++17", "-O0")][: 3 if FULL else 1]


@pytest.mark.parametrize("command", ANY_METER, ids=" ".join)
def test_every_table_of_any_meter(definition: Definition, tmp_path: Path, command: tuple[str, ...]) -> None:
    known = known_values(definition, read_profile(str(EXAMPLE / "residential.toml")))
    library = Library(definition.model, definition.plan, tmp_path, command)
    seen: Counter[str] = Counter()
    for table in definition.plan.tables:
        for octets in damaged(random_image(table, known, 2), Random(2)):
            seen.update(compare(library, table, octets, known, 2))
    assert {"ok", "truncated", "trailing"} <= set(seen)


@pytest.mark.parametrize("small", [False, True], ids=["direct", "table"])
@pytest.mark.parametrize("command", BOUND_METER, ids=" ".join)
def test_every_table_of_a_bound_meter(
    definition: Definition, tmp_path: Path, command: tuple[str, ...], small: bool
) -> None:
    known = known_values(definition, read_profile(str(EXAMPLE / "residential.toml")))
    bound = bind(definition.plan, known)
    tables = tuple(table for table in bound.tables if not table.needs)
    library = Library(definition.model, replace(bound, tables=tables), tmp_path, command, small=small)
    seen: Counter[str] = Counter()
    for table in tables:
        for octets in damaged(random_image(table, known, 1), Random(1)):
            seen.update(compare(library, table, octets, known, 1))
    assert {"ok", "truncated", "trailing"} <= set(seen)
    in_form = [t for t in tables if small and library.files.table(t).operations]
    assert len(in_form) > 30 or not small


def test_what_meters_have_sent(definition: Definition, tmp_path: Path) -> None:
    """Every table of the captured images, as the reference codec reads it."""
    library = Library(definition.model, definition.plan, tmp_path, ("gcc", "-O1"))
    tables = {table.key: table for table in definition.plan.tables}
    seen: Counter[str] = Counter()
    captured = sorted(p for p in (EXAMPLE.parents[1] / "tests" / "data" / "images").iterdir() if p.is_dir())
    for image in [EXAMPLE / "image", *captured]:
        reading = read_image(definition, read_image_file(str(image)))
        for key, octets in reading.octets.items():
            seen.update(compare(library, tables[key], octets, reading.environment, 3))
    assert seen["ok"] > 10
