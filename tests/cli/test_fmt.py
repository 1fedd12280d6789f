"""`tdl fmt`: files in the canonical spelling, all else as it was."""

from __future__ import annotations

import os
from pathlib import Path

from tests.cli.conftest import Run, tree

UGLY = "TYPE A_RCD=PACKED RECORD\nCOUNT:UINT8; {how many}\nEND;{ the end }\nTABLE 0 A_TBL=A_RCD;\n"
PRETTY = """\
TYPE A_RCD = PACKED RECORD
    COUNT : UINT8; { how many }
END; { the end }

TABLE 0 A_TBL = A_RCD;
"""
BAD = "TYPE A_RCD = PACKED RECORD COUNT UINT8; END;\n"
LONG_AGO = 1_000_000_000


def _write(**files: str) -> None:
    for name, text in files.items():
        path = Path(name.replace("__", "/") + ".tdl")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        os.utime(path, (LONG_AGO, LONG_AGO))


def test_files_are_written_in_the_canonical_spelling(tdl: Run) -> None:
    _write(ugly=UGLY, pretty=PRETTY)
    result = tdl("fmt", "ugly.tdl", "pretty.tdl")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert result.stderr == "formatted: ugly.tdl\n1 of 2 files formatted\n"
    assert Path("ugly.tdl").read_text("utf-8") == PRETTY
    assert Path("pretty.tdl").stat().st_mtime == LONG_AGO
    assert tdl("fmt", "ugly.tdl", "pretty.tdl").stderr == "2 files in order\n"


def test_a_mark_of_the_encoding_is_no_reason_to_write(tdl: Run) -> None:
    _write(marked="\ufeff" + PRETTY)
    assert tdl("fmt", "marked.tdl").stderr == "1 file in order\n"
    assert Path("marked.tdl").stat().st_mtime == LONG_AGO
    assert tdl("fmt", "--check", "marked.tdl").exit_code == 0


def test_a_directory_stands_for_its_documents(tdl: Run, tmp_path: Path) -> None:
    _write(ugly=UGLY, deep__er__ugly=UGLY, **{".hidden__ugly": UGLY, "xml": "<tdl/>\n"})
    Path("note.txt").write_text(UGLY, "utf-8")
    result = tdl("fmt")
    assert result.exit_code == 0
    assert result.stderr.splitlines()[:2] == ["formatted: ugly.tdl", "formatted: deep/er/ugly.tdl"]
    found = tree(tmp_path)
    assert {name for name, octets in found.items() if octets == PRETTY.encode()} == {"ugly.tdl", "deep/er/ugly.tdl"}
    assert found["note.txt"] == found[".hidden/ugly.tdl"] == UGLY.encode()
    assert found["xml.tdl"] == b"<tdl/>\n"


def test_below_a_directory_only_files_are_read(tdl: Run) -> None:
    os.mkfifo("pipe.tdl")
    Path("folder.tdl").mkdir()
    Path("link.tdl").symlink_to("nowhere")
    assert tdl("fmt").stderr == "0 files in order\n"


def test_the_name_of_a_file_cannot_make_the_terminal_obey(tdl: Run) -> None:
    Path("\x1b[31m.tdl").write_text("type a = uint8;")
    assert "\x1b" not in tdl("fmt", "--check").stderr


def test_a_filter(tdl: Run) -> None:
    result = tdl("fmt", "-", input=UGLY)
    assert (result.exit_code, result.stdout, result.stderr) == (0, PRETTY, "")
    assert tdl("fmt", "-", "--check", input=UGLY).exit_code == 1
    assert tdl("fmt", "-", "--check", input=PRETTY).exit_code == 0
    assert tdl("fmt", "-", input=BAD).stdout == ""


def test_checking_names_the_files_and_writes_nothing(tdl: Run, tmp_path: Path) -> None:
    _write(ugly=UGLY, pretty=PRETTY)
    before = tree(tmp_path)
    result = tdl("fmt", "--check", ".")
    assert result.exit_code == 1
    assert result.stderr == "would be formatted: ugly.tdl\n1 of 2 files would be formatted\n"
    assert tree(tmp_path) == before
    assert tdl("fmt", "--check", "pretty.tdl").exit_code == 0


def test_the_difference_is_a_patch(tdl: Run, tmp_path: Path) -> None:
    _write(ugly=UGLY.rstrip("\n"))
    before = tree(tmp_path)
    result = tdl("fmt", "--diff", "ugly.tdl")
    assert result.exit_code == 1
    assert tree(tmp_path) == before
    lines = result.stdout.splitlines()
    assert lines[:2] == ["--- ugly.tdl", "+++ ugly.tdl"]
    assert "+    COUNT : UINT8; { how many }" in lines
    assert "-TABLE 0 A_TBL=A_RCD;" in lines
    assert "\\ No newline at end of file" in lines
    _write(ugly=PRETTY)
    assert tdl("fmt", "--diff", "ugly.tdl").stdout == ""


def test_a_file_that_cannot_be_read_is_left_and_the_others_are_formatted(tdl: Run) -> None:
    _write(bad=BAD, ugly=UGLY)
    result = tdl("fmt", "bad.tdl", "ugly.tdl")
    assert result.exit_code == 1
    assert "error TDL1" in result.stderr
    assert Path("bad.tdl").read_text("utf-8") == BAD
    assert Path("ugly.tdl").read_text("utf-8") == PRETTY
    result = tdl("fmt", "nothing.tdl", "ugly.tdl")
    assert result.exit_code == 2
    assert "error TDL001" in result.stderr


def test_xml_is_refused(tdl: Run) -> None:
    _write(xml="\ufeff <tdl/>\n", ugly=UGLY)
    result = tdl("fmt", "xml.tdl", "ugly.tdl")
    assert result.exit_code == 2
    assert "XML TDL found, a text in the document form expected" in result.stderr
    assert Path("ugly.tdl").read_text("utf-8") == PRETTY
