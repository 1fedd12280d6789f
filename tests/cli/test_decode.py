from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import EXAMPLE, IMAGES, Run, tree

A3 = IMAGES / "elster-a3"
FRAGMENT = ("-d", "std:2012", "-f", EXAMPLE / "acme-ax200.tdl")


def test_a_real_meter_in_one_command(tdl: Run) -> None:
    result = tdl("decode", "-d", "std:2012", A3)
    assert result.exit_code == 0
    assert result.stderr == ""
    assert result.stdout == (
        "ST1 GENERAL_MFG_ID_TBL (32 octets)\n"
        "  MANUFACTURER        EE\n"
        "  ED_MODEL            A3R\n"
        "  HW_VERSION_NUMBER   2\n"
        "  HW_REVISION_NUMBER  0\n"
        "  FW_VERSION_NUMBER   3\n"
        "  FW_REVISION_NUMBER  6\n"
        '  MFG_SERIAL_NUMBER   "        12345678"\n'
    )


def test_octets_with_what_they_mean(tdl: Run) -> None:
    result = tdl("decode", "-d", "std:2012", A3, "--annotate")
    assert result.stdout.splitlines()[1:4] == [
        "     0  45 45 20 20              MANUFACTURER = EE",
        "     4  41 33 52 20 20 20 20 20  ED_MODEL = A3R",
        "    12  02                       HW_VERSION_NUMBER = 2",
    ]
    assert "    24  31 32 33 34 35 36 37 38\n" in result.stdout
    fields = tdl("decode", "-d", "std:2012", EXAMPLE / "image", "--annotate", "--table", "3").stdout
    assert "     1  00 41                    ED_STD_STATUS1 (bits of no field: 0x4000)\n" in fields
    assert "        bit 8                    ED_STD_STATUS1.LOW_BATTERY_FLAG = true\n" in fields


@pytest.mark.parametrize(
    ("image", "options"),
    [(A3, ("-d", "std:2012")), (IMAGES / "epri-st0", ("-d", "std:2012")), (EXAMPLE / "image", FRAGMENT)],
    ids=["elster", "epri", "example"],
)
def test_an_image_is_encoded_again_octet_for_octet(
    tdl: Run, tmp_path: Path, image: Path, options: tuple[object, ...]
) -> None:
    decoded = tdl("decode", *options, image, "--format", "json")
    assert decoded.exit_code == 0
    profile = ("--bind", image / "profile.toml") if (image / "profile.toml").exists() else ()
    encoded = tdl("encode", *options, *profile, "-", "-o", "out", input=decoded.stdout)
    assert encoded.exit_code == 0, encoded.stderr
    assert tree(tmp_path / "out") == {name: octets for name, octets in tree(image).items() if name.endswith(".bin")}
    again = tdl("decode", *options, *profile, "-", "--format", "json", input=decoded.stdout)
    assert json.loads(again.stdout) == json.loads(decoded.stdout)


def test_codes_units_sets_and_bits_of_no_field(tdl: Run) -> None:
    shown = tdl("decode", "-d", "std:2012", EXAMPLE / "image").stdout
    assert "  NAMEPLATE_TYPE                       2 (ELECTRIC)\n" in shown
    assert "  MAX_PROC_PARM_LENGTH                 32 octets\n" in shown
    assert "  STD_TBLS_USED                        {0..8, 10..16, 20..28, 60..64}\n" in shown
    assert "  ED_STD_STATUS1 (bits of no field)        0x4000\n" in shown


