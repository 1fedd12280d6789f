"""Generated Python against the reference codec on the standard's own tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from tdl.backends.api import Options, find_backend
from tdl.image.directory import read_profile
from tdl.ir.bind import bind
from tdl.project.definition import Definition, load
from tdl.project.reading import known_values
from tests.differential.packages import imported
from tests.differential.test_python import compare
from tests.property.definitions import random_image

EXAMPLE = Path(__file__).parents[2] / "examples" / "meter-with-fragment"


@pytest.fixture(scope="module")
def definition() -> Definition:
    return load("std:2012", [str(EXAMPLE / "acme-ax200.tdl")])


def test_every_table_of_a_bound_meter(definition: Definition) -> None:
    known = known_values(definition, read_profile(str(EXAMPLE / "residential.toml")))
    bound = bind(definition.plan, known)
    with imported(find_backend("python").generate(definition.model, bound, Options())) as package:
        for table in bound.tables:
            compare(package, table, known, None, random_image(table, known, 1), 1)


def test_every_table_of_any_meter(definition: Definition) -> None:
    known = known_values(definition, read_profile(str(EXAMPLE / "residential.toml")))
    with imported(find_backend("python").generate(definition.model, definition.plan, Options())) as package:
        environment = package.Environment()
        for (table, path), value in known._values.items():
            members = package.Members(value.octets) if type(value).__name__ == "Members" else value
            environment.set(table, path, members)
        for each in definition.plan.tables:
            compare(package, each, known, environment, random_image(each, known, 2), 2)
