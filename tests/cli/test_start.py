"""How the command starts: what it answers at once, and what it does not import for that."""

from __future__ import annotations

import os
import subprocess
import sys
from ast import literal_eval
from pathlib import Path

import pytest

import tdl
from tdl.backends.api import IN_TREE
from tdl.cache.folder import VARIABLE
from tests.cli.conftest import IMAGES, ROOT

BEGIN = "import sys; sys.argv[0] = 'tdl'; from tdl.cli.start import main; "
LISTING = f"""
import sys
before = set(sys.modules)
try:
    {BEGIN.replace("; ", chr(10) + "    ")}main()
finally:
    print(sorted(set(sys.modules) - before), file=sys.stderr)
"""
SLOW = {"lark", "jinja2", "rich", "cattrs", "lxml", "importlib.metadata", "tdl.pipeline", "tdl.report.pages"}
"""What no command below needs."""

UNKEPT = {
    *("lark", "jinja2", "rich", "cattrs", "lxml", "hashlib", "textwrap", "shutil", "urllib.request"),
    *("importlib.metadata", "importlib.resources", "tdl.pipeline", "tdl.syntax", "tdl.merge", "tdl.check"),
    *("tdl.ir.model", "tdl.ir.bind", "tdl.image.edl", "tdl.image.hexdump", "tdl.report.render", "tdl.readings"),
}
"""What decoding with a definition that is kept does not need."""

FORBIDDEN: dict[str, set[str]] = {
    "--version": SLOW | {"click", "re", "typing", "dataclasses", "inspect", "pathlib", "tdl.cli.app"},
    "--help": SLOW | {"tdl.project", "tdl.ir", "tdl.image", "tdl.report", "tdl.sources", "pathlib"},
}


def started(*arguments: str, code: str = LISTING) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={name: said for name, said in os.environ.items() if name != "COLUMNS"} | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def imported(*arguments: str) -> set[str]:
    """The modules that a command imports."""
    done = started(*arguments)
    assert done.returncode == 0, done.stderr
    return set(literal_eval(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize("command", FORBIDDEN)
def test_it_imports_what_it_needs(command: str) -> None:
    assert not imported(command) & FORBIDDEN[command]


def test_a_kept_definition_needs_no_compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    decode = ("decode", "-d", "std:2012", "--table", "ST1", str(IMAGES / "elster-a3"))
    assert "tdl.pipeline" in imported(*decode)
    again = imported(*decode)
    assert not again & UNKEPT
    assert not {name for name in again if name.startswith(("tdl.merge", "tdl.compat", "tdl.vectors", "tdl.readings"))}


def test_files_are_made_without_what_takes_long_to_import(tmp_path: Path) -> None:
    targets = [word for name in sorted(IN_TREE) for word in ("--target", name)]
    made = imported("generate", "-d", "std:2012", "--bind", "std:residential", *targets, "-o", str(tmp_path / "out"))
    assert not made & {"jinja2", "rich", "cattrs", "lxml", "importlib.metadata", "importlib.resources", "ssl", "email"}


ENDING = """
import atexit, sys, threading
atexit.register(lambda: print("told"))
from tdl.cli.start import entry
{before}
try:
    entry()
finally:
    print("went on", end=" ")
"""


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("", "told\n"),
        ("sys.setprofile(lambda *_: None)", "went on told\n"),
        ("threading.Thread(target=threading.Event().wait, daemon=True).start()", "went on told\n"),
    ],
    ids=["alone", "profiled", "with threads"],
)
def test_the_process_ends_with_its_files(tmp_path: Path, before: str, said: str) -> None:
    """What it has made is not taken apart, unless somebody has more to do in the process."""
    arguments = ("generate", "-d", "std:1997", "--target", "jsonschema", "-o")
    done = started(*arguments, str(tmp_path / "out"), code=ENDING.format(before=before))
    assert (done.returncode, done.stdout) == (0, said)
    assert "wrote 1 file" in done.stderr
    assert started(*arguments, "/dev/null/out", code=ENDING.format(before="")).returncode == 2


def test_nothing_collects_while_files_are_made(tmp_path: Path) -> None:
    """What passes and back ends make has no cycles, and so much of it stays that to look for some takes long."""
    collected = f"""
import gc
found = []
gc.callbacks.append(lambda phase, info: found.append(info["generation"]))
try:
    {BEGIN.replace("; ", chr(10) + "    ")}main()
finally:
    print(len(found), file=sys.stderr)
"""
    done = started("generate", "-d", "std:2012", "--target", "python", "-o", str(tmp_path / "out"), code=collected)
    assert done.returncode == 0, done.stderr
    assert int(done.stderr.splitlines()[-1]) <= 2  # before it is known what is asked for


def test_it_is_what_the_command_line_says() -> None:
    whole = "import sys; sys.argv[0] = 'tdl'; from tdl.cli.app import main; main()"
    for arguments in (("--version",), ("--help",), ("--version", "--help"), ("generate", "--help"), ("nothing",), ()):
        short, long = started(*arguments, code=f"{BEGIN}main()"), started(*arguments, code=whole)
        assert (short.returncode, short.stdout, short.stderr) == (long.returncode, long.stdout, long.stderr)
    assert started("--version", code=f"{BEGIN}main()").stdout == f"tdl {tdl.__version__}\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is full")
def test_the_version_where_nothing_can_be_printed() -> None:
    with open("/dev/full", "wb") as full:
        code = f"{BEGIN}main()"
        done = subprocess.run(
            [sys.executable, "-c", code, "--version"], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 2
    assert b"TDL005" in done.stderr
    assert b"Traceback" not in done.stderr


def test_an_interrupt_while_it_starts() -> None:
    code = f"""
{BEGIN}
class Impatient:
    def find_spec(self, name, *others):
        if name == "click":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Impatient())
main()
"""
    done = started("plugins", code=code)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")
