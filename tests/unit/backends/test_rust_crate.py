"""The files of the Rust back end: names, options, refusals, and what they promise about themselves."""

from __future__ import annotations

import re

import pytest

from tdl.backends.api import BackendError, Options, find_backend
from tdl.backends.rust.names import RUST_WORDS, Identifiers, camel, member, shouted, snake, string
from tdl.backends.rust.notes import line
from tdl.codec.environment import Environment
from tdl.ir.bind import bind
from tdl.ir.plan import Plan
from tdl.project.definition import Definition, load
from tdl.sources import Resolver

TEXT = """
DOCUMENT D;
TYPE KIND_ENUM = ENUMERATION
    NONE : 0;
    ONE : 1;
    REST : 2..9;
END;
TYPE A_RCD = PACKED RECORD
    COUNT : UINT8 WITH Label = "how many there are", Unit = "pcs";
    X : ARRAY[COUNT] OF UINT16;
    type : UINT8;
    Type : UINT8 WITH Enum = KIND_ENUM;
    IF COUNT > 1 THEN MORE : ARRAY[2] OF INT24; END;
END;
TABLE 5 A_TBL = A_RCD;
TYPE B_RCD = PACKED RECORD
    FLAG : UINT8;
    Y : BINARY(A_TBL.COUNT);
END;
TABLE MFG 12 B_TBL = B_RCD;
"""


def definition(text: str = TEXT) -> Definition:
    return load("d.tdl", resolver=Resolver({"d.tdl": text}))


def bound(of: Definition) -> Plan:
    known = Environment()
    known.set(0, ("DATA_ORDER",), 0)
    known.set(0, ("INT_FORMAT",), 0)
    return bind(of.plan, known)


def files(of: Definition, plan: Plan, **values: str) -> dict[str, str]:
    package = values.pop("package", None)
    made = find_backend("rust").generate(of.model, plan, Options(package=package, values=values))
    return {file.path: file.content.decode("utf-8") for file in made}


def refused(of: Definition, plan: Plan, **values: str) -> str:
    with pytest.raises(BackendError) as raised:
        files(of, plan, **values)
    return raised.value.diagnostic.code


def test_a_module_for_each_group() -> None:
    of = definition()
    made = files(of, of.plan, package="meter")
    modules = {path for path in made if path.startswith("src/") and "/support/" not in path}
    assert modules == {f"src/{name}.rs" for name in ("lib", "codes", "decade0", "env", "mfg1", "types")}
    assert 'name = "meter"' in made["Cargo.toml"]
    assert "serde" not in "".join(text for path, text in made.items() if "support" not in path)
    for path, text in made.items():
        if "/support/" in path:
            assert text.startswith("// SPDX-License-Identifier: 0BSD\n"), path
        else:
            assert (of.hash in text) == (path in ("src/lib.rs", "Cargo.toml")), path
    for word in ("unsafe ", ".unwrap()", ".expect(", "panic!"):
        assert word not in "".join(made.values())


def test_the_same_input_gives_the_same_files() -> None:
    assert files(definition(), definition().plan) == files(definition(), definition().plan)


def test_what_is_known_is_no_part_of_the_environment() -> None:
    of = definition()
    assert "pub a_tbl_count: Option<u8>," in files(of, of.plan)["src/env.rs"]
    assert "pub data_order" in files(of, of.plan)["src/env.rs"].replace("gen_config_tbl_", "")
    assert "data_order" not in files(of, bound(of))["src/env.rs"]


def test_types_of_fields() -> None:
    of = definition()
    text = files(of, bound(of))["src/decade0.rs"]
    fields = dict(re.findall(r"    pub (\w+): (.*),\n", text.partition("pub struct St5 {")[2].partition("}")[0]))
    assert fields == {
        "count": "u8",
        "x": "Vec<u16>",
        "type_": "u8",
        "type_2": "KindEnum",
        "more": "Option<[i32; 2]>",
    }


def test_fields_say_what_they_are() -> None:
    of = definition()
    text = files(of, bound(of))["src/decade0.rs"]
    assert "/// `A_TBL`, ST5: 3 to 519 octets." in text
    assert "/// `COUNT`: 8 bits without sign, from octet 0 on; how many there are, in pcs." in text
    assert "/// `X`: 16 bits without sign, from octet 1 on." in text


def test_what_documents_say_stays_in_comments() -> None:
    assert line("a\nb\u202e \x00c\r\n") == "a b c"


def test_tables_that_are_chosen() -> None:
    of = definition()
    assert "src/mfg1.rs" not in files(of, of.plan, tables="ST5")
    assert refused(of, of.plan, tables="ST6") == "TDL903"


@pytest.mark.parametrize("package", ["Meter", "1st", "a b", "crate", "x" * 65, "../up"])
def test_names_that_are_no_crates(package: str) -> None:
    of = definition()
    assert refused(of, of.plan, package=package) == "TDL903"


def test_options_with_other_values() -> None:
    of = definition()
    assert refused(of, of.plan, serde="maybe") == "TDL903"
    assert refused(of, of.plan, alloc="no") == "TDL902"
    assert "serde" in files(of, of.plan, serde="yes")["Cargo.toml"]


@pytest.mark.parametrize(
    "members",
    [
        "LIST : ARRAY[2] OF B_RCD; X : BINARY(LIST[0].N);",  # elements of several sizes
        "LIST : ARRAY[2] OF C_RCD;",  # an array that is being moved
    ],
)
def test_references_without_code(members: str) -> None:
    text = (
        "DOCUMENT D;\nTYPE B_RCD = PACKED RECORD\n    M : UINT8;\n    Z : BINARY(M);\n    N : UINT8;\nEND;\n"
        "TYPE C_RCD = PACKED RECORD\n    M : UINT8;\n    Z : BINARY(A_TBL.LIST[0].M);\nEND;\n"
        f"TYPE A_RCD = PACKED RECORD {members} END;\nTABLE 5 A_TBL = A_RCD;\n"
    )
    of = definition(text)
    assert refused(of, of.plan) == "TDL907"


def test_names() -> None:
    assert (snake("NBR_TIERS"), camel("REGISTER_DATA_RCD"), shouted("all_sums")) == (
        "nbr_tiers",
        "RegisterDataRcd",
        "ALL_SUMS",
    )
    assert (snake("__init__"), snake("2ND"), snake("é")) == ("init", "x2nd", "x")
    assert [member(word) for word in ("TYPE", "Self", "gen", "NAME")] == ["type_", "self_", "gen_", "name"]
    assert {"match", "async", "try"} <= RUST_WORDS
    names = Identifiers(frozenset({"spare"}))
    assert [names.take(name) for name in ("a", "a", "spare", "type_", "type_", "Code", "Code")] == [
        "a",
        "a_2",
        "spare_2",
        "type_",
        "type_2",
        "Code",
        "Code2",
    ]


def test_texts_cannot_leave_their_quotes() -> None:
    assert string('a"b\\\n\0é') == r'"a\u{22}b\u{5c}\u{a}\u{0}\u{e9}"'
