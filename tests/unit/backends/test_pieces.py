"""Parts of files: texts with holes, and what tells structs apart whenever they were made."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tdl.backends.holes import filled, hole, pattern
from tdl.backends.jsonschema.pieces import compact
from tdl.backends.jsonschema.text import json_text
from tdl.backends.rust.modules import SHARED, structs_by_module
from tdl.backends.rust.naming import Names
from tdl.backends.rust.signs import Signs
from tdl.backends.shapes.shape import (
    Array,
    BitMember,
    BitRecord,
    Extent,
    Member,
    Number,
    Octets,
    Real,
    Record,
    Structure,
    Variant,
)

PLAIN = st.text(st.characters(min_codepoint=32), max_size=20)


@given(PLAIN, PLAIN, PLAIN)
def test_a_pattern_keeps_all_but_its_holes(before: str, after: str, value: str) -> None:
    text = pattern(f"{before}{hole('one')}{after}{hole('two')}")
    assert filled(text, {"one": value, "two": 2}) == f"{before}{value}{after}2"


@given(st.recursive(st.integers() | st.text() | st.booleans(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)))
def test_a_text_without_its_lines_is_that_of_the_standard_library(value: object) -> None:
    assert compact(json_text(value)) == json.dumps(value)


EXTENT = Extent(most=3, fixed=True)
INNER = Record(type_name="INNER_RCD", members=(Member(name="A", shape=Number(octets=1, signed=False)),))
BITS = BitRecord(
    type_name="BITS_BFLD", octets=1, fields=(BitMember(name="LOW", width=4, kind="uint", enumeration=None),), spare=True
)
SHAPES = (
    Number(octets=2, signed=True, enumeration="CODES_ENUM"),
    Number(octets=2, signed=True, decimals=4),
    Real(octets=8),
    Octets(form="text", extent=EXTENT),
    Octets(form="text", extent=replace(EXTENT, fixed=False)),
    Variant(atomic="NI_FMAT1", octets=12),
    Array(of=INNER, extent=EXTENT),
    Array(of=BITS, extent=EXTENT),
    INNER,
    BITS,
)


def test_a_sign_tells_a_structure_from_all_others() -> None:
    holders = [Record(type_name="OUTER_RCD", members=(Member(name="A", shape=shape),)) for shape in SHAPES]
    optional = [replace(each, members=(replace(each.members[0], optional=True),)) for each in holders]
    fields = (replace(BITS.fields[0], enumeration="CODES_ENUM"), replace(BITS.fields[0], kind="int"))
    others = [replace(BITS, spare=False), replace(BITS, octets=2), *(replace(BITS, fields=(f,)) for f in fields)]
    structures: list[Structure] = [*holders, *optional, INNER, replace(INNER, type_name="OTHER_RCD"), BITS, *others]
    assert len({Signs().of(each) for each in structures}) == len(structures)
    assert [Signs().of(each) for each in structures] == [Signs().of(replace(each)) for each in structures]


def test_names_are_handed_out_once() -> None:
    names = Names(["ST1", "ST2"])
    assert names.tables == {"ST1": "St1", "ST2": "St2"}
    assert [names.struct(INNER), names.struct(INNER), names.struct_of_type("ST1_VIEW")] == [
        "InnerRcd",
        "InnerRcd2",
        "St1View2",
    ]
    assert [names.code("A_ENUM", "u8"), names.code("A_ENUM", "u16"), names.code("A_ENUM", "u8")] == [
        "AEnum",
        "AEnumU16",
        "AEnum",
    ]
    assert names.of_views("ST1", ["St1ARows", "St1ARows"]) == ["St1ARows", "St1ARows2"]


def test_a_struct_is_in_the_module_of_its_only_group() -> None:
    used = {"ST1": ["One", "Both"], "ST2": ["One"], "ST20": ["Both", "Two"], "ST9": ["Both"]}
    assert structs_by_module(used, ["Both", "One", "Two"]) == {
        SHARED: ["Both"],
        "decade0": ["One"],
        "decade2": ["Two"],
    }
