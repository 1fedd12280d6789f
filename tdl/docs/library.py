"""The pages of the standard's definitions: ``python -m tdl.docs.library [--check] [DIR]`` writes them.

With ``--check`` nothing is written, and the exit code is 1 if a page is missing, out of date or left over.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from tdl.docs.markdown import markdown_pages
from tdl.docs.site import site
from tdl.image.atomic import write_files
from tdl.project.definition import load

DIRECTORY = Path("docs/reference/library")

EDITION = "std:2012"
"""The edition that has pages; what the others have of their own, `tdl diff` tells."""


BASE = "std:1997"
"""The document that the editions are fragments of; it says what confidences and sources mean."""


def pages() -> dict[str, bytes]:
    """Every page by file name."""
    shown, base = (site(load(name), markdown=True) for name in (EDITION, BASE))
    return markdown_pages(replace(shown, about=(*shown.about, *base.about)))


def main(arguments: list[str]) -> int:
    """Write the pages, or check them; the exit code."""
    check = "--check" in arguments
    directory = Path(next((a for a in arguments if a != "--check"), DIRECTORY))
    wanted = pages()
    there = {path.name: path.read_bytes() for path in directory.glob("*.md")}
    changed = sorted(name for name in {*wanted, *there} if wanted.get(name) != there.get(name))
    if check:
        for name in changed:
            wrong = "out of date" if name in wanted and name in there else "missing or left over"
            print(f"{directory / name}: {wrong}")
        return 1 if changed else 0
    write_files(directory, wanted)
    for name in there.keys() - wanted.keys():
        (directory / name).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
