"""Verbs run in the same process, each test in a folder of its own."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tdl.cli.app import main

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "meter-with-fragment"
IMAGES = ROOT / "tests" / "data" / "images"

Run = Callable[..., Result]


@pytest.fixture
def tdl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command line; the working folder is empty, and no exception may come out but the exit itself."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "TDL_DEBUG", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments: object, input: str | bytes | None = None) -> Result:
        result = CliRunner().invoke(main, [str(each) for each in arguments], input=input)
        assert isinstance(result.exception, SystemExit | None), result.exception
        assert "Traceback" not in result.output
        return result

    return run


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def obey_interrupts() -> None:
    """For programs that are to be interrupted: whoever runs the tests in the background has that ignored below it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
