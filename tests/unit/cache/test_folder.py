"""Files between runs: read only if they are whole and the user's own, written so that nobody sees half of one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from zlib import crc32

import pytest

from tdl.cache import folder as module
from tdl.cache.folder import MAX_FILES, VARIABLE, Folder, own_folder
from tests.cli.conftest import ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(str(tmp_path / "cache"), ".kept")


def files(folder: Folder) -> list[Path]:
    return sorted(Path(folder.path).iterdir())


def test_what_is_written_is_read(folder: Folder) -> None:
    assert folder.read("a") is None
    folder.write("a", b"one")
    folder.write("b", b"")
    folder.write("a", b"two")
    assert (folder.read("a"), folder.read("b"), folder.read("c")) == (b"two", b"", None)
    assert len(files(folder)) == 2


def test_two_keys_may_have_the_same_sum(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "crc32", lambda octets: crc32(octets) if len(octets) > 1 else 7)
    folder.write("a", b"one")
    assert folder.read("b") is None
    folder.write("b", b"two")
    assert (folder.read("a"), folder.read("b")) == (None, b"two")


def test_no_bit_may_be_wrong_and_none_missing(folder: Folder) -> None:
    folder.write("a", b"one")
    (file,) = files(folder)
    octets = file.read_bytes()
    damaged = [octets[:at] for at in range(len(octets))] + [octets + b"\0", b"something else"]
    for at in range(8 * len(octets)):
        wrong = bytearray(octets)
        wrong[at // 8] ^= 1 << at % 8
        damaged.append(bytes(wrong))
    for each in damaged:
        file.write_bytes(each)
        assert folder.read("a") is None, each
    folder.write("a", b"two")
    assert folder.read("a") == b"two"


def test_only_the_user_may_have_written_it(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.write("a", b"one")
    (file,) = files(folder)
    assert (file.stat().st_mode & 0o777, Path(folder.path).stat().st_mode & 0o777) == (0o600, 0o700)
    for path, mode in ((file, 0o620), (file, 0o602), (Path(folder.path), 0o770), (Path(folder.path), 0o707)):
        before = path.stat().st_mode
        path.chmod(mode)
        assert folder.read("a") is None
        path.chmod(before)
        assert folder.read("a") == b"one"
    monkeypatch.setattr(os, "getuid", lambda: file.stat().st_uid + 1)
    assert folder.read("a") is None


def test_the_oldest_go_first_and_other_files_stay(folder: Folder) -> None:
    Path(folder.path).mkdir()
    Path(folder.path, "mine.txt").write_bytes(b"")
    for number in range(MAX_FILES + 5):
        file = Path(folder.path, f"{number}.kept")
        file.write_bytes(b"")
        os.utime(file, (number, number))
    folder.write("a", b"one")
    names = {file.name for file in files(folder)}
    assert len(names) == MAX_FILES + 1
    assert not names & {f"{number}.kept" for number in range(6)}
    assert "mine.txt" in names
    assert folder.read("a") == b"one"


def test_what_a_killed_run_left_goes_too(folder: Folder) -> None:
    Path(folder.path).mkdir()
    old, young = Path(folder.path, ".12-ab.kept"), Path(folder.path, ".13-ab.kept")
    for file in (old, young):
        file.write_bytes(b"half")
    os.utime(old, (1, 1))
    folder.write("a", b"one")
    assert not old.exists()
    assert young.exists()  # somebody may be writing it


def test_a_folder_that_cannot_be_written_is_no_hindrance(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    blocked = Folder(str(tmp_path / "file" / "cache"), ".kept")
    blocked.write("a", b"one")
    assert blocked.read("a") is None

    def full(*_: object) -> None:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(os, "replace", full)
    folder.write("a", b"one")
    assert files(folder) == []


WRITING = """
import sys
from tdl.cache.folder import Folder
folder = Folder(sys.argv[1], ".kept")
for number in range(200):
    letter = sys.argv[2].encode()
    folder.write("a", letter * 20000)
    found = folder.read("a")
    assert found is not None and len(found) == 20000 and bytes(found) == bytes(found[:1]) * 20000, found
"""


def test_runs_at_the_same_time_see_whole_files(folder: Folder) -> None:
    command = [sys.executable, "-c", WRITING, folder.path]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    runs = [subprocess.Popen([*command, letter], env=environment, stderr=subprocess.PIPE) for letter in "xyz"]
    assert [run.communicate()[1] for run in runs] == [b"", b"", b""]
    assert [file.name for file in files(folder) if file.name.startswith(".")] == []


def test_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def path() -> str | None:
        found = own_folder(".kept")
        return None if found is None else found.path

    monkeypatch.setenv(VARIABLE, "/named")
    assert path() == "/named"
    monkeypatch.setenv(VARIABLE, "")
    assert path() is None
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("HOME", "/somebody")
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    assert path() == os.path.join("/cache", "tdl")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert path() == os.path.join("/somebody/.cache", "tdl")
    monkeypatch.delenv("HOME")
    assert path() is None
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", "/local")
    assert path() == os.path.join("/local", "tdl")
