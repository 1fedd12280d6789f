"""Shared objects: compiled once, and taken from the cache only while nobody else can have touched them."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tdl.native import NativeError, building, shared_object
from tdl.native.keeping import MAX_OBJECTS, Keeper
from tests.tools import tool

SOURCES = {"answer.c": '#include "answer.h"\nint answer(void) { return ANSWER; }\n', "answer.h": "#define ANSWER 42\n"}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own."""
    assert tool("gcc")
    monkeypatch.setenv("TDL_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache" / "native"


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of what was compiled, in order."""
    names: list[str] = []
    compile = building._compiled

    def noted(folder: Path, name: str, *arguments: object, **more: object) -> Path:
        names.append(name)
        return compile(folder, name, *arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(building, "_compiled", noted)
    return names


def made(answer: int = 42) -> Path:
    header = f"#define ANSWER {answer}\n"
    return shared_object("answer", {**SOURCES, "answer.h": header}, exports=("answer",))


def answer_of(path: Path) -> int:
    answer: int = ctypes.CDLL(str(path)).answer()
    return answer


def test_it_is_compiled_once(compilations: list[str]) -> None:
    path = made()
    assert answer_of(path) == 42
    assert made() == path
    assert compilations == ["answer"]


def test_another_text_is_another_object(compilations: list[str]) -> None:
    assert answer_of(made(1)) == 1
    assert answer_of(made(2)) == 2
    assert answer_of(made(1)) == 1
    assert compilations == ["answer", "answer"]


def test_flags_count(compilations: list[str]) -> None:
    source = {"answer.c": "int answer(void) { return ANSWER; }\n"}
    assert [answer_of(shared_object("answer", source, flags=(f"-DANSWER={n}",))) for n in (1, 2)] == [1, 2]
    assert len(compilations) == 2


def test_another_compiler_is_asked_again(compilations: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    made()
    monkeypatch.setenv("CFLAGS", "-g")
    made()
    assert len(compilations) == 2


def truncate(cache: Path) -> None:
    (path,) = cache.glob("answer-*")
    path.write_bytes(path.read_bytes()[:100])


def change_an_octet(cache: Path) -> None:
    (path,) = cache.glob("answer-*")
    octets = bytearray(path.read_bytes())
    octets[len(octets) // 2] ^= 1
    path.write_bytes(bytes(octets))


def remove_the_object(cache: Path) -> None:
    (path,) = cache.glob("answer-*")
    path.unlink()


def garble_the_note(cache: Path) -> None:
    (path,) = cache.glob("*.note")
    path.write_bytes(b"\xff\xfe no note")


def lead_elsewhere(cache: Path) -> None:
    (note,) = cache.glob("*.note")
    (path,) = cache.glob("answer-*")
    path.rename(cache.parent / path.name)
    note.write_text(f"../{note.read_text()}")


def open_the_object(cache: Path) -> None:
    (path,) = cache.glob("answer-*")
    path.chmod(0o666)


def open_the_note(cache: Path) -> None:
    (path,) = cache.glob("*.note")
    path.chmod(0o620)


@pytest.mark.parametrize(
    "damage",
    [
        truncate, change_an_octet, remove_the_object, garble_the_note, lead_elsewhere, open_the_object, open_the_note,
    ],
    ids=lambda damage: damage.__name__,
)  # fmt: skip
def test_what_is_not_as_it_was_is_compiled_again(
    damage: Callable[[Path], None], cache: Path, compilations: list[str]
) -> None:
    made()
    damage(cache)
    assert answer_of(made()) == 42
    assert len(compilations) == 2
    assert made().parent == cache
    assert len(compilations) == 2


def test_nothing_is_taken_from_or_put_into_a_folder_that_others_can_write_to(cache: Path) -> None:
    path = made()
    cache.chmod(0o777)
    digest = next(cache.glob("*.note")).stem
    assert Keeper(cache).find(digest) is None
    with pytest.raises(NativeError, match="could be written by others"):
        made()
    assert path.exists()


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="files have no owners here")
def test_nothing_of_others_is_taken(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made()
    digest = next(cache.glob("*.note")).stem
    assert Keeper(cache).find(digest) is not None
    user = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: user + 1)
    assert Keeper(cache).find(digest) is None


def test_without_a_cache_it_is_compiled_for_this_process(
    monkeypatch: pytest.MonkeyPatch, compilations: list[str]
) -> None:
    monkeypatch.setenv("TDL_CACHE_DIR", "")
    building._own_folder.cache_clear()
    assert answer_of(made()) == 42
    assert answer_of(made()) == 42
    assert compilations == ["answer"]


_PROGRAM = """
import ctypes
from tdl.native import shared_object
path = shared_object("answer", {sources!r}, exports=("answer",))
print(ctypes.CDLL(str(path)).answer())
"""


def test_processes_at_once(cache: Path) -> None:
    program = [sys.executable, "-c", _PROGRAM.format(sources=SOURCES)]
    running = [subprocess.Popen(program, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [process.communicate()[0].strip() for process in running] == ["42"] * 3
    left = [path.name for path in cache.iterdir() if not path.name.endswith(".note")]
    assert all(name.startswith("answer-") for name in left), "nothing half-written is left"


def test_the_oldest_go_first(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path / "kept")
    for number in range(MAX_OBJECTS + 2):
        keeper.put(f"{number:03}", "made", ".so", b"%d" % number)
        os.utime(tmp_path / "kept" / f"{number:03}.note", ns=(number, number))
    keeper.put("last", "made", ".so", b"last")
    assert keeper.find("last") is not None
    assert keeper.find("000") is None
    assert len(list((tmp_path / "kept").glob("made-*"))) == MAX_OBJECTS


# --- what is missing ------------------------------------------------------------------------------------------------


def test_a_text_that_does_not_compile() -> None:
    with pytest.raises(NativeError, match=r"(?s)the C compiler failed.*answer\.c"):
        shared_object("answer", {"answer.c": "int answer(void) { return }\n"})


def test_no_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "no-such-compiler -pthread")
    with pytest.raises(NativeError, match="needs a C compiler, and `no-such-compiler -pthread` is not there"):
        made()


def test_no_setuptools(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(NativeError, match=r"pip install tdl-compiler\[native\]"):
        made()


def test_no_headers_of_python(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(building.sysconfig, "get_path", lambda name: str(tmp_path))
    with pytest.raises(NativeError, match="python3-dev"):
        shared_object("answer", SOURCES, python=True)
    assert made(), "without Python.h they are not needed"
