"""How runs end: exit codes, closed and full streams, interrupts, and what is loaded at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import tdl as package
from tdl.cli import decode, merge
from tdl.image import atomic
from tests.cli.conftest import EXAMPLE, IMAGES, ROOT, Run, obey_interrupts, tree

PROGRAM = (sys.executable, "-m", "tdl")
A3 = IMAGES / "elster-a3"


def _run(*arguments: object, cwd: Path, shell: str = "") -> subprocess.CompletedProcess[str]:
    """A process of its own; ``shell`` is what stands behind the command in a shell."""
    command = [*PROGRAM, *(str(each) for each in arguments)]
    given = " ".join(f"'{each}'" for each in command) + f" {shell}" if shell else command
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        given, cwd=cwd, env=environment, capture_output=True, text=True, check=False, shell=bool(shell), timeout=60
    )


def test_an_internal_error_says_how_to_report_it(tdl: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(merge, "written", broken)
    result = tdl("merge", "std:2012", "-o", "out.tdl")
    assert result.exit_code == 70
    assert "error TDL999: internal error: ZeroDivisionError in cli/test_ending.py:" in result.stderr
    assert "please report it" in result.stderr
    assert f"tdl {package.__version__}" in result.stderr
    assert not Path("out.tdl").exists()


def test_the_traceback_is_there_for_who_asks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    code = (
        "import tdl.cli.merge as m, tdl.cli.app as a\nm.written = lambda *said: 1 / 0\na.main(['merge', 'std:2012'])\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TDL_DEBUG": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 70
    assert "Traceback (most recent call last)" in done.stderr
    assert "error TDL999: internal error: ZeroDivisionError" in done.stderr


@pytest.mark.parametrize("error", [RecursionError(), MemoryError()])
def test_a_limit_of_python_is_an_internal_error_too(
    tdl: Run, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(decode, "read_image", broken)
    assert tdl("decode", "-d", "std:2012", A3).exit_code == 70


def test_an_interrupt_leaves_nothing_half_written(tdl: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(path: Path, content: bytes) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(atomic, "write_file", interrupted)
    result = tdl("merge", "std:2012", "-o", "out.tdl")
    assert result.exit_code == 130
    assert "interrupted" in result.stderr
    assert tree(tmp_path) == {}


def test_a_signal_ends_a_run(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [*PROGRAM, "merge", "-", "-o", "out.tdl"],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=obey_interrupts,
    ) as process:
        time.sleep(1.5)  # it waits for standard input by then
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=30)
    assert process.returncode == 130
    assert stderr.strip() == b"interrupted"
    assert tree(tmp_path) == {}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@pytest.mark.parametrize("arguments", [("merge", "std:2012"), ("--version",), ("decode", "-d", "std:2012", A3)])
def test_a_full_disk_under_standard_output(tmp_path: Path, arguments: tuple[object, ...]) -> None:
    done = _run(*arguments, cwd=tmp_path, shell="> /dev/full")
    assert done.returncode == 2
    assert "error TDL005: `standard output` cannot be written: no space left on device" in done.stderr
    assert "Exception ignored" not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_full_disk_under_a_file(tmp_path: Path) -> None:
    done = _run("merge", "std:2012", "-o", "/dev/full", cwd=tmp_path)
    assert done.returncode == 2
    assert "error TDL005: `/dev/full` cannot be written: no space left on device" in done.stderr


def test_a_reader_that_has_seen_enough(tmp_path: Path) -> None:
    done = _run("merge", "std:2012", cwd=tmp_path, shell="| head -n 1")
    assert done.stdout.startswith("{")
    assert done.stderr == ""


def test_closed_streams(tmp_path: Path) -> None:
    done = _run("check", "-", cwd=tmp_path, shell="<&-")
    assert done.returncode == 2
    assert "standard input is closed" in done.stderr
    done = _run("decode", "-d", "std:2012", "-", cwd=tmp_path, shell="<&-")
    assert done.returncode == 2
    assert "standard input is closed" in done.stderr
    assert _run("check", "nothing.tdl", cwd=tmp_path, shell="2>&-").returncode == 2
    records = ("decode", "-d", "std:2012", "--table", "ST1", "--records", A3 / "ST1.bin")
    for arguments in (("merge", "std:2012"), (*records, "--size", "32")):
        done = _run(*arguments, cwd=tmp_path, shell=">&-")
        assert done.returncode == 2
        assert "`standard output` cannot be written: it is closed" in done.stderr


def test_a_working_folder_that_is_gone(tmp_path: Path) -> None:
    command = f"'{sys.executable}' -m tdl"
    gone = f"mkdir gone && cd gone && rmdir ../gone && PYTHONPATH='{ROOT}'"
    for arguments in ("check", "decode image", "generate --target c -o out"):
        done = subprocess.run(
            f"{gone} {command} {arguments}", cwd=tmp_path, shell=True, capture_output=True, text=True, check=False
        )
        assert done.returncode == 2
        assert done.stderr.startswith("error TDL001: `.` cannot be read: the folder this was run in is gone")
    elsewhere = f"{gone} {command} generate -d std:2012 --target jsonschema -o '{tmp_path}/out'"
    for changed in ("1 changed", "0 changed"):
        done = subprocess.run(elsewhere, cwd=tmp_path, shell=True, capture_output=True, text=True, check=False)
        assert (done.returncode, changed in done.stderr) == (0, True), done.stderr


def test_output_where_nothing_can_be_written(tdl: Run, tmp_path: Path) -> None:
    Path("file").write_text("")
    for arguments in (
        ("merge", "std:2012", "-o", "file/out.tdl"),
        ("merge", "std:2012", "-o", "."),
        ("fragment", "diff", "std:2012", "std:2012", "-o", "/proc/nothing"),
        ("generate", "-d", "std:2012", "--target", "python", "-o", "/proc/nothing"),
        ("demo", "-o", "/proc/nothing"),
        ("demo", "-o", "file"),
    ):
        result = tdl(*arguments)
        assert result.exit_code == 2, result.output
        assert "error TDL005" in result.stderr
        assert tree(tmp_path) == {"file": b""}


def test_help_and_version_load_nothing_heavy() -> None:
    for argument in ("--version", "--help"):
        code = (
            "import sys, tdl.cli.app\n"
            f"try: tdl.cli.app.main(['{argument}'])\n"
            "except SystemExit as e: code = e.code\n"
            "heavy = {'lark', 'jinja2', 'rich', 'cattrs', 'tdl.pipeline', 'importlib.metadata'} & set(sys.modules)\n"
            "sys.exit(f'{code} {heavy}' if code or heavy else 0)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr


def test_completion_of_verbs() -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "_TDL_COMPLETE": "bash_complete",
        "COMP_WORDS": "tdl de",
        "COMP_CWORD": "1",
    }
    code = "from tdl.cli.app import main; main(prog_name='tdl')"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["plain,decode", "plain,debug", "plain,demo"]


def test_the_output_is_utf_8_whatever_the_locale(tmp_path: Path) -> None:
    (tmp_path / "a.tdl").write_text("{ Zähler ✓ }\nTYPE A_RCD = PACKED RECORD\n    X : UINT8;\nEND;\n", "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    done = subprocess.run([*PROGRAM, "merge", "a.tdl"], cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert "{ Zähler ✓ }".encode() in done.stdout


@pytest.mark.parametrize(
    "arguments", [(), ("decode",), ("--nothing",), ("decode", "--format", "xml", "x"), ("nothing",)]
)
def test_wrong_usage(tdl: Run, arguments: tuple[str, ...]) -> None:
    result = tdl(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Usage: tdl" in result.stderr


def test_every_verb_has_help(tdl: Run) -> None:
    for verb in (
        "check",
        "merge",
        "fragment",
        "diff",
        "decode",
        "encode",
        "generate",
        "layout",
        "explain",
        "blame",
        "debug",
        "demo",
    ):
        result = tdl(verb, "--help")
        assert result.exit_code == 0
        assert result.stdout.startswith(f"Usage: tdl {verb}")
    assert EXAMPLE.is_dir()
