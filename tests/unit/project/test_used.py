"""What a meter's Table 0 says that there is."""

from __future__ import annotations

import pytest

from tdl.codec.environment import Environment
from tdl.codec.values import Members
from tdl.project.definition import Definition, load
from tdl.project.used import tables_used


@pytest.fixture(scope="module")
def definition() -> Definition:
    return load("std:2012")


def known(**sets: set[int]) -> Environment:
    environment = Environment()
    for name, members in sets.items():
        octets = sum(1 << member for member in members).to_bytes(32, "little")
        environment.set(0, (name,), Members(octets))
    return environment


def used(definition: Definition, **sets: set[int]) -> tuple[str, ...]:
    found = tables_used(definition.plan.tables, known(**sets))
    assert found is not None
    return found


def test_nothing_is_known(definition: Definition) -> None:
    assert tables_used(definition.plan.tables, Environment()) is None


def test_tables_that_are_not_used_are_left_out(definition: Definition) -> None:
    found = used(definition, STD_TBLS_USED={0, 1, 23})
    assert [key for key in found if key.startswith("ST")] == ["ST0", "ST1", "ST23"]
    assert "SP4.parameter" in found  # nothing is said of procedures


def test_a_procedure_has_both_its_records(definition: Definition) -> None:
    found = used(definition, STD_PROC_USED={9, 10})
    assert [key for key in found if key.startswith("SP")] == [
        "SP9.parameter", "SP9.response", "SP10.parameter", "SP10.response",
    ]  # fmt: skip


def test_pending_copies_go_with_their_tables(definition: Definition) -> None:
    tables = definition.with_pending().tables
    found = tables_used(tables, known(STD_TBLS_USED={23})) or ()
    standard = [key for key in found if key.startswith("ST")]
    assert len(standard) == 2
    assert all("23" in key for key in standard)
