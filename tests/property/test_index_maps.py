"""Index and offset maps, both ways: an element's path, its octets and its index path name the same element.

Without data (`tdl.ir.locating`), for whole Plans and for those bound to a meter; and with an image
(`tdl.project.located`), where all of it must be told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tdl.codec.decoder import Moved, decode
from tdl.codec.environment import Environment
from tdl.codec.errors import DecodeError
from tdl.codec.values import Record
from tdl.ir import plan
from tdl.ir.bind import bind_table
from tdl.ir.expr import Range
from tdl.ir.interval import interval
from tdl.ir.layout import Path, Row, rows
from tdl.ir.locating import Location, NotFixed, element_at, indices_of, locate, path_of
from tdl.project import Definition, load
from tdl.project.located import LocatedTable
from tests.property.definitions import Case, cases, known_values, random_image, reference_environment

EDITIONS = ("std:1997", "std:2012")
METERS = 2
"""How many random meters every table of the library is looked at under."""

MOST = 100
"""About how many elements of one image are looked at."""


@dataclass(frozen=True, slots=True)
class _Single:
    """A definition of one table, as far as `LocatedTable` asks."""

    only: plan.TablePlan

    def table(self, key: str) -> plan.TablePlan:
        assert key == self.only.key
        return self.only

    def decode(self, key: str, data: bytes, environment: Environment, listener: Callable[[Moved], None]) -> Record:
        return decode(self.only, data, environment, listener)


@given(case=cases(), known=known_values(), seed=st.integers(0, 2**32))
def test_random_definitions(case: Case, known: tuple[dict[str, int], dict[str, object]], seed: int) -> None:
    environment = reference_environment(*known)
    for table in case.subjects():
        check_rows(table)
        bound = bind_table(table, environment)
        check_rows(bound)
        check_image(table, bound, environment, seed)


@pytest.fixture(scope="module", params=EDITIONS)
def edition(request: pytest.FixtureRequest) -> Definition:
    return load(request.param)


def test_every_table_of_the_library(edition: Definition) -> None:
    for table in edition.plan.tables:
        assert check_rows(table) > 0 or not table.size[1], table.key


@pytest.mark.parametrize("seed", range(METERS))
def test_every_table_of_the_library_in_random_meters(edition: Definition, seed: int) -> None:
    environment = Environment()
    checked = 0
    for table in edition.plan.tables:
        bound = bind_table(table, environment)
        check_rows(bound)
        checked += check_image(table, bound, environment, seed)
    assert checked > 200


def check_rows(table: plan.TablePlan) -> int:
    """Each row of a layout is found by its path, by its indices and by its octets; how many there are."""
    listed = [row for row in rows(table) if row.path]
    counts = {row.path: interval(row.op.count) for row in listed if isinstance(row.op, plan.Repeat)}
    listed = [row for row in listed if all(high > 0 for _, high in _around(row, counts))]
    times = Counter(row.path for row in listed)
    for row in listed:
        assert path_of(table, row.indices) == row.path
        if times[row.path] > 1:  # one name in branches that exclude each other
            continue
        assert indices_of(table, row.path) == row.indices
        with suppress(NotFixed):
            location = locate(table, row.path)
            assert (location.offset, location.octets, location.bits) == (row.offset, row.size[0], row.bits)
            if not row.branch and all(low > 0 for low, _ in _around(row, counts)):
                check_octets(table, row.path, location)
    return len(listed)


def _around(row: Row, counts: dict[Path, Range]) -> list[Range]:
    """How many elements the arrays around a row can have."""
    return [counts[row.path[:depth]] for depth in range(1, len(row.path)) if row.path[:depth] in counts]


def check_octets(table: plan.TablePlan, path: Path, location: Location) -> None:
    """The first and last octet of an element that every image has lead to it, or to something inside it."""
    holder = path if location.bits is None else path[:-1]
    for offset in _ends(location.offset, location.octets):
        with suppress(NotFixed):
            assert element_at(table, offset)[: len(holder)] == holder


def _ends(offset: int, octets: int) -> set[int]:
    return {offset, offset + octets - 1} if octets else set()


def check_image(table: plan.TablePlan, bound: plan.TablePlan, environment: Environment, seed: int) -> int:
    """What an image's elements are called and where they lie, told with and without the image; how many there are."""
    octets = random_image(table, environment, seed)
    leaves: list[Moved] = []
    try:
        record = decode(table, octets, environment, leaves.append)
    except DecodeError:
        return 0
    if table.id >= 0 and "." not in table.key:
        environment.fill(table.id, record)
    located = LocatedTable(_Single(table), table.key, octets, environment)  # type: ignore[arg-type]
    some = leaves[:: 1 + len(leaves) // MOST]
    for leaf in some:
        bits = None if leaf.low is None or leaf.width is None else (leaf.low, leaf.width)
        here = Location(offset=leaf.offset, octets=leaf.octets, bits=bits)
        assert located.locate(leaf.path) == here
        assert located.path_of(leaf.indices) == leaf.path
        assert located.indices_of(leaf.path) == leaf.indices
        assert path_of(bound, leaf.indices) == leaf.path
        with suppress(NotFixed):
            assert indices_of(bound, leaf.path) == leaf.indices
        with suppress(NotFixed):
            assert locate(bound, leaf.path) == here
        holder = leaf.path if bits is None else leaf.path[:-1]
        for offset in _ends(leaf.offset, leaf.octets):
            assert located.element_at(offset) == holder
            with suppress(NotFixed):
                assert element_at(bound, offset) == holder
    return len(some)
