"""`tdl generate` a second time: what has been done is not done again, and whatever changed is seen."""

from __future__ import annotations

import marshal
import os
import shutil
import subprocess
import sys
import time
from ast import literal_eval
from collections.abc import Callable
from pathlib import Path

import pytest

from tdl.backends.api import Backend
from tdl.cache import itself
from tdl.cache.folder import VARIABLE, own_folder
from tdl.cli import again
from tdl.cli import generate as verb
from tdl.cli.again import ENDING, done_before
from tests.cli.conftest import ROOT, Run, tree

BASE = """\
DOCUMENT D;
IMPORT "part.tdl";
TABLE 0 CONFIG_TBL = CONFIG_RCD;
TYPE LIST_RCD = PACKED RECORD
    ITEMS : ARRAY[CONFIG_TBL.COUNT] OF UINT16;
END;
TABLE 1 LIST_TBL = LIST_RCD;
"""
PART = "TYPE CONFIG_RCD = PACKED RECORD\n    COUNT : UINT8;\nEND;\n"
CHANGE = 'FRAGMENT {} OF "D";\nMODIFY TYPE LIST_RCD\n    ADD {} : UINT8 {};\nEND;\n'
PROFILE = "[CONFIG_TBL]\nCOUNT = 2\n"
SETTINGS = """\
definition = "base.tdl"
fragments = ["one.tdl", "two.tdl"]
profile = "meter.toml"
[target.python]
package = "meter_codecs"
"""
GENERATE = ("generate", "--target", "python", "-o", "out")
NAMED = ("-d", "base.tdl", "-f", "one.tdl", "-f", "two.tdl", "--package", "meter_codecs", "--bind", "meter.toml")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in the working folder, and a cache folder beside it."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    texts = {"base.tdl": BASE, "part.tdl": PART, "meter.toml": PROFILE, "tdl.toml": SETTINGS}
    texts |= {"one.tdl": CHANGE.format("ONE", "EARLY", "FIRST"), "two.tdl": CHANGE.format("TWO", "LATE", "LAST")}
    for name, text in texts.items():
        Path(name).write_text(text)
    return folder


