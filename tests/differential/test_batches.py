"""Columns of many images against the reference codec, with numpy and one by one; native code against numpy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tdl.batches.decoding import BatchDecoder, batch_decoder
from tdl.batches.layout import Layout, Wanted, layout_of
from tdl.batches.native_engine import compiled
from tdl.batches.running import Runner
from tdl.batches.types import schema_of
from tdl.batches.with_numpy import NumpyEngine
from tdl.codec.decoder import decode
from tdl.codec.environment import Environment
from tdl.image.directory import read_profile
from tdl.ir import plan
from tdl.ir.bind import bind_table
from tdl.project.definition import Definition, load
from tdl.project.reading import known_values as profile_values
from tests.differential.columns_compared import arrays_of, compare, some_images
from tests.property.definitions import Case, cases, known_values, reference_environment

BENCHMARKS = Path(__file__).parents[1] / "benchmarks" / "c"
PROFILES = ("std:polyphase-tou", "std:residential", "std:load-profile-recorder")
ORDERS = (0, 1)


@pytest.fixture(scope="module")
def standard() -> Definition:
    return load("std:2012")


def decoder_of(table: plan.TablePlan, known: Environment) -> BatchDecoder:
    layout = layout_of(table.root, Wanted())
    return BatchDecoder(
        schema=schema_of(table.root, Wanted(), {}),
        layout=layout,
        run=None if layout is None else Runner(layout, "numpy"),
        one=lambda octets: decode(table, octets, known),
    )


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("key", ["ST0", "ST21", "ST23", "ST64"])
def test_tables_of_the_benchmarks(key: str, order: int) -> None:
    definition = load(str(BENCHMARKS / "tables.tdl"))
    set_ = {"CONFIG_TBL.DATA_ORDER": order, "LIMITS_TBL.BLOCKS": 2}
    known = profile_values(definition, read_profile(str(BENCHMARKS / "profile.toml")), set_)
    decoder = batch_decoder(definition, key, bind=str(BENCHMARKS / "profile.toml"), set=set_, engine="native")
    table = definition.bind(key, known)
    assert (decoder.size is None) == (key == "ST0")
    compare(decoder, table, known, some_images(table, known, 1))


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("profile", PROFILES)
def test_every_table_of_a_realistic_meter(standard: Definition, profile: str, order: int) -> None:
    set_ = {"GEN_CONFIG_TBL.DATA_ORDER": order, "ACT_LP_TBL.NBR_BLKS_SET1": 2}
    known = profile_values(standard, read_profile(profile), set_)
    layouts = 0
    for unbound in standard.plan.tables:
        table = bind_table(unbound, known)
        decoder = decoder_of(table, known)
        layouts += decoder.size is not None
        compare(decoder, table, known, some_images(table, known, table.id))
    assert layouts > 50, "most tables have a constant layout"


@given(cases(), known_values(), st.integers(0, 2**32))
def test_random_definitions(case: Case, known: Any, seed: int) -> None:
    environment = reference_environment(*known)
    for table in case.subjects():
        for each in (bind_table(table, environment), table):
            compare(decoder_of(each, environment), each, environment, some_images(each, environment, seed))


# --- native code -----------------------------------------------------------------------------------------------------


def same_columns(tables: Iterable[plan.TablePlan]) -> int:
    """Compare both engines on images of all tables that have a constant layout; says how many do."""
    layouts = [layout for table in tables if (layout := layout_of(table.root, Wanted())) is not None]
    for native, layout in zip(compiled(*layouts), layouts, strict=True):
        images = list(octets_of(layout))
        for one, other in zip(
            arrays_of(native, layout, images), arrays_of(NumpyEngine(layout), layout, images), strict=True
        ):
            one.validate(full=True)
            assert one.equals(other) or str(one) == str(other)  # a NaN is not equal to itself
    return len(layouts)


def octets_of(layout: Layout) -> Iterator[bytes]:
    """Images of random octets, and of such as dates are made of."""
    random = Random(layout.size)
    yield bytes(layout.size)
    yield b"\xff" * layout.size
    for most in (3, 0x12, 0x28, 60, 255):
        for _ in range(3):
            yield bytes(random.randint(0, most) for _ in range(layout.size))


def test_native_columns_of_the_standard(standard: Definition) -> None:
    """Every table in formats of its own: one run of the compiler has to do for all."""
    tables = []
    for number, table in enumerate(standard.plan.tables):
        formats = {"DATA_ORDER": number % 2, "TM_FORMAT": 1 + number // 2 % 4, "INT_FORMAT": number % 3}
        set_ = {f"GEN_CONFIG_TBL.{name}": value for name, value in formats.items()}
        known = profile_values(standard, read_profile("std:polyphase-tou"), set_ | {"ACT_LP_TBL.NBR_BLKS_SET1": 2})
        tables.append(bind_table(table, known))
    assert same_columns(tables) > 50


@settings(max_examples=3)
@given(st.lists(st.tuples(cases(), known_values()), min_size=12, max_size=12))
def test_native_columns_of_random_definitions(drawn: list[tuple[Case, Any]]) -> None:
    same_columns(bind_table(table, reference_environment(*known)) for case, known in drawn for table in case.subjects())
