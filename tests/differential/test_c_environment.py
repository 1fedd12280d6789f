"""The environment of unbound C: filled from decoded tables, and what it does with what does not fit."""

from __future__ import annotations

import ctypes
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tdl.codec.environment import Environment
from tdl.image.finding import read_image_file
from tdl.ir import plan
from tdl.project.definition import Definition, load
from tdl.project.reading import Reading, read_image
from tdl.sources import Resolver
from tests.differential.c_libraries import Arena, Error, Library, compare
from tests.differential.test_python import damaged

EXAMPLE = Path(__file__).parents[2] / "examples" / "meter-with-fragment"

LIMITS = """
DOCUMENT D;
TYPE L_RCD = PACKED RECORD
    LARGE : UINT64; MANY : UINT8; USED : SET(2); WIDTHS : ARRAY[MANY] OF UINT8; IF MANY == 1 THEN MAYBE : UINT8; END;
END;
TABLE 1 L_TBL = L_RCD;
TYPE A_RCD = PACKED RECORD
    N : UINT8;
    X : BINARY(L_TBL.WIDTHS[N]);
    IF L_TBL.USED[N] THEN Y : UINT8; END;
    IF L_TBL.LARGE > 5 THEN Z : UINT8; END;
    IF N == 0 THEN W : BINARY(L_TBL.MAYBE); END;
END;
TABLE 2 A_TBL = A_RCD;
"""


def filled(library: Library, tables: dict[str, plan.TablePlan], images: dict[str, bytes]) -> tuple[Any, list[int]]:
    """An environment that C has filled from images, and the codes of that; what it points to lives with it."""
    environment = library.environment(Environment())
    memory = ctypes.create_string_buffer(1 << 16)
    arena = Arena(ctypes.addressof(memory), len(memory), 0)
    environment.values, codes = [memory], []
    for key, octets in images.items():
        table, value, error = tables[key], library.root(tables[key]), Error()
        name = library.files.names[key]
        decode = getattr(library.code, f"{name}_decode")
        code = decode(
            ctypes.byref(value), octets, ctypes.c_size_t(len(octets)), ctypes.byref(environment), ctypes.byref(arena),
            ctypes.byref(error),
        )  # fmt: skip
        assert code & 0xFF == 0, (table.key, error.code, error.offset)
        fill = getattr(library.code, f"t_env_fill_{name.removeprefix('t_')}")
        arguments = [ctypes.byref(environment), ctypes.byref(value), ctypes.byref(arena), ctypes.byref(error)]
        codes.append(fill(*arguments) & 0xFF)
        environment.values.append(value)
    return environment, codes


@pytest.fixture(scope="module")
def definition() -> Definition:
    return load("std:2012", [str(EXAMPLE / "acme-ax200.tdl")])


def test_from_the_tables_of_a_meter(definition: Definition, tmp_path: Path) -> None:
    reading: Reading = read_image(definition, read_image_file(str(EXAMPLE / "image")))
    library = Library(definition.model, definition.plan, tmp_path, ("gcc", "-O0"))
    tables = {table.key: table for table in definition.plan.tables}
    first = ["ST0", "ST11", "ST21"]
    environment, codes = filled(library, tables, {key: reading.octets[key] for key in first})
    assert set(codes) == {0}
    numbers = 0
    for value in library.files.environment.values:
        if str(value.reference.table) in ("0", "11", "21") and value.kind == "number":
            octet, bit = value.flag
            held = reading.environment.held(value.reference.table, value.reference.path)
            assert bool(environment.known[octet] & bit) == (held is not None)
            assert held is None or getattr(environment, value.member) == int(held)  # type: ignore[call-overload]
            numbers += 1
    assert numbers > 30
    octets = reading.octets["ST23"]
    verdict, value = library.decode(tables["ST23"], octets, environment)
    assert verdict == ("ok",)
    assert library.encode(tables["ST23"], value, environment, 4096) == ("ok", octets)
    assert library.decode(tables["ST23"], octets[:-1], environment)[0][0] == "truncated"


def test_sets_lists_and_what_is_not_there(tmp_path: Path) -> None:
    definition = load("d.tdl", resolver=Resolver({"d.tdl": LIMITS}))
    library = Library(definition.model, definition.plan, tmp_path, ("gcc", "-O1", "-g"))
    tables = {table.key: table for table in definition.plan.tables}
    known = Environment()
    known.set(0, ("DATA_ORDER",), 0)
    order = next(v for v in library.files.environment.values if v.member.endswith("DATA_ORDER"))
    for image in (b"\x07" + bytes(7) + b"\2\5\0\3\1", b"\0" * 8 + b"\1\xff\xff\2\4"):
        environment, codes = prepared(library, tables, image, order)
        assert codes == [0]
        reference = Environment()
        reference.set(0, ("DATA_ORDER",), 0)
        reference.fill(1, definition.decode("ST1", image, known))
        again = library.environment(reference)
        for octets in damaged(b"\0\1\2\3\4\5\6", Random(1)) + [bytes([n, *range(9)]) for n in range(4)]:
            list(compare(library, tables["ST2"], octets, reference, 1))
            assert library.check(tables["ST2"], octets, environment) == library.check(tables["ST2"], octets, again)


def prepared(library: Library, tables: dict[str, plan.TablePlan], image: bytes, order: Any) -> tuple[Any, list[int]]:
    """As `filled`, with the order of octets set by hand: no table of the definition has it."""
    make = library.environment

    def with_order(reference: Environment) -> Any:
        made = make(reference)
        octet, bit = order.flag
        made.known[octet] |= bit
        return made

    library.environment = with_order  # type: ignore[method-assign]
    try:
        return filled(library, tables, {"ST1": image})
    finally:
        library.environment = make  # type: ignore[method-assign]


def test_a_number_that_expressions_cannot_hold_is_refused(tmp_path: Path) -> None:
    definition = load("d.tdl", resolver=Resolver({"d.tdl": LIMITS}))
    library = Library(definition.model, definition.plan, tmp_path, ("gcc", "-O1"))
    tables = {table.key: table for table in definition.plan.tables}
    order = next(v for v in library.files.environment.values if v.member.endswith("DATA_ORDER"))
    _, codes = prepared(library, tables, b"\xff" * 8 + b"\0\0\0", order)
    assert codes == [9]


def test_an_arena_that_is_too_small(tmp_path: Path) -> None:
    definition = load("d.tdl", resolver=Resolver({"d.tdl": LIMITS}))
    library = Library(definition.model, definition.plan, tmp_path, ("gcc", "-O1"))
    table = definition.table("ST1")
    known = Environment()
    known.set(0, ("DATA_ORDER",), 0)
    environment = library.environment(known)
    octets = bytes(8) + b"\xc8\0\0" + bytes(200)
    needed = ctypes.c_size_t()
    code = library.code.t_L_TBL_check(
        octets, ctypes.c_size_t(len(octets)), ctypes.byref(environment), ctypes.byref(needed), None
    )
    assert (code & 0xFF, needed.value) == (0, 200)
    for room, expected in ((200, 0), (199, 12), (0, 12)):
        value, arena, error = library.root(table), Arena(ctypes.addressof(library.memory), room, 0), Error()
        code = library.code.t_L_TBL_decode(
            ctypes.byref(value), octets, ctypes.c_size_t(len(octets)), ctypes.byref(environment), ctypes.byref(arena),
            ctypes.byref(error),
        )  # fmt: skip
        assert (code & 0xFF, error.code) == (expected, expected)
