"""`tdl diff`: what it compares, what it says and how it ends."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Run

OLD = "TYPE A_RCD = PACKED RECORD\n    X : UINT8;\nEND;\nTABLE 1 A_TBL = A_RCD;\n"
LONGER = OLD.replace("    X : UINT8;\n", "    X : UINT8;\n    Y : UINT8;\n")
OTHER = OLD.replace("UINT8", "INT8")


def _git(*arguments: str) -> None:
    identity = ("-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


@pytest.fixture(name="maker")
def a_repository(tdl: Run, tmp_path: Path) -> Path:
    """A maker's project under version control, with a change that is not committed: a scale."""
    folder = tmp_path / "maker"
    shutil.copytree(ROOT / "examples" / "maker-and-model", folder)
    _git("init", "-q", ".")
    _git("add", ".")
    _git("commit", "-q", "-m", "first")
    file = folder / "northwind.tdl"
    text = file.read_text("utf-8")
    assert text.count('Scale = "0.5"') == 1
    file.write_text(text.replace('Scale = "0.5"', 'Scale = "0.1"'), "utf-8")
    return folder


SCALE = "error TDL813: `MT12 PHASES[0].THD_VOLTS` has Scale `0.1`, it had `0.5`"


@pytest.mark.parametrize(
    ("new", "options", "code"),
    [
        (OLD, (), 0),
        (LONGER, (), 0),
        (OTHER, (), 1),
        (OLD, ("--fail-on", "any"), 0),
        (LONGER, ("--fail-on", "any"), 1),
        (OTHER, ("--fail-on", "never"), 0),
        (OTHER, ("--fail-on", "breaking"), 1),
        (OTHER, ("--fail-on", "never", "--format", "json"), 0),
        (OTHER, ("--format", "json"), 1),
    ],
)
def test_the_exit_code(tdl: Run, tmp_path: Path, new: str, options: tuple[str, ...], code: int) -> None:
    (tmp_path / "old.tdl").write_text(OLD)
    (tmp_path / "new.tdl").write_text(new)
    result = tdl("diff", "old.tdl", "new.tdl", *options)
    assert result.exit_code == code
    if "json" in options:
        assert json.loads(result.stdout)["breaking"] is True


def test_a_definition_that_does_not_compile_fails_whatever_is_asked(tdl: Run, tmp_path: Path) -> None:
    (tmp_path / "old.tdl").write_text("TABLE 1 A_TBL = NO_RCD;\n")
    (tmp_path / "new.tdl").write_text(OLD)
    assert tdl("diff", "old.tdl", "new.tdl", "--fail-on", "never").exit_code == 1
    assert tdl("diff", "none.tdl", "new.tdl", "--fail-on", "never").exit_code == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("git:HEAD:maker/c1s.tdl", "maker/c1s.tdl"),
        ("git:HEAD:./maker/c1s.tdl", "maker/c1s.tdl"),
        ("git:HEAD:maker", "maker"),
        ("git:HEAD:maker/", "maker/"),
        ("git:HEAD^{tree}:maker", "maker"),
    ],
)
def test_a_revision_of_git(tdl: Run, maker: Path, old: str, new: str) -> None:
    """The base that was changed is not the one that the old fragment is made of."""
    result = tdl("diff", old, new)
    assert SCALE in result.stdout
    assert "1 changed" in result.stdout
    assert result.exit_code == 1


