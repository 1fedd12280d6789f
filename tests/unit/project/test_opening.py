"""The public door: from bytes to values in two lines."""

from __future__ import annotations

from pathlib import Path

import pytest

import tdl
from tdl.image import Image, Profile

ROOT = Path(__file__).parents[3]
A3 = ROOT / "tests" / "data" / "images" / "elster-a3"
EXAMPLE = ROOT / "examples" / "meter-with-fragment"
OCTETS = {"ST1": (A3 / "ST1.bin").read_bytes()}


def test_two_lines() -> None:
    assert tdl.open(A3, "std:2012")["ST1"].ED_MODEL == "A3R     "
    assert tdl.open(str(A3))["1"].FW_VERSION_NUMBER == 3


def test_fragments_and_definitions_that_are_loaded_already() -> None:
    fragment = str(EXAMPLE / "acme-ax200.tdl")
    reading = tdl.open(EXAMPLE / "image", "std:2012", fragments=[fragment])
    assert reading["MT5"].NBR_FAULTS == 2
    definition = tdl.load("std:2012", [fragment])
    assert isinstance(definition, tdl.Definition)
    assert tdl.open(EXAMPLE / "image", definition)["ACME_FAULT_TBL"] == reading["MT5"]
    assert tdl.load("std:2012", [Path(fragment)], near=[EXAMPLE]).hash == definition.hash
    assert tdl.open(EXAMPLE / "image", fragments=[Path(fragment)])["MT5"] == reading["MT5"]
    assert isinstance(reading["MT5"], tdl.Record)
    assert dict(reading).keys() == reading.keys() == reading.values.keys()
    assert [key for key, _ in reading.items()] == list(reading)


def test_a_definition_may_be_a_path(tmp_path: Path) -> None:
    path = tmp_path / "a.tdl"
    path.write_text("TYPE A_RCD = PACKED RECORD\n    A : UINT8;\nEND;\nTABLE 0 A_TBL = A_RCD;\n", "utf-8")
    assert tdl.load(path).hash == tdl.load(str(path)).hash
    assert tdl.open(Image(tables={"ST0": b"\x07"}), path)["A_TBL"].A == 7


@pytest.mark.parametrize(
    ("bind", "set"),
    [
        ({"GEN_CONFIG_TBL": {"CHAR_FORMAT": 1, "ID_FORM": 0}}, None),
        (Profile(values={"ST0": {"CHAR_FORMAT": 1, "ID_FORM": 0}}), None),
        (A3 / "profile.toml", None),
        (str(A3), None),
        (EXAMPLE / "image", None),
        (None, {"GEN_CONFIG_TBL.CHAR_FORMAT": 1, "GEN_CONFIG_TBL.ID_FORM": False}),
        (None, ["GEN_CONFIG_TBL.CHAR_FORMAT=1", "GEN_CONFIG_TBL.ID_FORM=0"]),
        ({"ST0": {"CHAR_FORMAT": 1, "ID_FORM": 1}}, {"ST0.ID_FORM": 0}),
    ],
)
def test_values_that_the_image_does_not_hold(bind: object, set: object) -> None:
    reading = tdl.open(Image(tables=OCTETS), bind=bind, set=set)  # type: ignore[arg-type]
    assert reading["ST1"].MFG_SERIAL_NUMBER == "        12345678"


def test_what_is_missing_is_an_error_of_the_table() -> None:
    reading = tdl.open(Image(tables=OCTETS))
    with pytest.raises(tdl.DecodeError, match=r"GEN_CONFIG_TBL.FORMAT_CONTROL_1.CHAR_FORMAT"):
        reading["ST1"]
    assert list(reading.failures) == ["ST1"]


def test_every_error_is_one_of_ours(tmp_path: Path) -> None:
    with pytest.raises(tdl.TdlError):
        tdl.open(tmp_path / "nothing")
    with pytest.raises(tdl.CompileError):
        tdl.open(A3, "nothing.tdl")
    with pytest.raises(tdl.TdlError):
        tdl.open(A3, set={"ST0.NOTHING": 1})
    with pytest.raises(tdl.TdlError):
        tdl.open(A3, bind=tmp_path / "nothing.toml")


def test_all_that_is_promised_is_there() -> None:
    for name in tdl.__all__:
        assert getattr(tdl, name) is not None
        assert name in dir(tdl)
    with pytest.raises(AttributeError):
        tdl.nothing  # noqa: B018


def test_a_profile_of_the_library() -> None:
    reading = tdl.open(A3, bind="std:residential")
    assert reading["ST1"].MFG_SERIAL_NUMBER.strip()
    with pytest.raises(tdl.TdlError, match="no such profile in the library"):
        tdl.open(A3, bind="std:nothing")
    with pytest.raises(tdl.TdlError, match="no such profile in the library"):
        tdl.open(A3, bind="std:..")


def test_where_elements_lie() -> None:
    located = tdl.open(EXAMPLE / "image", "std:2012").located("CURRENT_REG_DATA_TBL")
    path = ("TIER_DATA_BLOCK", 1, "DEMANDS", 0, "CUM_DEMAND")
    where = located.locate(path)
    assert (where.offset, where.octets) == (64, 4)
    assert located.element_at(66) == path
    assert located.path_of(located.indices_of(path)) == path
    with pytest.raises(KeyError):
        tdl.open(A3).located("ST0")
