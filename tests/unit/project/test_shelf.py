"""The shelf of compiled definitions: what it gives is what the compiler would make."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import tdl
from tdl import pipeline
from tdl.project.definition import Definition, load
from tdl.project.shelf import MAX_FILES, VARIABLE, Shelf, Shelved, own_shelf
from tdl.project.words import words_of
from tdl.sources import Resolver

BASE = (
    "TYPE A_RCD = PACKED RECORD\n    COUNT : UINT8;\n    LAST : ARRAY[COUNT] OF UINT16;\nEND;\nTABLE 0 A_TBL = A_RCD;\n"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(VARIABLE, str(tmp_path / "shelf"))
    (tmp_path / "base.tdl").write_text(BASE)
    return tmp_path / "shelf"


def kept(definition: Definition) -> bool:
    return isinstance(definition._compiled, Shelved)


def test_what_is_kept_is_what_was_compiled(folder: Path) -> None:
    fresh, again = load("std:2012"), load("std:2012")
    assert (kept(fresh), kept(again)) == (False, True)
    assert (again.name, again.hash) == (fresh.name, fresh.hash)
    assert again.model == fresh.model
    assert again.plan == fresh.plan
    assert again.document == fresh.document
    assert [d.span.place for d in again.document.declarations] == [d.span.place for d in fresh.document.declarations]
    assert [t.span and t.span.text for t in again.plan.tables] == [t.span and t.span.text for t in fresh.plan.tables]


def test_a_table_is_found_by_each_of_its_names(folder: Path) -> None:
    load("std:2012")
    again = load("std:2012")
    assert again.table("23") is again.table("ST23") is again.table("current_reg_data_tbl")
    assert again.table("ST23P").key == "ST23P"
    with pytest.raises(tdl.TdlError, match="no table `ST999`"):
        again.table("ST999")


def test_a_table_is_read_when_it_is_asked_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = {key: t.name for key, t in ((t.key, t) for t in load("std:2012").plan.tables)}
    again = load("std:2012")
    read: list[str] = []
    reading = Shelved._part
    monkeypatch.setattr(Shelved, "_part", lambda self, name: read.append(name) or reading(self, name))
    assert [again.key(name) for name in ("23", "ST23", names["ST23"].lower())] == ["ST23"] * 3
    assert read == []
    assert again.table("ST23").key == again.table("23").key == again.key("ST23")
    assert read == ["ST23"]
    with pytest.raises(tdl.TdlError, match="no table `ST999`"):
        again.key("ST999")


def test_the_words_of_a_definition_are_kept_too(folder: Path) -> None:
    fresh, again = load("std:2012"), load("std:2012")
    assert kept(again)
    assert again.words.codes == words_of(fresh.model).codes
    units = [[(name, s and s.place, unit) for (name, s), unit in d.words.units.items()] for d in (fresh, again)]
    assert units[0] == units[1]
    enumeration = fresh.model.enumerations[0]
    for each in (-1, *(e.low for e in enumeration.enumerators), *(e.high + 1 for e in enumeration.enumerators)):
        found = enumeration.find(each)
        assert again.words.code(enumeration.name, each) == (None if found is None else found.name)
    assert again.words.code("NO_SUCH_ENUM", 0) is None
    assert ("minutes", None) in again.words.units.values()


def test_what_is_kept_needs_no_compiler(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load("base.tdl")
    monkeypatch.setattr(pipeline, "run", None)
    assert load("base.tdl").decode("ST0", b"\x00").COUNT == 0


@pytest.mark.parametrize("changed", ["base.tdl", "part.tdl", "change.tdl"])
def test_a_changed_text_is_compiled_again(folder: Path, changed: str) -> None:
    texts = {
        "base.tdl": 'DOCUMENT BASE;\nIMPORT "part.tdl";\nTABLE 0 A_TBL = A_RCD;\n',
        "part.tdl": "TYPE A_RCD = PACKED RECORD\n    COUNT : UINT8;\nEND;\n",
        "change.tdl": 'FRAGMENT CHANGE OF "BASE";\nMODIFY TYPE A_RCD\n    ADD MORE : UINT8;\nEND;\n',
    }
    for name, text in texts.items():
        Path(name).write_text(text)
    first = load("base.tdl", ["change.tdl"])
    assert kept(load("base.tdl", ["change.tdl"]))
    Path(changed).write_text(texts[changed].replace("UINT8", "UINT16").replace("TABLE 0", "TABLE 1"))
    again = load("base.tdl", ["change.tdl"])
    assert not kept(again)
    assert again.hash != first.hash
    assert not kept(load("base.tdl"))


def test_a_base_that_was_looked_for_is_looked_for_again(folder: Path) -> None:
    Path("base.tdl").write_text("DOCUMENT BASE;\n" + BASE)
    Path("change.tdl").write_text('FRAGMENT CHANGE OF "BASE";\n')
    load("change.tdl")
    assert not kept(load("change.tdl"))
    Path("change.tdl").write_text('FRAGMENT CHANGE OF "std:2012";\n')
    load("change.tdl")
    assert kept(load("change.tdl"))


def test_texts_that_stand_before_files_count(folder: Path) -> None:
    load("base.tdl")
    other = load("base.tdl", resolver=Resolver({"base.tdl": BASE.replace("UINT16", "UINT32")}))
    assert not kept(other)
    assert load("base.tdl").hash != other.hash


def test_standard_input_is_read_each_time(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "input").write_bytes(BASE.encode())
    for _ in range(2):
        with open(tmp_path / "input", "rb") as stream:
            assert not kept(load("-", resolver=Resolver(stdin=stream)))
    assert not folder.exists()


@pytest.mark.parametrize("damage", ["cut", "bit", "empty", "other"])
def test_a_damaged_file_is_not_used(folder: Path, damage: str) -> None:
    first = load("base.tdl")
    (file,) = folder.glob("*.tdlc")
    octets = bytearray(file.read_bytes())
    match damage:
        case "cut":
            del octets[-1]
        case "bit":
            octets[len(octets) // 2] ^= 1
        case "empty":
            octets.clear()
        case _:
            octets[:] = b"something else altogether"
    file.write_bytes(octets)
    again = load("base.tdl")
    assert not kept(again)
    assert again.hash == first.hash
    assert kept(load("base.tdl"))


@pytest.mark.parametrize("of", ["file", "folder"])
def test_what_others_can_write_is_not_read(folder: Path, of: str) -> None:
    load("base.tdl")
    (file,) = folder.glob("*.tdlc")
    (file if of == "file" else folder).chmod(0o777)
    assert not kept(load("base.tdl"))


def test_a_shelf_that_cannot_be_written_is_no_hindrance(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.write_text("a file where a folder is expected")
    assert load("base.tdl").hash == load("base.tdl").hash

    def full(*_: object) -> None:
        raise OSError(28, "no space left on device")

    folder.unlink()
    monkeypatch.setattr(os, "replace", full)
    load("base.tdl")
    assert list(folder.iterdir()) == []


def test_the_oldest_go_first(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    for number in range(MAX_FILES + 5):
        (folder / f"{number}.tdlc").write_bytes(b"")
        os.utime(folder / f"{number}.tdlc", (number, number))
    load("base.tdl")
    left = {file.name for file in folder.iterdir()}
    assert len(left) == MAX_FILES
    assert not {f"{number}.tdlc" for number in range(6)} & left
    assert kept(load("base.tdl"))


def test_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "")
    assert own_shelf() is None
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("HOME", "/somebody")
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    assert [shelf.folder for shelf in (own_shelf(),) if isinstance(shelf, Shelf)] == [Path("/cache/tdl")]
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert [shelf.folder for shelf in (own_shelf(),) if isinstance(shelf, Shelf)] == [Path("/somebody/.cache/tdl")]
    monkeypatch.delenv("HOME")
    assert own_shelf() is None