def test_paths_with_a_dot_start_at_the_working_directory(
    tdl: Run, maker: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(maker)
    assert SCALE in tdl("diff", "git:HEAD:./c1s.tdl", "c1s.tdl").stdout
    assert SCALE in tdl("diff", "git:HEAD:./", ".").stdout
    assert SCALE in tdl("diff", "git:HEAD:maker/c1s.tdl", "./c1s.tdl").stdout


def test_a_base_that_is_named_stands_for_its_own_revision_only(tdl: Run, maker: Path) -> None:
    """`northwind.tdl` of the revision is named, and is not the base of the fragment in the folder."""
    result = tdl("diff", "git:HEAD:maker/northwind.tdl", "maker/c1s.tdl")
    assert SCALE in result.stdout


def test_imports_of_a_revision_are_of_that_revision(tdl: Run, maker: Path) -> None:
    (maker / "parts").mkdir()
    (maker / "main.tdl").write_text('IMPORT "parts/a.tdl";\nTABLE 1 A_TBL = A_RCD;\n')
    (maker / "parts" / "a.tdl").write_text('IMPORT "../b.tdl";\n')
    (maker / "b.tdl").write_text(OLD.partition("TABLE")[0])
    _git("add", ".")
    _git("commit", "-q", "-m", "second")
    (maker / "b.tdl").write_text(OTHER.partition("TABLE")[0])
    shutil.rmtree(maker / "parts")
    (maker / "new.tdl").write_text('IMPORT "b.tdl";\nTABLE 1 A_TBL = A_RCD;\n')
    result = tdl("diff", "git:HEAD:maker/main.tdl", "maker/new.tdl")
    assert "error TDL809: `ST1 X` was UINT8 and is now INT8" in result.stdout


@pytest.mark.parametrize("name", ["git:HEAD:main.tdl", "git:HEAD:./main.tdl"])
def test_imports_at_the_top_of_a_repository(tdl: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / "main.tdl").write_text('IMPORT "part.tdl";\nTABLE 1 A_TBL = A_RCD;\n')
    (tmp_path / "part.tdl").write_text(OLD.partition("TABLE")[0])
    _git("init", "-q", ".")
    _git("add", ".")
    _git("commit", "-q", "-m", "first")
    (tmp_path / "part.tdl").write_text(OTHER.partition("TABLE")[0])
    assert "error TDL809: `ST1 X` was UINT8 and is now INT8" in tdl("diff", name, "main.tdl").stdout


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("git:nothing:maker", "git has no revision `nothing`"),
        ("git:--help:maker", "git has no revision `--help`"),
        ("git:HEAD:makr", "revision `HEAD` has no such file"),
        ("git:HEAD", "no revision and path"),
        ("git::maker", "no revision and path"),
        ("git:HEAD:ma\nker", "no revision and path"),
        ("git:HEAD:../outside", "is outside repository"),
        ("git:HEAD:maker/image/MT12.bin", "not UTF-8 text"),
        ("git:HEAD:maker/image", "no definition is named"),
    ],
)
def test_what_no_revision_has(tdl: Run, maker: Path, name: str, said: str) -> None:
    result = tdl("diff", name, "maker")
    assert said in result.stderr
    assert result.exit_code == 2


