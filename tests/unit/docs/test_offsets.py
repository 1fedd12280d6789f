"""Where elements begin, in words that agree with the layout."""

from __future__ import annotations

import pytest

from tdl.docs.offsets import offsets
from tdl.ir.layout import rows
from tdl.project import Definition, load
from tests.unit.docs.definitions import definition


def test_numbers_sums_and_records() -> None:
    places = offsets(definition().table("ST12"))
    assert {
        indices: places[indices] for indices in [(0,), (1,), (1, 0), (1, 1), (1, 2), (2,), (2, 0, 0), (2, 0, 1)]
    } == {
        (0,): "0",
        (1,): "1",
        (1, 0): "1",
        (1, 1): "3",
        (1, 2): "3",
        (2,): "+ 1 + |HEAD|",
        (2, 0, 0): "+ 0",
        (2, 0, 1): "+ 2",
    }
    assert places[(3,)] == "+ 1 + |HEAD| + ROWS × |ROW_RCD|"
    assert places[(3, 0, 1)] == "+ 1"
    assert places[(4,)] == "+ 10 + |HEAD| + ROWS × |ROW_RCD|"
    assert places[(5,)] == "+ 10 + |HEAD| + ROWS × |ROW_RCD| + COUNT"


def test_a_record_counts_from_its_own_beginning() -> None:
    places = offsets(load("std:2012").table("ST23"))
    assert places[(1,)] == "+ (1 if DEMAND_RESET_CTR_FLAG)"
    assert places[(1, 0)] == "+ 0"
    assert places[(1, 1)] == "+ NBR_SUMMATIONS × |NI_FMAT1|"
    assert places[(1, 1, 0, 1)] == "+ (NBR_OCCUR × |STIME_DATE| if DATE_TIME_FIELD_FLAG)"


def test_rows_of_constant_size() -> None:
    places = offsets(load("std:2012").table("ST12"))
    assert places[(0, 0, 3)] == "4i"


def test_a_long_sum_says_what_is_before() -> None:
    places = offsets(load("std:2012").table("ST62"))
    assert places[(15,)] == "behind SCALARS_SET4"


@pytest.fixture(scope="module", params=["std:1997", "std:2012"])
def edition(request: pytest.FixtureRequest) -> Definition:
    return load(request.param)


def test_every_element_of_the_library_has_a_place_that_agrees_with_the_layout(edition: Definition) -> None:
    for table in edition.plan.tables:
        places = offsets(table)
        listed = {row.indices: row for row in rows(table) if row.path}
        assert places.keys() == listed.keys(), table.key
        for indices, row in listed.items():
            if row.offset is not None and not any(isinstance(step, int) for step in row.path):
                assert places[indices] == str(row.offset), (table.key, row.path)
            elif row.offset is None and not any(isinstance(step, int) for step in row.path):
                assert places[indices].startswith(("+", "behind")), (table.key, row.path)
