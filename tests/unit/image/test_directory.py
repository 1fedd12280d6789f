from __future__ import annotations

from pathlib import Path

import pytest

from tdl.image import MAX_TABLE_OCTETS, UnreadableImage, read_image_file, write_directory


def test_tables_are_files_named_by_key(tmp_path: Path) -> None:
    (tmp_path / "ST0.bin").write_bytes(b"\x00\x01")
    (tmp_path / "MT5.bin").write_bytes(b"\x02")
    (tmp_path / "ut7.BIN").write_bytes(b"")
    (tmp_path / "ST023P.bin").write_bytes(b"\x03")
    image = read_image_file(str(tmp_path))
    assert image.tables == {"ST0": b"\x00\x01", "MT5": b"\x02", "UT7": b"", "ST23P": b"\x03"}
    assert image.notes == ()


def test_other_files_are_left_aside_with_a_note(tmp_path: Path) -> None:
    (tmp_path / "ST0.bin").write_bytes(b"")
    (tmp_path / "README.md").write_text("")
    (tmp_path / "ST9999.bin").write_bytes(b"")
    (tmp_path / "ST1.bin").mkdir()
    image = read_image_file(str(tmp_path))
    assert list(image.tables) == ["ST0"]
    assert [note.split("`")[1] for note in image.notes] == ["README.md", "ST1.bin", "ST9999.bin"]


def test_the_profile_beside_the_tables_is_read(tmp_path: Path) -> None:
    (tmp_path / "profile.toml").write_text("[GEN_CONFIG_TBL]\nDATA_ORDER = 1\n")
    image = read_image_file(str(tmp_path))
    assert image.profile is not None
    assert image.profile.values == {"GEN_CONFIG_TBL": {"DATA_ORDER": 1}}


def test_a_profile_that_is_no_toml_says_where(tmp_path: Path) -> None:
    (tmp_path / "profile.toml").write_text("[A]\nB =\n")
    with pytest.raises(UnreadableImage, match=r"profile.toml:2:4"):
        read_image_file(str(tmp_path))


def test_two_files_for_one_table_are_refused(tmp_path: Path) -> None:
    (tmp_path / "ST1.bin").write_bytes(b"a")
    (tmp_path / "ST01.bin").write_bytes(b"b")
    with pytest.raises(UnreadableImage, match="both ST1"):
        read_image_file(str(tmp_path))


def test_a_directory_without_tables_is_no_image(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("")
    with pytest.raises(UnreadableImage, match="no file in it is a table"):
        read_image_file(str(tmp_path))


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(UnreadableImage, match="no such file or directory"):
        read_image_file(str(tmp_path / "image"))


def test_a_table_larger_than_any_is_refused_without_reading_it_all(tmp_path: Path) -> None:
    with open(tmp_path / "ST0.bin", "wb") as stream:
        stream.truncate(1 << 40)  # sparse: a terabyte that takes no room
    with pytest.raises(UnreadableImage, match="larger than 16 MiB"):
        read_image_file(str(tmp_path))
    with open(tmp_path / "ST0.bin", "wb") as stream:
        stream.truncate(MAX_TABLE_OCTETS)
    assert len(read_image_file(str(tmp_path)).tables["ST0"]) == MAX_TABLE_OCTETS


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    tables = {"ST0": b"\x01", "MT5": b"", "ST23P": b"\xff\x00"}
    changed = write_directory(str(tmp_path / "new" / "image"), tables)
    assert changed == ("MT5.bin", "ST0.bin", "ST23P.bin")
    assert read_image_file(str(tmp_path / "new" / "image")).tables == tables
