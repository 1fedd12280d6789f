"""The vectors of a definition: what they cover, what they say, and that the reference codec agrees with them."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import resources
from typing import Any

import jsonschema
import pytest

from tdl.codec.environment import Environment
from tdl.ir.bind import bind_table
from tdl.project import load
from tdl.sources import Resolver
from tdl.vectors import making
from tdl.vectors.suite import Suite, codes_of, make_suite, write_suite
from tests.unit.vectors.definitions import definition
from tests.unit.vectors.replaying import disagreements, reference, suite_of
from tests.work import counted

METER = definition()
SUITE = suite_of(METER)


def of(suite: Suite, key: str) -> list[Any]:
    return [vector for vector in suite.vectors if vector.table == key]


def test_the_reference_codec_agrees() -> None:
    assert list(disagreements(METER, SUITE, reference(METER))) == []
    assert sum(vector.accepted for vector in SUITE.vectors) > 60
    assert sum(not vector.accepted for vector in SUITE.vectors) > 40


def test_what_is_not_covered_says_why() -> None:
    missed = {each.branch: each.reason for table in SUITE.tables for each in table.missed}
    assert missed == {
        "ROWS: count `GEN_CONFIG_TBL.ROWS + 1` = 0": "the values of `GEN_CONFIG_TBL.ROWS + 1` exclude it",
        "`.COUNT < 13` true": "`.COUNT > 12` true contradicts `.COUNT < 13` true",
    }
    assert SUITE.covered == SUITE.branches - 2


def test_what_lies_behind_an_unreachable_branch_is_not_covered_either() -> None:
    text = "COUNT : UINT8; IF COUNT > 300 THEN X : UINT8; IF COUNT THEN Y : UINT8; END; END;"
    source = f"TYPE A_RCD = PACKED RECORD {text} END;\nTABLE 0 A_TBL = A_RCD;\n"
    suite = suite_of(load("a.tdl", (), Resolver({"a.tdl": source})))
    reasons = {each.reason for table in suite.tables for each in table.missed}
    assert reasons == {"the values of `.COUNT > 300` exclude it"}
    assert (suite.covered, suite.branches) == (1, 4)


def test_numbers_have_their_ends_and_zero() -> None:
    balances = {v.values["BALANCE"] for v in of(SUITE, "ST1") if v.accepted}
    assert {-(2**31), -(2**31) + 1, 2**31 - 1, 0} <= {int(b) for b in balances if isinstance(b, int)}
    levels = {v.values["FLAGS"]["LEVEL"] for v in of(SUITE, "ST1") if v.accepted}
    assert {-8, 7, 0} <= levels
    causes = {v.values["FLAGS"].get("CAUSE") for v in of(SUITE, "ST1") if v.accepted}
    assert {0, 7} <= causes


def test_arrays_are_empty_and_filled() -> None:
    counts = {len(v.values["EXTRAS"]) for v in of(SUITE, "ST1") if v.accepted}
    assert {0, 3} <= counts
    assert max(counts) > 12


def test_every_code_of_an_enumeration_and_one_that_it_does_not_have() -> None:
    states = {row["STATE"] for v in of(SUITE, "ST1") if v.accepted for row in v.values["ROWS"]}
    assert {0, 1, 9, 4} <= states
    assert codes_of(METER.model.enumerations) == {"STATES_ENUM": (0, 1, 9, 4)}


def test_every_format_of_numbers_and_times() -> None:
    formats = {
        v.environment["GEN_CONFIG_TBL"]["MORE_FORMATS"].get("NI_FORMAT1") for v in of(SUITE, "ST1") if v.accepted
    }
    assert set(range(14)) <= formats
    times = {v.environment["GEN_CONFIG_TBL"]["MORE_FORMATS"]["TM_FORMAT"] for v in of(SUITE, "ST1") if v.accepted}
    assert times == {0, 1, 2, 3, 4}


@pytest.mark.parametrize("kind", ["truncated", "trailing", "missing", "refused"])
def test_each_kind_of_refusal(kind: str) -> None:
    assert any(v.refusal is not None and v.refusal.kind == kind for v in of(SUITE, "ST1"))


def test_an_image_is_cut_before_every_element() -> None:
    cut = {v.refusal.path for v in of(SUITE, "ST1") if v.refusal is not None and v.refusal.kind == "truncated"}
    leaves = {"COUNT", "FLAGS", "BALANCE", "WHEN_READ", "ROWS[0].STATE", "ROWS[0].VALUE", "ROWS[0].NOTE"}
    assert leaves | {"ROWS[2].THIRD", "EXTRAS[0]", "ONE", "TWO", "OTHER", "MANY", "MARKS", "MARKED"} <= cut


def test_every_value_that_is_needed_is_left_out_once() -> None:
    missing = {v.refusal.expected for v in of(SUITE, "ST1") if v.refusal is not None and v.refusal.kind == "missing"}
    needs = {f"a value for `{need.reference.label}`" for need in METER.table("ST1").needs}
    assert missing == needs


def test_the_same_seed_makes_the_same_document() -> None:
    again = suite_of(METER)
    assert write_suite(again) == write_suite(SUITE)
    other = suite_of(METER, seed=1)
    assert write_suite(other) != write_suite(SUITE)
    assert (other.covered, other.branches) == (SUITE.covered, SUITE.branches)


def test_tables_do_not_depend_on_each_other() -> None:
    assert of(suite_of(METER, "ST1"), "ST1") == of(SUITE, "ST1")


def test_the_document_fits_its_schema() -> None:
    schema = json.loads(resources.files("tdl.vectors").joinpath("schema.json").read_text("utf-8"))
    document = json.loads(write_suite(SUITE))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document, schema)
    assert len(document["vectors"]) == len(list(SUITE.vectors))
    document["vectors"][0].pop("values")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema)


def test_what_is_known_of_a_meter_stays() -> None:
    known = Environment()
    known.set(0, ("MODE",), 3)
    known.set(0, ("ROWS",), 1)
    known.set(0, ("FORMATS", "DATA_ORDER"), 1)
    table = METER.table("ST1")
    suite = make_suite(
        "METER", "", [(table, bind_table(table, known))], known, METER.model.enumerations, seed=0, count=1
    )
    needed = [v.environment["GEN_CONFIG_TBL"] for v in suite.vectors if v.accepted]
    assert all((n["MODE"], n["ROWS"], n["FORMATS"]["DATA_ORDER"]) == (3, 1, 1) for n in needed)
    assert suite.branches < replace(SUITE, tables=SUITE.tables[1:]).branches
    assert list(disagreements(METER, suite, reference(METER))) == []


def test_the_examples_are_covered() -> None:
    suite = suite_of(load("examples/first-table/pump.tdl"))
    assert suite.covered == suite.branches


def test_hostile_layouts_cost_bounded_work() -> None:
    conditions = " AND ".join(f"(A{n} * A{n + 1} == {n + 7919} OR A{n} + A{n + 1} == {n + 6007})" for n in range(8))
    members = " ".join(f"A{n} : UINT8;" for n in range(9))
    source = (
        f"TYPE A_RCD = PACKED RECORD {members} IF {conditions} THEN X : ARRAY[A0 * A1 * A2] OF UINT64; END; END;\n"
        "TABLE 0 A_TBL = A_RCD;\n"
    )
    compiled = load("a.tdl", (), Resolver({"a.tdl": source}))
    with counted() as work:
        suite = suite_of(compiled)
    assert suite.covered < suite.branches
    assert work.calls < 20_000_000


def test_what_is_long_in_any_case_is_made() -> None:
    body = "A : UINT8; B : ARRAY[1000] OF UINT8; C : BINARY(A + 700); D : ARRAY[A + 500] OF UINT8;"
    source = f"TYPE A_RCD = PACKED RECORD {body} END;\nTABLE 0 A_TBL = A_RCD;\n"
    suite = suite_of(load("a.tdl", (), Resolver({"a.tdl": source})), count=1)
    assert [missed.branch for table in suite.tables for missed in table.missed] == [
        "C: length `.A + 700` = 0",
        "D: count `.A + 500` = 0",
    ]
    too_long = "TYPE A_RCD = PACKED RECORD B : ARRAY[70000] OF UINT8; END;\nTABLE 0 A_TBL = A_RCD;\n"
    assert list(suite_of(load("a.tdl", (), Resolver({"a.tdl": too_long})), count=1).vectors) == []


def test_large_tables_get_a_share_of_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    members = " ".join(f"A{n} : UINT8; IF A{n} == {n % 250} THEN B{n} : UINT8; END;" for n in range(60))
    source = f"TYPE A_RCD = PACKED RECORD {members} END;\nTABLE 0 A_TBL = A_RCD;\n"
    compiled = load("a.tdl", (), Resolver({"a.tdl": source}))
    assert suite_of(compiled).covered == 120
    monkeypatch.setattr(making, "MAX_STEPS", 2_000)
    with counted() as work:
        suite = suite_of(compiled)
    assert suite.covered < suite.branches
    assert {missed.reason for table in suite.tables for missed in table.missed} == {
        "the table is too large to look for it"
    }
    assert work.calls < 1_000_000


def test_formats_are_taken_with_values_that_look_different_in_each() -> None:
    source = "TYPE A_RCD = PACKED RECORD A : INT32; T : STRING(2); END;\nTABLE 1 A_TBL = A_RCD;\n"
    suite = suite_of(load("a.tdl", (), Resolver({"a.tdl": source})), count=0)
    accepted = [v for v in suite.vectors if v.accepted]
    signs = {v.environment["GEN_CONFIG_TBL"]["INT_FORMAT"] for v in accepted if v.values["A"] < 0}
    charsets = {v.environment["GEN_CONFIG_TBL"]["CHAR_FORMAT"] for v in accepted if v.octets[-1] > 127}
    orders = {v.environment["GEN_CONFIG_TBL"]["DATA_ORDER"] for v in accepted if v.octets[:4] != v.octets[:4][::-1]}
    assert signs == {0, 1, 2}
    assert {1, 2, 3} < charsets
    assert {0, 1} <= orders


def test_values_that_arithmetic_and_bounds_refuse() -> None:
    body = (
        "A : UINT8; B : UINT8; C : ARRAY[8 / A] OF UINT8; D : BINARY(A - B); "
        "IF A == 1 AND 7 % B == 1 THEN E : UINT8; END;"
    )
    source = f"TYPE A_RCD = PACKED RECORD {body} END;\nTABLE 0 A_TBL = A_RCD;\n"
    suite = suite_of(load("a.tdl", (), Resolver({"a.tdl": source})), count=0)
    refused = {(v.refusal.kind, v.refusal.path) for v in suite.vectors if v.refusal is not None}
    assert {("arithmetic", "C"), ("dimension", "D"), ("arithmetic", "")} <= refused
    assert {"refused C: `8 / .A` without a value"} <= {v.name for v in suite.vectors}