@pytest.fixture
def generate(tdl: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Run `tdl generate` in the project; what it says on standard output and standard error."""

    def run(*more: str) -> str:
        monkeypatch.chdir(project)
        result = tdl(*GENERATE, *more)
        assert result.exit_code == 0, result.output
        return result.stdout + result.stderr

    return run


# --- nothing changed -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "more",
    [
        (),
        NAMED,
        ("--check",),
        ("--list-outputs",),
        ("--depfile", "out.d"),
        ("--depfile", "-"),
        ("-d", "std:2012", "--bind", "std:residential", "--set", "GEN_CONFIG_TBL.DATA_ORDER=1"),
    ],
    ids=["settings", "named", "check", "list", "depfile", "printed", "library"],
)
def test_it_says_what_the_command_would_say(
    generate: Callable[..., str], project: Path, capfd: pytest.CaptureFixture[str], more: tuple[str, ...]
) -> None:
    if "--check" in more:
        generate(*more[:-1])
    assert not done_before((*GENERATE, *more))
    generate(*more)
    expected = generate(*more)  # nothing is left to write
    files = tree(project)
    capfd.readouterr()
    assert done_before((*GENERATE, *more))
    said = capfd.readouterr()
    assert said.out + said.err == expected
    assert tree(project) == files


def test_what_is_left_from_before_is_told_again(
    generate: Callable[..., str], capfd: pytest.CaptureFixture[str]
) -> None:
    generate()
    Path("out/meter_codecs/st9.py").write_text("")
    assert not done_before(GENERATE)
    assert "note: out/meter_codecs/st9.py is left from before" in generate()
    capfd.readouterr()
    assert done_before(GENERATE)
    assert "note: out/meter_codecs/st9.py is left from before" in capfd.readouterr().err


def test_what_the_interpreter_keeps_beside_modules_does_not_count(generate: Callable[..., str]) -> None:
    Path("out/meter_codecs/__pycache__").mkdir(parents=True)
    generate()
    Path("out/meter_codecs/__pycache__/st0.cpython-311.pyc").write_bytes(b"")
    assert done_before(GENERATE)


# --- each kind of change ---------------------------------------------------------------------------------------------


def rewritten(name: str, old: str, new: str) -> Callable[[], object]:
    def change() -> None:
        path = Path(name)
        held = path.stat()
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))
        os.utime(path, ns=(held.st_atime_ns, held.st_mtime_ns))  # times of what is read prove nothing

    return change


def swapped() -> None:
    Path("tdl.toml").write_text(SETTINGS.replace('"one.tdl", "two.tdl"', '"two.tdl", "one.tdl"'))


def replaced() -> None:
    path = Path("out/meter_codecs/st1.py")
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content)


CHANGES: dict[str, Callable[[], object]] = {
    "the definition": rewritten("base.tdl", "UINT16", "UINT32"),
    "a text it imports": rewritten("part.tdl", "UINT8", "UINT16"),
    "a fragment": rewritten("two.tdl", "UINT8", "UINT32"),
    "a comment": rewritten("one.tdl", "MODIFY", "{ why } MODIFY"),
    "a text that is gone": lambda: Path("two.tdl").unlink(),
    "a value of the profile": rewritten("meter.toml", "2", "3"),
    "the order of fragments": swapped,
    "an option in tdl.toml": rewritten("tdl.toml", "meter_codecs", "other_codecs"),
    "no tdl.toml": lambda: Path("tdl.toml").unlink(),
    "an output that is gone": lambda: Path("out/meter_codecs/st1.py").unlink(),
    "an output that was edited": rewritten("out/meter_codecs/st1.py", "ST1", "ST9"),
    "an output that was replaced": replaced,
    "an output that was made shorter": lambda: os.truncate("out/meter_codecs/records/__init__.py", 9),
    "a file beside the outputs": lambda: Path("out/meter_codecs/_late/more.py").write_text(""),
    "all outputs": lambda: Path("out").rename("elsewhere"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_is_seen(
    generate: Callable[..., str], monkeypatch: pytest.MonkeyPatch, change: Callable[[], object]
) -> None:
    monkeypatch.setattr(again, "_TICK", -(10**12))  # as if the outputs had been there for long
    generate()
    assert done_before(GENERATE)
    change()
    assert not done_before(GENERATE)


@pytest.mark.parametrize(
    "other",
    [
        ("generate", "--target", "c", "-o", "out"),
        ("generate", "--target", "python", "-o", "other"),
        (*GENERATE, "--set", "CONFIG_TBL.COUNT=3"),
        (*GENERATE, "--pending"),
        (*GENERATE, "--package", "other"),
        (*GENERATE, "--check"),
        (*GENERATE, "-f", "one.tdl"),
        (*GENERATE, "-d", "base.tdl"),
        (*GENERATE, "--depfile", "out.d"),
    ],
    ids=lambda other: " ".join(other[-2:]),
)
def test_another_command_is_another(generate: Callable[..., str], other: tuple[str, ...]) -> None:
    generate()
    assert not done_before(other)


def test_each_folder_has_its_own(
    tdl: Run, generate: Callable[..., str], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate()
    other = project.with_name("other")
    shutil.copytree(project, other)
    monkeypatch.chdir(other)
    assert not done_before(GENERATE)
    assert tdl(*GENERATE).exit_code == 0
    assert done_before(GENERATE)
    monkeypatch.chdir(project)
    assert done_before(GENERATE)


def test_a_settings_file_that_appears_is_seen(
    tdl: Run, generate: Callable[..., str], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "below").mkdir()
    monkeypatch.chdir(project / "below")
    assert tdl(*GENERATE).exit_code == 0
    assert done_before(GENERATE)
    Path("tdl.toml").write_text('definition = "../part.tdl"\n')
    assert not done_before(GENERATE)


def test_another_state_of_tdl_is_seen(
    generate: Callable[..., str], project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package = tmp_path / "tdl"
    (package / "backends").mkdir(parents=True)
    (package / "backends" / "template.j2").write_text("a")
    monkeypatch.setattr(itself, "_PACKAGE", str(package))
    generate()
    assert done_before(GENERATE)
    (package / "backends" / "template.j2").write_text("b")
    assert not done_before(GENERATE)
    generate()
    assert done_before(GENERATE)
    monkeypatch.setattr(sys, "version", "3.99")
    assert not done_before(GENERATE)


def test_what_is_installed_is_seen(
    generate: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = tmp_path / "site-packages"
    packages.mkdir()
    monkeypatch.syspath_prepend(str(packages))
    generate()
    assert done_before(GENERATE)
    time.sleep(0.01)  # the clock of a file system goes in steps
    (packages / "acme-1.0.dist-info").mkdir()
    assert not done_before(GENERATE)


@pytest.mark.parametrize("ago", [0, 3600], ids=["just now", "an hour ago"])
def test_an_output_that_changed_at_once_is_seen(
    generate: Callable[..., str], monkeypatch: pytest.MonkeyPatch, ago: int
) -> None:
    """Times that are the same prove nothing if they are as young as the record."""
    written = time.time_ns() - ago * 10**9
    monkeypatch.setattr(again, "_TICK", 60 * 10**9)
    monkeypatch.setattr(again, "stamp", lambda path: (1, written, written, 1))
    output = Path("out/meter_codecs/st1.py")
    generate()
    output.write_bytes(output.read_bytes()[::-1])
    assert done_before(GENERATE) == (ago > 0)


def test_what_is_not_young_any_more_is_not_read_again(
    generate: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    generate()
    time.sleep(again._TICK / 10**9)
    assert done_before(GENERATE)
    read: list[str] = []
    reading = again._read
    monkeypatch.setattr(again, "_read", lambda path: read.append(path) or reading(path))
    assert done_before(GENERATE)
    assert read
    assert not [path for path in read if path.startswith("out")]


# --- what is run each time -------------------------------------------------------------------------------------------


def test_what_cannot_be_looked_at_again_is_not_kept(tdl: Run, project: Path) -> None:
    Path("tdl.toml").unlink()
    for more in (("-d", "-"), ("-d", "one.tdl")):  # standard input; a base that has to be looked for
        for _ in range(2):
            assert tdl(*GENERATE, *more, input=PART).exit_code == 0
            assert not done_before((*GENERATE, *more))


def test_what_changed_while_it_ran_is_not_kept(generate: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    finding = verb.find_backend

    def meanwhile(target: str) -> Backend:
        Path("meter.toml").write_text(PROFILE.replace("2", "3"))
        return finding(target)

    monkeypatch.setattr(verb, "find_backend", meanwhile)
    generate()
    assert not done_before(GENERATE)
    Path("meter.toml").write_text(PROFILE)  # as it was before, but not when it was read
    assert not done_before(GENERATE)


def test_what_fails_is_not_kept(tdl: Run, project: Path) -> None:
    Path("two.tdl").write_text("FRAGMENT")
    for arguments in (GENERATE, (*GENERATE, "--target", "nothing"), (*GENERATE, "--check")):
        for _ in range(2):
            assert tdl(*arguments).exit_code != 0
            assert not done_before(arguments)


def test_nothing_is_kept_where_nobody_wants_it(
    generate: Callable[..., str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(VARIABLE, "")
    generate()
    assert not done_before(GENERATE)
    assert not (tmp_path / "cache").exists()


def test_rules_of_others_are_asked_each_time(generate: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tdl.cli.generate.plugins", lambda group: (group,) if group == "tdl.rules" else ())
    generate()
    assert not done_before(GENERATE)


# --- the whole command -----------------------------------------------------------------------------------------------

LISTENING = """
import os, sys
opened = set()
def listen(event, arguments):
    if event in ("open", "os.listdir", "os.scandir") and isinstance(arguments[0], (str, bytes)):
        opened.add(os.path.abspath(os.fsdecode(arguments[0])))
sys.addaudithook(listen)
from tdl.cli.start import main
try:
    main()
finally:
    print(sorted(opened), file=sys.stderr)
    print(sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""


def listened(arguments: tuple[str, ...]) -> tuple[set[str], set[str], str]:
    """The files that a command opens, the modules it imports, and what it says."""
    done = subprocess.run(
        [sys.executable, "-c", LISTENING, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    *said, opened, modules = done.stderr.splitlines()
    return set(literal_eval(opened)), set(literal_eval(modules)), "\n".join(said)


@pytest.mark.parametrize("more", [(), NAMED], ids=["settings", "named"])
def test_everything_that_is_read_is_looked_at(project: Path, tmp_path: Path, more: tuple[str, ...]) -> None:
    opened, _, _ = listened((*GENERATE, *more))
    folder = own_folder(ENDING)
    assert folder is not None
    kept = folder.read(again._key((*GENERATE, *more)))
    assert kept is not None
    _, before, texts, outputs, *_ = marshal.loads(kept)
    known = {os.path.abspath(path) for path in (*before, *texts, *outputs)}
    ours = {path for path in opened if path.startswith(f"{project}{os.sep}")}
    assert {Path(path).name for path in ours} >= {"base.tdl", "part.tdl", "one.tdl", "two.tdl", "meter.toml"}
    written = str(project / "out"), str(project / ".tdl-")  # what a new folder is called before it is whole
    assert {path for path in ours if not path.startswith(written)} <= known
    elsewhere = (
        sys.prefix,
        sys.base_prefix,
        str(ROOT),
        str(tmp_path),
        "/dev/",
        "/proc/",
        "/etc/",
        *filter(None, sys.path),
    )
    assert not {path for path in opened if not path.startswith(elsewhere)}


def test_the_second_time_imports_next_to_nothing(project: Path) -> None:
    _, _, first = listened(GENERATE)
    _, modules, second = listened(GENERATE)
    assert second == first.replace(f"({first.split('(')[1]}", "(0 changed)")
    assert not modules & {"click", "lark", "jinja2", "dataclasses", "inspect", "hashlib", "pickle", "pathlib"}
