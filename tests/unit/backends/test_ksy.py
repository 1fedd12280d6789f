"""Kaitai Struct files: what stands in them and what is refused. The differential tests compile and run them."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tdl.backends.api import BackendError, Options, backend_names, find_backend
from tdl.backends.kaitai.backend import BACKEND
from tdl.backends.kaitai.names import Identifiers
from tdl.backends.kaitai.text import comment, lines
from tdl.ir.bind import bind
from tdl.project.definition import Definition
from tdl.project.reading import known_values
from tests.unit.backends.test_edl_xsd import definition
from tests.work import counted

BOUND = ("DATA_ORDER=0", "CHAR_FORMAT=2", "TM_FORMAT=2", "INT_FORMAT=0", "NI_FORMAT1=8", "LENGTH=2", "ON_FLAG=true")


def made(compiled: Definition, *settings: str, tables: str = "ST1", **values: str) -> Any:
    """The content of the only file."""
    (file,) = files(compiled, *settings, tables=tables, **values)
    return yaml.safe_load(file.content)


def files(compiled: Definition, *settings: str, **values: str) -> Any:
    said = [f"GEN_CONFIG_TBL.{setting}" for setting in settings]
    plan = bind(compiled.plan, known_values(compiled, None, said))
    return BACKEND.generate(compiled.model, plan, Options(values=values))


def refused(compiled: Definition, *settings: str) -> str:
    with pytest.raises(BackendError) as caught:
        made(compiled, *settings)
    return f"{caught.value.diagnostic.code} {caught.value.diagnostic.message}"


def element(type_: str, *settings: str, more: str = "") -> Any:
    """The attribute of an element of a type."""
    return made(definition(f"A : {type_};", more), *(settings or BOUND))["seq"][0]


def test_it_is_a_target() -> None:
    assert "ksy" in backend_names()
    assert find_backend("ksy") is BACKEND


def test_a_file_for_each_table() -> None:
    compiled = definition("A : UINT8;", "TYPE Y_RCD = PACKED RECORD B : UINT8; END; TABLE MFG 5 Y_TBL = Y_RCD;")
    assert [file.path for file in files(compiled, *BOUND)] == ["x_st0.ksy", "x_st1.ksy", "x_mt5.ksy"]
    assert [file.path for file in files(compiled, *BOUND, tables="MT5, ST1")] == ["x_st1.ksy", "x_mt5.ksy"]
    plan = bind(compiled.plan, known_values(compiled, None, ()))
    named = BACKEND.generate(compiled.model, plan, Options(package="meter", values={"tables": "1"}))
    assert [file.path for file in named] == ["meter_st1.ksy"]
    assert yaml.safe_load(named[0].content)["meta"]["id"] == "meter_st1"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (Options(package="Meter"), "TDL903"),
        (Options(package=""), "TDL903"),
        (Options(values={"tables": "ST1,ST99"}), "TDL903"),
        (Options(values={"x": "y"}), "TDL902"),
    ],
)
def test_options_that_are_wrong(options: Options, code: str) -> None:
    compiled = definition("A : UINT8;")
    with pytest.raises(BackendError) as caught:
        BACKEND.generate(compiled.model, compiled.plan, options)
    assert caught.value.diagnostic.code == code


LEAVES: list[tuple[str, tuple[str, ...], dict[str, Any]]] = [
    ("UINT8", (), {"type": "u1"}),
    ("UINT16", (), {"type": "u2"}),
    ("UINT24", (), {"type": "b24"}),
    ("INT16", (), {"type": "s2"}),
    ("INT24", (), {"type": "int24"}),
    ("INT16", ("DATA_ORDER=1", "INT_FORMAT=1"), {"type": "int16_ones_complement"}),
    ("FLOAT64", (), {"type": "f8"}),
    ("NI_FMAT1", (), {"type": "s4"}),
    ("NI_FMAT1", ("DATA_ORDER=0", "INT_FORMAT=0", "NI_FORMAT1=4"), {"type": "int32_decimals4"}),
    ("BINARY(2)", (), {"size": 2}),
    ("BCD(2)", (), {"type": "bcd(2)"}),
    ("SET(2)", (), {"type": "members(2)"}),
    ("STRING(2)", (), {"type": "str", "size": 2, "encoding": "ISO-8859-1"}),
    ("STRING(2)", ("CHAR_FORMAT=1",), {"type": "text_ascii(2)"}),
    ("STRING(2)", ("CHAR_FORMAT=3",), {"type": "text_utf8(2)"}),
    ("STRING(2)", ("CHAR_FORMAT=7",), {"size": 2}),
    ("FLOAT_CHAR12", (), {"type": "text_ascii(12)"}),
    ("FIXED_BCD4", (), {"type": "bcd(4)"}),
    ("DATE", (), {"type": "date"}),
    ("STIME_DATE", (), {"type": "stime_date_format2"}),
    ("OPAQUE(2)", (), {"size": "(_io.size - _io.pos) < (2) ? _io.size - _io.pos : 2"}),
    ("ARRAY[GEN_CONFIG_TBL.LENGTH] OF UINT8", (), {"type": "u1", "repeat": "expr", "repeat-expr": 2}),
    ("ARRAY[2] OF ARRAY[3] OF UINT8", (), {"type": "a_row", "repeat": "expr", "repeat-expr": 2}),
]


@pytest.mark.parametrize(("type_", "settings", "wanted"), LEAVES, ids=[str(leaf[:2]) for leaf in LEAVES])
def test_an_element(type_: str, settings: tuple[str, ...], wanted: dict[str, Any]) -> None:
    assert element(type_, *settings) == {"id": "a"} | wanted


def test_the_order_of_octets_is_that_of_the_meter() -> None:
    compiled = definition("A : UINT16; B : FORMAT_BFLD;")
    for order, said in ("0", "le"), ("1", "be"):
        meta = made(compiled, f"DATA_ORDER={order}")["meta"]
        assert (meta["endian"], meta["bit-endian"]) == (said, said)


def test_bits_stand_as_the_octets_have_them() -> None:
    bits = "TYPE B_BFLD = BIT FIELD OF UINT16 HIGH : UINT(12..15); LOW : UINT(0..2); FLAG : BOOL(3..3); END;"
    for order, wanted in (
        ("0", [("low", "b3"), ("flag", "b1"), (None, "b8"), ("high", "b4")]),
        ("1", [("high", "b4"), (None, "b8"), ("flag", "b1"), ("low", "b3")]),
    ):
        seq = made(definition("A : B_BFLD;", bits), f"DATA_ORDER={order}")["types"]["b_bfld"]["seq"]
        assert [(each.get("id"), each["type"]) for each in seq] == wanted


def test_conditional_bits_are_calculated() -> None:
    bits = "TYPE B_BFLD = BIT FIELD OF UINT8 F : BOOL(0..0); IF F THEN A : UINT(1..4); ELSE B : INT(1..2); END; END;"
    found = made(definition("X : B_BFLD;", bits), *BOUND)["types"]["b_bfld"]
    assert found["seq"] == [{"id": "word_x", "type": "u1"}]
    assert found["instances"]["f"] == {"value": "((word_x >> 0) & 1) == 1"}
    assert found["instances"]["a"]["if"] == "(f.to_i != 0)"
    assert found["instances"]["b"]["if"] == "not (f.to_i != 0)"


def test_conditions_and_references() -> None:
    row = "TYPE ROW_RCD = PACKED RECORD D : BINARY(X_TBL.HEAD.N); E : BINARY(.lastIndex); END;"
    head = "TYPE HEAD_RCD = PACKED RECORD N : UINT8; END;"
    members = "HEAD : HEAD_RCD; IF HEAD.N > 1 THEN A : UINT8; ELSE B : UINT8; END; ROWS : ARRAY[HEAD.N] OF ROW_RCD;"
    found = made(definition(members, f"{head} {row}"), *BOUND)
    by_id = {each["id"]: each for each in found["seq"]}
    assert by_id["a"]["if"] == "(head.n > 1)"
    assert by_id["b"]["if"] == "not (head.n > 1)"
    assert by_id["rows"] == {"id": "rows", "type": "row_rcd(_index)", "repeat": "expr", "repeat-expr": "head.n"}
    below = found["types"]["row_rcd"]
    assert below["params"] == [{"id": "index", "type": "s4"}]
    assert [each["size"] for each in below["seq"]] == ["_parent.head.n", "index"]


def test_records_that_look_at_nothing_around_them_are_one_type() -> None:
    record = "TYPE R_RCD = PACKED RECORD N : UINT8; END;"
    found = made(definition("A : R_RCD; B : ARRAY[2] OF R_RCD;", record), *BOUND)
    assert [each.get("type") for each in found["seq"]] == ["r_rcd", "r_rcd", None]
    assert list(found["types"]) == ["r_rcd"]


def test_codes_have_names_unless_layouts_depend_on_them() -> None:
    codes = 'TYPE C_ENUM = ENUMERATION OFF : 0 WITH Label = "no current"; ON : 1..2; REST : 100..255; END;'
    members = "A : UINT8 WITH Enum = C_ENUM; N : UINT8 WITH Enum = C_ENUM; B : BINARY(N);"
    found = made(definition(members, codes), *BOUND)
    assert found["enums"] == {"c_enum": {0: {"id": "off", "doc": "no current"}, 1: "on_1", 2: "on_2"}}
    assert [each.get("enum") for each in found["seq"][:2]] == ["c_enum", None]


def test_a_length_that_may_be_none_is_checked() -> None:
    found = made(definition("N : UINT8; A : ARRAY[N - 2] OF UINT8;"), *BOUND)["seq"]
    assert found[1]["valid"] == {"expr": "(n - 2) >= 0 and (n - 2) <= 16777215"}
    assert found[2]["repeat-expr"] == "(n - 2)"


def test_nothing_may_follow() -> None:
    last = made(definition("A : UINT8;"), *BOUND)["seq"][-1]
    assert last == {"id": "end_of_table", "size": 0, "valid": {"expr": "_io.eof"}}


@pytest.mark.parametrize(
    ("members", "settings", "wanted"),
    [
        ("A : UINT16;", (), "TDL910 `X_TBL.A` depends on `GEN_CONFIG_TBL.FORMAT.DATA_ORDER`"),
        ("A : BINARY(GEN_CONFIG_TBL.LENGTH);", (), "TDL910 `X_TBL.A` depends on `GEN_CONFIG_TBL.LENGTH`"),
        ("N : UINT8; A : BINARY(8 / N);", (), "a division by 0 or of less than 0"),
        ("N : UINT64; A : BINARY(N);", ("DATA_ORDER=0",), "no number of less than 64 bits"),
        ("N : UINT32; A : BINARY(N * N * N);", ("DATA_ORDER=0",), "may not fit 64 bits"),
        ("N : INT8; L : ARRAY[4] OF UINT8; A : BINARY(L[N]);", ("INT_FORMAT=0",), "a subscript may be less than 0"),
        ("A : INT8;", ("INT_FORMAT=3",), "the format of signed numbers is reserved"),
        ("F : UINT8; IF F THEN A : UINT8; ELSE A : UINT16; END; B : BINARY(A);", ("DATA_ORDER=0",), "`A` is not one"),
    ],
)
def test_what_it_refuses(members: str, settings: tuple[str, ...], wanted: str) -> None:
    assert wanted in refused(definition(members), *settings)


def test_a_table_that_is_refused_does_not_hinder_others() -> None:
    compiled = definition("A : UINT16;", "TYPE Y_RCD = PACKED RECORD B : UINT8; END; TABLE 2 Y_TBL = Y_RCD;")
    assert [file.path for file in files(compiled, tables="ST2")] == ["x_st2.ksy"]
    assert "TDL910" in refused(compiled)


# --- text ------------------------------------------------------------------------------------------------------------


def test_identifiers() -> None:
    names = Identifiers()
    asked = ["ED_MODEL", "Ed_Model", "EDMODEL", "class", "__init__", "9A", "_", "é"]
    assert [names.new(name) for name in asked] == [
        "ed_model", "ed_model_2", "edmodel_3", "class_x", "init", "x9a", "x", "x_2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "value",
    [
        "a b",
        "yes",
        "null",
        "1.5",
        "- a",
        "a: b",
        "'",
        '"',
        "\\",
        "\u202e\x00\n",
        "é°",
        "\U0001f600",
        "",
        "{a}",
        "#",
        "0x1",
    ],
)
def test_text_is_yaml(value: str) -> None:
    spec = {value: [{"x": value, "y": {"z": value}}], "number": 12}
    assert yaml.safe_load("\n".join(lines(spec))) == spec


def test_descriptions_cannot_end_the_comments_that_they_become() -> None:
    assert comment('a """ b', "", "c */ d \\N{BULLET}\n e") == "a ''' b\nc * / d /N{BULLET}  e"


def test_nested_records_cost_what_they_hold() -> None:
    work = []
    for levels in (10, 20):
        types = [f"TYPE L{n}_RCD = PACKED RECORD N : UINT8; A : L{n + 1}_RCD; END;" for n in range(levels)]
        types.append(f"TYPE L{levels}_RCD = PACKED RECORD A : UINT8; END;")
        compiled = definition("A : L0_RCD;", " ".join(types))
        plan = compiled.plan
        with counted() as calls:
            BACKEND.generate(compiled.model, plan, Options(values={"tables": "ST1"}))
        work.append(calls.calls)
    assert work[1] < 4 * work[0]
