"""Files that come with tdl beside its modules: templates, run-time support.

`importlib.resources` does the same for packages in archives, and takes longer to import than the files to read.
"""

from __future__ import annotations

import os

_PACKAGE = os.path.dirname(os.path.abspath(__file__))


def packaged_text(*path: str) -> str:
    """The text of a file, by its path below the package `tdl`."""
    with open(os.path.join(_PACKAGE, *path), encoding="utf-8") as stream:
        return stream.read()
