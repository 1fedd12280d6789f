"""``python -m tests``: the whole test suite, tools included.

What is missing is installed where that is allowed: Python packages with pip, Debian packages as root. Where it is
not, the tests that need it fail, and what to install is named at the end. Arguments are handed to pytest.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from tests.targets import cbmc
from tests.tools import TOOLS, Tool

ROOT = Path(__file__).resolve().parent.parent


PACKAGES = (
    "pytest",
    "hypothesis",
    "syrupy",
    "xdist",
    "jsonschema",
    "importlinter",
    "mypy",
    "ruff",
    "lark",
    "lxml",
    "yaml",
    "pygments",
    "tree_sitter",
    "playwright",
    "axe_playwright_python",
    "sphinx",
    "tdl",
)
"""Modules of the ``dev`` extra that the suite cannot do without."""


def install_packages() -> list[str]:
    """Install the development extra if part of it is missing; what is still missing afterwards."""
    if all(find_spec(name) for name in PACKAGES):
        return []
    print("python -m tests: installing the `dev` extra", flush=True)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--editable", f"{ROOT}[dev]"]
    if subprocess.run(command, check=False).returncode != 0:
        return [name for name in PACKAGES if not find_spec(name)]
    return []


def install_tools() -> list[Tool]:
    """Install missing programs where that is allowed; the ones still missing afterwards."""
    missing = [tool for tool in TOOLS if not tool.there]
    may_install = hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None
    if missing and may_install:
        names = sorted({package for tool in missing for package in tool.packages})
        print(f"python -m tests: installing {', '.join(names)}", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=False, env=environment)
        subprocess.run(["apt-get", "install", "-y", "-qq", *names], check=False, env=environment)
    return [tool for tool in missing if not tool.there]


def fetch_cbmc() -> bool:
    """Fetch the model checker, which some releases of Debian lack, into the user's cache; whether it is there."""
    if cbmc.command() is None and shutil.which("apt-get") is not None:
        print("python -m tests: fetching CBMC", flush=True)
        try:
            cbmc.fetch()
        except OSError as problem:
            print(f"python -m tests: {problem}", file=sys.stderr)
    return cbmc.command() is not None


def main(arguments: list[str]) -> int:
    lacking = install_packages()
    if lacking:
        print(f"python -m tests: cannot install {', '.join(lacking)}; run `pip install -e '.[dev]'`", file=sys.stderr)
        return 2
    missing = install_tools()
    proves = fetch_cbmc()
    workers = [] if arguments else ["-n", str(min(os.cpu_count() or 1, 8))]
    code = subprocess.run([sys.executable, "-m", "pytest", *workers, *arguments], check=False, cwd=ROOT).returncode
    for tool in missing:
        print(f"not tested: {tool.purpose}, for want of the Debian packages {', '.join(tool.packages)}")
    if not proves:
        print("not tested: the proofs that generated C is right, for want of CBMC")
    return code or int(bool(missing) or not proves)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
