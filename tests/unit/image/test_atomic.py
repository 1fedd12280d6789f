"""All or none: what a failed write leaves behind is what was there before it."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from tdl.image import atomic
from tdl.image.atomic import write_file, write_files

OLD = {"a.bin": b"old a", "b.bin": b"old b", "deep/c.bin": b"old c"}
NEW = {"a.bin": b"new a", "b.bin": b"old b", "deep/c.bin": b"new c", "deep/er/d.bin": b"new d"}


def _tree(directory: Path) -> dict[str, bytes]:
    return {str(p.relative_to(directory)): p.read_bytes() for p in sorted(directory.rglob("*")) if p.is_file()}


def _folders(directory: Path) -> set[str]:
    return {str(p.relative_to(directory)) for p in directory.rglob("*") if p.is_dir()}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    write_files(tmp_path / "out", OLD)
    return tmp_path / "out"


def test_only_what_changed_is_touched(out: Path) -> None:
    os.utime(out / "b.bin", (1, 1))
    assert write_files(out, NEW) == ("a.bin", "deep/c.bin", "deep/er/d.bin")
    assert _tree(out) == NEW
    assert (out / "b.bin").stat().st_mtime == 1


def test_other_files_stay(out: Path) -> None:
    write_files(out, {"e.bin": b""})
    assert _tree(out) == {**OLD, "e.bin": b""}


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("step", range(1, 6))
def test_whatever_move_fails_the_old_state_is_left(
    out: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, step: int
) -> None:
    calls = 0
    rename = os.rename

    def failing(source: Path, target: Path) -> None:
        nonlocal calls
        calls += 1
        if calls == step:
            raise error
        rename(source, target)

    monkeypatch.setattr(atomic.os, "rename", failing)
    with pytest.raises(type(error)):
        write_files(out, NEW)
    monkeypatch.undo()
    assert calls == step
    assert _tree(out) == OLD
    assert _folders(out) == {"deep"}


def test_a_full_disk_leaves_the_old_state(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Path] = []

    def full(path: Path, mode: str) -> object:
        written.append(path)
        if len(written) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        return open(path, mode)

    monkeypatch.setattr(atomic, "open", full, raising=False)
    with pytest.raises(OSError, match="No space"):
        write_files(out, NEW)
    assert _tree(out) == OLD
    assert _folders(out) == {"deep"}


def test_a_file_in_the_way_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"a file")
    with pytest.raises(OSError, match=r"exists|directory"):
        write_files(tmp_path / "out", OLD)
    assert _tree(tmp_path) == {"out": b"a file"}


def test_a_folder_in_the_way_of_a_file(out: Path) -> None:
    (out / "x.bin").mkdir()
    with pytest.raises(IsADirectoryError):
        write_files(out, {"a.bin": b"new", "x.bin": b""})
    assert _tree(out) == OLD


@pytest.mark.parametrize("name", ["../a", "/a", "a/../../b", ""])
def test_no_name_leads_out(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="leads out"):
        write_files(tmp_path / "out", {name: b""})
    assert not (tmp_path / "out").exists()


def test_one_file(tmp_path: Path) -> None:
    assert write_file(tmp_path / "a", b"1")
    os.utime(tmp_path / "a", (1, 1))
    assert not write_file(tmp_path / "a", b"1")
    assert (tmp_path / "a").stat().st_mtime == 1
    os.chmod(tmp_path / "a", 0o640)
    assert write_file(tmp_path / "a", b"2")
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640
    assert _tree(tmp_path) == {"a": b"2"}


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"1")
    (tmp_path / "link").symlink_to("real")
    write_file(tmp_path / "link", b"2")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"2"


def test_a_device_is_written_to(tmp_path: Path) -> None:
    write_file(Path(os.devnull), b"1")
    assert not Path(os.devnull).is_file()
