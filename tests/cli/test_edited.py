"""`tdl generate` after an edit: the files and words of a run from the beginning, for much less work."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tdl.backends.api import IN_TREE
from tdl.cache.folder import VARIABLE
from tdl.cli import again, edited
from tdl.cli.again import done_before
from tdl.cli.edited import ENDING
from tests.cli.conftest import EXAMPLE, Run, tree
from tests.work import counted

TARGETS = tuple(sorted({*IN_TREE} - {"ksy"}))
"""The targets that need no values."""

MAKER = (EXAMPLE / "acme-ax200.tdl").read_text("utf-8")
TABLE = """
ADD TYPE EXTRA_RCD = PACKED RECORD
    VALUES : ARRAY[{}] OF UINT16;
    {}
END;
ADD TABLE MFG 99 EXTRA_TBL = EXTRA_RCD;
"""


def text(count: int, more: str = "") -> str:
    return MAKER + TABLE.format(count, more)


def command(*targets: str, output: str = "out") -> tuple[str, ...]:
    chosen = (word for target in targets for word in ("--target", target))
    return ("generate", "-d", "std:2012", "-f", "edited.tdl", *chosen, "-o", output)


PYTHON = command("python")
CACHE = Path("..", "cache")


@pytest.fixture
def generate(tdl: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Run a command from the beginning; what it says on standard error."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setattr(again, "state_of_itself", lambda parts: "as it is")
    monkeypatch.setattr(again, "_TICK", -(10**12))  # as if all files had been there for long
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    Path("edited.tdl").write_text(text(1))

    def run(*arguments: str) -> str:
        result = tdl(*(arguments or PYTHON))
        assert result.exit_code == 0, result.output
        return result.stderr

    monkeypatch.chdir(tmp_path / "project")
    return run


def edit(new: str) -> None:
    Path("edited.tdl").write_text(new)


def cold(tdl: Run, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]) -> dict[str, bytes]:
    """The files that a run makes that knows of nothing."""
    with monkeypatch.context() as patched:
        patched.setenv(VARIABLE, "")
        result = tdl(*arguments[:-1], "cold")
        assert result.exit_code == 0, result.output
    return tree(Path("cold"))


# --- the same as from the beginning -------------------------------------------------------------------------------


EDITS = {
    "an element more": text(7, "MORE : STIME_DATE;"),
    "nothing but a comment": text(1).replace("ADD TABLE MFG 99", "{ why }\nADD TABLE MFG 99"),
    "a type that many use": text(1) + "MODIFY TYPE DATA_BLK_RCD ADD EXTRA : UINT8 LAST; END;\n",
    "an element that layouts depend on": text(1) + "MODIFY TYPE REGS_RCD ADD EXTRA_FLAG : UINT8 LAST; END;\n",
    "an enumeration": text(1) + "ADD TYPE EXTRA_ENUM = ENUMERATION NONE : 0; SOME : 1; END;\n",
    "a name that Python has": text(1, "yield : UINT8;"),
}


def test_files_are_those_of_a_run_from_the_beginning(
    tdl: Run, generate: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    generate()
    for what, new in EDITS.items():
        edit(new)
        assert done_before(PYTHON), what
        assert tree(Path("out")) == cold(tdl, monkeypatch, PYTHON), what


def test_a_class_that_another_table_uses_moves(
    tdl: Run, generate: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stands in one file with what the same tables use, and so does the one that stood there before it."""
    edit(text(1, "MORE : FORMAT_CONTROL_1_BFLD;"))
    generate()
    edit(text(1, "MORE : FORMAT_CONTROL_2_BFLD;"))
    assert done_before(PYTHON)
    assert tree(Path("out")) == cold(tdl, monkeypatch, PYTHON)
    edit(text(1, "MORE : UINT8;"))  # a file less
    assert not done_before(PYTHON)


