"""`tdl vectors`: the document, the report, and what is known of a meter."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Run
from tests.spec.console import renewed
from tests.spec.manual import blocks

PUMP = ROOT / "examples" / "first-table" / "pump.tdl"
DEAD = """\
TYPE A_RCD = PACKED RECORD
    COUNT : UINT8;
    IF COUNT > 12 THEN
        MANY : UINT8;
        IF COUNT < 13 THEN
            NEVER : UINT8;
        END;
    END;
END;
TABLE 0 A_TBL = A_RCD;
"""


def test_the_document_goes_to_standard_output_and_the_report_to_the_person(tdl: Run) -> None:
    result = tdl("vectors", "-d", PUMP)
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert document["definition"] == "PUMP"
    assert {vector["table"] for vector in document["vectors"]} == {"MT0", "MT1"}
    accepted = sum(vector["verdict"] == "accept" for vector in document["vectors"])
    refused = len(document["vectors"]) - accepted
    coverage = document["coverage"]
    assert coverage["covered"] == coverage["branches"] > 0
    assert result.stderr == (
        f"{accepted + refused} vectors of 2 tables, {accepted} accepted and {refused} refused; "
        f"covered {coverage['covered']} of {coverage['branches']} branches\n"
    )


def test_what_cannot_be_reached_is_named_and_explained(tdl: Run) -> None:
    Path("a.tdl").write_text(DEAD, "utf-8")
    result = tdl("vectors", "-d", "a.tdl", "-o", "vectors.json")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert result.stderr.splitlines()[0] == (
        "not covered: ST0 `.COUNT < 13` true: `.COUNT < 13` true contradicts `.COUNT > 12` true"
    )
    assert "covered 3 of 4 branches" in result.stderr
    assert json.loads(Path("vectors.json").read_text("utf-8"))["coverage"]["missed"][0]["table"] == "ST0"


def test_the_seed_decides(tdl: Run) -> None:
    first = tdl("vectors", "-d", PUMP, "--seed", 7).stdout
    assert tdl("vectors", "-d", PUMP, "--seed", 7).stdout == first
    assert tdl("vectors", "-d", PUMP, "--seed", 8).stdout != first


def test_tables_and_random_images_are_picked(tdl: Run) -> None:
    few = json.loads(tdl("vectors", "-d", PUMP, "--table", "ACT_PUMP_TBL", "--count", 0).stdout)["vectors"]
    many = json.loads(tdl("vectors", "-d", PUMP, "--table", "MT0", "--count", 20).stdout)["vectors"]
    assert {vector["table"] for vector in (*few, *many)} == {"MT0"}
    assert not any(vector["name"].startswith("random") for vector in few)
    assert 10 < sum(vector["name"].startswith("random") for vector in many) <= 20  # less those that are the same
    assert tdl("vectors", "-d", PUMP, "--table", "ST9").exit_code == 2
    assert tdl("vectors", "-d", PUMP, "--count", -1).exit_code == 2


def test_what_a_meter_is_set_to_stays(tdl: Run) -> None:
    set_to = ("--set", "ACT_PUMP_TBL.NBR_CHANNELS=2", "--set", "ACT_PUMP_TBL.TEMPERATURE_FLAG=0")
    vectors = json.loads(tdl("vectors", "-d", PUMP, "--table", "MT1", *set_to).stdout)["vectors"]
    values = [vector["values"] for vector in vectors if vector["verdict"] == "accept"]
    assert values
    assert all(len(each["CHANNELS"]) == 2 and "TEMPERATURE" not in each for each in values)
    image = ("--bind", PUMP.parent / "meter")
    assert tdl("vectors", "-d", PUMP, "--table", "MT1", *image).exit_code == 0


def test_accepted_vectors_are_what_decode_prints(tdl: Run) -> None:
    vectors = json.loads(tdl("vectors", "-d", PUMP, "--count", 1).stdout)["vectors"]
    for vector in vectors[::4]:
        image = json.dumps({vector["table"]: vector["octets"], "$profile": vector["environment"]})
        result = tdl("decode", "-d", PUMP, "-", "--format", "json", input=image)
        assert (result.exit_code == 0) == (vector["verdict"] == "accept")
        if vector["verdict"] == "accept":
            assert json.loads(result.stdout)[vector["table"]] == vector["values"]


def test_the_page_shows_what_is_printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    page = ROOT / "docs" / "reference" / "vectors.md"
    monkeypatch.chdir(page.parent)
    assert renewed(page) == page.read_text("utf-8")
    example, printed = (block for block in blocks(page) if block.info in ("python", "text"))
    exec(compile(example.body, example.place, "exec"), {})
    assert capsys.readouterr().out == printed.body
