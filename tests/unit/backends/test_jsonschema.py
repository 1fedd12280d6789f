"""The JSON Schema: what it accepts and what it refuses, construct by construct."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tdl.backends.api import BackendError, Options, backend_names, find_backend
from tdl.backends.jsonschema.backend import BACKEND, DIALECT
from tdl.ir.bind import bind
from tdl.project.definition import Definition, load
from tdl.project.reading import known_values
from tests.unit.backends.test_edl_xsd import FLAG, definition
from tests.work import counted


def content(compiled: Definition, *settings: str) -> Any:
    plan = compiled.plan
    if settings:
        plan = bind(plan, known_values(compiled, None, settings))
    (file,) = BACKEND.generate(compiled.model, plan, Options())
    return json.loads(file.content)


def schema(compiled: Definition, *settings: str) -> Draft202012Validator:
    found = content(compiled, *settings)
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found)


def accepts(found: Draft202012Validator, values: object) -> bool:
    return bool(found.is_valid({"ST1": values}))


def test_it_is_a_target() -> None:
    assert "jsonschema" in backend_names()
    assert find_backend("jsonschema") is BACKEND


def test_the_file_is_named_for_the_definition_or_as_asked() -> None:
    compiled = definition("A : UINT8;")
    name = compiled.name
    assert [f.path for f in BACKEND.generate(compiled.model, compiled.plan, Options())] == [f"{name}.schema.json"]
    assert [f.path for f in BACKEND.generate(compiled.model, compiled.plan, Options(package="A"))] == ["A.schema.json"]


@pytest.mark.parametrize("package", ["", "../x", "a/b", "x" * 101])
def test_a_name_that_is_none(package: str) -> None:
    compiled = definition("A : UINT8;")
    with pytest.raises(BackendError, match="letters, digits"):
        BACKEND.generate(compiled.model, compiled.plan, Options(package=package))


def test_an_option_that_it_does_not_have() -> None:
    compiled = definition("A : UINT8;")
    with pytest.raises(BackendError):
        BACKEND.generate(compiled.model, compiled.plan, Options(values={"x": "y"}))


def test_it_says_what_it_is_a_schema_of() -> None:
    compiled = definition("A : STRING(GEN_CONFIG_TBL.LENGTH);")
    found = content(compiled)
    assert found["$schema"] == DIALECT
    assert compiled.hash in found["$comment"]
    assert found == content(compiled)
    assert found["$id"] != content(compiled, "GEN_CONFIG_TBL.LENGTH=2")["$id"]


HALF = {"$raw": "80", "$value": 0}
LEAVES: list[tuple[str, tuple[str, ...], list[Any], list[Any]]] = [
    ("UINT8", (), [0, 255], [256, -1, "0", 1.5, None, True, [0], {"$raw": "00"}]),
    ("UINT64", (), [18446744073709551615], [18446744073709551616]),
    ("INT8", (), [-128, 127, HALF, {"$raw": "80"}], [-129, 128, {"$raw": "8"}, {"$raw": "8000"}, {"$value": 0}]),
    ("INT8", ("GEN_CONFIG_TBL.INT_FORMAT=0",), [-128], [-129, HALF]),
    ("INT8", ("GEN_CONFIG_TBL.INT_FORMAT=1",), [-127, HALF], [-128]),
    ("FLOAT32", (), [1.5, 1, "Infinity", {"$raw": "7FC00000", "$value": "NaN"}], ["1.5", 1e39, True, None]),
    ("FLOAT64", (), [1e300, "-Infinity"], ["inf"]),
    ("FLOAT_CHAR12", (), ["1.5", "-1E-7", 1.5, {"$raw": "20" * 12}], ["1,5", "", "1.5 ", {"$raw": "20"}]),
    ("FIXED_BCD4", (), ["12", 12], ["A", True]),
    ("BINARY(2)", (), ["00FF", "00ff"], ["00", "0", "0G00", "000000", 0]),
    ("BINARY(GEN_CONFIG_TBL.LENGTH)", (), ["", "00" * 255], ["00" * 256, "0"]),
    ("BCD(2)", (), ["1234", "12AF", 1234], ["12345", "12", 10000, -1]),
    ("BCD(0)", (), [""], ["00", 0]),
    ("SET(2)", (), [[], [0, 15]], [[16], [-1], ["0"], "0", {}]),
    ("SET(0)", (), [[]], [[0]]),
    ("STRING(4)", (), ["", "ABCD", {"$raw": "41424344"}], ["ABCDE", 1, None, {"$raw": "414243"}]),
    ("STRING(4)", ("GEN_CONFIG_TBL.CHAR_FORMAT=1",), ["A"], ["é"]),
    ("STRING(4)", ("GEN_CONFIG_TBL.CHAR_FORMAT=2",), ["é"], ["€"]),
    ("STRING(4)", ("GEN_CONFIG_TBL.CHAR_FORMAT=3",), ["€"], []),
    ("STRING(4)", ("GEN_CONFIG_TBL.CHAR_FORMAT=7",), [{"$raw": "41424344"}], ["A"]),
    ("STRING(GEN_CONFIG_TBL.LENGTH)", ("GEN_CONFIG_TBL.LENGTH=2",), ["AB"], ["ABC"]),
    ("DATE", (), ["2024-01-18", {"$raw": "0000"}], ["2024-13-18", "18.1.2024", "1989-01-01", 0, {"$raw": "00"}]),
    ("STIME_DATE", (), ["2024-01-18T17:45:00", None, {"$raw": "FFFFFFFF"}], ["2024-01-18T17:45:00Z", "17:45:00"]),
    ("STIME_DATE", ("GEN_CONFIG_TBL.TM_FORMAT=2",), ["2024-01-18T17:45:00"], [None, "1970-01-01T00:00:00"]),
    ("STIME_DATE", ("GEN_CONFIG_TBL.TM_FORMAT=4",), ["1970-01-01T00:00:00"], [None]),
    ("TIME", ("GEN_CONFIG_TBL.TM_FORMAT=2",), ["17:45:00", "17:45"], ["25:00:00", "17"]),
    ("RDATE", (), [0, 65535], [65536, "2024-01-18"]),
    ("NI_FMAT1", (), [1.5, "1.5", 7, {"$raw": "00" * 6}], [None, [], "x"]),
    ("NI_FMAT1", ("GEN_CONFIG_TBL.NI_FORMAT1=8", "GEN_CONFIG_TBL.INT_FORMAT=0"), [7], [2147483648, "7", 0.5]),
    ("ARRAY[2] OF UINT8", (), [[1, 2]], [[1], [1, 2, 3], [1, 256], 1, "12"]),
    ("ARRAY[GEN_CONFIG_TBL.LENGTH] OF UINT8", (), [[], [1] * 255], [[1] * 256]),
    ("ARRAY[1] OF ARRAY[1] OF UINT8", (), [[[1]]], [[1], [[]], [[256]]]),
    ("FORMAT_BFLD", (), [{"DATA_ORDER": 1, "CHAR_FORMAT": 7, "TM_FORMAT": 0, "ON_FLAG": True}],
     [{"DATA_ORDER": 2, "CHAR_FORMAT": 7, "TM_FORMAT": 0, "ON_FLAG": True}, {}, 0,
      {"DATA_ORDER": 1, "CHAR_FORMAT": 7, "TM_FORMAT": 0, "ON_FLAG": True, "$spare": 1}]),
    ("NI_BFLD", (), [{"NI_FORMAT1": 0, "INT_FORMAT": 0}, {"NI_FORMAT1": 0, "INT_FORMAT": 0, "$spare": 192}],
     [{"NI_FORMAT1": 0, "INT_FORMAT": 0, "$spare": 193}]),
    ("OPAQUE(2)", (), ["", "0001"], ["000102", "0"]),
    ("NIL", (), [None], [0, "", False]),
]  # fmt: skip


@pytest.mark.parametrize(("type_", "settings", "right", "wrong"), LEAVES, ids=[str(leaf[:2]) for leaf in LEAVES])
def test_an_element(type_: str, settings: tuple[str, ...], right: list[Any], wrong: list[Any]) -> None:
    found = schema(definition(f"A : {type_};"), *settings)
    assert [value for value in right if not accepts(found, {"A": value})] == []
    assert [value for value in wrong if accepts(found, {"A": value})] == []


def test_an_element_without_octets_may_be_left_out() -> None:
    assert accepts(schema(definition("A : NIL; B : UINT8;")), {"B": 1})
    assert not accepts(schema(definition("A : NIL; B : UINT8;")), {"A": None})


def test_codes_are_open_and_have_names() -> None:
    codes = 'TYPE C_ENUM = ENUMERATION OFF : 0 WITH Label = "no current"; ON : 1..9; END;'
    compiled = definition("A : UINT8 WITH Enum = C_ENUM;", codes)
    found = schema(compiled)
    for code, right in ((0, True), (9, True), (77, True), (256, False), ("OFF", False)):
        assert accepts(found, {"A": code}) == right
    offered = content(compiled)["$defs"]["codes.C_ENUM"]["anyOf"]
    assert offered[0] == {"const": 0, "title": "OFF", "description": "no current"}
    assert offered[1] == {"minimum": 1, "maximum": 9, "title": "ON"}


def test_what_is_said_of_an_element() -> None:
    said = 'WITH Label = "a level", Description = "of the tank", Unit = "cm"'
    found = content(definition(f"A : UINT8 {said}; B : UINT8;"))["$defs"]["X_RCD"]["properties"]
    assert (found["A"]["title"], found["A"]["description"]) == ("a level", "of the tank; in cm")
    assert found["B"].keys() == {"type", "minimum", "maximum"}


def test_elements_have_names_and_no_order() -> None:
    found = schema(definition("A : UINT8; B : UINT8;"))
    assert accepts(found, {"A": 1, "B": 2})
    assert accepts(found, {"B": 2, "A": 1})
    for values in ({"A": 1}, {"A": 1, "B": 2, "C": 3}, {"A": 1, "b": 2}, [1, 2], 1, None):
        assert not accepts(found, values)


def test_an_object_has_the_elements_of_one_branch() -> None:
    found = schema(definition(f"IF {FLAG} THEN A : UINT8; B : UINT8; ELSE C : UINT8; END; D : UINT8;"))
    for names, right in (("ABD", True), ("CD", True), ("D", False), ("AD", False), ("ABCD", False), ("AB", False)):
        assert accepts(found, dict.fromkeys(names, 1)) == right, names
    bound = schema(definition(f"IF {FLAG} THEN A : UINT8; ELSE C : UINT8; END;"), f"{FLAG}=true")
    assert accepts(bound, {"A": 1})
    assert not accepts(bound, {"C": 1})


def test_a_branch_that_may_lack() -> None:
    found = schema(definition(f"IF {FLAG} THEN A : UINT8; C : UINT8; END; B : UINT8;"))
    for names, right in (("B", True), ("ABC", True), ("AB", False), ("AC", False)):
        assert accepts(found, dict.fromkeys(names, 1)) == right, names


def test_branches_in_branches() -> None:
    inner = f"IF {FLAG} THEN B : UINT8; ELSE C : UINT8; END;"
    found = schema(definition(f"IF {FLAG} THEN A : UINT8; {inner} END; D : UINT8;"))
    for names, right in (("D", True), ("ABD", True), ("ACD", True), ("AD", False), ("BD", False), ("ABCD", False)):
        assert accepts(found, dict.fromkeys(names, 1)) == right, names


def test_branches_that_share_a_name() -> None:
    found = schema(definition(f"IF {FLAG} THEN A : UINT8; B : UINT8; ELSE A : UINT16; C : UINT8; END;"))
    for values, right in (
        ({"A": 1, "B": 1}, True),
        ({"A": 65535, "C": 1}, True),
        ({"A": 65535, "B": 1}, False),
        ({"A": 65536, "C": 1}, False),
        ({"B": 1}, False),
    ):
        assert accepts(found, values) == right, values


def test_a_name_in_branches_of_branches() -> None:
    inner = f"IF {FLAG} THEN A : UINT8; ELSE C : UINT8; END;"
    found = schema(definition(f"IF {FLAG} THEN {inner} ELSE A : UINT16; END;"))
    for values, right in (({"A": 65535}, True), ({"C": 1}, True), ({"A": 65536}, False), ({"A": 1, "C": 1}, False)):
        assert accepts(found, values) == right, values


def test_a_selection() -> None:
    arms = "CASE 0 : A : UINT8; CASE 1 : B : UINT8; DEFAULT : C : UINT8;"
    found = schema(definition(f"SWITCH GEN_CONFIG_TBL.LENGTH OF {arms} END;"))
    for names, right in (("A", True), ("B", True), ("C", True), ("AB", False), ("", False)):
        assert accepts(found, dict.fromkeys(names, 1)) == right, names


def test_a_record_that_differs_from_table_to_table() -> None:
    more = "TYPE R_RCD = PACKED RECORD D : BINARY(X_TBL.N); END; TABLE 2 Y_TBL = R_RCD;"
    found = schema(definition("N : UINT8; R : R_RCD;", more), "X_TBL.N=2")  # known for Y_TBL, its own value in X_TBL
    assert accepts(found, {"N": 3, "R": {"D": "000000"}})
    assert found.is_valid({"ST2": {"D": "0000"}})
    assert not found.is_valid({"ST2": {"D": "000000"}})


def test_an_image() -> None:
    found = schema(definition("A : UINT8;"))
    right: tuple[Any, ...] = ({}, {"ST1": "01"}, {"ST1": " 01\n"}, {"$profile": {"X_TBL": {"A": 1}}})
    for image in right:
        assert found.is_valid(image), image
    wrong: tuple[Any, ...] = (
        [],
        {"ST1": "0"},
        {"ST1": 1},
        {"ST9": {}},
        {"$profile": 1},
        {"X": {}},
        {"ST1": {"A": 256}},
    )
    for image in wrong:
        assert not found.is_valid(image), image


def test_a_record_that_is_named_like_a_table() -> None:
    text = "TYPE ST1 = PACKED RECORD A : UINT8; END; TYPE octets = PACKED RECORD B : UINT8; END;"
    found = schema(definition("A : ST1; B : octets;", text))
    assert accepts(found, {"A": {"A": 1}, "B": {"B": 1}})
    assert not accepts(found, {"A": {"B": 1}, "B": {"B": 1}})


@pytest.mark.parametrize("edition", ["std:1997", "std:2008", "std:2012"])
def test_the_editions(edition: str) -> None:
    schema(load(edition))


def test_nested_conditionals_cost_what_they_hold() -> None:
    levels = 12
    types = [f"TYPE L{n}_RCD = PACKED RECORD IF {FLAG} THEN A : L{n + 1}_RCD; END; END;" for n in range(levels)]
    types.append(f"TYPE L{levels}_RCD = PACKED RECORD A : UINT8; END;")
    compiled = definition("A : L0_RCD;", "\n".join(types))
    plan = compiled.plan
    with counted() as work:
        BACKEND.generate(compiled.model, plan, Options())
    assert work.calls < 100_000
