"""Partial access in generated C: single elements in an image, and index paths, octets and elements into each other."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tdl.codec.decoder import Moved, decode
from tdl.image.directory import read_profile
from tdl.ir import plan
from tdl.ir.bind import bind
from tdl.ir.layout import Path as ElementPath
from tdl.ir.layout import rows
from tdl.ir.locating import NotFixed, element_at, indices_of, locate
from tdl.project.definition import Definition, load
from tdl.project.reading import known_values
from tests.differential.c_libraries import Library
from tests.property.definitions import random_image

EXAMPLE = Path(__file__).parents[2] / "examples" / "meter-with-fragment"
OK, NOT_FIXED, NO_ELEMENT = 0, 14, 15


class Place(ctypes.Structure):
    _fields_ = [
        ("element", ctypes.c_uint16),
        ("arrays", ctypes.c_uint8),
        ("position", ctypes.c_uint16 * 16),
        ("offset", ctypes.c_uint32),
        ("octets", ctypes.c_uint32),
    ]


class Bound:
    """The example meter, bound, as a library that has the inline functions too."""

    def __init__(self, definition: Definition, directory: Path) -> None:
        self.known = known_values(definition, read_profile(str(EXAMPLE / "residential.toml")))
        bound = bind(definition.plan, self.known)
        self.tables = tuple(table for table in bound.tables if not table.needs)
        of = replace(bound, tables=self.tables)
        directory.mkdir(exist_ok=True)
        self.library = Library(definition.model, of, directory, ("gcc", "-O1"), access=True)

    def elements(self, table: plan.TablePlan) -> Any:
        return ctypes.c_char.in_dll(self.library.code, f"{self.library.files.names[table.key]}_elements")


@pytest.fixture(scope="module")
def meter(tmp_path_factory: pytest.TempPathFactory) -> Bound:
    definition = load("std:2012", [str(EXAMPLE / "acme-ax200.tdl")])
    return Bound(definition, tmp_path_factory.mktemp("c"))


def test_numbers_are_read_and_written_in_place(meter: Bound) -> None:
    tried = 0
    for table in meter.tables:
        least, most = table.size
        image = Random(3).randbytes(most) if least == most else random_image(table, meter.known, 3)
        moved = numbers(table, image, meter)
        for accessor in meter.library.files.table(table).accessors:
            for each in [m for m in moved if pattern(m.path) == accessor.element][:3]:
                read_and_write(meter, table, image, accessor, each)
                tried += 1
    assert tried > 500


def numbers(table: plan.TablePlan, image: bytes, meter: Bound) -> list[Moved]:
    moved: list[Moved] = []
    decode(table, image, meter.known, moved.append)
    return [each for each in moved if isinstance(each.op, plan.Take | plan.Field)]


def pattern(path: tuple[object, ...]) -> str:
    return "".join("[]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def read_and_write(meter: Bound, table: plan.TablePlan, image: bytes, accessor: Any, moved: Moved) -> None:
    positions = [ctypes.c_uint32(step) for step in moved.path if isinstance(step, int)]
    type_, name = re.fullmatch(r"(\w+) (\w+)\(.*", accessor.get).groups()  # type: ignore[union-attr]
    get, set_ = getattr(meter.library.code, name), getattr(meter.library.code, name.replace("_get_", "_set_", 1))
    number = getattr(ctypes, f"c_{type_.removesuffix('_t')}")
    get.restype, set_.restype = number, ctypes.c_uint8
    value = moved.value
    raw = int(value.scaleb(moved.op.decimals)) if getattr(moved.op, "decimals", 0) else int(value)  # type: ignore[attr-defined,call-overload,union-attr]
    assert get(image, *positions) == raw, (table.key, moved.path)
    changed = ctypes.create_string_buffer(image, len(image))
    wanted = 0 if raw else 1
    assert set_(changed, *positions, number(wanted)) == OK
    assert get(changed.raw, *positions) == wanted
    outside = [i for i in range(len(image)) if not moved.offset <= i < moved.offset + moved.octets]
    assert all(changed.raw[i] == image[i] for i in outside)
    if moved.width is not None:
        mask = (1 << moved.width) - 1 << (moved.low or 0)
        field = slice(moved.offset, moved.offset + moved.octets)
        before, after = int.from_bytes(image[field], "little"), int.from_bytes(changed.raw[field], "little")
        assert (before ^ after) & ~mask == 0
        if moved.width not in (8, 16, 32, 64) and type_.startswith("u"):
            assert set_(changed, *positions, number(1 << moved.width)) != OK


def test_index_paths_and_elements(meter: Bound) -> None:
    """Down by index path and by positions, and back up again."""
    kinds: set[int] = set()
    for table in meter.tables:
        for path, indices in paths(table):
            place, again = Place(), Place()
            array = (ctypes.c_uint16 * len(indices))(*indices)
            code = meter.library.code.tdl_find(
                ctypes.byref(meter.elements(table)), array, ctypes.c_size_t(len(indices)), ctypes.byref(place)
            )
            kinds.add(code & 0xFF)
            found = meter.library.elements[table.key].all[place.element]
            assert found.path == tuple("[]" if isinstance(step, int) else step for step in path)
            try:
                location = locate(table, path)
            except NotFixed:
                assert code & 0xFF == NOT_FIXED
            else:
                assert (code & 0xFF, place.offset, place.octets) == (OK, location.offset, location.octets)
            positions = (ctypes.c_uint16 * 16)(*[step for step in path if isinstance(step, int)])
            located = meter.library.code.tdl_locate(
                ctypes.byref(meter.elements(table)), ctypes.c_uint16(place.element), positions,
                ctypes.c_size_t(place.arrays), ctypes.byref(again),
            )  # fmt: skip
            assert located & 0xFF == code & 0xFF
            assert bytes(again)[:4] == bytes(place)[:4]
            assert (again.offset, again.octets) == (place.offset, place.octets)
            back = (ctypes.c_uint16 * 16)()
            count = meter.library.code.tdl_indices(
                ctypes.byref(meter.elements(table)), ctypes.byref(place), back, ctypes.c_size_t(16)
            )
            assert tuple(back[:count]) == indices
    assert kinds == {OK, NOT_FIXED}


def paths(table: plan.TablePlan) -> Iterator[tuple[ElementPath, tuple[int, ...]]]:
    for row in rows(table):
        if row.path:
            try:
                yield row.path, indices_of(table, row.path)
            except NotFixed:
                continue


def test_what_holds_an_octet(meter: Bound) -> None:
    random = Random(4)
    for table in meter.tables:
        offsets = range(min(table.size[1], 4000) + 2)
        for offset in random.sample(offsets, min(60, len(offsets))):
            place = Place()
            code = 0xFF & meter.library.code.tdl_element_at(
                ctypes.byref(meter.elements(table)), ctypes.c_uint32(offset), ctypes.byref(place)
            )
            try:
                path = element_at(table, offset)
            except NotFixed:
                assert code == NOT_FIXED
            except LookupError:
                assert code in (NO_ELEMENT, NOT_FIXED)
            else:
                assert code == OK, (table.key, offset, path)
                found = meter.library.elements[table.key].all[place.element]
                assert found.path == tuple("[]" if isinstance(step, int) else step for step in path)
                assert list(place.position[: place.arrays]) == [step for step in path if isinstance(step, int)]


def test_an_index_path_that_leads_nowhere(meter: Bound) -> None:
    table = next(table for table in meter.tables if table.key == "ST23")
    place = Place()
    for indices in ((99,), (1, 0, 99), (2, 2), ()):
        array = (ctypes.c_uint16 * 4)(*indices)
        code = meter.library.code.tdl_find(
            ctypes.byref(meter.elements(table)), array, ctypes.c_size_t(len(indices)), ctypes.byref(place)
        )
        assert code & 0xFF == NO_ELEMENT
