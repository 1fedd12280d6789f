"""The dissector's engine against the reference codec, on random definitions, values and damage."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tdl.codec.decoder import Moved
from tdl.codec.environment import Environment
from tdl.codec.values import Record
from tdl.image.directory import read_directory, read_profile
from tdl.ir import plan
from tdl.ir.bind import bind
from tdl.project.definition import Definition, load
from tdl.project.reading import known_values as meter_values
from tdl.project.reading import read_image
from tests.differential.test_python import damaged
from tests.differential.wireshark_walks import (
    LUAS,
    REFUSED,
    Shown,
    Walked,
    case,
    label_of,
    plugin,
    reference,
    same,
    same_text,
)
from tests.property.definitions import Case, cases, known_values, random_image, reference_environment

EXAMPLE = Path(__file__).parents[2] / "examples/meter-with-fragment"
SEEDS = st.integers(0, 2**32)
unshrunk = settings(max_examples=settings.default.max_examples // 2, phases=[Phase.explicit, Phase.generate])  # type: ignore[union-attr]
"""A case takes a Lua process, and making it smaller would take thousands."""


def records(environment: Environment) -> Mapping[int, Record]:
    return environment._records  # type: ignore[return-value]


@unshrunk
@given(cases(), known_values(), SEEDS)
def test_same_values_and_errors(subject: Case, known: Any, seed: int) -> None:
    environment = reference_environment(*known)
    with plugin(subject.definition, subject.plan) as made:
        asked = [
            (table, octets)
            for table in subject.subjects()
            for octets in damaged(random_image(table, environment, seed), Random(seed))
        ]
        listed = [case(table.key, octets, records(environment)) for table, octets in asked]
        for lua in LUAS:
            for (table, octets), walked in zip(asked, made.walk(listed, lua), strict=True):
                same(table, octets, environment, walked)


@unshrunk
@given(cases(), known_values(), SEEDS)
def test_bound_to_a_meter(subject: Case, known: Any, seed: int) -> None:
    environment = reference_environment(*known)
    bound = bind(subject.plan, environment)
    with plugin(subject.definition, bound) as made:
        images = [random_image(table, environment, seed) for table in bound.tables]
        listed = [case(table.key, octets) for table, octets in zip(bound.tables, images, strict=True)]
        for table, octets, walked in zip(bound.tables, images, made.walk(listed), strict=True):
            same(table, octets, Environment(), walked)


# --- parts -----------------------------------------------------------------------------------------------------------


@unshrunk
@given(cases(), known_values(), SEEDS)
def test_parts_say_what_the_whole_says(subject: Case, known: Any, seed: int) -> None:
    """Octets from some offset on: the elements that lie there, or which element is missing to find them."""
    environment, random = reference_environment(*known), Random(seed)
    asked, listed = [], []
    for table in subject.subjects():
        image = random_image(table, environment, seed)
        moved, _ = reference(table, image, environment)
        for _ in range(4):
            first, last = sorted((random.randint(0, len(image)), random.randint(0, len(image))))
            asked.append((table, [each for each in moved if first <= each.offset and end(each) <= last], last))
            listed.append(case(table.key, image[first:last], records(environment), **{"from": first, "whole": False}))
    with plugin(subject.definition, subject.plan) as made:
        for (table, expected, last), (shown, problem) in zip(asked, made.walk(listed), strict=True):
            some = [each for each in expected if each.octets]
            there = [each for each in shown if each.octets]
            if len(there) == len(some) + 1:  # octets of no layout, as many of them as are there
                part = there.pop()
                assert part.offset + part.octets == last
            assert problem or len(there) == len(some)
            for one, other in zip(there, some, strict=False):
                assert agree(table, one, other)


@unshrunk
@given(cases(), known_values(), SEEDS)
def test_elements_by_index(subject: Case, known: Any, seed: int) -> None:
    """Each element alone: what it is in the whole, or which element before it is missing."""
    environment = reference_environment(*known)
    asked, listed = [], []
    for table in subject.subjects():
        image = random_image(table, environment, seed)
        for each in reference(table, image, environment)[0]:
            if each.low is None and each.indices:
                asked.append((table, each))
                one = case(table.key, image[each.offset : end(each)], records(environment))
                listed.append({**one, "indices": list(each.indices), "elements": 1})
    with plugin(subject.definition, subject.plan) as made:
        for (table, expected), (shown, problem) in zip(asked, made.walk(listed), strict=True):
            if problem:
                assert "which is not in these octets" in problem or REFUSED in problem
            else:
                (found,) = shown
                assert found.label == label_of(table, expected.path)
                assert same_text(found.text, expected.value)


def end(moved: Moved) -> int:
    return moved.offset + moved.octets


def agree(table: plan.TablePlan, shown: Shown, moved: Moved) -> bool:
    place = (shown.label, shown.offset, shown.octets) == (label_of(table, moved.path), moved.offset, moved.octets)
    return place and same_text(shown.text, moved.value)


# --- the standard's tables -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def definition() -> Definition:
    return load("std:2012", [str(EXAMPLE / "acme-ax200.tdl")])


def test_every_table_of_a_bound_meter(definition: Definition) -> None:
    known = meter_values(definition, read_profile(str(EXAMPLE / "residential.toml")))
    bound = bind(definition.plan, known)
    asked = [
        (table, octets)
        for table in bound.tables
        for octets in damaged(random_image(table, known, table.id), Random(table.id))
    ]
    with plugin(definition.model, bound) as made:
        for lua in LUAS:
            walks = made.walk([case(table.key, octets) for table, octets in asked], lua)
            for (table, octets), walked in zip(asked, walks, strict=True):
                same(table, octets, known, walked)


def test_every_table_of_an_image(definition: Definition) -> None:
    reading = read_image(definition, read_directory(str(EXAMPLE / "image")))
    held = {definition.plan.table(key).id: record for key, record in reading.values.items()}  # type: ignore[union-attr]
    tables = [definition.plan.table(key) for key in reading.values]
    with plugin(definition.model, definition.plan) as made:
        walks: list[Walked] = made.walk([case(key, octets, held) for key, octets in reading.octets.items()])
        for table, octets, walked in zip(tables, reading.octets.values(), walks, strict=True):
            assert table is not None
            same(table, octets, reading.environment, walked)