def test_nothing_is_wider_than_the_page(tdl: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = tdl("decode", "-d", "std:2012", IMAGES / "epri-st0").stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert "  STD_TBLS_USED                        {0..8, 10, 11, 13, 15, 20..28, 30..33," in lines
    assert "                                       40..45, 50..55, 60..64, 70..76, 80..97}" in lines


def _without_profile(folder: Path) -> Path:
    shutil.copytree(A3, folder / "a3")
    (folder / "a3" / "profile.toml").unlink()
    return folder / "a3"


def test_what_is_missing_is_named_with_the_way_to_give_it(tdl: Run, tmp_path: Path) -> None:
    image = _without_profile(tmp_path)
    result = tdl("decode", "-d", "std:2012", image.name)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == (
        "error TDL510: `ST1 MANUFACTURER` needs a value for "
        "`GEN_CONFIG_TBL.FORMAT_CONTROL_1.CHAR_FORMAT`, which is not known\n"
        " --> a3: ST1 octet 0\n"
        "  note: not known either: `GEN_CONFIG_TBL.FORMAT_CONTROL_2.ID_FORM`\n"
        "  help: give it with `--set GEN_CONFIG_TBL.CHAR_FORMAT=VALUE`, or the meter's\n"
        "        values with `--bind PROFILE_OR_IMAGE`\n"
        "\n"
        "1 error\n"
    )
    given = ("--set", "GEN_CONFIG_TBL.CHAR_FORMAT=1", "--set", "ST0.ID_FORM=0")
    assert tdl("decode", "-d", "std:2012", image, *given).exit_code == 0
    assert tdl("decode", "-d", "std:2012", image, "--bind", A3 / "profile.toml").exit_code == 0
    assert tdl("decode", "-d", "std:2012", image, "--bind", EXAMPLE / "image").exit_code == 0
    assert tdl("decode", "-d", "std:2012", image, "--bind", A3).exit_code == 0


def test_one_table_that_fails_does_not_hide_the_others(tdl: Run, tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE / "image", tmp_path / "image")
    octets = (tmp_path / "image" / "ST12.bin").read_bytes()
    (tmp_path / "image" / "ST12.bin").write_bytes(octets[:-1])
    result = tdl("decode", *FRAGMENT, "image")
    assert result.exit_code == 1
    assert result.stdout.count(" octets)\n") == 9
    assert "ST12" not in result.stdout
    assert "error TDL511: `ST12 UOM_ENTRY[3]` at octet 12: 3 left, 4 octets expected\n" in result.stderr
    assert " --> image: ST12 octet 12\n" in result.stderr
    as_json = tdl("decode", *FRAGMENT, "image", "--format", "json")
    assert as_json.exit_code == 1
    assert len(json.loads(as_json.stdout)) == 9


def test_a_table_that_others_need(tdl: Run, tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE / "image", tmp_path / "image")
    (tmp_path / "image" / "ST21.bin").write_bytes(b"")
    result = tdl("decode", *FRAGMENT, "image")
    assert result.exit_code == 1
    assert "ST22 " not in result.stdout
    assert "not known, as ST21 itself fails" in " ".join(result.stderr.split())


def test_tables_and_elements_on_request(tdl: Run) -> None:
    image = EXAMPLE / "image"
    assert tdl("decode", "-d", "std:2012", image, "--table", "st1", "--table", "3").stdout.count("octets)") == 2
    one = tdl("decode", "-d", "std:2012", image, "--path", "ST1.ED_MODEL")
    assert one.stdout == "ST1 GENERAL_MFG_ID_TBL (32 octets)\n  ED_MODEL  AX200\n"
    assert one.stderr == ""
    beside = tdl("decode", "-d", "std:2012", image, "--table", "ST0", "--path", "TM_FORMAT", "--path", "CHAR_FORMAT")
    assert [line.split()[0] for line in beside.stdout.splitlines()[1:]] == [
        "FORMAT_CONTROL_1.CHAR_FORMAT",
        "FORMAT_CONTROL_2.TM_FORMAT",
    ]
    paths = ("--path", "ST1.ED_MODEL", "--path", "12.UOM_ENTRY[2].TIME_BASE", "--path", "UOM_ENTRY_TBL.TIME_BASE")
    assert json.loads(tdl("decode", "-d", "std:2012", image, "--format", "json", *paths).stdout) == {
        "ST1.ED_MODEL": "AX200   ",
        "12.UOM_ENTRY[2].TIME_BASE": 4,
        "UOM_ENTRY_TBL.TIME_BASE": [0, 0, 4, 4],
    }


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--path", "ST1.ED_MODLE"), "did you mean `ED_MODEL`?"),
        (("--path", "ST1.A B"), "is no path"),
        (("--path", "ST12.UOM_ENTRY[9].TIME_BASE"), "the definition has it, this image has not"),
        (("--path", "ST1.ED_MODEL[0]"), "has a position where"),
        (("--table", "99"), "has no table `99`"),
        (("--table", "2"), "has no table ST2, it has ST0, ST1"),
        (("--path", "ED_MODEL"), "has no table `ED_MODEL`"),
        (("--annotate", "--format", "json"), "--annotate"),
        (("--set", "GEN_CONFIG_TBL.ID_FROM=1"), "did you mean `ID_FORM`?"),
        (("--bind", "nothing.toml"), "no such file or directory"),
    ],
)
def test_what_is_not_there_to_ask_for(tdl: Run, options: tuple[str, ...], problem: str) -> None:
    result = tdl("decode", "-d", "std:2012", EXAMPLE / "image", *options)
    assert result.exit_code == 2
    assert problem in " ".join(result.stderr.split())


def test_other_files_and_unknown_tables_are_told(tdl: Run, tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE / "image", tmp_path / "image")
    (tmp_path / "image" / "notes.txt").write_text("")
    result = tdl("decode", "-d", "std:2012", "image", "--table", "1")
    assert "`notes.txt` is no table" in result.stderr
    result = tdl("decode", "-d", "std:2012", "image")
    assert result.exit_code == 0
    assert "warning TDL521: the image holds `MT5`, which ANSI_C1219_2012 does not declare" in result.stderr


def test_the_project_says_what_the_command_line_does_not(tdl: Run, tmp_path: Path) -> None:
    (tmp_path / "tdl.toml").write_text(
        f'definition = "std:2012"\nfragments = ["{EXAMPLE / "acme-ax200.tdl"}"]\nprofile = "meter.toml"\n'
    )
    shutil.copy(A3 / "profile.toml", tmp_path / "meter.toml")
    image = _without_profile(tmp_path)
    assert tdl("decode", image).exit_code == 0
    assert "MT5 ACME_FAULT_TBL" in tdl("decode", EXAMPLE / "image").stdout
    assert tdl("decode", "-d", "std:2012", image).exit_code == 1  # -d leaves all of it out of account


def test_colours(tdl: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in tdl("decode", "-d", "std:2012", A3).output
    assert "\x1b" in tdl("--color", "always", "decode", "-d", "std:2012", A3).output
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" in tdl("decode", "-d", "std:2012", A3).output
    assert "\x1b" not in tdl("--color", "never", "decode", "-d", "std:2012", A3).output
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in tdl("decode", "-d", "std:2012", A3).output


def test_text_of_a_meter_cannot_command_the_terminal(tdl: Run, tmp_path: Path) -> None:
    (tmp_path / "ST1.bin").write_bytes(b"\x1b[2J" + b"\x07\xff\xfe     " + bytes(4) + b"x" * 16)
    shutil.copy(A3 / "profile.toml", tmp_path)
    result = tdl("decode", "-d", "std:2012", tmp_path)
    assert result.exit_code == 0
    assert "\x1b" not in result.stdout
    assert "MANUFACTURER        \\x1b[2J" in result.stdout
