"""The reference pages that the code itself says: ``python -m tdl.cli.pages [--check] [DIR]`` writes them.

With ``--check`` nothing is written, and the exit code is 1 if a page is missing or out of date.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import tdl
from tdl.cli.manual import manual_page
from tdl.docs.interface import interface_page
from tdl.docs.plan import plan_page
from tdl.image.atomic import write_files

DIRECTORY = Path("docs/reference")


PAGES: Mapping[str, Callable[[], str]] = {
    "cli.md": manual_page,
    "plan.md": plan_page,
    "python-api.md": partial(interface_page, tdl),
}
"""What makes each page, by file name."""


def run(arguments: list[str]) -> int:
    """Write the pages, or check them; the exit code."""
    directory = Path(next((each for each in arguments if each != "--check"), DIRECTORY))
    wanted = {name: page().encode("utf-8") for name, page in PAGES.items()}
    if "--check" not in arguments:
        write_files(directory, wanted)
        return 0
    files = {name: directory / name for name in wanted}
    wrong = [name for name, file in files.items() if not file.exists() or file.read_bytes() != wanted[name]]
    for name in wrong:
        print(f"{files[name]}: missing or out of date")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
