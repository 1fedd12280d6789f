"""Stamps of files: what tells that one has changed."""

from __future__ import annotations

import os
from typing import TypeAlias

Stamp: TypeAlias = tuple[int, int] | None
"""When a file or folder was changed last and its size; None where there is none."""


def stamp(path: str) -> Stamp:
    """The stamp of a path now."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size
