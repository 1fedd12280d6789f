"""Generated Python with native code against the same package without, and against the reference codec."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings

from tdl.codec.environment import Environment
from tdl.image.directory import read_profile
from tdl.ir.bind import bind
from tdl.project.definition import Definition, load
from tdl.project.reading import known_values
from tests.benchmarks.python import images
from tests.benchmarks.python.measure import bound_tables
from tests.differential.compared import outcome, plain
from tests.differential.native_packages import (
    WARNINGS,
    imported,
    in_python,
    is_native,
    is_plain,
    without_native,
    write_package,
)
from tests.differential.test_python import SEEDS, compare, damaged, spoilt
from tests.property.definitions import Case, cases, random_image, reference_environment
from tests.property.definitions import known_values as any_known_values
from tests.work import counted

ROOT = Path(__file__).parents[2]
PROFILES = sorted((ROOT / "tdl" / "library" / "std" / "profiles").glob("*.toml"))
IMAGES = {"ST0": images.CONFIG, "ST23": images.REGISTERS, "ST64": images.PROFILE}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("bench")
    write_package(*bound_tables(), folder, WARNINGS)
    with imported(folder) as package:
        yield package


def compare_ways(module: Any, image: bytes, seed: int) -> None:
    """A table does with its native functions what it does with those in Python: values, classes, octets, errors."""
    for octets in damaged(image, Random(seed)):
        with without_native(module):
            expected = outcome(module.decode, octets, None)
        assert outcome(module.decode, octets, None) == expected
        if expected[0] == "value":
            record = module.decode(octets, None)
            assert module.encode(record, None) == octets
            spoilt(record, Random(seed))
            with without_native(module):
                expected = outcome(module.encode, record, None)
            assert outcome(module.encode, record, None) == expected


# --- tables ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["ST0", "ST23"])
def test_the_benchmark(bench: Any, key: str) -> None:
    module = getattr(bench, bench.TABLES[key])
    for seed in range(8):
        compare_ways(module, IMAGES[key], seed)


def test_good_images_take_no_python(bench: Any) -> None:
    with counted() as nothing:
        pass
    for key in ("ST0", "ST23"):
        module = getattr(bench, bench.TABLES[key])
        image = IMAGES[key]
        with counted() as work:
            octets = module.encode(module.decode(image, None), None)
        assert work.calls == nothing.calls, key
        assert octets == image


def test_records_of_a_long_array(bench: Any) -> None:
    blocks = bench.st64.decode(images.PROFILE).BLOCKS
    native = blocks[7].INTERVALS
    layout = native.layout
    octets = native.octets
    assert is_native(layout.read)
    assert is_native(layout.write)
    records = layout.read(octets)
    assert plain(records) == plain(in_python(layout.read)(octets))
    assert layout.write(records) == octets == in_python(layout.write)(records)
    for seed in range(4):
        profile = bench.st64.decode(images.PROFILE)
        profile.BLOCKS = list(profile.BLOCKS)
        spoilt(profile.BLOCKS[7].INTERVALS, Random(seed))
        with without_native(bench.st64):
            expected = outcome(bench.st64.encode, profile)
        assert outcome(bench.st64.encode, profile) == expected


@pytest.fixture(scope="module")
def definition() -> Definition:
    return load("std:2012")


@pytest.mark.parametrize("profile", PROFILES, ids=lambda path: path.stem)
def test_every_table_of_the_standard(definition: Definition, profile: Path, tmp_path: Path) -> None:
    known = known_values(definition, read_profile(str(profile)))
    bound = bind(definition.plan, known)
    write_package(definition.model, bound, tmp_path)
    with imported(tmp_path) as package:
        native = 0
        for table in bound.tables:
            image, module = random_image(table, known, 1), getattr(package, package.TABLES[table.key])
            native += not is_plain(module.decode)
            compare(package, table, known, None, image, 1)
        assert native > len(bound.tables) // 2, "this compared nothing"


# --- random definitions ----------------------------------------------------------------------------------------------


@settings(
    max_examples=max(settings().max_examples // 5, 1),
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),  # to shrink takes a compiler many times
)
@given(cases(), any_known_values(), SEEDS)
def test_random_definitions(tmp_path_factory: pytest.TempPathFactory, case: Case, known: Any, seed: int) -> None:
    reference = reference_environment(*known)
    bound = bind(case.plan, reference)
    folder = tmp_path_factory.mktemp("random")
    write_package(case.definition, bound, folder)
    with imported(folder) as package:
        assume(importlib.import_module("compiled._native").TABLES)
        for table in bound.tables:
            image = random_image(table, reference, seed)
            environment = None if not table.needs else package.Environment()
            compare(package, table, reference if not table.needs else Environment(), environment, image, seed)
