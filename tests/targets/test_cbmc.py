"""Where the model checker comes from."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.differential.c_libraries import run
from tests.targets import cbmc


def program(directory: Path, name: str, text: str) -> None:
    (directory / name).write_text(f"#!/bin/sh\n{text}\n")
    (directory / name).chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with an empty cache, and with programs of its own before all others."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


def test_it_runs() -> None:
    command = cbmc.command()
    assert command is not None, "`python -m tests.targets.cbmc` fetches it"
    assert run([*command, "--version"]).startswith(b"6.")


def test_the_systems_own_comes_first(machine: Path) -> None:
    program(machine, "cbmc", "true")
    assert cbmc.command() == (str(machine / "cbmc"),)
    program(machine, "apt-get", "exit 1")
    cbmc.fetch()  # asks apt for nothing
    assert not (machine / "cache").exists()


def test_the_machines_mirror_is_asked(machine: Path) -> None:
    program(machine, "apt-get", 'case "$*" in indextargets*) printf "http://mirror/debian/\\nhttp://other/\\n";; esac')
    assert cbmc.mirror() == "http://mirror/debian/"


def test_what_cannot_be_fetched_leaves_nothing(machine: Path) -> None:
    """Not even a folder that would be taken for it the next time."""
    program(machine, "apt-get", "exit 1")
    with pytest.raises(OSError, match="apt-get"):
        cbmc.fetch()
    assert cbmc.command() is None
