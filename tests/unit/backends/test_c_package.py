"""The files of the C back end: names, options, refusals, limits and what they promise about themselves."""

from __future__ import annotations

import ctypes
import re
from dataclasses import replace
from pathlib import Path

import pytest

from tdl.backends.api import BackendError, Options, find_backend
from tdl.backends.c.names import C_WORDS, Identifiers
from tdl.codec.environment import Environment
from tdl.image import Profile
from tdl.ir.bind import bind
from tdl.ir.plan import Plan
from tdl.project.definition import Definition, load
from tdl.project.profile import ProfileError, resolve_limits
from tdl.project.reading import known_values
from tdl.sources import Resolver
from tests.differential.c_libraries import Library

TEXT = """
DOCUMENT D;
TYPE A_RCD = PACKED RECORD
    COUNT : UINT8;
    X : ARRAY[COUNT] OF UINT16;
    int : UINT8;
END;
TABLE 5 A_TBL = A_RCD;
TYPE B_RCD = PACKED RECORD
    FLAG : UINT8;
END;
TABLE MFG 12 B_TBL = B_RCD;
"""


def definition(text: str = TEXT) -> Definition:
    return load("d.tdl", resolver=Resolver({"d.tdl": text}))


def bound(of: Definition, limits: dict[str, int] | None = None) -> Plan:
    known = Environment()
    known.set(0, ("DATA_ORDER",), 0)
    plan = bind(of.plan, known)
    return replace(plan, limits=tuple(sorted((limits or {}).items())))


def files(of: Definition, plan: Plan, **values: str) -> dict[str, str]:
    package = values.pop("package", None)
    made = find_backend("c").generate(of.model, plan, Options(package=package, values=values))
    return {file.path: file.content.decode("utf-8") for file in made}


def test_a_pair_of_files_for_each_group() -> None:
    of = definition()
    made = files(of, of.plan, package="m")
    groups = ("m_decade0", "m_mfg_decade1")
    expected = {f"{group}{ending}" for group in groups for ending in (".h", ".c", "_access.h")}
    assert set(made) == expected | {"m.h", "m_types.h", "tdl_support.h", "tdl_support.c"}
    for name, text in made.items():
        if name.endswith(".h"):
            assert re.search(r"#ifndef (\w+)\n#define \1\n", text), name
        if not name.startswith("tdl_"):
            assert text.startswith("/* Made by tdl from D; its hash is in m_types.h.\n")
            assert (of.hash in text) == (name == "m_types.h")  # or an edit of one table would change the files of all
            assert "belongs to whoever made it" in text


def test_the_same_input_gives_the_same_files() -> None:
    assert files(definition(), definition().plan) == files(definition(), definition().plan)


def test_names_of_the_language_are_members_with_another_name() -> None:
    of = definition()
    text = "".join(files(of, of.plan).values())
    assert "uint8_t int_;" in text
    assert Identifiers().member("class") == "class_"
    assert {"while", "_Bool", "template"} - C_WORDS == {"_Bool"}  # what begins with _ gets another beginning
    assert Identifiers().member("_Bool") == "x_Bool"
    names = Identifiers()
    assert [names.member(name) for name in ("A", "A", "if")] == ["A", "A_2", "if_"]


@pytest.mark.parametrize("package", ["1a", "a-b", "_a", "tdl", "tdl_x", "x" * 32, "é"])
def test_a_prefix_that_no_identifier_begins_with(package: str) -> None:
    of = definition()
    with pytest.raises(BackendError, match="identifiers"):
        files(of, of.plan, package=package)


def test_only_the_tables_that_are_asked_for() -> None:
    of = definition()
    made = files(of, of.plan, tables="MT12")
    assert not [name for name in made if "decade0" in name]
    with pytest.raises(BackendError, match="ST99"):
        files(of, of.plan, tables="MT12,ST99")


def test_a_harness_only_if_asked_for() -> None:
    of = definition()
    assert "d_harness.c" not in files(of, of.plan)
    assert "LLVMFuzzerTestOneInput" in files(of, of.plan, harness="yes")["d_harness.c"]
    with pytest.raises(BackendError, match="`no` or `yes`"):
        files(of, of.plan, harness="perhaps")


def test_the_small_form_where_a_layout_allows_it() -> None:
    of = definition()
    made = files(of, bound(of), form="table")
    assert "tdl_table_decode(&d_B_TBL_table" in made["d_mfg_decade1.h"]
    assert "tdl_op" not in made["d_decade0.c"]  # its size depends on its own content
    assert "tdl_table.c" not in files(of, bound(of))
    with pytest.raises(BackendError, match="`direct` or `table`"):
        files(of, bound(of), form="tables")


WIDE = TEXT.replace("COUNT : UINT8", "COUNT : UINT32")


def test_nothing_that_is_not_bounded_in_a_struct() -> None:
    with pytest.raises(BackendError) as refused:
        files(definition(WIDE), bound(definition(WIDE)))
    assert refused.value.diagnostic.code == "TDL905"
    assert "`A_TBL.X`" in str(refused.value)
    assert "`.COUNT`" in str(refused.value)


