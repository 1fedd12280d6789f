"""Views of generated Python against decoding: what a view has is what decoding makes of the same octets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from tdl.backends.api import Options, find_backend
from tdl.codec.environment import Environment
from tdl.image.directory import read_profile
from tdl.ir import plan
from tdl.ir.bind import bind
from tdl.project.definition import load
from tdl.project.reading import known_values
from tdl.sources.library import library_profiles
from tests.differential.compared import outcome, plain
from tests.differential.packages import imported
from tests.differential.test_python import SEEDS, generated
from tests.property.definitions import Case, cases, random_image, reference_environment
from tests.property.definitions import known_values as random_values

FRAGMENT = Path(__file__).parents[2] / "examples" / "meter-with-fragment" / "acme-ax200.tdl"


def elements(view: Any, record: Any) -> int:
    """Compare all that a view has with a record that was decoded; how many leaves that is."""
    if hasattr(type(view), "_elements"):
        for name, attribute in vars(type(view)).items():
            if attribute is None and name != "__hash__":
                assert getattr(record, name) is None
        return sum(elements(getattr(view, each), getattr(record, each)) for each in view._elements.values())
    if hasattr(type(view), "_blank"):
        assert len(view) == len(record)
        return sum(elements(each, other) for each, other in zip(view, record, strict=True))
    assert plain(view) == plain(record)
    return 1


def wholly(view: Any, record: Any) -> bool:
    """Whether a view has every element of a record."""
    if hasattr(type(view), "_blank"):
        return all(wholly(each, other) for each, other in zip(view, record, strict=True))
    if not hasattr(type(view), "_elements"):
        return True
    return set(record) <= set(view._elements) and all(wholly(view[name], record[name]) for name in record)


def compare(package: Any, table: plan.TablePlan, image: bytes) -> int:
    """One table's view against what is decoded; the leaves compared."""
    module = getattr(package, package.TABLES[table.key])
    for wrong in (image[:-1], image + b"\0", b""):
        expected = outcome(module.decode, wrong)
        if expected[0] != "value" and not module.SIZE_MIN <= len(wrong) <= module.SIZE_MAX:
            assert outcome(module.view, wrong) == expected
    if outcome(module.decode, image)[0] != "value":
        return 0
    record = module.decode(image)
    compared = elements(module.view(bytearray(image)), record)
    assert package.view(table.key, image) == module.view(image)
    return compared


@given(cases(), random_values(), SEEDS)
def test_a_view_has_what_decoding_makes(case: Case, known: Any, seed: int) -> None:
    bound = bind(case.plan, reference_environment(*known))
    with generated(case, bound) as package:
        for table in bound.tables:
            compare(package, table, random_image(table, Environment(), seed))


@pytest.mark.parametrize("profile", library_profiles())
def test_every_table_of_a_bound_meter(profile: str) -> None:
    definition = load("std:2012", [str(FRAGMENT)])
    known = known_values(definition, read_profile(profile))
    bound = bind(definition.plan, known)
    compared, whole, partial = 0, [], []
    with imported(find_backend("python").generate(definition.model, bound, Options())) as package:
        for table in bound.tables:
            image = random_image(table, Environment(), 0)
            compared += compare(package, table, image)
            module = getattr(package, package.TABLES[table.key])
            if module.SIZE_MIN == module.SIZE_MAX and outcome(module.decode, image)[0] == "value":
                complete = wholly(module.view(image), module.decode(image))
                (whole if complete else partial).append(table.key)
    print(profile, compared, len(whole), partial)
