"""Path, octets and index path name the same element, with and without an image."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tdl.codec.decoder import Moved
from tdl.image import read_image_file
from tdl.ir.locating import Location, NotFixed, element_at, indices_of, locate, path_of
from tdl.project import Definition, load
from tdl.project.located import LocatedTable
from tdl.project.reading import Reading, known_values, read_image
from tests.unit.ir.definitions import bound, definition, meter, unbound

EXAMPLE = Path(__file__).parents[3] / "examples" / "meter-with-fragment"


@pytest.fixture(scope="module")
def example() -> tuple[Definition, Reading]:
    compiled = load("std:2012", [str(EXAMPLE / "acme-ax200.tdl")])
    return compiled, read_image(compiled, read_image_file(str(EXAMPLE / "image")))


def test_each_element_of_real_tables_is_found_each_way(example: tuple[Definition, Reading]) -> None:
    compiled, reading = example
    known = known_values(compiled, reading.image)
    checked = 0
    for key, octets in reading.octets.items():
        table = compiled.bind(key, known)
        leaves: list[Moved] = []
        compiled.decode(key, octets, reading.environment, leaves.append)
        for leaf in leaves:
            bits = None if leaf.low is None or leaf.width is None else (leaf.low, leaf.width)
            assert path_of(table, leaf.indices) == leaf.path
            assert indices_of(table, leaf.path) == leaf.indices
            try:
                location = locate(table, leaf.path)
                holders = [element_at(table, leaf.offset + i) for i in range(leaf.octets)]
            except NotFixed:
                assert key in ("ST0", "MT5")  # their own values say how long they are
                continue
            assert location == Location(offset=leaf.offset, octets=leaf.octets, bits=bits)
            holder = leaf.path if bits is None else leaf.path[:-1]
            assert holders == [holder] * leaf.octets
            checked += 1
    assert checked > 150


def test_with_the_image_every_element_is_found(example: tuple[Definition, Reading]) -> None:
    compiled, reading = example
    for key, octets in reading.octets.items():
        located = LocatedTable(compiled, key, octets, reading.environment)
        for leaf in located.leaves:
            location = located.locate(leaf.path)
            assert (location.offset, location.octets) == (leaf.offset, leaf.octets)
            assert located.path_of(leaf.indices) == leaf.path
            assert located.indices_of(leaf.path) == leaf.indices
            holder = leaf.path if leaf.low is None else leaf.path[:-1]
            assert all(located.element_at(leaf.offset + i) == holder for i in range(leaf.octets))
        ends = [located.locate(leaf.path).offset + leaf.octets for leaf in located.leaves]
        assert all(a <= b for a, b in pairwise(ends))
        with pytest.raises(LookupError):
            located.element_at(len(octets))


def test_records_and_arrays_have_places_too() -> None:
    table = bound("ST1")
    assert locate(table, ("ROWS",)) == Location(offset=2, octets=27)
    assert locate(table, ("ROWS", 2)) == Location(offset=20, octets=9)
    assert locate(table, ("ROWS", 1, "CELLS", 1)) == Location(offset=12, octets=1)
    assert locate(table, ("FLAGS", "LEVEL")) == Location(offset=1, octets=1, bits=(4, 3))
    assert path_of(table, (2, 1)) == ("ROWS", 1)
    located = LocatedTable(definition(), "ST1", bytes([2, 0x11]) + bytes(27) + b"ab" + bytes(4), meter())
    assert located.locate(("ROWS", 1)) == Location(offset=11, octets=9)
    assert located.locate(("REST",)) == Location(offset=29, octets=2)
    assert located.locate(("LAST",)) == Location(offset=31, octets=4)
    assert located.locate(("FLAGS", "LEVEL")) == Location(offset=1, octets=1, bits=(4, 3))


def test_what_depends_on_values_is_said_to() -> None:
    table = bound("ST1")
    with pytest.raises(NotFixed, match="`LAST` of ST1"):
        locate(table, ("LAST",))
    with pytest.raises(NotFixed):
        locate(table, ("REST",))
    with pytest.raises(NotFixed):
        element_at(table, 29)
    with pytest.raises(NotFixed):
        locate(unbound("ST1"), ("ROWS", 1))


def test_one_name_in_two_branches() -> None:
    table = bound("ST3")
    assert locate(table, ("A",)) == Location(offset=1, octets=2)
    assert locate(table, ("LAST",)) == Location(offset=4, octets=1)
    with pytest.raises(NotFixed):
        locate(table, ("B",))
    with pytest.raises(NotFixed):
        indices_of(table, ("B",))
    assert [path_of(table, (i,)) for i in (2, 3)] == [("B",), ("B",)]
    with pytest.raises(NotFixed):
        element_at(table, 2)
    assert element_at(table, 4) == ("LAST",)


@pytest.mark.parametrize("path", [(), ("NOTHING",), ("ROWS", 3), ("ROWS", -1), ("ROWS", "CELLS"), ("COUNT", 0)])
def test_what_is_not_there(path: tuple[str | int, ...]) -> None:
    with pytest.raises(LookupError):
        locate(bound("ST1"), path)
    with pytest.raises(LookupError):
        indices_of(bound("ST1"), path)


@pytest.mark.parametrize("indices", [(), (9,), (2, 3), (0, 0)])
def test_indices_of_nothing(indices: tuple[int, ...]) -> None:
    with pytest.raises(LookupError):
        path_of(bound("ST1"), indices)


def test_behind_the_end() -> None:
    assert element_at(bound("ST2"), 0) == ()
    with pytest.raises(LookupError):
        element_at(bound("ST2"), 1)
