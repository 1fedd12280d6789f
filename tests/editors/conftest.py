"""What tests of the editors' grammars need: the npm packages of the VS Code extension, and a compiled tree-sitter."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.editors.texts import ROOT
from tests.tools import tool

EXTENSION = ROOT / "grammars" / "editors" / "vscode"


@pytest.fixture(scope="session")
def npm_packages() -> Path:
    """A folder with the `node_modules` of the extension's lock file, fetched once and kept in the user's cache."""
    lock = EXTENSION / "package-lock.json"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tdl-tests"
    folder = cache / f"npm-{digest}"
    if folder.is_dir():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as fresh:
        for path in (EXTENSION / "package.json", lock):
            shutil.copy(path, fresh)
        command = [tool("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        run = subprocess.run(command, cwd=fresh, capture_output=True, text=True, check=False)
        assert run.returncode == 0, f"the npm packages of the extension cannot be fetched:\n{run.stderr[-2000:]}"
        try:
            os.rename(fresh, folder)
            os.mkdir(fresh)
        except OSError:  # another process of this test run was faster
            assert folder.is_dir()
    return folder
