"""Generated Python agrees with every vector: of a whole meter, of the standard, and of random definitions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tdl.backends.api import Options, find_backend
from tdl.codec.decoder import decode
from tdl.codec.environment import Environment
from tdl.codec.values import Members
from tdl.ir import model, plan
from tdl.project import load
from tdl.vectors.suite import Suite, make_suite
from tests.differential.compared import outcome
from tests.differential.packages import imported
from tests.property.definitions import Case, cases
from tests.unit.vectors.definitions import definition
from tests.unit.vectors.replaying import suite_of


def test_a_whole_meter() -> None:
    meter = definition()
    assert list(disagreements(meter.model, meter.plan, suite_of(meter))) == []


def test_tables_of_the_standard() -> None:
    standard = load("std:2012")
    suite = suite_of(standard, "ST0", "ST3", "ST21", "ST22", "ST61", "ST71", "ST76", count=1)
    assert list(disagreements(standard.model, standard.plan, suite)) == []


@given(cases(), st.integers(0, 2**32))
@settings(max_examples=12)
def test_random_definitions(case: Case, seed: int) -> None:
    tables = [(table, table) for table in case.subjects()]
    enumerations = case.definition.enumerations
    suite = make_suite("RANDOM_METER", "", tables, Environment(), enumerations, seed=seed, count=1)
    assert suite.covered + sum(len(table.missed) for table in suite.tables) == suite.branches
    assert all(missed.reason for table in suite.tables for missed in table.missed)
    assert list(disagreements(case.definition, case.plan, suite)) == []


def disagreements(definition: model.Definition, plans: plan.Plan, suite: Suite) -> Iterator[str]:
    """The names of the vectors of which generated code makes something else."""
    tables = {table.key: table for table in plans.tables}
    with imported(find_backend("python").generate(definition, plans, Options())) as package:
        for vector in suite.vectors:
            table = tables[vector.table]
            reference, environment = Environment(), package.Environment()
            for need in table.needs:
                path, value = need.reference.path, needed(need, vector.environment)
                if value is not None:
                    reference.set(need.reference.table, path, held(Members, value, path.count("[]")))
                    environment.set(need.reference.table, path, held(package.Members, value, path.count("[]")))
            expected = outcome(decode, table, vector.octets, reference)
            found = outcome(getattr(package, package.TABLES[vector.table]).decode, vector.octets, environment)
            if found != expected or vector.accepted != (found[0] == "value"):
                yield f"{vector.table} {vector.name}"


def needed(need: plan.Need, profile: Any) -> Any:
    """The value of an element in a vector's environment, None if it is not there."""
    for name in (need.reference.table_name, *(step for step in need.reference.path if step != "[]")):
        profile = profile.get(name)
        if profile is None:
            return None
    return profile


def held(members: Any, value: Any, arrays: int) -> Any:
    """A value as an environment holds it: what is a list below all arrays is a set."""
    if arrays:
        return [held(members, each, arrays - 1) for each in value]
    return members.of(value, max(value, default=0) // 8 + 1) if isinstance(value, list) else value
