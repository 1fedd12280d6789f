"""All or none: what a failed write leaves behind is what was there before it."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
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


FULL, INTERRUPTED = OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()


@pytest.mark.parametrize(
    ("moves", "error"), [(("link", "replace"), INTERRUPTED), (("rename", "replace"), INTERRUPTED), (("rename",), FULL)]
)
@pytest.mark.parametrize("step", range(1, 3))
def test_whatever_move_fails_the_old_state_is_left(
    out: Path, monkeypatch: pytest.MonkeyPatch, moves: tuple[str, ...], error: BaseException, step: int
) -> None:
    calls = 0

    def failing(move: Callable[[Path, Path], None]) -> Callable[[Path, Path], None]:
        def moved(source: Path, target: Path) -> None:
            nonlocal calls
            calls += 1
            if calls == step:
                raise error
            move(source, target)

        return moved

    if "link" not in moves:
        monkeypatch.setattr(atomic.os, "link", _no_links)
    for name in moves:
        monkeypatch.setattr(atomic.os, name, failing(getattr(os, name)))
    with pytest.raises(type(error)):
        write_files(out, NEW)
    monkeypatch.undo()
    assert calls >= step
    assert _tree(out) == OLD
    assert _folders(out) == {"deep"}


def _no_links(source: Path, target: Path) -> None:
    raise PermissionError(errno.EPERM, "Operation not permitted")


def test_a_file_is_there_at_each_moment(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another run, or a compiler, may look between any two steps."""
    for name in ("link", "rename", "replace", "unlink"):
        done = getattr(os, name)

        def looked(*paths: Path, done: Callable[..., None] = done) -> None:
            done(*paths)
            assert (out / "a.bin").read_bytes() in (b"old a", b"new a")

        monkeypatch.setattr(atomic.os, name, looked)
    assert write_files(out, NEW) == ("a.bin", "deep/c.bin", "deep/er/d.bin")


def test_a_folder_that_another_run_has_just_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = os.rename

    def late(source: str, target: str) -> None:
        (tmp_path / "out" / "deep").mkdir(parents=True)
        (tmp_path / "out" / "deep" / "theirs").write_bytes(b"")
        (tmp_path / "out" / "a.bin").write_bytes(OLD["a.bin"])
        rename(source, target)

    monkeypatch.setattr(atomic.os, "rename", late)
    assert write_files(tmp_path / "out", OLD) == ("b.bin", "deep/c.bin")
    assert _tree(tmp_path) == {f"out/{name}": content for name, content in {**OLD, "deep/theirs": b""}.items()}
    assert _folders(tmp_path) == {"out", "out/deep"}


def test_a_new_folder_appears_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "out").mkdir()

    def looked(path: str, mode: str) -> object:
        assert not (tmp_path / "out" / "deep").exists()
        return open(path, mode)

    monkeypatch.setattr(atomic, "open", looked, raising=False)
    assert write_files(tmp_path / "out", NEW) == tuple(sorted(NEW))
    assert _tree(tmp_path / "out") == NEW


def test_of_a_new_folder_no_file_is_looked_for_or_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a folder costs is what its files cost."""
    looks: list[str] = []
    stat = os.stat
    monkeypatch.setattr(atomic.os, "stat", lambda path, **named: looks.append(path) or stat(path, **named))
    monkeypatch.setattr(atomic.os, "replace", lambda *_: pytest.fail("a file has moved"))
    write_files(tmp_path / "out", {f"deep/{number}": b"" for number in range(100)})
    assert len(looks) < 10


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


def test_what_another_run_put_into_a_new_folder_stays(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = os.replace

    def full(source: str, target: str) -> None:
        monkeypatch.setattr(atomic.os, "replace", replace)
        (out / "deep" / "er" / "theirs").write_bytes(b"1")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(atomic.os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        write_files(out, {"deep/er/d.bin": b"", "deep/er/and/e.bin": b"", "a.bin": b"new"})
    monkeypatch.undo()
    assert _tree(tmp_path) == {f"out/{name}": content for name, content in {**OLD, "deep/er/theirs": b"1"}.items()}
    assert _folders(out) == {"deep", "deep/er"}


def test_an_error_is_about_what_was_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: str) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", path)

    monkeypatch.setattr(atomic.os, "mkdir", refused)
    with pytest.raises(PermissionError) as caught:
        write_files(tmp_path / "out", OLD)
    assert caught.value.filename == str(tmp_path / "out")


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