def test_files_of_every_target_are(tdl: Run, generate: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = command(*TARGETS)
    generate(*arguments)
    for what, new in EDITS.items():
        edit(new)
        assert done_before(arguments), what
        assert tree(Path("out")) == cold(tdl, monkeypatch, arguments), what


def test_it_says_what_the_command_would_say(
    generate: Callable[..., str], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = (*PYTHON, "--depfile", "-")
    generate(*arguments)
    Path("out/acme_ax200/old.py").write_text("")
    generate(*arguments)
    edit(text(7))
    before = Path("edited.tdl").stat().st_mtime_ns
    capfd.readouterr()
    assert done_before(arguments)
    said = capfd.readouterr()
    files = [Path(folder, name) for folder, _, names in os.walk("out") for name in names]
    changed = [path for path in files if path.stat().st_mtime_ns > before]
    assert said.err.splitlines() == [
        f"wrote {len(files) - 1} files to out/ ({len(changed)} changed)",
        "note: out/acme_ax200/old.py is left from before, this definition does not make it",
    ]
    assert said.out.startswith("out/acme_ax200/__init__.py ")
    assert said.out.endswith(": edited.tdl\nedited.tdl:\n")


def test_what_changed_is_written_and_nothing_else(generate: Callable[..., str]) -> None:
    generate()
    before = {path: path.stat().st_mtime_ns for path in Path("out").rglob("*") if path.is_file()}
    edit(text(7))
    assert done_before(PYTHON)
    changed = {path.name for path, at in before.items() if path.stat().st_mtime_ns != at}
    assert {"__init__.py", "mt99.py"} <= changed
    assert len(changed) < 6
    assert done_before(PYTHON)  # nothing is left to do


@pytest.mark.parametrize(
    ("targets", "least"), [(("python",), 25), (("edl-xsd", "jsonschema", "rust", "wireshark"), 25), (TARGETS, 8)]
)
def test_an_edit_takes_little_of_the_work(
    generate: Callable[..., str], tdl: Run, targets: tuple[str, ...], least: int
) -> None:
    arguments = command(*targets)
    edit(text(2))
    with counted() as whole:
        generate(*arguments)
    edit(text(3))
    assert done_before(arguments)  # what is worked out once, and what is kept after the first edit, does not count
    edit(text(4))
    with counted() as part:
        assert done_before(arguments)
    assert least * part.calls < whole.calls


def test_an_edit_imports_nothing_that_takes_long(generate: Callable[..., str]) -> None:
    needless = "{'click', 'rich', 'lark', 'dataclasses', 'inspect', 'difflib', 'tempfile'}"
    script = f"import sys; from tdl.cli.start import main; main(); print(sorted({needless} & {{*sys.modules}}))"
    for number in (1, 2, 3):
        edit(text(number))
        arguments = [sys.executable, "-c", script, *command(*TARGETS)]
        said = subprocess.run(arguments, check=True, capture_output=True, text=True)
    assert said.stdout == "[]\n"


# --- where a run has to begin from the beginning ------------------------------------------------------------------


def gone() -> None:
    Path("out/acme_ax200/mt99.py").unlink()


def kept(change: Callable[[bytes], bytes]) -> Callable[[], None]:
    """Something done to the parts that are kept."""

    def do() -> None:
        (path,) = CACHE.glob(f"*{ENDING}")
        path.write_bytes(change(path.read_bytes()))

    return do


def foreign() -> None:
    (path,) = CACHE.glob(f"*{ENDING}")
    path.chmod(0o666)


def of_another_run() -> None:
    """The record of one run with the parts of another one, as two at once or one that was ended leave them."""
    (parts,) = CACHE.glob(f"*{ENDING}")
    before = parts.read_bytes()
    edit(text(5))
    assert done_before(PYTHON)
    parts.write_bytes(before)


TROUBLES: dict[str, Callable[[], object]] = {
    "an output that is gone": gone,
    "an output that was edited": lambda: Path("out/acme_ax200/st0.py").write_text(""),
    "parts that are gone": lambda: [path.unlink() for path in CACHE.glob(f"*{ENDING}")],
    "parts that are cut short": kept(lambda octets: octets[:-1]),
    "parts with a wrong bit": kept(lambda octets: octets[:-9] + bytes([octets[-9] ^ 4]) + octets[-8:]),
    "parts that others can write": foreign,
    "parts of another run": of_another_run,
}


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
def test_trouble_costs_time_and_no_result(
    tdl: Run, generate: Callable[..., str], monkeypatch: pytest.MonkeyPatch, trouble: Callable[[], object]
) -> None:
    generate()
    trouble()
    edit(text(7))
    assert not done_before(PYTHON)
    generate()
    assert tree(Path("out")) == cold(tdl, monkeypatch, PYTHON)


@pytest.mark.parametrize(
    "other",
    [command("c"), (*PYTHON, "--package", "other"), (*PYTHON, "--pending"), (*PYTHON, "--bind", "std:residential")],
    ids=lambda other: " ".join(other[-2:]),
)
def test_another_command_is_another(generate: Callable[..., str], other: tuple[str, ...]) -> None:
    generate()
    edit(text(7))
    assert not done_before(other)


def test_another_state_of_tdl_is_seen(generate: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    generate()
    edit(text(7))
    monkeypatch.setattr(again, "state_of_itself", lambda parts: "as it was not")
    assert not done_before(PYTHON)


WRONG = {
    "a text that cannot be read": "FRAGMENT",
    "a type that is not there": text(1, "MORE : MISSING_RCD;"),
    "a table of a number that is taken": text(1) + "ADD TABLE 23 OTHER_TBL = EXTRA_RCD;\n",
    "no text": b"\xff\xff",
    "a fragment of another name": text(1).replace("FRAGMENT ACME_AX200", "FRAGMENT ACME_AX300"),
    "a table more": text(1) + "ADD TABLE MFG 98 OTHER_TBL = EXTRA_RCD;\n",
    "a rename": text(1) + "RENAME TABLE 23 TO OTHER_TBL;\n",
    "Table 0": text(1) + "MODIFY TYPE GEN_CONFIG_RCD ADD LATE : UINT8 LAST; END;\n",
}


@pytest.mark.parametrize("new", WRONG.values(), ids=WRONG)
def test_what_is_wrong_or_concerns_everything_takes_a_whole_run(
    generate: Callable[..., str], capfd: pytest.CaptureFixture[str], new: str | bytes
) -> None:
    generate()
    before = tree(Path("out"))
    Path("edited.tdl").write_bytes(new if isinstance(new, bytes) else new.encode())
    capfd.readouterr()
    assert not done_before(PYTHON)
    assert tree(Path("out")) == before
    said = capfd.readouterr()
    assert said.out + said.err == ""


@pytest.mark.parametrize("name", ["st0.py", "mt99.py"], ids=["of a file that stays", "of a file that changes"])
def test_another_run_that_writes_meanwhile_is_seen(
    tdl: Run, generate: Callable[..., str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    generate()
    edit(text(7))
    writing = edited.write_files

    def meanwhile(*given: object) -> object:
        changed = writing(*given)  # type: ignore[arg-type]
        Path("out/acme_ax200", name).write_text("# of another run\n")
        return changed

    with monkeypatch.context() as patched:
        patched.setattr(edited, "write_files", meanwhile)
        assert not done_before(PYTHON)
    generate()
    assert tree(Path("out")) == cold(tdl, monkeypatch, PYTHON)


@pytest.mark.parametrize("place", ["write_files", "_keep", "folders_below"])
def test_a_run_that_is_ended_is_made_good(
    tdl: Run, generate: Callable[..., str], monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    generate()
    edit(text(7))
    doing = getattr(edited, place)

    def ended(*given: object) -> object:
        doing(*given)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(edited, place, ended)
        with pytest.raises(KeyboardInterrupt):
            done_before(PYTHON)
    assert not done_before(PYTHON)
    generate()
    assert tree(Path("out")) == cold(tdl, monkeypatch, PYTHON)


def test_runs_at_once_leave_what_one_of_them_makes(generate: Callable[..., str]) -> None:
    def program(*arguments: str) -> list[str]:
        return [sys.executable, "-c", "from tdl.cli.start import main; main()", *arguments]

    subprocess.run(program(*PYTHON), check=True, capture_output=True)
    edit(text(7))
    running = [subprocess.Popen(program(*PYTHON), stderr=subprocess.DEVNULL) for _ in range(3)]
    assert [each.wait() for each in running] == [0, 0, 0]
    alone = {**os.environ, VARIABLE: ""}
    subprocess.run(program(*PYTHON[:-1], "cold"), check=True, capture_output=True, env=alone)
    assert tree(Path("out")) == tree(Path("cold"))
    subprocess.run(program(*PYTHON), check=True, capture_output=True)
    assert tree(Path("out")) == tree(Path("cold"))