def test_without_git_or_a_repository(tdl: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    result = tdl("diff", "git:HEAD:a.tdl", "std:2012")
    assert "not a git repository" in result.stderr
    assert result.exit_code == 2
    monkeypatch.setenv("PATH", str(tmp_path))
    result = tdl("diff", "git:HEAD:a.tdl", "std:2012")
    assert "git is not installed" in result.stderr
    assert result.exit_code == 2


def test_git_that_takes_too_long_is_left(tdl: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*arguments: object, **options: object) -> None:
        raise subprocess.TimeoutExpired("git", 30)

    monkeypatch.setattr(subprocess, "run", slow)
    assert "git took longer than 30 seconds" in tdl("diff", "git:HEAD:a.tdl", "std:2012").stderr


def test_a_directory_without_a_definition(tdl: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = tdl("diff", "empty", "std:2012")
    assert "TDL006" in result.stderr
    assert "`tdl.toml`" in result.stderr
    assert result.exit_code == 2


@pytest.mark.parametrize("text", ["definition = 3\n", "fragments = 3\n", "= 3\n"])
def test_settings_of_a_revision_that_cannot_be_used(tdl: Run, maker: Path, text: str) -> None:
    (maker / "tdl.toml").write_text(text)
    _git("add", ".")
    _git("commit", "-q", "-m", "second")
    result = tdl("diff", "git:HEAD:maker", "std:2012")
    assert "TDL004" in result.stderr
    assert result.exit_code == 2


@pytest.fixture(name="models")
def two_directories(tmp_path: Path) -> None:
    """A maker's models before and after: one changed, one gone, one new, one as it was; and a part that is imported."""
    head = "DOCUMENT {name};\n"
    texts = {
        "old/a.tdl": head.format(name="A") + 'IMPORT "part.tdl";\nTABLE 1 A_TBL = A_RCD;\n',
        "old/part.tdl": OLD.partition("TABLE")[0],
        "old/deep/same.tdl": head.format(name="SAME") + OLD,
        "old/gone.tdl": head.format(name="GONE") + OLD,
        "old/.hidden.tdl": "no definition",
        "new/a.tdl": head.format(name="A") + 'IMPORT "part.tdl";\nTABLE 1 A_TBL = A_RCD;\n',
        "new/part.tdl": OTHER.partition("TABLE")[0],
        "new/deep/same.tdl": head.format(name="SAME") + OLD,
        "new/fresh.tdl": 'FRAGMENT FRESH OF "SAME";\n{ of the one beside it }\nREMOVE TABLE 1;\n'.replace("SAME", "A"),
    }
    for name, text in texts.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


TOLD = """\
== a.tdl
ST1 A_TBL: meaning-changed; breaking
  error TDL809: `ST1 X` was UINT8 and is now INT8

1 changed, 0 the same, breaks readers

== deep/same.tdl
0 changed, 1 the same, nothing breaks readers

== fresh.tdl
0 changed, 0 the same, nothing breaks readers

== gone.tdl
ST1 A_TBL: removed; breaking
  error TDL801: ST1 A_TBL is gone

1 changed, 0 the same, breaks readers
"""


@pytest.mark.usefixtures("models")
def test_directories_of_documents(tdl: Run) -> None:
    result = tdl("diff", "old", "new")
    assert (result.stdout, result.exit_code) == (TOLD, 1)
    assert tdl("diff", "old", "old").exit_code == 0
    shown = json.loads(tdl("diff", "old", "new/", "--format", "json").stdout)
    assert shown["breaking"] is True
    assert [(each["path"], each["old"] is None, each["new"] is None) for each in shown["documents"]] == [
        ("a.tdl", False, False),
        ("deep/same.tdl", False, False),
        ("fresh.tdl", True, False),
        ("gone.tdl", False, True),
    ]


@pytest.mark.usefixtures("models")
def test_directories_of_documents_of_a_revision(tdl: Run) -> None:
    _git("init", "-q", ".")
    _git("add", ".")
    _git("commit", "-q", "-m", "first")
    assert tdl("diff", "git:HEAD:old", "git:HEAD:new").stdout == TOLD
    assert tdl("diff", "git:HEAD:./old/", "new").stdout == TOLD


@pytest.mark.usefixtures("models")
def test_directories_with_more_documents_than_anyone_has(tdl: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tdl.cli.sides.MAX_DOCUMENTS", 3)
    _git("init", "-q", ".")
    _git("add", ".")
    _git("commit", "-q", "-m", "first")
    for name in ("old", "git:HEAD:old"):
        result = tdl("diff", name, name)
        assert "more than 3 documents and folders are below it" in result.stderr
        assert result.exit_code == 2


def test_offsets_of_the_meters_that_a_profile_is_for(tdl: Run, tmp_path: Path) -> None:
    text = "TYPE A_RCD = PACKED RECORD\n    DATA : BINARY(B_TBL.COUNT);\n    X : UINT8;\n    Y : UINT8;\nEND;\n"
    text += "TABLE 1 A_TBL = A_RCD;\nTYPE B_RCD = PACKED RECORD\n    COUNT : UINT8;\nEND;\nTABLE 2 B_TBL = B_RCD;\n"
    (tmp_path / "old.tdl").write_text(text)
    (tmp_path / "new.tdl").write_text(text.replace("    X : UINT8;\n", "    X : UINT16;\n"))
    assert "TDL808" not in tdl("diff", "old.tdl", "new.tdl").stdout
    moved = "error TDL808: `ST1 Y` was at octet 6 and is now at octet 7"
    assert moved in tdl("diff", "old.tdl", "new.tdl", "--set", "B_TBL.COUNT=5").stdout
    (tmp_path / "meter.toml").write_text("[B_TBL]\nCOUNT = 5\n")
    assert moved in tdl("diff", "old.tdl", "new.tdl", "--bind", "meter.toml").stdout
    assert tdl("diff", "old.tdl", "new.tdl", "--set", "B_TBL.NUMBER=5").exit_code == 2
