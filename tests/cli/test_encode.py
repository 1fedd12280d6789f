from __future__ import annotations

import json
import os
from pathlib import Path

from tests.cli.conftest import Run, tree

TEXT = """\
TYPE CONFIG_RCD = PACKED RECORD
    DATA_ORDER : UINT8;
    COUNT : UINT8;
END;
TABLE 0 CONFIG_TBL = CONFIG_RCD;
TYPE LIST_RCD = PACKED RECORD
    ITEMS : ARRAY[CONFIG_TBL.COUNT] OF UINT16;
END;
TABLE 1 LIST_TBL = LIST_RCD;
"""
VALUES = {"ST1": {"ITEMS": [1, 2]}, "ST0": {"DATA_ORDER": 1, "COUNT": 2}}


def _encode(tdl: Run, values: object, *options: str) -> tuple[int, str]:
    Path("d.tdl").write_text(TEXT)
    Path("v.json").write_text(json.dumps(values))
    result = tdl("encode", "-d", "d.tdl", "v.json", "-o", "out", *options)
    assert result.stdout == ""
    return result.exit_code, result.stderr


def test_tables_are_encoded_with_what_the_others_say(tdl: Run, tmp_path: Path) -> None:
    assert _encode(tdl, VALUES) == (0, "wrote 2 tables to out/ (2 changed)\n")
    assert tree(tmp_path / "out") == {"ST0.bin": b"\x01\x02", "ST1.bin": b"\x00\x01\x00\x02"}


def test_what_is_the_same_keeps_its_time_stamp_and_other_files_stay(tdl: Run, tmp_path: Path) -> None:
    _encode(tdl, VALUES)
    (tmp_path / "out" / "notes.txt").write_text("mine")
    os.utime(tmp_path / "out" / "ST0.bin", (1, 1))
    assert _encode(tdl, {**VALUES, "ST1": {"ITEMS": [1, 3]}}) == (0, "wrote 2 tables to out/ (1 changed)\n")
    assert (tmp_path / "out" / "ST0.bin").stat().st_mtime == 1
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"


def test_octets_and_single_values(tdl: Run, tmp_path: Path) -> None:
    code, _ = _encode(tdl, {"ST1": "00 05"}, "--set", "CONFIG_TBL.COUNT=1", "--set", "CONFIG_TBL.DATA_ORDER=1")
    assert code == 0
    assert tree(tmp_path / "out") == {"ST1.bin": b"\x00\x05"}


def test_nothing_is_written_if_one_table_fails(tdl: Run, tmp_path: Path) -> None:
    for values, code, message in (
        ({**VALUES, "ST1": {"ITEMS": [1]}}, "TDL518", "`ST1 ITEMS`: 1 found, 2 elements expected"),
        ({**VALUES, "ST1": {"ITEMS": [1, 65536]}}, "TDL518", "`ST1 ITEMS[1]`"),
        ({**VALUES, "ST1": {}}, "TDL520", "`ST1 ITEMS`: none found, a value expected"),
        ({**VALUES, "ST1": {"ITEMS": [1, 2], "MORE": 1}}, "TDL519", "`ST1 MORE` is given a value"),
        ({"ST1": {"ITEMS": [1]}}, "TDL510", "`ST1 ITEMS` needs a value for `CONFIG_TBL.COUNT`"),
        ({**VALUES, "ST9": {}}, "TDL521", "`ST9`"),
        ({**VALUES, "ST1": "00"}, "TDL511", "`ST1 ITEMS[0]` at octet 0"),
    ):
        exit_code, stderr = _encode(tdl, values)
        assert exit_code == 1
        assert f"error {code}: " in stderr
        assert message in stderr
        assert not (tmp_path / "out").exists()


def test_values_that_are_no_values(tdl: Run, tmp_path: Path) -> None:
    Path("d.tdl").write_text(TEXT)
    result = tdl("encode", "-d", "d.tdl", "-", "-o", "out", input="{")
    assert result.exit_code == 2
    assert "error TDL523: `<stdin>` cannot be read as an image" in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_place_that_cannot_be_written(tdl: Run, tmp_path: Path) -> None:
    Path("out").write_text("a file")
    code, stderr = _encode(tdl, VALUES)
    assert code == 2
    assert "error TDL005: `out` cannot be written" in stderr
    assert Path("out").read_text() == "a file"