def test_a_limit_bounds_it(tmp_path: Path) -> None:
    of = definition(WIDE)
    plan = bound(of, {"A_TBL.COUNT": 3})
    assert "uint16_t X[3];" in "".join(files(of, plan).values())
    library = Library(of.model, plan, tmp_path, ("gcc", "-O0"))
    table = plan.tables[0]
    environment = library.environment(Environment())
    fits = b"\3\0\0\0" + b"\1\0" * 3 + b"\7"
    verdict, value = library.decode(table, fits, environment)
    assert verdict == ("ok",)
    assert (value.X_count, value.int_) == (3, 7)
    too_many = b"\4\0\0\0" + b"\1\0" * 4 + b"\7"
    assert library.decode(table, too_many, environment)[0] == ("capacity", ("X",), 4)
    assert library.check(table, too_many, environment) == ("capacity", ("X",), 4)
    value.COUNT = value.X_count = 4
    assert library.encode(table, value, environment, 99) == ("capacity", ("X",), 4)


def test_limits_of_a_profile() -> None:
    of = definition(WIDE)
    profile = Profile(values={"max": {"A_TBL.COUNT": 3}, "A_TBL": {"int": 5}})
    assert resolve_limits(profile, of) == (("A_TBL.COUNT", 3),)
    assert known_values(of, profile).held(5, ("int",)) == 5
    for wrong in ({"max": {"A_TBL.NONE": 3}}, {"max": {"A_TBL.COUNT": "x"}}, {"max": 3}, {"max": {"A_TBL.COUNT": -1}}):
        with pytest.raises(ProfileError):
            resolve_limits(Profile(values=wrong), of)


def test_the_support_files_do_without_a_heap_and_without_data() -> None:
    of = definition()
    support = files(of, of.plan)
    for name in ("tdl_support.h", "tdl_support.c"):
        text = re.sub(r"/\*.*?\*/", "", support[name], flags=re.DOTALL)
        assert support[name].startswith("/* SPDX-License-Identifier: 0BSD")
        assert not re.search(r"\b(malloc|free|calloc|realloc|goto|setjmp|longjmp)\b", text)
        assert not re.search(r"^static (?!inline)(?!const)\w+ \w+( =|;)", text, flags=re.MULTILINE)


def test_decoding_is_fresh_and_updating_is_not(tmp_path: Path) -> None:
    of = definition(
        "DOCUMENT D; TYPE A_RCD = PACKED RECORD N : UINT8; IF N THEN M : UINT8; END; END; TABLE 5 A_TBL = A_RCD;"
    )
    plan = bound(of)
    library = Library(of.model, plan, tmp_path, ("gcc", "-O0"))
    table = plan.tables[0]
    environment = library.environment(Environment())
    _, value = library.decode(table, b"\1\7", environment)
    assert (value.N, value.M) == (1, 7)
    arguments = ctypes.byref(value), b"\0", ctypes.c_size_t(1)
    assert library.call(table, "update", *arguments) == ("ok",)
    assert (value.N, value.M) == (0, 7)
    assert library.call(table, "decode", *arguments) == ("ok",)
    assert (value.N, value.M) == (0, 0)


def test_formats_that_times_have() -> None:
    text = TEXT.replace("FLAG : UINT8;", "AT : STIME_DATE;")
    known = Environment()
    known.set(0, ("TM_FORMAT",), 3)
    known.set(0, ("DATA_ORDER",), 1)
    made = files(definition(text), bind(definition(text).plan, known))
    assert "#define d_TM_FORMAT 3u\n#define d_DATA_ORDER 1u\n" in made["d_types.h"]
    assert "tdl_time.c" in made
    assert "TM_FORMAT" not in files(definition(text), definition(text).plan)["d_types.h"].replace("env", "")[:500]


@pytest.mark.parametrize("small", [False, True])
def test_spare_bits_where_a_field_is_are_refused(tmp_path: Path, small: bool) -> None:
    bits = "TYPE B_BFLD = BIT FIELD OF UINT24 A : UINT(0..3); B : INT(4..9); END;"
    of = definition(f"DOCUMENT D; {bits} TYPE A_RCD = PACKED RECORD N : UINT8; B : B_BFLD; END; TABLE 5 A_TBL = A_RCD;")
    known = Environment()
    known.set(0, ("DATA_ORDER",), 1)
    known.set(0, ("INT_FORMAT",), 0)
    plan = bind(of.plan, known)
    library = Library(of.model, plan, tmp_path, ("gcc", "-O1"), small=small)
    (table,) = plan.tables
    environment = library.environment(Environment())
    _, value = library.decode(table, b"\7\x12\x36\xf5", environment)
    assert (value.N, value.B.A, value.B.B, value.B.spare) == (7, 5, -17, 0x123400)
    for spare, expected in ((0xFFFC00, "ok"), (0x10, "range"), (0x200, "range"), (0x1000000, "range"), (0, "ok")):
        value.B.spare = spare
        verdict = library.encode(table, value, environment, 4)
        assert verdict[0] == expected, hex(spare)
        if expected == "range":
            assert verdict[1:] == (("B",), 1)
    for number, expected in ((31, "ok"), (32, "range"), (-32, "ok"), (-33, "range")):
        value.B.B = number
        assert library.encode(table, value, environment, 4)[0] == expected
